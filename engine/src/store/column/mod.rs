//! One property of a chunk's rows, when nobody adds to them any more.
//!
//! A column takes its form from the first value that is not NULL and may be
//! shorter than its chunk: rows behind its end are NULL. So a property that nobody
//! sets costs nothing, however wide its class, and appending a row touches only
//! the columns that it has values for. When all values are there, [`Column::seal`]
//! chooses a smaller form where one fits: one value for all rows, or the distinct
//! texts and a number for each row.

mod data;
mod sealing;

pub(super) use data::{Cells, Data};

use super::bits::Bits;
use super::extent::Extent;
use super::strings::is_text;
use crate::view::ValueView;
use cimarron_model::Value;
use cimarron_wql::vector::{Bounds, Mask, Values};
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

/// The columns of finished rows, by slot; `None` where all values are NULL.
pub(crate) type Columns = Box<[Option<Arc<Column>>]>;

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
