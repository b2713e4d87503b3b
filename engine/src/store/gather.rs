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
use super::ordered::Entry;
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
        let Self { chunks, rows } = self;
        let mut frozen: Vec<FrozenChunk> = chunks.into_iter().map(FrozenChunk::unpicked).collect();
        // Where the index has the order of creation, many rows follow one another.
        for run in rows.chunk_by(|a, b| a.chunk == b.chunk && a.row + 1 == b.row) {
            let Some(Place { chunk, row }) = run.first() else { continue };
            if let Some(frozen) = frozen.get_mut(*chunk as usize) {
                let first = *row as usize;
                frozen.pick(first..first + run.len());
            }
        }
        frozen.retain(|frozen| frozen.len() > 0);
        frozen.sort_unstable_by_key(|frozen| frozen.chunk.number());
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
    last: Last,
}

/// The chunk of the row before.
#[derive(Clone, Copy)]
struct Last {
    number: u32,
    at: u32,
    /// As [`Known`] has it.
    whole: u32,
}

impl Last {
    /// None.
    const NONE: Self = Self { number: u32::MAX, at: u32::MAX, whole: 0 };
}

struct Known {
    /// So many rows from the first one on are wanted, whichever they are.
    whole: u32,
    /// As of how many changes of the directory.
    changes: u64,
    /// As the directory has it.
    chunk: Arc<Chunk>,
    /// As the readers of the root see it, when they do.
    form: Option<Arc<Chunk>>,
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
            last: Last::NONE,
        }
    }

    /// Adds the rows of entries of the index, which is locked, that are seen and wanted.
    #[inline]
    fn rows(&mut self, entries: &[Entry], rows: &mut Vec<Place>) {
        let changes = self.store.directory.changes();
        if changes != self.changes {
            (self.changes, self.last) = (changes, Last::NONE);
        }
        let mut last = self.last;
        for (_, address) in entries {
            let (number, row) = (address.chunk(), address.row() as u32);
            if number != last.number {
                last = self.chunk_of(*address);
            }
            if row < last.whole || self.is_seen(last.at, row) {
                rows.push(Place { chunk: last.at, row });
            }
        }
        self.last = last;
    }

    #[inline]
    fn chunk_of(&mut self, address: RowAddress) -> Last {
        let at = self.look_up(address);
        let known = at.and_then(|at| Some((at, self.known.get(at as usize)?)));
        known.map_or(Last::NONE, |(at, known)| Last {
            number: address.chunk(),
            at,
            whole: known.whole,
        })
    }

    fn is_seen(&self, at: u32, row: u32) -> bool {
        self.known.get(at as usize).is_some_and(|known| {
            let (chunk, row) = (&known.chunk, row as usize);
            known.form.is_some() && row < chunk.len() && self.seen.has(chunk, row)
        })
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
        let form = form.flatten();
        let at = u32::try_from(self.known.len()).ok()?;
        let is_whole = form.is_some() && self.seen.has_all(&chunk);
        let whole = if is_whole { chunk.len() as u32 } else { 0 };
        self.known.push(Known { whole, changes: self.changes, chunk, form });
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
            let resolve = |entries: &[Entry], rows: &mut Vec<Place>| chunks.rows(entries, rows);
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
