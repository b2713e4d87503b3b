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
use cimarron_model::{Instance, Name, ObjectPath, Status};
use parking_lot::Mutex;
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
    carried: Mutex<Option<Carried>>,
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
        permanent: &Arc<Permanent>,
        namespace: &Name,
        consumer: Arc<Instance>,
    ) -> Self {
        let path = consumer.path.clone().unwrap_or_default();
        Self {
            permanent: permanent.clone(),
            namespace: namespace.clone(),
            path,
            consumer: Mutex::new(consumer),
            carried: Mutex::new(None),
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
            let Some(mut carried) = self.carried.try_lock() else { return };
            let after = self.carry(repository, entry, &mut carried);
            drop(carried);
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

    fn carry(
        &self,
        repository: &Repository,
        entry: &Entry,
        carried: &mut Option<Carried>,
    ) -> After {
        loop {
            let Some(mut one) = carried.take().or_else(|| next(entry)) else {
                return After::Nothing;
            };
            let now = repository.clock().now();
            if one.due > now {
                *carried = Some(one);
                return After::Stay;
            }
            let policy = self.permanent.policy();
            match self.deliver(repository, &one) {
                Verdict::Delivered => *entry.given.lock() = one.event.data().position,
                Verdict::RetryLater(_) if one.tries < policy.retries => {
                    one.tries += 1;
                    one.due = now.saturating_add(policy.wait(one.tries));
                    let due = one.due;
                    *carried = Some(one);
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

/// The next event that waits for a consumer. That some were dropped was reported when they
/// were.
fn next(entry: &Entry) -> Option<Carried> {
    loop {
        match entry.queue.get() {
            Got::Item(Item::Event(event)) => {
                let shown = event.to_instance();
                return Some(Carried { event, shown, tries: 0, due: Duration::ZERO });
            }
            Got::Item(Item::Lost(_)) | Got::Gap { .. } => {}
            Got::Nothing | Got::Ended(_) => return None,
        }
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
