//! Owned declarations: classes, properties, methods and parameters.
//!
//! One set of types serves both views of a class. In a *local* declaration the
//! members are just those that the class itself writes; in a *resolved* one the
//! inherited members come first, in the superclass's order, and each member
//! knows its origin. Archives hold both; these types are what builders take and
//! what callers get who ask for an owned copy.

use crate::{DataType, Flavor, Name, Qualifier, Qualifiers, Value};
use std::fmt;

/// The class that introduced a member, and how deep that class lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The class that first declared the member.
    pub class: Name,
    /// Its distance from the root of its hierarchy, which has depth 0.
    pub depth: u16,
}

/// A property or reference declaration (DSP0004 5.1.2.8, 5.1.2.10).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Property {
    /// The name.
    pub name: Name,
    /// The declared type.
    pub data_type: DataType,
    /// Qualifiers, in written order, inherited ones last.
    pub qualifiers: Qualifiers,
    /// The default: absent, NULL or a value.
    pub default: Option<Value>,
    /// Whether the default was taken from the superclass's declaration.
    pub default_inherited: bool,
    /// Where the property was introduced; `None` in an unresolved declaration.
    pub origin: Option<Origin>,
    /// Whether the class does not itself declare the property.
    pub propagated: bool,
}

impl Property {
    /// A property without qualifiers or default.
    pub fn new(name: impl Into<Name>, data_type: impl Into<DataType>) -> Self {
        Self {
            name: name.into(),
            data_type: data_type.into(),
            qualifiers: Qualifiers::new(),
            default: None,
            default_inherited: false,
            origin: None,
            propagated: false,
        }
    }

    /// The same property as part of the key.
    #[must_use]
    pub fn key(self) -> Self {
        // As WMI makes it and as DMTF declares it: for subclasses, and final.
        let flavor = Flavor::TO_SUBCLASS.with(Flavor::NOT_OVERRIDABLE);
        self.with_qualifier(Qualifier { flavor, ..Qualifier::new("Key", true) })
    }

    /// The same property with a default.
    #[must_use]
    pub fn with_default(mut self, value: impl Into<Value>) -> Self {
        self.default = Some(value.into());
        self
    }

    /// The same property with one more qualifier.
    #[must_use]
    pub fn with_qualifier(mut self, qualifier: Qualifier) -> Self {
        self.qualifiers.set(qualifier);
        self
    }

    /// Whether the property is part of the key.
    pub fn is_key(&self) -> bool {
        self.qualifiers.is_true("Key")
    }

    /// NULL of the declared type.
    pub fn null(&self) -> Value {
        Value::Null(self.data_type.cim_type, self.data_type.is_array())
    }
}

/// A parameter of a method. Its ID is its position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// The name.
    pub name: Name,
    /// The declared type.
    pub data_type: DataType,
    /// Qualifiers, `In` and `Out` among them.
    pub qualifiers: Qualifiers,
    /// The default value (WMI).
    pub default: Option<Value>,
}

/// Which way the values of a parameter go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Direction {
    /// Whether callers pass it.
    pub input: bool,
    /// Whether the method returns it.
    pub output: bool,
}

impl Direction {
    /// What a parameter's `In` and `Out` say, `None` where they are not written or
    /// NULL. `in_implied` is whether a parameter goes in without saying so: always in
    /// DMTF MOF (DSP0004 5.6.3.24), and in WMI where a declaration of `In` has that
    /// default (WMI SDK, "Creating a WMI Method").
    pub fn new(input: Option<bool>, output: Option<bool>, in_implied: bool) -> Self {
        Self { input: input.unwrap_or(in_implied), output: output.unwrap_or(false) }
    }
}

impl Parameter {
    /// Which way it goes. [`Direction::new`] says what `in_implied` is.
    pub fn direction(&self, in_implied: bool) -> Direction {
        let said = |name| self.qualifiers.get(name).and_then(|q| q.value.as_bool());
        Direction::new(said("In"), said("Out"), in_implied)
    }
}

/// A method declaration (DSP0004 5.1.2.9).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Method {
    /// The name.
    pub name: Name,
    /// The return type; `None` is WMI's `void`.
    pub return_type: Option<DataType>,
    /// Parameters, in declaration order.
    pub parameters: Vec<Parameter>,
    /// Qualifiers, in written order, inherited ones last.
    pub qualifiers: Qualifiers,
    /// Where the method was introduced; `None` in an unresolved declaration.
    pub origin: Option<Origin>,
    /// Whether the class does not itself declare the method.
    pub propagated: bool,
}

/// A class (DSP0004 5.1.2.6), local or resolved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Class {
    /// The name.
    pub name: Name,
    /// The superclass.
    pub superclass: Option<Name>,
    /// Qualifiers, in written order, inherited ones last.
    pub qualifiers: Qualifiers,
    /// Properties and references, inherited ones first; the position is the slot.
    pub properties: Vec<Property>,
    /// Methods, inherited ones first.
    pub methods: Vec<Method>,
}

impl Class {
    /// An empty class.
    pub fn new(name: impl Into<Name>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    /// The same class below another.
    #[must_use]
    pub fn below(mut self, superclass: impl Into<Name>) -> Self {
        self.superclass = Some(superclass.into());
        self
    }

    /// The same class with one more property.
    #[must_use]
    pub fn with(mut self, property: Property) -> Self {
        self.properties.push(property);
        self
    }

    /// The same class with one more qualifier.
    #[must_use]
    pub fn with_qualifier(mut self, qualifier: Qualifier) -> Self {
        self.qualifiers.set(qualifier);
        self
    }

    /// The property of this name.
    pub fn property(&self, name: &str) -> Option<&Property> {
        self.properties.iter().find(|p| p.name.is(name))
    }

    /// The method of this name.
    pub fn method(&self, name: &str) -> Option<&Method> {
        self.methods.iter().find(|m| m.name.is(name))
    }

    /// Whether the class is an association.
    pub fn is_association(&self) -> bool {
        self.qualifiers.is_true("Association")
    }

    /// Whether the class is an indication.
    pub fn is_indication(&self) -> bool {
        self.qualifiers.is_true("Indication")
    }

    /// Whether the class is abstract: it has no instances of its own.
    pub fn is_abstract(&self) -> bool {
        self.qualifiers.is_true("Abstract")
    }

    /// Whether the class is a WMI singleton: one instance, no key.
    pub fn is_singleton(&self) -> bool {
        self.qualifiers.is_true("Singleton")
    }

    /// The key properties, in declaration order.
    pub fn keys(&self) -> impl Iterator<Item = &Property> {
        self.properties.iter().filter(|p| p.is_key())
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "class {}", self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CimType;

    #[test]
    fn classes_are_put_together() {
        let class = Class::new("X_Fan")
            .below("X_Device")
            .with_qualifier(Qualifier::new("Description", "blows"))
            .with(Property::new("Id", CimType::String).key())
            .with(Property::new("Speed", CimType::UInt32).with_default(7_u32));
        let keys: Vec<_> = class.keys().map(|p| p.name.as_str()).collect();
        assert_eq!(keys, ["Id"]);
        assert_eq!(class.property("speed").and_then(|p| p.default.clone()), Some(7_u32.into()));
        assert_eq!(class.superclass, Some("X_Device".into()));
        assert!(class.qualifiers.get("description").is_some());
    }
}
