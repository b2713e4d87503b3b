//! An event as a subscriber has it.

use super::data::{About, EventData};
use crate::context::Principal;
use crate::owned::system_to_value;
use crate::stored::StoredInstance;
use cimarron_model::{Instance, Name, Value};
use cimarron_wql::{BoundPath, Projection, Row, SystemProperty, ValueRef, system_value};
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// An event that a subscription was given: one shared copy for all who have it, and what this
/// one's query selects of it.
///
/// For conditions ([`cimarron_wql::Row`]) it is the whole event.
#[derive(Clone)]
pub struct Event {
    data: Arc<EventData>,
    selection: Arc<Projection>,
}

impl Event {
    pub(crate) const fn new(data: Arc<EventData>, selection: Arc<Projection>) -> Self {
        Self { data, selection }
    }

    pub(crate) const fn data(&self) -> &Arc<EventData> {
        &self.data
    }

    /// The name of its class: that of a subclass, where the query names a superclass.
    pub fn class_name(&self) -> &Name {
        &self.data.class.name
    }

    /// The namespace whose event it is.
    pub fn namespace(&self) -> &Name {
        &self.data.origin.location().namespace
    }

    /// When it came to be: 100 ns since 1601-01-01 in UTC. That is `TIME_CREATED`, unless
    /// whoever raised it said otherwise.
    pub fn created(&self) -> u64 {
        self.data.created
    }

    /// The commit that it is of; of a raised event, the one before it.
    pub fn commit(&self) -> u64 {
        self.data.position.commit
    }

    /// Where it is among the events of its commit, or among those that were raised together: a
    /// number that grows from one to the next.
    pub fn ordinal(&self) -> u64 {
        self.data.position.ordinal
    }

    /// Who caused it.
    pub fn principal(&self) -> &Principal {
        &self.data.by
    }

    /// The instance that was created, deleted or modified, for an event of that kind.
    pub fn target(&self) -> Option<&StoredInstance> {
        match self.data.target()? {
            About::Instance(instance) => Some(instance),
            About::Class(_) => None,
        }
    }

    /// What the instance was before, for an event of its modification.
    pub fn previous(&self) -> Option<&StoredInstance> {
        match self.data.previous()? {
            About::Instance(instance) => Some(instance),
            About::Class(_) => None,
        }
    }

    /// The value of a property of the event, selected or not; `None` when its class has no
    /// such property.
    pub fn property(&self, name: &str) -> Option<Value> {
        let (slot, _) = self.data.class.layout().find(name)?;
        self.data.owned(slot).map(|(_, value)| value)
    }

    /// What the query selects, in its order: for `*` every property of the event's own class.
    /// Embedded instances have their paths.
    pub fn selected(&self) -> Vec<(Name, Value)> {
        let owned = |slot: u32| self.data.owned(slot).map(|(n, value)| (n.clone(), value));
        match &*self.selection {
            Projection::All => {
                (0..self.data.class.layout().slots.len() as u32).filter_map(owned).collect()
            }
            Projection::Items(items) => items
                .iter()
                .filter_map(|item| match item {
                    BoundPath::Column(column) => {
                        // The class of the event may be another version of that in FROM.
                        let layout = self.data.class.layout();
                        owned(layout.find(column.name.as_str())?.0)
                    }
                    BoundPath::System(property) => {
                        let value = system_to_value(system_value(&*self.data, *property));
                        Some((Name::new(property.as_str()), value))
                    }
                    BoundPath::Member(_) | BoundPath::This => None,
                })
                .collect(),
        }
    }

    /// The event as an instance: the selected properties, system properties left out. It has
    /// no path.
    pub fn to_instance(&self) -> Instance {
        let mut instance = Instance::new(self.class_name().clone());
        instance.class_version = Some(self.data.class.version);
        for (name, value) in self.selected() {
            if SystemProperty::from_name(name.as_str()).is_none() {
                instance.set(name, value);
            }
        }
        instance
    }

    /// The event as an instance with every property, whatever the query selects.
    pub fn to_whole_instance(&self) -> Instance {
        whole(&self.data)
    }
}

/// All of an event.
pub(crate) fn whole(data: &EventData) -> Instance {
    let mut instance = Instance::new(data.class.name.clone());
    instance.class_version = Some(data.class.version);
    for slot in 0..data.class.layout().slots.len() as u32 {
        if let Some((name, value)) = data.owned(slot) {
            instance.set(name.clone(), value);
        }
    }
    instance
}

impl Row for Event {
    fn value(&self, slot: usize) -> ValueRef<'_> {
        self.data.value(slot)
    }

    fn class_name(&self) -> &str {
        Row::class_name(&*self.data)
    }

    fn superclass_of(&self, class: &str) -> Option<&str> {
        self.data.superclass_of(class)
    }

    fn property_count(&self) -> usize {
        self.data.property_count()
    }

    fn relative_path(&self) -> Option<Cow<'_, str>> {
        None
    }

    fn namespace(&self) -> Option<&str> {
        None
    }

    fn server(&self) -> Option<&str> {
        None
    }

    fn origin(&self) -> Option<(&str, &str)> {
        self.data.origin()
    }

    fn is_a(&self, class: &str, ancestor: &str) -> bool {
        self.data.is_a(class, ancestor)
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Event");
        shown.field("class", self.class_name()).field("commit", &self.commit());
        if let Some(target) = self.target() {
            shown.field("target", target);
        }
        shown.finish_non_exhaustive()
    }
}
