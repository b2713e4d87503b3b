//! Values: a tag, and what it asks for.

use super::codes::{Form, TRUE, UNTYPED_NULL, tag, tag_parts};
use super::item::Item;
use super::number::put_count;
use super::{Damaged, Decoder};
use crate::view::ValueView;
use cimarron_model::{Array, CimType, Elements, Scalar, Value};

/// Writes and reads for each type alike.
macro_rules! by_type {
    (copied { $($copied:ident,)* } shared { $($shared:ident,)* }) => {
        /// Appends a value whose type its place tells when it is NULL.
        pub(crate) fn put_view(out: &mut Vec<u8>, view: ValueView<'_>) {
            match view {
                ValueView::Null => out.push(UNTYPED_NULL),
                ValueView::Boolean(true) => out.push(TRUE),
                ValueView::Boolean(false) => out.push(tag(Form::Scalar, CimType::Boolean)),
                ValueView::String(text) => {
                    out.push(tag(Form::Scalar, CimType::String));
                    super::put_text(out, text);
                }
                ValueView::Array(array) => put_array(out, array),
                $( ValueView::$copied(value) => {
                    out.push(tag(Form::Scalar, CimType::$copied));
                    value.put(out);
                } )*
                $( ValueView::$shared(value) => {
                    out.push(tag(Form::Scalar, CimType::$shared));
                    value.put(out);
                } )*
            }
        }

        fn put_elements(out: &mut Vec<u8>, elements: &Elements) {
            match elements {
                Elements::Boolean(items) => Item::put_all(items, out),
                Elements::String(items) => Item::put_all(items, out),
                $( Elements::$copied(items) => Item::put_all(items, out), )*
                $( Elements::$shared(items) => Item::put_all(items, out), )*
            }
        }

        fn elements(decoder: &mut Decoder<'_>, of: CimType) -> Result<Elements, Damaged> {
            Ok(match of {
                CimType::Boolean => Elements::Boolean(items(decoder)?),
                CimType::String => Elements::String(items(decoder)?),
                $( CimType::$copied => Elements::$copied(items(decoder)?), )*
                $( CimType::$shared => Elements::$shared(items(decoder)?), )*
            })
        }

        /// A scalar whose tag was read.
        fn scalar(decoder: &mut Decoder<'_>, of: CimType) -> Result<Scalar, Damaged> {
            Ok(match of {
                CimType::Boolean => Scalar::Boolean(false),
                CimType::String => Scalar::String(Item::read(decoder)?),
                $( CimType::$copied => Scalar::$copied(Item::read(decoder)?), )*
                $( CimType::$shared => Scalar::$shared(Item::read(decoder)?), )*
            })
        }

        /// A scalar whose tag was read, without a copy of its text.
        #[inline]
        fn view<'a>(decoder: &mut Decoder<'a>, of: CimType) -> Result<Read<'a>, Damaged> {
            Ok(match of {
                CimType::Boolean => Read::Plain(ValueView::Boolean(false)),
                CimType::String => Read::Plain(ValueView::String(decoder.text()?)),
                $( CimType::$copied => Read::Plain(ValueView::$copied(Item::read(decoder)?)), )*
                $( CimType::$shared => {
                    Read::Owned(Value::Scalar(Scalar::$shared(Item::read(decoder)?)))
                } )*
            })
        }
    };
}

by_type! {
    copied {
        UInt8, SInt8, UInt16, SInt16, UInt32, SInt32, UInt64, SInt64, Real32, Real64, Char16,
        DateTime,
    }
    shared { Reference, Object, }
}

/// A value as it was read: borrowed from the bytes where they hold it as it is.
#[derive(Clone, Debug)]
pub(super) enum Read<'a> {
    Plain(ValueView<'a>),
    Owned(Value),
}

/// Appends a value with its type, NULL included.
pub(crate) fn put_value(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Null(of, false) => out.push(tag(Form::Null, *of)),
        Value::Null(of, true) => out.push(tag(Form::NullArray, *of)),
        Value::Scalar(scalar) => put_view(out, scalar.into()),
        Value::Array(array) => put_array(out, array),
    }
}

fn put_array(out: &mut Vec<u8>, array: &Array) {
    if let Some(elements) = array.elements() {
        out.push(tag(Form::Array, array.cim_type()));
        put_count(out, elements.len());
        put_elements(out, elements);
        return;
    }
    out.push(tag(Form::NullableArray, array.cim_type()));
    put_count(out, array.len());
    for element in array.iter() {
        put_view(out, element.as_ref().map_or(ValueView::Null, ValueView::from));
    }
}

fn items<T: Item>(decoder: &mut Decoder<'_>) -> Result<Vec<T>, Damaged> {
    let count = decoder.count(T::LEAST)?;
    T::read_all(decoder, count)
}

fn nullable_array(decoder: &mut Decoder<'_>, of: CimType) -> Result<Array, Damaged> {
    let count = decoder.count(1)?;
    let mut array = Array::with_capacity(of, count);
    for _ in 0..count {
        let element = match decoder.u8()? {
            UNTYPED_NULL => None,
            TRUE => Some(Scalar::Boolean(true)),
            byte => match tag_parts(byte) {
                Some((Form::Scalar, own)) if own == of => Some(scalar(decoder, of)?),
                _ => return Err(decoder.damaged("an element of another type")),
            },
        };
        match element {
            None => array.push_null(),
            Some(element) => {
                array.push(element).map_err(|_| decoder.damaged("an element of another type"))?;
            }
        }
    }
    if array.has_nulls() { Ok(array) } else { Err(decoder.damaged("an array without its NULL")) }
}

impl<'a> Decoder<'a> {
    /// What [`put_value`] wrote.
    pub(crate) fn value(&mut self) -> Result<Value, Damaged> {
        match self.u8()? {
            UNTYPED_NULL => Err(self.damaged("NULL without its type")),
            TRUE => Ok(true.into()),
            byte => match self.known(tag_parts(byte), "an unknown tag of a value")? {
                (Form::Scalar, of) => scalar(self, of).map(Value::Scalar),
                (form, of) => self.not_scalar(form, of),
            },
        }
    }

    /// What [`put_view`] wrote.
    #[inline]
    pub(super) fn view(&mut self) -> Result<Read<'a>, Damaged> {
        match self.u8()? {
            UNTYPED_NULL => Ok(Read::Plain(ValueView::Null)),
            TRUE => Ok(Read::Plain(ValueView::Boolean(true))),
            byte => match self.known(tag_parts(byte), "an unknown tag of a value")? {
                (Form::Scalar, of) => view(self, of),
                (Form::Null | Form::NullArray, _) => Err(self.damaged("NULL with a type")),
                (form @ (Form::Array | Form::NullableArray), of) => {
                    self.not_scalar(form, of).map(Read::Owned)
                }
            },
        }
    }

    #[cold]
    fn not_scalar(&mut self, form: Form, of: CimType) -> Result<Value, Damaged> {
        Ok(match form {
            Form::Scalar => Value::Scalar(scalar(self, of)?),
            Form::Null => Value::null(of),
            Form::NullArray => Value::null_array(of),
            Form::Array => Value::Array(Array::from_elements(elements(self, of)?)),
            Form::NullableArray => Value::Array(nullable_array(self, of)?),
        })
    }
}
