//! `Win32_LocalTime` and `Win32_UTCTime`: a modification event each second (WMI SDK, "Creating
//! a timer event with Win32_LocalTime or Win32_UTCTime").
//!
//! Nobody ticks: for each subscription that reaches a clock class the next second is computed
//! that its condition may let pass (`next`). The condition itself is asked then as of every
//! other event, so the computing may be generous and never narrow.

mod field;
mod next;

use super::agenda::{Rank, Timed};
use super::data::EventData;
use super::entry::Entry;
use super::reach::reached;
use super::system::{embedded, values};
use super::work::Work;
use crate::clock::WallTime;
use crate::schema::Schema;
use cimarron_model::{CimType, Instance, Keys, Name, ObjectPath, Value, fold};
use field::{Field, Moment};
use std::sync::{Arc, Weak};
use std::time::Duration;

/// 100 ns in a second.
const SECOND: u64 = 10_000_000;

/// Where the clock classes are.
const NAMESPACE: &str = "root/cimv2";

/// A clock class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ClockClass {
    Local,
    Utc,
}

impl ClockClass {
    const ALL: [Self; 2] = [Self::Local, Self::Utc];

    const fn name(self) -> &'static str {
        match self {
            Self::Local => "Win32_LocalTime",
            Self::Utc => "Win32_UTCTime",
        }
    }

    /// The seconds since 1601 that it shows.
    fn shown(self, wall: WallTime) -> i64 {
        let seconds = i64::try_from(wall.ticks / SECOND).unwrap_or(i64::MAX);
        match self {
            Self::Local => seconds.saturating_add(i64::from(wall.offset) * 60),
            Self::Utc => seconds,
        }
    }
}

/// Begins to give a subscription the ticks that it may want. To be called when it is made.
pub(super) fn begin(work: &mut Work<'_>, entry: &Arc<Entry>, schema: &Schema) {
    let Some(bound) = entry.bound() else { return };
    let reaches = |name: &str| !reached(&bound.query, schema, &[Name::new(name)]).is_empty();
    // Whoever asks for changes of any instance does not ask to be woken every second.
    let asks_for_any = reaches("__SystemClass");
    let place = fold::eq(entry.namespace.as_str(), NAMESPACE);
    if !place || asks_for_any || !takes_changes(bound.query.class.as_str(), schema) {
        return;
    }
    for class in ClockClass::ALL {
        let is_reached = reaches(class.name());
        let mut tick = Tick { entry: Arc::downgrade(entry), class, second: i64::MIN };
        if is_reached && let Some(due) = tick.next(work) {
            let token = work.plan(due, Rank::Clock, Box::new(tick));
            entry.planned.lock().push(token);
        }
    }
}

/// Whether events of changed instances are among those of a class.
fn takes_changes(class: &str, schema: &Schema) -> bool {
    let change = schema.class("__InstanceModificationEvent");
    change.zip(schema.class(class)).is_some_and(|(change, class)| change.is_a(class))
}

/// The next tick of a class for a subscription.
#[derive(Debug)]
struct Tick {
    entry: Weak<Entry>,
    class: ClockClass,
    /// The second that it shows, since 1601.
    second: i64,
}

impl Tick {
    /// Goes on to the next; when that is due, or `None` when no second is left that the condition lets pass.
    fn next(&mut self, work: &Work<'_>) -> Option<Duration> {
        let entry = self.entry.upgrade()?;
        let bound = entry.bound();
        let filter = bound.as_ref().and_then(|bound| bound.query.filter.as_ref());
        // On a clock that goes by itself, what nobody came to in time is over.
        let (now, wall) = work.newest();
        let shown = self.class.shown(wall);
        self.second = next::after(filter, shown.max(self.second))?;
        let seconds = u64::try_from(self.second.checked_sub(shown)?).ok()?;
        let within = wall.ticks % SECOND;
        let left = Duration::from_secs(seconds).saturating_sub(Duration::from_nanos(within * 100));
        now.checked_add(left)
    }

    fn event(&self, work: &Work<'_>, entry: &Entry) -> Option<EventData> {
        let origin = work.scope(&entry.namespace)?.origin.clone();
        let class = origin.kinds.instance.modification.as_ref()?.class.clone();
        let shown = self.second;
        let given = [
            ("TargetInstance", embedded(self.instance(shown))),
            ("PreviousInstance", embedded(self.instance(shown.saturating_sub(1)))),
            ("TIME_CREATED", Value::from(work.wall().ticks)),
        ];
        let values = values(&class, given);
        Some(work.event_of_now(origin, class, values))
    }

    /// The class's one instance, as it is at a second.
    fn instance(&self, shown: i64) -> Instance {
        let moment = Moment::of(shown);
        let mut instance = Instance::new(self.class.name());
        instance.path = Some(ObjectPath::of_instance(self.class.name(), Keys::Singleton));
        for (name, field) in Field::PROPERTIES {
            let value = field.map(|field| Value::from(moment.get(field)));
            instance.set(name, value.unwrap_or(Value::null(CimType::UInt32)));
        }
        instance
    }
}

impl Timed for Tick {
    fn run(&mut self, work: &mut Work<'_>) -> Option<Duration> {
        let entry = self.entry.upgrade()?;
        if let Some(event) = self.event(work, &entry) {
            work.deliver_to(&entry, event);
        }
        self.next(work)
    }
}

#[cfg(test)]
mod tests;
