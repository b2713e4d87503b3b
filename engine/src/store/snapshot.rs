//! What a reader sees: one schema version and the rows of one moment.

use super::bits::Bits;
use super::chunk::Chunk;
use super::directory::Entry;
use super::{Location, Store};
use crate::schema::{ClassRef, Schema};
use std::sync::Arc;

/// The instances of some classes at one moment. Nothing written later shows.
#[derive(Clone, Debug)]
pub(crate) struct Snapshot {
    pub(crate) schema: Arc<Schema>,
    pub(crate) location: Arc<Location>,
    /// Class by class, each class's in the order of their first rows.
    pub(crate) chunks: Vec<FrozenChunk>,
}

/// A chunk that does not change any more.
#[derive(Clone, Debug)]
pub(crate) struct FrozenChunk {
    pub(crate) chunk: Arc<Chunk>,
    dead: Option<Arc<Bits>>,
}

impl FrozenChunk {
    pub(super) fn of(entry: &Entry) -> Self {
        Self { chunk: entry.chunk.clone(), dead: entry.dead.clone() }
    }

    pub(crate) fn is_live(&self, row: usize) -> bool {
        !self.dead.as_ref().is_some_and(|d| d.contains(row))
    }
}

impl Store {
    /// The instances that these classes themselves have.
    pub(crate) fn freeze<'a>(
        &self,
        classes: impl Iterator<Item = ClassRef<'a>>,
    ) -> Vec<FrozenChunk> {
        classes.flat_map(|class| self.chunks(class.def().id)).map(FrozenChunk::of).collect()
    }
}
