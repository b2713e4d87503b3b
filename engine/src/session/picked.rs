//! Rows that are found one by one and given in that order.
//!
//! Many rows lie in few chunks. So a result holds each chunk once and the places of its rows
//! beside: a row costs a few bytes, and no count of references is touched for it.

use super::query::Place;
use crate::store::{Chunk, FrozenChunk};
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
}

impl Picked {
    pub(super) fn new() -> Self {
        Self { chunks: Vec::with_capacity(FEW_CHUNKS), places: Vec::with_capacity(FEW) }
    }

    /// Adds a row that was found to be seen.
    #[inline]
    pub(super) fn add(&mut self, chunk: &Arc<Chunk>, row: usize) {
        let first = self.chunks.len().saturating_sub(LATEST);
        let latest = self.chunks.get(first..).unwrap_or_default();
        let known = latest.iter().position(|held| Arc::ptr_eq(&held.chunk, chunk));
        let at = match known {
            Some(at) => first + at,
            None => self.hold(chunk),
        };
        self.places.push(Place { chunk: at as u32, row: row as u32 });
    }

    #[cold]
    fn hold(&mut self, chunk: &Arc<Chunk>) -> usize {
        self.chunks.push(FrozenChunk::listed(chunk.clone()));
        self.chunks.len() - 1
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
