//! Looking at classes that raise no events by themselves (MS-WMI 3.1.5; WMI SDK, "WITHIN
//! Clause").
//!
//! A snapshot is made with the subscription and another each interval after it. What is only in
//! the new one was created, what is only in the old one was deleted, and what is in both and
//! not equal was modified: in this order, each in the order of enumeration. So what comes and
//! goes between two looks is never seen. The condition is asked of the differences.

use super::agenda::{Rank, Timed};
use super::data::{About, Body, EventData};
use super::entry::Entry;
use super::indication::beside;
use super::kinds::Kind;
use super::reach::reached;
use super::scope::Scope;
use super::work::Work;
use crate::context::Principal;
use crate::schema::Schema;
use crate::stored::StoredInstance;
use hashbrown::HashMap;
use std::sync::{Arc, Weak};
use std::time::Duration;

/// Begins to look for a subscription each `within`. To be called when it is made.
pub(super) fn begin(work: &mut Work<'_>, entry: &Arc<Entry>, schema: &Schema, within: Duration) {
    let seen = look(work, entry, schema);
    let due = work.now().saturating_add(within);
    let poll = Poll { entry: Arc::downgrade(entry), within, seen };
    let token = work.plan(due, Rank::Poll, Box::new(poll));
    entry.planned.lock().push(token);
}

/// The instances that there are of the polled classes that a query reaches.
fn look(work: &Work<'_>, entry: &Entry, schema: &Schema) -> Vec<StoredInstance> {
    let polled = work.polled(&entry.namespace);
    let classes = entry.bound().map(|bound| reached(&bound.query, schema, &polled));
    let namespace = work.repository().namespace(entry.namespace.as_str());
    let (Some(classes), Ok(namespace)) = (classes, namespace) else { return Vec::new() };
    namespace.instances_of(&classes)
}

#[derive(Debug)]
struct Poll {
    entry: Weak<Entry>,
    within: Duration,
    seen: Vec<StoredInstance>,
}

impl Timed for Poll {
    fn run(&mut self, work: &mut Work<'_>) -> Option<Duration> {
        let entry = self.entry.upgrade()?;
        if let Some(scope) = work.scope(&entry.namespace) {
            let origin = scope.origin.clone();
            let now = look(work, &entry, &origin.schema);
            let before = std::mem::replace(&mut self.seen, now);
            let event =
                |kind: &Kind, target: &StoredInstance, previous: Option<&StoredInstance>| {
                    EventData {
                        origin: origin.clone(),
                        class: kind.class.clone(),
                        created: work.wall().ticks,
                        at: work.now(),
                        position: work.position(),
                        by: Principal::system(),
                        body: Body::Intrinsic {
                            slots: kind.slots,
                            target: About::Instance(target.clone()),
                            previous: previous.cloned().map(About::Instance),
                            beside: origin.kinds.is_indication.then(|| {
                                let when = (work.wall(), None);
                                beside(&kind.class, &origin, when, (target, previous))
                            }),
                        },
                    }
                };
            let events = differences(&before, &self.seen, scope, event);
            events.into_iter().for_each(|event| work.deliver_to(&entry, event));
        }
        // What happened by now was seen: to look again before more happens would find the same.
        Some(work.last_due(work.now().saturating_add(self.within), self.within))
    }
}

/// The events that make one snapshot out of another.
fn differences(
    before: &[StoredInstance],
    now: &[StoredInstance],
    scope: &Scope,
    event: impl Fn(&Kind, &StoredInstance, Option<&StoredInstance>) -> EventData,
) -> Vec<EventData> {
    let rules = &scope.origin.rules;
    let keyed = |all: &[StoredInstance]| -> Vec<String> {
        let key = |instance: &StoredInstance| {
            let layout = instance.layout();
            let type_of = |key: &str| layout.find(key).map(|(_, slot)| slot.cim_type);
            rules.identity(instance.path(), type_of)
        };
        all.iter().map(key).collect()
    };
    let (old_keys, new_keys) = (keyed(before), keyed(now));
    let old: HashMap<&str, &StoredInstance> =
        old_keys.iter().map(String::as_str).zip(before).collect();
    let new: HashMap<&str, &StoredInstance> =
        new_keys.iter().map(String::as_str).zip(now).collect();
    let kinds = &scope.origin.kinds.instance;
    let mut events = Vec::new();
    if let Some(kind) = &kinds.creation {
        let created = new_keys.iter().zip(now).filter(|(key, _)| !old.contains_key(key.as_str()));
        events.extend(created.map(|(_, instance)| event(kind, instance, None)));
    }
    if let Some(kind) = &kinds.deletion {
        let deleted =
            old_keys.iter().zip(before).filter(|(key, _)| !new.contains_key(key.as_str()));
        events.extend(deleted.map(|(_, instance)| event(kind, instance, None)));
    }
    if let Some(kind) = &kinds.modification {
        let both = new_keys
            .iter()
            .zip(now)
            .filter_map(|(key, instance)| Some((*old.get(key.as_str())?, instance)));
        let modified = both.filter(|(before, now)| !before.is_same_as(now, rules));
        events.extend(modified.map(|(before, now)| event(kind, now, Some(before))));
    }
    events
}
