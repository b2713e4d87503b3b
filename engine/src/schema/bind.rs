//! What the query binder asks of a schema.

use super::{ClassRef, Schema};
use cimarron_model::{CimType, Name};
use cimarron_wql::{ClassInfo, PropertyInfo};

impl cimarron_wql::Schema for Schema {
    type Class<'a> = ClassRef<'a>;

    fn class(&self, name: &str) -> Option<ClassRef<'_>> {
        Self::class(self, name)
    }

    fn class_names(&self) -> impl Iterator<Item = &str> {
        self.classes().map(|c| c.name().as_str())
    }
}

impl ClassInfo for ClassRef<'_> {
    fn name(&self) -> &str {
        ClassRef::name(*self).as_str()
    }

    fn property(&self, name: &str) -> Option<PropertyInfo<'_>> {
        let (number, slot) = self.layout().find(name)?;
        Some(PropertyInfo {
            slot: number as usize,
            name: slot.name.as_str(),
            cim_type: slot.cim_type,
            is_array: slot.array.is_array(),
            embedded_class: slot
                .class
                .as_ref()
                .filter(|_| slot.cim_type == CimType::Object)
                .map(Name::as_str),
        })
    }

    fn property_names(&self) -> impl Iterator<Item = &str> {
        self.layout().names()
    }

    fn is_a(&self, ancestor: &str) -> bool {
        self.schema.class(ancestor).is_some_and(|ancestor| ClassRef::is_a(*self, ancestor))
    }

    fn is_indication(&self) -> bool {
        self.def().view().is_some_and(cimarron_schema::ClassView::is_indication)
    }
}
