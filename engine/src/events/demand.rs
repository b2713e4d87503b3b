//! A subscription in the making: by a session, or by a binding.

use super::clock_class;
use super::data::Position;
use super::entry::{Bound, Entry, Receiver};
use super::hub::Hub;
use super::polling;
use super::queue::{Bounds, Overflow, Queue};
use super::reach::reached;
use super::scope::Scope;
use super::work::Work;
use crate::context::Principal;
use crate::error::EngineError;
use cimarron_model::Name;
use cimarron_wql::EventQuery;
use std::sync::Arc;

/// A subscription that somebody asks for.
pub(super) struct Demand {
    pub(super) namespace: Name,
    pub(super) caller: Principal,
    pub(super) parsed: EventQuery,
    pub(super) bounds: Bounds,
    pub(super) overflow: Overflow,
    pub(super) receiver: Receiver,
    /// Where it begins, when that is not here and now.
    pub(super) start: Option<Position>,
}

impl Demand {
    /// The subscription, if it can be had; what is to be done for it at times is planned.
    pub(super) fn make(
        self,
        work: &mut Work<'_>,
        scope: &Scope,
    ) -> Result<Arc<Entry>, EngineError> {
        let Self { namespace, caller, parsed, bounds, overflow, receiver, start } = self;
        let bound = Bound::new(&parsed, scope.schema(), &scope.origin.rules)?;
        let polled = work.polled(&namespace);
        let reached = reached(&bound.query, scope.schema(), &polled);
        let within = bound.query.within;
        if within.is_none()
            && let Some(class) = reached.first().and_then(|id| scope.schema().by_id(*id))
        {
            return Err(EngineError::MissingWithin { class: class.name().clone() });
        }
        let queue = Queue::new(bounds, overflow);
        let position = start.unwrap_or_else(|| work.position());
        let whom = (namespace, caller);
        let entry = Entry::new(whom, (parsed, bound), (queue, receiver), position);
        let entry = Arc::new(entry);
        if let Some(start) = start {
            entry.queue.set_catching_up(true);
            Hub::catch_up(work, &entry, scope, start)?;
            entry.queue.set_catching_up(false);
        }
        // A polled class that comes later is looked at as well.
        let to_come = || polled.iter().any(|name| scope.schema().class(name.as_str()).is_none());
        let polls = !reached.is_empty() || to_come();
        if let Some(within) = within.filter(|_| polls) {
            polling::begin(work, &entry, scope.schema(), within);
        }
        clock_class::begin(work, &entry, scope.schema());
        Ok(entry)
    }
}
