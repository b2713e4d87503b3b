//! An event as it was handed to somebody.

use cimarron_engine::{CallContext, ClassForm, Event, Repository, Session};
use cimarron_model::{Class, Instance, KeyValue, Keys, Name, Object, ObjectPath, Scalar, Value};
use std::sync::Arc;

/// An event as a subscriber or a consumer has it: its class, and what was selected, in that
/// order.
///
/// Embedded objects are whole: they have all properties of their class, those that nobody
/// gave with their defaults, and a path where the class has keys. As JSON it is `__CLASS`,
/// then the values; embedded objects have `__CLASS` and `__RELPATH` first, which is `null`
/// where they have no keys. An event has none.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivered {
    /// The class of the event.
    pub class: Name,
    /// What was selected, system properties too.
    pub values: Vec<(Name, Value)>,
}

impl Delivered {
    /// An event of a repository.
    pub fn of(repository: &Repository, event: &Event) -> Self {
        let session = repository.session(event.namespace().as_str()).ok();
        let whole = |value| match &session {
            Some(session) => whole(session, value, 0),
            None => value,
        };
        let class = event.class_name().clone();
        let values = event.selected().into_iter().map(|(name, value)| {
            // The event that stands for a group has what was selected of it, and no more.
            let is_event = class.is("__AggregateEvent") && name.is("Representative");
            let value = match (&session, value) {
                (Some(session), Value::Scalar(Scalar::Object(event))) if is_event => {
                    with_whole_values(session, &event)
                }
                (_, value) => whole(value),
            };
            (name, value)
        });
        let values = values.collect();
        Self { class, values }
    }
}

/// An object with what it has, and that whole.
fn with_whole_values(session: &Session, object: &Object) -> Value {
    match object {
        Object::Instance(instance) => whole_values(session, instance.clone(), 0).into(),
        Object::Class(_) => object.clone().into(),
    }
}

/// A value whose objects are whole.
fn whole(session: &Session, value: Value, depth: usize) -> Value {
    match value {
        Value::Scalar(Scalar::Object(object)) if depth <= Object::MAX_DEPTH => {
            whole_object(session, object, depth).into()
        }
        Value::Array(array) if array.cim_type() == cimarron_model::CimType::Object => {
            let objects = array.iter().map(|element| match element {
                Some(Scalar::Object(object)) if depth <= Object::MAX_DEPTH => {
                    Some(Scalar::Object(whole_object(session, object, depth)))
                }
                other => other,
            });
            cimarron_model::Array::from_options(array.cim_type(), objects)
                .map_or(Value::Array(array.clone()), Value::Array)
        }
        other => other,
    }
}

fn whole_object(session: &Session, object: Arc<Object>, depth: usize) -> Arc<Object> {
    let Object::Instance(instance) = &*object else { return object };
    let class =
        session.get_class(&CallContext::new(), instance.class.as_str(), ClassForm::Resolved);
    let made = match (&instance.path, class) {
        // What was stored is whole, and what is of an unknown class is as whole as it gets.
        (Some(_), _) | (None, Err(_)) => instance.clone(),
        (None, Ok(class)) => with_all_properties(instance, &class),
    };
    Arc::new(whole_values(session, made, depth))
}

fn whole_values(session: &Session, mut made: Instance, depth: usize) -> Object {
    let names: Vec<Name> = made.properties().map(|(name, _)| name.clone()).collect();
    for name in names {
        if let Some(property) = made.property_mut(name.as_str()) {
            let value = std::mem::replace(&mut property.value, Value::from(false));
            property.value = whole(session, value, depth + 1);
        }
    }
    Object::Instance(made)
}

fn with_all_properties(instance: &Instance, class: &Class) -> Instance {
    let mut made = Instance::new(class.name.clone());
    for property in &class.properties {
        let given = instance.get(property.name.as_str()).or(property.default.as_ref());
        made.set(property.name.clone(), given.cloned().unwrap_or_else(|| property.null()));
    }
    made.path = path(&made, class);
    made
}

/// The path of an instance whose class has keys that are all given. An event has none: its
/// class has no keys.
fn path(instance: &Instance, class: &Class) -> Option<ObjectPath> {
    if class.is_singleton() {
        return Some(ObjectPath::of_instance(class.name.clone(), Keys::Singleton));
    }
    let mut keys = Vec::new();
    for key in class.keys() {
        let value = KeyValue::from_value(instance.get(key.name.as_str())?)?;
        keys.push((key.name.clone(), value));
    }
    if keys.is_empty() {
        return None;
    }
    Some(ObjectPath::of_instance(class.name.clone(), keys.into_iter().collect()))
}
