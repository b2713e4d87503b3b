//! Asking for events.

use super::bookmark;
use super::demand::Demand;
use super::entry::Receiver;
use super::event::Event;
use super::queue::{Bounds, Overflow};
use super::sink::{Callback, Sink};
use super::subscription::Subscription;
use crate::context::CallContext;
use crate::error::EngineError;
use crate::session::{Operation, Session};
use cimarron_wql::ParseOptions;
use std::fmt;
use std::sync::atomic::Ordering;

/// How events are delivered to a subscription.
pub struct SubscribeOptions {
    bounds: Bounds,
    overflow: Overflow,
    callback: Option<Callback>,
    from: From,
}

/// Where a subscription begins.
#[derive(Debug)]
enum From {
    Now,
    Earliest,
    Bookmark(String),
}

impl Default for SubscribeOptions {
    /// As they come, at most 10,000 of them and 10 MB, newer ones dropped.
    fn default() -> Self {
        Self {
            bounds: Bounds { events: 10_000, bytes: 10 << 20 },
            overflow: Overflow::default(),
            callback: None,
            from: From::Now,
        }
    }
}

impl SubscribeOptions {
    /// As [`SubscribeOptions::default`].
    pub fn new() -> Self {
        Self::default()
    }

    /// So many events may wait, and of a GROUP so many groups.
    #[must_use]
    pub const fn with_events(mut self, events: usize) -> Self {
        self.bounds.events = if events == 0 { 1 } else { events };
        self
    }

    /// So many bytes of events may wait; a single event always may.
    #[must_use]
    pub const fn with_bytes(mut self, bytes: usize) -> Self {
        self.bounds.bytes = bytes;
        self
    }

    /// What happens when there is no room.
    #[must_use]
    pub const fn with_overflow(mut self, overflow: Overflow) -> Self {
        self.overflow = overflow;
        self
    }

    /// Calls with each event instead of keeping it to be taken, one event at a time, from
    /// whatever thread dispatches events: any that subscribes, takes from a subscription or
    /// calls [`Repository::dispatch_events`](crate::Repository::dispatch_events), with no lock
    /// of the engine. It may use sessions, and end subscriptions. An
    /// error, or a panic, says that the consumer is dead: the subscription ends, and the
    /// namespace hears of it (`__ConsumerFailureEvent`).
    #[must_use]
    pub fn with_callback(
        mut self,
        callback: impl FnMut(Event) -> Result<(), String> + Send + 'static,
    ) -> Self {
        self.callback = Some(Box::new(callback));
        self
    }

    /// Begins behind the event at which a [bookmark](Subscription::bookmark) was taken.
    #[must_use]
    pub fn from_bookmark(mut self, bookmark: impl Into<String>) -> Self {
        self.from = From::Bookmark(bookmark.into());
        self
    }

    /// Begins with the oldest commit that is kept.
    #[must_use]
    pub fn from_earliest(mut self) -> Self {
        self.from = From::Earliest;
        self
    }
}

impl fmt::Debug for SubscribeOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SubscribeOptions")
            .field("bounds", &self.bounds)
            .field("overflow", &self.overflow)
            .field("from", &self.from)
            .finish_non_exhaustive()
    }
}

impl Session {
    /// Asks for the events of an event query (MS-WMI ExecNotificationQueryAsync; DSP1054 of a
    /// filter) from now on, or from a bookmark on.
    ///
    /// The subscription follows its namespace: classes made later count, and when the schema
    /// changes so that the query is not right any more, it gets nothing until it is again.
    ///
    /// # Errors
    /// When the query is wrong, or reaches classes that have to be polled and does not say how
    /// often; when there are too many subscriptions; when a bookmark is none, or what is behind
    /// it is not kept any more.
    pub fn subscribe(
        &self,
        context: &CallContext,
        query: &str,
        options: SubscribeOptions,
    ) -> Result<Subscription, EngineError> {
        self.read(context, Operation::Subscribe, "")?;
        let repository = self.repository();
        let limits = cimarron_wql::Limits {
            length: repository.limits().query_length,
            ..cimarron_wql::Limits::default()
        };
        let level = self.language_level();
        let parsed = cimarron_wql::parse_event_with(query, &ParseOptions { limits, level })?;
        let hub = repository.hub().clone();
        let most = repository.limits().subscriptions;
        if hub.open.load(Ordering::Acquire) >= most {
            return Err(EngineError::TooManySubscriptions { limit: most });
        }
        let SubscribeOptions { bounds, overflow, callback, from } = options;
        let start = match &from {
            From::Now | From::Earliest => None,
            From::Bookmark(text) => Some(bookmark::read(repository.identity(), text)?),
        };
        let entry = hub.subscribe(repository, self.namespace_handle(), |work, scope| {
            let start = match from {
                From::Earliest => Some(work.earliest()),
                _ => start,
            };
            let receiver = callback
                .map_or(Receiver::Taker, |callback| Receiver::Callback(Sink::new(callback)));
            let namespace = self.namespace().clone();
            let caller = self.caller().clone();
            let demand = Demand { namespace, caller, parsed, bounds, overflow, receiver, start };
            demand.make(work, scope)
        })?;
        Ok(Subscription::new(repository.clone(), entry))
    }
}
