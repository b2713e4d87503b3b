//! DMTF's indications of what happens to instances: `CIM_InstCreation`, `CIM_InstModification`
//! and `CIM_InstDeletion` (CIM 2.49, Event; DSP1054).
//!
//! They are events like WMI's, of other classes: the instance is `SourceInstance`. What else
//! they say, and WMI's do not, is made here.

use super::data::{Origin, Position};
use super::kinds::{Kind, Operations, Slots};
use crate::clock::WallTime;
use crate::schema::{ClassDef, Schema};
use crate::stored::StoredInstance;
use cimarron_model::{Array, CimType, ObjectPath, ReferenceRules, Scalar, Value};
use std::sync::Arc;

impl Operations {
    /// The classes of indications, where the schema has them.
    pub(super) fn of_indications(schema: &Schema) -> Self {
        let kind = |operation: &str| {
            let class = schema.class(&format!("CIM_Inst{operation}"))?.def().clone();
            let slot = |name: &str| class.layout().find(name).map(|(slot, _)| slot);
            let slots = Slots {
                created: None,
                target: slot("SourceInstance"),
                previous: slot("PreviousInstance"),
            };
            slots.target.is_some().then_some(Kind { class, slots })
        };
        Self {
            creation: kind("Creation"),
            modification: kind("Modification"),
            deletion: kind("Deletion"),
        }
    }
}

/// What an indication says beside its instances, by slot. It is identified by its position, if
/// it is the only one there.
pub(super) fn beside(
    class: &ClassDef,
    place: &Origin,
    (time, position): (WallTime, Option<Position>),
    (target, previous): (&StoredInstance, Option<&StoredInstance>),
) -> Arc<[(u32, Value)]> {
    let mut path = target.path();
    path.namespace = Some(place.location().namespace.as_str().into());
    let server = place.location().server();
    let identifier = |Position { commit, raised, ordinal }| {
        Value::from(format!("cimarron:{server}:{commit}.{raised}.{ordinal}"))
    };
    let values = [
        ("SourceInstanceModelPath", Some(text_of(&path))),
        ("SourceInstanceHost", Some(Value::from(server))),
        ("IndicationTime", time.to_datetime().ok().map(Value::from)),
        ("IndicationIdentifier", position.map(identifier)),
        ("ChangedPropertyNames", previous.map(|previous| changed(target, previous, &place.rules))),
    ];
    let placed = values.into_iter().filter_map(|(name, value)| {
        let (slot, _) = class.layout().find(name)?;
        Some((slot, value?))
    });
    placed.collect()
}

/// `namespace:Class.Key="value"` (DSP0004 8.2.4).
fn text_of(path: &ObjectPath) -> Value {
    let local = ObjectPath { host: None, namespace: None, ..path.clone() };
    let namespace = path.namespace.as_deref().unwrap_or_default();
    Value::from(format!("{namespace}:{local}"))
}

/// The properties whose values are not what they were.
fn changed(new: &StoredInstance, old: &StoredInstance, rules: &ReferenceRules) -> Value {
    let names = new.layout().slots.iter().map(|slot| slot.name.as_str());
    let names = names.filter(|name| !new.has_same(old, name, rules));
    let names = names.map(|name| Some(Scalar::String(name.into())));
    Array::from_options(CimType::String, names.collect::<Vec<_>>())
        .map_or(Value::null_array(CimType::String), Value::Array)
}
