//! What a subscriber holds.

use super::entry::Entry;
use super::event::Event;
use crate::context::Principal;
use crate::error::EngineError;
use crate::repository::Repository;
use cimarron_model::Name;
use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

/// Events that somebody asked for. Dropping it ends the subscription, and nothing of it stays.
///
/// ```
/// use cimarron_engine::{CallContext, Repository, SubscribeOptions};
/// use cimarron_model::{Dialect, Instance};
/// # let repository = Repository::new();
/// # repository.create_namespace("root/cimv2", Dialect::Wmi)?;
/// # let session = repository.session("root/cimv2")?;
/// # let context = CallContext::new();
/// # session.compile_mof_text(&context, "a.mof", "class X_Fan { [key] string Id; uint32 Speed; };")?;
/// let query = "SELECT * FROM __InstanceCreationEvent WHERE TargetInstance ISA 'X_Fan'";
/// let fans = session.subscribe(&context, query, SubscribeOptions::new())?;
/// session.create_instance(&context, &Instance::new("X_Fan").with("Id", "f1"))?;
/// let event = fans.try_next()?.expect("an event");
/// assert_eq!(event.class_name().as_str(), "__InstanceCreationEvent");
/// let fan = event.target().expect("an instance");
/// assert_eq!(fan.property("Id").and_then(|id| id.as_str()), Some("f1"));
/// assert!(fans.try_next()?.is_none());
/// # Ok::<(), cimarron_engine::EngineError>(())
/// ```
pub struct Subscription {
    repository: Repository,
    entry: Arc<Entry>,
}

/// How a subscription is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SubscriptionStatus {
    /// How many events wait.
    pub events: usize,
    /// About how many bytes they take.
    pub bytes: usize,
    /// How many were dropped since it began.
    pub dropped: u64,
    /// Whether the schema as it is has what the query needs. Without, there are no events.
    pub active: bool,
    /// Whether it has ended.
    pub ended: bool,
}

impl Subscription {
    pub(super) const fn new(repository: Repository, entry: Arc<Entry>) -> Self {
        Self { repository, entry }
    }

    #[cfg(test)]
    pub(super) const fn entry(&self) -> &Arc<Entry> {
        &self.entry
    }

    /// The namespace.
    pub fn namespace(&self) -> &Name {
        &self.entry.namespace
    }

    /// Who subscribed.
    pub fn caller(&self) -> &Principal {
        &self.entry.caller
    }

    /// The next event, if there is one now. It is not for subscriptions with a callback, which
    /// is called with their events.
    ///
    /// # Errors
    /// When commits were not kept for it, because nobody took events for too long; it goes on
    /// behind them. When it has ended: its namespace was deleted, its queue was full and that
    /// ends it, or its callback failed.
    pub fn try_next(&self) -> Result<Option<Event>, EngineError> {
        let hub = self.repository.hub();
        hub.pump(&self.repository);
        if self.entry.sink.is_some() && !self.entry.queue.is_ended() {
            return Ok(None);
        }
        hub.get(&self.repository, &self.entry)
    }

    /// The next event, waiting so long for one; `None` when there was none. Time is that of the
    /// repository's clock: on one that is moved by hand it waits until it is moved so far.
    ///
    /// # Errors
    /// As [`Subscription::try_next`].
    pub fn next(&self, timeout: Duration) -> Result<Option<Event>, EngineError> {
        let deadline = self.repository.clock().now().saturating_add(timeout);
        self.next_by(deadline)
    }

    fn next_by(&self, deadline: Duration) -> Result<Option<Event>, EngineError> {
        let (hub, clock) = (self.repository.hub(), self.repository.clock());
        loop {
            let times = hub.signal.times();
            if !clock.goes_by_itself() {
                clock.wake_when_moved(&Waker::from(hub.signal.clone()));
            }
            if let Some(event) = self.try_next()? {
                return Ok(Some(event));
            }
            let now = clock.now();
            if now >= deadline {
                return Ok(None);
            }
            let left = clock.goes_by_itself().then(|| {
                let left = deadline.saturating_sub(now);
                hub.time_left(&self.repository).map_or(left, |due| due.min(left))
            });
            hub.signal.wait(times, left);
        }
    }

    /// The next event, or the promise to wake the task when there may be one.
    ///
    /// # Errors
    /// As [`Subscription::try_next`].
    pub fn poll_next(&self, context: &mut Context<'_>) -> Poll<Result<Event, EngineError>> {
        let hub = self.repository.hub();
        // Whatever comes from here on wakes it.
        hub.signal.wake(context.waker());
        self.repository.clock().wake_when_moved(context.waker());
        match self.try_next() {
            Ok(Some(event)) => Poll::Ready(Ok(event)),
            Ok(None) => Poll::Pending,
            Err(error) => Poll::Ready(Err(error)),
        }
    }

    /// The events that there are, at most `count` of them and about `bytes`, but one at least:
    /// waits so long for the first. None when there was none.
    ///
    /// # Errors
    /// As [`Subscription::try_next`], when there is nothing before that.
    pub fn next_batch(
        &self,
        count: usize,
        bytes: usize,
        timeout: Duration,
    ) -> Result<Vec<Event>, EngineError> {
        let mut batch: Vec<Event> = self.next(timeout)?.into_iter().collect();
        let mut taken = batch.first().map_or(0, |event| event.data().bytes());
        while !batch.is_empty() && batch.len() < count && taken < bytes {
            // What ends it, or is lost, waits to be said the next time.
            let hub = self.repository.hub();
            let Some(event) = hub.get_event(&self.repository, &self.entry) else { break };
            taken = taken.saturating_add(event.data().bytes());
            batch.push(event);
        }
        Ok(batch)
    }

    /// Where it is: behind the last event that was taken from it or handed to its callback. A
    /// later subscription that [begins there](super::SubscribeOptions::from_bookmark) misses
    /// none and gets none twice, as long as the commits behind it are kept
    /// ([`Limits::kept_commits`](crate::Limits)): from now on they are, also while nobody
    /// subscribes. Polled events, timers and groups are no part of that.
    pub fn bookmark(&self) -> String {
        self.repository.hub().keep(&self.repository);
        super::bookmark::write(self.repository.identity(), *self.entry.given.lock())
    }

    /// How it is doing.
    pub fn status(&self) -> SubscriptionStatus {
        let (events, bytes) = self.entry.queue.size();
        SubscriptionStatus {
            events,
            bytes,
            dropped: self.entry.queue.dropped(),
            active: self.entry.bound().is_some(),
            ended: self.entry.queue.is_ended(),
        }
    }

    /// Ends it; the same as dropping it.
    pub fn cancel(self) {}
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.repository.hub().unsubscribe(&self.repository, &self.entry);
    }
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscription")
            .field("namespace", &self.entry.namespace)
            .field("status", &self.status())
            .finish_non_exhaustive()
    }
}
