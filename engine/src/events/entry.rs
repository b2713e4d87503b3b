//! A subscription as the dispatcher knows it.

use super::agenda::Token;
use super::data::{EventData, Position};
use super::event::Event;
use super::group::Group;
use super::queue::{End, Queue};
use super::sink::Sink;
use super::standing::Courier;
use crate::context::Principal;
use crate::error::EngineError;
use crate::schema::{ClassId, Schema};
use cimarron_model::{ClassVersion, Name, ReferenceRules};
use cimarron_wql::plan::Predicate;
use cimarron_wql::{BindOptions, BoundEventQuery, BoundExpr, EventQuery, Projection};
use parking_lot::Mutex;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// What a subscription is.
pub(crate) struct Entry {
    pub(crate) namespace: Name,
    pub(crate) caller: Principal,
    parsed: EventQuery,
    bound: Mutex<Option<Arc<Bound>>>,
    pub(crate) queue: Queue,
    /// Events that are gathered before they are delivered.
    pub(crate) group: Option<Mutex<Group>>,
    pub(crate) sink: Option<Sink>,
    /// What carries its events to a permanent consumer.
    pub(crate) courier: Option<Arc<Courier>>,
    /// What is planned for it.
    pub(crate) planned: Mutex<Vec<Token>>,
    /// The last event that it was given.
    pub(crate) given: Mutex<Position>,
    /// Its number in the index of its namespace.
    number: AtomicU32,
    is_ready: AtomicBool,
}

/// Who gets the events of a subscription.
pub(crate) enum Receiver {
    /// Whoever takes them.
    Taker,
    Callback(Sink),
    /// A permanent consumer.
    Courier(Arc<Courier>),
}

/// Its query, right for a version of the schema.
#[derive(Debug)]
pub(crate) struct Bound {
    pub(crate) query: BoundEventQuery,
    pub(crate) selection: Arc<Projection>,
    /// The whole condition, for events that come to this subscription alone.
    pub(crate) condition: Option<Predicate>,
    /// The classes that it names, as they were; of the one in FROM the version counts too.
    names: Vec<(Name, ClassId)>,
    from: ClassVersion,
}

/// No number.
const NONE: u32 = u32::MAX;

impl Entry {
    pub(crate) fn new(
        (namespace, caller): (Name, Principal),
        (parsed, bound): (EventQuery, Bound),
        (queue, receiver): (Queue, Receiver),
        start: Position,
    ) -> Self {
        let (sink, courier) = match receiver {
            Receiver::Taker => (None, None),
            Receiver::Callback(sink) => (Some(sink), None),
            Receiver::Courier(courier) => (None, Some(courier)),
        };
        let group = bound.query.group.clone();
        let group = group.map(|rule| Mutex::new(Group::new(rule)));
        Self {
            namespace,
            caller,
            parsed,
            bound: Mutex::new(Some(Arc::new(bound))),
            queue,
            group,
            sink,
            courier,
            planned: Mutex::default(),
            given: Mutex::new(start),
            number: AtomicU32::new(NONE),
            is_ready: AtomicBool::new(false),
        }
    }

    /// The query as it is bound now; `None` while it is not right for the schema.
    pub(crate) fn bound(&self) -> Option<Arc<Bound>> {
        self.bound.lock().clone()
    }

    /// Binds the query to a version of the schema, if it is right for that.
    pub(crate) fn bind(&self, schema: &Schema, rules: &ReferenceRules) {
        let bound = Bound::new(&self.parsed, schema, rules).ok().map(Arc::new);
        let rule = bound.as_ref().and_then(|bound| bound.query.group.clone());
        if let (Some(group), Some(rule)) = (&self.group, rule) {
            group.lock().set_rule(rule);
        }
        *self.bound.lock() = bound;
    }

    /// Whether what it was bound to is the same in this version of the schema.
    pub(crate) fn is_bound_to(&self, schema: &Schema) -> bool {
        self.bound().is_some_and(|bound| bound.fits(schema))
    }

    pub(crate) fn number(&self) -> Option<u32> {
        Some(self.number.load(Ordering::Relaxed)).filter(|number| *number != NONE)
    }

    pub(crate) fn set_number(&self, number: Option<u32>) {
        self.number.store(number.unwrap_or(NONE), Ordering::Relaxed);
    }

    /// Notes that its callback has work; whether that was not known.
    pub(crate) fn make_ready(&self) -> bool {
        (self.sink.is_some() || self.courier.is_some())
            && !self.is_ready.swap(true, Ordering::AcqRel)
    }

    /// Whether its callback had work; it is somebody's now.
    pub(crate) fn take_ready(&self) {
        self.is_ready.store(false, Ordering::Release);
    }

    /// Whether it wants an event that came for it alone.
    pub(crate) fn wants(&self, event: &EventData) -> bool {
        let Some(bound) = self.bound() else { return false };
        let class = &bound.query.class;
        let schema = &event.origin.schema;
        let is_of = schema.by_id(event.class.id).zip(schema.class(class.as_str()));
        is_of.is_some_and(|(class, from)| class.is_a(from))
            && bound.condition.as_ref().is_none_or(|condition| condition.matches(event))
    }

    /// An event as its query selects it.
    pub(crate) fn select(&self, data: Arc<EventData>) -> Option<Event> {
        Some(Event::new(data, self.bound()?.selection.clone()))
    }

    /// Ends it; whether it had not ended before.
    pub(crate) fn end(&self, end: End, at_once: bool) -> bool {
        self.queue.end(end, at_once)
    }
}

impl Bound {
    pub(crate) fn new(
        parsed: &EventQuery,
        schema: &Schema,
        rules: &ReferenceRules,
    ) -> Result<Self, EngineError> {
        let query = cimarron_wql::bind_event(parsed, schema, &BindOptions::new(rules.clone()))?;
        let mut named = vec![query.class.clone()];
        if let Some(filter) = &query.filter {
            classes(filter, &mut named);
        }
        let known = |name: Name| {
            let id = schema.class(name.as_str())?.def().id;
            Some((name, id))
        };
        let names = named.into_iter().filter_map(known).collect();
        let from = schema.class(query.class.as_str()).map(|class| class.def().version);
        let condition = query.filter.as_ref().map(|filter| Predicate::new(filter, query.dialect));
        // What is selected of a group is what its representative shows.
        let selection = match &query.group {
            Some(_) => Projection::All,
            None => query.projection.clone(),
        };
        Ok(Self {
            selection: Arc::new(selection),
            condition,
            names,
            from: from.unwrap_or_default(),
            query,
        })
    }

    fn fits(&self, schema: &Schema) -> bool {
        let same = |(name, id): &(Name, ClassId)| {
            schema.class(name.as_str()).is_some_and(|class| class.def().id == *id)
        };
        let from = schema.class(self.query.class.as_str());
        self.names.iter().all(same) && from.is_some_and(|from| from.def().version == self.from)
    }
}

/// The classes that a condition names.
fn classes(condition: &BoundExpr, found: &mut Vec<Name>) {
    match condition {
        BoundExpr::And(items) | BoundExpr::Or(items) => {
            items.iter().for_each(|item| classes(item, found));
        }
        BoundExpr::Not(item) => classes(item, found),
        BoundExpr::IsA { class, .. } => found.push(class.clone()),
        _ => {}
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry").field("namespace", &self.namespace).finish_non_exhaustive()
    }
}
