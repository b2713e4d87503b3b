//! Waking those who wait for events.

use parking_lot::{Condvar, Mutex};
use std::sync::Arc;
use std::task::{Wake, Waker};
use std::time::Duration;

/// Something may have happened: commits, moved clocks and new events all ring it.
#[derive(Debug, Default)]
pub(crate) struct Signal {
    state: Mutex<State>,
    rung: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// How often it rang.
    times: u64,
    wakers: Vec<Waker>,
}

impl Signal {
    /// Wakes everybody.
    pub(crate) fn ring(&self) {
        let mut state = self.state.lock();
        state.times += 1;
        let wakers = std::mem::take(&mut state.wakers);
        drop(state);
        self.rung.notify_all();
        wakers.into_iter().for_each(Waker::wake);
    }

    /// How often it rang so far.
    pub(crate) fn times(&self) -> u64 {
        self.state.lock().times
    }

    /// Wakes a task when it rings next.
    pub(crate) fn wake(&self, waker: &Waker) {
        let mut state = self.state.lock();
        if !state.wakers.iter().any(|there| there.will_wake(waker)) {
            state.wakers.push(waker.clone());
        }
    }

    /// Waits until it has rung more often than so, or for so long.
    pub(crate) fn wait(&self, times: u64, longest: Option<Duration>) {
        let mut state = self.state.lock();
        if state.times != times {
            return;
        }
        match longest {
            None => self.rung.wait(&mut state),
            Some(longest) => drop(self.rung.wait_for(&mut state, longest)),
        }
    }
}

impl Wake for Signal {
    fn wake(self: Arc<Self>) {
        self.ring();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.ring();
    }
}
