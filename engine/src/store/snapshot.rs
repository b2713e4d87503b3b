//! What a reader sees: one schema version and the rows of one moment.

use super::chunk::Chunk;
use super::commits::Commits;
use super::versions::Commit;
use super::{Location, Root, Store};
use crate::schema::{ClassRef, Schema};
use cimarron_cells::{Registered, Registry};
use std::sync::Arc;

/// A namespace at one commit: schema, tables and rows. As long as it is there, no
/// version that it sees is taken away.
#[derive(Debug)]
pub(crate) struct View {
    store: Arc<Store>,
    root: Arc<Root>,
    registered: Registered<Arc<Registry>>,
}

/// The instances of some classes at one moment. Nothing written later shows.
#[derive(Clone, Debug)]
pub(crate) struct Snapshot {
    pub(crate) schema: Arc<Schema>,
    pub(crate) location: Arc<Location>,
    /// Class by class, each class's in the order of their first rows.
    pub(crate) chunks: Vec<FrozenChunk>,
}

/// A chunk as one commit sees it.
#[derive(Clone, Debug)]
pub(crate) struct FrozenChunk {
    pub(crate) chunk: Arc<Chunk>,
    at: Commit,
    len: usize,
    /// Whether all rows are seen, now and later.
    whole: bool,
}

impl FrozenChunk {
    fn new(chunk: Arc<Chunk>, at: Commit) -> Self {
        let len = chunk.len();
        let whole = chunk.births().is_none() && chunk.deaths().is_empty();
        Self { chunk, at, len, whole }
    }

    /// How many rows there are, those that are not seen included.
    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    #[inline]
    pub(crate) fn is_live(&self, row: usize) -> bool {
        self.whole || self.chunk.is_visible(row, self.at)
    }
}

impl View {
    /// The newest commit's view.
    pub(crate) fn now(store: &Arc<Store>, commits: &Commits) -> Self {
        let registered = commits.register();
        let root = store.root_at(registered.number());
        Self { store: store.clone(), root, registered }
    }

    pub(crate) const fn root(&self) -> &Arc<Root> {
        &self.root
    }

    /// Which rows it sees.
    pub(crate) fn seen(&self) -> Seen {
        Seen::At(self.registered.number())
    }

    pub(crate) fn schema(&self) -> &Arc<Schema> {
        &self.root.schema
    }

    /// The instances that these classes themselves have.
    pub(crate) fn freeze<'a>(
        &self,
        classes: impl Iterator<Item = ClassRef<'a>>,
    ) -> Vec<FrozenChunk> {
        let at = self.registered.number();
        let mut frozen = Vec::new();
        for table in classes.filter_map(|class| self.root.table_of(class)) {
            frozen.extend(table.chunks().iter().map(|c| FrozenChunk::new(c.clone(), at)));
        }
        frozen
    }
}

/// Which rows a search looks at.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Seen {
    /// Those that a commit sees.
    At(Commit),
    /// Those that are there for the writer.
    Current,
}

impl Seen {
    #[inline]
    pub(super) fn has(self, chunk: &Chunk, row: usize) -> bool {
        match self {
            Self::At(commit) => chunk.is_visible(row, commit),
            Self::Current => chunk.is_current(row),
        }
    }
}
