//! Which values have characters that XML cannot hold, in any form.

use super::xml::cannot_hold;
use cimarron_model::{
    Char16, Class, Elements, Instance, KeyValue, Object, ObjectPath, Qualifiers, Scalar, Value,
};

/// Whether something of a value is written as U+FFFD.
pub(super) fn in_value(value: &Value) -> bool {
    match value {
        Value::Null(..) => false,
        Value::Scalar(scalar) => in_scalar(scalar),
        Value::Array(array) => match array.elements() {
            Some(Elements::String(texts)) => texts.iter().any(|text| in_text(text)),
            _ => array.iter().flatten().any(|scalar| in_scalar(&scalar)),
        },
    }
}

/// Whether something of the values of qualifiers is written as U+FFFD.
pub(super) fn in_qualifiers(qualifiers: &Qualifiers) -> bool {
    qualifiers.iter().any(|qualifier| in_value(&qualifier.value))
}

fn in_scalar(scalar: &Scalar) -> bool {
    match scalar {
        Scalar::String(text) => in_text(text),
        // Half of a pair is no character.
        Scalar::Char16(Char16(unit)) => char::from_u32((*unit).into()).is_none_or(cannot_hold),
        Scalar::Reference(path) => in_path(path),
        Scalar::Object(object) => match &**object {
            Object::Instance(instance) => in_instance(instance),
            Object::Class(class) => in_class(class),
        },
        _ => false,
    }
}

fn in_text(text: &str) -> bool {
    text.chars().any(cannot_hold)
}

fn in_path(path: &ObjectPath) -> bool {
    path.keys.values().any(|key| match key {
        KeyValue::String(text) | KeyValue::Untyped(text) => in_text(text),
        KeyValue::Reference(path) => in_path(path),
        _ => false,
    })
}

fn in_instance(instance: &Instance) -> bool {
    in_qualifiers(&instance.qualifiers)
        || instance
            .properties()
            .any(|(_, property)| in_value(&property.value) || in_qualifiers(&property.qualifiers))
}

fn in_class(class: &Class) -> bool {
    let property = |p: &cimarron_model::Property| {
        in_qualifiers(&p.qualifiers) || p.default.as_ref().is_some_and(in_value)
    };
    let method = |m: &cimarron_model::Method| {
        in_qualifiers(&m.qualifiers) || m.parameters.iter().any(|p| in_qualifiers(&p.qualifiers))
    };
    in_qualifiers(&class.qualifiers)
        || class.properties.iter().any(property)
        || class.methods.iter().any(method)
}
