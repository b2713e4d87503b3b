//! Commit numbers beside rows: when they were born, when they died.
//!
//! Unlike a column, a stamp changes after its row is out. It is an atomic without an order of its
//! own: the writer stamps everything that commit *n* changes and then publishes *n*
//! ([`crate::Registry::publish`], Release), so whoever sees *n* (Acquire) sees those stamps. A
//! stamp of a later commit may be seen or not, and means the same to a reader of *n* either way.

use crate::sync::{AtomicU64, Ordering};
use crate::writer::{Mark, Writer};
use std::ops::Range;

/// A number for each row of a chunk.
#[derive(Debug)]
pub struct Stamps {
    stamps: Box<[AtomicU64]>,
    mark: Mark,
}

impl Stamps {
    /// `len` stamps that are all `stamp`.
    pub fn new(writer: &Writer, len: u32, stamp: u64) -> Self {
        Self { stamps: (0..len).map(|_| AtomicU64::new(stamp)).collect(), mark: writer.mark() }
    }

    /// Stamps a row.
    ///
    /// # Panics
    ///
    /// When the writer is not the one that the stamps were made with, or there is no such row.
    #[inline]
    pub fn set(&self, writer: &Writer, row: u32, stamp: u64) {
        self.mark.demand(writer);
        let place = self.stamps.get(row as usize);
        assert!(place.is_some(), "no row {row} of {}", self.stamps.len());
        if let Some(place) = place {
            place.store(stamp, Ordering::Relaxed);
        }
    }

    /// Stamps rows that follow each other.
    ///
    /// # Panics
    ///
    /// As [`Stamps::set`].
    #[inline]
    pub fn set_all(&self, writer: &Writer, rows: Range<u32>, stamp: u64) {
        self.mark.demand(writer);
        let places = self.stamps.get(rows.start as usize..rows.end as usize);
        assert!(places.is_some(), "no rows {rows:?} of {}", self.stamps.len());
        places.unwrap_or_default().iter().for_each(|place| place.store(stamp, Ordering::Relaxed));
    }

    /// The stamp of a row; `None` when there is no such row.
    #[inline]
    pub fn get(&self, row: u32) -> Option<u64> {
        self.stamps.get(row as usize).map(|stamp| stamp.load(Ordering::Relaxed))
    }

    /// Bytes allocated for the stamps.
    pub fn heap_bytes(&self) -> usize {
        size_of_val(&*self.stamps)
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn stamps_change() {
        let writer = Writer::new();
        let stamps = Stamps::new(&writer, 2, u64::MAX);
        stamps.set(&writer, 1, 7);
        stamps.set(&writer, 1, 8);
        assert_eq!([0, 1, 2].map(|row| stamps.get(row)), [Some(u64::MAX), Some(8), None]);
        assert_eq!(stamps.heap_bytes(), 16);
        stamps.set_all(&writer, 0..0, 9);
        stamps.set_all(&writer, 1..2, 9);
        assert_eq!([0, 1, 2].map(|row| stamps.get(row)), [Some(u64::MAX), Some(9), None]);
        stamps.set_all(&writer, 0..2, 8);
        assert_eq!([0, 1, 2].map(|row| stamps.get(row)), [Some(8), Some(8), None]);
    }

    #[test]
    #[should_panic(expected = "no rows 1..3 of 2")]
    fn refuses_many_rows_of_which_some_are_not_there() {
        let writer = Writer::new();
        Stamps::new(&writer, 2, 0).set_all(&writer, 1..3, 7);
    }

    #[test]
    #[should_panic(expected = "no row 2")]
    fn refuses_rows_that_are_not_there() {
        let writer = Writer::new();
        Stamps::new(&writer, 2, 0).set(&writer, 2, 7);
    }
}
