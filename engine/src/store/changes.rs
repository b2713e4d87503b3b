//! What each commit changed, in the order of commits.
//!
//! Records name rows, they do not copy them. The log keeps a bounded number of commits
//! for those who listen; who falls behind it is told so. When nobody listens nothing is
//! recorded.

use super::Found;
use super::chunk::Chunk;
use super::versions::Commit;
use crate::context::Principal;
use crate::schema::Schema;
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
    /// An ordered index was asked for or dropped.
    Index { namespace: Name, class: Name, property: Name, came: bool },
    /// A namespace came or went.
    Namespace { name: Name, dialect: Dialect, came: bool },
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
    waiting: Vec<Waker>,
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

    /// Begins to listen; the place of the next record.
    pub(crate) fn listen(&self) -> u64 {
        let kept = self.kept.lock();
        self.listeners.fetch_add(1, Ordering::AcqRel);
        kept.first + kept.records.len() as u64
    }

    pub(crate) fn leave(&self) {
        let mut kept = self.kept.lock();
        if self.listeners.fetch_sub(1, Ordering::AcqRel) == 1 {
            kept.first += kept.records.len() as u64;
            kept.records.clear();
        }
    }

    /// Adds a record. The writer's, so the order is that of commits.
    pub(super) fn push(&self, record: Record) {
        let mut kept = self.kept.lock();
        if kept.records.len() >= self.capacity && kept.records.pop_front().is_some() {
            kept.first += 1;
        }
        kept.records.push_back(Arc::new(record));
        let waiting = std::mem::take(&mut kept.waiting);
        drop(kept);
        waiting.into_iter().for_each(Waker::wake);
    }

    /// The record at a place; `waker` is called when there is none yet and one comes.
    pub(crate) fn at(&self, place: u64, waker: Option<&Waker>) -> Next {
        let mut kept = self.kept.lock();
        if place < kept.first {
            return Next::Lost(kept.first - place);
        }
        let found = usize::try_from(place - kept.first).ok().and_then(|n| kept.records.get(n));
        match (found, waker) {
            (Some(record), _) => Next::Record(record.clone()),
            (None, None) => Next::Nothing,
            (None, Some(waker)) => {
                if !kept.waiting.iter().any(|w| w.will_wake(waker)) {
                    kept.waiting.push(waker.clone());
                }
                Next::Nothing
            }
        }
    }
}
