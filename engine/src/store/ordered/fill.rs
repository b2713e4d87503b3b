//! Entering the rows of chunks in an ordered index.
//!
//! One by one, each entry is a way down the tree and a wait for the memory of its block. In the
//! order of their keys the entries of a block come together: it is found and written once. So
//! the rows of some chunks are gathered and sorted before the index is looked at.

use super::{Entry, OrderedIndex, OrderedIndexes};
use crate::store::address::RowAddress;
use crate::store::chunk::Chunk;
use crate::store::index_list::Wanted;
use crate::store::root::Root;
use crate::store::rows::Store;
use crate::store::transaction::Transaction;
use std::sync::Arc;

/// How many chunks have their rows entered together: what is kept and sorted meanwhile is a few
/// megabytes, and whoever waits to write waits some milliseconds.
pub(crate) const FILLED_TOGETHER: usize = 16;

impl OrderedIndex {
    /// Enters the rows of chunks that somebody may see. Those that are entered already stay.
    pub(in crate::store) fn fill(&self, chunks: &[Arc<Chunk>]) {
        for some in chunks.chunks(FILLED_TOGETHER) {
            let mut entries: Vec<Entry> = Vec::new();
            some.iter().for_each(|chunk| self.gather(chunk, &mut entries));
            // Where chunks are laid out in this order, they are runs that are merged.
            entries.sort();
            self.enter_sorted(&entries);
        }
    }

    fn gather(&self, chunk: &Chunk, entries: &mut Vec<Entry>) {
        if let Some(slot) = chunk.layout().slot_of(self.property.as_str(), 0) {
            let there = (0..chunk.len()).filter(|row| !chunk.deaths().is_gone(*row));
            entries.extend(there.filter_map(|row| self.entry(chunk, row, slot)));
            // The first query would look for them to choose its way; here the values are near.
            chunk.bounds(slot as usize);
        }
    }
}

impl OrderedIndexes {
    /// Enters all rows of new chunks.
    fn enter_chunks(&self, chunks: &[Arc<Chunk>]) {
        self.indexes().iter().for_each(|held| held.index.fill(chunks));
    }

    /// Enters the rows of a chunk that another table had in the indexes that are not its
    /// own too.
    pub(in crate::store) fn enter_new(&self, known: &Self, chunk: &Arc<Chunk>) {
        let (own, known) = (self.indexes(), known.indexes());
        let is_known = |index| known.iter().any(|before| Arc::ptr_eq(&before.index, index));
        let new = own.iter().filter(|held| !is_known(&held.index));
        new.for_each(|held| held.index.fill(std::slice::from_ref(chunk)));
    }
}

impl Transaction<'_> {
    /// Enters the rows of the chunks that were adopted in ordered indexes, which is to be done
    /// before anything else is.
    pub(crate) fn enter_adopted(&mut self) {
        let new = self.adopted.get(self.ordered..).unwrap_or_default();
        for of_table in new.chunk_by(|a, b| Arc::ptr_eq(&a.table, &b.table)) {
            let chunks: Vec<Arc<Chunk>> = of_table.iter().map(|a| a.chunk.clone()).collect();
            if let Some(first) = of_table.first() {
                first.table.ordered.enter_chunks(&chunks);
            }
        }
        self.ordered = self.adopted.len();
    }

    /// Enters the rows of chunks in an index that is being built, as they were listed when that
    /// began: what was moved since is in the index.
    pub(crate) fn fill_index(&self, store: &Store, index: &OrderedIndex, listed: &[Arc<Chunk>]) {
        let there = listed.iter().filter_map(|listed| {
            let chunk = store.chunk(RowAddress::new(listed.number(), 0))?;
            chunk.is_form_of(listed).then_some(chunk)
        });
        index.fill(&there.collect::<Vec<_>>());
    }

    /// Enters all rows in an index that was asked for, and lets readers in.
    pub(crate) fn build_index(&self, store: &Store, root: &Root, (class, property): &Wanted) {
        if let Some(known) = root.known_index(*class, property) {
            self.fill_index(store, &known.index, &root.chunks_under(*class));
            known.index.open();
        }
    }
}
