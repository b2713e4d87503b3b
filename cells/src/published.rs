//! A list of fixed room that is only added to.
//!
//! Why `unsafe`: see [`crate::storage`]; this module says where "later" begins.
#![allow(unsafe_code, reason = "see above")]

use crate::storage::Storage;
use crate::sync::{AtomicUsize, Ordering};
use crate::writer::{Mark, Writer};

/// A list of fixed room that one writer adds to while others read.
pub struct Published<T> {
    /// The first `len` places have an element, and no other.
    storage: Storage<T>,
    /// Only the writer changes it, and only upwards.
    len: AtomicUsize,
    mark: Mark,
}

impl<T> Published<T> {
    /// An empty list with room for `capacity` elements.
    pub fn new(writer: &Writer, capacity: usize) -> Self {
        let mark = writer.mark();
        Self { storage: Storage::empty(capacity), len: AtomicUsize::new(0), mark }
    }

    /// How many elements there can be.
    pub fn capacity(&self) -> usize {
        self.storage.places()
    }

    /// How many elements there are now.
    #[inline]
    pub fn len(&self) -> usize {
        self.len.load(Ordering::Acquire)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds an element; it comes back when there is no room.
    ///
    /// # Panics
    ///
    /// When the writer is not the one that the list was made with.
    #[inline]
    pub fn push(&self, writer: &Writer, value: T) -> Result<usize, T> {
        self.mark.demand(writer);
        // Only the writer stores it, so this is the newest.
        let at = self.len.load(Ordering::Relaxed);
        if at >= self.storage.places() {
            return Err(value);
        }
        // SAFETY: readers have references below the published length only (`as_slice`), and only
        // we can raise it; we are the only thread with this writer, and no other is let through.
        // No element lay there, so nothing is lost.
        let _ = unsafe { self.storage.put(at, value) };
        self.len.store(at + 1, Ordering::Release);
        Ok(at)
    }

    /// The elements that are there now.
    #[inline]
    pub fn as_slice(&self) -> &[T] {
        // SAFETY: `push` raised the length (Release) after it had put the element there, so
        // below what we load (Acquire) there are elements, and none is written again.
        unsafe { self.storage.first(self.len()) }
    }
}

impl<T> Drop for Published<T> {
    fn drop(&mut self) {
        let len = self.len();
        // SAFETY: as for `as_slice`.
        unsafe { self.storage.drop_first(len) };
    }
}

impl<T: std::fmt::Debug> std::fmt::Debug for Published<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.as_slice()).finish()
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn keeps_what_there_is_room_for_and_drops_it() {
        let (writer, element) = (Writer::new(), Arc::new(()));
        let list = Published::new(&writer, 2);
        assert!(list.is_empty() && list.capacity() == 2);
        assert_eq!(list.push(&writer, element.clone()), Ok(0));
        let first = list.as_slice();
        assert_eq!(list.push(&writer, element.clone()), Ok(1));
        assert!(list.push(&writer, element.clone()).is_err());
        assert_eq!((first.len(), list.len(), Arc::strong_count(&element)), (1, 2, 3));
        drop(list);
        assert_eq!(Arc::strong_count(&element), 1);
    }

    #[test]
    #[should_panic(expected = "another writer")]
    fn refuses_another_writer() {
        let _ = Published::new(&Writer::new(), 1).push(&Writer::new(), 1);
    }
}
