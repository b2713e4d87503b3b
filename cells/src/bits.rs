//! A bit a row, for what a column cannot say itself: that a value is NULL, above all.
//!
//! Rows that are out share words with rows that are being written, so the words are atomics. The
//! one writer needs no read-modify-write for them, and a reader asks once for 64 rows.

use crate::rows::{RowCount, Rows};
use crate::sync::{AtomicU64, Ordering};
use crate::writer::Writer;
use std::ops::Range;

/// A bit for each row of a chunk, all of them 0 at first.
#[derive(Debug)]
pub struct Bits {
    words: Box<[AtomicU64]>,
    count: RowCount,
}

impl Bits {
    /// The bits of the rows that `count` counts, those that are out already included.
    pub fn new(count: &RowCount) -> Self {
        let words = count.capacity().div_ceil(u64::BITS);
        Self { words: (0..words).map(|_| AtomicU64::new(0)).collect(), count: count.clone() }
    }

    /// Sets the bit of a row that is not out yet.
    ///
    /// # Panics
    ///
    /// As [`crate::Slots::set`].
    #[inline]
    pub fn set(&self, writer: &Writer, row: u32) {
        self.count.demand_unpublished(writer, row);
        assert!(row < self.count.capacity(), "no row {row} of {}", self.count.capacity());
        if let Some(word) = self.words.get((row / u64::BITS) as usize) {
            // Only the writer stores words, so nothing is lost in between.
            let bits = word.load(Ordering::Relaxed);
            word.store(bits | 1 << (row % u64::BITS), Ordering::Relaxed);
        }
    }

    /// Sets the bits of rows that follow each other and are not out yet.
    ///
    /// # Panics
    ///
    /// As [`crate::Slots::set`].
    #[inline]
    pub fn set_all(&self, writer: &Writer, rows: Range<u32>) {
        self.count.demand_unpublished(writer, rows.start);
        assert!(rows.end <= self.count.capacity(), "no rows {rows:?} of {}", self.count.capacity());
        let mut row = rows.start;
        while row < rows.end {
            let (at, bit) = (row / u64::BITS, row % u64::BITS);
            let count = (u64::BITS - bit).min(rows.end - row);
            if let Some(word) = self.words.get(at as usize) {
                let bits = word.load(Ordering::Relaxed);
                word.store(bits | (u64::MAX >> (u64::BITS - count)) << bit, Ordering::Relaxed);
            }
            row += count;
        }
    }

    /// Whether the bit of one of the rows is set.
    ///
    /// # Panics
    ///
    /// When the rows are those of another count.
    #[inline]
    pub fn contains(&self, rows: Rows<'_>, row: u32) -> bool {
        self.count.demand_own(rows);
        // As for `word`.
        let word = self.words.get((row / u64::BITS) as usize);
        row < rows.len()
            && word.is_some_and(|w| w.load(Ordering::Relaxed) >> (row % u64::BITS) & 1 == 1)
    }

    /// The bits of the 64 rows from row `64 * at` on; 0 for those that are not among the rows.
    ///
    /// # Panics
    ///
    /// When the rows are those of another count.
    #[inline]
    pub fn word(&self, rows: Rows<'_>, at: u32) -> u64 {
        self.count.demand_own(rows);
        let before = u64::from(at) * u64::from(u64::BITS);
        let here = u64::from(rows.len()).saturating_sub(before);
        let mask = if here >= 64 { u64::MAX } else { (1 << here) - 1 };
        // A bit was set before its row was published, which the rows prove we have seen.
        self.words.get(at as usize).map_or(0, |word| word.load(Ordering::Relaxed) & mask)
    }

    /// Bytes allocated for the bits.
    pub fn heap_bytes(&self) -> usize {
        size_of_val(&*self.words)
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn words_show_what_is_out() {
        let writer = Writer::new();
        let count = RowCount::new(&writer, 130);
        let bits = Bits::new(&count);
        for row in [0, 63, 64, 129] {
            bits.set(&writer, row);
        }
        let words = |rows| [0, 1, 2, 3].map(|at| bits.word(rows, at));
        assert_eq!(words(count.rows()), [0, 0, 0, 0]);
        count.publish(&writer, 64);
        assert_eq!(words(count.rows()), [1 | 1 << 63, 0, 0, 0]);
        count.publish(&writer, 130);
        assert_eq!(words(count.rows()), [1 | 1 << 63, 1, 2, 0]);
        let set: Vec<_> = (0..140).filter(|row| bits.contains(count.rows(), *row)).collect();
        assert_eq!(set, [0, 63, 64, 129]);
        assert_eq!(bits.heap_bytes(), 24);
    }

    #[test]
    fn rows_are_set_together() {
        let writer = Writer::new();
        for rows in [0..0, 0..1, 0..64, 3..64, 5..130, 63..65, 64..128, 129..130, 130..130] {
            let count = RowCount::new(&writer, 130);
            let bits = Bits::new(&count);
            bits.set_all(&writer, rows.clone());
            count.publish(&writer, 130);
            let set = (0..130).filter(|row| bits.contains(count.rows(), *row));
            assert!(set.eq(rows.clone()), "{rows:?}");
        }
    }

    #[test]
    #[should_panic(expected = "no rows 1..3 of 2")]
    fn refuses_many_rows_without_room() {
        let writer = Writer::new();
        Bits::new(&RowCount::new(&writer, 2)).set_all(&writer, 1..3);
    }

    #[test]
    #[should_panic(expected = "no row 2")]
    fn refuses_rows_without_room() {
        let writer = Writer::new();
        Bits::new(&RowCount::new(&writer, 2)).set(&writer, 2);
    }

    #[test]
    #[should_panic(expected = "is out already")]
    fn refuses_rows_that_are_out() {
        let writer = Writer::new();
        let count = RowCount::new(&writer, 2);
        count.publish(&writer, 1);
        Bits::new(&count).set(&writer, 0);
    }
}
