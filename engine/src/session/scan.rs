//! Rows of a result, chunk by chunk.
//!
//! The condition is asked of many rows at once. Whoever takes rows one by one may stop after
//! a few, so at first only some are looked at, and more each time; whoever counts has whole
//! chunks looked at. Deadline and cancel token are looked at each time.

use super::query::{Place, QueryResult};
use super::row::Row;
use super::statement::Statement;
use super::warm;
use crate::context::CallContext;
use crate::error::EngineError;
use crate::store::FrozenChunk;
use cimarron_wql::plan::Predicate;
use cimarron_wql::vector::{Batch, Bounds, Mask, Scratch, Values};
use std::ops::{ControlFlow, Range};

/// How many rows are looked at together at first.
pub(super) const FIRST_WINDOW: usize = 64;

/// How many times more are looked at each time.
const GROWTH: usize = 4;

/// So few rows are asked one by one.
const FEW: usize = 8;

/// A place in a result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Position {
    pub(super) chunk: usize,
    pub(super) row: usize,
}

/// The rows of a result. After an error it ends.
#[derive(Clone, Debug)]
pub struct Rows<'a> {
    result: &'a QueryResult,
    context: &'a CallContext,
    /// One past the last chunk, or past the last place of a list.
    end: usize,
    next: Position,
    /// The rows of the chunk before `looked_at` that pass; nothing before the first look.
    passed: Option<Box<Mask>>,
    looked_at: usize,
    window: usize,
    scratch: Scratch,
}

/// How many rows of a list are given between two looks at deadline and cancel token.
const LISTED_PER_CHECK: usize = 256;

/// Some of the chunks of a result, to be read by a thread of its own: see
/// [`QueryResult::parts`].
#[derive(Clone, Debug)]
pub struct Part<'a> {
    result: &'a QueryResult,
    context: &'a CallContext,
    /// Numbers of chunks, or places of a list.
    chunks: Range<usize>,
}

/// A chunk as conditions look at it.
pub(super) struct ChunkBatch<'a> {
    statement: &'a Statement,
    frozen: &'a FrozenChunk,
}

impl Batch for ChunkBatch<'_> {
    type Row<'a>
        = Row<'a>
    where
        Self: 'a;

    fn len(&self) -> usize {
        self.frozen.len()
    }

    fn values(&self, slot: usize) -> Values<'_> {
        self.frozen.chunk.values(slot)
    }

    fn valid(&self, slot: usize, rows: &mut Mask) -> bool {
        self.frozen.chunk.valid(slot, rows)
    }

    fn bounds(&self, slot: usize) -> Option<Bounds> {
        self.frozen.chunk.bounds(slot)
    }

    fn row(&self, at: usize) -> Row<'_> {
        Row::new(self.statement, &self.frozen.chunk, at)
    }
}

impl QueryResult {
    /// The rows, from the first one on.
    pub fn rows(&self) -> Rows<'_> {
        self.rows_from(Position::default(), self.context())
    }

    /// The rows from a place on, for a call of its own: its deadline and its cancel
    /// token count, not those of the call that made the result.
    pub(super) fn rows_from<'a>(&'a self, from: Position, context: &'a CallContext) -> Rows<'a> {
        self.rows_of(context, from, self.extent())
    }

    fn rows_of<'a>(&'a self, context: &'a CallContext, next: Position, end: usize) -> Rows<'a> {
        Rows {
            result: self,
            context,
            end,
            next,
            passed: None,
            looked_at: 0,
            window: FIRST_WINDOW,
            scratch: Scratch::default(),
        }
    }

    /// The result in parts of about the same size, at most so many, which threads of their
    /// own can read side by side. Their order is that of the rows.
    ///
    /// ```
    /// # use cimarron_engine::{CallContext, Repository};
    /// # let repository = Repository::new();
    /// # repository.create_namespace("root", Default::default())?;
    /// # let session = repository.session("root")?;
    /// # let context = CallContext::new();
    /// let result = session.query(&context, "SELECT * FROM __Namespace WHERE Name <> 'x'")?;
    /// let count: usize = std::thread::scope(|threads| {
    ///     let counts = result.parts(2).map(|part| threads.spawn(move || part.count()));
    ///     let counts: Vec<_> = counts.collect();
    ///     counts.into_iter().map(|c| c.join().unwrap()).sum::<Result<usize, _>>()
    /// })?;
    /// assert_eq!(count, result.count()?);
    /// # Ok::<(), cimarron_engine::EngineError>(())
    /// ```
    pub fn parts(&self, count: usize) -> impl Iterator<Item = Part<'_>> {
        let rows = move |at: usize| match self.listed() {
            Some(places) => places.get(at).map(|_| 1),
            None => self.snapshot().chunks.get(at).map(|chunk| chunk.len() - chunk.start()),
        };
        let mut rest: usize = (0..self.extent()).filter_map(rows).sum();
        let mut start = 0;
        (1..=count).rev().filter_map(move |parts| {
            let share = rest.div_ceil(parts);
            let mut taken = 0;
            let mut end = start;
            while let Some(rows) = rows(end).filter(|_| taken < share || parts == 1) {
                taken += rows;
                end += 1;
            }
            rest -= taken;
            let chunks = start..end;
            start = end;
            (!chunks.is_empty()).then(|| Part { result: self, context: self.context(), chunks })
        })
    }

    /// How many rows there are.
    ///
    /// # Errors
    /// When the call is cancelled or late.
    pub fn count(&self) -> Result<usize, EngineError> {
        let chunks = 0..self.extent();
        Part { result: self, context: self.context(), chunks }.count()
    }

    /// How many chunks there are to walk along, or places.
    fn extent(&self) -> usize {
        self.listed().map_or(self.snapshot().chunks.len(), <[Place]>::len)
    }

    /// The row in a place.
    pub(super) fn row_at(&self, place: Place) -> Option<Row<'_>> {
        let frozen = self.snapshot().chunks.get(place.chunk as usize)?;
        Some(Row::new(self.statement(), &frozen.chunk, place.row as usize))
    }

    /// Shows the rows that pass to `take`, chunk by chunk with their number: at first so
    /// many are looked at together, and more each time.
    pub(super) fn masks(
        &self,
        context: &CallContext,
        mut window: usize,
        mut take: impl FnMut(usize, &ChunkBatch<'_>, &Mask) -> Result<ControlFlow<()>, EngineError>,
    ) -> Result<(), EngineError> {
        let mut scratch = Scratch::default();
        for (number, frozen) in self.snapshot().chunks.iter().enumerate() {
            let mut start = frozen.start();
            while start < frozen.len() {
                let end = frozen.len().min(start.saturating_add(window));
                window = window.saturating_mul(GROWTH);
                let passed = self.select(context, frozen, start..end, &mut scratch)?;
                if take(number, &self.batch(frozen), &passed)?.is_break() {
                    return Ok(());
                }
                start = end;
            }
        }
        Ok(())
    }

    fn batch<'a>(&'a self, frozen: &'a FrozenChunk) -> ChunkBatch<'a> {
        ChunkBatch { statement: self.statement(), frozen }
    }

    /// The rows of a chunk that are seen and pass, of those in a range.
    fn select(
        &self,
        context: &CallContext,
        frozen: &FrozenChunk,
        rows: Range<usize>,
        scratch: &mut Scratch,
    ) -> Result<Mask, EngineError> {
        self.check(context, scratch.heap_bytes())?;
        let mut passed = Mask::of(rows);
        frozen.retain_live(&mut passed);
        if let Some(predicate) = self.filter() {
            match predicate.foresee(&self.batch(frozen)) {
                Some(true) => {}
                Some(false) => passed.clear(),
                None => self.keep(frozen, predicate, &mut passed, scratch),
            }
            self.check_memory(context, scratch.heap_bytes())?;
        }
        Ok(passed)
    }

    /// The rows of a chunk that are seen.
    pub(super) fn seen(&self, frozen: &FrozenChunk) -> Mask {
        let mut rows = Mask::of(frozen.start()..frozen.len());
        frozen.retain_live(&mut rows);
        rows
    }

    /// Keeps the rows of a chunk that pass.
    pub(super) fn keep(
        &self,
        frozen: &FrozenChunk,
        predicate: &Predicate,
        rows: &mut Mask,
        scratch: &mut Scratch,
    ) {
        predicate.select(&self.batch(frozen), rows, scratch);
    }

    /// Whether it can be seen from outside that no row of a chunk passes.
    pub(super) fn foresees_nothing(&self, frozen: &FrozenChunk) -> bool {
        self.filter().is_some_and(|p| p.foresee(&self.batch(frozen)) == Some(false))
    }
}

impl<'a> Part<'a> {
    /// Its rows.
    pub fn rows(&self) -> Rows<'a> {
        let start = self.chunks.start;
        let first = match self.result.listed() {
            Some(_) => Position { chunk: 0, row: start },
            None => Position { chunk: start, row: 0 },
        };
        self.result.rows_of(self.context, first, self.chunks.end)
    }

    /// How many rows it has.
    ///
    /// # Errors
    /// When the call is cancelled or late.
    pub fn count(&self) -> Result<usize, EngineError> {
        if self.result.listed().is_some() {
            self.result.check(self.context, 0)?;
            return Ok(self.chunks.len());
        }
        let mut scratch = Scratch::default();
        let mut count = 0;
        let chunks = self.result.snapshot().chunks.get(self.chunks.clone()).unwrap_or_default();
        for frozen in chunks {
            let rows = frozen.start()..frozen.len();
            count += self.result.select(self.context, frozen, rows, &mut scratch)?.count();
        }
        Ok(count)
    }
}

impl<'a> Rows<'a> {
    /// Where the next row is looked for.
    pub(super) const fn position(&self) -> Position {
        self.next
    }

    /// Where the row is that was given last.
    pub(super) const fn last_place(&self) -> Position {
        Position { chunk: self.next.chunk, row: self.next.row.saturating_sub(1) }
    }

    /// How many are left.
    pub(super) fn count_left(mut self) -> Result<usize, EngineError> {
        if self.result.listed().is_some() {
            self.result.check(self.context, 0)?;
            return Ok(self.end.saturating_sub(self.next.row));
        }
        let mut count = 0;
        while let Some(frozen) = self.chunk() {
            let rows = self.next.row.max(frozen.start())..frozen.len();
            count += self.result.select(self.context, frozen, rows, &mut self.scratch)?.count();
            self.leave_chunk();
        }
        Ok(count)
    }

    fn chunk(&self) -> Option<&'a FrozenChunk> {
        let chunks = self.result.snapshot().chunks.get(..self.end)?;
        chunks.get(self.next.chunk)
    }

    fn leave_chunk(&mut self) {
        self.next = Position { chunk: self.next.chunk + 1, row: 0 };
        self.looked_at = 0;
    }

    /// Looks at the next rows of a chunk.
    fn look(&mut self, frozen: &FrozenChunk) -> Result<(), EngineError> {
        let start = self.next.row.max(frozen.start());
        self.looked_at = frozen.len().min(start.saturating_add(self.window));
        self.window = self.window.saturating_mul(GROWTH);
        self.next.row = start;
        let rows = start..self.looked_at;
        let passed = self.result.select(self.context, frozen, rows.clone(), &mut self.scratch)?;
        warm::touch(&frozen.chunk, self.result.selection(), &passed, rows.len());
        match &mut self.passed {
            Some(there) => **there = passed,
            none => *none = Some(Box::new(passed)),
        }
        Ok(())
    }

    /// The next row of a chunk that has few, which are asked one by one.
    fn next_of_few(&mut self, frozen: &'a FrozenChunk) -> Option<Row<'a>> {
        let start = self.next.row.max(frozen.start());
        let found = (start..frozen.len()).find_map(|at| {
            let row = self.row(frozen, at);
            let passes = |p: &Predicate| p.matches(&row);
            let found = frozen.is_live(at) && self.result.filter().is_none_or(passes);
            found.then_some((at, row))
        });
        self.next.row = found.map_or(frozen.len(), |(at, _)| at + 1);
        found.map(|(_, row)| row)
    }

    /// The next row of a list.
    fn next_listed(&mut self, places: &[Place]) -> Option<Result<Row<'a>, EngineError>> {
        let at = self.next.row;
        let place = places.get(at).filter(|_| at < self.end)?;
        if at >= self.looked_at
            && let Err(error) = self.check_list(at)
        {
            return Some(Err(error));
        }
        self.next.row = at + 1;
        self.result.row_at(*place).map(Ok)
    }

    /// Looks at deadline and cancel token before the next places of a list.
    #[cold]
    fn check_list(&mut self, at: usize) -> Result<(), EngineError> {
        self.looked_at = at + LISTED_PER_CHECK;
        self.result.check(self.context, 0).inspect_err(|_| self.end = 0)
    }

    /// The next row of the chunks that passes.
    fn next_passed(&mut self) -> Option<Result<Row<'a>, EngineError>> {
        while let Some(frozen) = self.chunk() {
            if frozen.len() - frozen.start() <= FEW {
                if self.next.row == 0
                    && let Err(error) = self.result.check(self.context, 0)
                {
                    self.end = 0;
                    return Some(Err(error));
                }
                if let Some(row) = self.next_of_few(frozen) {
                    return Some(Ok(row));
                }
            } else {
                let passed = self.passed.as_ref().filter(|_| self.looked_at > 0);
                if let Some(at) = passed.and_then(|passed| passed.next(self.next.row)) {
                    self.next.row = at + 1;
                    return Some(Ok(self.row(frozen, at)));
                }
                self.next.row = self.next.row.max(self.looked_at);
                if self.next.row < frozen.len() {
                    if let Err(error) = self.look(frozen) {
                        self.end = 0;
                        return Some(Err(error));
                    }
                    continue;
                }
            }
            self.leave_chunk();
        }
        None
    }

    fn row(&self, frozen: &'a FrozenChunk, at: usize) -> Row<'a> {
        Row::new(self.result.statement(), &frozen.chunk, at)
    }
}

impl<'a> Iterator for Rows<'a> {
    type Item = Result<Row<'a>, EngineError>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        match self.result.listed() {
            Some(places) => self.next_listed(places),
            None => self.next_passed(),
        }
    }
}
