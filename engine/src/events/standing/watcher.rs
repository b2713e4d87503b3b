//! Which of them are there, and what follows from that.

use super::super::agenda::{Rank, Token};
use super::super::demand::Demand;
use super::super::entry::Entry;
use super::super::entry::Receiver;
use super::super::queue::{Bounds, End, Overflow};
use super::super::timers::Timer;
use super::super::work::{Watch, Work};
use super::courier::Courier;
use super::filter::Wanted;
use super::permanent::{BindingStatus, Permanent};
use super::place::Place;
use crate::context::Principal;
use crate::error::EngineError;
use crate::namespace::Namespace;
use crate::schema::{Role, Standing};
use crate::store::{Found, Record, Recorded};
use crate::stored::StoredInstance;
use crate::view::ValueView;
use cimarron_model::{Instance, Location, Name, ObjectPath, ReferenceRules};
use hashbrown::HashMap;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

#[derive(Debug)]
pub(crate) struct Watcher {
    permanent: Arc<Permanent>,
    /// What was seen of all of them, to know what changed when commits were not kept.
    known: HashMap<Place, Known>,
    timers: HashMap<Place, Token>,
    filters: HashMap<Place, Wanted>,
    consumers: HashMap<Place, (Name, Arc<Instance>)>,
    bindings: BTreeMap<Place, Binding>,
    /// By filter and by consumer: the bindings that name it.
    users: HashMap<Place, BTreeSet<Place>>,
    /// The bindings that something changed for.
    touched: BTreeSet<Place>,
    /// How many bindings began to deliver.
    begun: u64,
}

/// An instance as it was seen.
#[derive(Clone, Debug)]
struct Known {
    namespace: Name,
    /// Where that was; `None` when it was gone already.
    location: Option<Arc<Location>>,
    instance: StoredInstance,
}

#[derive(Debug)]
struct Binding {
    namespace: Name,
    filter: Arc<ObjectPath>,
    consumer: Arc<ObjectPath>,
    /// Where the two lead, as far as that is known.
    ends: (Option<Place>, Option<Place>),
    live: Option<Live>,
}

/// A binding that delivers.
#[derive(Debug)]
struct Live {
    entry: Arc<Entry>,
    courier: Arc<Courier>,
    wanted: Wanted,
    bounds: Bounds,
}

/// How many events may wait for a consumer.
const EVENTS: usize = 100_000;

/// How many bytes of them when the consumer does not say.
const BYTES: usize = 10 << 20;

impl Watcher {
    pub(crate) fn new(permanent: &Arc<Permanent>) -> Self {
        Self {
            permanent: permanent.clone(),
            known: HashMap::new(),
            timers: HashMap::new(),
            filters: HashMap::new(),
            consumers: HashMap::new(),
            bindings: BTreeMap::new(),
            users: HashMap::new(),
            touched: BTreeSet::new(),
            begun: 0,
        }
    }

    /// Takes what is there; whether there is anything.
    pub(crate) fn look(&mut self, work: &mut Work<'_>) -> bool {
        for (namespace, instance) in all_with_roles(work) {
            self.change(work, &namespace, None, Some(&instance));
        }
        self.settle(work);
        !(self.timers.is_empty()
            && self.filters.is_empty()
            && self.consumers.is_empty()
            && self.bindings.is_empty())
    }

    /// An instance came, went, or is another.
    fn change(
        &mut self,
        work: &mut Work<'_>,
        namespace: &Name,
        old: Option<&StoredInstance>,
        new: Option<&StoredInstance>,
    ) {
        let Some(known) = new.or(old) else { return };
        let Some(Standing { role, .. }) = known.layout().standing.as_deref() else { return };
        let current = work.repository().namespace(namespace.as_str()).ok();
        let Some(place) = Place::of(namespace, current.as_deref(), known) else { return };
        let gone = ReferenceRules::default();
        if let (Some(old), Some(new)) = (old, new)
            && old.is_same_as(new, current.as_deref().map_or(&gone, Namespace::references))
        {
            return;
        }
        match new {
            Some(new) => {
                let location = current.map(|current| current.location.clone());
                let (namespace, instance) = (namespace.clone(), new.detached());
                self.known.insert(place.clone(), Known { namespace, location, instance });
            }
            None => drop(self.known.remove(&place)),
        }
        match role {
            Role::IntervalTimer | Role::AbsoluteTimer => {
                self.disarm(work, &place);
                let timer = new.and_then(|new| match role {
                    Role::IntervalTimer => Timer::interval(work, namespace, new),
                    _ => Timer::absolute(work, namespace, new),
                });
                if let Some(timer) = timer {
                    let token = work.plan(timer.due(), Rank::Timer, Box::new(timer));
                    self.timers.insert(place, token);
                }
            }
            Role::Filter => {
                self.touch_users(&place);
                match new.and_then(|new| Wanted::of(namespace, new)) {
                    Some(wanted) => drop(self.filters.insert(place, wanted)),
                    None => drop(self.filters.remove(&place)),
                }
            }
            Role::Consumer => {
                self.touch_users(&place);
                match new {
                    Some(new) => {
                        let consumer = (namespace.clone(), Arc::new(new.to_instance()));
                        self.consumers.insert(place, consumer);
                    }
                    None => drop(self.consumers.remove(&place)),
                }
            }
            Role::Binding => match new {
                Some(new) => self.bind(work, namespace, place, new),
                None => self.unbind(work, &place),
            },
        }
    }

    fn disarm(&mut self, work: &mut Work<'_>, place: &Place) {
        if let Some(token) = self.timers.remove(place) {
            work.call_off(token);
        }
    }

    fn touch_users(&mut self, place: &Place) {
        if let Some(users) = self.users.get(place) {
            self.touched.extend(users.iter().cloned());
        }
    }

    fn bind(&mut self, work: &mut Work<'_>, namespace: &Name, place: Place, row: &StoredInstance) {
        let path = |names: [&str; 2]| {
            names.into_iter().find_map(|name| match row.property(name)? {
                ValueView::Reference(path) => Some(path.clone()),
                _ => None,
            })
        };
        // What WMI and DMTF call the two ends.
        let (filter, consumer) = (path(["Filter", "Filter"]), path(["Consumer", "Handler"]));
        self.unbind(work, &place);
        // CIM_AbstractIndicationSubscription.SubscriptionState
        const DISABLED: i128 = 4;
        let state = row.property("SubscriptionState").and_then(ValueView::as_integer);
        if state == Some(DISABLED) {
            return;
        }
        let (Some(filter), Some(consumer)) = (filter, consumer) else { return };
        let namespace = namespace.clone();
        let binding = Binding { namespace, filter, consumer, ends: (None, None), live: None };
        self.bindings.insert(place.clone(), binding);
        self.touched.insert(place);
    }

    fn unbind(&mut self, work: &mut Work<'_>, place: &Place) {
        self.permanent.bindings.lock().remove(place);
        let Some(binding) = self.bindings.remove(place) else { return };
        self.forget_ends(place, &binding.ends);
        end(work, binding.live);
    }

    fn forget_ends(&mut self, place: &Place, ends: &(Option<Place>, Option<Place>)) {
        for end in [&ends.0, &ends.1].into_iter().flatten() {
            if let Some(users) = self.users.get_mut(end) {
                users.remove(place);
                if users.is_empty() {
                    self.users.remove(end);
                }
            }
        }
    }

    /// What a namespace held is gone with it.
    fn forget_namespace(&mut self, work: &mut Work<'_>, name: &Name) {
        self.known.retain(|place, _| !place.is_in(name));
        let timers: Vec<Place> =
            self.timers.keys().filter(|place| place.is_in(name)).cloned().collect();
        timers.iter().for_each(|place| self.disarm(work, place));
        let bindings: Vec<Place> =
            self.bindings.keys().filter(|place| place.is_in(name)).cloned().collect();
        bindings.iter().for_each(|place| self.unbind(work, place));
        let ends: Vec<Place> = self.filters.keys().chain(self.consumers.keys()).cloned().collect();
        for place in ends.iter().filter(|place| place.is_in(name)) {
            self.touch_users(place);
            self.filters.remove(place);
            self.consumers.remove(place);
        }
    }

    /// Forgets what was in namespaces that are gone. Another one may have the name by now.
    fn forget_gone(&mut self, work: &mut Work<'_>) {
        let repository = work.repository();
        let is_gone = |known: &&Known| {
            let current = repository.namespace(known.namespace.as_str()).ok();
            let both = current.as_ref().zip(known.location.as_ref());
            !both.is_some_and(|(current, known)| Arc::ptr_eq(&current.location, known))
        };
        let gone = self.known.values().filter(is_gone);
        let gone: BTreeSet<Name> = gone.map(|known| known.namespace.clone()).collect();
        gone.iter().for_each(|name| self.forget_namespace(work, name));
    }

    /// Looks again at what does not deliver: classes or namespaces have changed.
    fn touch_idle(&mut self) {
        let idle = self.bindings.iter().filter(|(_, binding)| {
            binding.live.as_ref().is_none_or(|live| live.entry.queue.is_ended())
        });
        let idle: Vec<Place> = idle.map(|(place, _)| place.clone()).collect();
        self.touched.extend(idle);
    }

    /// Does what follows from all that changed.
    fn settle(&mut self, work: &mut Work<'_>) {
        while let Some(place) = self.touched.pop_first() {
            self.settle_one(work, &place);
        }
    }

    fn settle_one(&mut self, work: &mut Work<'_>, place: &Place) {
        let Some(mut binding) = self.bindings.remove(place) else { return };
        self.forget_ends(place, &binding.ends);
        let at = |path: &ObjectPath| Place::at(work.repository(), &binding.namespace, path);
        binding.ends = (at(&binding.filter), at(&binding.consumer));
        for end in [&binding.ends.0, &binding.ends.1].into_iter().flatten() {
            self.users.entry(end.clone()).or_default().insert(place.clone());
        }
        let wanted = binding.ends.0.as_ref().and_then(|end| self.filters.get(end));
        let consumer = binding.ends.1.as_ref().and_then(|end| self.consumers.get(end));
        let mut problem = None;
        binding.live = match (binding.live.take(), wanted.zip(consumer)) {
            (live, None) => {
                end(work, live);
                None
            }
            (live, Some((wanted, (home, consumer)))) => {
                let bounds = bounds(consumer);
                match live {
                    Some(live) if live.is_right(wanted, bounds) => {
                        live.courier.set_consumer(consumer.clone());
                        Some(live)
                    }
                    live => {
                        end(work, live);
                        self.begun += 1;
                        let ticks = work.wall().ticks;
                        let identity = work.repository().identity();
                        let context = format!("cimarron:{identity:x}:{ticks:x}:{}", self.begun);
                        let courier = Courier::new(
                            (&self.permanent, context),
                            (home, consumer.clone()),
                            wanted.name.clone(),
                        );
                        let begun = begin(work, wanted, bounds, Arc::new(courier));
                        begun.inspect_err(|error| problem = Some(error.to_string())).ok()
                    }
                }
            }
        };
        let status = BindingStatus {
            namespace: binding.namespace.clone(),
            filter: binding.filter.to_string(),
            consumer: binding.consumer.to_string(),
            active: binding.live.is_some(),
            problem,
        };
        self.permanent.bindings.lock().insert(place.clone(), status);
        self.bindings.insert(place.clone(), binding);
    }
}

impl Live {
    fn is_right(&self, wanted: &Wanted, bounds: Bounds) -> bool {
        self.wanted == *wanted && self.bounds == bounds && !self.entry.queue.is_ended()
    }
}

/// How much may wait for a consumer.
fn bounds(consumer: &Instance) -> Bounds {
    let own = consumer.get("MaximumQueueSize").and_then(cimarron_model::Value::as_integer);
    let bytes = own.and_then(|size| usize::try_from(size).ok()).filter(|size| *size > 0);
    Bounds { events: EVENTS, bytes: bytes.unwrap_or(BYTES) }
}

/// Begins to deliver what a filter wants.
fn begin(
    work: &mut Work<'_>,
    wanted: &Wanted,
    bounds: Bounds,
    courier: Arc<Courier>,
) -> Result<Live, EngineError> {
    let parsed = wanted.parse(work.repository().limits())?;
    let namespace = work.repository().namespace(wanted.namespace.as_str())?;
    let demand = Demand {
        namespace: namespace.name.clone(),
        caller: Principal::system(),
        parsed,
        bounds,
        overflow: Overflow::DropNewest,
        receiver: Receiver::Courier(courier.clone()),
        start: None,
    };
    let entry = work.add(&namespace, |work, scope| demand.make(work, scope))?;
    Ok(Live { entry, courier, wanted: wanted.clone(), bounds })
}

/// Ends what delivered: what waits still is.
fn end(work: &mut Work<'_>, live: Option<Live>) {
    if let Some(Live { entry, .. }) = live {
        work.end(&entry, End::Cancelled);
    }
}

/// The instances that have a role.
fn all_with_roles(work: &Work<'_>) -> Vec<(Name, StoredInstance)> {
    let repository = work.repository();
    let mut all = Vec::new();
    for info in repository.namespaces() {
        let Ok(namespace) = repository.namespace(info.name.as_str()) else { continue };
        let name = || namespace.name.clone();
        all.extend(with_roles(&namespace).into_iter().map(|instance| (name(), instance)));
    }
    all
}

/// The instances of a namespace that have a role, the timers first.
fn with_roles(namespace: &Namespace) -> Vec<StoredInstance> {
    let schema = namespace.schema();
    let known = Role::CLASSES.into_iter().filter_map(|(name, _)| schema.class(name));
    let classes: Vec<_> =
        known.flat_map(|class| class.subtree().map(|below| below.def().id)).collect();
    namespace.instances_of(&classes)
}

impl Watch for Watcher {
    fn see(&mut self, record: &Record, work: &mut Work<'_>) {
        for change in &record.changes {
            match change {
                Recorded::Row { namespace, old, new, .. } => {
                    let known = new.as_ref().or(old.as_ref());
                    if known.is_some_and(|known| known.chunk.layout().standing.is_some()) {
                        let stored = |found: &Option<Found>| found.clone().map(StoredInstance::new);
                        let (old, new) = (stored(old), stored(new));
                        self.change(work, namespace, old.as_ref(), new.as_ref());
                    }
                }
                Recorded::Rows { namespace, chunk, rows } if chunk.layout().standing.is_some() => {
                    for row in rows.rows() {
                        let new = StoredInstance::new(Found { chunk: chunk.clone(), row });
                        self.change(work, namespace, None, Some(&new));
                    }
                }
                Recorded::Schema { .. } => self.touch_idle(),
                Recorded::Namespace { name, start, .. } => {
                    if start.is_none() {
                        self.forget_namespace(work, name);
                    }
                    self.touch_idle();
                }
                _ => {}
            }
        }
        self.settle(work);
    }

    /// What is there and was there as it is goes on.
    fn lose(&mut self, work: &mut Work<'_>) {
        self.forget_gone(work);
        let mut before = self.known.clone();
        for (namespace, new) in all_with_roles(work) {
            let current = work.repository().namespace(namespace.as_str()).ok();
            let place = Place::of(&namespace, current.as_deref(), &new);
            let old = place.and_then(|place| before.remove(&place)).map(|known| known.instance);
            self.change(work, &namespace, old.as_ref(), Some(&new));
        }
        for Known { namespace, instance, .. } in before.into_values() {
            self.change(work, &namespace, Some(&instance), None);
        }
        self.touch_idle();
        self.settle(work);
    }
}
