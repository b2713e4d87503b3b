//! Making those wait who write, as long as somebody who must miss nothing has no room.

use super::entry::Entry;
use crate::repository::Repository;
use parking_lot::Mutex;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Weak};

/// The subscriptions that writers wait for.
#[derive(Default)]
pub(crate) struct Pressure {
    entries: Mutex<Vec<Weak<Entry>>>,
    count: AtomicUsize,
}

impl fmt::Debug for Pressure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pressure").field("count", &self.count).finish_non_exhaustive()
    }
}

impl Pressure {
    /// Has writers wait for a subscription, if that is how it wants it.
    pub(super) fn add(&self, repository: &Repository, entry: &Arc<Entry>) {
        if !entry.queue.is_blocking() {
            return;
        }
        self.entries.lock().push(Arc::downgrade(entry));
        self.count.fetch_add(1, Ordering::AcqRel);
        let weak = repository.downgrade();
        repository.commits().set_before_write(Box::new(move || {
            if let Some(repository) = weak.upgrade() {
                repository.make_room();
            }
        }));
    }

    pub(super) fn remove(&self, entry: &Arc<Entry>) {
        if !entry.queue.is_blocking() {
            return;
        }
        self.count.fetch_sub(1, Ordering::AcqRel);
        self.entries.lock().retain(|other| !std::ptr::eq(other.as_ptr(), Arc::as_ptr(entry)));
    }

    /// Those without room.
    fn full(&self) -> Vec<Arc<Entry>> {
        let entries = self.entries.lock();
        let there = entries.iter().filter_map(Weak::upgrade);
        there.filter(|entry| entry.queue.patience().is_some()).collect()
    }
}

impl Repository {
    /// Waits, as whoever is about to write, until all have room for events that must not miss
    /// any, or for as long as they said.
    pub(crate) fn make_room(&self) {
        let hub = self.hub();
        if hub.pressure.count.load(Ordering::Acquire) == 0 || !hub.drain(self) {
            return;
        }
        let begin = self.clock().now();
        loop {
            let times = hub.signal.times();
            let full = hub.pressure.full();
            if full.is_empty() {
                return;
            }
            let waited = self.clock().now().saturating_sub(begin);
            let mut left = None;
            for entry in &full {
                let patience = entry.queue.patience().map(|longest| longest.saturating_sub(waited));
                match patience {
                    Some(rest) if !rest.is_zero() && self.clock().goes_by_itself() => {
                        left = Some(left.map_or(rest, |left| rest.min(left)));
                    }
                    _ => entry.queue.give_up(),
                }
            }
            if let Some(left) = left {
                hub.signal.wait(times, Some(left));
            }
        }
    }
}
