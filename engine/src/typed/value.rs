//! One property value, for serde.
//!
//! What a visitor asks for decides: `char16` is a character, text or a code unit, a
//! datetime is text or, for `std::time`'s types, a length or an instant.

use super::record::{Record, RecordDe};
use super::time;
use super::variant::{Variant, of_number, of_text};
use crate::error::TypedError;
use crate::session::Row;
use crate::view::ValueView;
use cimarron_model::{Array, Char16, Elements, Object};
use serde::de::{DeserializeSeed, Deserializer, SeqAccess, Visitor};

/// Where a text is found that lives as long as the result.
#[derive(Clone, Copy)]
pub(super) enum Lasting<'de> {
    /// Nowhere: it is copied.
    Nowhere,
    /// In this property of this row.
    Row(Row<'de>, &'de str),
}

/// A value as serde takes it apart.
#[derive(Clone, Copy)]
pub(super) struct ValueDe<'de, 'v> {
    pub(super) view: ValueView<'v>,
    pub(super) lasting: Lasting<'de>,
}

impl<'v> ValueDe<'_, 'v> {
    pub(super) const fn of(view: ValueView<'v>) -> Self {
        Self { view, lasting: Lasting::Nowhere }
    }
}

impl<'de> ValueDe<'de, '_> {
    /// Whatever the value is, once NULL is out of the way.
    fn not_null<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TypedError> {
        if self.view.is_null() {
            return Err(TypedError::null(&visitor));
        }
        self.deserialize_any(visitor)
    }

    fn text<V: Visitor<'de>>(self, text: &str, visitor: V) -> Result<V::Value, TypedError> {
        if let Lasting::Row(row, name) = self.lasting
            && let Some(ValueView::String(lasting)) = row.property(name)
        {
            return visitor.visit_borrowed_str(lasting);
        }
        visitor.visit_str(text)
    }
}

fn lone_surrogate<'de, V: Visitor<'de>>(unit: Char16, visitor: &V) -> TypedError {
    TypedError::mismatch(visitor, format!("the lone surrogate U+{:04X}", unit.0))
}

fn elements<'de, V: Visitor<'de>>(array: &Array, visitor: V) -> Result<V::Value, TypedError> {
    let mut access = ElementAccess { array, next: 0 };
    let value = visitor.visit_seq(&mut access)?;
    let (taken, length) = (access.next, array.len());
    if taken < length {
        let problem = format!("the array has {length} elements and the type takes {taken}");
        return Err(TypedError::other(problem));
    }
    Ok(value)
}

macro_rules! not_null {
    ($($method:ident)*) => { $(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TypedError> {
            self.not_null(visitor)
        }
    )* };
}

impl<'de> Deserializer<'de> for ValueDe<'de, '_> {
    type Error = TypedError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TypedError> {
        match self.view {
            ValueView::Null => visitor.visit_none(),
            ValueView::Boolean(v) => visitor.visit_bool(v),
            ValueView::UInt8(v) => visitor.visit_u8(v),
            ValueView::SInt8(v) => visitor.visit_i8(v),
            ValueView::UInt16(v) => visitor.visit_u16(v),
            ValueView::SInt16(v) => visitor.visit_i16(v),
            ValueView::UInt32(v) => visitor.visit_u32(v),
            ValueView::SInt32(v) => visitor.visit_i32(v),
            ValueView::UInt64(v) => visitor.visit_u64(v),
            ValueView::SInt64(v) => visitor.visit_i64(v),
            ValueView::Real32(v) => visitor.visit_f32(v),
            ValueView::Real64(v) => visitor.visit_f64(v),
            ValueView::Char16(v) => visitor.visit_u16(v.0),
            ValueView::String(v) => self.text(v, visitor),
            ValueView::DateTime(v) => {
                let mut text = [0; 25];
                v.write_to(&mut text);
                visitor.visit_str(str::from_utf8(&text).map_err(TypedError::other)?)
            }
            ValueView::Reference(v) => visitor.visit_string(v.to_string()),
            ValueView::Object(v) => RecordDe::of(Record::from(&**v)).deserialize_any(visitor),
            ValueView::Array(v) => elements(v, visitor),
        }
    }

    not_null! {
        deserialize_bool deserialize_u8 deserialize_i8 deserialize_u16 deserialize_i16
        deserialize_u32 deserialize_i32 deserialize_u64 deserialize_i64 deserialize_u128
        deserialize_i128 deserialize_seq
    }

    /// Digits may be lost, the magnitude may not.
    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TypedError> {
        match self.view {
            ValueView::Real64(x) if x.is_finite() && (x as f32).is_infinite() => {
                Err(TypedError::mismatch(&visitor, format!("the real {x:e}")))
            }
            _ => self.not_null(visitor),
        }
    }

    /// An integer is taken when a real has it exactly.
    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TypedError> {
        match self.view.as_integer() {
            Some(n) if (n as f64) as i128 != n => {
                Err(TypedError::mismatch(&visitor, format!("the integer {n}")))
            }
            _ => self.not_null(visitor),
        }
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TypedError> {
        match self.view {
            ValueView::Char16(unit) => match unit.to_char() {
                Some(c) => visitor.visit_char(c),
                None => Err(lone_surrogate(unit, &visitor)),
            },
            _ => self.not_null(visitor),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TypedError> {
        match self.view {
            ValueView::Char16(unit) => match unit.to_char() {
                Some(c) => visitor.visit_str(c.encode_utf8(&mut [0; 4])),
                None => Err(lone_surrogate(unit, &visitor)),
            },
            _ => self.not_null(visitor),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TypedError> {
        match self.view {
            // The visitor copies the text anyway.
            ValueView::String(text) => visitor.visit_str(text),
            _ => self.deserialize_str(visitor),
        }
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TypedError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TypedError> {
        match self.view {
            ValueView::Array(array) => match array.elements() {
                Some(Elements::UInt8(bytes)) => visitor.visit_bytes(bytes),
                _ => self.not_null(visitor),
            },
            _ => self.not_null(visitor),
        }
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TypedError> {
        self.deserialize_bytes(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TypedError> {
        if self.view.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TypedError> {
        if self.view.is_null() { visitor.visit_unit() } else { self.deserialize_any(visitor) }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, TypedError> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, TypedError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        _length: usize,
        visitor: V,
    ) -> Result<V::Value, TypedError> {
        self.not_null(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _length: usize,
        visitor: V,
    ) -> Result<V::Value, TypedError> {
        self.not_null(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TypedError> {
        match self.view {
            ValueView::Object(object) => {
                RecordDe::of(Record::from(&**object)).deserialize_map(visitor)
            }
            _ => self.not_null(visitor),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, TypedError> {
        match self.view {
            ValueView::DateTime(datetime) => match time::Kind::of(name, fields) {
                Some(kind) => time::deserialize(kind, datetime, visitor),
                None => self.deserialize_any(visitor),
            },
            ValueView::Object(object) => {
                RecordDe::of(Record::from(&**object)).deserialize_struct(name, fields, visitor)
            }
            _ => self.not_null(visitor),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, TypedError> {
        match self.view {
            ValueView::String(text) => {
                visitor.visit_enum(Variant::unit(of_text(variants, text).unwrap_or(text)))
            }
            ValueView::Object(object) => {
                RecordDe::of(Record::from(&**object)).deserialize_enum(name, variants, visitor)
            }
            view => match view.as_integer() {
                Some(number) => match of_number(variants, number) {
                    Some(variant) => visitor.visit_enum(Variant::unit(variant)),
                    None => visitor.visit_enum(Variant::unit(&number.to_string())),
                },
                None => self.not_null(visitor),
            },
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TypedError> {
        visitor.visit_unit()
    }
}

impl<'v> From<&'v Object> for Record<'_, 'v> {
    fn from(object: &'v Object) -> Self {
        match object {
            Object::Instance(instance) => Self::Instance(instance),
            Object::Class(class) => Self::Class(class),
        }
    }
}

struct ElementAccess<'v> {
    array: &'v Array,
    next: usize,
}

impl<'de> SeqAccess<'de> for ElementAccess<'_> {
    type Error = TypedError;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, TypedError> {
        let Some(element) = self.array.get(self.next) else { return Ok(None) };
        let view = element.as_ref().map_or(ValueView::Null, ValueView::from);
        let value =
            seed.deserialize(ValueDe::of(view)).map_err(|error| error.within_element(self.next))?;
        self.next += 1;
        Ok(Some(value))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.array.len() - self.next)
    }
}
