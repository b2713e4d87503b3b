//! The instances of one class, without those of its subclasses.

use super::address::CAPACITY;
use super::arrange::Arrangement;
use super::chunk::Chunk;
use super::key_index::KeyIndex;
use super::ordered::OrderedIndexes;
use crate::schema::Layout;
use arc_swap::{ArcSwap, ArcSwapOption, Guard};
use cimarron_model::ClassVersion;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Chunks in the order of their first rows; the last one may take more.
pub(crate) type Chunks = Arc<Vec<Arc<Chunk>>>;

/// The rows of one class as one version of it: a class that is redefined gets
/// another table, and snapshots from before keep this one.
#[derive(Debug)]
pub(crate) struct Table {
    pub(super) version: ClassVersion,
    /// The index of the key root; `None` for a class without keys.
    pub(super) index: Option<Arc<KeyIndex>>,
    pub(super) ordered: OrderedIndexes,
    chunks: ArcSwap<Vec<Arc<Chunk>>>,
    /// How many rows are there for the writer.
    live: AtomicUsize,
    /// The table of a later version of the class that has the same chunks.
    successor: ArcSwapOption<Table>,
}

impl Table {
    pub(super) fn new(
        version: ClassVersion,
        index: Option<Arc<KeyIndex>>,
        chunks: Vec<Arc<Chunk>>,
        live: usize,
    ) -> Self {
        let (chunks, live) = (ArcSwap::from_pointee(chunks), AtomicUsize::new(live));
        let ordered = OrderedIndexes::default();
        Self { version, index, ordered, chunks, live, successor: ArcSwapOption::empty() }
    }

    /// The table that the chunks belong to now.
    pub(super) fn newest(self: &Arc<Self>) -> Arc<Self> {
        let mut table = self.clone();
        while let Some(next) = table.successor.load_full() {
            table = next;
        }
        table
    }

    /// Says which table the chunks belong to from now on.
    pub(super) fn set_successor(&self, table: Option<Arc<Self>>) {
        self.successor.store(table);
    }

    pub(super) fn chunks(&self) -> Guard<Chunks> {
        self.chunks.load()
    }

    pub(crate) fn all_chunks(&self) -> Chunks {
        self.chunks.load_full()
    }

    pub(super) fn set_chunks(&self, chunks: Vec<Arc<Chunk>>) {
        self.chunks.store(Arc::new(chunks));
    }

    /// By what new chunks of rows are laid out, if by anything.
    pub(crate) fn arrangement(&self, layout: &Layout) -> Option<Arrangement> {
        self.ordered.arrangement(layout.version)
    }

    /// How many rows are there for the writer.
    pub(super) fn live(&self) -> usize {
        self.live.load(Ordering::Relaxed)
    }

    pub(super) fn count(&self, by: isize) {
        // The one writer's.
        self.live.store(self.live().saturating_add_signed(by), Ordering::Relaxed);
    }

    /// The chunk to add a row of this class version to, if there is one.
    pub(super) fn open_tail(&self, layout: &Arc<Layout>) -> Option<Arc<Chunk>> {
        let chunks = self.chunks.load();
        let last = chunks.last()?;
        (last.has_room() && Arc::ptr_eq(last.layout(), layout)).then(|| last.clone())
    }

    /// How many rows the next tail should take: few for a small class, so that a
    /// thousand of them cost next to nothing.
    pub(super) fn next_capacity(&self) -> usize {
        match self.live() {
            0..8 => 8,
            8..64 => 64,
            64..512 => 512,
            _ => CAPACITY,
        }
    }
}

impl Drop for Table {
    /// One successor after the other: there may be many.
    fn drop(&mut self) {
        let mut next = self.successor.swap(None);
        while let Some(table) = next {
            next = Arc::into_inner(table).and_then(|table| table.successor.swap(None));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_of_successors_goes() {
        let table = || Arc::new(Table::new(ClassVersion::default(), None, Vec::new(), 0));
        let first = table();
        let mut last = first.clone();
        for _ in 0..200_000 {
            let next = table();
            last.set_successor(Some(next.clone()));
            last = next;
        }
        assert!(Arc::ptr_eq(&first.newest(), &last));
        drop((last, first));
    }
}
