//! The rows that an ordered index names, by their chunks.
//!
//! An index names thousands of rows in some hundred chunks, in no order of the chunks. What
//! is the same for all rows of a chunk (whether its class is wanted, in which form a root's
//! readers see it, whether they see all its rows) is asked once a chunk, and a row is two
//! numbers until all are there.
//!
//! What is known of a chunk is asked for again after the directory has changed. It changes
//! before a new chunk's rows are entered in an index and after those of an old one were taken
//! out, so whoever looks at the number of its changes under the index's lock knows the chunks
//! of all entries that are there.

use super::address::RowAddress;
use super::chunk::Chunk;
use super::{Found, FrozenChunk, KeyRange, OrderedIndex, Root, Seen, Store};
use crate::error::EngineError;
use crate::schema::ClassId;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Rows in the order in which they were found.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    chunks: Vec<Arc<Chunk>>,
    rows: Vec<Place>,
}

/// A row, by the place of its chunk among those that rows were found in.
#[derive(Clone, Copy, Debug)]
struct Place {
    chunk: u32,
    row: u32,
}

impl Gathered {
    /// The rows in their order.
    pub(crate) fn into_rows(self) -> impl Iterator<Item = Found> {
        let Self { chunks, rows } = self;
        rows.into_iter().filter_map(move |Place { chunk, row }| {
            Some(Found { chunk: chunks.get(chunk as usize)?.clone(), row: row as usize })
        })
    }

    /// The rows chunk by chunk, in the order of the chunks' numbers.
    pub(crate) fn into_chunks(self) -> Vec<FrozenChunk> {
        let mut places: Vec<Option<FrozenChunk>> = vec![None; self.chunks.len()];
        for Place { chunk, row } in self.rows {
            let at = chunk as usize;
            match places.get_mut(at) {
                Some(Some(frozen)) => frozen.pick(row as usize),
                Some(none) => {
                    let chunk = self.chunks.get(at).cloned();
                    *none = chunk.map(|chunk| FrozenChunk::one(Found { chunk, row: row as usize }));
                }
                None => {}
            }
        }
        let mut frozen: Vec<FrozenChunk> = places.into_iter().flatten().collect();
        frozen.sort_by_key(|frozen| frozen.chunk.number());
        frozen
    }
}

/// What is known of the chunks that an index leads to.
struct Chunks<'s, A> {
    store: &'s Store,
    root: &'s Root,
    seen: Seen,
    accept: A,
    /// How many changes of the directory are taken into account.
    changes: u64,
    by_number: FxHashMap<u32, u32>,
    known: Vec<Known>,
    /// The chunk of the row before, by its number.
    last: Option<(u32, u32)>,
}

struct Known {
    /// As the directory has it.
    chunk: Arc<Chunk>,
    /// As the readers of the root see it, when they do.
    form: Option<Arc<Chunk>>,
    /// Whether they see all its rows.
    is_whole: bool,
    /// As of how many changes of the directory.
    changes: u64,
}

impl<'s, A: Fn(ClassId) -> bool> Chunks<'s, A> {
    fn new(store: &'s Store, root: &'s Root, seen: Seen, accept: A) -> Self {
        Self {
            store,
            root,
            seen,
            accept,
            changes: store.directory.changes(),
            by_number: FxHashMap::default(),
            known: Vec::new(),
            last: None,
        }
    }

    /// The row at an address of the index, which is locked, if it is seen and wanted.
    #[inline]
    fn row(&mut self, address: RowAddress) -> Option<Place> {
        let changes = self.store.directory.changes();
        if changes != self.changes {
            (self.changes, self.last) = (changes, None);
        }
        let (number, row) = (address.chunk(), address.row());
        let at = match self.last {
            Some((last, at)) if last == number => at,
            _ => self.look_up(address)?,
        };
        self.last = Some((number, at));
        let known = self.known.get(at as usize)?;
        let is_it = known.form.is_some()
            && row < known.chunk.len()
            && (known.is_whole || self.seen.has(&known.chunk, row));
        is_it.then_some(Place { chunk: at, row: row as u32 })
    }

    fn look_up(&mut self, address: RowAddress) -> Option<u32> {
        match self.by_number.get(&address.chunk()) {
            Some(at) if self.known.get(*at as usize)?.changes == self.changes => Some(*at),
            _ => self.ask(address),
        }
    }

    /// Asks the directory.
    #[cold]
    fn ask(&mut self, address: RowAddress) -> Option<u32> {
        let chunk = self.store.chunk(address)?;
        let before = self.by_number.get(&address.chunk());
        if let Some(at) = before
            && let Some(known) = self.known.get_mut(*at as usize)
            && Arc::ptr_eq(&known.chunk, &chunk)
        {
            known.changes = self.changes;
            return Some(*at);
        }
        let form = (self.accept)(chunk.layout().id).then(|| self.store.form_for(self.root, &chunk));
        let at = u32::try_from(self.known.len()).ok()?;
        let is_whole = self.seen.has_all(&chunk);
        self.known.push(Known { chunk, form: form.flatten(), is_whole, changes: self.changes });
        self.by_number.insert(address.chunk(), at);
        Some(at)
    }

    fn gathered(self, rows: Vec<Place>) -> Gathered {
        // Places of chunks without a wanted row are never asked for.
        let shown = |known: Known| known.form.unwrap_or(known.chunk);
        Gathered { chunks: self.known.into_iter().map(shown).collect(), rows }
    }
}

impl Store {
    /// The rows of an index within some ranges that do not meet, in the order of the
    /// ranges and in each in the order of the keys. `None` when the index cannot be read,
    /// or has more than `limit` rows there. Between any two holds of the index, and at the
    /// end, `between` is told how many rows there is room for so far.
    pub(crate) fn in_order(
        &self,
        root: &Root,
        (index, ranges): (&OrderedIndex, &[KeyRange]),
        limit: usize,
        seen: Seen,
        accept: impl Fn(ClassId) -> bool,
        between: &dyn Fn(usize) -> Result<(), EngineError>,
    ) -> Result<Option<Gathered>, EngineError> {
        let mut chunks = Chunks::new(self, root, seen, accept);
        let mut all: Vec<Place> = Vec::new();
        for range in ranges {
            let left = limit.saturating_sub(all.len());
            let before = all.capacity();
            let resolve = |address| chunks.row(address);
            let read = index.read(range, left, resolve, |held| between(before + held))?;
            let Some(mut read) = read else { return Ok(None) };
            match all.is_empty() {
                true => all = read,
                false => all.append(&mut read),
            }
        }
        Ok(Some(chunks.gathered(all)))
    }
}
