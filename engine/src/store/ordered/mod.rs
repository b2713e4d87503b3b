//! Ordered indexes: the rows of a class and all below it by the value of one property.
//!
//! There is an entry for each version of a row that somebody may still see, in the order
//! of its key and then of its address; rows whose property is NULL have none. So an entry
//! never changes: it comes with the row, follows the row when that is moved, and goes
//! before the row does. Whoever reads asks of each row whether they see it.
//!
//! The set lies behind a lock. A reader takes some entries a time and goes on
//! behind the last one; under the lock every entry leads to its row. Rows of one key may
//! change their places while the reader has let go: then it begins with that key again.
//!
//! An index that is being built enters new rows from the start and is filled with those
//! before, step by step; nobody reads it until that is done. One that was dropped is
//! closed, and its last readers find the rows by themselves.

mod fill;
mod form;
mod held;
mod key;
mod range;
mod reading;
mod set;

pub(crate) use fill::FILLED_TOGETHER;
pub(crate) use form::{KeyForm, KeyKind};
pub(super) use held::{Held, OrderedIndexes};
pub(crate) use key::OrderedKey;
pub(crate) use range::KeyRange;

use super::address::RowAddress;
use super::chunk::Chunk;
use crate::schema::ClassId;
use cimarron_model::Name;
use parking_lot::RwLock;
use set::OrderedSet;
use std::ops::Bound;
use std::sync::Arc;

/// How many rows a writer enters before it lets a reader come in.
const STEP: usize = 256;

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
