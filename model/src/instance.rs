//! Owned instances and embedded objects.

use crate::{CaseInsensitive, Class, Name, ObjectPath, Qualifiers, Value};
use hashbrown::DefaultHashBuilder;
use indexmap::IndexMap;
use std::fmt;

/// Which version of a class an instance was made with. Versions of one class
/// only grow; they mean nothing between classes or repositories.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClassVersion(pub u64);

/// One property of an instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstanceProperty {
    /// The value; NULL knows its type.
    pub value: Value,
    /// Qualifiers on this instance's property (rare).
    pub qualifiers: Qualifiers,
}

/// An instance that owns its values.
///
/// As input to a create or modify, a property that is not in the map is "not
/// given", which differs from NULL. Properties keep the order in which they were
/// first set and the caller's spelling, and are found without case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Instance {
    /// The creation class.
    pub class: Name,
    /// The version of the class that the values follow, once known.
    pub class_version: Option<ClassVersion>,
    /// Where the instance is; `None` for embedded instances and new ones.
    pub path: Option<ObjectPath>,
    /// Qualifiers on the instance itself (rare).
    pub qualifiers: Qualifiers,
    properties: IndexMap<Name, InstanceProperty, DefaultHashBuilder>,
}

impl Instance {
    /// An instance with no property set.
    pub fn new(class: impl Into<Name>) -> Self {
        Self { class: class.into(), ..Self::default() }
    }

    /// The same instance with one more property set.
    #[must_use]
    pub fn with(mut self, name: impl Into<Name>, value: impl Into<Value>) -> Self {
        self.set(name, value);
        self
    }

    /// Sets a property, keeping its place and its spelling if it is there.
    pub fn set(&mut self, name: impl Into<Name>, value: impl Into<Value>) {
        let value = value.into();
        match self.properties.entry(name.into()) {
            indexmap::map::Entry::Occupied(mut slot) => slot.get_mut().value = value,
            indexmap::map::Entry::Vacant(slot) => {
                slot.insert(InstanceProperty { value, qualifiers: Qualifiers::new() });
            }
        }
    }

    /// The value of a property; `None` when it is not given.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.property(name).map(|p| &p.value)
    }

    /// A property with its qualifiers.
    pub fn property(&self, name: &str) -> Option<&InstanceProperty> {
        self.properties.get(&CaseInsensitive(name))
    }

    /// A property with its qualifiers, to change.
    pub fn property_mut(&mut self, name: &str) -> Option<&mut InstanceProperty> {
        self.properties.get_mut(&CaseInsensitive(name))
    }

    /// Forgets a property, keeping the order of the others.
    pub fn remove(&mut self, name: &str) -> Option<InstanceProperty> {
        self.properties.shift_remove(&CaseInsensitive(name))
    }

    /// The properties in order.
    pub fn properties(&self) -> impl ExactSizeIterator<Item = (&Name, &InstanceProperty)> {
        self.properties.iter()
    }

    /// How many properties are given.
    pub fn len(&self) -> usize {
        self.properties.len()
    }

    /// Whether none is given.
    pub fn is_empty(&self) -> bool {
        self.properties.is_empty()
    }
}

/// What an embedded value is: an instance or a class, without a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Object {
    /// An embedded instance.
    Instance(Instance),
    /// An embedded class.
    Class(Class),
}

impl Object {
    /// How deeply objects may be embedded in one another.
    pub const MAX_DEPTH: usize = 16;

    /// The name of the class, or of the instance's class.
    pub const fn class_name(&self) -> &Name {
        match self {
            Self::Instance(instance) => &instance.class,
            Self::Class(class) => &class.name,
        }
    }
}

impl Default for Object {
    fn default() -> Self {
        Self::Instance(Instance::default())
    }
}

impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Instance(instance) => write!(f, "instance of {}", instance.class),
            Self::Class(class) => write!(f, "{class}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_order_and_spelling_and_finds_without_case() {
        let mut instance =
            Instance::new("X_Disk").with("Name", "a").with("Size", 7_u64).with("NAME", "b");
        let names: Vec<_> = instance.properties().map(|(n, _)| n.as_str().to_owned()).collect();
        assert_eq!(names, ["Name", "Size"]);
        assert_eq!(instance.get("name").and_then(Value::as_str), Some("b"));
        assert_eq!(instance.get("Nme"), None);
        assert!(instance.remove("NAME").is_some());
        assert_eq!(instance.len(), 1);
    }
}
