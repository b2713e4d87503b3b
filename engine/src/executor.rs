//! Where threads come from.

use std::fmt;
use std::io;

/// What gives the engine threads to work on beside its callers: for the log and the checkpoints
/// of a repository with a data directory. A job runs until the repository is gone.
pub trait Executor: Send + Sync + fmt::Debug {
    /// Runs a job beside the caller. `name` is for whoever lists threads.
    ///
    /// # Errors
    /// When there is no thread for it. The job was not begun then, and never is.
    fn spawn(&self, name: &str, job: Box<dyn FnOnce() + Send>) -> io::Result<()>;
}

/// Threads of the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct Threads;

impl Executor for Threads {
    fn spawn(&self, name: &str, job: Box<dyn FnOnce() + Send>) -> io::Result<()> {
        std::thread::Builder::new().name(name.to_owned()).spawn(job).map(drop)
    }
}
