//! The way from an event to a property of something in it.

use cimarron_model::{Class, Instance, Object, ObjectPath, Scalar, Value};
use std::borrow::Cow;

/// What is at a place.
#[derive(Debug)]
pub(super) enum Found<'e> {
    /// One value, an array as it is; NULL when there is nothing.
    Value(Cow<'e, Value>),
    /// What the objects of an array have there.
    Many(Vec<Option<Scalar>>),
}

/// How many values an array of arrays may come to; the rest is not looked at.
const MAX_VALUES: usize = 1 << 16;

/// What is where these names lead.
pub(super) fn find<'e>(event: &'e Instance, names: &[String]) -> Found<'e> {
    let Some((first, names)) = names.split_first() else { return nothing() };
    let mut found = Found::Value(of_instance(event, first));
    for name in names {
        found = match found {
            Found::Value(Cow::Borrowed(Value::Scalar(Scalar::Object(object)))) => {
                Found::Value(of_object(object, name))
            }
            Found::Value(value) => match &*value {
                Value::Scalar(Scalar::Object(object)) => {
                    Found::Value(Cow::Owned(of_object(object, name).into_owned()))
                }
                Value::Array(array) => Found::Many(each(array.iter().take(MAX_VALUES), name)),
                Value::Scalar(_) | Value::Null(..) => return nothing(),
            },
            Found::Many(values) => Found::Many(each(values.into_iter(), name)),
        };
    }
    found
}

const fn nothing() -> Found<'static> {
    Found::Value(Cow::Owned(Value::null(cimarron_model::CimType::String)))
}

/// What each of these objects has under a name, arrays opened up.
fn each(values: impl Iterator<Item = Option<Scalar>>, name: &str) -> Vec<Option<Scalar>> {
    let mut all = Vec::new();
    for value in values {
        let Some(Scalar::Object(object)) = value else { continue };
        match of_object(&object, name).into_owned() {
            Value::Null(..) => all.push(None),
            Value::Scalar(scalar) => all.push(Some(scalar)),
            Value::Array(array) => all.extend(array.iter()),
        }
        if all.len() >= MAX_VALUES {
            break;
        }
    }
    all
}

fn of_object<'o>(object: &'o Object, name: &str) -> Cow<'o, Value> {
    match object {
        Object::Instance(instance) => of_instance(instance, name),
        Object::Class(class) => of_class(class, name),
    }
}

fn of_instance<'i>(instance: &'i Instance, name: &str) -> Cow<'i, Value> {
    if let Some(value) = instance.get(name) {
        return Cow::Borrowed(value);
    }
    let path = instance.path.as_ref();
    let text = match name.to_ascii_uppercase().as_str() {
        "__CLASS" => Some(instance.class.to_string()),
        "__PATH" => path.map(ObjectPath::to_string),
        "__RELPATH" => path.map(relative),
        "__NAMESPACE" => path.and_then(|p| p.namespace.as_ref()).map(ToString::to_string),
        "__SERVER" => path.and_then(|p| p.host.as_ref()).map(ToString::to_string),
        _ => None,
    };
    owned(text)
}

fn of_class<'c>(class: &'c Class, name: &str) -> Cow<'c, Value> {
    let text = match name.to_ascii_uppercase().as_str() {
        "__CLASS" | "__RELPATH" => Some(class.name.to_string()),
        "__SUPERCLASS" => class.superclass.as_ref().map(ToString::to_string),
        _ => {
            let property = class.properties.iter().find(|p| p.name.is(name));
            return match property.and_then(|p| p.default.as_ref()) {
                Some(value) => Cow::Borrowed(value),
                None => owned(None),
            };
        }
    };
    owned(text)
}

fn owned(text: Option<String>) -> Cow<'static, Value> {
    Cow::Owned(match text {
        Some(text) => Value::from(text.as_str()),
        None => Value::null(cimarron_model::CimType::String),
    })
}

fn relative(path: &ObjectPath) -> String {
    ObjectPath { host: None, namespace: None, ..path.clone() }.to_string()
}
