//! The threads behind a repository with a data directory: one that tends the log, so that commits need
//! not wait for what they do not need, and one that makes checkpoints.

use super::checkpoint::Extent;
use super::{Durable, SyncPolicy};
use parking_lot::{Condvar, Mutex};
use std::sync::Arc;
use std::thread::ThreadId;
use std::time::Duration;

/// What the threads are asked to do.
#[derive(Debug, Default)]
pub(super) struct Signals {
    wanted: Mutex<Wanted>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Wanted {
    log: bool,
    checkpoint: bool,
    stop: bool,
    /// The threads that are at work.
    threads: Vec<ThreadId>,
    /// How many were started and have not come to work yet.
    starting: usize,
}

impl Signals {
    pub(super) fn ask_for_log(&self) {
        self.ask(|wanted| &mut wanted.log);
    }

    pub(super) fn ask_for_checkpoint(&self) {
        self.ask(|wanted| &mut wanted.checkpoint);
    }

    fn ask(&self, which: impl Fn(&mut Wanted) -> &mut bool) {
        let mut wanted = self.wanted.lock();
        let asked = which(&mut wanted);
        if !std::mem::replace(asked, true) {
            self.changed.notify_all();
        }
    }

    /// Ends the threads and waits until they have; unless it is one of them that asks, which
    /// ends when it is done with what it does.
    pub(super) fn stop(&self) {
        let mut wanted = self.wanted.lock();
        wanted.stop = true;
        self.changed.notify_all();
        let this = std::thread::current().id();
        while wanted.starting > 0 || wanted.threads.iter().any(|thread| *thread != this) {
            self.changed.wait(&mut wanted);
        }
    }

    /// Waits until it is asked, or so long; whether to go on.
    fn wait(&self, which: impl Fn(&mut Wanted) -> &mut bool, at_most: Option<Duration>) -> bool {
        let mut wanted = self.wanted.lock();
        while !wanted.stop && !std::mem::take(which(&mut wanted)) {
            match at_most {
                None => self.changed.wait(&mut wanted),
                Some(time) => {
                    if self.changed.wait_for(&mut wanted, time).timed_out() {
                        break;
                    }
                }
            }
        }
        !wanted.stop
    }

    fn come(&self) {
        self.wanted.lock().threads.push(std::thread::current().id());
    }

    fn leave(&self) {
        let this = std::thread::current().id();
        let mut wanted = self.wanted.lock();
        wanted.threads.retain(|thread| *thread != this);
        self.changed.notify_all();
    }
}

impl Durable {
    /// Starts the threads.
    pub(super) fn start(self: &Arc<Self>) -> std::io::Result<()> {
        let checkpoints = self.clone();
        self.spawn("cimarron checkpoint", move || checkpoints.checkpoint_when_asked())?;
        let pipeline = self.pipeline.clone();
        let at_most = match pipeline.policy() {
            SyncPolicy::Every(time) => Some(time),
            SyncPolicy::Always | SyncPolicy::Never => None,
        };
        self.spawn("cimarron log", move || {
            while pipeline.signals.wait(|wanted| &mut wanted.log, at_most) {
                pipeline.tend();
            }
        })
    }

    fn spawn(
        self: &Arc<Self>,
        name: &str,
        work: impl FnOnce() + Send + 'static,
    ) -> std::io::Result<()> {
        let expected = Expected::new(self.pipeline.signals.clone());
        let job = move || {
            let _here = Here::come(expected.0.clone());
            drop(expected);
            // What it holds is gone before whoever waits for the end of the threads goes on.
            work();
        };
        self.executor.spawn(name, Box::new(job))
    }

    fn checkpoint_when_asked(&self) {
        while self.pipeline.signals.wait(|wanted| &mut wanted.checkpoint, None) {
            // Commits ask while a checkpoint is being made, too; it may have been for them.
            if self.pipeline.wants_checkpoint() {
                // What fails is kept for whoever asks for the status; the log has everything.
                let _ = self.checkpoint(Extent::Changed);
            }
        }
    }
}

/// A job that has not come to work yet, and never does when this is dropped with it.
struct Expected(Arc<Signals>);

impl Expected {
    fn new(signals: Arc<Signals>) -> Self {
        signals.wanted.lock().starting += 1;
        Self(signals)
    }
}

impl Drop for Expected {
    fn drop(&mut self) {
        self.0.wanted.lock().starting -= 1;
        self.0.changed.notify_all();
    }
}

/// A thread at work.
struct Here(Arc<Signals>);

impl Here {
    fn come(signals: Arc<Signals>) -> Self {
        signals.come();
        Self(signals)
    }
}

impl Drop for Here {
    fn drop(&mut self) {
        self.0.leave();
    }
}
