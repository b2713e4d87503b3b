//! Values and instances as JSON that a reader who knows the classes reads back exactly.
//!
//! The spelling of values is that of `cimarron query --format json`; embedded objects say
//! more. What a class does not tell of the type of a value is said beside it, in `types`.

use super::declarations::{ClassBody, QualifierList};
use super::shapes::Shapes;
use super::words::type_text;
use cimarron_model::{Array, ArrayShape, DataType, Instance, Name, Object, Scalar, Value};
use serde::ser::{Serialize, SerializeMap, Serializer};

/// A value.
pub(super) struct Exact<'a>(pub(super) &'a Value, pub(super) Option<&'a Shapes>);

impl Serialize for Exact<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Scalar(scalar) => ExactScalar(scalar, self.1).serialize(serializer),
            Value::Array(array) => ExactArray(array, self.1).serialize(serializer),
            null @ Value::Null(..) => null.serialize(serializer),
        }
    }
}

struct ExactArray<'a>(&'a Array, Option<&'a Shapes>);

impl Serialize for ExactArray<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|item| Element(item, self.1)))
    }
}

struct Element<'a>(Option<Scalar>, Option<&'a Shapes>);

impl Serialize for Element<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Some(scalar) => ExactScalar(scalar, self.1).serialize(serializer),
            None => serializer.serialize_none(),
        }
    }
}

struct ExactScalar<'a>(&'a Scalar, Option<&'a Shapes>);

impl Serialize for ExactScalar<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            // Readers go through a real64, which the shortest digits of a real32 would make
            // round twice.
            Scalar::Real32(x) if x.is_finite() => serializer.serialize_f64(f64::from(*x)),
            Scalar::Object(object) => match &**object {
                Object::Instance(instance) => Embedded(instance, self.1).serialize(serializer),
                Object::Class(class) => {
                    let mut map = serializer.serialize_map(None)?;
                    map.serialize_entry("declaration", &ClassBody::whole(class))?;
                    map.end()
                }
            },
            other => other.serialize(serializer),
        }
    }
}

struct Embedded<'a>(&'a Instance, Option<&'a Shapes>);

impl Serialize for Embedded<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("instance", &self.0.class)?;
        instance_entries(self.0, self.1, Nulls::HaveTypes, &mut map)?;
        map.end()
    }
}

/// Whether the NULLs of an instance have types of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Nulls {
    /// In embedded objects, which keep what they were given.
    HaveTypes,
    /// In rows, where they have the property's.
    HaveNone,
}

/// The parts of an instance.
pub(super) fn instance_entries<M: SerializeMap>(
    instance: &Instance,
    shapes: Option<&Shapes>,
    nulls: Nulls,
    map: &mut M,
) -> Result<(), M::Error> {
    let shape = shapes.and_then(|shapes| shapes.of(&instance.class));
    let is_told = |name: &Name, value: &Value| {
        let declared = shape.as_ref().and_then(|shape| shape.property(name));
        (value.is_null() && nulls == Nulls::HaveNone)
            || declared.is_some_and(|declared| declared.tells(value))
    };
    map.serialize_entry("values", &Values(instance, shapes))?;
    let untold = instance.properties().filter(|(name, p)| !is_told(name, &p.value));
    let types: Vec<_> = untold.map(|(name, p)| (name, type_of(&p.value))).collect();
    if !types.is_empty() {
        map.serialize_entry("types", &Pairs(&types))?;
    }
    if !instance.qualifiers.is_empty() {
        map.serialize_entry("qualifiers", &QualifierList::all(&instance.qualifiers))?;
    }
    let qualified = instance.properties().filter(|(_, p)| !p.qualifiers.is_empty());
    let lists: Vec<_> =
        qualified.map(|(name, p)| (name, QualifierList::all(&p.qualifiers))).collect();
    if !lists.is_empty() {
        map.serialize_entry("propertyQualifiers", &Pairs(&lists))?;
    }
    Ok(())
}

struct Values<'a>(&'a Instance, Option<&'a Shapes>);

impl Serialize for Values<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let values = self.0.properties().map(|(name, p)| (name, Exact(&p.value, self.1)));
        serializer.collect_map(values)
    }
}

/// Members of an object.
struct Pairs<'a, T>(&'a [(&'a Name, T)]);

impl<T: Serialize> Serialize for Pairs<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, item)| (name, item)))
    }
}

/// The type of a value by itself.
pub(super) fn type_of(value: &Value) -> String {
    let array = if value.is_array() { ArrayShape::Variable } else { ArrayShape::Scalar };
    type_text(&DataType { cim_type: value.cim_type(), array, class: None })
}
