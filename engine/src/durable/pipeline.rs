//! From the writer to the log, and from the log to the readers.
//!
//! The writer applies a commit and leaves it here, in order. Under [`SyncPolicy::Always`] it is
//! published only when the log has it: of those who wait for that, one is the leader, writes
//! everything that was left here as one entry and publishes it, and the others find their commits
//! done. So the number of syncs follows the disk and not the number of commits. A leader whose
//! predecessors wrote for several lets others run for a moment first, so that they are in. Under the
//! other policies a commit is published at once and a thread follows with the log.
//!
//! **Locks**, in the order in which they are taken: the log's end, the writer's place, what is
//! pending. Whoever has the writer's place never waits for the log.

use super::SyncPolicy;
use super::record::Writer;
use super::worker::Signals;
use crate::error::EngineError;
use crate::store::{Applied, Commit, Commits, Record, Sink, Woken, WriterPlace};
use cimarron_journal::{Journal, JournalError};
use parking_lot::{Condvar, Mutex, MutexGuard};
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock, Weak};

/// How many commits may wait for the log that are published already. Beyond that, whoever
/// commits writes them.
const MANY: usize = 4096;

/// How often a leader lets others run before it goes without them.
const YIELDS: usize = 64;

/// Commits on their way to the log.
#[derive(Debug)]
pub(crate) struct Pipeline {
    journal: Journal,
    policy: SyncPolicy,
    commits: Weak<Commits>,
    /// What the log does not have, in the order of commits.
    pending: Mutex<Vec<Pending>>,
    end: Mutex<End>,
    /// For those who wait until somebody is done with the log's end.
    turn: Mutex<()>,
    done: Condvar,
    /// How many commits the last two entries had.
    groups: [AtomicUsize; 2],
    /// The last commit that the log has, and that is published.
    settled: AtomicU64,
    /// Why nothing can be written any more.
    failure: OnceLock<Arc<JournalError>>,
    pub(super) signals: Arc<Signals>,
    /// How large a log may get before there is a checkpoint.
    log_limit: u64,
    /// How large this one may: more when a checkpoint could not be made.
    checkpoint_at: AtomicU64,
}

#[derive(Debug)]
struct Pending {
    record: Arc<Record>,
    /// The commit, when it is not published yet.
    applied: Option<Applied>,
}

/// The end of the log.
#[derive(Debug)]
pub(super) struct End {
    pub(super) writer: Writer,
}

/// The log's end, held by one. When it is let go of, those who wait are told.
pub(super) struct AtEnd<'p> {
    end: MutexGuard<'p, End>,
    /// Behind the guard, so that it is dropped when that is.
    _tell: Tell<'p>,
}

impl Deref for AtEnd<'_> {
    type Target = End;

    fn deref(&self) -> &End {
        &self.end
    }
}

impl DerefMut for AtEnd<'_> {
    fn deref_mut(&mut self) -> &mut End {
        &mut self.end
    }
}

/// Tells those who wait for the log's end that it is free.
struct Tell<'p>(&'p Pipeline);

impl Drop for Tell<'_> {
    fn drop(&mut self) {
        drop(self.0.turn.lock());
        self.0.done.notify_all();
    }
}

impl Pipeline {
    pub(super) fn new(
        journal: Journal,
        (policy, log_limit): (SyncPolicy, u64),
        commits: &Arc<Commits>,
        writer: Writer,
    ) -> Self {
        let settled = AtomicU64::new(journal.last_commit());
        Self {
            journal,
            policy,
            commits: Arc::downgrade(commits),
            pending: Mutex::default(),
            end: Mutex::new(End { writer }),
            turn: Mutex::default(),
            done: Condvar::new(),
            groups: [AtomicUsize::new(1), AtomicUsize::new(1)],
            settled,
            failure: OnceLock::new(),
            signals: Arc::default(),
            log_limit,
            checkpoint_at: AtomicU64::new(log_limit),
        }
    }

    pub(super) const fn journal(&self) -> &Journal {
        &self.journal
    }

    pub(super) const fn policy(&self) -> SyncPolicy {
        self.policy
    }

    /// The last commit that the log has.
    pub(super) fn settled(&self) -> Commit {
        self.settled.load(Ordering::Acquire)
    }

    /// How many commits wait for the log.
    #[cfg(test)]
    pub(super) fn waiting(&self) -> usize {
        self.pending.lock().len()
    }

    /// Why nothing can be written any more.
    pub(super) fn failure(&self) -> Option<&Arc<JournalError>> {
        self.failure.get()
    }

    /// Stops all writing, for a reason.
    fn fail(&self, error: JournalError) -> EngineError {
        let cause = self.failure.get_or_init(|| Arc::new(error)).clone();
        EngineError::WritesStopped { cause }
    }

    /// The log's end, for nobody else.
    pub(super) fn end(&self) -> AtEnd<'_> {
        AtEnd { end: self.end.lock(), _tell: Tell(self) }
    }

    /// The log's end, unless somebody has it.
    fn try_end(&self) -> Option<AtEnd<'_>> {
        let end = self.end.try_lock()?;
        Some(AtEnd { end, _tell: Tell(self) })
    }

    /// Lets those come who wrote along with the leaders before.
    fn gather(&self) {
        let [last, before] = &self.groups;
        let expected = last.load(Ordering::Relaxed).max(before.load(Ordering::Relaxed));
        for _ in 0..YIELDS {
            if self.pending.lock().len() >= expected {
                return;
            }
            std::thread::yield_now();
        }
    }

    /// Waits until the log has a commit, as the leader or behind one.
    fn wait_for(&self, commit: Commit) -> Result<(), EngineError> {
        while self.settled() < commit {
            let Some(mut end) = self.try_end() else {
                let mut turn = self.turn.lock();
                // Whoever has the end takes the turn when they have let go of it, to tell.
                if self.settled() < commit && self.end.is_locked() {
                    self.done.wait(&mut turn);
                }
                continue;
            };
            if self.settled() < commit {
                self.gather();
                let woken = self.append(&mut end, None);
                drop(end);
                woken?.wake();
                if self.settled() < commit {
                    // A leader took it and ended half-way: nobody knows what the log has.
                    let what = "a commit that was lost on its way to the log".to_owned();
                    return Err(self.fail(JournalError::Refused { what }));
                }
            }
        }
        Ok(())
    }

    /// What the thread behind the log does when it is asked. What fails stops all writing, and
    /// every write from then on says so.
    pub(super) fn tend(&self) {
        let flushed = if self.policy == SyncPolicy::Always { Ok(()) } else { self.flush() };
        if flushed.is_ok()
            && let Err(error) = self.journal.settle()
        {
            self.fail(error);
        }
    }

    /// Plans the next checkpoint. One that could not be made is not tried at each commit: that
    /// takes what a full disk lacks.
    pub(super) fn plan_checkpoint(&self, made: bool) {
        let more = || self.journal.log_bytes().saturating_add(self.log_limit / 8);
        // One that failed late has begun another log, which is as good a time as any.
        let at = if made { self.log_limit } else { more().max(self.log_limit) };
        self.checkpoint_at.store(at, Ordering::Relaxed);
    }

    /// Whether the log has become so large that there should be a checkpoint.
    pub(super) fn wants_checkpoint(&self) -> bool {
        self.journal.log_bytes() > self.checkpoint_at.load(Ordering::Relaxed)
    }

    /// Writes everything that is pending to the log.
    pub(super) fn flush(&self) -> Result<(), EngineError> {
        let mut end = self.end();
        let woken = self.append(&mut end, None)?;
        drop(end);
        woken.wake();
        Ok(())
    }

    /// Writes everything that is pending to the log and publishes it. Whoever has the writer's
    /// place gives it.
    pub(super) fn append(
        &self,
        end: &mut End,
        place: Option<&WriterPlace<'_>>,
    ) -> Result<Woken, EngineError> {
        self.check()?;
        let pending = std::mem::take(&mut *self.pending.lock());
        let (Some(first), Some(last)) = (pending.first(), pending.last()) else {
            return Ok(Woken::default());
        };
        let (first, last) = (first.record.commit, last.record.commit);
        let [newest, before] = &self.groups;
        before.store(newest.swap(pending.len(), Ordering::Relaxed), Ordering::Relaxed);
        end.writer.set_format(self.journal.log_format());
        for Pending { record, .. } in &pending {
            end.writer.put(record);
        }
        let appended = self.journal.append(first, last, end.writer.bytes());
        end.writer.clear();
        appended.map_err(|error| self.fail(error))?;
        let applied: Vec<Applied> = pending.into_iter().filter_map(|p| p.applied).collect();
        let woken = self.publish(applied, place);
        self.settled.store(last, Ordering::Release);
        if self.journal.unsettled() {
            self.signals.ask_for_log();
        }
        if self.wants_checkpoint() {
            self.signals.ask_for_checkpoint();
        }
        Ok(woken)
    }

    fn publish(&self, applied: Vec<Applied>, has_place: Option<&WriterPlace<'_>>) -> Woken {
        let Some(commits) = self.commits.upgrade() else { return Woken::default() };
        let needs_place = has_place.is_none() && applied.iter().any(Applied::needs_writer);
        let _place = needs_place.then(|| commits.hold());
        commits.publish(applied)
    }
}

impl Sink for Pipeline {
    fn check(&self) -> Result<(), EngineError> {
        match self.failure.get() {
            Some(cause) => Err(EngineError::WritesStopped { cause: cause.clone() }),
            None => Ok(()),
        }
    }

    fn take(&self, commits: &Commits, applied: Applied) -> Woken {
        let Some(record) = applied.record.clone() else { return commits.publish([applied]) };
        if self.policy == SyncPolicy::Always {
            self.pending.lock().push(Pending { record, applied: Some(applied) });
            return Woken::default();
        }
        self.pending.lock().push(Pending { record, applied: None });
        commits.publish([applied])
    }

    fn settle(&self, commit: Commit) -> Result<(), EngineError> {
        if self.policy != SyncPolicy::Always {
            if self.pending.lock().len() > MANY {
                return self.flush();
            }
            if self.policy == SyncPolicy::Never {
                self.signals.ask_for_log();
            }
            return Ok(());
        }
        self.wait_for(commit)
    }
}
