//! Programs that were started and have not ended.
//!
//! Each has a thread that waits for it, so that none is left behind dead, and one with a time
//! limit a second thread that tells the first when it has ended by itself.

use parking_lot::{Condvar, Mutex};
use std::io;
use std::process::{Child, Command};
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

/// How many programs run.
#[derive(Clone, Debug, Default)]
pub(super) struct Running(Arc<(Mutex<usize>, Condvar)>);

/// The place of one of them, given back when it is gone.
struct Place(Running);

impl Drop for Place {
    fn drop(&mut self) {
        let (count, changed) = &*self.0.0;
        *count.lock() -= 1;
        changed.notify_all();
    }
}

impl Running {
    /// Takes a place; whether there was one.
    pub(super) fn enter(&self, limit: usize) -> bool {
        let mut count = self.0.0.lock();
        let free = *count < limit;
        *count += usize::from(free);
        free
    }

    /// Waits until no program runs.
    pub(super) fn wait(&self) {
        let (count, changed) = &*self.0;
        let mut count = count.lock();
        while *count > 0 {
            changed.wait(&mut count);
        }
    }

    /// Starts a program that a place was taken for.
    pub(super) fn start(&self, command: &mut Command, limit: Option<Duration>) -> io::Result<()> {
        let place = Place(self.clone());
        let (started, begins) = channel();
        let name = "cimarron-program".to_owned();
        let work = move || {
            let _place = place;
            // It does not begin when it cannot be started.
            if let Ok(child) = begins.recv() {
                see_it_end(child, limit);
            }
        };
        // Who sees to it is there first: without that thread the next try would start the program
        // a second time.
        std::thread::Builder::new().name(name).spawn(work)?;
        let _ = started.send(command.spawn()?);
        Ok(())
    }
}

/// Waits for a program, as long as it may run.
fn see_it_end(mut child: Child, limit: Option<Duration>) {
    if let Some(limit) = limit
        && !ended_within(&mut child, limit)
    {
        kill(&mut child);
    }
    // There is nobody to tell.
    let _ = child.wait();
}

/// Whether a program ends in time. It is not waited for, so its number stays its own.
#[cfg(target_os = "linux")]
fn ended_within(child: &mut Child, limit: Duration) -> bool {
    use nix::sys::wait::{Id, WaitPidFlag, waitid};
    let Some(id) = number(child) else { return false };
    let (ended, heard) = channel::<()>();
    let watch = move || {
        let flags = WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT;
        while waitid(Id::Pid(id), flags) == Err(nix::errno::Errno::EINTR) {}
        // Nobody listens when it was killed.
        let _ = ended.send(());
    };
    let watcher = std::thread::Builder::new().name("cimarron-watcher".to_owned()).spawn(watch);
    watcher.is_ok() && heard.recv_timeout(limit) != Err(RecvTimeoutError::Timeout)
}

/// Whether a program ends in time. This system cannot say when, so it is asked.
#[cfg(not(target_os = "linux"))]
fn ended_within(child: &mut Child, limit: Duration) -> bool {
    const STEP: Duration = Duration::from_millis(100);
    // Never sent to; receiving is waiting.
    let (_nobody, heard) = channel::<()>();
    let mut left = limit;
    while matches!(child.try_wait(), Ok(None)) && !left.is_zero() {
        let step = left.min(STEP);
        let _ = heard.recv_timeout(step) == Err(RecvTimeoutError::Timeout);
        left -= step;
    }
    !matches!(child.try_wait(), Ok(None))
}

#[cfg(unix)]
fn number(child: &Child) -> Option<nix::unistd::Pid> {
    i32::try_from(child.id()).ok().map(nix::unistd::Pid::from_raw)
}

/// Kills a program with those that it started: they are in its group.
fn kill(child: &mut Child) {
    #[cfg(unix)]
    if let Some(id) = number(child) {
        let _ = nix::sys::signal::killpg(id, nix::sys::signal::Signal::SIGKILL);
    }
    let _ = child.kill();
}
