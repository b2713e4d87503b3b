//! The keys of instances, and the paths that are made of them (DSP0004 8.2; WMI SDK, "Key
//! Qualifier").

use super::At;
use super::given::Given;
use super::namespace::Namespace;
use crate::Code;
use crate::diagnostic::Diagnostic;
use crate::syntax::ast::InstanceDeclaration;
use cimarron_model::{
    Dialect, Instance, KeyBinding, KeyValue, Keys, MAX_PATH_DEPTH, Name, ObjectPath, Property,
    Scalar, Value, suggest,
};
use cimarron_schema::ResolvedClass;
use cimarron_schema::rules::{Part, unfit_for_key};

/// The path of an instance, once all of its keys are known to have values.
pub(super) fn key_path(
    namespace: &mut Namespace<'_, '_>,
    at: At<'_, InstanceDeclaration<'_>>,
    class: &ResolvedClass,
    instance: &Instance,
) -> Option<ObjectPath> {
    match path_from(class, |property| instance.get(property.name.as_str()).cloned()) {
        Ok(path) => {
            key_texts(namespace, at, &path);
            Some(path)
        }
        Err(why) => {
            no_path(namespace, at, (class, instance), why);
            None
        }
    }
}

/// Reports why an instance has no path.
pub(super) fn no_path(
    namespace: &mut Namespace<'_, '_>,
    at: At<'_, InstanceDeclaration<'_>>,
    (class, instance): (&ResolvedClass, &Instance),
    why: NoPath,
) {
    match why {
        // What is not known of the class may be its keys.
        _ if namespace.doubts(class.name.as_str()) => {}
        NoPath::NoKeys => {
            let message = format!("the class `{}` has no key: it can only be embedded", class.name);
            let found = at.error(Code::NoKey, at.node.class.span, message);
            let found = namespace.labelled(found, &class.name, None, Part::Name, "the class");
            namespace.sink.push(found);
        }
        NoPath::TooDeep(name) => {
            let problem = format!("nests more than {MAX_PATH_DEPTH} paths in each other");
            path_too_large(namespace, at, &name, &problem);
        }
        NoPath::TooLong(name) => {
            let problem = format!("makes a path with more than {MAX_KEY_PATHS} bytes of paths");
            path_too_large(namespace, at, &name, &problem);
        }
        NoPath::Missing => missing_keys(namespace, at, class, instance),
    }
}

/// Reports the keys that have no value: those that are written as NULL, and all others at once.
fn missing_keys(
    namespace: &mut Namespace<'_, '_>,
    at: At<'_, InstanceDeclaration<'_>>,
    class: &ResolvedClass,
    instance: &Instance,
) {
    let dialect = namespace.context.dialect;
    let mut missing: Vec<&Name> = Vec::new();
    let (misspelt, written) = (misspelt(at, class), Given::new(at.node));
    let keys = class.properties.iter().map(|m| &*m.declaration).filter(|p| p.is_key());
    // That a type is no key's has been said of the class.
    for property in keys.filter(|p| unfit_for_key(p, dialect).is_none()) {
        let name = &property.name;
        let given = written.first(name.as_str()).is_some();
        let value = instance.get(name.as_str());
        // A key that was given and is missing here was refused with a reason.
        if value.or(property.default.as_ref()).is_some_and(|v| !v.is_null())
            || (given && value.is_none())
        {
            continue;
        }
        if !given {
            // It may be meant by another name, which has been reported.
            if !misspelt.contains(&name.as_str()) {
                missing.push(name);
            }
            continue;
        }
        let message = format!("the key `{name}` of `{}` is NULL", class.name);
        let found = at.error(Code::NullKey, written.span(name.as_str()), message);
        let found = found.with_help(format!("write {name} = ...;"));
        let found = key_here(namespace, found, class, name);
        namespace.sink.push(found);
    }
    let [first, ..] = missing.as_slice() else { return };
    let (keys, have) = key_list(&missing);
    let message = format!("the {keys} of `{}` {have} no value", class.name);
    let mut found = at.error(Code::MissingKey, written.span(first.as_str()), message);
    let help: Vec<String> = missing.iter().map(|name| format!("{name} = ...;")).collect();
    found.help = Some(format!("write {}", help.join(" ")));
    for name in missing {
        found = key_here(namespace, found, class, name);
    }
    namespace.sink.push(found);
}

fn key_here(
    namespace: &Namespace<'_, '_>,
    found: Diagnostic,
    class: &ResolvedClass,
    name: &Name,
) -> Diagnostic {
    let part = Part::Qualifier("Key".into());
    namespace.labelled(found, &class.name, Some(name), part, "a key here")
}

/// Keys in a sentence, and whether one or several have something there.
pub(super) fn key_list(names: &[&Name]) -> (String, &'static str) {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, before)) if !before.is_empty() => {
            (format!("keys {} and {last}", before.join(", ")), "have")
        }
        _ => (format!("key {}", quoted.concat()), "has"),
    }
}

/// The properties that the first names mean which an instance writes and its class does not
/// have.
fn misspelt<'c>(at: At<'_, InstanceDeclaration<'_>>, class: &'c ResolvedClass) -> Vec<&'c str> {
    /// How many names are compared with others: thousands with thousands takes minutes.
    const MOST: usize = 1 << 14;
    let names = || class.properties.iter().map(|m| m.declaration.name.as_str());
    let unknown = at.node.properties.iter().filter(|p| class.property(p.name.text).is_none());
    let most = MOST / class.properties.len().max(1);
    unknown.take(most).filter_map(|p| suggest::nearest(p.name.text, names())).collect()
}

fn path_too_large(
    namespace: &mut Namespace<'_, '_>,
    at: At<'_, InstanceDeclaration<'_>>,
    name: &Name,
    problem: &str,
) {
    let message = format!("the key `{name}` {problem}");
    let found = at.error(Code::PathTooLarge, Given::new(at.node).span(name.as_str()), message);
    let help = "give one of the instances that it leads through a key that is no reference";
    namespace.sink.push(found.with_help(help));
}

/// WMI SDK, "Key Qualifier": key text must fit into a path, which cannot hold
/// unprintable characters. Spaces between words are common in WMI's own keys, so
/// what is refused is control characters, and text of nothing but spaces.
fn key_texts(
    namespace: &mut Namespace<'_, '_>,
    at: At<'_, InstanceDeclaration<'_>>,
    path: &ObjectPath,
) {
    let (Keys::Named(keys), Dialect::Wmi) = (&path.keys, namespace.context.dialect) else { return };
    let written = Given::new(at.node);
    for key in keys {
        let KeyValue::String(text) = &key.value else { continue };
        let blank = !text.is_empty() && text.bytes().all(|b| b == b' ');
        if blank || text.bytes().any(|b| b < b' ') {
            let message = format!("the text of the key `{}` cannot stand in a path", key.name);
            let found = at.error(Code::KeyText, written.span(key.name.as_str()), message);
            let help = match blank {
                true => "a key has more than blanks, or is empty",
                false => "leave out control characters",
            };
            namespace.sink.push(found.with_help(help));
        }
    }
}

/// How many bytes the paths in the keys of one path may have as text. Each level of
/// references escapes the one below again, so a few lines could make any length.
const MAX_KEY_PATHS: usize = 1 << 20;

pub(super) enum NoPath {
    NoKeys,
    Missing,
    /// This reference nests too many paths.
    TooDeep(Name),
    /// With this reference the paths in the keys are too long.
    TooLong(Name),
}

/// The path that an instance of `class` has whose keys have these values;
/// `None` for a key that is not given, which then has its default.
pub(super) fn path_from(
    class: &ResolvedClass,
    mut value_of: impl FnMut(&Property) -> Option<Value>,
) -> Result<ObjectPath, NoPath> {
    if class.qualifiers.is_true("Singleton") {
        return Ok(ObjectPath::of_instance(class.name.clone(), Keys::Singleton));
    }
    let mut keys = Vec::new();
    let mut left = MAX_KEY_PATHS;
    for property in class.properties.iter().map(|m| &*m.declaration).filter(|p| p.is_key()) {
        let value = value_of(property).or_else(|| property.default.clone());
        let name = property.name.clone();
        let value = match &value {
            Some(Value::Scalar(Scalar::Reference(path))) => {
                let length = path.length_in_key(left).ok_or_else(|| NoPath::TooLong(name.clone()));
                left -= length?;
                let key = KeyValue::reference((**path).clone());
                key.map_err(|_| NoPath::TooDeep(name.clone()))?
            }
            value => {
                let key = value.as_ref().and_then(KeyValue::from_value);
                key.ok_or(NoPath::Missing)?
            }
        };
        keys.push(KeyBinding { name, value });
    }
    if keys.is_empty() {
        return Err(NoPath::NoKeys);
    }
    Ok(ObjectPath::of_instance(class.name.clone(), Keys::Named(keys)))
}

/// A path with its keys as an instance's own path has them.
pub(super) fn keys_of(class: &ResolvedClass, path: &ObjectPath) -> Option<ObjectPath> {
    let one = path.keys.len() == 1;
    let path = path_from(class, |property| {
        let key = match &path.keys {
            Keys::Unnamed(_) if !one => None,
            _ => path.key(property.name.as_str()),
        };
        key?.bind(property.data_type.cim_type).ok()
    });
    path.ok()
}
