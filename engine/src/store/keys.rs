//! When two keys are equal.
//!
//! Strings follow the namespace's dialect: without case in `Wmi`, exactly in
//! `Dmtf`. A reference is equal to another spelling of the same path: the own
//! server and namespace may be written or left out, a class's only key named or
//! not, and a number or boolean quoted or not, because the referenced class need
//! not be known.

use crate::view::ValueView;
use cimarron_model::{Dialect, KeyCase, Name, ObjectPath, fold};
use hashbrown::DefaultHashBuilder;
use smol_str::SmolStr;
use std::hash::{BuildHasher, Hasher};
use std::sync::Arc;

/// Where a store is: what paths may call its server and its namespace.
#[derive(Debug)]
pub(crate) struct Location {
    /// The server's names, the first one being its own.
    pub(crate) servers: Arc<[SmolStr]>,
    pub(crate) namespace: Name,
}

impl Location {
    pub(crate) fn server(&self) -> &str {
        self.servers.first().map_or("", SmolStr::as_str)
    }

    pub(crate) fn is_own_server(&self, host: &str) -> bool {
        host == "."
            || fold::eq(host, "localhost")
            || self.servers.iter().any(|name| fold::eq(name, host))
    }

    /// Whether the path leads into this namespace.
    pub(crate) fn holds(&self, path: &ObjectPath) -> bool {
        path.host.as_deref().is_none_or(|host| self.is_own_server(host))
            && path
                .namespace
                .as_deref()
                .is_none_or(|n| crate::namespace::normalise(n).is_ok_and(|n| n == self.namespace))
    }

    /// Takes off a path what is said anyway.
    fn unsaid(&self, path: &mut ObjectPath) {
        if path.host.as_deref().is_some_and(|host| self.is_own_server(host)) {
            path.host = None;
        }
        if path.host.is_none() && self.holds(path) {
            path.namespace = None;
        }
    }
}

/// How texts in keys compare.
pub(crate) const fn key_case(dialect: Dialect) -> KeyCase {
    match dialect {
        Dialect::Wmi => KeyCase::Insensitive,
        Dialect::Dmtf => KeyCase::Exact,
    }
}

/// Equality and hash of keys in one namespace.
#[derive(Clone, Debug)]
pub(crate) struct KeyRules {
    pub(super) case: KeyCase,
    location: Arc<Location>,
    /// Seeded per store: keys come from outside.
    pub(super) build: DefaultHashBuilder,
}

impl KeyRules {
    pub(crate) fn new(dialect: Dialect, location: Arc<Location>) -> Self {
        Self { case: key_case(dialect), location, build: DefaultHashBuilder::default() }
    }

    pub(crate) const fn dialect(&self) -> Dialect {
        match self.case {
            KeyCase::Insensitive => Dialect::Wmi,
            KeyCase::Exact => Dialect::Dmtf,
        }
    }

    pub(super) fn location(&self) -> &Location {
        &self.location
    }

    /// The hash of a key; equal keys have equal hashes.
    #[inline]
    pub(crate) fn hash<'a>(&self, keys: impl Iterator<Item = ValueView<'a>>) -> u64 {
        let mut state = self.build.build_hasher();
        for value in keys {
            self.hash_value(value, &mut state);
        }
        state.finish()
    }

    #[inline]
    fn hash_value(&self, value: ValueView<'_>, state: &mut impl Hasher) {
        match value {
            ValueView::String(text) => self.hash_text(text, state),
            value => self.hash_other(value, state),
        }
    }

    fn hash_other(&self, value: ValueView<'_>, state: &mut impl Hasher) {
        if let Some(n) = value.as_integer() {
            state.write_u64(n as u64);
            return;
        }
        match value {
            ValueView::Boolean(v) => state.write_u8(v.into()),
            ValueView::Real32(v) => state.write_u64(f64::from(v).to_bits()),
            ValueView::Real64(v) => state.write_u64(v.to_bits()),
            ValueView::Char16(v) => state.write_u16(v.0),
            ValueView::DateTime(v) => state.write_u128(v.to_bits()),
            ValueView::Reference(path) => self.hash_path(path, state),
            _ => state.write_u8(0),
        }
    }

    /// The hash of a key that is one value.
    #[inline]
    pub(crate) fn hash_one(&self, value: ValueView<'_>) -> u64 {
        let mut state = self.build.build_hasher();
        self.hash_value(value, &mut state);
        state.finish()
    }

    /// Whether two keys are equal.
    pub(crate) fn same<'a>(
        &self,
        a: impl Iterator<Item = ValueView<'a>>,
        b: impl Iterator<Item = ValueView<'a>>,
    ) -> bool {
        a.eq_by_views(b, |a, b| self.same_value(a, b))
    }

    /// Whether two key values are equal.
    #[inline]
    pub(crate) fn same_value(&self, a: ValueView<'_>, b: ValueView<'_>) -> bool {
        if let (ValueView::String(a), ValueView::String(b)) = (a, b) {
            // Nearly always written alike.
            return a == b || (self.case == KeyCase::Insensitive && fold::eq(a, b));
        }
        self.same_plain(a, b)
    }

    fn same_plain(&self, a: ValueView<'_>, b: ValueView<'_>) -> bool {
        match (a, b) {
            (ValueView::Boolean(a), ValueView::Boolean(b)) => a == b,
            (ValueView::Real32(a), ValueView::Real32(b)) => a.to_bits() == b.to_bits(),
            (ValueView::Real64(a), ValueView::Real64(b)) => a.to_bits() == b.to_bits(),
            (ValueView::Char16(a), ValueView::Char16(b)) => a == b,
            (ValueView::DateTime(a), ValueView::DateTime(b)) => a == b,
            (ValueView::Reference(a), ValueView::Reference(b)) => {
                Arc::ptr_eq(a, b) || self.same_path(a, b)
            }
            (ValueView::Null, ValueView::Null) => true,
            (a, b) => matches!((a.as_integer(), b.as_integer()), (Some(a), Some(b)) if a == b),
        }
    }

    /// A text that two paths share when they name the same object.
    pub(crate) fn canonical(&self, path: &ObjectPath) -> String {
        path.plain(&|path| self.location.unsaid(path)).canonical(self.case)
    }
}

/// `Iterator::eq_by`, which is not stable.
trait EqByViews<'a>: Iterator<Item = ValueView<'a>> + Sized {
    fn eq_by_views(
        mut self,
        mut other: impl Iterator<Item = ValueView<'a>>,
        same: impl Fn(ValueView<'a>, ValueView<'a>) -> bool,
    ) -> bool {
        loop {
            match (self.next(), other.next()) {
                (None, None) => return true,
                (Some(a), Some(b)) if same(a, b) => {}
                _ => return false,
            }
        }
    }
}

impl<'a, I: Iterator<Item = ValueView<'a>>> EqByViews<'a> for I {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rules(dialect: Dialect) -> KeyRules {
        let location = Location {
            servers: Arc::from([SmolStr::new("ALPHA")]),
            namespace: Name::new("root/cimv2"),
        };
        KeyRules::new(dialect, Arc::new(location))
    }

    fn same(rules: &KeyRules, a: ValueView<'_>, b: ValueView<'_>) -> bool {
        let same = rules.same_value(a, b);
        if same {
            assert_eq!(rules.hash([a].into_iter()), rules.hash([b].into_iter()));
        }
        same
    }

    #[test]
    fn references_compare_by_what_they_name() {
        let rules = rules(Dialect::Wmi);
        let path = |text: &str| Arc::new(ObjectPath::parse(text).unwrap());
        let plain = path(r#"X_Disk.Id="a""#);
        for (text, expected) in [
            (r#"x_disk="A""#, true),
            (r#"\\.\root\cimv2:X_Disk.Id="a""#, true),
            (r#"\\alpha\ROOT\cimv2:X_Disk.Id="a""#, true),
            (r#"\\beta\root\cimv2:X_Disk.Id="a""#, false),
            (r#"root\default:X_Disk.Id="a""#, false),
            (r#"X_Disk.Id="b""#, false),
        ] {
            let other = path(text);
            let views = (ValueView::Reference(&plain), ValueView::Reference(&other));
            assert_eq!(same(&rules, views.0, views.1), expected, "{text}");
        }
    }

    #[test]
    fn dialects_differ_in_case() {
        let (a, b) = (ValueView::String("Straße K"), ValueView::String("STRAẞE \u{212a}"));
        assert!(same(&rules(Dialect::Wmi), a, b));
        assert!(!same(&rules(Dialect::Dmtf), a, b));
    }

    proptest! {
        #[test]
        fn folded_text_hashes_alike(text in "\\PC{0,200}") {
            let rules = rules(Dialect::Wmi);
            let folded = fold::fold(&text);
            prop_assert!(same(&rules, ValueView::String(&text), ValueView::String(&folded)));
        }
    }
}
