//! What each commit changed, in the order of commits.
//!
//! Records name rows, they do not copy them. The log keeps a bounded number of commits
//! for those who listen; who falls behind it is told so. When nobody listens nothing is
//! recorded.

use super::Found;
use super::arrange::Given;
use super::chunk::Chunk;
use super::versions::Commit;
use crate::clock::WallTime;
use crate::context::Principal;
use crate::events::Raised;
use crate::schema::{ClassId, Schema};
use cimarron_model::{Dialect, Name};
use parking_lot::Mutex;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Waker;
use std::time::Duration;

/// What one commit changed.
#[derive(Debug)]
pub(crate) struct Record {
    pub(crate) commit: Commit,
    /// 0 for what the commit did; else this is what was raised behind it, counted from 1.
    pub(crate) raised: u32,
    /// When.
    pub(crate) at: Moment,
    pub(crate) by: Principal,
    /// In the order in which it was done.
    pub(crate) changes: Vec<Recorded>,
}

/// A moment on both hands of the clock.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    pub(crate) now: Duration,
    pub(crate) wall: WallTime,
}

/// One change, or one kind of change to many rows.
#[derive(Debug)]
pub(crate) enum Recorded {
    /// A row came, went, or took the place of another.
    /// `moved`: it is the same instance as before, in a row of the changed class.
    Row { namespace: Name, old: Option<Found>, new: Option<Found>, moved: bool },
    /// Rows of a chunk came, one behind the other: all of them when it is sealed.
    Rows { namespace: Name, chunk: Arc<Chunk>, rows: Given },
    /// A schema took the place of another.
    Schema { namespace: Name, old: Arc<Schema>, new: Arc<Schema> },
    /// The rows of a class were taken over to the version of it that the schema before this
    /// change brought.
    Taken { namespace: Name, class: ClassId },
    /// An ordered index was asked for or dropped.
    Index { namespace: Name, class: Name, property: Name, came: bool },
    /// A namespace came, with the schema that it starts with, or went.
    Namespace { name: Name, dialect: Dialect, start: Option<Arc<Schema>> },
    /// An event was raised. No commit has this.
    Raised(Raised),
}

/// The newest records.
#[derive(Debug)]
pub(crate) struct ChangeLog {
    listeners: AtomicUsize,
    kept: Mutex<Kept>,
    capacity: usize,
}

#[derive(Debug, Default)]
struct Kept {
    /// The number of the first record that is kept.
    first: u64,
    records: VecDeque<Arc<Record>>,
    /// Those who want to know of the next one, and what wakes them.
    waiting: Vec<(u64, Waker)>,
    /// How many have begun to listen, so that each has another number.
    known: u64,
    /// The commit of the newest record there was, and how much was raised behind it.
    newest: (Commit, u32),
    /// The same of the last record that is not kept.
    covered: (Commit, u32),
}

/// Somebody who listens, and the place of the record that it comes to next.
#[derive(Debug)]
pub(crate) struct Listener {
    number: u64,
    pub(crate) place: u64,
}

/// What a listener found at its place.
pub(crate) enum Next {
    Record(Arc<Record>),
    /// It has seen all there is.
    Nothing,
    /// So many records are gone that it has not seen.
    Lost(u64),
}

impl ChangeLog {
    pub(super) fn new(capacity: usize) -> Self {
        Self { listeners: AtomicUsize::new(0), kept: Mutex::default(), capacity }
    }

    /// Whether anybody would hear of a change.
    #[inline]
    pub(crate) fn is_heard(&self) -> bool {
        self.listeners.load(Ordering::Acquire) > 0
    }

    /// Begins to listen behind a commit. Commits that are in the making do not see it: see
    /// [`Commits::listen`](super::Commits::listen).
    pub(super) fn listen(&self, behind: Commit) -> Listener {
        let mut kept = self.kept.lock();
        if kept.newest.0 < behind {
            // Nobody listened, so there is nothing in between.
            kept.newest = (behind, 0);
            kept.covered = kept.newest;
        }
        self.listeners.fetch_add(1, Ordering::AcqRel);
        kept.known += 1;
        Listener { number: kept.known, place: kept.first + kept.records.len() as u64 }
    }

    /// The place of the newest record there was: its commit, and how much was raised behind it.
    pub(crate) fn newest(&self) -> (Commit, u32) {
        self.kept.lock().newest
    }

    /// The place behind which every record is kept.
    pub(crate) fn covered(&self) -> (Commit, u32) {
        self.kept.lock().covered
    }

    /// The records from a place on, that there included; `None` when some behind it were not
    /// kept.
    pub(crate) fn since(&self, place: (Commit, u32)) -> Option<Vec<Arc<Record>>> {
        let kept = self.kept.lock();
        // What was raised behind the last commit before a restart is gone, and owed to nobody.
        if place < kept.covered || place.0 > kept.newest.0 {
            return None;
        }
        let is_behind = |record: &&Arc<Record>| (record.commit, record.raised) >= place;
        Some(kept.records.iter().filter(is_behind).cloned().collect())
    }

    pub(crate) fn leave(&self, listener: &Listener) {
        let mut kept = self.kept.lock();
        let at = kept.waiting.iter().position(|(number, _)| *number == listener.number);
        // What else goes with it may come here too: not while we have the lock.
        let waker = at.map(|at| kept.waiting.swap_remove(at));
        if self.listeners.fetch_sub(1, Ordering::AcqRel) == 1 {
            kept.first += kept.records.len() as u64;
            kept.records.clear();
            kept.covered = kept.newest;
        }
        drop(kept);
        drop(waker);
    }

    /// Adds a record; those to be woken when the writer is done. The writer's, so the
    /// order is that of commits.
    #[must_use]
    pub(super) fn push(&self, record: Arc<Record>) -> Vec<(u64, Waker)> {
        let mut kept = self.kept.lock();
        if !self.is_heard() {
            // The last one left meanwhile.
            return Vec::new();
        }
        kept.newest = (record.commit, record.raised);
        self.keep(&mut kept, record)
    }

    /// Adds what was raised behind the newest commit; those to be woken. Nothing when nobody
    /// listens.
    #[must_use]
    pub(crate) fn push_raised(
        &self,
        at: Moment,
        by: &Principal,
        raised: Vec<Raised>,
    ) -> Vec<(u64, Waker)> {
        let mut kept = self.kept.lock();
        if !self.is_heard() || raised.is_empty() {
            return Vec::new();
        }
        kept.newest.1 = kept.newest.1.saturating_add(1);
        let (commit, number) = kept.newest;
        let changes = raised.into_iter().map(Recorded::Raised).collect();
        let record = Record { commit, raised: number, at, by: by.clone(), changes };
        self.keep(&mut kept, Arc::new(record))
    }

    fn keep(&self, kept: &mut Kept, record: Arc<Record>) -> Vec<(u64, Waker)> {
        if kept.records.len() >= self.capacity
            && let Some(gone) = kept.records.pop_front()
        {
            kept.first += 1;
            kept.covered = (gone.commit, gone.raised);
        }
        kept.records.push_back(record);
        std::mem::take(&mut kept.waiting)
    }

    /// The record that a listener comes to next; `waker` is called when there is none yet
    /// and one comes.
    pub(crate) fn next(&self, listener: &Listener, waker: Option<&Waker>) -> Next {
        let mut kept = self.kept.lock();
        let place = listener.place;
        if place < kept.first {
            return Next::Lost(kept.first - place);
        }
        let found = usize::try_from(place - kept.first).ok().and_then(|n| kept.records.get(n));
        match (found, waker) {
            (Some(record), _) => Next::Record(record.clone()),
            (None, None) => Next::Nothing,
            (None, Some(waker)) => {
                let mut waiting = kept.waiting.iter_mut();
                let before = match waiting.find(|(number, _)| *number == listener.number) {
                    Some((_, there)) => Some(std::mem::replace(there, waker.clone())),
                    None => {
                        kept.waiting.push((listener.number, waker.clone()));
                        None
                    }
                };
                drop(kept);
                drop(before);
                Next::Nothing
            }
        }
    }
}
