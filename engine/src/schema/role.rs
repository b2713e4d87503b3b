//! The classes whose instances make the engine do something.

use cimarron_model::{Name, fold};
use cimarron_schema::ClassView;

/// What the instances of a class are to events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    IntervalTimer,
    AbsoluteTimer,
    /// `__EventFilter`, `CIM_IndicationFilter`
    Filter,
    /// `__EventConsumer`, `CIM_ListenerDestination`
    Consumer,
    /// `__FilterToConsumerBinding`, `CIM_IndicationSubscription`
    Binding,
}

/// A class that has a role.
#[derive(Clone, Debug)]
pub(crate) struct Standing {
    pub(crate) role: Role,
    /// The class that declares the keys: what is at one of its keys is one object.
    pub(crate) key_root: Name,
}

impl Role {
    /// The topmost classes that have them.
    pub(crate) const CLASSES: [(&str, Self); 8] = [
        ("__IntervalTimerInstruction", Self::IntervalTimer),
        ("__AbsoluteTimerInstruction", Self::AbsoluteTimer),
        ("__EventFilter", Self::Filter),
        ("__EventConsumer", Self::Consumer),
        ("__FilterToConsumerBinding", Self::Binding),
        ("CIM_IndicationFilter", Self::Filter),
        ("CIM_ListenerDestination", Self::Consumer),
        ("CIM_IndicationSubscription", Self::Binding),
    ];

    fn of_class(name: &str) -> Option<Self> {
        let known = Self::CLASSES.into_iter().find(|(class, _)| fold::eq(class, name));
        known.map(|(_, role)| role)
    }
}

impl Standing {
    /// The role of a class, if it has one.
    pub(crate) fn of(class: ClassView<'_>) -> Option<Self> {
        let mut lineage = std::iter::once(class.name()).chain(class.ancestors());
        let role = lineage.find_map(Role::of_class)?;
        let key = class.properties().find(|property| property.is_key());
        let key_root = key.and_then(cimarron_schema::PropertyView::origin).unwrap_or(class.name());
        Some(Self { role, key_root: Name::new(key_root) })
    }
}
