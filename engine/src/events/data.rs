//! What happened: an event as it is matched, before anybody keeps it.
//!
//! An intrinsic event holds the row that it is about, which costs no copy; only one that
//! somebody wants is [packed](EventData::packed): it is then a copy by itself, so that a long
//! queue keeps no chunks.

use super::kinds::{Kinds, Slots};
use crate::context::Principal;
use crate::schema::{ClassDef, ClassId, Schema};
use crate::store::Commit;
use crate::stored::{StoredInstance, heap_bytes};
use cimarron_model::{Location, Name, ReferenceRules, Value, fold};
use cimarron_schema::ClassForm;
use cimarron_wql::{Genus, ObjectView, Row, ValueRef};
use rustc_hash::FxHashSet;
use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

/// Where an event is in the one order of all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Position {
    pub(crate) commit: Commit,
    /// 0 for the commit's own events, else the number of what was raised behind it.
    pub(crate) raised: u32,
    /// Which of the events; it only grows.
    pub(crate) ordinal: u64,
}

/// What is the same for all events of a namespace and a schema version.
#[derive(Debug)]
pub(crate) struct Origin {
    pub(crate) schema: Arc<Schema>,
    /// How references compare in the namespace, and where it is.
    pub(crate) rules: ReferenceRules,
    pub(crate) kinds: Kinds,
    /// The classes whose instances raise no events by themselves.
    pub(crate) polled: FxHashSet<ClassId>,
    /// `__NAMESPACE`.
    pub(crate) namespace_class: Option<ClassId>,
}

impl Origin {
    /// A namespace with this schema, in which these classes are polled.
    pub(crate) fn new(rules: ReferenceRules, schema: Arc<Schema>, polled: &[Name]) -> Self {
        let known = polled.iter().filter_map(|name| schema.class(name.as_str()));
        let below = known.flat_map(|class| class.subtree().map(|below| below.def().id));
        Self {
            polled: below.collect(),
            kinds: Kinds::of(&schema),
            namespace_class: schema.class("__NAMESPACE").map(|class| class.def().id),
            schema,
            rules,
        }
    }

    pub(crate) const fn location(&self) -> &Arc<Location> {
        self.rules.location()
    }
}

/// An event.
#[derive(Clone, Debug)]
pub(crate) struct EventData {
    pub(crate) origin: Arc<Origin>,
    pub(crate) class: Arc<ClassDef>,
    /// `TIME_CREATED`.
    pub(crate) created: u64,
    /// The same on the other hand of the clock.
    pub(crate) at: Duration,
    pub(crate) position: Position,
    pub(crate) by: Principal,
    pub(crate) body: Body,
}

/// An event that was raised, on its way to the dispatcher.
#[derive(Debug)]
pub(crate) struct Raised {
    pub(crate) namespace: Name,
    pub(crate) data: Box<EventData>,
}

/// What an event says.
#[derive(Clone, Debug)]
pub(crate) enum Body {
    /// Something was created, deleted or modified.
    /// `beside`: what else the event says, by slot.
    Intrinsic {
        slots: Slots,
        target: About,
        previous: Option<About>,
        beside: Option<Arc<[(u32, Value)]>>,
    },
    /// Values by slot.
    Values(Arc<[Value]>),
}

/// What an intrinsic event is about.
#[derive(Clone, Debug)]
pub(crate) enum About {
    Instance(StoredInstance),
    Class(Arc<ClassDef>),
}

impl EventData {
    /// The same event, which holds nothing that others have to keep.
    pub(crate) fn packed(mut self) -> Self {
        if let Body::Intrinsic { target, previous, .. } = &mut self.body {
            target.detach();
            if let Some(previous) = previous {
                previous.detach();
            }
        }
        self
    }

    /// About how many bytes it takes.
    pub(crate) fn bytes(&self) -> usize {
        size_of::<Self>()
            + match &self.body {
                Body::Intrinsic { target, previous, .. } => {
                    target.bytes() + previous.as_ref().map_or(0, About::bytes)
                }
                Body::Values(values) => {
                    let own = values.iter().map(heap_bytes).fold(0, usize::saturating_add);
                    own.saturating_add(size_of_val(&**values))
                }
            }
    }

    /// The value in a slot of its class, owned.
    pub(crate) fn owned(&self, slot: u32) -> Option<(&Name, Value)> {
        let declared = self.class.layout().slot(slot)?;
        let value = match &self.body {
            Body::Values(values) => values.get(slot as usize).cloned(),
            Body::Intrinsic { slots, target, previous, beside } => match Some(slot) {
                at if at == slots.created => Some(Value::from(self.created)),
                at if at == slots.target => Some(target.to_value()),
                at if at == slots.previous => previous.as_ref().map(About::to_value),
                _ => beside_of(beside.as_ref(), slot).cloned(),
            },
        };
        let null = || Value::Null(declared.cim_type, declared.array.is_array());
        Some((&declared.name, value.unwrap_or_else(null)))
    }

    /// What it is about.
    pub(crate) const fn target(&self) -> Option<&About> {
        match &self.body {
            Body::Intrinsic { target, .. } => Some(target),
            Body::Values(_) => None,
        }
    }

    /// What that was before.
    pub(crate) const fn previous(&self) -> Option<&About> {
        match &self.body {
            Body::Intrinsic { previous, .. } => previous.as_ref(),
            Body::Values(_) => None,
        }
    }

    /// What stands in a slot, when the event is about that.
    pub(crate) fn about(&self, slot: u32) -> Option<&About> {
        match &self.body {
            Body::Intrinsic { slots, target, .. } if slots.target == Some(slot) => Some(target),
            Body::Intrinsic { slots, previous, .. } if slots.previous == Some(slot) => {
                previous.as_ref()
            }
            _ => None,
        }
    }
}

fn beside_of(beside: Option<&Arc<[(u32, Value)]>>, slot: u32) -> Option<&Value> {
    beside?.iter().find(|(own, _)| *own == slot).map(|(_, value)| value)
}

impl About {
    fn detach(&mut self) {
        if let Self::Instance(instance) = self {
            *instance = instance.detached();
        }
    }

    fn bytes(&self) -> usize {
        match self {
            Self::Instance(instance) => instance.own_bytes(),
            Self::Class(_) => 0,
        }
    }

    fn to_value(&self) -> Value {
        use cimarron_model::{Object, Scalar};
        let object = match self {
            Self::Instance(instance) => Object::Instance(instance.to_instance()),
            Self::Class(class) => Object::Class(class.to_class(ClassForm::Resolved)),
        };
        Value::Scalar(Scalar::Object(Arc::new(object)))
    }

    fn view(&self) -> ValueRef<'_> {
        match self {
            Self::Instance(instance) => ValueRef::Object(instance),
            Self::Class(class) => ValueRef::Object(&**class),
        }
    }
}

/// A class as conditions see it that is embedded in an event: its members are the defaults of
/// its properties.
impl ObjectView for ClassDef {
    fn class_name(&self) -> &str {
        self.name.as_str()
    }

    fn genus(&self) -> Genus {
        Genus::Class
    }

    fn property_count(&self) -> usize {
        self.layout().slots.len()
    }

    fn member(&self, name: &str) -> Option<ValueRef<'_>> {
        let (_, slot) = self.layout().find(name)?;
        Some(slot.default.as_ref().map_or(ValueRef::Null, ValueRef::from))
    }

    fn relative_path(&self) -> Option<Cow<'_, str>> {
        Some(self.name.as_str().into())
    }
}

impl Row for EventData {
    fn value(&self, slot: usize) -> ValueRef<'_> {
        match &self.body {
            Body::Values(values) => values.get(slot).map_or(ValueRef::Null, ValueRef::from),
            Body::Intrinsic { slots, target, previous, beside } => match u32::try_from(slot).ok() {
                None => ValueRef::Null,
                at if at == slots.target => target.view(),
                at if at == slots.created => ValueRef::Unsigned(self.created),
                at if at == slots.previous => previous.as_ref().map_or(ValueRef::Null, About::view),
                Some(at) => beside_of(beside.as_ref(), at).map_or(ValueRef::Null, ValueRef::from),
            },
        }
    }

    fn class_name(&self) -> &str {
        self.class.name.as_str()
    }

    fn superclass_of(&self, class: &str) -> Option<&str> {
        let schema = &self.origin.schema;
        schema.class(class)?.parent().map(|above| above.name().as_str())
    }

    fn property_count(&self) -> usize {
        self.class.layout().slots.len()
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
        let location = self.origin.location();
        Some((location.server(), location.namespace.as_str()))
    }

    fn is_a(&self, class: &str, ancestor: &str) -> bool {
        let schema = &self.origin.schema;
        match (schema.class(class), schema.class(ancestor)) {
            (Some(class), Some(ancestor)) => class.is_a(ancestor),
            _ => fold::eq(class, ancestor),
        }
    }
}
