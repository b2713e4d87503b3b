//! Rows that are found one by one and given in that order.
//!
//! Many rows lie in few chunks. So a result holds each chunk once and the places of its rows
//! beside: a row costs a few bytes, and no count of references is touched for it.

use super::query::Place;
use super::walk::Spot;
use crate::store::{CHUNKS_KEPT, FrozenChunk};
use std::sync::Arc;

/// As many rows make room for themselves once, and as many chunks.
const FEW: usize = 16;
const FEW_CHUNKS: usize = 4;

/// How many chunks are looked at for that of the next row. One that was found before those is
/// held once more, which costs no more than a look at all of them each time.
const LATEST: usize = 8;

/// Rows in their order.
#[derive(Debug)]
pub(super) struct Picked {
    chunks: Vec<FrozenChunk>,
    places: Vec<Place>,
    /// By where the walk keeps a chunk: which of ours that was when a row came from there
    /// last.
    kept: [u32; CHUNKS_KEPT],
}

impl Picked {
    pub(super) fn new() -> Self {
        let (chunks, places) = (Vec::with_capacity(FEW_CHUNKS), Vec::with_capacity(FEW));
        Self { chunks, places, kept: [0; CHUNKS_KEPT] }
    }

    /// Adds a row that was found to be seen.
    #[inline]
    pub(super) fn add(&mut self, spot: Spot<'_>) {
        let kept = self.kept.get(spot.kept).copied().unwrap_or_default();
        let held = self.chunks.get(kept as usize);
        let is_it = held.is_some_and(|held| Arc::ptr_eq(&held.chunk, spot.chunk));
        let chunk = if is_it { kept } else { self.find(spot) };
        self.places.push(Place { chunk, row: spot.row as u32 });
    }

    /// Which of ours a chunk is.
    #[cold]
    fn find(&mut self, spot: Spot<'_>) -> u32 {
        let first = self.chunks.len().saturating_sub(LATEST);
        let latest = self.chunks.get(first..).unwrap_or_default();
        let known = latest.iter().position(|held| Arc::ptr_eq(&held.chunk, spot.chunk));
        let at = known.map_or(self.chunks.len(), |at| first + at);
        if known.is_none() {
            self.chunks.push(FrozenChunk::listed(spot.chunk.clone()));
        }
        if let Some(kept) = self.kept.get_mut(spot.kept) {
            *kept = at as u32;
        }
        at as u32
    }

    /// Bytes allocated.
    pub(super) const fn heap_bytes(&self) -> usize {
        self.chunks.capacity() * size_of::<FrozenChunk>()
            + self.places.capacity() * size_of::<Place>()
    }

    /// The chunks, and the rows in them.
    pub(super) fn into_parts(self) -> (Vec<FrozenChunk>, Vec<Place>) {
        // What has no rows keeps no room for any.
        if self.places.is_empty() { Default::default() } else { (self.chunks, self.places) }
    }
}
