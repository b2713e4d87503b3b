//! What each commit changed, in the order of commits.
//!
//! Records name rows, they do not copy them. The log keeps a bounded number of commits
//! for those who listen; who falls behind it is told so. When nobody listens nothing is
//! recorded.

use super::Found;
use super::chunk::Chunk;
use super::versions::Commit;
use crate::context::Principal;
use crate::schema::{ClassId, Schema};
use cimarron_model::{Dialect, Name};
use parking_lot::Mutex;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Waker;

/// What one commit changed.
#[derive(Debug)]
pub(crate) struct Record {
    pub(crate) commit: Commit,
    pub(crate) by: Principal,
    /// In the order in which it was done.
    pub(crate) changes: Vec<Recorded>,
}

/// One change, or one kind of change to many rows.
#[derive(Debug)]
pub(crate) enum Recorded {
    /// A row came, went, or took the place of another.
    Row { namespace: Name, old: Option<Found>, new: Option<Found> },
    /// All rows of a chunk came.
    Chunk { namespace: Name, chunk: Arc<Chunk> },
    /// A schema took the place of another.
    Schema { namespace: Name, old: Arc<Schema>, new: Arc<Schema> },
    /// The rows of a class were taken over to the version of it that the schema before this
    /// change brought.
    Taken { namespace: Name, class: ClassId },
    /// An ordered index was asked for or dropped.
    Index { namespace: Name, class: Name, property: Name, came: bool },
    /// A namespace came, with the schema that it starts with, or went.
    Namespace { name: Name, dialect: Dialect, start: Option<Arc<Schema>> },
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
    pub(super) fn is_heard(&self) -> bool {
        self.listeners.load(Ordering::Acquire) > 0
    }

    /// Begins to listen. Commits that are in the making do not see it: see
    /// [`Commits::listen`](super::Commits::listen).
    pub(super) fn listen(&self) -> Listener {
        let mut kept = self.kept.lock();
        self.listeners.fetch_add(1, Ordering::AcqRel);
        kept.known += 1;
        Listener { number: kept.known, place: kept.first + kept.records.len() as u64 }
    }

    pub(crate) fn leave(&self, listener: &Listener) {
        let mut kept = self.kept.lock();
        let at = kept.waiting.iter().position(|(number, _)| *number == listener.number);
        // What else goes with it may come here too: not while we have the lock.
        let waker = at.map(|at| kept.waiting.swap_remove(at));
        if self.listeners.fetch_sub(1, Ordering::AcqRel) == 1 {
            kept.first += kept.records.len() as u64;
            kept.records.clear();
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
        if kept.records.len() >= self.capacity && kept.records.pop_front().is_some() {
            kept.first += 1;
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
