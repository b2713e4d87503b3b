//! Which rows of a chunk a snapshot sees.

use super::Chunk;
use crate::store::bits::Bits;
use crate::store::versions::{Births, Commit, Deaths, NEVER};
use cimarron_cells::Writer;
use std::sync::Arc;

impl Chunk {
    /// Whether all rows are seen, now and later, by whoever comes to them now.
    pub(in crate::store) fn is_seen_by_all(&self) -> bool {
        self.births.is_none() && self.shared.deaths.is_empty()
    }

    /// Whether a snapshot sees a row.
    #[inline]
    pub(crate) fn is_visible(&self, row: usize, at: Commit) -> bool {
        self.birth(row) <= at && self.shared.deaths.get(row) > at
    }

    /// Whether it is quickly seen that a snapshot sees all rows that there are, now and later.
    pub(crate) fn is_whole(&self, at: Commit) -> bool {
        let births = self.births.as_ref();
        let all_born = births.is_none_or(|births| births.of_all().is_some_and(|all| all <= at));
        all_born && self.shared.deaths.is_empty()
    }

    /// Whether a row is there for the writer.
    #[inline]
    pub(crate) fn is_current(&self, row: usize) -> bool {
        self.shared.deaths.get(row) == NEVER
    }

    /// Which of the first so many rows a snapshot does not see, 64 a word; `None` when it
    /// sees all of them.
    pub(crate) fn deaths_at(&self, at: Commit, rows: usize) -> Option<Box<[u64]>> {
        if self.is_whole(at) {
            return None;
        }
        let mut dead = Bits::default();
        for row in (0..rows).filter(|row| !self.is_visible(*row, at)) {
            dead.insert(row);
        }
        (!dead.is_empty()).then(|| dead.words().into())
    }

    /// The latest birth.
    pub(in crate::store) fn last_birth(&self) -> Commit {
        (0..self.len()).map(|row| self.birth(row)).max().unwrap_or_default()
    }

    /// When a row came: 0 when it no longer matters.
    #[inline]
    pub(in crate::store) fn birth(&self, row: usize) -> Commit {
        self.births.as_ref().map_or(0, |births| births.get(row))
    }

    #[inline]
    pub(in crate::store) const fn births(&self) -> Option<&Arc<Births>> {
        self.births.as_ref()
    }

    #[inline]
    pub(in crate::store) fn deaths(&self) -> &Deaths {
        &self.shared.deaths
    }

    /// Stamps the death of a row.
    #[inline]
    pub(in crate::store) fn kill(&self, writer: &Writer, row: usize, commit: Commit) {
        self.shared.deaths.set(writer, row, commit, self.capacity());
    }

    /// Counts a row as gone that nobody comes to any more; how many are now.
    pub(in crate::store) fn take_away(&self, row: usize) -> usize {
        self.shared.deaths.take_away(row, self.capacity())
    }
}
