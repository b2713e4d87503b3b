//! How deep values nest, whatever the namespace knows of their classes.
//!
//! What is stored is walked by functions that call themselves: it is compared, written to
//! the log, and freed so. An object that no class describes is taken as it is, and so are
//! the parts of an embedded class; this is where they have their bound all the same.

use cimarron_model::{
    Array, CimType, Class, Instance, KeyValue, MAX_PATH_DEPTH, Method, Object, ObjectPath,
    Qualifiers, Scalar, Value,
};

/// Whether a path and the references among its keys nest no deeper than paths may.
pub(super) fn path_fits(path: &ObjectPath) -> bool {
    path_within(path, MAX_PATH_DEPTH)
}

/// Whether an object and those in it nest no deeper than so many, and their paths fit.
pub(super) fn object_within(object: &Object, levels: usize) -> bool {
    let Some(below) = levels.checked_sub(1) else { return false };
    match object {
        Object::Instance(instance) => instance_within(instance, below),
        Object::Class(class) => class_within(class, below),
    }
}

fn qualifiers_within(qualifiers: &Qualifiers, levels: usize) -> bool {
    qualifiers.iter().all(|qualifier| value_within(&qualifier.value, levels))
}

fn path_within(path: &ObjectPath, levels: usize) -> bool {
    let Some(below) = levels.checked_sub(1) else { return false };
    path.keys.values().all(|key| match key {
        KeyValue::Reference(path) => path_within(path, below),
        _ => true,
    })
}

/// Whether the objects in a value nest no deeper than so many, and its paths fit.
pub(super) fn value_within(value: &Value, levels: usize) -> bool {
    match value {
        Value::Null(..) => true,
        Value::Scalar(scalar) => scalar_within(scalar, levels),
        Value::Array(array) => array_within(array, levels),
    }
}

fn array_within(array: &Array, levels: usize) -> bool {
    match array.cim_type() {
        CimType::Reference | CimType::Object => {
            array.iter().flatten().all(|element| scalar_within(&element, levels))
        }
        _ => true,
    }
}

fn scalar_within(scalar: &Scalar, levels: usize) -> bool {
    match scalar {
        Scalar::Reference(path) => path_fits(path),
        Scalar::Object(object) => object_within(object, levels),
        _ => true,
    }
}

fn instance_within(instance: &Instance, levels: usize) -> bool {
    instance.path.as_ref().is_none_or(path_fits)
        && qualifiers_within(&instance.qualifiers, levels)
        && instance.properties().all(|(_, property)| {
            value_within(&property.value, levels) && qualifiers_within(&property.qualifiers, levels)
        })
}

fn class_within(class: &Class, levels: usize) -> bool {
    let default_within =
        |default: &Option<Value>| default.as_ref().is_none_or(|value| value_within(value, levels));
    let method_within = |method: &Method| {
        qualifiers_within(&method.qualifiers, levels)
            && method.parameters.iter().all(|parameter| {
                default_within(&parameter.default)
                    && qualifiers_within(&parameter.qualifiers, levels)
            })
    };
    qualifiers_within(&class.qualifiers, levels)
        && class.properties.iter().all(|property| {
            default_within(&property.default) && qualifiers_within(&property.qualifiers, levels)
        })
        && class.methods.iter().all(method_within)
}
