//! What permanent subscriptions share: the sinks of consumers, what became of what could not
//! be delivered, and how each binding does.

use super::super::consumer::{ConsumerSink, Failure};
use super::place::Place;
use crate::clock::WallTime;
use crate::repository::Repository;
use crate::schema::Schema;
use cimarron_model::{Instance, Name, ObjectPath};
use parking_lot::{Mutex, RwLock};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

/// How often and how long a delivery is tried that may succeed later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeliveryPolicy {
    /// How often it is tried again.
    pub retries: u32,
    /// How long after the first try; then twice as long each time.
    pub first: Duration,
    /// The longest time between two tries.
    pub longest: Duration,
}

impl Default for DeliveryPolicy {
    /// Eight times, in four minutes all in all.
    fn default() -> Self {
        Self { retries: 8, first: Duration::from_secs(1), longest: Duration::from_secs(300) }
    }
}

impl DeliveryPolicy {
    /// How long to wait behind so many tries.
    pub(super) fn wait(&self, tries: u32) -> Duration {
        let doubled = 1_u32.checked_shl(tries.saturating_sub(1)).unwrap_or(u32::MAX);
        self.first.saturating_mul(doubled).min(self.longest)
    }
}

/// An event that a consumer did not get.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DeadLetter {
    /// Where the consumer is.
    pub namespace: Name,
    /// Its path there.
    pub consumer: ObjectPath,
    /// The event, with what the filter selects.
    pub event: Instance,
    /// Why.
    pub failure: Failure,
    /// How often it was tried.
    pub tries: u32,
    /// When it was given up.
    pub at: WallTime,
}

/// How a permanent subscription is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BindingStatus {
    /// Where the binding is.
    pub namespace: Name,
    /// The filter that it names.
    pub filter: String,
    /// The consumer that it names.
    pub consumer: String,
    /// Whether it delivers events.
    pub active: bool,
    /// Why it does not, when its filter and its consumer are there.
    pub problem: Option<String>,
}

/// How many events are kept that could not be delivered.
const DEAD_LETTERS: usize = 1000;

#[derive(Debug, Default)]
pub(crate) struct Permanent {
    /// The sinks by the class of consumers.
    sinks: RwLock<Vec<(Name, Arc<dyn ConsumerSink>)>>,
    policy: Mutex<DeliveryPolicy>,
    dead: Mutex<VecDeque<DeadLetter>>,
    pub(super) bindings: Mutex<BTreeMap<Place, BindingStatus>>,
}

impl Permanent {
    /// The sink for a class: its own, or that of the nearest class above it.
    pub(super) fn sink(&self, schema: &Schema, class: &Name) -> Option<Arc<dyn ConsumerSink>> {
        let sinks = self.sinks.read();
        let own = |name: &Name| sinks.iter().find(|(class, _)| class == name);
        let mut lineage = std::iter::successors(schema.class(class.as_str()), |c| c.parent());
        let found = lineage.find_map(|class| own(class.name())).or_else(|| own(class));
        found.map(|(_, sink)| sink.clone())
    }

    pub(super) fn policy(&self) -> DeliveryPolicy {
        *self.policy.lock()
    }

    pub(super) fn bury(&self, letter: DeadLetter) {
        let mut dead = self.dead.lock();
        if dead.len() >= DEAD_LETTERS {
            dead.pop_front();
        }
        dead.push_back(letter);
    }
}

impl Repository {
    /// Says what delivers events to the consumers of a class and of those below it that have
    /// no sink of their own. What waits for one is delivered when events are next dispatched.
    pub fn set_consumer_sink(&self, class: impl Into<Name>, sink: Arc<dyn ConsumerSink>) {
        let class = class.into();
        let mut sinks = self.hub().permanent.sinks.write();
        sinks.retain(|(other, _)| *other != class);
        sinks.push((class, sink));
    }

    /// Forgets what delivers to the consumers of a class. Their events wait for another, as
    /// long as deliveries are tried.
    pub fn remove_consumer_sink(&self, class: &str) {
        self.hub().permanent.sinks.write().retain(|(other, _)| !other.is(class));
    }

    /// Says how often deliveries are tried.
    pub fn set_delivery_policy(&self, policy: DeliveryPolicy) {
        *self.hub().permanent.policy.lock() = policy;
    }

    /// The newest events that permanent consumers did not get, the oldest first.
    pub fn dead_letters(&self) -> Vec<DeadLetter> {
        self.hub().permanent.dead.lock().iter().cloned().collect()
    }

    /// The same, which are forgotten with it.
    pub fn take_dead_letters(&self) -> Vec<DeadLetter> {
        std::mem::take(&mut *self.hub().permanent.dead.lock()).into()
    }

    /// The permanent subscriptions, and how they are doing.
    pub fn bindings(&self) -> Vec<BindingStatus> {
        self.hub().pump(self);
        self.hub().permanent.bindings.lock().values().cloned().collect()
    }
}
