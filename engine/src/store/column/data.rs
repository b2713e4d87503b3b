//! The forms of a column: vectors of plain values, texts, owned values, and what is made of
//! them when the column is sealed.

use crate::store::address::CAPACITY;
use crate::store::strings::{Distinct, Strings, uneven};
use crate::view::ValueView;
use cimarron_cells::{EvenTexts, UnevenTexts, prefetch};
use cimarron_model::{Array, Char16, DateTime, Object, ObjectPath, Value};
use cimarron_wql::vector::{Texts, Values};
use std::hint::black_box;
use std::sync::Arc;

macro_rules! data {
    ($( $variant:ident($ty:ty), )*) => {
        /// The forms of a column; each value that is read asks for the form, which is a number
        /// of its own and not one that has to be worked out of the capacity of a vector.
        #[derive(Clone, Debug, Default)]
        #[repr(u8)]
        pub(in crate::store) enum Data {
            /// No value yet.
            #[default]
            Missing,
            $( $variant(Vec<$ty>), )*
            /// Texts that are still being added to.
            String(Box<Strings>),
            /// Finished texts of one length; whether all characters are ASCII.
            Even(bool, EvenTexts),
            /// Finished texts of other lengths, likewise.
            Uneven(bool, UnevenTexts),
            Reference(Vec<Option<Arc<ObjectPath>>>),
            Object(Vec<Option<Arc<Object>>>),
            Array(Vec<Option<Box<Array>>>),
            /// Values of more than one type: DMTF's embedded strings may be held
            /// as text or as objects.
            Mixed(Vec<Value>),
            /// This value in so many rows.
            Constant(Box<Value>, u32),
            /// Few distinct texts: their numbers, and each of them once.
            Dictionary(Vec<u8>, Box<Distinct>),
        }

        $(
            impl Cells for $ty {
                fn data(values: &[Self]) -> Data {
                    Data::$variant(values.to_vec())
                }
            }
        )*

        impl Data {
            /// An empty column of the value's form.
            pub(super) fn for_value(value: ValueView<'_>) -> Self {
                match value {
                    ValueView::Null => Self::Missing,
                    // Room for a whole chunk, so that growing copies nothing.
                    $( ValueView::$variant(_) => Self::$variant(Vec::with_capacity(CAPACITY)), )*
                    ValueView::String(_) => {
                        Self::String(Box::new(Strings::with_capacity(CAPACITY, CAPACITY)))
                    }
                    ValueView::Reference(_) => Self::Reference(Vec::new()),
                    ValueView::Object(_) => Self::Object(Vec::new()),
                    ValueView::Array(_) => Self::Array(Vec::new()),
                }
            }

            pub(in crate::store) fn len(&self) -> usize {
                match self {
                    Self::Missing => 0,
                    $( Self::$variant(items) => items.len(), )*
                    Self::String(strings) => strings.len(),
                    Self::Even(_, texts) => texts.len(),
                    Self::Uneven(_, texts) => texts.len(),
                    Self::Reference(items) => items.len(),
                    Self::Object(items) => items.len(),
                    Self::Array(items) => items.len(),
                    Self::Mixed(items) => items.len(),
                    Self::Constant(_, rows) => *rows as usize,
                    Self::Dictionary(codes, _) => codes.len(),
                }
            }

            /// The value of a row that is not marked NULL.
            #[inline(always)]
            pub(super) fn get(&self, row: usize) -> ValueView<'_> {
                match self {
                    Self::Missing => ValueView::Null,
                    $(
                        Self::$variant(items) => match items.get(row) {
                            Some(value) => ValueView::$variant(*value),
                            None => ValueView::Null,
                        },
                    )*
                    Self::Even(_, texts) => text(texts.get(row)),
                    Self::Uneven(_, texts) => text(texts.get(row)),
                    Self::Dictionary(codes, texts) => {
                        text(codes.get(row).and_then(|code| texts.1.get(usize::from(*code))))
                    }
                    // Handed over, so that the values of these forms need not stand in memory.
                    other => black_box(other.get_other(row)),
                }
            }

            /// The value of a row in one of the other forms; apart, so that nothing is made ready
            /// for it where it is not needed.
            #[inline(never)]
            fn get_other(&self, row: usize) -> ValueView<'_> {
                match self {
                    Self::String(strings) => text(strings.get(row)),
                    Self::Constant(value, rows) if row < *rows as usize => (&**value).into(),
                    other => other.get_shared(row).unwrap_or_default(),
                }
            }

            /// The value of a row in one of the forms that hold no plain values.
            fn get_shared(&self, row: usize) -> Option<ValueView<'_>> {
                Some(match self {
                    Self::Reference(items) => ValueView::Reference(items.get(row)?.as_ref()?),
                    Self::Object(items) => ValueView::Object(items.get(row)?.as_ref()?),
                    Self::Array(items) => ValueView::Array(items.get(row)?.as_deref()?),
                    Self::Mixed(items) => items.get(row)?.into(),
                    _ => return None,
                })
            }

            /// Asks for the memory where the value of a row is, or what says where it is.
            #[inline(always)]
            pub(super) fn expect(&self, row: usize) {
                match self {
                    Self::Missing | Self::Constant(..) | Self::String(_) => {}
                    $( Self::$variant(items) => near(items, row), )*
                    Self::Even(_, texts) => texts.expect(row),
                    Self::Uneven(_, texts) => texts.expect(row),
                    Self::Reference(items) => near(items, row),
                    Self::Object(items) => near(items, row),
                    Self::Array(items) => near(items, row),
                    Self::Mixed(items) => near(items, row),
                    Self::Dictionary(codes, _) => near(codes, row),
                }
            }

            /// The values as conditions look at them.
            pub(super) fn values(&self) -> Values<'_> {
                match self {
                    Self::Missing => Values::Missing,
                    $( Self::$variant(items) => Values::$variant(items), )*
                    Self::String(strings) => Values::Text(strings.view()),
                    Self::Even(is_ascii, texts) => Values::Text(Texts::of_width(
                        texts.text(),
                        texts.width(),
                        texts.len(),
                        *is_ascii,
                    )),
                    Self::Uneven(is_ascii, texts) => Values::Text(view(*is_ascii, texts)),
                    Self::Constant(value, rows) => {
                        Values::Constant(ValueView::from(&**value).to_wql(), *rows as usize)
                    }
                    Self::Dictionary(codes, texts) => {
                        Values::Dictionary(codes, view(texts.0, &texts.1))
                    }
                    Self::Reference(_) | Self::Object(_) | Self::Array(_) | Self::Mixed(_) => {
                        Values::Rows
                    }
                }
            }

            /// Fills up with placeholders to `len` rows.
            pub(super) fn pad(&mut self, len: usize) {
                match self {
                    Self::Missing => {}
                    $( Self::$variant(items) => items.resize(len, <$ty>::default()), )*
                    Self::String(strings) => {
                        strings.pad(len);
                    }
                    Self::Reference(items) => items.resize(len, None),
                    Self::Object(items) => items.resize(len, None),
                    Self::Array(items) => items.resize(len, None),
                    Self::Mixed(items) => {
                        items.resize(len, Value::null(cimarron_model::CimType::String));
                    }
                    Self::Constant(..)
                    | Self::Dictionary(..)
                    | Self::Even(..)
                    | Self::Uneven(..) => {}
                }
            }

            /// Appends the value of row `row` when the column is that long and of that
            /// form; whether it was.
            #[inline(always)]
            pub(super) fn push_next(&mut self, row: usize, value: ValueView<'_>) -> bool {
                match (self, value) {
                    $(
                        (Self::$variant(items), ValueView::$variant(v)) if items.len() == row => {
                            items.push(v);
                        }
                    )*
                    (Self::String(strings), ValueView::String(text))
                        if strings.len() == row =>
                    {
                        strings.push(text);
                    }
                    _ => return false,
                }
                true
            }

            /// Appends; `false` when the value is of another form.
            pub(super) fn push(&mut self, value: ValueView<'_>) -> bool {
                match (self, value) {
                    $( (Self::$variant(items), ValueView::$variant(v)) => items.push(v), )*
                    (Self::String(strings), ValueView::String(text)) => strings.push(text),
                    (Self::Reference(items), ValueView::Reference(v)) => {
                        items.push(Some(v.clone()));
                    }
                    (Self::Object(items), ValueView::Object(v)) => items.push(Some(v.clone())),
                    (Self::Array(items), ValueView::Array(v)) => {
                        items.push(Some(Box::new(v.clone())));
                    }
                    (Self::Mixed(items), v) => {
                        items.push(v.to_value(cimarron_model::CimType::String, false));
                    }
                    _ => return false,
                }
                true
            }

            /// The values of these rows, each of which is named once; of one of the forms that
            /// are still added to.
            pub(super) fn arranged(self, order: &[u16]) -> Self {
                match self {
                    $( Self::$variant(items) => Self::$variant(copied(&items, order)), )*
                    Self::String(strings) => Self::String(Box::new(strings.arranged(order))),
                    Self::Reference(items) => Self::Reference(moved(items, order)),
                    Self::Object(items) => Self::Object(moved(items, order)),
                    Self::Array(items) => Self::Array(moved(items, order)),
                    Self::Mixed(items) => {
                        let items = items.into_iter().map(Some).collect();
                        Self::Mixed(moved(items, order).into_iter().flatten().collect())
                    }
                    other => other,
                }
            }

            /// Forgets all values, and keeps the memory of plain ones.
            pub(super) fn clear(&mut self) {
                match self {
                    $( Self::$variant(items) => items.clear(), )*
                    Self::String(strings) => strings.clear(),
                    other => *other = Self::Missing,
                }
            }

            pub(super) fn shrink(&mut self) {
                match self {
                    Self::Missing => {}
                    $( Self::$variant(items) => items.shrink_to_fit(), )*
                    Self::String(strings) => *self = Self::finished(std::mem::take(&mut **strings)),
                    Self::Reference(items) => items.shrink_to_fit(),
                    Self::Object(items) => items.shrink_to_fit(),
                    Self::Array(items) => items.shrink_to_fit(),
                    Self::Mixed(items) => items.shrink_to_fit(),
                    Self::Constant(..)
                    | Self::Dictionary(..)
                    | Self::Even(..)
                    | Self::Uneven(..) => {}
                }
            }

            /// Bytes allocated for the column itself; what references, objects
            /// and arrays hold is not counted.
            pub(super) fn heap_bytes(&self) -> usize {
                fn of<T>(items: &Vec<T>) -> usize {
                    items.capacity() * size_of::<T>()
                }
                match self {
                    Self::Missing => 0,
                    $( Self::$variant(items) => of(items), )*
                    Self::String(strings) => strings.heap_bytes(),
                    Self::Even(_, texts) => texts.text().len(),
                    Self::Uneven(_, texts) => bytes_of(texts),
                    Self::Reference(items) => of(items),
                    Self::Object(items) => of(items),
                    Self::Array(items) => of(items),
                    Self::Mixed(items) => of(items),
                    Self::Constant(..) => size_of::<Value>(),
                    Self::Dictionary(codes, texts) => {
                        of(codes) + size_of::<Distinct>() + bytes_of(&texts.1)
                    }
                }
            }
        }
    };
}

/// Values that are all there, as the data of a column.
pub(in crate::store) trait Cells: Sized {
    fn data(values: &[Self]) -> Data;
}

data! {
    Boolean(bool), UInt8(u8), SInt8(i8), UInt16(u16), SInt16(i16), UInt32(u32), SInt32(i32),
    UInt64(u64), SInt64(i64), Real32(f32), Real64(f64), Char16(Char16), DateTime(DateTime),
}

/// Asks for the memory where an item is.
#[inline(always)]
fn near<T>(items: &[T], at: usize) {
    if let Some(item) = items.get(at) {
        prefetch(item);
    }
}

/// Plain values of rows, in their order.
fn copied<T: Copy>(items: &[T], order: &[u16]) -> Vec<T> {
    order.iter().filter_map(|row| items.get(usize::from(*row)).copied()).collect()
}

/// Values of rows, each of which is named once, in their order.
fn moved<T>(mut items: Vec<Option<T>>, order: &[u16]) -> Vec<Option<T>> {
    order.iter().map(|row| items.get_mut(usize::from(*row))?.take()).collect()
}

/// Texts as conditions look at them.
fn view(is_ascii: bool, texts: &UnevenTexts) -> Texts<'_> {
    Texts::new(texts.text(), texts.ends(), is_ascii)
}

/// Bytes allocated for texts.
fn bytes_of(texts: &UnevenTexts) -> usize {
    texts.text().len() + size_of_val(texts.ends())
}

#[inline(always)]
fn text(text: Option<&str>) -> ValueView<'_> {
    match text {
        Some(text) => ValueView::String(text),
        None => ValueView::Null,
    }
}

impl Data {
    /// The form of texts that nobody adds to any more. When all of them have the same length,
    /// that says where each is.
    pub(super) fn finished(strings: Strings) -> Self {
        let (text, ends) = strings.into_parts();
        let width = ends.first().copied().unwrap_or_default();
        let even = (1..).map(|n: u32| n.checked_mul(width));
        let is_even = width != 0 && even.zip(&ends).all(|(even, end)| even == Some(*end));
        let finished = if is_even {
            Self::even(text, width, ends.len() as u32)
        } else {
            Self::uneven(text, ends)
        };
        debug_assert!(finished.is_some(), "whole texts were put in");
        finished.unwrap_or_default()
    }

    /// Texts of one length, which is not 0; `None` when they are not.
    pub(in crate::store) fn even(text: String, width: u32, len: u32) -> Option<Self> {
        let is_ascii = text.is_ascii();
        EvenTexts::new(text.into(), width, len).map(|texts| Self::Even(is_ascii, texts))
    }

    /// Texts that end at these bytes; `None` when they cannot.
    pub(in crate::store) fn uneven(text: String, ends: Vec<u32>) -> Option<Self> {
        uneven(text, ends).map(|(is_ascii, texts)| Self::Uneven(is_ascii, texts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::strings::{first_even, first_uneven, is_text};
    use proptest::prelude::*;

    /// Of some lengths, or all of one, of a word or two or more.
    fn texts() -> impl Strategy<Value = Vec<String>> {
        prop_oneof![
            prop::collection::vec("[aß]{0,2}", 0..6),
            prop::collection::vec("[ab]{9}", 0..6),
            prop::collection::vec("[a]{0,17}[ab]", 0..6),
            prop::collection::vec("x{16}[ab]", 0..6),
        ]
    }

    proptest! {
        #[test]
        fn gives_back_what_was_put_in(texts in texts()) {
            let mut strings = Strings::default();
            texts.iter().for_each(|text| strings.push(text));
            let back: Vec<&str> = (0..texts.len()).filter_map(|n| strings.get(n)).collect();
            prop_assert_eq!(&back, &texts);
            prop_assert_eq!(strings.get(texts.len()), None);
            let growing = strings.first(2).0.to_owned();
            let finished = Data::finished(strings);
            let get = |row| match &finished {
                Data::Even(_, even) => even.get(row),
                Data::Uneven(_, uneven) => uneven.get(row),
                _ => None,
            };
            let back: Vec<&str> = (0..texts.len()).filter_map(get).collect();
            prop_assert_eq!(&back, &texts);
            for (row, text) in texts.iter().enumerate() {
                prop_assert!(texts.iter().all(|t| is_text(get(row), t) == (t == text)));
            }
            prop_assert!(!is_text(get(texts.len()), ""));
            let first = match &finished {
                Data::Even(_, even) => first_even(even, 2).0,
                Data::Uneven(_, uneven) => first_uneven(uneven.text(), uneven.ends(), 2).0,
                _ => "",
            };
            prop_assert_eq!(first, growing);
        }
    }
}
