//! From what a commit changed to events: the rules.
//!
//! * An instance: its creation, deletion, or its modification when a value changed.
//! * A class: the put of a new one, the put of an existing one when its declaration changed, or
//!   its deletion, derived classes first. Classes that only followed one above have none, nor
//!   have instances whose rows followed their class.
//! * A namespace: its creation and deletion, in the namespace above, and no instance events
//!   beside them; a change of its instance is its modification.
//! * What was in a namespace that the same commit deletes has no events.
//!
//! Where the documents are silent, `conformance/events` says what was decided.

use super::data::{About, Body, EventData, Origin, Position, Raised};
use super::indication;
use super::kinds::{Kind, Operations};
use crate::schema::{ClassDef, ClassRef, Schema};
use crate::store::{Found, Record, Recorded};
use crate::stored::StoredInstance;
use cimarron_model::Name;
use cimarron_schema::ClassForm;
use std::sync::Arc;

/// The namespaces that a record deletes: what else it did there is of no interest.
pub(crate) fn deleted(record: &Record) -> Vec<&Name> {
    let deleted = record.changes.iter().filter_map(|change| match change {
        Recorded::Namespace { name, start: None, .. } => Some(name),
        _ => None,
    });
    deleted.collect()
}

/// Makes the events of a change of instances, in their order.
pub(crate) fn each_instance_event(
    (record, first): (&Record, u64),
    change: &Recorded,
    place: &Arc<Origin>,
    mut take: impl FnMut(EventData),
) {
    let maker = Maker { record, first, place };
    match change {
        Recorded::Row { moved: false, old, new, .. } => {
            let stored = |found: &Option<Found>| found.clone().map(StoredInstance::new);
            maker.row(0, stored(old), stored(new)).into_iter().for_each(take);
        }
        Recorded::Rows { chunk, rows, .. } => {
            for (at, row) in (0..).zip(rows.rows()) {
                let new = StoredInstance::new(Found { chunk: chunk.clone(), row });
                maker.row(at, None, Some(new)).into_iter().for_each(&mut take);
            }
        }
        _ => {}
    }
}

/// Makes the events of classes that a change of the schema deleted. Their namespace is still
/// as it was before.
pub(crate) fn each_deleted_class(
    (record, first): (&Record, u64),
    (old, new): (&Schema, &Schema),
    place: &Arc<Origin>,
    mut take: impl FnMut(EventData),
) {
    let maker = Maker { record, first, place };
    let gone = old.classes().filter(|class| new.by_id(class.def().id).is_none());
    let gone: Vec<Arc<ClassDef>> = gone.map(|class| class.def().clone()).collect();
    for (at, class) in (0..).zip(gone.into_iter().rev()) {
        let event = maker.intrinsic(at, &place.kinds.class, Some(About::Class(class)), None);
        event.into_iter().for_each(&mut take);
    }
}

/// Makes the events of classes that a change of the schema brought or changed. Their namespace
/// is already as it is afterwards.
pub(crate) fn each_put_class(
    (record, first): (&Record, u64),
    (old, new): (&Schema, &Schema),
    place: &Arc<Origin>,
    mut take: impl FnMut(EventData),
) {
    /// Behind those that were deleted.
    const BEHIND: u64 = 1 << 31;
    let maker = Maker { record, first, place };
    for (at, class) in (BEHIND..).zip(new.classes()) {
        let after = class.def();
        let before = old.by_id(after.id).map(ClassRef::def);
        let is_put = match before {
            // The engine's own come when a directory is opened that has not all of them.
            None => !after.is_system(),
            Some(before) if before.version == after.version || after.follows => false,
            Some(before) => before.to_class(ClassForm::Local) != after.to_class(ClassForm::Local),
        };
        if is_put {
            let (before, after) = (before.cloned().map(About::Class), About::Class(after.clone()));
            let event = maker.intrinsic(at, &place.kinds.class, before, Some(after));
            event.into_iter().for_each(&mut take);
        }
    }
}

struct Maker<'a> {
    record: &'a Record,
    /// The place of the change's first event.
    first: u64,
    place: &'a Arc<Origin>,
}

impl Maker<'_> {
    fn row(
        &self,
        at: u64,
        old: Option<StoredInstance>,
        new: Option<StoredInstance>,
    ) -> Option<EventData> {
        let class = new.as_ref().or(old.as_ref())?.class_id();
        if self.place.polled.contains(&class) {
            return None;
        }
        if let (Some(old), Some(new)) = (&old, &new)
            && old.is_same_as(new, &self.place.rules)
        {
            return None;
        }
        let kinds = &self.place.kinds;
        let is_namespace = self.place.namespace_class == Some(class);
        let operations = if is_namespace { &kinds.namespace } else { &kinds.instance };
        self.intrinsic(at, operations, old.map(About::Instance), new.map(About::Instance))
    }

    fn position(&self, at: u64) -> Position {
        let Record { commit, raised, .. } = *self.record;
        Position { commit, raised, ordinal: self.first.saturating_add(at) }
    }

    /// The event when something was one thing and is another.
    fn intrinsic(
        &self,
        at: u64,
        operations: &Operations,
        before: Option<About>,
        after: Option<About>,
    ) -> Option<EventData> {
        let Kind { class, slots } = operations.when(before.is_some(), after.is_some())?;
        let (target, previous) = match after {
            Some(after) => (after, before),
            None => (before?, None),
        };
        let record = self.record;
        let position = self.position(at);
        let beside = match (&target, &previous) {
            (About::Instance(target), previous) if self.place.kinds.is_indication => {
                let previous = previous.as_ref().and_then(|previous| match previous {
                    About::Instance(previous) => Some(previous),
                    About::Class(_) => None,
                });
                let when = (record.at.wall, Some(position));
                Some(indication::beside(class, self.place, when, (target, previous)))
            }
            _ => None,
        };
        let body = Body::Intrinsic { slots: *slots, target, previous, beside };
        Some(EventData {
            origin: self.place.clone(),
            class: class.clone(),
            created: record.at.wall.ticks,
            at: record.at.now,
            position,
            by: record.by.clone(),
            body,
        })
    }
}

/// The changes of a record, each with the place of its first event. That does not depend on who
/// wants which events, nor on whether rows were recorded one by one.
pub(crate) fn placed(record: &Record) -> impl Iterator<Item = (u64, &Recorded)> {
    let mut next = 0_u64;
    record.changes.iter().map(move |change| {
        let first = next;
        next = next.saturating_add(match change {
            Recorded::Row { .. } | Recorded::Raised(_) => 1,
            Recorded::Rows { rows, .. } => rows.len() as u64,
            Recorded::Schema { .. } => 1 << 32,
            _ => 0,
        });
        (first, change)
    })
}

/// An event that was raised, at its place in a record.
pub(super) fn raised_event(raised: &Raised, (record, ordinal): (&Record, u64)) -> EventData {
    let position = Position { commit: record.commit, raised: record.raised, ordinal };
    EventData { at: record.at.now, position, ..(*raised.data).clone() }
}
