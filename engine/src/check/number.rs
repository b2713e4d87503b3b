//! Converting numbers between types without loss.

use super::problem::mismatch;
use crate::error::EngineError;
use crate::schema::Slot;
use crate::view::ValueView;
use cimarron_model::{Char16, CimType};

/// A number as another numeric type, when that type has it exactly.
pub(super) fn number<'v>(
    slot: &Slot,
    expected: CimType,
    value: ValueView<'v>,
) -> Result<ValueView<'v>, EngineError> {
    let out_of_range = |number: &dyn std::fmt::Display| EngineError::OutOfRange {
        property: slot.name.clone(),
        problem: format!("{number} is not a {expected}"),
    };
    let integer = match value {
        ValueView::Char16(Char16(unit)) => Some(i128::from(unit)),
        other => other.as_integer(),
    };
    match (expected, value, integer) {
        (CimType::Real64, _, Some(n)) => {
            let real = n as f64;
            if real as i128 == n { Ok(ValueView::Real64(real)) } else { Err(out_of_range(&n)) }
        }
        (CimType::Real32, _, Some(n)) => {
            let real = n as f32;
            if real as i128 == n { Ok(ValueView::Real32(real)) } else { Err(out_of_range(&n)) }
        }
        (CimType::Real64, ValueView::Real32(real), _) => Ok(ValueView::Real64(real.into())),
        (CimType::Real32, ValueView::Real64(real), _) => {
            let narrow = real as f32;
            if real.is_nan() || f64::from(narrow) == real {
                Ok(ValueView::Real32(narrow))
            } else {
                Err(out_of_range(&real))
            }
        }
        (_, _, Some(n)) => match fits(expected, n) {
            Some(Some(view)) => Ok(view),
            Some(None) => Err(out_of_range(&n)),
            None => Err(mismatch(slot, value)),
        },
        _ => Err(mismatch(slot, value)),
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
