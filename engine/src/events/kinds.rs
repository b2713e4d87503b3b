//! The classes of the events that the engine makes itself (WMI SDK, "Determining the type of
//! event to receive": intrinsic events).

use crate::schema::{ClassDef, Schema};
use std::sync::Arc;

/// The intrinsic event classes of one schema version. A namespace of the DMTF dialect has the
/// classes of indications, if its schema has them.
#[derive(Debug, Default)]
pub(crate) struct Kinds {
    pub(crate) instance: Operations,
    pub(crate) class: Operations,
    pub(crate) namespace: Operations,
    /// Whether those of instances are DMTF's indications.
    pub(crate) is_indication: bool,
}

/// What can be done to one sort of object.
#[derive(Debug, Default)]
pub(crate) struct Operations {
    pub(crate) creation: Option<Kind>,
    pub(crate) modification: Option<Kind>,
    pub(crate) deletion: Option<Kind>,
}

/// The slots of an event class that the engine fills.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Slots {
    pub(crate) created: Option<u32>,
    pub(crate) target: Option<u32>,
    pub(crate) previous: Option<u32>,
}

/// An event class and where it has what.
#[derive(Clone, Debug)]
pub(crate) struct Kind {
    pub(crate) class: Arc<ClassDef>,
    pub(crate) slots: Slots,
}

impl Kinds {
    pub(crate) fn of(schema: &Schema) -> Self {
        let instance = Operations::of(schema, "Instance");
        let is_wmi = instance.creation.is_some();
        Self {
            is_indication: !is_wmi,
            instance: if is_wmi { instance } else { Operations::of_indications(schema) },
            class: Operations::of(schema, "Class"),
            namespace: Operations::of(schema, "Namespace"),
        }
    }
}

impl Operations {
    fn of(schema: &Schema, sort: &str) -> Self {
        let kind = |operation: &str| {
            let class = schema.class(&format!("__{sort}{operation}Event"))?.def().clone();
            let layout = class.layout();
            let slot = |name: &str| layout.find(name).map(|(slot, _)| slot);
            let slots = Slots {
                created: slot("TIME_CREATED"),
                target: slot(&format!("Target{sort}")),
                previous: slot(&format!("Previous{sort}")),
            };
            Some(Kind { class, slots })
        };
        Self {
            creation: kind("Creation"),
            modification: kind("Modification"),
            deletion: kind("Deletion"),
        }
    }

    /// All that there are.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Kind> {
        [&self.creation, &self.modification, &self.deletion].into_iter().flatten()
    }

    /// The kind of event when something was one thing and is another.
    pub(crate) const fn when(&self, before: bool, after: bool) -> Option<&Kind> {
        match (before, after) {
            (false, true) => self.creation.as_ref(),
            (true, true) => self.modification.as_ref(),
            (true, false) => self.deletion.as_ref(),
            (false, false) => None,
        }
    }
}
