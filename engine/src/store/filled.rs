//! The rows of a chunk, read one after the other.
//!
//! Which columns have values, and where they are, is looked for once for all rows.

use super::chunk::Chunk;
use super::column::Column;
use super::tail::TailCells;
use crate::codec::PlainColumn;
use crate::view::ValueView;
use smallvec::SmallVec;
use std::ops::Range;

/// The columns of a chunk that have values.
pub(crate) struct Filled<'c>(SmallVec<[(u32, Source<'c>); 12]>);

/// Where the values of a slot are.
enum Source<'c> {
    Tail(TailCells<'c>),
    Sealed(&'c Column),
}

impl Chunk {
    /// Some rows of a chunk that is added to, column by column as they lie there; `None` when one
    /// has values that are not plain, or there is more to the rows. Columns where all of them are
    /// NULL are left out.
    pub(crate) fn plain<'c>(&'c self, rows: Range<usize>) -> Option<Vec<PlainColumn<'c>>> {
        if self.has_qualifiers() {
            return None;
        }
        let filled = self.as_tail()?.filled();
        let present = filled.map(|(slot, cells)| (slot, cells, cells.present(rows.clone())));
        let has_some =
            |present: &Option<Vec<bool>>| present.as_ref().is_none_or(|p| p.contains(&true));
        let filled: Vec<_> = present.filter(|(_, _, present)| has_some(present)).collect();
        if !filled.iter().all(|(_, cells, _)| cells.is_plain()) {
            return None;
        }
        let column = |(slot, cells, present): (u32, TailCells<'c>, _)| {
            Some(PlainColumn { slot, present, values: cells.plain(rows.clone())? })
        };
        filled.into_iter().map(column).collect()
    }

    /// The rows that are there now, to be read one after the other.
    pub(crate) fn filled(&self) -> Filled<'_> {
        if let Some(tail) = self.as_tail() {
            return Filled(
                tail.filled().map(|(slot, cells)| (slot, Source::Tail(cells))).collect(),
            );
        }
        let columns = (0..).zip(self.columns().unwrap_or_default());
        let filled = columns.filter_map(|(slot, column)| Some((slot, column.as_deref()?)));
        Filled(filled.map(|(slot, column)| (slot, Source::Sealed(column))).collect())
    }
}

impl Filled<'_> {
    /// The values of a row that are not NULL.
    #[inline]
    pub(crate) fn cells(&self, row: usize) -> impl Iterator<Item = (u32, ValueView<'_>)> {
        let values = self.0.iter().map(move |(slot, source)| match source {
            Source::Tail(cells) => (*slot, cells.get(row)),
            Source::Sealed(column) => (*slot, column.get(row)),
        });
        values.filter(|(_, value)| !value.is_null())
    }
}
