//! Checking where references lead.

use super::Checker;
use super::depth::path_fits;
use crate::error::EngineError;
use crate::schema::Slot;
use cimarron_model::{Dialect, KeyError, Name, ObjectPath};

impl Checker<'_> {
    /// That a path leads to an object that the property may reference, as far as
    /// this namespace's schema can tell. The object need not be there, and the path
    /// may name a class (DSP0201 VALUE.REFERENCE).
    ///
    /// A path into another namespace is not looked into. In `Wmi` references are text that
    /// nothing follows, and the compiler does no more than warn of one to another class; in
    /// `Dmtf` a class of this namespace that nobody knows cannot be the declared one or one
    /// below.
    pub(super) fn check_reference(self, slot: &Slot, path: &ObjectPath) -> Result<(), EngineError> {
        if !path_fits(path) {
            return Err(EngineError::Unreadable {
                property: slot.name.clone(),
                problem: KeyError::TooDeep.to_string(),
            });
        }
        let Some(declared) = &slot.class else { return Ok(()) };
        let Some(found) = &path.class else {
            return Err(EngineError::Unreadable {
                property: slot.name.clone(),
                problem: format!("the path names a namespace and no `{declared}`"),
            });
        };
        if self.dialect == Dialect::Wmi || !self.location.holds(path) {
            return Ok(());
        }
        let Some(expected) = self.schema.class(declared.as_str()) else { return Ok(()) };
        match self.schema.class(found.as_str()) {
            Some(found) if !found.is_a(expected) => Err(EngineError::WrongClass {
                property: slot.name.clone(),
                expected: expected.name().clone(),
                found: found.name().clone(),
            }),
            None => Err(self.unknown_target(slot, found)),
            Some(_) => Ok(()),
        }
    }

    /// The error for a value of a class that this namespace does not have.
    pub(super) fn unknown_target(self, slot: &Slot, class: &Name) -> EngineError {
        EngineError::UnknownValueClass {
            property: slot.name.clone(),
            class: class.clone(),
            suggestion: self.schema.suggestion(class.as_str()),
        }
    }
}
