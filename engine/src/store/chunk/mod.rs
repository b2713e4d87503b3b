//! Up to 4,096 rows of one class version.
//!
//! A chunk is a tail that rows are added to, or sealed for good; either form of it
//! shares the deaths of its rows and what else is kept beside them. A sealed chunk
//! whose births everybody may see has none. What a reader holds of a chunk never
//! changes but for new rows behind and new deaths, and both carry the number of
//! their commit.

mod besides;
mod seen;
mod stored;

use super::beside::{Beside, QualifiersByRow};
use super::column::{Column, Columns};
use super::tail::Tail;
use super::versions::{Births, Commit, Deaths};
use crate::schema::Layout;
use crate::view::ValueView;
use cimarron_cells::Writer;
use cimarron_journal::BlobId;
use cimarron_model::{ClassVersion, Value};
use cimarron_wql::vector::{Bounds, Mask, Values};
use parking_lot::{Mutex, RwLock};
use std::borrow::Cow;
use std::hint::black_box;
use std::ops::Range;
use std::sync::atomic::AtomicU32;
use std::sync::{Arc, OnceLock};

/// How much text a tail takes before it is sealed, but for the text of one row.
const TEXT_CAPACITY: usize = 1 << 30;

/// How many values of a row are asked for at once.
const AT_ONCE: usize = 16;

/// The place in a checkpoint of the first rows of a chunk, as rows of one class version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stored {
    blob: BlobId,
    rows: u32,
    version: ClassVersion,
}

/// What every form of a chunk shares.
#[derive(Debug, Default)]
struct Shared {
    deaths: Deaths,
    qualifiers: OnceLock<RwLock<QualifiersByRow>>,
    objects: OnceLock<Box<[AtomicU32]>>,
    links: OnceLock<Box<[AtomicU32]>>,
    stored: Mutex<Option<Stored>>,
}

#[derive(Debug)]
enum Rows {
    Tail(Box<Tail>),
    /// How many rows, and their columns by slot.
    Sealed(u32, Columns),
}

/// One line of the cache has it; see [`Column`].
#[derive(Debug)]
#[repr(align(64))]
pub(crate) struct Chunk {
    number: u32,
    layout: Arc<Layout>,
    rows: Rows,
    /// `None` when every snapshot that can come to this chunk sees all of them.
    births: Option<Arc<Births>>,
    /// The commit that took the rows over to their class version; 0 for none.
    migrated: Commit,
    shared: Arc<Shared>,
}

const _: () = assert!(size_of::<Chunk>() == 64, "a chunk takes one line");

impl Chunk {
    /// An empty chunk to add rows to.
    pub(super) fn tail(writer: &Writer, number: u32, layout: Arc<Layout>, capacity: usize) -> Self {
        Self {
            number,
            rows: Rows::Tail(Box::new(Tail::new(writer, &layout, capacity))),
            layout,
            births: Some(Arc::new(Births::each(writer, capacity))),
            migrated: 0,
            shared: Arc::default(),
        }
    }

    /// A chunk of finished columns.
    pub(super) fn finished(
        number: u32,
        layout: Arc<Layout>,
        len: usize,
        columns: Columns,
        births: Births,
    ) -> Self {
        let births = Some(Arc::new(births));
        let rows = Rows::Sealed(len as u32, columns);
        Self { number, layout, rows, births, migrated: 0, shared: Arc::default() }
    }

    /// One row that belongs to no table.
    pub(crate) fn of_one_row(layout: Layout, values: &[Value]) -> Self {
        let column = |value| {
            let mut column = Column::default();
            column.set_at_end(0, ValueView::from(value));
            column.seal().map(Arc::new)
        };
        let columns = values.iter().map(column).collect();
        Self { births: None, ..Self::finished(0, Arc::new(layout), 1, columns, Births::all(0)) }
    }

    /// The same chunk, to which nobody adds any more; without births when everybody
    /// who may come to it sees all of them.
    pub(super) fn sealed(&self, writer: &Writer, settled: bool) -> Self {
        let columns = match &self.rows {
            Rows::Tail(tail) => tail.seal(tail.len()),
            Rows::Sealed(_, columns) => columns.clone(),
        };
        let births = (!settled).then(|| {
            let births: Vec<Commit> = (0..self.len()).map(|row| self.birth(row)).collect();
            Arc::new(Births::list(writer, &births))
        });
        Self { births, ..self.with(columns) }
    }

    /// The same chunk as rows of another class version, from a commit on.
    pub(super) fn migrated(&self, layout: &Arc<Layout>, columns: Columns, commit: Commit) -> Self {
        Self { layout: layout.clone(), migrated: commit, ..self.with(columns) }
    }

    fn with(&self, columns: Columns) -> Self {
        Self {
            number: self.number,
            layout: self.layout.clone(),
            rows: Rows::Sealed(self.len() as u32, columns),
            births: self.births.clone(),
            migrated: self.migrated,
            shared: self.shared.clone(),
        }
    }

    /// The commit that took the rows over to their class version. Who sees an older one
    /// comes to the rows through this chunk, so nobody may move them.
    pub(super) const fn migrated_at(&self) -> Commit {
        self.migrated
    }

    /// Whether both are forms of one chunk, with the same rows.
    pub(super) fn is_form_of(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.shared, &other.shared)
    }

    pub(crate) const fn number(&self) -> u32 {
        self.number
    }

    pub(crate) const fn layout(&self) -> &Arc<Layout> {
        &self.layout
    }

    /// How many rows were added, dead ones included.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        match &self.rows {
            Rows::Tail(tail) => tail.len(),
            Rows::Sealed(len, _) => *len as usize,
        }
    }

    pub(crate) const fn is_sealed(&self) -> bool {
        matches!(self.rows, Rows::Sealed(..))
    }

    /// What rows are added to, as long as there are to be more.
    pub(super) const fn as_tail(&self) -> Option<&Tail> {
        match &self.rows {
            Rows::Tail(tail) => Some(tail),
            Rows::Sealed(..) => None,
        }
    }

    /// The columns of a sealed chunk, by slot.
    pub(super) fn columns(&self) -> Option<&[Option<Arc<Column>>]> {
        match &self.rows {
            Rows::Tail(_) => None,
            Rows::Sealed(_, columns) => Some(columns),
        }
    }

    /// Columns that have the first so many rows, and maybe more of them.
    pub(super) fn first_columns(&self, rows: usize) -> Cow<'_, [Option<Arc<Column>>]> {
        match &self.rows {
            Rows::Tail(tail) => Cow::Owned(tail.seal(rows).into_vec()),
            Rows::Sealed(_, columns) => Cow::Borrowed(columns),
        }
    }

    /// Whether another row can be added.
    pub(super) fn has_room(&self) -> bool {
        self.room() > 0
    }

    /// How many rows can be added, as long as they have little text.
    pub(super) fn room(&self) -> usize {
        match &self.rows {
            Rows::Tail(tail) if tail.text_end() <= TEXT_CAPACITY => tail.capacity() - tail.len(),
            _ => 0,
        }
    }

    /// Adds a row to a tail with room and gives its position. Slots that are not
    /// among the cells are NULL.
    pub(super) fn append<'a>(
        &self,
        writer: &Writer,
        cells: impl Iterator<Item = (u32, ValueView<'a>)>,
        beside: &Beside,
        birth: Commit,
    ) -> usize {
        let row = self.len();
        let Rows::Tail(tail) = &self.rows else { return row };
        for (slot, value) in cells {
            tail.set(writer, &self.layout, (row, slot), value);
        }
        self.put_beside(row, beside);
        if let Some(births) = &self.births {
            births.set(writer, row, birth);
        }
        tail.publish(writer, 1);
        row
    }

    /// Adds the rows that a range of columns has, by slot, to a tail with room for them.
    pub(super) fn append_rows(
        &self,
        writer: &Writer,
        (columns, from): (&[Column], Range<usize>),
        birth: Commit,
    ) {
        let Rows::Tail(tail) = &self.rows else { return };
        let (first, count) = (self.len(), from.len());
        tail.set_rows(writer, &self.layout, (columns, from));
        if let Some(births) = &self.births {
            births.set_all(writer, first..first + count, birth);
        }
        tail.publish(writer, count);
    }

    fn capacity(&self) -> usize {
        match &self.rows {
            Rows::Tail(tail) => tail.capacity(),
            Rows::Sealed(len, _) => *len as usize,
        }
    }

    /// The value in a slot of a row.
    #[inline]
    pub(crate) fn value(&self, row: usize, slot: u32) -> ValueView<'_> {
        self.value_in_place(row, slot)
    }

    /// The same for those who read many: what they do with the value is put into each form's
    /// place, and the value itself into no memory.
    #[inline(always)]
    pub(crate) fn value_in_place(&self, row: usize, slot: u32) -> ValueView<'_> {
        match &self.rows {
            Rows::Sealed(_, columns) => match columns.get(slot as usize) {
                Some(Some(column)) => column.get(row),
                _ => ValueView::Null,
            },
            // Handed over, so that the values of the other form need not stand in memory either.
            Rows::Tail(tail) => black_box(tail.get(row, slot)),
        }
    }

    /// Asks for the memory of the value in a slot of a row, which is going to be read. Tails
    /// are near.
    #[inline]
    pub(crate) fn expect(&self, row: usize, slot: u32) {
        let column = self.columns().and_then(|columns| columns.get(slot as usize)?.as_ref());
        if let Some(column) = column {
            column.expect(row);
        }
    }

    /// The same for the values of a row. Of very many only the first: that few can be on their
    /// way at a time, and whoever wants one of them shall not pay for all.
    #[inline]
    pub(crate) fn expect_all(&self, row: usize) {
        let columns = self.columns().unwrap_or_default();
        let first = columns.get(..AT_ONCE).unwrap_or(columns);
        first.iter().flatten().for_each(|column| column.expect(row));
    }

    /// Whether the value in a slot of a row is a text with just these bytes, as far as that
    /// is quickly seen.
    #[inline]
    pub(super) fn is_text(&self, row: usize, slot: u32, text: &str) -> bool {
        let column = self.columns().and_then(|columns| columns.get(slot as usize)?.as_ref());
        column.is_some_and(|column| column.is_text(row, text))
    }

    /// The values in a slot, as conditions look at them.
    pub(crate) fn values(&self, slot: usize) -> Values<'_> {
        match &self.rows {
            Rows::Tail(tail) => tail.values(slot),
            Rows::Sealed(_, columns) => {
                let column = columns.get(slot).and_then(Option::as_ref);
                column.map_or(Values::Missing, |column| column.values())
            }
        }
    }

    /// The rows that have a value in a slot, as far as its values reach; `false` when all
    /// of those have.
    pub(crate) fn valid(&self, slot: usize, rows: &mut Mask) -> bool {
        match &self.rows {
            Rows::Tail(tail) => {
                tail.valid(slot, rows);
                true
            }
            Rows::Sealed(_, columns) => {
                columns.get(slot).and_then(Option::as_ref).is_some_and(|column| column.valid(rows))
            }
        }
    }

    /// Between what the numbers in a slot lie, where that is known.
    pub(crate) fn bounds(&self, slot: usize) -> Option<Bounds> {
        match &self.rows {
            Rows::Tail(_) => None,
            Rows::Sealed(_, columns) => columns.get(slot)?.as_ref()?.bounds(),
        }
    }

    /// The row's values that are not NULL.
    pub(crate) fn cells(&self, row: usize) -> impl Iterator<Item = (u32, ValueView<'_>)> + Clone {
        let slots = 0..self.layout.slots.len() as u32;
        slots.map(move |slot| (slot, self.value(row, slot))).filter(|c| !c.1.is_null())
    }

    /// The values of the row's keys, in declaration order.
    pub(crate) fn keys(&self, row: usize) -> impl Iterator<Item = ValueView<'_>> {
        self.layout.keys.iter().map(move |slot| self.value(row, *slot))
    }

    /// Bytes allocated for the rows; what references, objects and arrays hold is
    /// not counted.
    pub(crate) fn heap_bytes(&self) -> usize {
        let rows = match &self.rows {
            Rows::Tail(tail) => tail.heap_bytes(),
            Rows::Sealed(_, columns) => {
                let used = columns.iter().flatten();
                size_of_val::<[_]>(columns)
                    + used.map(|c| size_of::<Column>() + c.heap_bytes()).sum::<usize>()
            }
        };
        let beside = |cells: &OnceLock<Box<[AtomicU32]>>| {
            cells.get().map_or(0, |all| size_of_val::<[_]>(all))
        };
        size_of::<Self>()
            + size_of::<Shared>()
            + rows
            + self.births.as_ref().map_or(0, |b| b.heap_bytes())
            + self.shared.deaths.heap_bytes()
            + beside(&self.shared.objects)
            + beside(&self.shared.links)
    }
}
