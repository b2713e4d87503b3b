//! Who hands permanent consumers their events, and since when anybody looks for timers and
//! permanent subscriptions.

use super::data::Position;
use super::hub::Hub;
use super::standing::Watcher;
use crate::executor::Executor;
use crate::repository::Repository;
use std::io;
use std::sync::atomic::Ordering;

impl Repository {
    /// Has threads of the executor deliver to permanent consumers, until the repository is
    /// gone: a consumer that takes its time holds up one of them and nobody else.
    ///
    /// # Errors
    /// When there is no thread.
    pub fn start_deliveries(&self, executor: &dyn Executor, threads: usize) -> io::Result<()> {
        for _ in 0..threads {
            let (weak, hub) = (self.downgrade(), self.hub().clone());
            let job = move || {
                loop {
                    let times = hub.signal.times();
                    let Some(repository) = weak.upgrade() else { return };
                    hub.deliver(&repository);
                    drop(repository);
                    if hub.is_closed.load(Ordering::Acquire) {
                        return;
                    }
                    hub.signal.wait(times, None);
                }
            };
            executor.spawn("cimarron-deliveries", Box::new(job))?;
            self.hub().deliverers.fetch_add(1, Ordering::AcqRel);
        }
        Ok(())
    }
}

impl Hub {
    /// Hands permanent consumers what waits for them, if no thread does.
    pub(super) fn deliver_here(&self, repository: &Repository) {
        if self.deliverers.load(Ordering::Acquire) == 0 {
            self.deliver(repository);
        }
    }

    /// Hands permanent consumers what waits for them.
    fn deliver(&self, repository: &Repository) {
        loop {
            let next = self.state.lock().deliveries.pop_front();
            let Some(entry) = next else { return };
            if let Some(courier) = &entry.courier {
                courier.run(self, repository, &entry);
            }
        }
    }

    /// Says whether a data directory is being read.
    pub(crate) fn set_opening(&self, is: bool) {
        self.is_opening.store(is, Ordering::Release);
    }

    /// Watches for timers and permanent subscriptions from now on, if any are there.
    pub(crate) fn watch_standing(&self, repository: &Repository) {
        if self.watches.load(Ordering::Acquire) || self.is_opening.load(Ordering::Acquire) {
            return;
        }
        self.with_work(repository, |work| {
            if self.watches.load(Ordering::Acquire) {
                return;
            }
            if work.state.listener.is_none() {
                Self::listen(work.repository, work.state);
                let (commit, raised) = work.repository.commits().log().newest();
                work.state.position = Position { commit, raised, ordinal: u64::MAX };
            }
            let mut watcher = Watcher::new(&self.permanent);
            if watcher.look(work) {
                work.state.watches.push(Box::new(watcher));
                self.watches.store(true, Ordering::Release);
            }
        });
    }
}
