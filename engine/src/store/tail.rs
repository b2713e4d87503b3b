//! Rows that are still being added to.
//!
//! The one writer fills a row behind the published ones, then publishes the new
//! number of rows; readers look at published rows only. A column is allocated with
//! its first value.

use super::column::{Cells, Column, Columns, Data};
use super::strings::Strings;
use crate::codec::PlainValues;
use crate::schema::{Layout, Slot};
use crate::view::ValueView;
use cimarron_cells::{Bits, RowCount, Rows, Slots, Text, TextArea, Writer};
use cimarron_model::{Array, Char16, CimType, DateTime, Object, ObjectPath, Value};
use cimarron_wql::vector::{Mask, Values};
use smallvec::SmallVec;
use std::borrow::Cow;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// How many bytes of text are allocated for each row of a tail at first.
const TEXT_PER_ROW: u32 = 16;

/// How much text of a column is copied in one piece: what does not fit a block any more is put
/// into the next one, and what is left of the first is lost.
const PIECE: usize = 1 << 13;

/// The places of how many texts are worked out on the stack.
const TOGETHER: usize = 128;

#[derive(Debug)]
pub(super) struct Tail {
    count: RowCount,
    columns: Box<[OnceLock<Box<TailColumn>>]>,
    text: TextArea,
}

#[derive(Debug)]
struct TailColumn {
    /// Rows that have a value.
    present: Bits,
    data: TailData,
}

/// The rows that were out at some time, as one column has them.
#[derive(Clone, Copy)]
pub(super) struct TailCells<'t> {
    column: &'t TailColumn,
    text: &'t TextArea,
    rows: Rows<'t>,
}

impl<'t> TailCells<'t> {
    /// The value of a row.
    #[inline(always)]
    pub(super) fn get(self, row: usize) -> ValueView<'t> {
        let Self { column, text, rows } = self;
        if !column.present.contains(rows, row as u32) {
            return ValueView::Null;
        }
        column.data.get(text, rows, row)
    }
}

impl<'t> TailCells<'t> {
    /// Which of some rows have a value, unless all have.
    pub(super) fn present(self, some: Range<usize>) -> Option<Vec<bool>> {
        let Self { column, rows, .. } = self;
        let has = |row| column.present.contains(rows, row as u32);
        let all = column.has_all(rows, some.start as u32..some.end as u32);
        (!all).then(|| some.map(has).collect())
    }

    /// Whether its values are plain.
    pub(super) const fn is_plain(self) -> bool {
        self.column.data.is_plain()
    }

    /// The values of some rows as they lie here; `None` when they are not plain.
    pub(super) fn plain(self, some: Range<usize>) -> Option<PlainValues<'t>> {
        let Self { column, text, rows } = self;
        column.data.plain(text, rows, some)
    }
}

impl TailColumn {
    /// Whether some of the rows have a value each.
    fn has_all(&self, rows: Rows<'_>, some: Range<u32>) -> bool {
        let words = some.start / u64::BITS..some.end.div_ceil(u64::BITS);
        let present = words.map(|at| {
            let first = at * u64::BITS;
            let (from, to) = (some.start.max(first) - first, some.end.min(first + 64) - first);
            let mask = u64::MAX.checked_shr(64 - (to - from)).unwrap_or_default() << from;
            (self.present.word(rows, at) & mask).count_ones()
        });
        present.sum::<u32>() == some.end - some.start
    }
}

macro_rules! tail_data {
    ($( $variant:ident($ty:ty), )*) => {
        #[derive(Debug)]
        enum TailData {
            $( $variant(Slots<$ty>), )*
            String(Slots<Text>),
            Reference(Slots<Option<Arc<ObjectPath>>>),
            Object(Slots<Option<Arc<Object>>>),
            Array(Slots<Option<Box<Array>>>),
            Mixed(Slots<Option<Box<Value>>>),
        }

        impl TailData {
            /// An empty column for a property.
            fn for_slot(slot: &Slot, count: &RowCount) -> Self {
                if slot.array.is_array() {
                    return Self::Array(Slots::new(count));
                }
                if slot.embedded_text {
                    return Self::Mixed(Slots::new(count));
                }
                match slot.cim_type {
                    $( CimType::$variant => Self::$variant(Slots::new(count)), )*
                    CimType::String => Self::String(Slots::new(count)),
                    CimType::Reference => Self::Reference(Slots::new(count)),
                    CimType::Object => Self::Object(Slots::new(count)),
                }
            }

            /// Fills a row that is not out yet; whether the value is of this form.
            #[inline(always)]
            fn set(&self, writer: &Writer, text: &TextArea, row: u32, value: ValueView<'_>) -> bool {
                match (self, value) {
                    $( (Self::$variant(items), ValueView::$variant(v)) => items.set(writer, row, v), )*
                    (Self::String(items), ValueView::String(v)) => match text.push(writer, v) {
                        Some(v) => items.set(writer, row, v),
                        None => return false,
                    },
                    (Self::Reference(items), ValueView::Reference(v)) => {
                        items.set(writer, row, Some(v.clone()));
                    }
                    (Self::Object(items), ValueView::Object(v)) => {
                        items.set(writer, row, Some(v.clone()));
                    }
                    (Self::Array(items), ValueView::Array(v)) => {
                        items.set(writer, row, Some(Box::new(v.clone())));
                    }
                    (Self::Mixed(items), v) => {
                        let value = v.to_value(CimType::String, false);
                        items.set(writer, row, Some(Box::new(value)));
                    }
                    _ => return false,
                }
                true
            }

            /// Fills rows that are not out yet, from `row` on, with those of a column that have
            /// a value each; whether they are of this form and can be copied together.
            fn set_all(
                &self,
                writer: &Writer,
                text: &TextArea,
                row: u32,
                (values, from): (&Data, Range<usize>),
            ) -> bool {
                match (self, values) {
                    $( (Self::$variant(items), Data::$variant(values)) => match values.get(from) {
                        Some(values) => items.set_all(writer, row, values),
                        None => return false,
                    }, )*
                    (Self::String(items), Data::String(texts)) => {
                        let piece = texts.piece(from.clone()).filter(|p| p.len() <= PIECE);
                        let Some(mut at) = piece.and_then(|piece| text.push(writer, piece)) else {
                            return false;
                        };
                        let places = texts.lengths(from).map(|len| {
                            let offset = at.offset;
                            at.offset += len;
                            Text { offset, len }
                        });
                        let places: SmallVec<[Text; TOGETHER]> = places.collect();
                        items.set_all(writer, row, &places);
                    }
                    _ => return false,
                }
                true
            }

            /// The column of rows that all have a value, when it can be taken as a whole.
            fn whole(&self, text: &TextArea, rows: Rows<'_>) -> Option<Column> {
                Some(match self {
                    $( Self::$variant(items) => Column::of(<$ty as Cells>::data(items.get(rows))), )*
                    Self::String(items) => {
                        let texts = items.get(rows);
                        let mut strings = Strings::with_capacity(
                            texts.len(),
                            texts.iter().map(|t| t.len as usize).sum(),
                        );
                        // Rows that came together have their texts in one piece.
                        for texts in texts.chunk_by(|a, b| a.offset + a.len == b.offset) {
                            match neighbours(text, texts) {
                                Some(piece) => strings.push_all(piece, texts.iter().map(|t| t.len)),
                                None => each(text, texts).for_each(|text| strings.push(text)),
                            }
                        }
                        Column::of(Data::String(Box::new(strings)))
                    }
                    Self::Reference(_) | Self::Object(_) | Self::Array(_) | Self::Mixed(_) => {
                        return None;
                    }
                })
            }

            /// Whether the values are plain.
            const fn is_plain(&self) -> bool {
                match self {
                    $( Self::$variant(_) => true, )*
                    Self::String(_) => true,
                    Self::Reference(_) | Self::Object(_) | Self::Array(_) | Self::Mixed(_) => false,
                }
            }

            /// The values of some rows as they lie here, when they are plain.
            fn plain<'a>(
                &'a self,
                text: &'a TextArea,
                rows: Rows<'_>,
                some: Range<usize>,
            ) -> Option<PlainValues<'a>> {
                Some(match self {
                    $( Self::$variant(items) => {
                        PlainValues::$variant(items.get(rows).get(some)?)
                    } )*
                    Self::String(items) => {
                        let texts = items.get(rows).get(some)?;
                        let all = text.run(texts).map(Cow::Borrowed).unwrap_or_else(|| {
                            let bytes = texts.iter().map(|at| at.len as usize).sum();
                            let mut all = String::with_capacity(bytes);
                            each(text, texts).for_each(|text| all.push_str(text));
                            Cow::Owned(all)
                        });
                        PlainValues::String(texts.iter().map(|at| at.len).collect(), all)
                    }
                    Self::Reference(_) | Self::Object(_) | Self::Array(_) | Self::Mixed(_) => {
                        return None;
                    }
                })
            }

            /// The values as conditions look at them.
            fn values(&self, rows: Rows<'_>) -> Values<'_> {
                match self {
                    $( Self::$variant(items) => Values::$variant(items.get(rows)), )*
                    // A text is somewhere in the tail's area.
                    Self::String(_) | Self::Reference(_) | Self::Object(_) | Self::Array(_)
                    | Self::Mixed(_) => Values::Rows,
                }
            }

            /// Bytes a row.
            fn width(&self) -> usize {
                match self {
                    $( Self::$variant(_) => size_of::<$ty>(), )*
                    Self::String(_) => size_of::<Text>(),
                    Self::Reference(_) | Self::Object(_) | Self::Array(_) | Self::Mixed(_) => {
                        size_of::<usize>()
                    }
                }
            }

            /// The value of a row that has one.
            #[inline(always)]
            fn get<'a>(
                &'a self,
                text: &'a TextArea,
                rows: Rows<'_>,
                row: usize,
            ) -> ValueView<'a> {
                match self {
                    $(
                        Self::$variant(items) => match items.get(rows).get(row) {
                            Some(value) => ValueView::$variant(*value),
                            None => ValueView::Null,
                        },
                    )*
                    Self::String(items) => {
                        let text = items.get(rows).get(row).and_then(|at| text.get(*at));
                        text.map_or(ValueView::Null, ValueView::String)
                    }
                    other => other.get_shared(rows, row).unwrap_or_default(),
                }
            }

            /// The value of a row in one of the forms that hold no plain values.
            fn get_shared(&self, rows: Rows<'_>, row: usize) -> Option<ValueView<'_>> {
                Some(match self {
                    Self::Reference(items) => {
                        ValueView::Reference(items.get(rows).get(row)?.as_ref()?)
                    }
                    Self::Object(items) => ValueView::Object(items.get(rows).get(row)?.as_ref()?),
                    Self::Array(items) => ValueView::Array(items.get(rows).get(row)?.as_deref()?),
                    Self::Mixed(items) => items.get(rows).get(row)?.as_deref()?.into(),
                    _ => return None,
                })
            }
        }
    };
}

tail_data! {
    Boolean(bool), UInt8(u8), SInt8(i8), UInt16(u16), SInt16(i16), UInt32(u32), SInt32(i32),
    UInt64(u64), SInt64(i64), Real32(f32), Real64(f64), Char16(Char16), DateTime(DateTime),
}

/// Texts in one piece that lie one behind the other, unless one of them begins in another block.
fn neighbours<'a>(text: &'a TextArea, texts: &[Text]) -> Option<&'a str> {
    let ([first, ..], [.., last]) = (texts, texts) else { return None };
    let end = last.offset.checked_add(last.len)?;
    text.get(Text { offset: first.offset, len: end.checked_sub(first.offset)? })
}

/// The texts at some places.
fn each<'a>(text: &'a TextArea, places: &[Text]) -> impl Iterator<Item = &'a str> {
    places.iter().map(|at| text.get(*at).unwrap_or_default())
}

impl Tail {
    pub(super) fn new(writer: &Writer, layout: &Layout, capacity: usize) -> Self {
        let capacity = capacity as u32;
        Self {
            count: RowCount::new(writer, capacity),
            columns: layout.slots.iter().map(|_| OnceLock::new()).collect(),
            text: TextArea::new(writer, capacity * TEXT_PER_ROW),
        }
    }

    /// How many rows are out.
    #[inline]
    pub(super) fn len(&self) -> usize {
        self.count.rows().len() as usize
    }

    /// Lets readers see so many rows more.
    pub(super) fn publish(&self, writer: &Writer, more: usize) {
        self.count.publish(writer, self.count.rows().len() + more as u32);
    }

    pub(super) fn capacity(&self) -> usize {
        self.count.capacity() as usize
    }

    /// How far the text of its rows reaches, in bytes.
    #[inline]
    pub(super) fn text_end(&self) -> usize {
        self.text.end() as usize
    }

    /// Fills a slot of a row that is not out.
    #[inline(always)]
    pub(super) fn set(
        &self,
        writer: &Writer,
        layout: &Layout,
        (row, number): (usize, u32),
        value: ValueView<'_>,
    ) {
        let Some(cell) = self.columns.get(number as usize) else { return };
        if value.is_null() {
            return;
        }
        let Some(column) = cell.get().map(|c| &**c).or_else(|| self.begin(layout, number)) else {
            return;
        };
        let row = row as u32;
        let fits = column.data.set(writer, &self.text, row, value);
        debug_assert!(fits, "slot {number} of `{}` takes no {value:?}", layout.class);
        if fits {
            column.present.set(writer, row);
        }
    }

    /// Fills as many rows that are not out as there are in a range of these columns, by slot.
    pub(super) fn set_rows(
        &self,
        writer: &Writer,
        layout: &Layout,
        (columns, from): (&[Column], Range<usize>),
    ) {
        let first = self.len();
        for (slot, column) in (0..).zip(columns).filter(|(_, column)| !column.is_empty()) {
            if !self.set_whole(writer, layout, (first, slot), (column, from.clone())) {
                for (row, from) in (first..).zip(from.clone()) {
                    self.set(writer, layout, (row, slot), column.get(from));
                }
            }
        }
    }

    /// Fills a slot of rows together; whether that could be.
    fn set_whole(
        &self,
        writer: &Writer,
        layout: &Layout,
        (row, number): (usize, u32),
        (column, from): (&Column, Range<usize>),
    ) -> bool {
        // What it has fewer values than rows for is NULL in some of them, or in all.
        let values = column.without_nulls().filter(|values| values.len() >= from.end);
        let Some(values) = values else { return false };
        let cell = self.columns.get(number as usize).and_then(|cell| cell.get());
        let Some(own) = cell.map(|c| &**c).or_else(|| self.begin(layout, number)) else {
            return false;
        };
        let (row, rows) = (row as u32, from.len() as u32);
        let fits = own.data.set_all(writer, &self.text, row, (values, from));
        if fits {
            own.present.set_all(writer, row..row + rows);
        }
        fits
    }

    /// A column for a slot that had no value so far.
    #[cold]
    fn begin(&self, layout: &Layout, number: u32) -> Option<&TailColumn> {
        let slot = layout.slot(number)?;
        let column = self.columns.get(number as usize)?.get_or_init(|| {
            let data = TailData::for_slot(slot, &self.count);
            Box::new(TailColumn { present: Bits::new(&self.count), data })
        });
        Some(column)
    }

    /// The value in a slot of a row that is out.
    #[inline]
    pub(super) fn get(&self, row: usize, slot: u32) -> ValueView<'_> {
        let (rows, text) = (self.count.rows(), &self.text);
        let column = self.columns.get(slot as usize).and_then(OnceLock::get);
        column.map_or(ValueView::Null, |column| TailCells { column, text, rows }.get(row))
    }

    /// The columns that have values, by slot.
    pub(super) fn filled(&self) -> impl Iterator<Item = (u32, TailCells<'_>)> {
        let (rows, text) = (self.count.rows(), &self.text);
        let columns = (0..).zip(&self.columns);
        columns.filter_map(move |(slot, column)| {
            Some((slot, TailCells { column: column.get()?, text, rows }))
        })
    }

    /// The values in a slot of the rows that are out, as conditions look at them.
    pub(super) fn values(&self, slot: usize) -> Values<'_> {
        let column = self.columns.get(slot).and_then(OnceLock::get);
        column.map_or(Values::Missing, |column| column.data.values(self.count.rows()))
    }

    /// The rows that have a value in a slot.
    pub(super) fn valid(&self, slot: usize, valid: &mut Mask) {
        let rows = self.count.rows();
        let Some(column) = self.columns.get(slot).and_then(OnceLock::get) else { return };
        let words = rows.len().div_ceil(u64::BITS);
        for (at, word) in (0..words).zip(valid.words_mut()) {
            *word = column.present.word(rows, at);
        }
    }

    /// The columns of the first so many rows, as they are kept when nobody adds any more.
    pub(super) fn seal(&self, rows: usize) -> Columns {
        let rows = self.count.rows().first(u32::try_from(rows).unwrap_or(u32::MAX));
        (0..)
            .zip(&self.columns)
            .map(|(slot, column)| {
                let column = column.get()?;
                let whole = column
                    .has_all(rows, 0..rows.len())
                    .then(|| column.data.whole(&self.text, rows));
                let sealed = whole.flatten().unwrap_or_else(|| {
                    let mut sealed = Column::default();
                    for row in 0..rows.len() as usize {
                        sealed.set_at_end(row, self.get(row, slot));
                    }
                    sealed
                });
                sealed.seal().map(Arc::new)
            })
            .collect()
    }

    pub(super) fn heap_bytes(&self) -> usize {
        let column = |c: &TailColumn| {
            size_of::<TailColumn>() + c.present.heap_bytes() + self.capacity() * c.data.width()
        };
        let used = self.columns.iter().filter_map(OnceLock::get);
        size_of_val::<[_]>(&self.columns)
            + used.map(|c| column(c)).sum::<usize>()
            + self.text.heap_bytes()
    }
}
