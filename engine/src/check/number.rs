//! Numbers of another type than their property.

use super::problem::mismatch;
use crate::error::EngineError;
use crate::schema::Slot;
use crate::view::{ValueView, exactly};
use cimarron_model::CimType;

/// A number as a property of another numeric type takes it.
pub(super) fn number<'v>(
    slot: &Slot,
    expected: CimType,
    value: ValueView<'v>,
) -> Result<ValueView<'v>, EngineError> {
    let out_of_range = || {
        let number = value.to_scalar().map(|s| s.to_string()).unwrap_or_default();
        let problem = format!("{number} is not a {expected}");
        EngineError::OutOfRange { property: slot.name.clone(), problem }
    };
    match exactly(expected, value) {
        Some(exact) => exact.ok_or_else(out_of_range),
        None => Err(mismatch(slot, value)),
    }
}
