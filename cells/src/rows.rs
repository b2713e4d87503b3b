//! Columns that share one count: the rows of a chunk.
//!
//! A chunk has dozens of columns. The writer fills in row *n* of those that it has values for and
//! then publishes *n + 1* once, in the [`RowCount`] that they all belong to. Readers load it once,
//! which gives them [`Rows`], and with those every column is a plain slice.
//!
//! Why `unsafe`: see [`crate::storage`]; this module says where "later" begins.
#![allow(unsafe_code, reason = "see above")]

use crate::storage::Storage;
use crate::sync::{AtomicU32, Ordering};
use crate::writer::{Mark, Writer};
use std::sync::Arc;

/// How many rows of a chunk are there to be read. A clone is the same count.
#[derive(Clone, Debug)]
pub struct RowCount(Arc<Count>);

#[derive(Debug)]
struct Count {
    /// Only the writer changes it, and only upwards.
    published: AtomicU32,
    capacity: u32,
    mark: Mark,
}

impl RowCount {
    /// No rows yet, and room for `capacity` of them.
    pub fn new(writer: &Writer, capacity: u32) -> Self {
        let mark = writer.mark();
        Self(Arc::new(Count { published: AtomicU32::new(0), capacity, mark }))
    }

    /// How many rows there can be.
    pub fn capacity(&self) -> u32 {
        self.0.capacity
    }

    /// The rows that are there now.
    #[inline]
    pub fn rows(&self) -> Rows<'_> {
        Rows { len: self.0.published.load(Ordering::Acquire), count: &self.0 }
    }

    /// Lets readers see the first `rows` rows, written completely before.
    ///
    /// # Panics
    ///
    /// When the writer is not the one that the count was made with, when there is no room for so
    /// many rows, or when more are out already.
    #[inline]
    pub fn publish(&self, writer: &Writer, rows: u32) {
        self.0.mark.demand(writer);
        let before = self.0.published.load(Ordering::Relaxed);
        assert!(
            before <= rows && rows <= self.0.capacity,
            "{rows} rows after {before}, of {}",
            self.0.capacity
        );
        self.0.published.store(rows, Ordering::Release);
    }

    /// Panics unless `writer` may still write to `row`.
    #[inline(always)]
    pub(crate) fn demand_unpublished(&self, writer: &Writer, row: u32) {
        self.0.mark.demand(writer);
        // Only the writer stores the count, so this is the newest.
        let published = self.0.published.load(Ordering::Relaxed);
        assert!(published <= row, "row {row} is out already, as {published} are");
    }

    /// Panics unless `rows` are some of this count's.
    #[inline(always)]
    pub(crate) fn demand_own(&self, rows: Rows<'_>) {
        assert!(std::ptr::eq(Arc::as_ptr(&self.0), rows.count), "the rows of another count");
    }
}

/// The first rows of a chunk: proof that they are there to be read.
#[derive(Clone, Copy, Debug)]
pub struct Rows<'a> {
    count: &'a Count,
    /// Never more than the count said at some time.
    len: u32,
}

impl Rows<'_> {
    /// How many they are.
    #[expect(clippy::len_without_is_empty, reason = "a number of rows, not a collection")]
    #[inline]
    pub fn len(self) -> u32 {
        self.len
    }

    /// The first `len` of them, or all when they are fewer.
    #[inline]
    #[must_use]
    pub fn first(self, len: u32) -> Self {
        Self { len: self.len.min(len), ..self }
    }
}

/// One column: an element a row, the default one where none was set.
pub struct Slots<T> {
    /// Every place has an element from the beginning.
    storage: Storage<T>,
    count: RowCount,
}

impl<T: Default> Slots<T> {
    /// A column of the rows that `count` counts, those that are out already included. All its
    /// elements are the default one.
    pub fn new(count: &RowCount) -> Self {
        Self { storage: Storage::filled(count.0.capacity as usize), count: count.clone() }
    }
}

impl<T> Slots<T> {
    /// Sets the element of a row that is not out yet.
    ///
    /// # Panics
    ///
    /// When the writer is not the one that the count was made with, when the row is out, or when
    /// there is no room for it.
    #[inline]
    pub fn set(&self, writer: &Writer, row: u32, value: T) {
        self.count.demand_unpublished(writer, row);
        // SAFETY: readers have references below the published count only (`get`), which is not
        // above `row`, and only we can raise it; we are the only thread with this writer, and no
        // other writer is let through.
        let old = unsafe { self.storage.put(row as usize, value) };
        // SAFETY: all places had an element from the beginning, and `put` leaves one there.
        drop(unsafe { old.assume_init() });
    }

    /// Sets the elements of rows that follow each other from `row` on and are not out yet.
    ///
    /// # Panics
    ///
    /// As [`Slots::set`].
    #[inline]
    pub fn set_all(&self, writer: &Writer, row: u32, values: &[T])
    where
        T: Copy,
    {
        self.count.demand_unpublished(writer, row);
        // SAFETY: as in `set`, for each of the rows, which are all behind `row`. What lay there
        // needs no dropping, being `Copy`.
        unsafe { self.storage.put_all(row as usize, values) };
    }

    /// The elements of the rows.
    ///
    /// # Panics
    ///
    /// When the rows are those of another count.
    #[inline]
    pub fn get(&self, rows: Rows<'_>) -> &[T] {
        self.count.demand_own(rows);
        // SAFETY: the count never exceeds the capacity, which is the number of places, and all
        // places have an element. `rows` was loaded (Acquire) from our own count, so what was
        // written before it was published (Release) happened before; rows that are out are never
        // written again (`set`).
        unsafe { self.storage.first(rows.len as usize) }
    }

    /// The count that the column belongs to.
    pub fn count(&self) -> &RowCount {
        &self.count
    }

    /// Bytes allocated for the elements themselves.
    pub fn heap_bytes(&self) -> usize {
        self.storage.places() * size_of::<T>()
    }
}

impl<T> Drop for Slots<T> {
    fn drop(&mut self) {
        let places = self.storage.places();
        // SAFETY: all places have an element.
        unsafe { self.storage.drop_first(places) };
    }
}

impl<T: std::fmt::Debug> std::fmt::Debug for Slots<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.get(self.count.rows())).finish()
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn one_count_for_all_columns() {
        let writer = Writer::new();
        let count = RowCount::new(&writer, 8);
        let (numbers, names) = (Slots::<u16>::new(&count), Slots::<Option<Arc<str>>>::new(&count));
        let name: Arc<str> = "name".into();
        numbers.set(&writer, 0, 1);
        names.set(&writer, 1, Some("other".into()));
        names.set(&writer, 1, Some(name.clone()));
        assert_eq!(numbers.get(count.rows()), []);
        count.publish(&writer, 2);
        numbers.set(&writer, 2, 3);
        let rows = count.rows();
        assert_eq!((numbers.get(rows), rows.len()), (&[1, 0][..], 2));
        assert_eq!(names.get(rows), [None, Some(name.clone())]);
        assert_eq!(numbers.get(rows.first(1)), [1]);
        assert_eq!(rows.first(9).len(), 2);
        count.publish(&writer, 8);
        assert_eq!(numbers.get(rows), [1, 0], "rows stay as many as they were");
        assert_eq!(numbers.get(count.rows()), [1, 0, 3, 0, 0, 0, 0, 0]);
        drop(names);
        assert_eq!(Arc::strong_count(&name), 1);
    }

    #[test]
    fn rows_are_set_together() {
        let writer = Writer::new();
        let count = RowCount::new(&writer, 5);
        let slots = Slots::<u16>::new(&count);
        slots.set_all(&writer, 0, &[1, 2]);
        slots.set_all(&writer, 1, &[3]);
        count.publish(&writer, 2);
        slots.set_all(&writer, 2, &[4, 5, 6]);
        slots.set_all(&writer, 5, &[]);
        assert_eq!(slots.get(count.rows()), [1, 3]);
        count.publish(&writer, 5);
        assert_eq!(slots.get(count.rows()), [1, 3, 4, 5, 6]);
    }

    #[test]
    fn a_late_column_has_the_default_for_earlier_rows() {
        let writer = Writer::new();
        let count = RowCount::new(&writer, 4);
        count.publish(&writer, 2);
        let late = Slots::<u8>::new(&count);
        late.set(&writer, 2, 9);
        count.publish(&writer, 3);
        assert_eq!(late.get(count.rows()), [0, 0, 9]);
        assert_eq!(late.heap_bytes(), 4);
    }

    fn panics(of: impl FnOnce()) -> bool {
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(of)).is_err()
    }

    #[test]
    fn mistakes_are_refused() {
        let (writer, other) = (Writer::new(), Writer::new());
        let (count, stranger) = (RowCount::new(&writer, 2), RowCount::new(&writer, 2));
        let slots = Slots::<u8>::new(&count);
        count.publish(&writer, 1);
        let mistakes: [(&str, &dyn Fn()); 11] = [
            ("rows of which one is out", &|| slots.set_all(&writer, 0, &[1, 2])),
            ("rows of which one has no room", &|| slots.set_all(&writer, 1, &[1, 2])),
            ("rows behind the last", &|| slots.set_all(&writer, 3, &[])),
            ("rows of another writer", &|| slots.set_all(&other, 1, &[1])),
            ("a row that is out", &|| slots.set(&writer, 0, 1)),
            ("a row that has no room", &|| slots.set(&writer, 2, 1)),
            ("a row of another writer", &|| slots.set(&other, 1, 1)),
            ("publishing by another writer", &|| count.publish(&other, 2)),
            ("publishing more than there is room for", &|| count.publish(&writer, 3)),
            ("publishing less than before", &|| count.publish(&writer, 0)),
            ("rows of another count", &|| assert!(slots.get(stranger.rows()).is_empty())),
        ];
        for (what, mistake) in mistakes {
            assert!(panics(mistake), "{what}");
        }
        slots.set(&writer, 1, 2);
        count.publish(&writer, 2);
        assert_eq!(slots.get(count.rows()), [0, 2]);
    }
}
