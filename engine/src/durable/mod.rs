//! What outlives the process: a repository in a data directory.
//!
//! ```text
//! writer ─ Record ─> Pipeline ─ record::Writer ─> log ─┐
//!    │                  └─ publishes                   ├─ cimarron_journal: the directory
//!    └ Root, Chunks ─> checkpoint ─ state, images ─────┘
//!                                       open ─ load, Replay ─> Repository
//! ```
//!
//! * `schema`, `record`, `state`: what the log and checkpoints are made of, written with
//!   [`codec`](crate::codec);
//! * `pipeline`: from the writer to the log to the readers; `worker`: the threads behind it;
//! * `checkpoint`, `segments`: writing the whole state; `load`, `replay`: reading it and the log;
//! * `open`: the doors of [`Repository`](crate::Repository).
//!
//! `docs/durability.md` has the promises, the layouts and the procedures.

mod checkpoint;
mod load;
mod open;
mod pipeline;
mod record;
mod replay;
mod schema;
mod segments;
mod state;
mod worker;

use crate::error::EngineError;
use crate::executor::{Executor, Threads};
use crate::namespaces::Namespaces;
use crate::store::Commits;
use checkpoint::Archived;
use cimarron_journal::JournalError;
use parking_lot::Mutex;
use pipeline::Pipeline;
use std::sync::Arc;
use std::time::Duration;

/// When a commit of a repository with a data directory is safe.
///
/// Whatever the policy, what is found after a crash is the state after some commit: all of that
/// commit and of every one before it, and nothing of any after it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SyncPolicy {
    /// Before anybody sees it: a call returns, readers see its commit and listeners hear of it
    /// when it is on the disk. Nothing that anybody was told is ever lost.
    #[default]
    Always,
    /// This long after it was published, at the latest, the disk being no slower than that. A
    /// crash of the process or of the machine loses what was not written yet.
    Every(Duration),
    /// When the operating system sees fit. Commits are handed to it right after they were
    /// published, so a crash of the process loses a moment's. A crash of the machine may lose
    /// everything since the last checkpoint, and may leave a log that is refused as damaged.
    Never,
}

/// How a repository is kept in a data directory.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Durability {
    /// When a commit is safe.
    pub sync: SyncPolicy,
    /// How many bytes of commits there are before a checkpoint takes their place. More means
    /// fewer checkpoints and a longer opening.
    pub log_bytes: u64,
    /// How many bytes of commits each new log has room for before they go into its database, half
    /// of them at a time. It is that much disk, and up to that much memory.
    pub ahead_bytes: u32,
    /// Whether commits are kept for event subscribers that come back after the directory was
    /// opened again: those since the last checkpoint, as many as
    /// [`Limits::kept_commits`](crate::Limits) allows. They are in memory then, always.
    pub keep_events: bool,
    /// Where threads come from.
    pub executor: Arc<dyn Executor>,
}

impl Default for Durability {
    fn default() -> Self {
        Self {
            sync: SyncPolicy::Always,
            log_bytes: 64 << 20,
            ahead_bytes: 2 << 20,
            keep_events: false,
            executor: Arc::new(Threads),
        }
    }
}

impl Durability {
    /// The same with another policy.
    #[must_use]
    pub const fn with_sync(mut self, sync: SyncPolicy) -> Self {
        self.sync = sync;
        self
    }

    /// The same with checkpoints after another number of bytes of commits.
    #[must_use]
    pub const fn with_log_bytes(mut self, bytes: u64) -> Self {
        self.log_bytes = bytes;
        self
    }

    /// The same with room for another number of bytes before a log's database.
    #[must_use]
    pub const fn with_ahead_bytes(mut self, bytes: u32) -> Self {
        self.ahead_bytes = bytes;
        self
    }

    /// The same with commits kept for subscribers that come back, or without; see
    /// [`Subscription::bookmark`](crate::Subscription::bookmark).
    #[must_use]
    pub const fn with_kept_events(mut self, keep: bool) -> Self {
        self.keep_events = keep;
        self
    }

    /// The same with threads from elsewhere.
    #[must_use]
    pub fn with_executor(mut self, executor: Arc<dyn Executor>) -> Self {
        self.executor = executor;
        self
    }
}

/// How a repository's data directory is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DurabilityStatus {
    /// When a commit is safe.
    pub sync: SyncPolicy,
    /// The last commit.
    pub commit: u64,
    /// The last commit that the log has.
    pub logged: u64,
    /// The commit of the last checkpoint; `None` when there is none.
    pub checkpoint: Option<u64>,
    /// Bytes of commits in the current log.
    pub log_bytes: u64,
    /// Why nothing can be written any more, when that is so.
    pub failure: Option<String>,
    /// Why the last checkpoint was not made, when that is so; commits are safe in the log.
    pub checkpoint_failure: Option<String>,
}

/// What a repository with a data directory has beside its memory.
#[derive(Debug)]
pub(crate) struct Durable {
    pipeline: Arc<Pipeline>,
    commits: Arc<Commits>,
    namespaces: Arc<Namespaces>,
    executor: Arc<dyn Executor>,
    /// For whoever makes a checkpoint.
    archived: Mutex<Archived>,
    checkpoint_failure: Mutex<Option<String>>,
}

#[cfg(test)]
mod tests;

/// A failure of the data directory.
fn storage(error: JournalError) -> EngineError {
    EngineError::Storage(Arc::new(error))
}
