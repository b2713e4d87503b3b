//! What is at a place, as text.

use super::place::Found;
use cimarron_model::{Dialect, Object, Scalar, Value};
use cimarron_schema::{PrintOptions, class_to_mof, instance_to_mof, value_to_mof};

pub(super) fn of(found: &Found<'_>) -> String {
    match found {
        Found::Many(values) => of_many(values.iter().cloned()),
        Found::Value(value) => match &**value {
            Value::Null(..) => String::new(),
            Value::Scalar(scalar) => of_scalar(scalar),
            Value::Array(array) => of_many(array.iter()),
        },
    }
}

/// `(1,5)`; one element without parentheses.
fn of_many(mut values: impl ExactSizeIterator<Item = Option<Scalar>>) -> String {
    if values.len() == 1 {
        return values.next().flatten().as_ref().map(of_scalar).unwrap_or_default();
    }
    let element = |value: Option<Scalar>| match value {
        None => "NULL".to_owned(),
        Some(text @ Scalar::String(_)) => value_to_mof(&Value::Scalar(text), Dialect::Wmi),
        Some(scalar) => of_scalar(&scalar),
    };
    let elements: Vec<String> = values.map(element).collect();
    format!("({})", elements.join(","))
}

fn of_scalar(scalar: &Scalar) -> String {
    let options = PrintOptions::new(Dialect::Wmi);
    match scalar {
        Scalar::Object(object) => {
            let text = match &**object {
                Object::Instance(instance) => instance_to_mof(instance, &options),
                Object::Class(class) => class_to_mof(class, &options),
            };
            text.trim_end().to_owned()
        }
        other => other.to_string(),
    }
}
