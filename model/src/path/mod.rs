//! Object paths: the names of namespaces, classes and instances (DSP0004 8.2,
//! MS-WMI 2.2.2, WMI SDK "WMI Object Path Requirements", DSP0207).
//!
//! One type holds every path, whole or partial. A path arrives without its class
//! at hand, so a quoted key is text and nothing more: whether it is a string, a
//! datetime or another object's path is known once the class is, and
//! [`KeyValue::bind`] says it then. That is also why no reader recurses: a path
//! inside a path stays quoted text, which loses a level of escapes each time it
//! is read and so cannot be nested deeper than its length allows.

mod bind;
mod compare;
mod error;
mod key;
mod number;
mod parse;
mod print;
mod rules;

pub use compare::KeyCase;
pub use error::{KeyError, PathError};
pub use key::{KeyBinding, KeyValue, Keys};
pub use parse::PathForm;
pub use print::UriFormat;
pub use rules::{Location, ReferenceRules};

use crate::Name;
use smol_str::SmolStr;

/// How deep references may nest as keys in a path that is put together.
pub const MAX_PATH_DEPTH: usize = 16;

/// How many keys a path may have (WMI's limit of keys in a class).
pub const MAX_PATH_KEYS: usize = 256;

/// The path of a namespace, a class or an instance.
///
/// Equality and hash follow DSP0004: names, host and namespace without case, keys
/// in any order, string keys exactly. [`ObjectPath::same_object`] takes the other
/// rule for string keys.
#[derive(Clone, Debug, Default)]
pub struct ObjectPath {
    /// The server: `.`, a name or an address, with user and port if written.
    pub host: Option<SmolStr>,
    /// The namespace, `/` between its parts and at neither end.
    pub namespace: Option<SmolStr>,
    /// The class; `None` when the path names a namespace.
    pub class: Option<Name>,
    /// What tells the class's instances apart.
    pub keys: Keys,
}

impl ObjectPath {
    /// The path of a class in the current namespace.
    pub fn of_class(class: impl Into<Name>) -> Self {
        Self { class: Some(class.into()), ..Self::default() }
    }

    /// The path of an instance in the current namespace.
    pub fn of_instance(class: impl Into<Name>, keys: Keys) -> Self {
        Self { class: Some(class.into()), keys, ..Self::default() }
    }

    /// The path of a namespace; either slash separates its parts.
    pub fn of_namespace(namespace: impl AsRef<str>) -> Self {
        Self::default().with_namespace(namespace)
    }

    /// The same path in a namespace; either slash separates its parts.
    #[must_use]
    pub fn with_namespace(mut self, namespace: impl AsRef<str>) -> Self {
        let text = namespace.as_ref();
        self.namespace = Some(if text.contains('\\') {
            SmolStr::new(text.replace('\\', "/").trim_matches('/'))
        } else {
            SmolStr::new(text.trim_matches('/'))
        });
        self
    }

    /// The same path on a server.
    #[must_use]
    pub fn with_host(mut self, host: impl AsRef<str>) -> Self {
        self.host = Some(SmolStr::new(host));
        self
    }

    /// The same path with these keys.
    #[must_use]
    pub fn with_keys(mut self, keys: Keys) -> Self {
        self.keys = keys;
        self
    }

    /// Whether the path names a namespace.
    pub const fn is_namespace(&self) -> bool {
        self.class.is_none()
    }

    /// Whether the path names a class.
    pub const fn is_class(&self) -> bool {
        self.class.is_some() && matches!(self.keys, Keys::Class)
    }

    /// Whether the path names an instance.
    pub const fn is_instance(&self) -> bool {
        self.class.is_some() && !matches!(self.keys, Keys::Class)
    }

    /// The value of a named key, or the unnamed one when the path has just that.
    pub fn key(&self, name: &str) -> Option<&KeyValue> {
        match &self.keys {
            Keys::Class | Keys::Singleton => None,
            Keys::Unnamed(value) => Some(value),
            Keys::Named(bindings) => {
                bindings.iter().find(|key| key.name.is(name)).map(|key| &key.value)
            }
        }
    }

    /// How many levels of references this path has, itself included.
    pub fn depth(&self) -> usize {
        1 + self.keys.values().map(KeyValue::depth).max().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests;
