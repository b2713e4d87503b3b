//! References: which objects their paths name, and whether the keys are those of the
//! class (DSP0004 7.6, 8.2; DSP0207; WMI SDK, "WMI Object Path Requirements").
//!
//! A path that leads into another namespace is what it is: nothing is known of the classes
//! there.

use super::At;
use super::key::{key_list, keys_of};
use super::namespace::Namespace;
use crate::Code;
use crate::diagnostic::Severity;
use crate::source::Span;
use crate::syntax::ast::{self, ValueKind};
use cimarron_model::{
    CimType, Dialect, KeyError, KeyValue, Keys, Location, Name, ObjectPath, Property,
    ReferenceRules, Scalar, TypeClass, Value, suggest,
};
use cimarron_schema::ResolvedClass;
use cimarron_schema::rules::{Environment, Part, unfit_for_key};
use std::sync::Arc;

/// Whether a path names something in this namespace.
pub(super) fn leads_here(path: &ObjectPath, namespace: &str) -> bool {
    let is_bare = path.host.is_none() && path.namespace.is_none();
    is_bare || Location::of_namespace(namespace).holds(path)
}

/// The class of a path that leads here, when all is known of it. Unlike a use, this makes
/// no system class a part of the schema.
fn class_of(namespace: &Namespace<'_, '_>, path: &ObjectPath) -> Option<Arc<ResolvedClass>> {
    let class = path.class.as_ref()?.as_str();
    let known = leads_here(path, namespace.context.namespace) && !namespace.doubts(class);
    let last = known.then(|| namespace.environment().resolved(class)).flatten()?;
    Some(namespace.as_then(last))
}

/// The text that two declarations of one instance share. In WMI all classes below
/// the topmost one with keys share one key space, and the case of strings in keys
/// makes no difference. That of a `char16` does: it is a number.
pub(super) fn identity(
    namespace: &mut Namespace<'_, '_>,
    class: &ResolvedClass,
    path: &ObjectPath,
) -> String {
    let (mut root, dialect) = (class.name.clone(), namespace.context.dialect);
    if dialect == Dialect::Wmi {
        for name in class.ancestors.iter().rev() {
            let above = namespace.class(name.as_str());
            if above.is_some_and(|c| c.properties.iter().any(|m| m.declaration.is_key())) {
                root = name.clone();
                break;
            }
        }
    }
    let mut own = ObjectPath::of_instance(root, path.keys.clone());
    if own.keys.values().any(|key| matches!(key, KeyValue::Reference(_))) {
        complete_keys(namespace, &mut own.keys);
    }
    references(dialect, namespace.context.namespace).identity(own, |key| {
        let key = class.properties.iter().find(|m| m.declaration.name.is(key))?;
        Some(key.declaration.data_type.cim_type)
    })
}

/// How the references of a namespace compare. The server that will have it is not known.
pub(super) fn references(dialect: Dialect, namespace: &str) -> ReferenceRules {
    ReferenceRules::new(dialect, Arc::new(Location::of_namespace(namespace)))
}

/// Gives the paths within keys their keys as the classes have them.
fn complete_keys(namespace: &Namespace<'_, '_>, keys: &mut Keys) {
    let paths: Vec<&mut ObjectPath> = match keys {
        Keys::Class | Keys::Singleton => Vec::new(),
        Keys::Unnamed(value) => path_of(value).into_iter().collect(),
        Keys::Named(bindings) => {
            bindings.iter_mut().filter_map(|b| path_of(&mut b.value)).collect()
        }
    };
    for path in paths {
        if let Some(class) = class_of(namespace, path)
            && path.is_instance()
            && let Some(complete) = keys_of(&class, path)
        {
            path.keys = complete.keys;
        }
        complete_keys(namespace, &mut path.keys);
    }
}

fn path_of(value: &mut KeyValue) -> Option<&mut ObjectPath> {
    match value {
        KeyValue::Reference(path) => Some(path),
        _ => None,
    }
}

/// Judges the keys of the paths that a value writes, by the classes that they name, once
/// these are there. WMI keeps any path that can be read.
pub(super) fn judge(namespace: &mut Namespace<'_, '_>, at: At<'_, ast::Value<'_>>, value: &Value) {
    match (value, &at.node.kind) {
        (Value::Scalar(Scalar::Reference(path)), ValueKind::String(_)) => {
            report(namespace, at, at.node.span, path);
        }
        (Value::Array(array), ValueKind::Array(items)) => {
            for (scalar, item) in array.iter().zip(items) {
                if let (Some(Scalar::Reference(path)), ValueKind::String(_)) = (scalar, &item.kind)
                {
                    report(namespace, at, item.span, &path);
                }
            }
        }
        _ => {}
    }
}

fn report(
    namespace: &mut Namespace<'_, '_>,
    at: At<'_, ast::Value<'_>>,
    span: Span,
    path: &ObjectPath,
) {
    if let Some(missing) = missing_class(namespace, path) {
        let message = format!("the path leads to an instance of `{missing}`, which does not exist");
        let mut found = at.error(Code::UnknownClass, span, message);
        let environment = namespace.environment();
        found.help = match environment.local_type(missing) {
            Some((local, outer)) => Some(format!(
                "`{local}` is local to `{outer}`; paths lead to instances of classes, which no \
                 local type is"
            )),
            None => environment.class_advice(missing),
        };
        namespace.sink.push(found);
        return;
    }
    let Some(Misfit { class, key, message, help }) = misfit(namespace, path) else { return };
    let mut found = at.error(Code::PathKeys, span, message);
    found.help = help;
    if namespace.context.dialect == Dialect::Wmi {
        found.severity = Severity::Warning;
    }
    let part = if key.is_some() { Part::Qualifier("Key".into()) } else { Part::Name };
    let label = if key.is_some() { "a key here" } else { "the class" };
    let found = namespace.labelled(found, &class, key.as_ref(), part, label);
    namespace.sink.push(found);
}

/// The class of a path that leads here, when there is none such. WMI keeps any path.
fn missing_class<'p>(namespace: &Namespace<'_, '_>, path: &'p ObjectPath) -> Option<&'p str> {
    let class = path.class.as_ref()?.as_str();
    let judged = namespace.context.dialect == Dialect::Dmtf
        && leads_here(path, namespace.context.namespace)
        && !namespace.doubts(class);
    (judged && namespace.environment().superclass(class).is_none()).then_some(class)
}

/// What of a path's keys is not as the class has them.
struct Misfit {
    class: Name,
    /// The key of the class that it is about.
    key: Option<Name>,
    message: String,
    help: Option<String>,
}

fn misfit(namespace: &Namespace<'_, '_>, path: &ObjectPath) -> Option<Misfit> {
    let class = class_of(namespace, path)?;
    let is_dmtf = namespace.context.dialect == Dialect::Dmtf;
    if !path.is_instance() && !is_dmtf {
        return None;
    }
    let properties = class.properties.iter().map(|m| &*m.declaration);
    let keys: Vec<&Property> = properties.filter(|p| p.is_key()).collect();
    let say = |key: Option<&Property>, message, help| {
        let key = key.map(|key| key.name.clone());
        Some(Misfit { class: class.name.clone(), key, message, help })
    };
    if !path.is_instance() && !keys.is_empty() {
        let message = format!("the path names the class `{}` and no instance of it", class.name);
        return say(None, message, Some("write the keys: Class.Key=\"...\"".to_owned()));
    }
    if let Keys::Named(bindings) = &path.keys {
        let is_no_key = |name: &Name| !keys.iter().any(|key| key.name == *name);
        if let Some(unknown) = bindings.iter().map(|b| &b.name).find(|name| is_no_key(name)) {
            let near = suggest::nearest(unknown.as_str(), keys.iter().map(|k| k.name.as_str()));
            let message = format!("`{}` has no key `{unknown}`", class.name);
            return say(None, message, near.map(suggest::did_you_mean));
        }
    }
    if matches!(path.keys, Keys::Unnamed(_)) && keys.len() != 1 {
        let message = format!("the path names no key, and `{}` has {}", class.name, keys.len());
        return say(None, message, None);
    }
    // That a key cannot be one is a mistake of the class, which has been reported.
    let dialect = namespace.context.dialect;
    let mut keys = keys;
    keys.retain(|key| unfit_for_key(key, dialect).is_none());
    let mut missing = keys.iter().filter(|key| path.key(key.name.as_str()).is_none()).peekable();
    if let Some(first) = missing.peek().copied() {
        let names: Vec<&Name> = missing.map(|key| &key.name).collect();
        let message = format!("the path has no value for the {}", key_list(&names).0);
        return say(Some(first), message, Some("a path has all keys of its class".to_owned()));
    }
    for key in keys {
        let Some(value) = path.key(key.name.as_str()) else { continue };
        let cim_type = key.data_type.cim_type;
        let of = namespace.context.type_name(cim_type);
        if is_dmtf && matches!(value, KeyValue::String(_)) && has_no_text(cim_type) {
            let message = format!("the key `{}` is of type {of}, and {value} is text", key.name);
            return say(Some(key), message, Some("leave the quotes out".to_owned()));
        }
        match value.bind(cim_type) {
            Ok(Value::Scalar(Scalar::Reference(inner))) => {
                if let Some(misfit) = misfit(namespace, &inner) {
                    return Some(misfit);
                }
            }
            Ok(_) => {}
            Err(error) => return say(Some(key), unfit(&key.name, of, &error), None),
        }
    }
    None
}

/// Whether values of a type stand in paths without quotes (DSP0004 8.2). WMI takes them with
/// quotes, too.
fn has_no_text(cim_type: CimType) -> bool {
    cim_type == CimType::Boolean
        || matches!(cim_type.class(), TypeClass::Unsigned | TypeClass::Signed | TypeClass::Real)
}

fn unfit(key: &Name, of: &str, error: &KeyError) -> String {
    match error {
        KeyError::Type { found, .. } => {
            format!("the key `{key}` is of type {of}, and {found} is none")
        }
        KeyError::OutOfRange { found, .. } => {
            format!("the key `{key}` is of type {of}, and {found} is outside its range")
        }
        other => format!("the key `{key}` is of type {of}: {other}"),
    }
}
