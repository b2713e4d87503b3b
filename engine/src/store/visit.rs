//! The rows of many objects, one after the other, as one commit sees them.
//!
//! What a walk along associations comes to lies in few chunks, so it keeps those while it
//! goes on. That is safe as long as its view is registered: rows that the view sees never
//! change, and what happens to them later leaves them as the view sees them.

use super::address::RowAddress;
use super::chunk::Chunk;
use super::objects::ObjectNumber;
use super::{Root, Seen, Store};
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
    kept: [Kept; KEPT],
    /// Which of them goes next.
    oldest: usize,
}

/// A chunk that is kept.
#[derive(Default)]
struct Kept {
    /// 0 is no chunk's.
    number: u32,
    /// So many rows from the first one on are seen, whichever they are.
    whole: u32,
    chunk: Option<Arc<Chunk>>,
}

/// A chunk where rows are looked for.
pub(crate) struct Visited<'c> {
    pub(crate) chunk: &'c Arc<Chunk>,
    whole: usize,
    /// No chunk came or went since the visit began.
    is_same: bool,
    seen: Seen,
}

impl Visited<'_> {
    /// Whether a row is an object's, and seen; `false` says that one has to look more closely.
    #[inline]
    pub(crate) fn has(&self, object: ObjectNumber, row: usize) -> bool {
        (self.is_same && row < self.whole) || self.is_found(object, row)
    }

    fn is_found(&self, object: ObjectNumber, row: usize) -> bool {
        // Nothing else can be there as long as no chunk came or went.
        let is_its = self.is_same || self.chunk.object(row) == object;
        row < self.chunk.len() && is_its && self.seen.has(self.chunk, row)
    }
}

impl<'v> Visit<'v> {
    /// Nothing is kept yet.
    pub(crate) fn new(store: &'v Store, root: &'v Root, seen: Seen) -> Self {
        let changes = store.directory.changes();
        Self { store, root, seen, changes, kept: Default::default(), oldest: 0 }
    }

    /// The chunk of an address where an object's newest row was since this began. What is said
    /// of its rows holds for addresses that were read before.
    #[inline]
    pub(crate) fn at(&mut self, address: RowAddress) -> Option<Visited<'_>> {
        let (number, seen) = (address.chunk(), self.seen);
        let at = match self.kept.iter().position(|kept| kept.number == number) {
            Some(at) => at,
            None => self.keep(address)?,
        };
        let is_same = self.store.directory.changes() == self.changes;
        let Kept { whole, chunk, .. } = self.kept.get(at)?;
        Some(Visited { chunk: chunk.as_ref()?, whole: *whole as usize, is_same, seen })
    }

    #[cold]
    fn keep(&mut self, address: RowAddress) -> Option<usize> {
        let chunk = self.store.chunk(address)?;
        if !self.store.is_newest_form(self.root) {
            return None;
        }
        let at = self.oldest;
        self.oldest = (at + 1) % KEPT;
        let whole = if chunk.is_seen_by_all() { chunk.len() as u32 } else { 0 };
        *self.kept.get_mut(at)? = Kept { number: address.chunk(), whole, chunk: Some(chunk) };
        Some(at)
    }
}
