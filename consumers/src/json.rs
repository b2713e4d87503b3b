//! Events as JSON: the model's one spelling of values, with what a receiver needs to know of
//! the objects in an event, their class and their path.

use cimarron_model::{Array, Instance, Object, ObjectPath, Scalar, Value as Cim};
use serde_json::{Map, Value};

/// An event as a JSON object: `__CLASS`, then its properties. An embedded instance begins with
/// `__CLASS` and `__RELPATH`, which is `null` when it has no path.
pub fn to_json(event: &Instance) -> Value {
    object(event, false, 0)
}

fn object(instance: &Instance, embedded: bool, depth: usize) -> Value {
    let mut members = Map::new();
    members.insert("__CLASS".to_owned(), Value::from(instance.class.as_str()));
    if embedded {
        let path = instance.path.as_ref();
        let relative = path.map(|p| ObjectPath { host: None, namespace: None, ..p.clone() });
        let path = relative.map_or(Value::Null, |path| Value::from(path.to_string()));
        members.insert("__RELPATH".to_owned(), path);
    }
    for (name, property) in instance.properties() {
        members.insert(name.to_string(), value(&property.value, depth));
    }
    Value::Object(members)
}

fn value(value: &Cim, depth: usize) -> Value {
    match value {
        Cim::Null(..) => Value::Null,
        Cim::Scalar(scalar) => of_scalar(scalar, depth),
        Cim::Array(array) => elements(array, depth),
    }
}

fn elements(array: &Array, depth: usize) -> Value {
    array.iter().map(|e| e.map_or(Value::Null, |scalar| of_scalar(&scalar, depth))).collect()
}

fn of_scalar(scalar: &Scalar, depth: usize) -> Value {
    match scalar {
        // Nothing that was stored is deeper.
        Scalar::Object(_) if depth > Object::MAX_DEPTH => Value::Null,
        Scalar::Object(embedded) => match &**embedded {
            Object::Instance(instance) => object(instance, true, depth + 1),
            Object::Class(class) => serde_json::to_value(class).unwrap_or_default(),
        },
        other => serde_json::to_value(other).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::modification;

    #[test]
    fn embedded_objects_have_class_and_path() {
        let text = to_json(&modification()).to_string();
        let expected = r#"{"__CLASS":"__InstanceModificationEvent","PreviousInstance":null,"TargetInstance":{"__CLASS":"X_Disk","__RELPATH":"X_Disk.Name=\"C:\"","Name":"C:","Size":90,"Online":true,"Tags":["a b","c"]},"TIME_CREATED":135379296000000000}"#;
        let (text, expected): (Value, Value) =
            (serde_json::from_str(&text).unwrap(), serde_json::from_str(expected).unwrap());
        assert_eq!(text, expected);
    }
}
