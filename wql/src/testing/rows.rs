//! Rows of the test schemas: instances, and classes.

use super::schema::TestSchema;
use super::{Dice, values};
use crate::rows::{Genus, Row, ValueRef};
use cimarron_model::{Class, Instance, Name, Value};
use std::borrow::Cow;

/// A random instance of a class or of one below it; `None` when there is no such
/// class.
pub fn instance(dice: &mut Dice<'_>, schema: &TestSchema, class: &str) -> Option<Instance> {
    let classes = schema.class_and_subclasses(class);
    let class = dice.pick(&classes)?;
    Some(filled(dice, class, schema, 2))
}

/// An instance with a value for most properties, objects nested that deep.
pub(super) fn filled(
    dice: &mut Dice<'_>,
    class: &Class,
    schema: &TestSchema,
    depth: usize,
) -> Instance {
    let mut instance = Instance::new(class.name.clone());
    for property in &class.properties {
        if !dice.one_in(8) {
            let value = values::value(dice, &property.data_type, schema, depth);
            instance.set(property.name.clone(), value);
        }
    }
    instance
}

/// An instance as a row.
pub struct TestRow<'s> {
    pub(super) schema: &'s TestSchema,
    pub(super) instance: Cow<'s, Instance>,
}

impl TestRow<'_> {
    fn class(&self) -> Option<&Class> {
        self.schema.find(self.class_name())
    }
}

impl Row for TestRow<'_> {
    fn value(&self, slot: usize) -> ValueRef<'_> {
        let property = self.class().and_then(|class| class.properties.get(slot));
        let value = property.and_then(|property| self.instance.get(property.name.as_str()));
        value.map_or(ValueRef::Null, ValueRef::from)
    }

    fn class_name(&self) -> &str {
        self.instance.class.as_str()
    }

    fn superclass_of(&self, class: &str) -> Option<&str> {
        self.schema.find(class)?.superclass.as_ref().map(Name::as_str)
    }

    fn property_count(&self) -> usize {
        self.class().map_or(0, |class| class.properties.len())
    }

    fn relative_path(&self) -> Option<Cow<'_, str>> {
        let id = self.instance.get("Id").and_then(Value::as_str)?;
        Some(format!("{}.Id=\"{id}\"", self.class_name()).into())
    }

    fn namespace(&self) -> Option<&str> {
        Some("root/test")
    }

    fn server(&self) -> Option<&str> {
        Some("HOST")
    }
}

/// A class as a row.
pub struct ClassRow<'s> {
    pub(super) schema: &'s TestSchema,
    pub(super) class: &'s Class,
}

impl Row for ClassRow<'_> {
    fn value(&self, _slot: usize) -> ValueRef<'_> {
        ValueRef::Null
    }

    fn class_name(&self) -> &str {
        self.class.name.as_str()
    }

    fn superclass_of(&self, class: &str) -> Option<&str> {
        self.schema.find(class)?.superclass.as_ref().map(Name::as_str)
    }

    fn genus(&self) -> Genus {
        Genus::Class
    }

    fn property_count(&self) -> usize {
        self.class.properties.len()
    }

    fn relative_path(&self) -> Option<Cow<'_, str>> {
        Some(self.class_name().into())
    }

    fn namespace(&self) -> Option<&str> {
        Some("root/test")
    }

    fn server(&self) -> Option<&str> {
        Some("HOST")
    }
}
