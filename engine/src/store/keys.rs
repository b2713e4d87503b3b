//! When two keys are equal.
//!
//! Strings follow the namespace's dialect: without case in `Wmi`, exactly in `Dmtf`. They alone
//! are folded: MS-WMI says it of strings, and a `char16` is a number (a code unit), as queries
//! and indexes have it. References follow [`ReferenceRules`].

use crate::view::ValueView;
use cimarron_model::{Dialect, ReferenceRules};
use hashbrown::DefaultHashBuilder;
use std::hash::{BuildHasher, Hasher};
use std::sync::Arc;

/// Equality and hash of keys in one namespace.
#[derive(Clone, Debug)]
pub(crate) struct KeyRules {
    references: ReferenceRules,
    /// Seeded per store: keys come from outside.
    build: DefaultHashBuilder,
}

impl KeyRules {
    pub(crate) fn new(references: ReferenceRules) -> Self {
        Self { references, build: DefaultHashBuilder::default() }
    }

    pub(crate) const fn dialect(&self) -> Dialect {
        self.references.dialect()
    }

    /// How references compare here.
    pub(crate) const fn references(&self) -> &ReferenceRules {
        &self.references
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
            ValueView::String(text) => self.references.hash_text(text, state),
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
            ValueView::Reference(path) => self.references.hash(path, state, &self.build),
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
            return self.references.same_text(a, b);
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
                Arc::ptr_eq(a, b) || self.references.same(a, b)
            }
            (ValueView::Null, ValueView::Null) => true,
            (a, b) => matches!((a.as_integer(), b.as_integer()), (Some(a), Some(b)) if a == b),
        }
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
    use cimarron_model::{Location, Name, ObjectPath, fold};
    use proptest::prelude::*;
    use smol_str::SmolStr;

    fn rules(dialect: Dialect) -> KeyRules {
        let location = Location {
            servers: Arc::from([SmolStr::new("ALPHA")]),
            namespace: Name::new("root/cimv2"),
        };
        KeyRules::new(ReferenceRules::new(dialect, Arc::new(location)))
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
