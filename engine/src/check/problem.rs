//! Errors that several checks end with.

use crate::error::EngineError;
use crate::schema::{Layout, Slot};
use crate::view::ValueView;
use cimarron_model::{CimType, Name, suggest};

pub(super) const KEY: &str = "it is a key";
pub(super) const NOT_NULL: &str = "it is Not_Null or Indexed";
pub(super) const REQUIRED: &str = "it is Required";

/// The slot of a property that a caller names.
#[inline(always)]
pub(crate) fn slot_of(layout: &Layout, name: &Name, guess: u32) -> Result<u32, EngineError> {
    layout.slot_named(name, guess).ok_or_else(|| no_slot(layout, name))
}

#[cold]
fn no_slot(layout: &Layout, name: &Name) -> EngineError {
    if cimarron_wql::SystemProperty::from_name(name.as_str()).is_some() {
        EngineError::SystemProperty { property: name.clone() }
    } else {
        no_such_property(layout, name)
    }
}

/// The error for a property that is not there.
pub(crate) fn no_such_property(layout: &Layout, name: &Name) -> EngineError {
    EngineError::NoSuchProperty {
        class: layout.class.clone(),
        property: name.clone(),
        suggestion: suggest::nearest(name.as_str(), layout.names()).map(Name::new),
    }
}

#[cold]
pub(super) fn illegal_null(layout: &Layout, number: u32, reason: &'static str) -> EngineError {
    let property = layout.slot(number).map(|s| s.name.clone()).unwrap_or_default();
    EngineError::IllegalNull { property, reason }
}

#[cold]
pub(super) fn mismatch(slot: &Slot, value: ValueView<'_>) -> EngineError {
    let found = value.cim_type().unwrap_or(slot.cim_type);
    let found_array = matches!(value, ValueView::Array(_));
    let hint = if slot.array.is_array() && !found_array {
        ": give an array"
    } else if found == CimType::String && slot.cim_type == CimType::Object {
        ": give the object itself"
    } else if found == CimType::String {
        ": convert the text first"
    } else {
        ""
    };
    EngineError::TypeMismatch {
        property: slot.name.clone(),
        expected: slot.cim_type,
        array: slot.array,
        found,
        found_array,
        hint,
    }
}
