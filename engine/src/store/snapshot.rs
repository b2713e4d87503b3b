//! What a reader sees: one schema version and the rows of one moment.

use super::chunk::Chunk;
use super::commits::Commits;
use super::versions::Commit;
use super::{Found, Root, Store};
use crate::error::EngineError;
use crate::schema::{ClassRef, Schema};
use cimarron_cells::{Registered, Registry};
use cimarron_wql::vector::Mask;
use parking_lot::Mutex;
use smallvec::SmallVec;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A namespace at one commit: schema, tables and rows. As long as it is there, no
/// version that it sees is taken away.
#[derive(Debug)]
pub(crate) struct View {
    root: Arc<Root>,
    at: Commit,
    /// What keeps the versions; gone when the view was given up.
    registered: Mutex<Option<Registered<Arc<Registry>>>>,
    is_kept: AtomicBool,
}

/// The instances of some classes at one moment. Nothing written later shows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Snapshot {
    /// Class by class, each class's in the order of their first rows. One needs no memory
    /// elsewhere: many results are of one row.
    pub(crate) chunks: SmallVec<[FrozenChunk; 1]>,
}

/// Stands for the commit that sees a chunk: all do.
const WHOLE: Commit = Commit::MAX;

/// A chunk as one commit sees it.
#[derive(Clone, Debug)]
pub(crate) struct FrozenChunk {
    pub(crate) chunk: Arc<Chunk>,
    /// [`WHOLE`] when all rows are seen, now and later.
    at: Commit,
    start: u32,
    len: u32,
    /// When not all rows are meant: which are.
    picked: Option<Box<Mask>>,
}

impl FrozenChunk {
    fn new(chunk: Arc<Chunk>, at: Commit) -> Self {
        let len = chunk.len() as u32;
        let at = if chunk.is_whole(at) { WHOLE } else { at };
        Self { chunk, at, start: 0, len, picked: None }
    }

    /// One row that was found to be seen.
    #[inline]
    pub(crate) fn one(Found { chunk, row }: Found) -> Self {
        let row = row as u32;
        Self { chunk, at: WHOLE, start: row, len: row + 1, picked: None }
    }

    /// Rows that were found to be seen, chunk by chunk.
    pub(crate) fn of_rows(mut rows: Vec<Found>) -> Vec<Self> {
        if rows.len() > 1 {
            rows.sort_unstable_by_key(|found| (found.chunk.number(), found.row));
        }
        let mut all: Vec<Self> = Vec::new();
        for found in rows {
            match all.last_mut() {
                Some(last) if Arc::ptr_eq(&last.chunk, &found.chunk) => last.pick(found.row),
                _ => all.push(Self::one(found)),
            }
        }
        all
    }

    /// Picks another row of the chunk that was found to be seen.
    #[inline]
    pub(super) fn pick(&mut self, row: usize) {
        let there = self.start()..self.len();
        let picked = self.picked.get_or_insert_with(|| Box::new(Mask::of(there)));
        picked.insert(row);
        let row = row as u32;
        (self.start, self.len) = (self.start.min(row), self.len.max(row + 1));
    }

    /// A chunk some of whose rows were found to be seen: which, a list beside it says.
    #[inline]
    pub(crate) fn listed(chunk: Arc<Chunk>) -> Self {
        let len = chunk.len() as u32;
        Self { chunk, at: WHOLE, start: 0, len, picked: None }
    }

    /// The first row to look at.
    pub(crate) const fn start(&self) -> usize {
        self.start as usize
    }

    /// One past the last row to look at.
    pub(crate) const fn len(&self) -> usize {
        self.len as usize
    }

    /// Leaves rows out: those before `start`, and those from `end` on.
    pub(crate) fn keep(&mut self, start: usize, end: usize) {
        let [start, end] = [start, end].map(|row| u32::try_from(row).unwrap_or(u32::MAX));
        (self.start, self.len) = (self.start.max(start), self.len.min(end));
    }

    /// Removes the rows that are not seen.
    pub(crate) fn retain_live(&self, rows: &mut Mask) {
        if let Some(picked) = &self.picked {
            rows.intersect(picked);
        }
        if self.at == WHOLE {
            return;
        }
        let born = |row| self.chunk.birth(row) <= self.at;
        match self.chunk.births().map(|births| births.of_all()) {
            None => {}
            Some(Some(birth)) if birth <= self.at => {}
            Some(Some(_)) => rows.clear(),
            Some(None) => rows.retain(born),
        }
        if !self.chunk.deaths().is_empty() {
            rows.retain(|row| self.chunk.deaths().get(row) > self.at);
        }
    }

    #[inline]
    pub(crate) fn is_live(&self, row: usize) -> bool {
        self.picked.as_ref().is_none_or(|picked| picked.contains(row))
            && (self.at == WHOLE || self.chunk.is_visible(row, self.at))
    }
}

impl Snapshot {
    /// Bytes allocated to say which rows are meant.
    pub(crate) fn heap_bytes(&self) -> usize {
        let picked = self.chunks.iter().filter(|chunk| chunk.picked.is_some()).count();
        let elsewhere = if self.chunks.spilled() { self.chunks.capacity() } else { 0 };
        elsewhere * size_of::<FrozenChunk>() + picked * size_of::<Mask>()
    }

    /// Some chunks of a view, to be read when the view is gone.
    pub(crate) fn of(chunks: Vec<FrozenChunk>) -> Self {
        Self { chunks: chunks.into() }
    }

    /// One row, or none.
    #[inline]
    pub(crate) fn of_one(found: Option<Found>) -> Self {
        match found {
            Some(found) => Self { chunks: SmallVec::from_buf([FrozenChunk::one(found)]) },
            None => Self::default(),
        }
    }

    /// Some rows, in their order.
    pub(crate) fn of_rows(rows: impl IntoIterator<Item = Found>) -> Self {
        let rows = rows.into_iter();
        // As many as there can be, for the result is held to what it allocates.
        let (least, most) = rows.size_hint();
        let mut chunks = SmallVec::new();
        chunks.reserve_exact(most.unwrap_or(least));
        chunks.extend(rows.map(FrozenChunk::one));
        Self { chunks }
    }
}

impl View {
    /// The newest commit's view.
    pub(crate) fn now(store: &Store, commits: &Commits) -> Self {
        loop {
            let registered = commits.register();
            let at = registered.number();
            let root = store.root_at(at);
            // A later one when that was published between the two looks: its commit can be
            // seen now.
            if root.commit <= at {
                let registered = Mutex::new(Some(registered));
                return Self { root, at, registered, is_kept: AtomicBool::new(true) };
            }
        }
    }

    /// Gives the view up: what it sees may be taken away.
    pub(super) fn expire(&self) {
        self.is_kept.store(false, Ordering::SeqCst);
        *self.registered.lock() = None;
    }

    /// Fails when the view was given up, and what was read before that may be wrong.
    pub(crate) fn check_kept(&self) -> Result<(), EngineError> {
        if self.is_kept.load(Ordering::SeqCst) { Ok(()) } else { Err(EngineError::SnapshotExpired) }
    }

    pub(crate) const fn root(&self) -> &Arc<Root> {
        &self.root
    }

    /// Which rows it sees.
    pub(crate) fn seen(&self) -> Seen {
        Seen::At(self.at)
    }

    pub(crate) fn schema(&self) -> &Arc<Schema> {
        &self.root.schema
    }

    /// The instances that these classes themselves have.
    pub(crate) fn freeze<'a>(
        &self,
        classes: impl Iterator<Item = ClassRef<'a>>,
    ) -> Result<Vec<FrozenChunk>, EngineError> {
        let mut frozen = Vec::new();
        for table in classes.filter_map(|class| self.root.table_of(class)) {
            frozen.extend(table.chunks().iter().map(|c| FrozenChunk::new(c.clone(), self.at)));
        }
        self.check_kept()?;
        Ok(frozen)
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

    /// Whether it is quickly seen that it looks at all rows of a chunk, now and later.
    pub(super) fn has_all(self, chunk: &Chunk) -> bool {
        match self {
            Self::At(commit) => chunk.is_whole(commit),
            Self::Current => false,
        }
    }
}
