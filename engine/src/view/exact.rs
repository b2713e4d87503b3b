//! Converting numbers between types without loss.

use super::ValueView;
use cimarron_model::{Char16, CimType};

/// A number as another numeric type: `None` when there is no way from the one type to the
/// other, `Some(None)` when the other does not have this number exactly.
pub(crate) fn exactly(
    expected: CimType,
    value: ValueView<'_>,
) -> Option<Option<ValueView<'static>>> {
    let integer = match value {
        ValueView::Char16(Char16(unit)) => Some(i128::from(unit)),
        other => other.as_integer(),
    };
    match (expected, value, integer) {
        (CimType::Real64, _, Some(n)) => {
            let real = n as f64;
            Some((real as i128 == n).then_some(ValueView::Real64(real)))
        }
        (CimType::Real32, _, Some(n)) => {
            let real = n as f32;
            Some((real as i128 == n).then_some(ValueView::Real32(real)))
        }
        (CimType::Real64, ValueView::Real32(real), _) => Some(Some(ValueView::Real64(real.into()))),
        (CimType::Real32, ValueView::Real64(real), _) => {
            let narrow = real as f32;
            let exact = real.is_nan() || f64::from(narrow) == real;
            Some(exact.then_some(ValueView::Real32(narrow)))
        }
        (_, _, Some(n)) => fits(expected, n),
        _ => None,
    }
}

/// An integer as a value of the type: `None` when the type takes no integers,
/// `Some(None)` when it does not have this one.
fn fits(cim_type: CimType, n: i128) -> Option<Option<ValueView<'static>>> {
    Some(match cim_type {
        CimType::UInt8 => n.try_into().ok().map(ValueView::UInt8),
        CimType::SInt8 => n.try_into().ok().map(ValueView::SInt8),
        CimType::UInt16 => n.try_into().ok().map(ValueView::UInt16),
        CimType::SInt16 => n.try_into().ok().map(ValueView::SInt16),
        CimType::UInt32 => n.try_into().ok().map(ValueView::UInt32),
        CimType::SInt32 => n.try_into().ok().map(ValueView::SInt32),
        CimType::UInt64 => n.try_into().ok().map(ValueView::UInt64),
        CimType::SInt64 => n.try_into().ok().map(ValueView::SInt64),
        CimType::Char16 => n.try_into().ok().map(|unit| ValueView::Char16(Char16(unit))),
        _ => return None,
    })
}
