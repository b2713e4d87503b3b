//! From events to the queues of those who want them.

use super::super::agenda::Rank;
use super::super::data::{EventData, Origin};
use super::super::entry::Entry;
use super::super::event::Event;
use super::super::group::Joined;
use super::super::queue::{Bounds, End, Put};
use super::super::scope::Member;
use super::super::standing::Courier;
use super::super::system::{self, Report};
use super::Work;
use super::window::Window;
use cimarron_model::Name;
use std::sync::Arc;

impl Work<'_> {
    /// Delivers an event to whoever wants it in its namespace.
    pub(crate) fn deliver(&mut self, namespace: &Name, event: EventData) {
        let mut found = std::mem::take(&mut self.state.found);
        if let Some(scope) = self.state.scopes.get(namespace) {
            self.state.asked += scope.wanting(&event, &mut found);
        }
        if !found.is_empty() {
            let data = Arc::new(event.packed());
            let bytes = data.bytes();
            for Member { entry, selection } in found.drain(..) {
                let event = Event::new(data.clone(), selection);
                self.hand(&entry, event, bytes);
            }
        }
        self.state.found = found;
    }

    /// Delivers an event to one subscription if it wants it.
    pub(crate) fn deliver_to(&mut self, entry: &Arc<Entry>, event: EventData) {
        if !entry.wants(&event) {
            return;
        }
        let data = Arc::new(event.packed());
        let bytes = data.bytes();
        if let Some(event) = entry.select(data) {
            self.hand(entry, event, bytes);
        }
    }

    /// Hands an event to a subscription that wants it.
    fn hand(&mut self, entry: &Arc<Entry>, event: Event, bytes: usize) {
        let Some(group) = &entry.group else { return self.put(entry, event, bytes) };
        let Bounds { events, .. } = entry.queue.bounds();
        match group.lock().join(event.data(), events) {
            Joined::Counted => {}
            Joined::Opened(ends) => {
                let window = Box::new(Window::of(entry));
                let token = self.plan(ends, Rank::Window, window);
                *entry.planned.lock() = vec![token];
            }
            Joined::Full { first } => {
                entry.queue.count_dropped();
                if first {
                    let lost = event.data().clone();
                    self.report(entry, &lost, &Report::Overflow(bytes));
                }
            }
        }
    }

    /// Puts an event into a subscription's queue.
    pub(super) fn put(&mut self, entry: &Arc<Entry>, event: Event, bytes: usize) {
        match entry.queue.put(event, bytes) {
            Put::Taken => {}
            Put::Dropped { lost, first, bytes } => {
                if first {
                    self.report(entry, &lost, &Report::Overflow(bytes));
                }
            }
            Put::Ended { lost, bytes } => {
                self.report(entry, &lost, &Report::Overflow(bytes));
                self.end(entry, End::Overflow);
            }
            Put::Nobody => return,
        }
        self.state.queued = true;
        self.wake(entry);
    }

    /// Tells the namespace that an event was dropped: that of the consumer, if it was on its
    /// way to one.
    pub(in crate::events) fn report(&self, entry: &Entry, lost: &Arc<EventData>, report: &Report) {
        if let Some(courier) = &entry.courier {
            self.report_of(courier, lost, report);
        } else if let Some(scope) = self.state.scopes.get(&entry.namespace) {
            system::raise(self.repository, &scope.origin, (lost, None), report);
        }
    }

    /// Tells a consumer's namespace that it did not get an event.
    pub(in crate::events) fn report_of(
        &self,
        courier: &Courier,
        lost: &Arc<EventData>,
        report: &Report,
    ) {
        let origin = match self.state.scopes.get(&courier.namespace) {
            Some(scope) => scope.origin.clone(),
            None => {
                // Nobody asked for its events, but somebody may have by when this comes.
                let namespace = self.repository.namespace(courier.namespace.as_str());
                let Ok(namespace) = namespace else { return };
                Arc::new(Origin::new(namespace.references().clone(), namespace.schema(), &[]))
            }
        };
        system::raise(self.repository, &origin, (lost, Some(&courier.path)), report);
    }

    /// Says that a subscription's receiver has work.
    pub(in crate::events) fn wake(&mut self, entry: &Arc<Entry>) {
        if !entry.make_ready() {
            return;
        }
        if entry.courier.is_some() {
            self.state.deliveries.push_back(entry.clone());
        } else {
            self.state.ready.push(entry.clone());
        }
    }
}
