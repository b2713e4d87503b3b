//! When rows came and when they went.
//!
//! A row is seen by a snapshot `n` when its birth is at most `n` and its death is
//! greater. Both are stamped with the number of a commit before that number is
//! published, so nobody sees half a commit.

use cimarron_cells::{Stamps, Writer};
use std::ops::Range;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// The number of a commit, from 1; greater ones are later.
pub(crate) type Commit = u64;

/// The death of a row that lives.
pub(crate) const NEVER: Commit = Commit::MAX;

/// The death of a row whose commit was undone: nobody ever saw it.
pub(super) const UNDONE: Commit = 0;

/// The births of a chunk's rows.
#[derive(Debug)]
pub(crate) enum Births {
    /// All in one commit.
    All(AtomicU64),
    Each(Stamps),
}

impl Births {
    pub(super) const fn all(commit: Commit) -> Self {
        Self::All(AtomicU64::new(commit))
    }

    pub(super) fn each(writer: &Writer, capacity: usize) -> Self {
        Self::Each(Stamps::new(writer, capacity as u32, NEVER))
    }

    #[inline]
    pub(super) fn get(&self, row: usize) -> Commit {
        match self {
            Self::All(birth) => birth.load(Ordering::Relaxed),
            Self::Each(births) => births.get(row as u32).unwrap_or(NEVER),
        }
    }

    /// The birth of all rows, when they share one.
    pub(super) fn of_all(&self) -> Option<Commit> {
        match self {
            Self::All(birth) => Some(birth.load(Ordering::Relaxed)),
            Self::Each(_) => None,
        }
    }

    /// The births of rows, one after the other.
    pub(super) fn list(writer: &Writer, births: &[Commit]) -> Self {
        if let Some((first, rest)) = births.split_first()
            && rest.iter().all(|birth| birth == first)
        {
            return Self::all(*first);
        }
        let list = Self::each(writer, births.len());
        for (row, birth) in births.iter().enumerate() {
            list.set(writer, row, *birth);
        }
        list
    }

    /// Stamps a row. Where all rows share one birth, that of all of them.
    pub(super) fn set(&self, writer: &Writer, row: usize, commit: Commit) {
        match self {
            Self::All(birth) => birth.store(commit, Ordering::Relaxed),
            Self::Each(births) => births.set(writer, row as u32, commit),
        }
    }

    /// Stamps rows that follow each other.
    pub(super) fn set_all(&self, writer: &Writer, rows: Range<usize>, commit: Commit) {
        match self {
            Self::All(birth) => birth.store(commit, Ordering::Relaxed),
            Self::Each(births) => {
                births.set_all(writer, rows.start as u32..rows.end as u32, commit);
            }
        }
    }

    pub(super) fn heap_bytes(&self) -> usize {
        match self {
            Self::All(_) => 0,
            Self::Each(births) => births.heap_bytes(),
        }
    }
}

/// The deaths of a chunk's rows; nothing is allocated before the first.
#[derive(Debug, Default)]
pub(crate) struct Deaths {
    rows: OnceLock<Stamps>,
    /// The rows that nobody comes to any more, a bit each; whoever still holds the
    /// chunk sees them by their stamps.
    gone: OnceLock<Box<[AtomicU64]>>,
    gone_count: AtomicU32,
    /// How many rows died, those that are gone included.
    dead_count: AtomicU32,
}

impl Deaths {
    /// Whether no row ever died.
    pub(super) fn is_empty(&self) -> bool {
        self.rows.get().is_none()
    }

    #[inline]
    pub(super) fn get(&self, row: usize) -> Commit {
        self.rows.get().and_then(|rows| rows.get(row as u32)).unwrap_or(NEVER)
    }

    /// Stamps a row of a chunk of `capacity` rows; [`NEVER`] takes a death back.
    pub(super) fn set(&self, writer: &Writer, row: usize, commit: Commit, capacity: usize) {
        let rows = self.rows.get_or_init(|| Stamps::new(writer, capacity as u32, NEVER));
        let was_dead = rows.get(row as u32).is_some_and(|death| death != NEVER);
        rows.set(writer, row as u32, commit);
        match (was_dead, commit != NEVER) {
            (false, true) => self.dead_count.fetch_add(1, Ordering::Relaxed),
            (true, false) => self.dead_count.fetch_sub(1, Ordering::Relaxed),
            _ => 0,
        };
    }

    /// Whether rows are dead that were not taken away.
    pub(super) fn are_awaited(&self) -> bool {
        self.dead_count.load(Ordering::Relaxed) > self.gone_count.load(Ordering::Relaxed)
    }

    /// How many rows were taken away.
    pub(super) fn gone(&self) -> usize {
        self.gone_count.load(Ordering::Relaxed) as usize
    }

    /// Whether a row was taken away.
    pub(super) fn is_gone(&self, row: usize) -> bool {
        let word = self.gone.get().and_then(|gone| gone.get(row / 64));
        word.is_some_and(|word| word.load(Ordering::Relaxed) >> (row % 64) & 1 == 1)
    }

    /// Takes a row of a chunk of `capacity` rows away; how many are gone now.
    pub(super) fn take_away(&self, row: usize, capacity: usize) -> usize {
        let new = || (0..capacity.div_ceil(64)).map(|_| AtomicU64::new(0)).collect();
        if let Some(word) = self.gone.get_or_init(new).get(row / 64) {
            word.fetch_or(1 << (row % 64), Ordering::Relaxed);
        }
        self.gone_count.fetch_add(1, Ordering::Relaxed) as usize + 1
    }

    pub(super) fn heap_bytes(&self) -> usize {
        let gone = self.gone.get().map_or(0, |gone| size_of_val::<[_]>(gone));
        self.rows.get().map_or(0, Stamps::heap_bytes) + gone
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dead_are_awaited_until_they_are_gone() {
        let (writer, deaths) = (Writer::new(), Deaths::default());
        let kill = |row, commit| deaths.set(&writer, row, commit, 8);
        assert!(!deaths.are_awaited());
        kill(1, 5);
        kill(2, 5);
        kill(2, NEVER);
        kill(3, 5);
        kill(3, UNDONE);
        assert!(deaths.are_awaited());
        assert_eq!((deaths.take_away(1, 8), deaths.are_awaited()), (1, true));
        assert_eq!((deaths.take_away(3, 8), deaths.are_awaited()), (2, false));
    }
}
