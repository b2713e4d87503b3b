//! Between what the numbers of a column lie.
//!
//! A scan passes over a chunk whose numbers are all too small or too great, and the planner
//! guesses from it how many rows a condition leaves.

use super::bits::Bits;
use cimarron_wql::vector::{Bounds, Values};

/// The least and the greatest number of a column.
#[derive(Clone, Copy, Debug)]
pub(super) enum Extent {
    Unsigned(u64, u64),
    Signed(i64, i64),
    Real(f64, f64),
}

impl Extent {
    /// That of values, of which those at the marked rows do not count; `None` for other
    /// values than numbers, and for none.
    pub(super) fn of(values: Values<'_>, nulls: &Bits) -> Option<Self> {
        macro_rules! of {
            ($items:expr, $variant:ident, $get:expr) => {{
                let (low, high) = least_and_greatest($items.iter().map($get), nulls)?;
                Some(Self::$variant(low.into(), high.into()))
            }};
        }
        match values {
            Values::UInt8(items) => of!(items, Unsigned, |v| *v),
            Values::UInt16(items) => of!(items, Unsigned, |v| *v),
            Values::UInt32(items) => of!(items, Unsigned, |v| *v),
            Values::UInt64(items) => of!(items, Unsigned, |v| *v),
            Values::Char16(items) => of!(items, Unsigned, |v| v.0),
            Values::SInt8(items) => of!(items, Signed, |v| *v),
            Values::SInt16(items) => of!(items, Signed, |v| *v),
            Values::SInt32(items) => of!(items, Signed, |v| *v),
            Values::SInt64(items) => of!(items, Signed, |v| *v),
            Values::Real32(items) if items.iter().all(|v| !v.is_nan()) => {
                of!(items, Real, |v| *v)
            }
            Values::Real64(items) if items.iter().all(|v| !v.is_nan()) => {
                of!(items, Real, |v| *v)
            }
            _ => None,
        }
    }

    pub(super) fn bounds(self) -> Bounds {
        match self {
            Self::Unsigned(low, high) => Bounds::Integer(low.into(), high.into()),
            Self::Signed(low, high) => Bounds::Integer(low.into(), high.into()),
            Self::Real(low, high) => Bounds::Real(low, high),
        }
    }
}

fn least_and_greatest<T: Copy + PartialOrd>(
    values: impl Iterator<Item = T>,
    nulls: &Bits,
) -> Option<(T, T)> {
    let widen = |(low, high): (T, T), value: T| {
        (if value < low { value } else { low }, if value > high { value } else { high })
    };
    if nulls.is_empty() {
        // Nothing but the comparisons, which become vector instructions.
        let mut values = values;
        let first = values.next()?;
        return Some(values.fold((first, first), widen));
    }
    let mut there = values.enumerate().filter(|(row, _)| !nulls.contains(*row)).map(|(_, v)| v);
    let first = there.next()?;
    Some(there.fold((first, first), widen))
}
