//! Ordered indexes: the rows of a class and all below it by the value of one property.
//!
//! There is an entry for each version of a row that somebody may still see, in the order
//! of its key and then of its address; rows whose property is NULL have none. So an entry
//! never changes: it comes with the row, follows the row when that is moved, and goes
//! before the row does. Whoever reads asks of each row whether they see it.
//!
//! The set lies behind a lock. A reader takes some [`HOLD`] entries a time and goes on
//! behind the last one; under the lock every entry leads to its row. Rows of one key may
//! change their places while the reader has let go: then it begins with that key again.
//!
//! An index that is being built enters new rows from the start and is filled with those
//! before, step by step; nobody reads it until that is done. One that was dropped is
//! closed, and its last readers find the rows by themselves.

use super::address::RowAddress;
use super::arrange::Arrangement;
use super::chunk::Chunk;
use super::ordered_key::{KeyForm, KeyRange, OrderedKey};
use super::ordered_set::OrderedSet;
use crate::error::EngineError;
use crate::schema::ClassId;
use cimarron_model::{ClassVersion, Name};
use parking_lot::{Mutex, RwLock};
use std::ops::{Bound, Range};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// How many entries a reader takes before it lets a writer come in; what is left of the last
/// block of them is taken, too.
const HOLD: usize = 512;

/// How many rows a writer enters before it lets a reader come in.
const STEP: usize = 256;

/// How often a reader begins again with a key before it takes all its rows at once.
const RETRIES: usize = 8;

/// The longest text that lies in the entry itself.
const INLINE_TEXT: usize = 23;

pub(super) type Entry = (OrderedKey, RowAddress);

/// The index of one property of a class and all below it.
#[derive(Debug)]
pub(crate) struct OrderedIndex {
    pub(crate) class: ClassId,
    pub(crate) property: Name,
    pub(crate) form: KeyForm,
    state: RwLock<State>,
}

#[derive(Debug)]
struct State {
    phase: Phase,
    entries: OrderedSet<Entry>,
    /// Counts the times that rows changed their places.
    moves: u64,
    /// What the entries hold beside themselves.
    text_bytes: usize,
}

/// What an index may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Older rows are missing.
    Building,
    Ready,
    /// Nobody enters anything any more.
    Closed,
}

impl State {
    fn insert(&mut self, key: OrderedKey, address: RowAddress) {
        let bytes = text_bytes(&key);
        if self.entries.insert((key, address)) {
            self.text_bytes += bytes;
        }
    }

    /// Adds entries that are in their order.
    fn extend(&mut self, entries: &[Entry]) {
        let Self { entries: all, text_bytes: bytes, .. } = self;
        all.extend(entries, |(key, _)| *bytes += text_bytes(key));
    }

    fn remove(&mut self, entry: &Entry) {
        if self.entries.remove(entry) {
            self.text_bytes -= text_bytes(&entry.0);
        }
    }
}

fn text_bytes(key: &OrderedKey) -> usize {
    match key {
        OrderedKey::Text(text) if text.len() > INLINE_TEXT => text.len(),
        _ => 0,
    }
}

impl OrderedIndex {
    pub(super) fn new(class: ClassId, property: Name, form: KeyForm, phase: Phase) -> Self {
        let state = State { phase, entries: OrderedSet::default(), moves: 0, text_bytes: 0 };
        Self { class, property, form, state: RwLock::new(state) }
    }

    /// Whether it can be read.
    pub(crate) fn is_ready(&self) -> bool {
        self.state.read().phase == Phase::Ready
    }

    /// How many entries there are.
    pub(crate) fn len(&self) -> usize {
        self.state.read().entries.len()
    }

    /// Lets readers in, unless the index was closed.
    pub(crate) fn open(&self) {
        let mut state = self.state.write();
        if state.phase == Phase::Building {
            state.phase = Phase::Ready;
        }
    }

    /// Gives everything up.
    pub(super) fn close(&self) {
        let mut state = self.state.write();
        state.phase = Phase::Closed;
        state.text_bytes = 0;
        drop(std::mem::take(&mut state.entries));
    }

    pub(super) fn entry(&self, chunk: &Chunk, row: usize, slot: u32) -> Option<Entry> {
        let key = self.form.key(chunk.value(row, slot))?;
        Some((key, RowAddress::new(chunk.number(), row)))
    }

    /// Does something with entries, a few of them a hold.
    fn change(
        &self,
        entries: impl Iterator<Item = Entry>,
        mut change: impl FnMut(&mut State, Entry),
    ) {
        let mut entries = entries.fuse().peekable();
        while entries.peek().is_some() {
            let mut state = self.state.write();
            if state.phase == Phase::Closed {
                return;
            }
            entries.by_ref().take(STEP).for_each(|entry| change(&mut state, entry));
        }
    }

    /// Enters rows of a chunk.
    fn enter(&self, chunk: &Chunk, rows: impl Iterator<Item = usize>, slot: u32) {
        let entries = rows.filter_map(|row| self.entry(chunk, row, slot));
        self.change(entries, |state, (key, address)| state.insert(key, address));
    }

    /// Enters entries that are in their order, a few of them a hold.
    pub(super) fn enter_sorted(&self, entries: &[Entry]) {
        for step in entries.chunks(STEP) {
            let mut state = self.state.write();
            if state.phase == Phase::Closed {
                return;
            }
            state.extend(step);
        }
    }

    /// Takes all rows of chunks that are there, in place of what it has, and lets readers in.
    pub(crate) fn build(&self, chunks: &[Arc<Chunk>]) {
        let entries_of = |chunk: &Arc<Chunk>| {
            let slot = chunk.layout().slot_of(self.property.as_str(), 0)?;
            chunk.bounds(slot as usize);
            let live = (0..chunk.len()).filter(|row| chunk.is_current(*row));
            Some(live.filter_map(|row| self.entry(chunk, row, slot)).collect::<Vec<_>>())
        };
        // Sorted at once and then laid out, which costs a fraction of one by one.
        let entries: OrderedSet<Entry> = chunks.iter().filter_map(entries_of).flatten().collect();
        let mut state = self.state.write();
        let all = entries.range(Bound::Unbounded, Bound::Unbounded);
        state.text_bytes = all.map(|(key, _)| text_bytes(key)).sum();
        state.entries = entries;
        state.phase = Phase::Ready;
    }

    /// Takes rows of a chunk out.
    fn leave(&self, chunk: &Chunk, rows: impl Iterator<Item = usize>, slot: u32) {
        let entries = rows.filter_map(|row| self.entry(chunk, row, slot));
        self.change(entries, |state, entry| state.remove(&entry));
    }

    /// Follows rows that are in two chunks now: each is in its new place with the same
    /// hold that takes it from the old one.
    fn relocate(&self, chunk: &Chunk, slot: u32, rows: &[usize], to: u32) {
        let entries = rows.iter().enumerate().filter_map(|(new, old)| {
            let (key, old) = self.entry(chunk, *old, slot)?;
            Some((key, old, RowAddress::new(to, new)))
        });
        let entries: Vec<_> = entries.collect();
        for step in entries.chunks(STEP) {
            let mut state = self.state.write();
            if state.phase == Phase::Closed {
                return;
            }
            state.moves += 1;
            for (key, old, new) in step {
                state.remove(&(key.clone(), *old));
                state.insert(key.clone(), *new);
            }
        }
    }

    /// What `resolve` adds for the entries within a range, in their order. `None` when the
    /// index cannot be read, or `limit` entries are not enough.
    pub(super) fn read<T>(
        &self,
        range: &KeyRange,
        limit: usize,
        mut resolve: impl FnMut(&[Entry], &mut Vec<T>),
        mut between: impl FnMut(usize) -> Result<(), EngineError>,
    ) -> Result<Option<Vec<T>>, EngineError> {
        let mut reading = Reading::new(range);
        loop {
            let is_over = match self.read_on(&mut reading, &mut resolve) {
                Some(is_over) if reading.looked_at <= limit => is_over,
                _ => return Ok(None),
            };
            between(reading.found.capacity())?;
            if is_over {
                return Ok(Some(reading.found));
            }
        }
    }

    /// Reads as much as one hold allows; whether that was the last. `None` when the index
    /// cannot be read.
    fn read_on<T>(
        &self,
        reading: &mut Reading<T>,
        resolve: &mut impl FnMut(&[Entry], &mut Vec<T>),
    ) -> Option<bool> {
        let state = self.state.read();
        if state.phase != Phase::Ready {
            return None;
        }
        let (low, high) = (reading.resume(state.moves), reading.high.clone());
        let mut taken = 0;
        let mut last: Option<&Entry> = None;
        let mut is_over = true;
        for piece in state.entries.pieces(low.as_ref(), high.as_ref()) {
            let [(first, _), ..] = piece else { continue };
            let before = last.map(|(key, _)| key).or(reading.place.as_ref().map(|p| &p.key));
            let goes_on = before == Some(first);
            if taken >= HOLD && !(goes_on && reading.retries >= RETRIES) {
                is_over = false;
                break;
            }
            reading.take(piece, goes_on, resolve);
            last = piece.last();
            taken += piece.len();
        }
        reading.looked_at += taken;
        let place = last.map(|(key, address)| Place {
            key: key.clone(),
            behind: Some(*address),
            moves: state.moves,
        });
        reading.place = place;
        Some(is_over)
    }

    /// Bytes allocated for the entries.
    pub(super) fn heap_bytes(&self) -> usize {
        let state = self.state.read();
        state.entries.heap_bytes() + state.text_bytes
    }

    /// All entries, to be compared with the rows.
    #[cfg(test)]
    pub(super) fn entries(&self) -> Vec<Entry> {
        self.state.read().entries.range(Bound::Unbounded, Bound::Unbounded).cloned().collect()
    }
}

/// A read in the making.
struct Reading<T> {
    low: Bound<Entry>,
    high: Bound<Entry>,
    found: Vec<T>,
    /// How many entries were looked at.
    looked_at: usize,
    /// How much had been found before the key of the last entry.
    found_before: usize,
    /// How often that key was begun with again.
    retries: usize,
    /// Where the last hold ended.
    place: Option<Place>,
}

/// How far a reader came.
struct Place {
    key: OrderedKey,
    /// The last address of the key; `None` when the key is to be read from its start.
    behind: Option<RowAddress>,
    /// The moves that had been made.
    moves: u64,
}

impl<T> Reading<T> {
    fn new(range: &KeyRange) -> Self {
        Self {
            low: start(range.low.as_ref()),
            high: end(range.high.as_ref()),
            found: Vec::new(),
            looked_at: 0,
            found_before: 0,
            retries: 0,
            place: None,
        }
    }

    /// Takes entries; whether the first has the key of the one before it.
    fn take(
        &mut self,
        entries: &[Entry],
        goes_on: bool,
        resolve: &mut impl FnMut(&[Entry], &mut Vec<T>),
    ) {
        let Some((last, _)) = entries.last() else { return };
        // Only where the last key begins has to be known, and that is mostly at its end.
        let others = entries.iter().rev().position(|(key, _)| key != last);
        let of_last = others.unwrap_or(entries.len());
        let (before, of_last) = entries.split_at(entries.len() - of_last);
        resolve(before, &mut self.found);
        if !(goes_on && before.is_empty()) {
            self.retries = 0;
            self.found_before = self.found.len();
        }
        resolve(of_last, &mut self.found);
    }

    /// Where the next hold begins. What was found of a key is forgotten when rows have
    /// moved since: some may have gone to where the reader has been, or ahead of it.
    fn resume(&mut self, moves: u64) -> Bound<Entry> {
        let Some(place) = &mut self.place else { return self.low.clone() };
        if place.moves != moves {
            self.found.truncate(self.found_before);
            self.retries += 1;
            place.behind = None;
        }
        match place.behind {
            None => Bound::Included((place.key.clone(), RowAddress::MIN)),
            Some(address) => Bound::Excluded((place.key.clone(), address)),
        }
    }
}

fn start(low: Bound<&OrderedKey>) -> Bound<Entry> {
    match low {
        Bound::Unbounded => Bound::Unbounded,
        Bound::Included(key) => Bound::Included((key.clone(), RowAddress::MIN)),
        Bound::Excluded(key) => Bound::Excluded((key.clone(), RowAddress::MAX)),
    }
}

fn end(high: Bound<&OrderedKey>) -> Bound<Entry> {
    match high {
        Bound::Unbounded => Bound::Unbounded,
        Bound::Included(key) => Bound::Included((key.clone(), RowAddress::MAX)),
        Bound::Excluded(key) => Bound::Excluded((key.clone(), RowAddress::MIN)),
    }
}

/// The ordered indexes that the rows of a table are in. Nothing but a look at a flag is
/// paid where there are none.
#[derive(Debug, Default)]
pub(super) struct OrderedIndexes {
    any: AtomicBool,
    list: Mutex<Arc<[Held]>>,
}

/// An index, and the slot of its property in the rows of a class version.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) index: Arc<OrderedIndex>,
    pub(super) slot: u32,
    pub(super) version: ClassVersion,
}

impl Held {
    /// The slot in the rows of a chunk, which may have been taken over by another class
    /// version.
    fn slot_in(&self, chunk: &Chunk) -> Option<u32> {
        if chunk.layout().version == self.version {
            return Some(self.slot);
        }
        chunk.layout().slot_of(self.index.property.as_str(), self.slot)
    }
}

impl OrderedIndexes {
    /// Replaces the list. For the writer, as all that follows.
    pub(super) fn set(&self, list: Vec<Held>) {
        if list.is_empty() && !self.any.load(Ordering::Relaxed) {
            return;
        }
        self.any.store(!list.is_empty(), Ordering::Relaxed);
        *self.list.lock() = list.into();
    }

    /// By what new chunks of rows of a class version are laid out: the first index.
    pub(super) fn arrangement(&self, version: ClassVersion) -> Option<Arrangement> {
        if !self.any.load(Ordering::Relaxed) {
            return None;
        }
        let list = self.list.lock();
        let first = list.first().filter(|held| held.version == version)?;
        Some(Arrangement { slot: first.slot, form: first.index.form.clone() })
    }

    /// All of them.
    pub(super) fn indexes(&self) -> Arc<[Held]> {
        match self.any.load(Ordering::Relaxed) {
            true => self.list.lock().clone(),
            false => Arc::default(),
        }
    }

    #[cold]
    fn each(&self, chunk: &Chunk, change: impl Fn(&OrderedIndex, u32)) {
        for held in self.indexes().iter() {
            if let Some(slot) = held.slot_in(chunk) {
                change(&held.index, slot);
            }
        }
    }

    /// Enters a new row.
    #[inline]
    pub(super) fn enter(&self, chunk: &Chunk, row: usize) {
        if self.any.load(Ordering::Relaxed) {
            self.each(chunk, |index, slot| index.enter(chunk, row..=row, slot));
        }
    }

    /// Enters new rows of a chunk.
    pub(super) fn enter_rows(&self, chunk: &Chunk, rows: Range<usize>) {
        if self.any.load(Ordering::Relaxed) {
            self.each(chunk, |index, slot| index.enter(chunk, rows.clone(), slot));
        }
    }

    /// Takes a row out that is about to go.
    #[inline]
    pub(super) fn leave(&self, chunk: &Chunk, row: usize) {
        if self.any.load(Ordering::Relaxed) {
            self.each(chunk, |index, slot| index.leave(chunk, row..=row, slot));
        }
    }

    /// Takes all rows of a chunk out.
    pub(super) fn leave_all(&self, chunk: &Chunk) {
        if self.any.load(Ordering::Relaxed) {
            self.each(chunk, |index, slot| index.leave(chunk, 0..chunk.len(), slot));
        }
    }

    /// Follows rows from their chunk to another one, where they stand in this order.
    pub(super) fn relocate(&self, chunk: &Chunk, rows: &[usize], to: u32) {
        if self.any.load(Ordering::Relaxed) {
            self.each(chunk, |index, slot| index.relocate(chunk, slot, rows, to));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::ordered_key::KeyKind;
    use super::*;

    fn index(entries: impl IntoIterator<Item = (u64, u64)>) -> OrderedIndex {
        let form = KeyForm::for_test(KeyKind::Integer, false);
        let index = OrderedIndex::new(ClassId(0), Name::new("P"), form, Phase::Ready);
        let mut state = index.state.write();
        entries.into_iter().for_each(|(key, address)| state.insert(int(key), at(address)));
        drop(state);
        index
    }

    const fn int(key: u64) -> OrderedKey {
        OrderedKey::Integer(key)
    }

    const fn at(address: u64) -> RowAddress {
        RowAddress::from_word(address)
    }

    fn relocate(index: &OrderedIndex, key: u64, from: u64, to: u64) {
        let mut state = index.state.write();
        state.moves += 1;
        state.remove(&(int(key), at(from)));
        state.insert(int(key), at(to));
    }

    const ALL: KeyRange = KeyRange { low: Bound::Unbounded, high: Bound::Unbounded };

    fn addresses(entries: &[Entry], found: &mut Vec<u64>) {
        found.extend(entries.iter().map(|(_, address)| address.bits()));
    }

    fn within(index: &OrderedIndex, limit: usize) -> Option<Vec<u64>> {
        index.read(&ALL, limit, addresses, |_| Ok(())).unwrap()
    }

    /// Reads hold by hold and lets somebody in between.
    fn read(index: &OrderedIndex, mut between: impl FnMut(usize)) -> (Vec<u64>, usize) {
        let mut reading = Reading::new(&ALL);
        let mut holds = 0;
        while !index.read_on(&mut reading, &mut addresses).unwrap() {
            between(holds);
            holds += 1;
        }
        (reading.found, reading.looked_at)
    }

    #[test]
    fn holds_are_short_and_lose_nothing() {
        let n = 5 * HOLD as u64 + 3;
        let index = index((0..n).map(|n| (n / 700, n)));
        let mut holds = 0;
        let (found, looked_at) = read(&index, |_| holds += 1);
        assert_eq!((holds, looked_at as u64), (5, n));
        assert!(found.into_iter().eq(0..n));
    }

    #[test]
    fn rows_that_move_are_found_once() {
        // All rows of one key go from the upper half of addresses to the lower, or the
        // other way round, a few between any two holds.
        let rows = 3 * HOLD as u64;
        for (from, to) in [(1 << 20, 0), (0, 1 << 20)] {
            let before = (0..10).map(|n| (1, n));
            let index = index(before.chain((0..rows).map(|n| (2, from + n))).chain([(3, 5)]));
            let mut next = 0;
            let (found, _) = read(&index, |_| {
                for n in next..rows.min(next + 100) {
                    relocate(&index, 2, from + n, to + n);
                }
                next += 100;
            });
            let mut of_two: Vec<u64> =
                found[10..found.len() - 1].iter().map(|a| a & 0xf_ffff).collect();
            of_two.sort_unstable();
            assert!(of_two.into_iter().eq(0..rows));
            assert_eq!((&found[..10], found.last()), (&(0..10).collect::<Vec<_>>()[..], Some(&5)));
        }
    }

    #[test]
    fn a_key_that_moves_for_ever_is_read_at_once() {
        let rows = 4 * HOLD as u64;
        let index = index((0..rows).map(|n| (7, n)));
        let mut side = false;
        let (found, _) = read(&index, |holds| {
            assert!(holds <= RETRIES + 1, "{holds}");
            let (from, to) = if side { (1 << 20, 0) } else { (0, 1 << 20) };
            relocate(&index, 7, from, to);
            side = !side;
        });
        assert_eq!(found.len() as u64, rows);
    }

    #[test]
    fn what_is_closed_or_not_built_is_not_read() {
        let index = index([(1, 1)]);
        assert_eq!(within(&index, 1).map(|all| all.len()), Some(1));
        assert_eq!(within(&index, 0).map(|all| all.len()), None);
        index.close();
        assert_eq!(within(&index, 1), None);
        index.open();
        assert_eq!((within(&index, 1), index.len()), (None, 0));
    }
}
