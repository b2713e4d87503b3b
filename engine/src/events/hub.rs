//! Who subscribes, and how events get to them.
//!
//! There is no thread that has to run: whoever takes from a subscription, or asks for it
//! ([`Repository::dispatch_events`]), does what there is to do for all. A job of an
//! [`Executor`] may do so as well, as soon as there is anything.

use super::commit::{
    deleted, each_deleted_class, each_instance_event, each_put_class, placed, raised_event,
};
use super::data::{EventData, Position};
use super::entry::Entry;
use super::pressure::Pressure;
use super::queue::{End, Got, Item, Queue};
use super::scope::Scope;
use super::signal::Signal;
use super::standing::Permanent;
use super::system::Report;
use super::work::{State, Work};
use crate::error::EngineError;
use crate::executor::Executor;
use crate::namespace::Namespace;
use crate::repository::Repository;
use crate::store::{Listener, Record, Recorded};
use cimarron_model::Name;
use parking_lot::Mutex;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::Waker;
use std::thread::ThreadId;
use std::time::Duration;

/// The event side of a repository.
#[derive(Default)]
pub(crate) struct Hub {
    pub(super) state: Mutex<State>,
    pub(super) permanent: Arc<Permanent>,
    /// Whether somebody watches for timers and permanent subscriptions.
    pub(super) watches: AtomicBool,
    /// Whether a data directory is being read: what it says was done before.
    pub(super) is_opening: AtomicBool,
    /// How many threads deliver to permanent consumers.
    pub(super) deliverers: AtomicUsize,
    pub(super) signal: Arc<Signal>,
    /// How many subscriptions there are.
    pub(super) open: AtomicUsize,
    /// Keeps commits for bookmarks, also while nobody subscribes.
    keeper: Mutex<Option<Listener>>,
    pub(super) pressure: Pressure,
    /// The thread that has the state and is at work.
    worker: Mutex<Option<ThreadId>>,
    pub(super) is_closed: AtomicBool,
}

/// Says which thread is at work, as long as it is.
struct AtWork<'h>(&'h Mutex<Option<ThreadId>>);

impl<'h> AtWork<'h> {
    fn begin(worker: &'h Mutex<Option<ThreadId>>) -> Self {
        *worker.lock() = Some(std::thread::current().id());
        Self(worker)
    }
}

impl Drop for AtWork<'_> {
    fn drop(&mut self) {
        *self.0.lock() = None;
    }
}

impl fmt::Debug for Hub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hub").field("open", &self.open).finish_non_exhaustive()
    }
}

impl Repository {
    /// Delivers what there is to deliver: takes the commits since the last time, does what is
    /// due by the clock, and calls the callbacks of subscriptions that have events. Whoever
    /// takes from a subscription does the same; programs with callbacks, and tests that move
    /// the clock, call it, or have it called ([`Repository::start_events`]).
    ///
    /// Permanent consumers get what waits for them here too, unless there are threads for that
    /// ([`Repository::start_deliveries`]).
    pub fn dispatch_events(&self) {
        self.hub().pump(self);
        self.hub().deliver_here(self);
    }

    /// How long it is until something is due by the clock that makes events: the end of a
    /// window, a poll, a timer. `None` when nothing is planned; of a clock that is moved by
    /// hand too, for there nothing is due by itself.
    pub fn events_due_in(&self) -> Option<Duration> {
        self.hub().time_left(self)
    }

    /// Has a thread of the executor deliver events as they come, until the repository is gone.
    ///
    /// # Errors
    /// When there is no thread.
    pub fn start_events(&self, executor: &dyn Executor) -> io::Result<()> {
        let (weak, hub) = (self.downgrade(), self.hub().clone());
        let job = move || {
            loop {
                let times = hub.signal.times();
                let Some(repository) = weak.upgrade() else { return };
                hub.pump(&repository);
                hub.deliver_here(&repository);
                let longest = hub.time_left(&repository);
                drop(repository);
                if hub.is_closed.load(Ordering::Acquire) {
                    return;
                }
                hub.signal.wait(times, longest);
            }
        };
        executor.spawn("cimarron-events", Box::new(job))
    }
}

impl Hub {
    /// Ends the job.
    pub(crate) fn close(&self) {
        self.is_closed.store(true, Ordering::Release);
        self.signal.ring();
    }

    /// Does something as the one dispatcher, with everything done that was to be done before.
    pub(crate) fn with_work<T>(
        &self,
        repository: &Repository,
        act: impl FnOnce(&mut Work<'_>) -> T,
    ) -> T {
        let mut state = self.state.lock();
        let at_work = AtWork::begin(&self.worker);
        let waker = Waker::from(self.signal.clone());
        let mut work = Work::new(repository, &mut state);
        work.drain(&waker);
        let given = act(&mut work);
        work.drain(&waker);
        let ready = std::mem::take(&mut state.ready);
        let ended = std::mem::take(&mut state.ended);
        let queued = std::mem::take(&mut state.queued) || !state.deliveries.is_empty();
        self.listen_as_needed(repository, &mut state);
        drop(at_work);
        drop(state);
        if queued {
            self.signal.ring();
        }
        drop(ended);
        ready.iter().for_each(|entry| self.call(repository, entry));
        given
    }

    /// Puts what there is into queues and calls nobody; whether it did. It does nothing on the
    /// thread that is at that already.
    pub(super) fn drain(&self, repository: &Repository) -> bool {
        if *self.worker.lock() == Some(std::thread::current().id()) {
            return false;
        }
        let mut state = self.state.lock();
        let at_work = AtWork::begin(&self.worker);
        let waker = Waker::from(self.signal.clone());
        Work::new(repository, &mut state).drain(&waker);
        let ended = std::mem::take(&mut state.ended);
        let is_news = std::mem::take(&mut state.queued)
            || !state.ready.is_empty()
            || !state.deliveries.is_empty();
        drop(at_work);
        drop(state);
        if is_news {
            self.signal.ring();
        }
        drop(ended);
        true
    }

    /// Does what there is to do.
    pub(crate) fn pump(&self, repository: &Repository) {
        self.with_work(repository, |_| ());
    }

    /// How long nothing is due, as time that goes by itself; `None` when nothing is planned.
    pub(crate) fn time_left(&self, repository: &Repository) -> Option<Duration> {
        let clock = repository.clock();
        let due = self.state.lock().agenda.next_due()?;
        if !clock.goes_by_itself() {
            clock.wake_when_moved(&Waker::from(self.signal.clone()));
            return None;
        }
        Some(due.saturating_sub(clock.now()))
    }

    /// Follows commits from now on, if it does not yet.
    pub(super) fn listen(repository: &Repository, state: &mut State) {
        if state.listener.is_none() {
            state.listener = Some(repository.commits().listen());
        }
    }

    /// Does not follow commits that nobody wants.
    fn listen_as_needed(&self, repository: &Repository, state: &mut State) {
        if state.scopes.is_empty()
            && state.watches.is_empty()
            && let Some(listener) = state.listener.take()
        {
            repository.commits().log().leave(&listener);
        }
    }

    /// Keeps commits for bookmarks, as many as the limits say.
    pub(crate) fn keep(&self, repository: &Repository) {
        let mut keeper = self.keeper.lock();
        if keeper.is_none() {
            *keeper = Some(repository.commits().listen());
        }
    }

    /// Says whether instances of a class raise events by themselves.
    pub(crate) fn set_polled(
        &self,
        repository: &Repository,
        namespace: &Name,
        class: &Name,
        is: bool,
    ) {
        self.with_work(repository, |work| {
            let State { polled, scopes, .. } = &mut *work.state;
            let classes = polled.entry(namespace.clone()).or_default();
            classes.retain(|other| other != class);
            if is {
                classes.push(class.clone());
            }
            if let Some(scope) = scopes.get_mut(namespace) {
                scope.set_schema(scope.schema().clone(), classes);
            }
            if classes.is_empty() {
                polled.remove(namespace);
            }
        });
    }

    /// Adds a subscription, which `make` makes: when commits are followed, and before any is
    /// delivered to it.
    pub(crate) fn subscribe(
        &self,
        repository: &Repository,
        namespace: &Arc<Namespace>,
        make: impl FnOnce(&mut Work<'_>, &Scope) -> Result<Arc<Entry>, EngineError>,
    ) -> Result<Arc<Entry>, EngineError> {
        self.with_work(repository, |work| {
            if work.state.listener.is_none() {
                Self::listen(work.repository, work.state);
                let (commit, raised) = work.repository.commits().log().newest();
                work.state.position = Position { commit, raised, ordinal: u64::MAX };
            }
            // Commits that the log has are taken; what the schema has beside was published
            // before anybody listened.
            let entry = work.add(namespace, make)?;
            self.pressure.add(work.repository, &entry);
            self.open.fetch_add(1, Ordering::AcqRel);
            Ok(entry)
        })
    }

    /// Takes a subscription out; nothing of it stays.
    pub(crate) fn unsubscribe(&self, repository: &Repository, entry: &Arc<Entry>) {
        let mut state = self.state.lock();
        Work::new(repository, &mut state).forget(entry);
        let ended = std::mem::take(&mut state.ended);
        state.ready.retain(|other| !Arc::ptr_eq(other, entry));
        self.listen_as_needed(repository, &mut state);
        drop(state);
        self.pressure.remove(entry);
        self.open.fetch_sub(1, Ordering::AcqRel);
        entry.end(End::Cancelled, true);
        drop(ended);
    }

    /// How many subscriptions were asked so far whether they want an event.
    #[cfg(test)]
    pub(super) fn asked(&self) -> usize {
        self.state.lock().asked
    }

    /// How many namespaces have subscriptions, how much work is planned, and how many
    /// subscriptions there are.
    #[cfg(test)]
    pub(super) fn sizes(&self) -> (usize, usize, usize) {
        let state = self.state.lock();
        (state.scopes.len(), state.agenda.len(), self.open.load(Ordering::Acquire))
    }

    /// Calls a subscription's callback with what waits.
    fn call(&self, repository: &Repository, entry: &Arc<Entry>) {
        let Some(sink) = &entry.sink else { return };
        loop {
            // Also by whoever comes too late to call: the next one must hear of the next event.
            entry.take_ready();
            // One at a time; who is at it takes what comes meanwhile.
            let Some(mut entered) = sink.try_enter() else { return };
            while let Some(event) = self.next_of(repository, entry) {
                let data = event.data().clone();
                if let Err(text) = entered.call(event) {
                    drop(entered);
                    self.fail(repository, entry, &data, text);
                    return;
                }
            }
            drop(entered);
            if entry.queue.is_idle() {
                return;
            }
        }
    }

    fn next_of(&self, repository: &Repository, entry: &Arc<Entry>) -> Option<super::Event> {
        loop {
            match self.get(repository, entry) {
                Ok(event) => return event,
                // Lost commits are reported to those who take, and counted.
                Err(EngineError::ChangesLost { .. }) => {}
                Err(_) => return None,
            }
        }
    }

    /// A callback failed: its subscription ends, and the namespace hears of it.
    fn fail(
        &self,
        repository: &Repository,
        entry: &Arc<Entry>,
        data: &Arc<EventData>,
        text: String,
    ) {
        /// WBEM_E_FAILED
        const FAILED: u32 = 0x8004_1001;
        self.with_work(repository, |work| {
            let report = Report::Failed { code: FAILED, text: text.clone() };
            work.report(entry, data, &report);
            entry.end(End::Failed(text), true);
            work.forget(entry);
        });
    }

    /// The next thing that waits for a subscription.
    pub(crate) fn get(
        &self,
        repository: &Repository,
        entry: &Arc<Entry>,
    ) -> Result<Option<super::Event>, EngineError> {
        self.give(repository, entry, Queue::get)
    }

    /// What waits for a subscription, as long as that is events.
    pub(crate) fn get_event(
        &self,
        repository: &Repository,
        entry: &Arc<Entry>,
    ) -> Option<super::Event> {
        self.give(repository, entry, Queue::get_event).ok().flatten()
    }

    fn give(
        &self,
        repository: &Repository,
        entry: &Arc<Entry>,
        get: impl Fn(&Queue) -> Got,
    ) -> Result<Option<super::Event>, EngineError> {
        loop {
            match get(&entry.queue) {
                Got::Item(Item::Event(event)) => {
                    if entry.queue.is_blocking() {
                        self.signal.ring();
                    }
                    *entry.given.lock() = event.data().position;
                    return Ok(Some(event));
                }
                Got::Item(Item::Lost(commits)) => return Err(EngineError::ChangesLost { commits }),
                Got::Gap { lost, bytes } => {
                    let origin = lost.origin.clone();
                    let report = Report::Overflow(bytes);
                    let event = super::system::event(repository, &origin, (&lost, None), &report);
                    if let Some(mut event) = event {
                        event.position = lost.position;
                        let selection = Arc::new(cimarron_wql::Projection::All);
                        return Ok(Some(super::Event::new(Arc::new(event), selection)));
                    }
                    // Without the class for it there is nothing to show, and the count has it;
                    // but something may wait behind it.
                }
                Got::Nothing => return Ok(None),
                Got::Ended(end) => return Err(ended(entry, end)),
            }
        }
    }

    /// Gives a new subscription what was committed behind a position, out of the records that
    /// are kept.
    pub(super) fn catch_up(
        work: &mut Work<'_>,
        entry: &Arc<Entry>,
        scope: &Scope,
        behind: Position,
    ) -> Result<(), EngineError> {
        let records = work.repository.commits().log().since((behind.commit, behind.raised));
        let Some(records) = records else { return Err(EngineError::BookmarkExpired) };
        let name = &entry.namespace;
        let before = schema_before(&records, name).unwrap_or_else(|| scope.schema().clone());
        let polled: Vec<Name> = work.state.polled.get(name).cloned().unwrap_or_default();
        let mut then = Scope::new(scope.origin.rules.clone(), before, &polled);
        for record in &records {
            let gone = deleted(record);
            for (first, change) in placed(record) {
                if !is_of(change, name) || gone.contains(&name) {
                    continue;
                }
                let at = (&**record, first);
                let mut events: Vec<EventData> = Vec::new();
                match change {
                    Recorded::Schema { old, new, .. } => {
                        each_deleted_class(at, (old, new), &then.origin, |e| events.push(e));
                        then.set_schema(new.clone(), &polled);
                        each_put_class(at, (old, new), &then.origin, |e| events.push(e));
                    }
                    Recorded::Raised(raised) => events.push(raised_event(raised, at)),
                    _ => each_instance_event(at, change, &then.origin, |e| events.push(e)),
                }
                let later = events.into_iter().filter(|event| event.position > behind);
                later.for_each(|event| work.deliver_to(entry, event));
            }
        }
        Ok(())
    }
}

/// The schema that a namespace had before these records, when they say so.
fn schema_before(records: &[Arc<Record>], name: &Name) -> Option<Arc<crate::schema::Schema>> {
    records.iter().flat_map(|record| &record.changes).find_map(|change| match change {
        Recorded::Schema { namespace, old, .. } if namespace == name => Some(old.clone()),
        Recorded::Namespace { name: own, start, .. } if own == name => start.clone(),
        _ => None,
    })
}

/// Whether a change happened in a namespace.
fn is_of(change: &Recorded, name: &Name) -> bool {
    match change {
        Recorded::Row { namespace, .. }
        | Recorded::Rows { namespace, .. }
        | Recorded::Schema { namespace, .. } => namespace == name,
        Recorded::Raised(raised) => raised.namespace == *name,
        _ => false,
    }
}

/// What whoever takes from an ended subscription is told.
fn ended(entry: &Entry, end: End) -> EngineError {
    match end {
        End::NamespaceGone => EngineError::NoSuchNamespace { name: entry.namespace.clone() },
        End::Overflow => EngineError::EventQueueFull,
        End::Failed(problem) => EngineError::SubscriptionEnded { problem },
        End::Cancelled => EngineError::SubscriptionEnded { problem: "it was cancelled".to_owned() },
    }
}
