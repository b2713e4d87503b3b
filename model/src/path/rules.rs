//! When two references name the same object, given where they stand.
//!
//! References come without the classes that they name: these may be declared later, change, or lie
//! elsewhere. The rule goes by the paths alone, so that it never changes under what was stored:
//!
//! - names of classes, keys, namespaces and servers have no case (DSP0004 5.1);
//! - texts in keys follow the dialect: exactly in `Dmtf`, as DSP0004 has it, without case
//!   in `Wmi`;
//! - the own server and namespace may be written or left out, and the server has several names;
//! - keys may come in any order, and a class's only key with its name or without;
//! - a number or a boolean may be quoted or not, and a whole number have a point;
//! - the same holds of the paths that keys are. A quoted key that reads as the path of an instance
//!   is taken for that path, for nothing here says whether it is a string: strings that read so
//!   are told apart no finer than paths are.
//!
//! The store, queries and event filters ask here and nowhere else.

use super::compare::{same, slashed};
use super::{KeyBinding, KeyCase, KeyValue, Keys, ObjectPath};
use crate::{CimType, Dialect, Name, Scalar, Value, fold};
use smol_str::{SmolStr, ToSmolStr, format_smolstr};
use std::borrow::Cow;
use std::hash::{BuildHasher, Hasher};
use std::sync::Arc;

/// Where a namespace is: what paths may call its server and itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Location {
    /// The server's names, the first one being its own.
    pub servers: Arc<[SmolStr]>,
    /// The namespace, `/` between its parts.
    pub namespace: Name,
}

impl Location {
    /// A namespace on a server of which no name is known.
    pub fn of_namespace(namespace: impl Into<Name>) -> Self {
        Self { namespace: namespace.into(), ..Self::default() }
    }

    /// The server's own name; empty when it has none.
    pub fn server(&self) -> &str {
        self.servers.first().map_or("", SmolStr::as_str)
    }

    /// Whether a path that names this server leads to the own one.
    pub fn is_own_server(&self, host: &str) -> bool {
        host == "."
            || fold::eq(host, "localhost")
            || self.servers.iter().any(|name| fold::eq(name, host))
    }

    /// Whether the path leads into this namespace.
    pub fn holds(&self, path: &ObjectPath) -> bool {
        path.host.as_deref().is_none_or(|host| self.is_own_server(host))
            && path.namespace.as_deref().is_none_or(|namespace| {
                fold::eq(slashed(namespace).trim_matches('/'), self.namespace.as_str())
            })
    }

    /// Server and namespace of a path, without what is said anyway.
    fn place<'p>(&self, path: &'p ObjectPath) -> (Option<&'p str>, Option<&'p str>) {
        let host = path.host.as_deref().filter(|host| !self.is_own_server(host));
        (host, path.namespace.as_deref().filter(|_| host.is_some() || !self.holds(path)))
    }

    /// Takes off a path what is said anyway.
    fn unsaid(&self, path: &mut ObjectPath) {
        let (host, namespace) = self.place(path);
        let (no_host, no_namespace) = (host.is_none(), namespace.is_none());
        if no_host {
            path.host = None;
        }
        if no_namespace {
            path.namespace = None;
        }
    }
}

/// Equality and hash of the references that stand in one namespace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReferenceRules {
    case: KeyCase,
    location: Arc<Location>,
}

impl ReferenceRules {
    /// The rules of a namespace.
    pub fn new(dialect: Dialect, location: Arc<Location>) -> Self {
        Self { case: KeyCase::of(dialect), location }
    }

    /// The dialect of the namespace.
    pub const fn dialect(&self) -> Dialect {
        match self.case {
            KeyCase::Insensitive => Dialect::Wmi,
            KeyCase::Exact => Dialect::Dmtf,
        }
    }

    /// How texts in keys compare.
    pub const fn case(&self) -> KeyCase {
        self.case
    }

    /// The rules that tell all texts in keys apart, whatever the dialect: where a needless
    /// difference does no harm and a `char16`, which has case as a key, should not be lost.
    #[must_use]
    pub fn exact(&self) -> Self {
        Self { case: KeyCase::Exact, location: Arc::clone(&self.location) }
    }

    /// Where the references stand.
    pub const fn location(&self) -> &Arc<Location> {
        &self.location
    }

    /// Whether two references name the same object.
    pub fn same(&self, a: &ObjectPath, b: &ObjectPath) -> bool {
        a.class == b.class && self.same_keys(&a.keys, &b.keys) && self.same_place(a, b)
    }

    /// The text that the only key of a path is, when the path leads into this namespace and the key
    /// is no path itself.
    pub fn only_text(&self, path: &ObjectPath) -> Option<SmolStr> {
        let key = only(&path.keys).filter(|_| self.location.holds(path))?;
        nested(key).is_none().then(|| text_of(key))
    }

    /// A text that two references share exactly when they name the same object.
    pub fn canonical(&self, path: &ObjectPath) -> String {
        let mut text = self.plain(path).canonical(self.case);
        // Paths that stay in their namespace begin with their class, and no others do.
        if text.starts_with("/:") {
            text.drain(..2);
        }
        text
    }

    /// A text that the paths of instances share exactly when they are one instance's, with all
    /// keys by their names; `type_of` gives the types of these.
    ///
    /// Only strings have no case in `Wmi`, and in a path a `char16` is quoted text: it is taken
    /// for its code unit.
    pub fn identity(
        &self,
        mut path: ObjectPath,
        type_of: impl Fn(&str) -> Option<CimType>,
    ) -> String {
        if let Keys::Named(bindings) = &mut path.keys {
            for key in bindings {
                if let KeyValue::Reference(reference) = &key.value {
                    key.value = self.canonical(reference).into();
                } else if type_of(key.name.as_str()) == Some(CimType::Char16)
                    && let Ok(Value::Scalar(Scalar::Char16(unit))) = key.value.bind(CimType::Char16)
                {
                    key.value = unit.0.into();
                }
            }
        }
        path.canonical(self.case)
    }

    /// Feeds a reference to a hash; those that name the same object feed the same.
    pub fn hash(&self, path: &ObjectPath, state: &mut impl Hasher, build: &impl BuildHasher) {
        let (host, namespace) = self.location.place(path);
        if let Some(host) = host {
            fold::hash_into(host, state);
        }
        if let Some(namespace) = namespace {
            fold::hash_into(&slashed(namespace), state);
        }
        if let Some(class) = &path.class {
            fold::hash_into(class.as_str(), state);
        }
        match &path.keys {
            Keys::Class => state.write_u8(0),
            Keys::Singleton => state.write_u8(1),
            Keys::Unnamed(value) => self.hash_value(value, state, build),
            Keys::Named(bindings) => match bindings.as_slice() {
                [] => state.write_u8(1),
                [only] => self.hash_value(&only.value, state, build),
                several => {
                    // A sum does not depend on the order.
                    let sum = several.iter().fold(0_u64, |sum, binding| {
                        let mut own = build.build_hasher();
                        fold::hash_into(binding.name.as_str(), &mut own);
                        self.hash_value(&binding.value, &mut own, build);
                        sum.wrapping_add(own.finish())
                    });
                    state.write_u64(sum);
                }
            },
        }
    }

    /// Feeds a text as keys are compared in this namespace.
    #[inline]
    pub fn hash_text(&self, text: &str, state: &mut impl Hasher) {
        match self.case {
            KeyCase::Insensitive => fold::hash_into(text, state),
            KeyCase::Exact => {
                state.write(text.as_bytes());
                state.write_u8(0xff);
            }
        }
    }

    /// Whether two texts are the same as keys of this namespace.
    #[inline]
    pub fn same_text(&self, a: &str, b: &str) -> bool {
        // Nearly always written alike.
        a == b || (self.case == KeyCase::Insensitive && fold::eq(a, b))
    }

    fn same_place(&self, a: &ObjectPath, b: &ObjectPath) -> bool {
        let is_bare = |path: &ObjectPath| path.host.is_none() && path.namespace.is_none();
        if is_bare(a) && is_bare(b) {
            return true;
        }
        let ((host_a, namespace_a), (host_b, namespace_b)) =
            (self.location.place(a), self.location.place(b));
        same(host_a, host_b, fold::eq)
            && same(namespace_a, namespace_b, |a, b| fold::eq(&slashed(a), &slashed(b)))
    }

    fn same_keys(&self, a: &Keys, b: &Keys) -> bool {
        match (only(a), only(b)) {
            (Some(a), Some(b)) => return self.same_value(a, b),
            (None, None) => {}
            _ => return false,
        }
        match (a, b) {
            (Keys::Class, Keys::Class) => true,
            (Keys::Class, _) | (_, Keys::Class) => false,
            (a, b) => {
                let (a_keys, b_keys) = (a.named(), b.named());
                let same = |(a, b): (&KeyBinding, &KeyBinding)| {
                    a.name == b.name && self.same_value(&a.value, &b.value)
                };
                let is_in_order = || a_keys.iter().zip(b_keys).all(|(a, b)| a.name == b.name);
                // Nearly always in the same order.
                a_keys.len() == b_keys.len()
                    && if is_in_order() {
                        a_keys.iter().zip(b_keys).all(same)
                    } else {
                        a.sorted().into_iter().zip(b.sorted()).all(same)
                    }
            }
        }
    }

    fn same_value(&self, a: &KeyValue, b: &KeyValue) -> bool {
        use KeyValue::{Boolean, Integer, Real, Reference, String, Untyped};
        match (a, b) {
            // Nearly always written alike.
            (String(a) | Untyped(a), String(b) | Untyped(b)) if a == b => true,
            (Integer(a), Integer(b)) => a == b,
            (Boolean(a), Boolean(b)) => a == b,
            (Integer(_) | Real(_) | Boolean(_), _) | (_, Integer(_) | Real(_) | Boolean(_)) => {
                self.same_text(&text_of(a), &text_of(b))
            }
            (Reference(_) | String(_) | Untyped(_), _) => match (nested(a), nested(b)) {
                (Some(a), Some(b)) => self.same(&a, &b),
                (None, None) => self.same_text(&text_of(a), &text_of(b)),
                _ => false,
            },
        }
    }

    fn hash_value(&self, value: &KeyValue, state: &mut impl Hasher, build: &impl BuildHasher) {
        match (nested(value), value) {
            (Some(path), _) => self.hash(&path, state, build),
            (None, KeyValue::String(text) | KeyValue::Untyped(text)) => self.hash_text(text, state),
            (None, other) => self.hash_text(&text_of(other), state),
        }
    }

    /// The path with one spelling of what may be spelled in several ways, but for case and
    /// order.
    fn plain(&self, path: &ObjectPath) -> ObjectPath {
        let mut plain = path.clone();
        self.location.unsaid(&mut plain);
        plain.keys = match plain.keys {
            Keys::Unnamed(value) => Keys::Unnamed(self.plain_value(&value)),
            Keys::Named(bindings) => {
                let mut named: Vec<_> = bindings
                    .into_iter()
                    .map(|key| (key.name, self.plain_value(&key.value)))
                    .collect();
                match named.pop() {
                    Some((_, only)) if named.is_empty() => Keys::Unnamed(only),
                    last => named.into_iter().chain(last).collect(),
                }
            }
            other => other,
        };
        plain
    }

    fn plain_value(&self, value: &KeyValue) -> KeyValue {
        match nested(value) {
            Some(path) => KeyValue::Reference(Box::new(self.plain(&path))),
            None => KeyValue::String(text_of(value)),
        }
    }
}

/// The value of a path's only key.
fn only(keys: &Keys) -> Option<&KeyValue> {
    match keys {
        Keys::Unnamed(value) => Some(value),
        Keys::Named(bindings) => match bindings.as_slice() {
            [only] => Some(&only.value),
            _ => None,
        },
        Keys::Class | Keys::Singleton => None,
    }
}

/// The path of an instance that a key is: put together, or still quoted text. How deep texts nest
/// in each other follows from their length: each level has twice the escapes of the one before.
fn nested(value: &KeyValue) -> Option<Cow<'_, ObjectPath>> {
    match value {
        KeyValue::Reference(path) => path.is_instance().then_some(Cow::Borrowed(path)),
        KeyValue::String(text) | KeyValue::Untyped(text) => {
            // Most texts are no paths: keys follow a `=`, and a singleton's URI ends in its point.
            if !(text.contains('=') || text.ends_with('.')) {
                return None;
            }
            ObjectPath::parse(text).ok().filter(ObjectPath::is_instance).map(Cow::Owned)
        }
        KeyValue::Integer(_) | KeyValue::Real(_) | KeyValue::Boolean(_) => None,
    }
}

/// The text that a value would be if it was quoted; that of the integer for a whole real, which
/// may be written without a point. A zero with a sign is no integer.
fn text_of(value: &KeyValue) -> SmolStr {
    // 2^53: up to there every whole number is a real.
    const WHOLE: f64 = 9_007_199_254_740_992.0;
    match value {
        KeyValue::String(text) | KeyValue::Untyped(text) => text.clone(),
        KeyValue::Real(real)
            if real.fract() == 0.0 && real.abs() <= WHOLE && !is_negative_zero(*real) =>
        {
            (*real as i64).to_smolstr()
        }
        KeyValue::Reference(path) => path.to_wmi().into(),
        other => format_smolstr!("{other}"),
    }
}

fn is_negative_zero(real: f64) -> bool {
    real == 0.0 && real.is_sign_negative()
}

#[cfg(test)]
mod tests;
