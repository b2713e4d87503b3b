//! Values that instances give, on their way into columns.
//!
//! Where one instance after the other gives a property in the form that its column has, a value
//! costs a comparison and a move: the form is asked for once and not with each of them.

use super::column::{Column, Data};
use super::strings::Strings;
use cimarron_model::{CimType, Scalar, Value};

/// How many bytes of text are allocated for each row at first.
const TEXT_PER_ROW: usize = 16;

macro_rules! given {
    ($($variant:ident)*) => {
        impl Column {
            /// A column without rows and with room for so many values of a type, if those are
            /// plain.
            pub(crate) fn with_room(of: CimType, rows: usize) -> Self {
                Self::of(match of {
                    $( CimType::$variant => Data::$variant(Vec::with_capacity(rows)), )*
                    CimType::DateTime => Data::DateTime(Vec::with_capacity(rows)),
                    CimType::String => {
                        Data::String(Box::new(Strings::with_capacity(rows, rows * TEXT_PER_ROW)))
                    }
                    CimType::Reference | CimType::Object => Data::Missing,
                })
            }

            /// Appends values as long as they are of the column's own form, and of texts those
            /// that are taken; how many it were. Other forms than those of numbers and texts take
            /// none.
            #[inline]
            pub(crate) fn append_alike<'v>(
                &mut self,
                values: impl Iterator<Item = &'v Value>,
                takes: impl Fn(&str) -> bool,
            ) -> usize {
                let before = self.data.len();
                match &mut self.data {
                    $( Data::$variant(items) => {
                        items.extend(values.map_while(|value| match value {
                            Value::Scalar(Scalar::$variant(value)) => Some(*value),
                            _ => None,
                        }));
                    } )*
                    Data::String(strings) => {
                        let texts = values.map_while(|value| match value {
                            Value::Scalar(Scalar::String(text)) => Some(text.as_str()),
                            _ => None,
                        });
                        texts.take_while(|text| takes(text)).for_each(|text| strings.push(text));
                    }
                    _ => {}
                }
                self.data.len() - before
            }
        }
    };
}

given! {
    Boolean UInt8 SInt8 UInt16 SInt16 UInt32 SInt32 UInt64 SInt64 Real32 Real64 Char16
}

impl Column {
    /// How many rows there are up to the last that has a value.
    pub(crate) fn len(&self) -> usize {
        self.data.len()
    }
}
