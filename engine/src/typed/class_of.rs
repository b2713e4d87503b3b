//! The name that a struct has for serde: a type is asked to read itself from a
//! deserializer that only listens.

use crate::error::TypedError;
use serde::de::{DeserializeOwned, Deserializer, Error, Visitor};
use serde::forward_to_deserialize_any;
use std::cell::Cell;

/// The name of a struct, after renaming; of a newtype, that of what it holds.
pub(super) fn class_of<T: DeserializeOwned>() -> Result<&'static str, TypedError> {
    let name = Cell::new(None);
    match (T::deserialize(Listener { name: &name }), name.get()) {
        (_, Some(name)) => Ok(name),
        _ => Err(TypedError::other(
            "only a struct without flattened fields is named like a class: use a query",
        )),
    }
}

struct Listener<'l> {
    name: &'l Cell<Option<&'static str>>,
}

impl<'de> Deserializer<'de> for Listener<'_> {
    type Error = TypedError;

    fn deserialize_any<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, TypedError> {
        Err(TypedError::custom("nothing to read"))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, TypedError> {
        self.name.set(Some(name));
        self.deserialize_any(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, TypedError> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        option unit unit_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}
