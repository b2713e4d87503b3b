//! The one JSON spelling of CIM values and declarations.
//!
//! Integers of every width are JSON numbers, datetimes and references strings,
//! `char16` its code unit, NULL `null`, NaN and the infinities the strings
//! `"NaN"`, `"INF"` and `"-INF"`, embedded objects nested objects that start
//! with `__CLASS`.

use crate::{
    Array, ArrayShape, Class, DataType, Instance, Method, Object, Parameter, Property, Qualifier,
    QualifierType, Qualifiers, Scalar, Value,
};
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

fn serialize_real<S: Serializer>(value: f64, serializer: S) -> Result<S::Ok, S::Error> {
    if value.is_nan() {
        serializer.serialize_str("NaN")
    } else if value.is_infinite() {
        serializer.serialize_str(if value > 0.0 { "INF" } else { "-INF" })
    } else {
        serializer.serialize_f64(value)
    }
}

impl Serialize for Scalar {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Boolean(v) => serializer.serialize_bool(*v),
            Self::UInt8(v) => serializer.serialize_u8(*v),
            Self::SInt8(v) => serializer.serialize_i8(*v),
            Self::UInt16(v) => serializer.serialize_u16(*v),
            Self::SInt16(v) => serializer.serialize_i16(*v),
            Self::UInt32(v) => serializer.serialize_u32(*v),
            Self::SInt32(v) => serializer.serialize_i32(*v),
            Self::UInt64(v) => serializer.serialize_u64(*v),
            Self::SInt64(v) => serializer.serialize_i64(*v),
            // A real32 is written with its own shortest digits, not a real64's.
            Self::Real32(v) if v.is_finite() => serializer.serialize_f32(*v),
            Self::Real32(v) => serialize_real(f64::from(*v), serializer),
            Self::Real64(v) => serialize_real(*v, serializer),
            Self::Char16(v) => serializer.serialize_u16(v.0),
            Self::String(v) => serializer.serialize_str(v),
            Self::DateTime(v) => serializer.collect_str(v),
            Self::Reference(v) => serializer.collect_str(v),
            Self::Object(v) => v.serialize(serializer),
        }
    }
}

impl Serialize for Array {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null(..) => serializer.serialize_none(),
            Self::Scalar(scalar) => scalar.serialize(serializer),
            Self::Array(array) => array.serialize(serializer),
        }
    }
}

impl Serialize for Instance {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.len() + 1))?;
        map.serialize_entry("__CLASS", &self.class)?;
        for (name, property) in self.properties() {
            map.serialize_entry(name, &property.value)?;
        }
        map.end()
    }
}

impl Serialize for Object {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Instance(instance) => instance.serialize(serializer),
            Self::Class(class) => EmbeddedClass(class).serialize(serializer),
        }
    }
}

/// A class as a value: `__CLASS`, then what a class's JSON has.
struct EmbeddedClass<'a>(&'a Class);

impl Serialize for EmbeddedClass<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("__CLASS", &self.0.name)?;
        class_entries(self.0, &mut map)?;
        map.end()
    }
}

/// The parts of a declared type, spread into the object of what it types.
fn type_entries<M: SerializeMap>(data_type: &DataType, map: &mut M) -> Result<(), M::Error> {
    map.serialize_entry("type", data_type.cim_type.as_str())?;
    map.serialize_entry("array", &data_type.is_array())?;
    map.serialize_entry("array_size", &data_type.array.fixed_size())?;
    map.serialize_entry("reference_class", &data_type.class)
}

impl Serialize for Qualifier {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(7))?;
        map.serialize_entry("type", self.value.cim_type().as_str())?;
        map.serialize_entry("value", &self.value)?;
        map.serialize_entry("propagated", &self.flavor.propagated())?;
        map.serialize_entry("tosubclass", &self.flavor.to_subclass())?;
        map.serialize_entry("toinstance", &self.flavor.to_instance())?;
        map.serialize_entry("overridable", &self.flavor.overridable())?;
        map.serialize_entry("translatable", &self.flavor.translatable())?;
        map.end()
    }
}

impl Serialize for Qualifiers {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter().map(|q| (&q.name, q)))
    }
}

impl Serialize for QualifierType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("name", &self.name)?;
        type_entries(&self.data_type, &mut map)?;
        map.serialize_entry("value", &self.default)?;
        map.serialize_entry("scopes", &ScopeNames(self))?;
        map.serialize_entry("tosubclass", &self.flavor.to_subclass())?;
        map.serialize_entry("toinstance", &self.flavor.to_instance())?;
        map.serialize_entry("overridable", &self.flavor.overridable())?;
        map.serialize_entry("translatable", &self.flavor.translatable())?;
        map.end()
    }
}

struct ScopeNames<'a>(&'a QualifierType);

impl Serialize for ScopeNames<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        for scope in self.0.scopes.iter() {
            list.serialize_element(scope.as_str())?;
        }
        list.end()
    }
}

impl Serialize for Property {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(8))?;
        type_entries(&self.data_type, &mut map)?;
        map.serialize_entry("class_origin", &self.origin.as_ref().map(|o| &o.class))?;
        map.serialize_entry("propagated", &self.propagated)?;
        map.serialize_entry("value", &self.default)?;
        map.serialize_entry("qualifiers", &self.qualifiers)?;
        map.end()
    }
}

impl Serialize for Parameter {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(5))?;
        type_entries(&self.data_type, &mut map)?;
        if let Some(default) = &self.default {
            map.serialize_entry("value", default)?;
        }
        map.serialize_entry("qualifiers", &self.qualifiers)?;
        map.end()
    }
}

/// The text of a return type: `null` for `void`.
struct ReturnType<'a>(Option<&'a DataType>);

impl Serialize for ReturnType<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Some(t) if t.array == ArrayShape::Scalar => {
                serializer.serialize_str(t.cim_type.as_str())
            }
            Some(t) => serializer.collect_str(t),
            None => serializer.serialize_none(),
        }
    }
}

impl Serialize for Method {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(5))?;
        map.serialize_entry("return_type", &ReturnType(self.return_type.as_ref()))?;
        map.serialize_entry("class_origin", &self.origin.as_ref().map(|o| &o.class))?;
        map.serialize_entry("propagated", &self.propagated)?;
        map.serialize_entry("qualifiers", &self.qualifiers)?;
        map.serialize_entry("parameters", &Members(&self.parameters, |p| p.name.as_str()))?;
        map.end()
    }
}

/// Members as one object keyed by name, in declaration order.
struct Members<'a, T>(&'a [T], fn(&T) -> &str);

impl<T: Serialize> Serialize for Members<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|m| ((self.1)(m), m)))
    }
}

fn class_entries<M: SerializeMap>(class: &Class, map: &mut M) -> Result<(), M::Error> {
    map.serialize_entry("superclass", &class.superclass)?;
    map.serialize_entry("qualifiers", &class.qualifiers)?;
    map.serialize_entry("properties", &Members(&class.properties, |p| p.name.as_str()))?;
    map.serialize_entry("methods", &Members(&class.methods, |m| m.name.as_str()))
}

impl Serialize for Class {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(5))?;
        map.serialize_entry("name", &self.name)?;
        class_entries(self, &mut map)?;
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Char16, CimType};

    #[test]
    fn values_have_one_spelling() {
        let nulls = Array::from_options(CimType::SInt64, [None, Some(Scalar::SInt64(-1))]).unwrap();
        for (value, expected) in [
            (Value::from(u64::MAX), "18446744073709551615"),
            (Value::from(i64::MIN), "-9223372036854775808"),
            (Value::from(0.1_f32), "0.1"),
            (Value::from(f64::NAN), "\"NaN\""),
            (Value::from(f32::INFINITY), "\"INF\""),
            (Value::from(f64::NEG_INFINITY), "\"-INF\""),
            (Value::from(Char16(0xd800)), "55296"),
            (Value::null(CimType::String), "null"),
            (Value::from(nulls), "[null,-1]"),
            (Value::from("a\"b"), "\"a\\\"b\""),
            (
                Value::from(Object::Instance(Instance::new("X").with("P", true))),
                "{\"__CLASS\":\"X\",\"P\":true}",
            ),
        ] {
            assert_eq!(serde_json::to_string(&value).unwrap(), expected);
        }
    }
}
