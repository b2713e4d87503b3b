//! The rows of many objects, one after the other, as one commit sees them.
//!
//! What a walk along associations comes to lies in few chunks, so it keeps those while it
//! goes on. That is safe as long as its view is registered: rows that the view sees never
//! change, and what happens to them later leaves them as the view sees them.

use super::address::RowAddress;
use super::chunk::Chunk;
use super::objects::ObjectNumber;
use super::{Root, Seen, Store};
use arc_swap::Guard;
use std::sync::Arc;

/// How many chunks are kept: of those whose numbers have the same remainder, one.
pub(crate) const CHUNKS_KEPT: usize = 8;

/// So many of them are borrowed, which is cheaper than to count that somebody has them. A
/// thread can borrow eight things at a time, and others want to borrow too.
const BORROWED: u32 = 4;

/// What is kept while rows are visited.
pub(crate) struct Visit<'v> {
    store: &'v Store,
    root: &'v Root,
    seen: Seen,
    /// How many changes the directory had when this began.
    changes: u64,
    kept: [Kept; CHUNKS_KEPT],
    /// How many are borrowed.
    borrowed: u32,
}

/// A chunk that is kept.
struct Kept {
    /// 0 is no chunk's.
    number: u32,
    /// So many rows from the first one on are seen, whichever they are.
    whole: u32,
    chunk: Guard<Option<Arc<Chunk>>>,
}

impl Default for Kept {
    fn default() -> Self {
        Self { number: 0, whole: 0, chunk: Guard::from_inner(None) }
    }
}

/// A chunk where rows are looked for.
pub(crate) struct Visited<'c> {
    pub(crate) chunk: &'c Arc<Chunk>,
    /// Where it is kept, below [`CHUNKS_KEPT`].
    pub(crate) place: usize,
    /// So many rows from the first one on are what was looked for.
    sure: usize,
    /// No chunk came or went since the visit began.
    is_same: bool,
    seen: Seen,
}

impl Visited<'_> {
    /// Whether a row is an object's, and seen; `false` says that one has to look more closely.
    #[inline]
    pub(crate) fn has(&self, object: ObjectNumber, row: usize) -> bool {
        row < self.sure || is_found((self.chunk, row), object, (self.is_same, self.seen))
    }
}

#[inline(never)]
fn is_found(
    (chunk, row): (&Chunk, usize),
    object: ObjectNumber,
    (is_same, seen): (bool, Seen),
) -> bool {
    // Nothing else can be there as long as no chunk came or went.
    let is_its = is_same || chunk.object(row) == object;
    row < chunk.len() && is_its && seen.has(chunk, row)
}

impl<'v> Visit<'v> {
    /// Nothing is kept yet.
    pub(crate) fn new(store: &'v Store, root: &'v Root, seen: Seen) -> Self {
        let changes = store.directory.changes();
        Self { store, root, seen, changes, kept: Default::default(), borrowed: 0 }
    }

    /// The chunk of an address where an object's newest row was since this began. What is said
    /// of its rows holds for addresses that were read before.
    #[inline]
    pub(crate) fn at(&mut self, address: RowAddress) -> Option<Visited<'_>> {
        // Its number says where it is kept: the rows of a walk come from a few chunks in no
        // order, and a search would guess wrong at every other one.
        let (seen, place) = (self.seen, address.chunk() as usize % CHUNKS_KEPT);
        if self.kept.get(place)?.number != address.chunk() {
            self.keep(address, place)?;
        }
        let is_same = self.store.directory.changes() == self.changes;
        let Kept { whole, chunk, .. } = self.kept.get(place)?;
        let sure = if is_same { *whole as usize } else { 0 };
        Some(Visited { chunk: Option::as_ref(chunk)?, place, sure, is_same, seen })
    }

    #[cold]
    fn keep(&mut self, address: RowAddress, place: usize) -> Option<()> {
        let found = self.store.directory.get(address)?;
        let chunk = Option::as_ref(&found)?;
        if !self.store.is_newest_form(self.root) {
            return None;
        }
        let number = address.chunk();
        let whole = if chunk.is_seen_by_all() { chunk.len() as u32 } else { 0 };
        let chunk = if self.borrowed < BORROWED {
            self.borrowed += 1;
            found
        } else {
            Guard::from_inner(Guard::into_inner(found))
        };
        *self.kept.get_mut(place)? = Kept { number, whole, chunk };
        Some(())
    }
}
