//! Rows as owned instances, and their paths.

use crate::row_qualifiers::RowQualifiers;
use crate::schema::Layout;
use crate::store::Chunk;
use crate::view::ValueView;
use cimarron_model::{
    Array, CimType, Elements, Instance, KeyBinding, KeyValue, Keys, Name, ObjectPath, Value,
};
use cimarron_wql::SystemValue;
use smol_str::SmolStr;
use std::sync::Arc;

/// The path of an instance within its namespace.
pub(crate) fn path_of<'v>(
    layout: &Layout,
    keys: impl Iterator<Item = ValueView<'v>>,
) -> ObjectPath {
    let slots = layout.keys.iter().filter_map(|number| layout.slot(*number));
    let values = slots.zip(keys).map(|(slot, view)| match view {
        ValueView::String(text) => Some(KeyValue::String(text.into())),
        view => KeyValue::from_value(&view.to_value(slot.cim_type, false)),
    });
    path_with(layout, values)
}

/// The path of an instance within its namespace; without those of its keys that have no value
/// which a path could have.
#[inline]
pub(crate) fn path_with(
    layout: &Layout,
    values: impl Iterator<Item = Option<KeyValue>>,
) -> ObjectPath {
    if layout.keys.is_empty() {
        return ObjectPath::of_instance(layout.class.clone(), Keys::Singleton);
    }
    let mut keys = Vec::with_capacity(layout.keys.len());
    let slots = layout.keys.iter().filter_map(|number| layout.slot(*number));
    for (slot, value) in slots.zip(values) {
        if let Some(value) = value {
            keys.push(KeyBinding { name: slot.name.clone(), value });
        }
    }
    ObjectPath::of_instance(layout.class.clone(), Keys::Named(keys))
}

/// The path of a stored row.
pub(crate) fn path_of_row(chunk: &Chunk, row: usize) -> ObjectPath {
    path_of(chunk.layout(), chunk.keys(row))
}

/// An owned instance of some slots of a row.
pub(crate) fn instance_of(chunk: &Chunk, row: usize, slots: impl Iterator<Item = u32>) -> Instance {
    let layout = chunk.layout();
    let named = slots.filter_map(|number| Some((number, &layout.slot(number)?.name)));
    named_instance_of(chunk, row, named)
}

/// An owned instance of some slots of a row, under these names.
pub(crate) fn named_instance_of<'a>(
    chunk: &'a Chunk,
    row: usize,
    slots: impl Iterator<Item = (u32, &'a Name)>,
) -> Instance {
    let value = |slot| chunk.value(row, slot);
    let beside = (path_of_row(chunk, row), chunk.qualifiers(row));
    owned_instance(chunk.layout(), value, beside, slots)
}

/// An owned instance of some slots, under these names, whatever holds the values.
pub(crate) fn owned_instance<'a>(
    layout: &Layout,
    value: impl Fn(u32) -> ValueView<'a>,
    (path, qualifiers): (ObjectPath, Option<Arc<RowQualifiers>>),
    slots: impl Iterator<Item = (u32, &'a Name)>,
) -> Instance {
    let mut instance = Instance::new(layout.class.clone());
    instance.class_version = Some(layout.version);
    instance.path = Some(path);
    for (number, name) in slots {
        let Some(slot) = layout.slot(number) else { continue };
        instance.set(name.clone(), value(number).to_value(slot.cim_type, slot.array.is_array()));
    }
    if let Some(qualifiers) = qualifiers {
        instance.qualifiers = qualifiers.instance.clone();
        for (slot, own) in &qualifiers.properties {
            let name = layout.slot(*slot).map_or("", |s| s.name.as_str());
            if let Some(property) = instance.property_mut(name) {
                property.qualifiers = own.clone();
            }
        }
    }
    instance
}

/// The value of a system property, owned.
pub(crate) fn system_to_value(value: SystemValue<'_>) -> Value {
    match value {
        SystemValue::Null => Value::null(CimType::String),
        SystemValue::Integer(n) => Value::from(i32::try_from(n).unwrap_or(i32::MAX)),
        SystemValue::Text(text) => Value::from(text.as_ref()),
        SystemValue::Names(names) => {
            let names = names.into_iter().map(SmolStr::new).collect();
            Value::Array(Array::from_elements(Elements::String(names)))
        }
    }
}
