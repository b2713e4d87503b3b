//! From the writer to the log, and from the log to the readers.
//!
//! The writer applies a commit and leaves it here, in order. Under [`SyncPolicy::Always`] it is
//! published only when the log has it: of those who wait for that, one is the leader, writes
//! everything that was left here as one entry and publishes it, and the others find their commits
//! done. So the number of syncs follows the disk and not the number of commits. Under the
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
use parking_lot::{Mutex, MutexGuard};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, Weak};

/// How many commits may wait for the log that are published already. Beyond that, whoever
/// commits writes them.
const MANY: usize = 4096;

/// Commits on their way to the log.
#[derive(Debug)]
pub(crate) struct Pipeline {
    journal: Journal,
    policy: SyncPolicy,
    commits: Weak<Commits>,
    /// What the log does not have, in the order of commits.
    pending: Mutex<Vec<Pending>>,
    end: Mutex<End>,
    /// The last commit that the log has, and that is published.
    settled: AtomicU64,
    /// Why nothing can be written any more.
    failure: OnceLock<Arc<JournalError>>,
    pub(super) signals: Arc<Signals>,
    /// How large a log may get before there is a checkpoint.
    log_limit: u64,
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
            settled,
            failure: OnceLock::new(),
            signals: Arc::default(),
            log_limit,
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
    pub(super) fn end(&self) -> MutexGuard<'_, End> {
        self.end.lock()
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
        for Pending { record, .. } in &pending {
            end.writer.put(record);
        }
        let appended = self.journal.append(first, last, end.writer.bytes());
        end.writer.clear();
        appended.map_err(|error| self.fail(error))?;
        let applied: Vec<Applied> = pending.into_iter().filter_map(|p| p.applied).collect();
        let woken = self.publish(applied, place);
        self.settled.store(last, Ordering::Release);
        if self.journal.log_bytes() > self.log_limit {
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
                self.signals.ask_for_flush();
            }
            return Ok(());
        }
        if self.settled() >= commit {
            return Ok(());
        }
        let mut end = self.end();
        if self.settled() >= commit {
            // Whoever had the log's end before wrote this too.
            return Ok(());
        }
        let woken = self.append(&mut end, None)?;
        drop(end);
        woken.wake();
        Ok(())
    }
}
