//! What carries the events of one binding to its consumer.
//!
//! One event at a time, in their order: one that is to be tried again holds up those behind
//! it, and nothing else. Whoever has the state is the one who delivers.

use super::super::agenda::{Rank, Timed};
use super::super::consumer::{Delivery, Failure, Verdict};
use super::super::entry::Entry;
use super::super::event::Event;
use super::super::hub::Hub;
use super::super::queue::{Got, Item};
use super::super::system::Report;
use super::super::work::Work;
use super::permanent::{DeadLetter, Permanent};
use crate::repository::Repository;
use cimarron_model::{Instance, Name, ObjectPath, Status, Value};
use parking_lot::Mutex;
use smol_str::SmolStr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Weak};
use std::time::Duration;

#[derive(Debug)]
pub(crate) struct Courier {
    permanent: Arc<Permanent>,
    /// Where the consumer is.
    pub(crate) namespace: Name,
    pub(crate) path: ObjectPath,
    consumer: Mutex<Arc<Instance>>,
    /// The filter's name, for indications.
    filter: SmolStr,
    /// `SequenceContext` of DSP1054: what tells this sequence of indications from all others.
    context: String,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    carried: Option<Carried>,
    /// How many events there were.
    count: i64,
}

/// An event that is on its way.
#[derive(Debug)]
struct Carried {
    event: Event,
    shown: Instance,
    tries: u32,
    /// When it is to be tried again.
    due: Duration,
}

/// What is to be done when nobody carries any more.
enum After {
    Nothing,
    /// Its retry is planned.
    Stay,
    Wait(Duration),
    Give(Box<Carried>, Failure),
}

impl Courier {
    pub(super) fn new(
        (permanent, context): (&Arc<Permanent>, String),
        (namespace, consumer): (&Name, Arc<Instance>),
        filter: SmolStr,
    ) -> Self {
        let path = consumer.path.clone().unwrap_or_default();
        Self {
            permanent: permanent.clone(),
            namespace: namespace.clone(),
            path,
            consumer: Mutex::new(consumer),
            filter,
            context,
            state: Mutex::default(),
        }
    }

    /// The consumer has other properties now.
    pub(super) fn set_consumer(&self, consumer: Arc<Instance>) {
        *self.consumer.lock() = consumer;
    }

    /// Delivers what waits, until nothing does or something has to be tried again.
    pub(crate) fn run(&self, hub: &Hub, repository: &Repository, entry: &Arc<Entry>) {
        loop {
            // Also by whoever comes too late: the next event must be heard of.
            entry.take_ready();
            let Some(mut state) = self.state.try_lock() else { return };
            let after = self.carry(repository, entry, &mut state);
            drop(state);
            match after {
                After::Stay => return,
                After::Nothing if entry.queue.is_idle() => return,
                After::Nothing => {}
                After::Wait(due) => {
                    let retry = Box::new(Retry(Arc::downgrade(entry)));
                    // When the binding is gone, so is what this is for.
                    hub.with_work(repository, |work| work.plan(due, Rank::Retry, retry));
                    return;
                }
                After::Give(carried, failure) => self.give_up(hub, repository, *carried, failure),
            }
        }
    }

    fn carry(&self, repository: &Repository, entry: &Entry, state: &mut State) -> After {
        loop {
            let one = state.carried.take().or_else(|| self.next(entry, &mut state.count));
            let Some(mut one) = one else { return After::Nothing };
            let now = repository.clock().now();
            if one.due > now {
                state.carried = Some(one);
                return After::Stay;
            }
            let policy = self.permanent.policy();
            match self.deliver(repository, &one) {
                Verdict::Delivered => *entry.given.lock() = one.event.data().position,
                Verdict::RetryLater(_) if one.tries < policy.retries => {
                    one.tries += 1;
                    one.due = now.saturating_add(policy.wait(one.tries));
                    let due = one.due;
                    state.carried = Some(one);
                    return After::Wait(due);
                }
                Verdict::RetryLater(failure) | Verdict::Failed(failure) => {
                    return After::Give(Box::new(one), failure);
                }
            }
        }
    }

    fn deliver(&self, repository: &Repository, one: &Carried) -> Verdict {
        let consumer = self.consumer.lock().clone();
        let schema = repository.namespace(self.namespace.as_str()).map(|n| n.schema());
        let sink = schema.ok().and_then(|schema| self.permanent.sink(&schema, &consumer.class));
        let Some(sink) = sink else {
            let text = format!("nothing delivers events to `{}`", consumer.class);
            return Verdict::RetryLater(Failure::of(Status::ProviderNotFound, text));
        };
        let delivery = Delivery {
            server: repository.server_name(),
            namespace: &self.namespace,
            path: &self.path,
            consumer: &consumer,
            event: &one.shown,
            whole: Some(&one.event),
            retries: one.tries,
        };
        catch_unwind(AssertUnwindSafe(|| sink.deliver(&delivery))).unwrap_or_else(|_| {
            Verdict::Failed(Failure::of(Status::Internal, "the consumer's sink panicked"))
        })
    }

    /// The next event that waits for the consumer. That some were dropped was reported when
    /// they were.
    fn next(&self, entry: &Entry, count: &mut i64) -> Option<Carried> {
        loop {
            match entry.queue.get() {
                Got::Item(Item::Event(event)) => {
                    let mut shown = event.to_instance();
                    self.number(&mut shown, *count);
                    *count = count.wrapping_add(1);
                    return Some(Carried { event, shown, tries: 0, due: Duration::ZERO });
                }
                Got::Item(Item::Lost(_)) | Got::Gap { .. } => {}
                Got::Nothing | Got::Ended(_) => return None,
            }
        }
    }

    /// Says of an indication which filter let it pass and which in the sequence it is
    /// (DSP1054, reliable delivery), where its class has that and it was selected.
    fn number(&self, shown: &mut Instance, count: i64) {
        let values = [
            ("IndicationFilterName", Value::from(self.filter.as_str())),
            ("SequenceContext", Value::from(self.context.as_str())),
            ("SequenceNumber", Value::from(count)),
        ];
        for (name, value) in values {
            let place = shown.property_mut(name).filter(|place| place.value.is_null());
            if let Some(place) = place
                && place.value.cim_type() == value.cim_type()
            {
                place.value = value;
            }
        }
    }

    /// Buries an event, and tells the consumer's namespace.
    fn give_up(&self, hub: &Hub, repository: &Repository, carried: Carried, failure: Failure) {
        let Failure { code, text } = failure.clone();
        self.permanent.bury(DeadLetter {
            namespace: self.namespace.clone(),
            consumer: self.path.clone(),
            event: carried.shown,
            failure,
            tries: carried.tries + 1,
            at: repository.clock().wall(),
        });
        let data = carried.event.data().clone();
        hub.with_work(repository, |work| {
            work.report_of(self, &data, &Report::Failed { code, text });
        });
    }
}

/// The time to try again.
#[derive(Debug)]
struct Retry(Weak<Entry>);

impl Timed for Retry {
    fn run(&mut self, work: &mut Work<'_>) -> Option<Duration> {
        if let Some(entry) = self.0.upgrade() {
            work.wake(&entry);
        }
        None
    }
}
