//! The windows in which the events of a GROUP are gathered.

use super::super::agenda::Timed;
use super::super::data::{Body, EventData};
use super::super::entry::Entry;
use super::super::event::Event;
use super::super::group::Gathered;
use super::super::system;
use super::Work;
use cimarron_model::{Name, Value};
use cimarron_wql::Projection;
use std::sync::{Arc, Weak};
use std::time::Duration;

impl Work<'_> {
    /// Delivers the groups of a window that is over.
    fn close(&mut self, entry: &Arc<Entry>) {
        let Some(group) = &entry.group else { return };
        let groups = group.lock().close();
        let bound = entry.bound();
        for Gathered { first, count } in groups {
            let narrowed = bound.as_ref().map(|bound| bound.query.projection.clone());
            let first = Event::new(first, Arc::new(narrowed.unwrap_or(Projection::All)));
            let Some(data) = self.aggregate(&entry.namespace, &first, count) else { continue };
            let data = Arc::new(data);
            let bytes = data.bytes();
            if let Some(event) = entry.select(data) {
                self.put(entry, event, bytes);
            }
        }
    }

    /// `__AggregateEvent`
    fn aggregate(&self, namespace: &Name, first: &Event, count: u32) -> Option<EventData> {
        let origin = self.state.scopes.get(namespace)?.origin.clone();
        let class = origin.schema.class("__AggregateEvent")?.def().clone();
        let representative = system::embedded(first.to_instance());
        let given = [("NumberOfEvents", Value::from(count)), ("Representative", representative)];
        let values = system::values(&class, given);
        Some(EventData {
            origin,
            class,
            created: self.at.wall.ticks,
            at: self.at.now,
            position: first.data().position,
            by: first.data().by.clone(),
            body: Body::Values(values),
        })
    }
}

/// The end of a window.
#[derive(Debug)]
pub(super) struct Window(Weak<Entry>);

impl Window {
    pub(super) fn of(entry: &Arc<Entry>) -> Self {
        Self(Arc::downgrade(entry))
    }
}

impl Timed for Window {
    fn run(&mut self, work: &mut Work<'_>) -> Option<Duration> {
        if let Some(entry) = self.0.upgrade() {
            entry.planned.lock().clear();
            work.close(&entry);
        }
        None
    }
}
