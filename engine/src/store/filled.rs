//! The rows of a chunk, read one after the other.
//!
//! Which columns have values, and where they are, is looked for once for all rows.

use super::chunk::Chunk;
use super::column::Column;
use super::tail::TailCells;
use crate::durable::codec::PlainColumn;
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
    pub(crate) fn plain(&self, rows: Range<usize>) -> Option<Vec<PlainColumn<'_>>> {
        if self.has_qualifiers() {
            return None;
        }
        let mut columns = Vec::new();
        for (slot, cells) in self.as_tail()?.filled() {
            let (present, values) = cells.plain(rows.clone())?;
            if present.as_ref().is_none_or(|present| present.contains(&true)) {
                columns.push(PlainColumn { slot, present, values });
            }
        }
        Some(columns)
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
