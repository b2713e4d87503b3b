//! Open sequences by name, for protocols whose clients come back with nothing but a
//! name: the enumeration contexts of DSP0200 and WS-Enumeration.
//!
//! A name says nothing and cannot be guessed, and works for the principal that opened
//! the sequence alone. Nobody else learns that it exists. A sequence that was left
//! alone for its idle time is dropped, with the snapshot that it holds; for a while its
//! owner is told so instead of "no such enumeration".

use super::{Batch, Item, Pulled, Sequence, Taken};
use crate::clock::Clock;
use crate::context::{CallContext, Principal};
use crate::error::EngineError;
use crate::repository::Repository;
use hashbrown::HashMap;
use parking_lot::Mutex;
use std::collections::VecDeque;
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

/// How many expired names are remembered.
const REMEMBERED: usize = 1024;

/// How many sequences may be open, and how long they may be left alone.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SequenceLimits {
    /// How many may be open altogether.
    pub open: usize,
    /// How many one principal may have open.
    pub per_principal: usize,
    /// The idle time of a sequence whose client names none.
    pub idle: Duration,
    /// The longest idle time that a client may name; `None` when any will do, for
    /// ever too.
    pub longest_idle: Option<Duration>,
}

impl Default for SequenceLimits {
    fn default() -> Self {
        Self {
            open: 10_000,
            per_principal: 1_000,
            idle: Duration::from_secs(60),
            longest_idle: Some(Duration::from_secs(15 * 60)),
        }
    }
}

/// The open sequences of a front end.
pub struct Sequences {
    repository: Repository,
    limits: SequenceLimits,
    secret: RandomState,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    open: HashMap<String, Arc<Entry>>,
    expired: VecDeque<(String, Principal, Ended)>,
    opened: u64,
    /// Nothing expires before this time.
    soonest: Duration,
}

/// Why a sequence ended without its owner.
#[derive(Clone, Copy)]
enum Ended {
    /// It was left alone for this long.
    Idle(Duration),
    /// Too much was kept for it.
    Relieved,
}

struct Entry {
    principal: Principal,
    /// Earlier ones have lower numbers.
    number: u64,
    /// How long it may be left alone, and until when; `None` is for ever.
    idle: Mutex<Option<(Duration, Duration)>>,
    /// How many calls are at work with it or wait for that.
    users: AtomicUsize,
    closed: AtomicBool,
    sequence: Mutex<Sequence>,
}

/// A call at work with a sequence: until it is done the sequence cannot expire.
struct InUse<'s> {
    entry: Arc<Entry>,
    clock: &'s dyn Clock,
}

impl Entry {
    fn touch(&self, now: Duration) {
        if let Some((idle, until)) = &mut *self.idle.lock() {
            *until = now.saturating_add(*idle);
        }
    }

    /// The idle time, and when the sequence expires at the earliest; `None` for ever.
    fn expires(&self, now: Duration) -> Option<(Duration, Duration)> {
        let in_use = self.users.load(Ordering::Acquire) > 0;
        let (idle, until) = (*self.idle.lock())?;
        // Whoever uses it leaves it alone from then on, which is later than now.
        Some((idle, if in_use { now.saturating_add(idle) } else { until }))
    }
}

impl Drop for InUse<'_> {
    fn drop(&mut self) {
        self.entry.touch(self.clock.now());
        self.entry.users.fetch_sub(1, Ordering::Release);
    }
}

impl Sequences {
    /// No open sequence; time is the repository's.
    pub fn new(repository: &Repository, limits: SequenceLimits) -> Self {
        Self {
            repository: repository.clone(),
            limits,
            secret: RandomState::new(),
            state: Mutex::default(),
        }
    }

    /// Keeps a sequence for its principal to come back to; its name. An idle time of
    /// zero means for ever (DSP0200 `OperationTimeout`).
    ///
    /// # Errors
    /// When too many are open, or the idle time is longer than allowed.
    pub fn open(&self, sequence: Sequence, idle: Option<Duration>) -> Result<String, EngineError> {
        let idle = self.idle(idle)?;
        self.sweep();
        let now = self.clock().now();
        let mut entry = Entry {
            principal: sequence.principal().clone(),
            number: 0,
            idle: Mutex::new(idle.map(|idle| (idle, now.saturating_add(idle)))),
            users: AtomicUsize::new(0),
            closed: AtomicBool::new(false),
            sequence: Mutex::new(sequence),
        };
        let mut state = self.state.lock();
        let own = state.open.values().filter(|e| e.principal == entry.principal).count();
        for (open, limit) in
            [(state.open.len(), self.limits.open), (own, self.limits.per_principal)]
        {
            if open >= limit {
                return Err(EngineError::TooManySequences { limit });
            }
        }
        state.opened += 1;
        entry.number = state.opened;
        let id = self.name(state.opened);
        if let Some((_, until)) = entry.expires(now) {
            state.soonest = state.soonest.min(until);
        }
        state.open.insert(id.clone(), Arc::new(entry));
        Ok(id)
    }

    /// Shows the next items of a sequence; see [`Sequence::pull`]. When that was the end,
    /// or an error ended it, the sequence is closed.
    ///
    /// `take` must not come back to the same sequence.
    ///
    /// # Errors
    /// As [`Sequence::pull`]; when the sequence is not open, not the caller's or
    /// expired; and when it is closed meanwhile.
    pub fn pull(
        &self,
        caller: &Principal,
        id: &str,
        context: &CallContext,
        batch: Batch,
        mut take: impl FnMut(Item<'_>) -> Taken,
    ) -> Result<Pulled, EngineError> {
        let used = self.enter(caller, id)?;
        let closed = || used.entry.closed.load(Ordering::Acquire);
        let mut sequence = used.entry.sequence.lock();
        let result = sequence
            .pull(context, batch, |item| if closed() { Taken::GiveBack } else { take(item) });
        if closed() {
            return Err(EngineError::PullAbandoned);
        }
        if sequence.failed || result.as_ref().is_ok_and(|pulled| pulled.end) {
            self.remove(id);
        }
        result
    }

    /// Does something else with a sequence: skips, rewinds, clones it.
    ///
    /// `work` must not come back to the same sequence.
    ///
    /// # Errors
    /// When the sequence is not open, not the caller's or expired, or the work fails.
    pub fn with<T>(
        &self,
        caller: &Principal,
        id: &str,
        work: impl FnOnce(&mut Sequence) -> Result<T, EngineError>,
    ) -> Result<T, EngineError> {
        let used = self.enter(caller, id)?;
        let mut sequence = used.entry.sequence.lock();
        work(&mut sequence)
    }

    /// Gives a sequence another idle time, from now on (WS-Enumeration Renew).
    ///
    /// # Errors
    /// As [`Sequences::open`], and when the sequence is not open, not the caller's or
    /// expired.
    pub fn renew(
        &self,
        caller: &Principal,
        id: &str,
        idle: Option<Duration>,
    ) -> Result<(), EngineError> {
        let idle = self.idle(idle)?;
        let used = self.enter(caller, id)?;
        let until = idle.map(|idle| (idle, self.clock().now().saturating_add(idle)));
        *used.entry.idle.lock() = until;
        drop(used);
        if let Some((_, until)) = until {
            let mut state = self.state.lock();
            state.soonest = state.soonest.min(until);
        }
        Ok(())
    }

    /// Closes a sequence; a pull under way ends with [`EngineError::PullAbandoned`].
    ///
    /// # Errors
    /// When the sequence is not open, not the caller's or expired.
    pub fn close(&self, caller: &Principal, id: &str) -> Result<(), EngineError> {
        let used = self.enter(caller, id)?;
        used.entry.closed.store(true, Ordering::Release);
        self.remove(id);
        Ok(())
    }

    fn clock(&self) -> &dyn Clock {
        &**self.repository.clock()
    }

    /// How many are open.
    pub fn len(&self) -> usize {
        self.state.lock().open.len()
    }

    /// Whether none is open.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Drops what has expired. Every operation does; a server whose clients are gone
    /// may do it from time to time.
    pub fn sweep(&self) {
        self.expire();
        self.relieve();
    }

    /// Gives up the oldest sequences as long as too much is kept for them.
    fn relieve(&self) {
        while self.repository.commits().pinned_bytes() > self.repository.limits().pinned_bytes {
            let mut state = self.state.lock();
            let idle = state.open.iter().filter(|(_, e)| e.users.load(Ordering::Acquire) == 0);
            let Some(id) = idle.min_by_key(|(_, e)| e.number).map(|(id, _)| id.clone()) else {
                return;
            };
            let gone = state.open.remove(&id);
            if let Some(entry) = &gone {
                state.expired.push_back((id, entry.principal.clone(), Ended::Relieved));
            }
            drop(state);
            drop(gone);
        }
    }

    fn expire(&self) {
        let now = self.clock().now();
        let mut gone = Vec::new();
        let mut state = self.state.lock();
        if now < state.soonest {
            return;
        }
        let State { open, expired, soonest, .. } = &mut *state;
        *soonest = Duration::MAX;
        open.retain(|id, entry| {
            let Some((idle, until)) = entry.expires(now) else { return true };
            if now < until {
                *soonest = (*soonest).min(until);
                return true;
            }
            expired.push_back((id.clone(), entry.principal.clone(), Ended::Idle(idle)));
            gone.push(entry.clone());
            false
        });
        while expired.len() > REMEMBERED {
            expired.pop_front();
        }
        // Snapshots are given up without the lock.
        drop(state);
        drop(gone);
    }

    fn idle(&self, asked: Option<Duration>) -> Result<Option<Duration>, EngineError> {
        match (asked, self.limits.longest_idle) {
            (None, _) => Ok(Some(self.limits.idle)),
            (Some(asked), Some(longest)) if asked.is_zero() || asked > longest => {
                Err(EngineError::InvalidOperationTimeout { asked, longest })
            }
            (Some(asked), _) => Ok(Some(asked).filter(|asked| !asked.is_zero())),
        }
    }

    fn name(&self, number: u64) -> String {
        let [high, low] = [0, 1].map(|half| self.secret.hash_one((number, half)));
        format!("{number:x}-{high:016x}{low:016x}")
    }

    fn enter(&self, caller: &Principal, id: &str) -> Result<InUse<'_>, EngineError> {
        self.sweep();
        let state = self.state.lock();
        if let Some(entry) = state.open.get(id).filter(|e| e.principal == *caller) {
            entry.users.fetch_add(1, Ordering::AcqRel);
            return Ok(InUse { entry: entry.clone(), clock: self.clock() });
        }
        let id = id.to_owned();
        let expired = state.expired.iter().find(|(name, owner, _)| *name == id && owner == caller);
        Err(match expired {
            Some((_, _, Ended::Idle(idle))) => EngineError::SequenceExpired { id, idle: *idle },
            Some((_, _, Ended::Relieved)) => EngineError::SnapshotExpired,
            None => EngineError::NoSuchSequence { id },
        })
    }

    fn remove(&self, id: &str) {
        let removed = self.state.lock().open.remove(id);
        // The snapshot is given up without the lock.
        drop(removed);
    }
}

impl fmt::Debug for Sequences {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sequences").field("open", &self.len()).finish_non_exhaustive()
    }
}
