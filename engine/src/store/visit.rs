//! The rows of many objects, one after the other, as one commit sees them.
//!
//! What a walk along associations comes to lies in few chunks, so it keeps those while it
//! goes on. That is safe as long as its view is registered: rows that the view sees never
//! change, and what happens to them later leaves them as the view sees them.

use super::address::RowAddress;
use super::chunk::Chunk;
use super::objects::ObjectNumber;
use super::{Root, Seen, Store};
use smallvec::SmallVec;
use std::sync::Arc;

/// How many chunks are kept.
const KEPT: usize = 8;

/// What is kept while rows are visited.
pub(crate) struct Visit<'v> {
    store: &'v Store,
    root: &'v Root,
    seen: Seen,
    /// How many changes the directory had when this began.
    changes: u64,
    chunks: SmallVec<[(u32, Arc<Chunk>); KEPT]>,
    /// Which of them goes next.
    oldest: usize,
}

impl<'v> Visit<'v> {
    /// Nothing is kept yet.
    pub(crate) fn new(store: &'v Store, root: &'v Root, seen: Seen) -> Self {
        let changes = store.directory.changes();
        Self { store, root, seen, changes, chunks: SmallVec::new(), oldest: 0 }
    }

    /// An object's row, whose newest row was there since this began; `None` says that one
    /// has to look more closely.
    #[inline]
    pub(crate) fn row_at(
        &mut self,
        object: ObjectNumber,
        address: RowAddress,
    ) -> Option<(&Arc<Chunk>, usize)> {
        let (store, seen, row) = (self.store, self.seen, address.row());
        let changes = self.changes;
        let chunk = self.chunk(address)?;
        // Nothing else can be there as long as no chunk came or went.
        let is_its = store.directory.changes() == changes || chunk.object(row) == object;
        let is_it = row < chunk.len() && is_its && seen.has(chunk, row);
        is_it.then_some((chunk, row))
    }

    #[inline]
    fn chunk(&mut self, address: RowAddress) -> Option<&Arc<Chunk>> {
        let number = address.chunk();
        let known = self.chunks.iter().position(|(known, _)| *known == number);
        let at = match known {
            Some(at) => at,
            None => self.keep(address)?,
        };
        self.chunks.get(at).map(|(_, chunk)| chunk)
    }

    #[cold]
    fn keep(&mut self, address: RowAddress) -> Option<usize> {
        let chunk = self.store.chunk(address)?;
        if !self.store.is_newest_form(self.root) {
            return None;
        }
        let new = (address.chunk(), chunk);
        if self.chunks.len() < KEPT {
            self.chunks.push(new);
            return Some(self.chunks.len() - 1);
        }
        let at = self.oldest;
        self.oldest = (at + 1) % KEPT;
        *self.chunks.get_mut(at)? = new;
        Some(at)
    }
}
