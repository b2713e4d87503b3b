//! Classes and qualifier types as JSON.
//!
//! The JSON of `cimarron show --format json` is made for looking at a class; this one is made
//! for making it again: members are lists, types are one text, and a class says only what it
//! declares itself.

use super::shapes::Declared;
use super::values::{Exact, type_of};
use super::words::{flavor_words, type_text};
use cimarron_model::{
    Class, DataType, Flavor, Method, Origin, Parameter, Property, Qualifier, QualifierType,
    Qualifiers, Scope, Value,
};
use serde::ser::{Serialize, SerializeMap, Serializer};

/// How much is said of a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Extent {
    /// What it declares itself.
    Own,
    /// Everything, marks of inheritance included: a class that is a value.
    Whole,
}

/// A qualifier type, without the namespace.
pub(super) fn qualifier_type_entries<M: SerializeMap>(
    declared: &QualifierType,
    map: &mut M,
) -> Result<(), M::Error> {
    map.serialize_entry("name", &declared.name)?;
    typed_entries(&declared.data_type, Some(&declared.default), map)?;
    let scopes: Vec<&str> = declared.scopes.iter().map(Scope::as_str).collect();
    map.serialize_entry("scopes", &scopes)?;
    map.serialize_entry("flavor", &Words(declared.flavor))
}

/// A type, and a value of it where there is one.
fn typed_entries<M: SerializeMap>(
    data_type: &DataType,
    value: Option<&Value>,
    map: &mut M,
) -> Result<(), M::Error> {
    map.serialize_entry("type", &type_text(data_type))?;
    let Some(value) = value else { return Ok(()) };
    map.serialize_entry("value", &Exact(value, None))?;
    if !Declared::of(data_type).tells(value) {
        map.serialize_entry("valueType", &type_of(value))?;
    }
    Ok(())
}

struct Words(Flavor);

impl Serialize for Words {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(flavor_words(self.0))
    }
}

/// The qualifiers of an element.
pub(super) struct QualifierList<'a>(&'a Qualifiers, Extent);

impl<'a> QualifierList<'a> {
    /// All of them, whoever wrote them.
    pub(super) const fn all(qualifiers: &'a Qualifiers) -> Self {
        Self(qualifiers, Extent::Whole)
    }

    fn shown(&self) -> impl Iterator<Item = &'a Qualifier> {
        let extent = self.1;
        self.0.iter().filter(move |q| extent == Extent::Whole || !q.flavor.propagated())
    }
}

impl Serialize for QualifierList<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.shown().map(OneQualifier))
    }
}

struct OneQualifier<'a>(&'a Qualifier);

impl Serialize for OneQualifier<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Qualifier { name, value, flavor } = self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("name", name)?;
        map.serialize_entry("type", &type_of(value))?;
        map.serialize_entry("value", &Exact(value, None))?;
        map.serialize_entry("flavor", &Words(*flavor))?;
        map.end()
    }
}

/// A class as an object.
pub(super) struct ClassBody<'a>(&'a Class, Extent);

impl<'a> ClassBody<'a> {
    /// What the class declares itself.
    pub(super) const fn own(class: &'a Class) -> Self {
        Self(class, Extent::Own)
    }

    /// Everything that it shows.
    pub(super) const fn whole(class: &'a Class) -> Self {
        Self(class, Extent::Whole)
    }

    /// Its parts.
    pub(super) fn entries<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        let Self(class, extent) = *self;
        map.serialize_entry("name", &class.name)?;
        map.serialize_entry("superclass", &class.superclass)?;
        map.serialize_entry("qualifiers", &QualifierList(&class.qualifiers, extent))?;
        let is_shown = |propagated: bool| extent == Extent::Whole || !propagated;
        let properties = class.properties.iter().filter(|p| is_shown(p.propagated));
        let properties: Vec<_> = properties.map(|p| OneProperty(p, extent)).collect();
        map.serialize_entry("properties", &properties)?;
        let methods = class.methods.iter().filter(|m| is_shown(m.propagated));
        let methods: Vec<_> = methods.map(|m| OneMethod(m, extent)).collect();
        map.serialize_entry("methods", &methods)
    }
}

impl Serialize for ClassBody<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        self.entries(&mut map)?;
        map.end()
    }
}

/// What a class that is a value says of where its members are from.
fn origin_entries<M: SerializeMap>(
    origin: Option<&Origin>,
    propagated: bool,
    extent: Extent,
    map: &mut M,
) -> Result<(), M::Error> {
    if extent == Extent::Own {
        return Ok(());
    }
    if let Some(Origin { class, depth }) = origin {
        map.serialize_entry("origin", class)?;
        map.serialize_entry("depth", depth)?;
    }
    if propagated {
        map.serialize_entry("propagated", &true)?;
    }
    Ok(())
}

struct OneProperty<'a>(&'a Property, Extent);

impl Serialize for OneProperty<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(property, extent) = *self;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("name", &property.name)?;
        let inherits = property.default_inherited;
        let default = property.default.as_ref().filter(|_| extent == Extent::Whole || !inherits);
        typed_entries(&property.data_type, default, &mut map)?;
        if inherits && extent == Extent::Whole {
            map.serialize_entry("defaultInherited", &true)?;
        }
        origin_entries(property.origin.as_ref(), property.propagated, extent, &mut map)?;
        map.serialize_entry("qualifiers", &QualifierList(&property.qualifiers, extent))?;
        map.end()
    }
}

struct OneMethod<'a>(&'a Method, Extent);

impl Serialize for OneMethod<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(method, extent) = *self;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("name", &method.name)?;
        map.serialize_entry("type", &method.return_type.as_ref().map(type_text))?;
        origin_entries(method.origin.as_ref(), method.propagated, extent, &mut map)?;
        map.serialize_entry("qualifiers", &QualifierList(&method.qualifiers, extent))?;
        let parameters: Vec<_> =
            method.parameters.iter().map(|p| OneParameter(p, extent)).collect();
        map.serialize_entry("parameters", &parameters)?;
        map.end()
    }
}

struct OneParameter<'a>(&'a Parameter, Extent);

impl Serialize for OneParameter<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(parameter, extent) = *self;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("name", &parameter.name)?;
        typed_entries(&parameter.data_type, parameter.default.as_ref(), &mut map)?;
        map.serialize_entry("qualifiers", &QualifierList(&parameter.qualifiers, extent))?;
        map.end()
    }
}
