//! The qualifiers that an instance itself carries.
//!
//! They are rare, and deprecated in DMTF's world. There a qualifier must be declared,
//! stand in its scope and have its type, as on a class. WMI takes any name
//! (SYSTEM_CLASSES: custom qualifiers are stored as written), save those that say what
//! the class already says.

use super::Checker;
use super::depth::value_within;
use crate::error::EngineError;
use crate::row_qualifiers::RowQualifiers;
use crate::schema::{Layout, Slot};
use cimarron_model::{CimType, Dialect, Instance, Object, Qualifier, Qualifiers, Scope};
use std::sync::Arc;

/// What WMI's qualifiers of properties say of the class and nobody sets on an instance.
const OF_THE_CLASS: [&str; 2] = ["CIMTYPE", "Key"];

/// The qualifiers of an instance, as the store keeps them.
pub(crate) fn qualifiers(layout: &Layout, instance: &Instance) -> Option<Arc<RowQualifiers>> {
    let mut guess = 0;
    let mut properties = Vec::new();
    for (name, property) in instance.properties() {
        if !property.qualifiers.is_empty()
            && let Some(slot) = layout.slot_named(name, guess)
        {
            properties.push((slot, property.qualifiers.clone()));
            guess = slot + 1;
        }
    }
    let any = !instance.qualifiers.is_empty() || !properties.is_empty();
    any.then(|| Arc::new(RowQualifiers { instance: instance.qualifiers.clone(), properties }))
}

impl Checker<'_> {
    pub(super) fn check_instance_qualifiers(
        self,
        layout: &Layout,
        instance: &Instance,
    ) -> Result<(), EngineError> {
        let view = self.schema.by_id(layout.id).and_then(|class| class.def().view());
        let scope = match view {
            Some(class) if class.is_association() => Scope::Association,
            Some(class) if class.is_indication() => Scope::Indication,
            _ => Scope::Class,
        };
        instance.qualifiers.iter().try_for_each(|qualifier| self.check_qualifier(qualifier, scope))
    }

    pub(super) fn check_property_qualifiers(
        self,
        slot: &Slot,
        qualifiers: &Qualifiers,
    ) -> Result<(), EngineError> {
        let scope = match slot.cim_type {
            CimType::Reference => Scope::Reference,
            _ => Scope::Property,
        };
        for qualifier in qualifiers {
            let of_class = OF_THE_CLASS.iter().any(|name| qualifier.name.is(name));
            if of_class && self.dialect == Dialect::Wmi && !qualifier.flavor.propagated() {
                return Err(EngineError::ReservedQualifier { qualifier: qualifier.name.clone() });
            }
            self.check_qualifier(qualifier, scope)?;
        }
        Ok(())
    }

    fn check_qualifier(self, qualifier: &Qualifier, scope: Scope) -> Result<(), EngineError> {
        let name = || qualifier.name.clone();
        if !value_within(&qualifier.value, Object::MAX_DEPTH) {
            return Err(EngineError::TooDeep { property: name() });
        }
        if self.dialect == Dialect::Wmi {
            return Ok(());
        }
        let Some(declared) = self.schema.qualifier_types().get(&qualifier.name) else {
            return Err(EngineError::UndeclaredQualifier { qualifier: name() });
        };
        if !declared.scopes.contains(scope) {
            return Err(EngineError::QualifierOutOfScope { qualifier: name(), element: scope });
        }
        let (expected, value) = (&declared.data_type, &qualifier.value);
        if value.cim_type() != expected.cim_type || value.is_array() != expected.is_array() {
            return Err(EngineError::QualifierType {
                qualifier: name(),
                expected: Box::new(expected.clone()),
            });
        }
        Ok(())
    }
}
