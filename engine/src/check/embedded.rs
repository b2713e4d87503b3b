//! Checking embedded objects.

use super::{Checked, Checker, slot_of};
use crate::error::EngineError;
use crate::schema::Slot;
use crate::view::ValueView;
use cimarron_model::{Instance, Object};
use std::sync::Arc;

impl Checker<'_> {
    /// That an object may be the property's value; what it becomes, when members
    /// of it had to be converted. Members of a class that the namespace does not
    /// know are taken as they are.
    pub(super) fn check_object(
        self,
        slot: &Slot,
        object: &Arc<Object>,
        depth: usize,
    ) -> Result<Option<Object>, EngineError> {
        if depth >= Object::MAX_DEPTH {
            return Err(EngineError::TooDeep { property: slot.name.clone() });
        }
        self.check_object_class(slot, object)?;
        match &**object {
            Object::Class(_) => Ok(None),
            Object::Instance(instance) => {
                Ok(self.convert_members(instance, depth)?.map(Object::Instance))
            }
        }
    }

    fn check_object_class(self, slot: &Slot, object: &Object) -> Result<(), EngineError> {
        let Some(declared) = &slot.class else { return Ok(()) };
        let Some(expected) = self.schema.class(declared.as_str()) else { return Ok(()) };
        let found = object.class_name();
        let fits = match self.schema.class(found.as_str()) {
            Some(class) => class.is_a(expected),
            // A class as a value may be new to the namespace; its superclass tells.
            None => match object {
                Object::Class(class) => class
                    .superclass
                    .as_ref()
                    .and_then(|s| self.schema.class(s.as_str()))
                    .is_some_and(|s| s.is_a(expected)),
                Object::Instance(_) => false,
            },
        };
        if fits {
            return Ok(());
        }
        Err(EngineError::WrongClass {
            property: slot.name.clone(),
            expected: declared.clone(),
            found: found.clone(),
        })
    }

    fn convert_members(
        self,
        instance: &Instance,
        depth: usize,
    ) -> Result<Option<Instance>, EngineError> {
        let Some(class) = self.schema.class(instance.class.as_str()) else { return Ok(None) };
        let layout = class.layout();
        let mut converted: Option<Instance> = None;
        for (name, property) in instance.properties() {
            let Some(slot) = layout.slot(slot_of(layout, name, 0)?) else { continue };
            let given = ValueView::from(&property.value);
            let value = match self.convert_at(slot, given, depth + 1)? {
                Checked::View(view) if view.cim_type() == given.cim_type() => continue,
                other => other.view().to_value(slot.cim_type, slot.array.is_array()),
            };
            converted.get_or_insert_with(|| instance.clone()).set(name.clone(), value);
        }
        Ok(converted)
    }
}
