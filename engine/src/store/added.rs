//! The rows that a transaction adds, as long as they may be taken back.
//!
//! Rows of one class mostly come one behind the other and so lie in one tail: what is kept is
//! a range of them, and the next one costs neither a look for the tail nor a count of a
//! reference.

use super::address::RowAddress;
use super::chunk::Chunk;
use super::table::Table;
use super::transaction::Place;
use super::{Found, Store};
use crate::schema::Layout;
use std::ops::Range;
use std::sync::Arc;

/// Rows that were added to one tail, one behind the other.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) store: Arc<Store>,
    pub(super) table: Arc<Table>,
    pub(super) chunk: Arc<Chunk>,
    pub(super) rows: Range<usize>,
}

impl Run {
    /// Where each row is, and how its index finds it.
    pub(super) fn places(&self) -> impl DoubleEndedIterator<Item = Place> {
        self.rows.clone().map(|row| Place {
            store: self.store.clone(),
            table: self.table.clone(),
            address: RowAddress::new(self.chunk.number(), row),
            hash: self.store.rules.hash(self.chunk.keys(row)),
        })
    }
}

/// All rows that a transaction added.
#[derive(Debug, Default)]
pub(super) struct Added {
    finished: Vec<Run>,
    /// The last rows, whose chunk is what its table adds to.
    open: Option<Run>,
}

impl Added {
    pub(super) const fn is_empty(&self) -> bool {
        self.finished.is_empty() && self.open.is_none()
    }

    /// Whether there are rows that the next one of a table joins.
    #[inline]
    pub(super) fn is_open_for(&self, table: &Arc<Table>, layout: &Arc<Layout>) -> bool {
        self.open.as_ref().is_some_and(|run| {
            Arc::ptr_eq(&run.table, table)
                && Arc::ptr_eq(run.chunk.layout(), layout)
                && run.chunk.has_room()
        })
    }

    /// The rows that the next one joins.
    #[inline]
    pub(super) const fn open(&mut self) -> Option<&mut Run> {
        self.open.as_mut()
    }

    /// Begins rows in a tail.
    pub(super) fn begin(&mut self, store: &Arc<Store>, table: &Arc<Table>, chunk: Arc<Chunk>) {
        self.close();
        let rows = chunk.len()..chunk.len();
        self.open = Some(Run { store: store.clone(), table: table.clone(), chunk, rows });
    }

    /// The row that was added last: its chunk, and where it is there.
    #[inline]
    pub(super) fn last(&self) -> Option<(&Arc<Chunk>, usize)> {
        let run = self.open.as_ref()?;
        Some((&run.chunk, run.rows.end.checked_sub(1)?))
    }

    /// The same, kept.
    pub(super) fn newest(&self) -> Option<Found> {
        self.last().map(|(chunk, row)| Found { chunk: chunk.clone(), row })
    }

    /// Says that tables may get other tails: whoever adds next looks for theirs.
    pub(super) fn close(&mut self) {
        self.finished.extend(self.open.take());
    }

    /// All of them, in the order in which they were added.
    pub(super) fn take(&mut self) -> Vec<Run> {
        self.close();
        std::mem::take(&mut self.finished)
    }
}
