//! Checking embedded objects: their class, and each member as if it were a property of
//! its own. Keys and other members may be missing, for nothing finds an embedded object
//! by its key.

use super::depth::object_within;
use super::{Checked, Checker, slot_of};
use crate::error::EngineError;
use crate::schema::Slot;
use crate::view::ValueView;
use cimarron_model::{Dialect, Instance, Object};
use std::sync::Arc;

/// The class of what goes into methods and comes out of them: abstract, and never
/// anything but embedded (MS-WMI 2.2.13).
const PARAMETERS: &str = "__PARAMETERS";

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
        // The outermost object answers for all that are in it.
        if depth == 0 && !object_within(object, Object::MAX_DEPTH) {
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
        let found = object.class_name();
        let class = self.schema.class(found.as_str());
        if let (Object::Instance(_), Some(class)) = (object, class)
            && class.def().is_abstract
            && !class.name().is(PARAMETERS)
        {
            return Err(EngineError::AbstractClass { class: class.name().clone() });
        }
        let Some(declared) = &slot.class else { return Ok(()) };
        if let Object::Class(class) = object
            && slot.embedded_text
            && self.dialect == Dialect::Dmtf
        {
            return Err(EngineError::ClassEmbedded {
                property: slot.name.clone(),
                class: class.name.clone(),
            });
        }
        let Some(expected) = self.schema.class(declared.as_str()) else { return Ok(()) };
        // A class as a value may be new to the namespace; its superclass tells.
        let known = class.or_else(|| match object {
            Object::Class(class) => self.schema.class(class.superclass.as_ref()?.as_str()),
            Object::Instance(_) => None,
        });
        match known {
            Some(class) if class.is_a(expected) => Ok(()),
            Some(_) => Err(EngineError::WrongClass {
                property: slot.name.clone(),
                expected: declared.clone(),
                found: found.clone(),
            }),
            None => Err(self.unknown_target(slot, found)),
        }
    }

    fn convert_members(
        self,
        instance: &Instance,
        depth: usize,
    ) -> Result<Option<Instance>, EngineError> {
        let mut converted: Option<Instance> = None;
        if instance.path.is_some() {
            converted.get_or_insert_with(|| instance.clone()).path = None;
        }
        let Some(class) = self.schema.class(instance.class.as_str()) else { return Ok(converted) };
        let layout = class.layout();
        let mut guess = 0;
        for (name, property) in instance.properties() {
            let number = slot_of(layout, name, guess)?;
            guess = number + 1;
            let Some(slot) = layout.slot(number) else { continue };
            let given = ValueView::from(&property.value);
            let value = match self.convert_at(slot, given, depth + 1) {
                Ok(Checked::View(view)) if view.cim_type() == given.cim_type() => continue,
                Ok(other) => other.view().to_value(slot.cim_type, slot.array.is_array()),
                // As if it were not given.
                Err(EngineError::IllegalNull { .. }) => continue,
                Err(error) => return Err(error),
            };
            converted.get_or_insert_with(|| instance.clone()).set(name.clone(), value);
        }
        Ok(converted)
    }
}
