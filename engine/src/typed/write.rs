//! A program's own types as instances.
//!
//! Serde says what a Rust value is, not what its property is; the checks of every
//! write convert the one to the other without loss. So integers keep their Rust
//! width here, and datetimes and references are text until they are written.

use super::time;
use crate::error::TypedError;
use cimarron_model::{Array, Char16, CimType, Instance, Name, Object, Scalar, Value};
use cimarron_wql::SystemProperty;
use serde::ser::{
    Impossible, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant,
    SerializeTuple, SerializeTupleStruct, Serializer,
};
use std::sync::Arc;

/// A struct as an instance of the class that it is named like
/// (`#[serde(rename = "X_Disk")]`).
///
/// A field or key `__CLASS` names another class; fields that are called like other
/// system properties are left out, so a struct that was read with its `__PATH` can be
/// written back. `None` is NULL; what `#[serde(skip_serializing_if)]` leaves out is
/// not given. Structs in fields become embedded instances, a newtype variant
/// (`Device::X_Disk(disk)`) an instance of the class that it is named like, and a unit
/// variant its name, or its number when it is named by one
/// (`#[serde(rename = "3")]`).
///
/// # Errors
/// When the value is no struct or map, or holds something that no property can.
pub fn to_instance<T: Serialize + ?Sized>(value: &T) -> Result<Instance, TypedError> {
    match value.serialize(ValueSer)? {
        Value::Scalar(Scalar::Object(object)) => match Arc::unwrap_or_clone(object) {
            Object::Instance(instance) if instance.class.as_str().is_empty() => {
                Err(TypedError::other("the instance names no class: add an entry `__CLASS`"))
            }
            Object::Instance(instance) => Ok(instance),
            Object::Class(_) => Err(TypedError::other("a class is no instance")),
        },
        _ => Err(TypedError::other("only structs and maps are instances")),
    }
}

/// Makes values.
struct ValueSer;

const NULL: Value = Value::null(CimType::String);

fn integer(number: impl TryInto<u64> + TryInto<i64> + Copy) -> Result<Value, TypedError> {
    if let Ok(n) = TryInto::<i64>::try_into(number) {
        return Ok(Value::from(n));
    }
    let n: Result<u64, _> = number.try_into();
    n.map(Value::from).map_err(|_| TypedError::other("the integer has more than 64 bits"))
}

macro_rules! as_it_is {
    ($($method:ident($ty:ty))*) => { $(
        fn $method(self, value: $ty) -> Result<Value, TypedError> {
            Ok(Value::from(value))
        }
    )* };
}

impl Serializer for ValueSer {
    type Ok = Value;
    type Error = TypedError;
    type SerializeSeq = Elements;
    type SerializeTuple = Elements;
    type SerializeTupleStruct = Elements;
    type SerializeTupleVariant = Impossible<Value, TypedError>;
    type SerializeMap = Entries;
    type SerializeStruct = Fields;
    type SerializeStructVariant = Entries;

    as_it_is! {
        serialize_bool(bool) serialize_i8(i8) serialize_i16(i16) serialize_i32(i32)
        serialize_i64(i64) serialize_u8(u8) serialize_u16(u16) serialize_u32(u32)
        serialize_u64(u64) serialize_f32(f32) serialize_f64(f64) serialize_str(&str)
    }

    fn serialize_i128(self, value: i128) -> Result<Value, TypedError> {
        integer(value)
    }

    fn serialize_u128(self, value: u128) -> Result<Value, TypedError> {
        integer(value)
    }

    /// A `char16` where one code unit is enough.
    fn serialize_char(self, value: char) -> Result<Value, TypedError> {
        Ok(Char16::from_char(value)
            .map_or_else(|| Value::from(value.encode_utf8(&mut [0; 4]) as &str), Value::from))
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<Value, TypedError> {
        let elements = cimarron_model::Elements::UInt8(value.to_vec());
        Ok(Value::Array(Array::from_elements(elements)))
    }

    fn serialize_none(self) -> Result<Value, TypedError> {
        Ok(NULL)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Value, TypedError> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Value, TypedError> {
        Ok(NULL)
    }

    fn serialize_unit_struct(self, name: &'static str) -> Result<Value, TypedError> {
        Ok(Value::from(Object::Instance(Instance::new(name))))
    }

    fn serialize_unit_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
    ) -> Result<Value, TypedError> {
        match variant.parse::<i128>() {
            Ok(number) => integer(number),
            Err(_) => Ok(Value::from(variant)),
        }
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        value: &T,
    ) -> Result<Value, TypedError> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<Value, TypedError> {
        match value.serialize(self)? {
            Value::Scalar(Scalar::Object(object)) => match Arc::unwrap_or_clone(object) {
                Object::Instance(mut instance) => {
                    instance.class = Name::new(variant);
                    Ok(Value::from(Object::Instance(instance)))
                }
                class => Ok(Value::from(class)),
            },
            _ => Err(TypedError::other(format!(
                "the variant `{variant}` holds a value: only variants that hold structs are instances"
            ))),
        }
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<Elements, TypedError> {
        Ok(Elements { items: Vec::with_capacity(length.unwrap_or(0).min(4096)) })
    }

    fn serialize_tuple(self, length: usize) -> Result<Elements, TypedError> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_struct(
        self,
        _name: &'static str,
        length: usize,
    ) -> Result<Elements, TypedError> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        _length: usize,
    ) -> Result<Self::SerializeTupleVariant, TypedError> {
        Err(TypedError::other(format!("the tuple variant `{variant}` is no CIM value")))
    }

    fn serialize_map(self, _length: Option<usize>) -> Result<Entries, TypedError> {
        Ok(Entries { instance: Instance::default(), key: None })
    }

    fn serialize_struct(self, name: &'static str, length: usize) -> Result<Fields, TypedError> {
        Ok(match time::Kind::of_name(name, length) {
            Some(kind) => Fields::Time(name, kind, [None; 2]),
            None => Fields::Entries(Entries { instance: Instance::new(name), key: None }),
        })
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        _length: usize,
    ) -> Result<Entries, TypedError> {
        Ok(Entries { instance: Instance::new(variant), key: None })
    }
}

/// Makes an embedded instance.
struct Entries {
    instance: Instance,
    /// The key whose value comes next.
    key: Option<Name>,
}

impl Entries {
    fn set<T: Serialize + ?Sized>(&mut self, name: Name, value: &T) -> Result<(), TypedError> {
        let system = SystemProperty::from_name(name.as_str());
        if system.is_some_and(|p| p != SystemProperty::Class) {
            return Ok(());
        }
        let value = value.serialize(ValueSer).map_err(|e| e.within(name.as_str(), None))?;
        match (system, value.as_str()) {
            (None, _) => self.instance.set(name, value),
            (Some(_), Some(class)) => self.instance.class = Name::new(class),
            (Some(_), None) => {}
        }
        Ok(())
    }

    fn value(self) -> Value {
        Value::from(Object::Instance(self.instance))
    }
}

impl SerializeMap for Entries {
    type Ok = Value;
    type Error = TypedError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), TypedError> {
        let Value::Scalar(key) = key.serialize(ValueSer)? else {
            return Err(TypedError::other("a key that is no text cannot name a property"));
        };
        self.key = Some(Name::from(key.to_string()));
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), TypedError> {
        let key = self.key.take();
        self.set(key.ok_or_else(|| TypedError::other("a value without a key"))?, value)
    }

    fn end(self) -> Result<Value, TypedError> {
        Ok(self.value())
    }
}

impl SerializeStructVariant for Entries {
    type Ok = Value;
    type Error = TypedError;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), TypedError> {
        self.set(Name::new(name), value)
    }

    fn end(self) -> Result<Value, TypedError> {
        Ok(self.value())
    }
}

/// Makes an embedded instance, or a datetime of one of `std::time`'s types.
#[expect(clippy::large_enum_variant, reason = "it lives on the stack for one struct")]
enum Fields {
    Entries(Entries),
    /// Seconds and nanoseconds, as far as they are known.
    Time(&'static str, time::Kind, [Option<u64>; 2]),
}

impl SerializeStruct for Fields {
    type Ok = Value;
    type Error = TypedError;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), TypedError> {
        match self {
            Self::Entries(entries) => entries.set(Name::new(name), value),
            Self::Time(own_name, kind, parts) => {
                let place = kind.fields().iter().position(|f| *f == name);
                let number = value.serialize(ValueSer)?.as_integer();
                match (place.and_then(|p| parts.get_mut(p)), number) {
                    (Some(part), Some(number)) => {
                        *part = Some(u64::try_from(number).map_err(TypedError::other)?);
                        Ok(())
                    }
                    _ => Err(TypedError::other(format!(
                        "a struct called `{own_name}` is taken for that of `std::time`: rename it"
                    ))),
                }
            }
        }
    }

    fn end(self) -> Result<Value, TypedError> {
        match self {
            Self::Entries(entries) => Ok(entries.value()),
            Self::Time(_, kind, [seconds, nanos]) => Ok(Value::from(time::datetime(
                kind,
                seconds.unwrap_or_default(),
                nanos.unwrap_or_default(),
            )?)),
        }
    }
}

/// Makes an array.
struct Elements {
    items: Vec<Option<Scalar>>,
}

impl Elements {
    fn push<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), TypedError> {
        let index = self.items.len();
        match value.serialize(ValueSer).map_err(|e| e.within_element(index))? {
            Value::Null(..) => self.items.push(None),
            Value::Scalar(scalar) => self.items.push(Some(scalar)),
            Value::Array(_) => {
                let error = TypedError::other("CIM has no arrays of arrays");
                return Err(error.within_element(index));
            }
        }
        Ok(())
    }

    fn array(self) -> Result<Value, TypedError> {
        let types = self.items.iter().flatten().map(Scalar::cim_type);
        let cim_type = types.clone().next().unwrap_or(CimType::String);
        if types.clone().all(|t| t == cim_type) {
            let array = Array::from_options(cim_type, self.items);
            return Ok(Value::Array(array.map_err(TypedError::other)?));
        }
        // Integers of several widths, as dynamic values have them.
        for wide in [CimType::SInt64, CimType::UInt64] {
            let widened: Option<Vec<_>> =
                self.items.iter().map(|item| widen(wide, item.as_ref())).collect();
            if let Some(items) = widened {
                let array = Array::from_options(wide, items);
                return Ok(Value::Array(array.map_err(TypedError::other)?));
            }
        }
        Err(TypedError::other("the elements of an array are of one type"))
    }
}

fn widen(wide: CimType, item: Option<&Scalar>) -> Option<Option<Scalar>> {
    match item {
        None => Some(None),
        Some(scalar) => Scalar::from_integer(wide, scalar.as_integer()?).map(Some),
    }
}

macro_rules! elements {
    ($($trait:ident $method:ident),*) => { $(
        impl $trait for Elements {
            type Ok = Value;
            type Error = TypedError;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), TypedError> {
                self.push(value)
            }

            fn end(self) -> Result<Value, TypedError> {
                self.array()
            }
        }
    )* };
}

elements!(SerializeSeq serialize_element, SerializeTuple serialize_element, SerializeTupleStruct serialize_field);
