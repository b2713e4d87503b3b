//! The ordered indexes of a table.

use super::OrderedIndex;
use crate::store::arrange::Arrangement;
use crate::store::chunk::Chunk;
use cimarron_model::ClassVersion;
use parking_lot::Mutex;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The ordered indexes that the rows of a table are in. Nothing but a look at a flag is
/// paid where there are none.
#[derive(Debug, Default)]
pub(in crate::store) struct OrderedIndexes {
    any: AtomicBool,
    list: Mutex<Arc<[Held]>>,
}

/// An index, and the slot of its property in the rows of a class version.
#[derive(Clone, Debug)]
pub(in crate::store) struct Held {
    pub(in crate::store) index: Arc<OrderedIndex>,
    pub(in crate::store) slot: u32,
    pub(in crate::store) version: ClassVersion,
}

impl Held {
    /// The slot in the rows of a chunk, which may have been taken over by another class
    /// version.
    fn slot_in(&self, chunk: &Chunk) -> Option<u32> {
        if chunk.layout().version == self.version {
            return Some(self.slot);
        }
        chunk.layout().slot_of(self.index.property.as_str(), self.slot)
    }
}

impl OrderedIndexes {
    /// Replaces the list. For the writer, as all that follows.
    pub(in crate::store) fn set(&self, list: Vec<Held>) {
        if list.is_empty() && !self.any.load(Ordering::Relaxed) {
            return;
        }
        self.any.store(!list.is_empty(), Ordering::Relaxed);
        *self.list.lock() = list.into();
    }

    /// By what new chunks of rows of a class version are laid out: the first index.
    pub(in crate::store) fn arrangement(&self, version: ClassVersion) -> Option<Arrangement> {
        if !self.any.load(Ordering::Relaxed) {
            return None;
        }
        let list = self.list.lock();
        let first = list.first().filter(|held| held.version == version)?;
        Some(Arrangement { slot: first.slot, form: first.index.form.clone() })
    }

    /// All of them.
    pub(in crate::store) fn indexes(&self) -> Arc<[Held]> {
        match self.any.load(Ordering::Relaxed) {
            true => self.list.lock().clone(),
            false => Arc::default(),
        }
    }

    #[cold]
    fn each(&self, chunk: &Chunk, change: impl Fn(&OrderedIndex, u32)) {
        for held in self.indexes().iter() {
            if let Some(slot) = held.slot_in(chunk) {
                change(&held.index, slot);
            }
        }
    }

    /// Enters a new row.
    #[inline]
    pub(in crate::store) fn enter(&self, chunk: &Chunk, row: usize) {
        if self.any.load(Ordering::Relaxed) {
            self.each(chunk, |index, slot| index.enter(chunk, row..=row, slot));
        }
    }

    /// Enters new rows of a chunk.
    pub(in crate::store) fn enter_rows(&self, chunk: &Chunk, rows: Range<usize>) {
        if self.any.load(Ordering::Relaxed) {
            self.each(chunk, |index, slot| index.enter(chunk, rows.clone(), slot));
        }
    }

    /// Takes a row out that is about to go.
    #[inline]
    pub(in crate::store) fn leave(&self, chunk: &Chunk, row: usize) {
        if self.any.load(Ordering::Relaxed) {
            self.each(chunk, |index, slot| index.leave(chunk, row..=row, slot));
        }
    }

    /// Takes all rows of a chunk out.
    pub(in crate::store) fn leave_all(&self, chunk: &Chunk) {
        if self.any.load(Ordering::Relaxed) {
            self.each(chunk, |index, slot| index.leave(chunk, 0..chunk.len(), slot));
        }
    }

    /// Follows rows from their chunk to another one, where they stand in this order.
    pub(in crate::store) fn relocate(&self, chunk: &Chunk, rows: &[usize], to: u32) {
        if self.any.load(Ordering::Relaxed) {
            self.each(chunk, |index, slot| index.relocate(chunk, slot, rows, to));
        }
    }
}
