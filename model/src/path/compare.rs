//! When two paths name the same object.

use super::{KeyBinding, KeyValue, Keys, ObjectPath};
use crate::{Dialect, fold};
use std::hash::{DefaultHasher, Hash, Hasher};

/// How the text of string keys compares: the dialects differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum KeyCase {
    /// Without case, as WMI does.
    #[default]
    Insensitive,
    /// Exactly, as DSP0004 says.
    Exact,
}

impl KeyCase {
    /// That of a dialect.
    pub const fn of(dialect: Dialect) -> Self {
        match dialect {
            Dialect::Wmi => Self::Insensitive,
            Dialect::Dmtf => Self::Exact,
        }
    }
}

impl ObjectPath {
    /// Whether both name the same object, given nothing but the two paths.
    ///
    /// Host, namespace, class and key names compare without case, keys in any
    /// order. What one path leaves out and the other has makes them differ, and so
    /// do an unnamed key and the same one named. References are compared by
    /// [`ReferenceRules`](super::ReferenceRules), which know where they stand.
    pub fn same_object(&self, other: &Self, case: KeyCase) -> bool {
        self.class == other.class
            && same_key_set(&self.keys, &other.keys, case)
            && same(self.namespace.as_deref(), other.namespace.as_deref(), |a, b| {
                fold::eq(&slashed(a), &slashed(b))
            })
            && same(self.host.as_deref(), other.host.as_deref(), fold::eq)
    }
}

impl PartialEq for ObjectPath {
    fn eq(&self, other: &Self) -> bool {
        self.same_object(other, KeyCase::Exact)
    }
}

impl Eq for ObjectPath {}

impl Hash for ObjectPath {
    fn hash<H: Hasher>(&self, state: &mut H) {
        if let Some(host) = &self.host {
            fold::hash_into(host, state);
        }
        if let Some(namespace) = &self.namespace {
            fold::hash_into(&slashed(namespace), state);
        }
        self.class.hash(state);
        self.keys.hash(state);
    }
}

impl PartialEq for Keys {
    fn eq(&self, other: &Self) -> bool {
        same_key_set(self, other, KeyCase::Exact)
    }
}

impl Eq for Keys {}

impl Hash for Keys {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self {
            Self::Class => state.write_u8(0),
            Self::Unnamed(value) => value.hash(state),
            // A sum does not depend on the order.
            Self::Singleton | Self::Named(_) => {
                state.write_u64(self.named().iter().fold(1, |sum: u64, key| {
                    let mut hasher = DefaultHasher::new();
                    key.hash(&mut hasher);
                    sum.wrapping_add(hasher.finish())
                }));
            }
        }
    }
}

impl Keys {
    /// The named keys; a singleton has none.
    pub(super) fn named(&self) -> &[KeyBinding] {
        match self {
            Self::Named(bindings) => bindings,
            _ => &[],
        }
    }

    /// The named keys by name.
    pub(super) fn sorted(&self) -> Vec<&KeyBinding> {
        let mut bindings: Vec<_> = self.named().iter().collect();
        bindings.sort_by(|a, b| a.name.cmp(&b.name));
        bindings
    }
}

impl PartialEq for KeyBinding {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.value == other.value
    }
}

impl Eq for KeyBinding {}

impl Hash for KeyBinding {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
        self.value.hash(state);
    }
}

impl PartialEq for KeyValue {
    fn eq(&self, other: &Self) -> bool {
        same_value(self, other, KeyCase::Exact)
    }
}

impl Eq for KeyValue {}

impl Hash for KeyValue {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self {
            Self::String(text) | Self::Untyped(text) => text.hash(state),
            Self::Integer(value) => value.hash(state),
            Self::Real(value) => real_bits(*value).hash(state),
            Self::Boolean(value) => value.hash(state),
            Self::Reference(path) => path.hash(state),
        }
    }
}

/// A namespace as a path keeps it, whichever slash a field was filled with.
pub(super) fn slashed(namespace: &str) -> std::borrow::Cow<'_, str> {
    if namespace.contains('\\') { namespace.replace('\\', "/").into() } else { namespace.into() }
}

/// Whether both are missing, or both there and equal.
pub(super) fn same(a: Option<&str>, b: Option<&str>, equal: impl Fn(&str, &str) -> bool) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => equal(a, b),
        (None, None) => true,
        _ => false,
    }
}

fn same_key_set(a: &Keys, b: &Keys, case: KeyCase) -> bool {
    let pairs = |a: &[&KeyBinding], b: &[&KeyBinding]| {
        a.iter().zip(b).all(|(a, b)| a.name == b.name && same_value(&a.value, &b.value, case))
    };
    match (a, b) {
        (Keys::Class, Keys::Class) => true,
        (Keys::Unnamed(a), Keys::Unnamed(b)) => same_value(a, b, case),
        (Keys::Singleton | Keys::Named(_), Keys::Singleton | Keys::Named(_)) => {
            a.len() == b.len() && pairs(&a.sorted(), &b.sorted())
        }
        _ => false,
    }
}

fn same_value(a: &KeyValue, b: &KeyValue, case: KeyCase) -> bool {
    use KeyValue::{Boolean, Integer, Real, Reference, String, Untyped};
    match (a, b) {
        (String(a) | Untyped(a), String(b) | Untyped(b)) => match case {
            KeyCase::Insensitive => fold::eq(a, b),
            KeyCase::Exact => a == b,
        },
        (Integer(a), Integer(b)) => a == b,
        (Real(a), Real(b)) => real_bits(*a) == real_bits(*b),
        (Boolean(a), Boolean(b)) => a == b,
        (Reference(a), Reference(b)) => a.same_object(b, case),
        _ => false,
    }
}

/// What tells reals apart: their bits, but paths have one spelling for NaN.
const fn real_bits(value: f64) -> u64 {
    if value.is_nan() { f64::NAN.to_bits() } else { value.to_bits() }
}
