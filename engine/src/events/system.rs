//! Events that the engine raises about events: dropped ones, full queues, failed consumers
//! (WMI SDK, `__EventDroppedEvent` and the classes below it).

use super::data::{Body, EventData, Origin, Position, Raised};
use super::event::whole;
use crate::context::Principal;
use crate::repository::Repository;
use crate::schema::ClassDef;
use cimarron_model::{Instance, Object, ObjectPath, Scalar, Value};
use std::sync::Arc;

/// What happened to an event.
#[derive(Clone, Debug)]
pub(crate) enum Report {
    /// A queue, which holds so many bytes, had no room for it.
    Overflow(usize),
    /// Whoever was handed it failed.
    Failed {
        /// An error number.
        code: u32,
        /// What was wrong.
        text: String,
    },
}

/// The event that says so; `None` where the classes are not.
pub(crate) fn event(
    repository: &Repository,
    origin: &Arc<Origin>,
    (lost, intended): (&EventData, Option<&ObjectPath>),
    report: &Report,
) -> Option<EventData> {
    let text;
    let (name, more): (_, Vec<(&str, Value)>) = match report {
        Report::Overflow(bytes) => {
            let size = u32::try_from(*bytes).unwrap_or(u32::MAX);
            ("__EventQueueOverflowEvent", vec![("CurrentQueueSize", Value::from(size))])
        }
        Report::Failed { code, text: problem } => {
            text = problem.clone();
            let described = ("ErrorDescription", Value::from(text.as_str()));
            ("__ConsumerFailureEvent", vec![("ErrorCode", Value::from(*code)), described])
        }
    };
    let class = origin.schema.class(name)?.def().clone();
    let wall = repository.commits().moment_of_clock().wall;
    let dropped = ("Event", embedded(whole(lost)));
    let intended = intended
        .map(|path| ("IntendedConsumer", Value::Scalar(Scalar::Reference(Arc::new(path.clone())))));
    let given = more.into_iter().chain(intended);
    let given = given.chain([dropped, ("TIME_CREATED", Value::from(wall.ticks))]);
    let values = values(&class, given);
    Some(EventData {
        origin: origin.clone(),
        class,
        created: wall.ticks,
        at: lost.at,
        position: Position::default(),
        by: Principal::system(),
        body: Body::Values(values),
    })
}

/// Raises the event that says what happened to another, on its way to this consumer, unless
/// that one is of its kind: else there would be no end to it.
pub(crate) fn raise(
    repository: &Repository,
    origin: &Arc<Origin>,
    (lost, intended): (&EventData, Option<&ObjectPath>),
    report: &Report,
) {
    if is_of_dropping(lost) {
        return;
    }
    if let Some(event) = event(repository, origin, (lost, intended), report) {
        push(repository, &Principal::system(), event);
    }
}

/// Whether an event tells of the dropping of another, or stands for some that do.
fn is_of_dropping(event: &EventData) -> bool {
    use cimarron_wql::Row;
    const DROPPED: &str = "__EventDroppedEvent";
    let represented = event.class.layout().find("Representative").and_then(|(slot, _)| {
        let (_, value) = event.owned(slot)?;
        match value {
            Value::Scalar(Scalar::Object(object)) => Some(object.class_name().clone()),
            _ => None,
        }
    });
    event.is_a(event.class.name.as_str(), DROPPED)
        || represented.is_some_and(|class| event.is_a(class.as_str(), DROPPED))
}

/// Puts an event among the commits.
pub(crate) fn push(repository: &Repository, by: &Principal, event: EventData) {
    let namespace = event.origin.location().namespace.clone();
    let commits = repository.commits();
    let at = commits.moment_of_clock();
    let raised = vec![Raised { namespace, data: Box::new(event) }];
    let woken = commits.log().push_raised(at, by, raised);
    woken.into_iter().for_each(|(_, waker)| waker.wake());
}

/// The values of an instance of a class by slot: its defaults, and what is given.
pub(crate) fn values<'n>(
    class: &ClassDef,
    given: impl IntoIterator<Item = (&'n str, Value)>,
) -> Arc<[Value]> {
    let layout = class.layout();
    let null = |slot: &crate::schema::Slot| {
        let null = || Value::Null(slot.cim_type, slot.array.is_array());
        slot.default.clone().unwrap_or_else(null)
    };
    let mut values: Vec<Value> = layout.slots.iter().map(null).collect();
    for (name, value) in given {
        let place = layout.find(name).and_then(|(slot, _)| values.get_mut(slot as usize));
        if let Some(place) = place {
            *place = value;
        }
    }
    values.into()
}

/// An instance as a value.
pub(crate) fn embedded(instance: Instance) -> Value {
    Value::Scalar(Scalar::Object(Arc::new(Object::Instance(instance))))
}
