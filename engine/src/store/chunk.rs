//! Up to 4,096 rows of one class version, column by column.
//!
//! A chunk only grows. Which of its rows are gone is kept beside it (see
//! [`super::directory`]), so a delete under an open snapshot copies a bitmap and
//! not the rows. A snapshot shares chunks; a writer that must append to a shared
//! one copies it first (`Arc::make_mut`), once per snapshot.

use super::column::Column;
use crate::schema::Layout;
use crate::view::ValueView;
use cimarron_model::Qualifiers;
use std::sync::Arc;

/// How many rows a chunk holds at most.
pub(crate) const CAPACITY: usize = 4096;

/// How much text a chunk holds at most: string offsets have 32 bits.
const TEXT_CAPACITY: usize = u32::MAX as usize;

/// Qualifiers that an instance carries itself (rare: WMI's namespace SDDL and the
/// like).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct RowQualifiers {
    pub(crate) instance: Qualifiers,
    /// By slot.
    pub(crate) properties: Vec<(u32, Qualifiers)>,
}

#[derive(Clone, Debug)]
pub(crate) struct Chunk {
    layout: Arc<Layout>,
    len: usize,
    columns: Vec<Column>,
    text_bytes: usize,
    /// By row, for the few rows that have any.
    qualifiers: Vec<(usize, Arc<RowQualifiers>)>,
}

impl Chunk {
    pub(crate) fn new(layout: Arc<Layout>) -> Self {
        let columns = vec![Column::default(); layout.slots.len()];
        Self { layout, len: 0, columns, text_bytes: 0, qualifiers: Vec::new() }
    }

    pub(crate) const fn layout(&self) -> &Arc<Layout> {
        &self.layout
    }

    /// How many rows were appended, dead ones included.
    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    /// Whether a row with this much text can be appended.
    pub(crate) const fn has_room(&self, text_bytes: usize) -> bool {
        self.len < CAPACITY && self.text_bytes.saturating_add(text_bytes) <= TEXT_CAPACITY
    }

    /// Appends a row and gives its position. Slots that are not among the cells
    /// are NULL.
    pub(crate) fn append<'a>(
        &mut self,
        cells: impl Iterator<Item = (u32, ValueView<'a>)>,
        qualifiers: Option<&Arc<RowQualifiers>>,
    ) -> usize {
        let row = self.len;
        for (slot, value) in cells {
            if let Some(text) = value.as_str() {
                self.text_bytes += text.len();
            }
            if let Some(column) = self.columns.get_mut(slot as usize) {
                column.set_at_end(row, value);
            }
        }
        if let Some(qualifiers) = qualifiers {
            self.qualifiers.push((row, qualifiers.clone()));
        }
        self.len += 1;
        row
    }

    /// The value in a slot of a row.
    #[inline]
    pub(crate) fn value(&self, row: usize, slot: u32) -> ValueView<'_> {
        self.columns.get(slot as usize).map_or(ValueView::Null, |c| c.get(row))
    }

    /// The row's values that are not NULL.
    pub(crate) fn cells(&self, row: usize) -> impl Iterator<Item = (u32, ValueView<'_>)> + Clone {
        (0..).zip(&self.columns).map(move |(slot, c)| (slot, c.get(row))).filter(|c| !c.1.is_null())
    }

    /// The values of the row's keys, in declaration order.
    pub(crate) fn keys(&self, row: usize) -> impl Iterator<Item = ValueView<'_>> {
        self.layout.keys.iter().map(move |slot| self.value(row, *slot))
    }

    pub(crate) fn qualifiers(&self, row: usize) -> Option<&Arc<RowQualifiers>> {
        let at = self.qualifiers.binary_search_by_key(&row, |(r, _)| *r).ok()?;
        self.qualifiers.get(at).map(|(_, q)| q)
    }

    /// Gives back what growing reserved; for chunks that nobody appends to any more.
    pub(crate) fn seal(&mut self) {
        self.columns.iter_mut().for_each(Column::shrink);
        self.qualifiers.shrink_to_fit();
    }

    /// Bytes allocated for the rows.
    pub(crate) fn heap_bytes(&self) -> usize {
        self.columns.capacity() * size_of::<Column>()
            + self.columns.iter().map(Column::heap_bytes).sum::<usize>()
    }
}
