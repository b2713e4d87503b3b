//! One property of a chunk's rows, when nobody adds to them any more.
//!
//! A column takes its form from the first value that is not NULL and may be
//! shorter than its chunk: rows behind its end are NULL. So a property that nobody
//! sets costs nothing, however wide its class, and appending a row touches only
//! the columns that it has values for. When all values are there, [`Column::seal`]
//! chooses a smaller form where one fits: one value for all rows, or the distinct
//! texts and a number for each row.

use super::bits::Bits;
use super::chunk::CAPACITY;
use super::extent::Extent;
use super::strings::{Strings, is_text};
use crate::view::ValueView;
use cimarron_cells::{EvenTexts, UnevenTexts, prefetch};
use cimarron_model::{Array, Char16, DateTime, Object, ObjectPath, Value};
use cimarron_wql::vector::{Bounds, Mask, Texts, Values};
use rustc_hash::FxHashMap;
use std::hint::black_box;
use std::sync::{Arc, OnceLock};

/// The values of one property, row by row. One line of the cache has it, for who reads rows all
/// over the place has the columns of as many chunks to keep near.
#[derive(Clone, Debug, Default)]
#[repr(align(64))]
pub(crate) struct Column {
    pub(super) data: Data,
    /// Rows before the end that are NULL, for forms that cannot say so themselves.
    nulls: Option<Box<Bits>>,
    /// Between what its numbers lie; looked for when a condition first asks, which is not
    /// before the column was sealed.
    extent: OnceLock<Option<Box<Extent>>>,
}

const _: () = assert!(size_of::<Column>() == 64, "a column takes one line");

/// Distinct texts; whether all characters are ASCII.
pub(super) type Distinct = (bool, UnevenTexts);

/// The columns of finished rows, by slot; `None` where all values are NULL.
pub(crate) type Columns = Box<[Option<Arc<Column>>]>;

macro_rules! data {
    ($( $variant:ident($ty:ty), )*) => {
        /// The forms of a column; each value that is read asks for the form, which is a number
        /// of its own and not one that has to be worked out of the capacity of a vector.
        #[derive(Clone, Debug, Default)]
        #[repr(u8)]
        pub(super) enum Data {
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
                fn column(values: &[Self]) -> Column {
                    Column::of(Data::$variant(values.to_vec()))
                }
            }
        )*

        impl Data {
            /// An empty column of the value's form.
            fn for_value(value: ValueView<'_>) -> Self {
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

            pub(super) fn len(&self) -> usize {
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
            fn get(&self, row: usize) -> ValueView<'_> {
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
            fn expect(&self, row: usize) {
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
            fn values(&self) -> Values<'_> {
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
            fn pad(&mut self, len: usize) {
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
            fn push_next(&mut self, row: usize, value: ValueView<'_>) -> bool {
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
            fn push(&mut self, value: ValueView<'_>) -> bool {
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
            fn arranged(self, order: &[u16]) -> Self {
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
            fn clear(&mut self) {
                match self {
                    $( Self::$variant(items) => items.clear(), )*
                    Self::String(strings) => strings.clear(),
                    other => *other = Self::Missing,
                }
            }

            fn shrink(&mut self) {
                match self {
                    Self::Missing => {}
                    $( Self::$variant(items) => items.shrink_to_fit(), )*
                    Self::String(strings) => *self = std::mem::take(&mut **strings).finish(),
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
            fn heap_bytes(&self) -> usize {
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

/// Columns of values that are all there.
pub(super) trait Cells: Sized {
    fn column(values: &[Self]) -> Column;
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
    /// The form of one value, when all rows have it.
    fn constant(&self) -> Option<Self> {
        let first = self.get(0);
        let plain = !matches!(
            first,
            ValueView::Null | ValueView::Reference(_) | ValueView::Object(_) | ValueView::Array(_)
        );
        let rows = self.len();
        let is_same = |row| self.get(row).is_identical(first);
        // The last row is likelier to differ than the second.
        if !plain || rows < 2 || !is_same(rows - 1) || !(1..rows).all(is_same) {
            return None;
        }
        let value = first.to_scalar()?;
        Some(Self::Constant(Box::new(Value::Scalar(value)), u32::try_from(rows).ok()?))
    }

    /// The form of few distinct texts, when that is smaller.
    fn dictionary(&self) -> Option<Self> {
        let Self::String(strings) = self else { return None };
        let rows = strings.len();
        let mut texts = Strings::default();
        let mut codes = Vec::with_capacity(rows);
        let mut known: FxHashMap<&str, u8> = FxHashMap::default();
        for row in 0..rows {
            let text = strings.get(row)?;
            let code = match known.get(text) {
                Some(code) => *code,
                None => {
                    let code = u8::try_from(known.len()).ok()?;
                    known.insert(text, code);
                    texts.push(text);
                    code
                }
            };
            codes.push(code);
            // Mostly new so far: it will go on like that.
            if row == SAMPLE && known.len() > SAMPLE / 2 {
                return None;
            }
        }
        let small = texts.text_bytes() + texts.len() * size_of::<u32>() + rows;
        if small >= strings.text_bytes() + rows * size_of::<u32>() {
            return None;
        }
        Some(Self::Dictionary(codes, Box::new(texts.distinct()?)))
    }
}

/// After how many rows a column of mostly distinct texts is given up on.
const SAMPLE: usize = 64;

impl Column {
    pub(super) fn of(data: Data) -> Self {
        Self { data, ..Self::default() }
    }

    /// A column whose marked rows are NULL.
    pub(super) fn with_nulls(data: Data, nulls: Bits) -> Self {
        let nulls = (!nulls.is_empty()).then(|| Box::new(nulls));
        Self { data, nulls, ..Self::default() }
    }

    /// Whether no row has a value.
    pub(super) const fn is_empty(&self) -> bool {
        matches!(self.data, Data::Missing)
    }

    /// All its values, when none of the rows before its end is NULL.
    pub(super) fn without_nulls(&self) -> Option<&Data> {
        self.nulls.is_none().then_some(&self.data)
    }

    /// The values as conditions look at them.
    pub(super) fn values(&self) -> Values<'_> {
        self.data.values()
    }

    /// The rows before the end that have a value; `false` when all of them have.
    pub(super) fn valid(&self, rows: &mut Mask) -> bool {
        let Some(nulls) = &self.nulls else { return false };
        let nulls = nulls.words().iter().chain(std::iter::repeat(&0));
        rows.words_mut().iter_mut().zip(nulls).for_each(|(word, null)| *word = !null);
        true
    }

    /// Between what the numbers of a sealed column lie, where that is known.
    pub(super) fn bounds(&self) -> Option<Bounds> {
        let of_all = || Extent::of(self.data.values(), self.nulls()).map(Box::new);
        self.extent.get_or_init(of_all).as_ref().map(|extent| extent.bounds())
    }

    /// The rows before the end that are marked NULL.
    pub(super) fn nulls(&self) -> &Bits {
        static NONE: Bits = Bits::from_words(Vec::new());
        self.nulls.as_deref().unwrap_or(&NONE)
    }

    /// The value of a row.
    #[inline(always)]
    pub(crate) fn get(&self, row: usize) -> ValueView<'_> {
        if let Some(nulls) = &self.nulls
            && nulls.contains(row)
        {
            return ValueView::Null;
        }
        self.data.get(row)
    }

    /// Asks for the memory where the value of a row is, or what says where it is: that is not
    /// waited for, since not all values need be wanted.
    #[inline(always)]
    pub(super) fn expect(&self, row: usize) {
        self.data.expect(row);
    }

    /// Whether the value of a row is a text with just these bytes, as far as that is
    /// quickly seen.
    #[inline]
    pub(super) fn is_text(&self, row: usize, text: &str) -> bool {
        let there = match &self.data {
            Data::Even(_, texts) => texts.get(row),
            Data::Uneven(_, texts) => texts.get(row),
            _ => None,
        };
        is_text(there, text) && self.nulls.as_ref().is_none_or(|nulls| !nulls.contains(row))
    }

    /// Sets the value of a row at or behind the end.
    #[inline]
    pub(crate) fn set_at_end(&mut self, row: usize, value: ValueView<'_>) {
        if !self.data.push_next(row, value) {
            self.set_behind(row, value);
        }
    }

    fn set_behind(&mut self, row: usize, value: ValueView<'_>) {
        if value.is_null() {
            return;
        }
        if matches!(self.data, Data::Missing) {
            self.data = Data::for_value(value);
        }
        let before = self.data.len();
        if before < row {
            self.data.pad(row);
            let nulls = self.nulls.get_or_insert_default();
            (before..row).for_each(|r| {
                nulls.insert(r);
            });
        }
        if !self.data.push(value) {
            match before {
                // Of a form from before it was cleared.
                0 => {
                    self.data = Data::for_value(value);
                    self.data.pad(row);
                }
                _ => self.mix(),
            }
            self.data.push(value);
        }
    }

    /// One value in so many rows.
    pub(super) fn constant(value: Value, rows: usize) -> Self {
        Self::of(Data::Constant(Box::new(value), rows as u32))
    }

    /// The same rows in another order, which names each of them once; of a column that was not
    /// sealed.
    pub(crate) fn arranged(mut self, order: &[u16]) -> Self {
        let (len, nulls) = (self.data.len(), self.nulls.take());
        if len == 0 {
            return self;
        }
        self.data.pad(order.len());
        let is_null = |row: usize| row >= len || nulls.as_ref().is_some_and(|n| n.contains(row));
        let mut marks = Bits::default();
        if len < order.len() || nulls.is_some() {
            let rows = order.iter().enumerate();
            for (to, _) in rows.filter(|(_, from)| is_null(usize::from(**from))) {
                marks.insert(to);
            }
        }
        Self::with_nulls(self.data.arranged(order), marks)
    }

    /// Forgets all rows, and keeps the memory of plain values.
    pub(crate) fn clear(&mut self) {
        self.nulls = None;
        self.data.clear();
        self.extent = OnceLock::new();
    }

    /// Lets the column hold values of any type.
    fn mix(&mut self) {
        let string = cimarron_model::CimType::String;
        let values =
            (0..self.data.len()).map(|r| self.data.get(r).to_value(string, false)).collect();
        self.data = Data::Mixed(values);
    }

    /// Chooses the smallest form and gives back what growing reserved; `None` when
    /// there is no value at all.
    pub(crate) fn seal(mut self) -> Option<Self> {
        if self.data.len() == 0 {
            return None;
        }
        if self.nulls.is_none()
            && let Some(data) = self.data.constant().or_else(|| self.data.dictionary())
        {
            self.data = data;
        }
        if let Some(nulls) = &mut self.nulls {
            nulls.shrink();
        }
        self.data.shrink();
        Some(self)
    }

    pub(crate) fn heap_bytes(&self) -> usize {
        let nulls = self.nulls.as_ref().map_or(0, |nulls| size_of::<Bits>() + nulls.heap_bytes());
        nulls + self.data.heap_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cimarron_model::CimType;
    use proptest::prelude::*;

    fn value() -> impl Strategy<Value = Option<Value>> {
        prop_oneof![
            3 => Just(None),
            4 => "[a-zß]{0,6}".prop_map(|s| Some(Value::from(s))),
            1 => any::<u32>().prop_map(|n| Some(Value::from(n))),
        ]
    }

    proptest! {
        #[test]
        fn gives_back_what_was_set(rows in prop::collection::vec(value(), 0..200)) {
            let mut column = Column::default();
            for (row, value) in rows.iter().enumerate() {
                let view = value.as_ref().map_or(ValueView::Null, ValueView::from);
                column.set_at_end(row, view);
            }
            let column = column.seal().unwrap_or_default();
            for (row, value) in rows.iter().enumerate() {
                let expected = value.clone().unwrap_or(Value::null(CimType::String));
                prop_assert_eq!(column.get(row).to_value(CimType::String, false), expected);
            }
            prop_assert!(column.get(rows.len()).is_null());
        }
    }

    #[test]
    fn sealing_chooses_small_forms() {
        let sealed = |texts: &mut dyn Iterator<Item = String>| {
            let mut column = Column::default();
            let texts: Vec<String> = texts.collect();
            for (row, text) in texts.iter().enumerate() {
                column.set_at_end(row, ValueView::String(text));
            }
            let column = column.seal().unwrap();
            assert!((0..).zip(&texts).all(|(row, t)| column.get(row).as_str() == Some(t)));
            column
        };
        let same = sealed(&mut (0..1000).map(|_| "OK".to_owned()));
        assert!(matches!(same.data, Data::Constant(..)));
        let few = sealed(&mut (0..1000).map(|n| format!("state {}", n % 7)));
        assert!(matches!(few.data, Data::Dictionary(..)));
        let many = sealed(&mut (0..1000).map(|n| n.to_string()));
        assert!(matches!(many.data, Data::Uneven(..)));
    }

    #[test]
    fn a_cleared_column_takes_the_form_of_what_comes() {
        for start in 0..3 {
            let mut column = Column::default();
            column.set_at_end(0, ValueView::String("a"));
            column.set_at_end(2, ValueView::String("b"));
            column.clear();
            column.set_at_end(start, ValueView::UInt32(7));
            column.set_at_end(start + 1, ValueView::UInt32(8));
            let nulls = (0..start).all(|row| column.get(row).is_null());
            assert!(nulls && column.get(start + 1).as_integer() == Some(8), "{start}");
            let column = column.seal().unwrap();
            assert!(matches!(column.data, Data::UInt32(_)), "{start}");
            assert_eq!(column.get(start).as_integer(), Some(7), "{start}");
        }
    }

    #[test]
    fn unset_columns_cost_nothing() {
        let mut column = Column::default();
        (0..100).for_each(|row| column.set_at_end(row, ValueView::Null));
        assert_eq!(column.heap_bytes(), 0);
    }
}
