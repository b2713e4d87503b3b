//! References as keys: equality and hash without writing the paths out.
//!
//! Two paths are equal when their canonical texts are, once what is said anyway is
//! left out (see [`super::keys`]). Nearly all comparisons are of a path with itself,
//! written alike, and nearly all paths stay in their namespace; the texts are made
//! for the rest.

use super::keys::KeyRules;
use cimarron_model::{KeyCase, KeyValue, Keys, ObjectPath, fold};
use smol_str::ToSmolStr;
use std::hash::{BuildHasher, Hasher};

impl KeyRules {
    /// Whether two references name the same object.
    pub(super) fn same_path(&self, a: &ObjectPath, b: &ObjectPath) -> bool {
        a.same_object(b, self.case) || self.canonical(a) == self.canonical(b)
    }

    /// Feeds a reference; those that name the same object feed the same.
    pub(super) fn hash_path(&self, path: &ObjectPath, state: &mut impl Hasher) {
        if !self.location().holds(path) {
            state.write(self.canonical(path).as_bytes());
            return;
        }
        if let Some(class) = &path.class {
            fold::hash_into(class.as_str(), state);
        }
        match &path.keys {
            Keys::Class => state.write_u8(0),
            Keys::Singleton => state.write_u8(1),
            Keys::Unnamed(value) => self.hash_key(value, state),
            Keys::Named(bindings) => match bindings.as_slice() {
                [] => state.write_u8(1),
                [only] => self.hash_key(&only.value, state),
                several => {
                    // A sum does not depend on the order.
                    let sum = several.iter().fold(0_u64, |sum, binding| {
                        let mut own = self.build.build_hasher();
                        fold::hash_into(binding.name.as_str(), &mut own);
                        self.hash_key(&binding.value, &mut own);
                        sum.wrapping_add(own.finish())
                    });
                    state.write_u64(sum);
                }
            },
        }
    }

    /// Feeds a key: a number or a boolean as its text, for it may be written so.
    fn hash_key(&self, value: &KeyValue, state: &mut impl Hasher) {
        match value {
            KeyValue::String(text) | KeyValue::Untyped(text) => self.hash_text(text, state),
            KeyValue::Integer(n) => self.hash_text(&n.to_smolstr(), state),
            KeyValue::Boolean(true) => self.hash_text("TRUE", state),
            KeyValue::Boolean(false) => self.hash_text("FALSE", state),
            KeyValue::Real(x) if x.is_nan() => state.write_u64(f64::NAN.to_bits()),
            KeyValue::Real(x) => state.write_u64(x.to_bits()),
            KeyValue::Reference(path) => self.hash_path(path, state),
        }
    }

    /// Feeds a text as the dialect compares it.
    #[inline]
    pub(super) fn hash_text(&self, text: &str, state: &mut impl Hasher) {
        match self.case {
            KeyCase::Insensitive => fold::hash_into(text, state),
            KeyCase::Exact => {
                state.write(text.as_bytes());
                state.write_u8(0xff);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Location;
    use super::*;
    use cimarron_model::{Dialect, Name};
    use proptest::prelude::*;
    use smol_str::SmolStr;
    use std::sync::Arc;

    fn rules(dialect: Dialect) -> KeyRules {
        let servers = Arc::from([SmolStr::new("ALPHA")]);
        let location = Location { servers, namespace: Name::new("root/x") };
        KeyRules::new(dialect, Arc::new(location))
    }

    /// Paths that are often the same object, spelled in many ways.
    fn path() -> impl Strategy<Value = String> {
        let head = prop::sample::select(vec![
            "",
            r"root\x:",
            r"\\.\root\x:",
            r"\\alpha\ROOT\X:",
            r"root\y:",
            r"\\beta\root\x:",
        ]);
        let value = prop::sample::select(vec![
            "1",
            r#""1""#,
            "TRUE",
            r#""true""#,
            r#""a""#,
            r#""A""#,
            r#""X_B.K=\"a\"""#,
        ]);
        let class = prop::sample::select(vec!["X_A", "x_a", "X_B"]);
        (head, class, value.clone(), value, 0..5_u8).prop_map(
            |(head, class, k, l, form)| match form {
                0 => format!("{head}{class}={k}"),
                1 => format!("{head}{class}.K={k}"),
                2 => format!("{head}{class}.K={k},L={l}"),
                3 => format!("{head}{class}.l={l},k={k}"),
                _ => format!("{head}{class}=@"),
            },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]
        #[test]
        fn agrees_with_the_canonical_texts(a in path(), b in path()) {
            for dialect in [Dialect::Wmi, Dialect::Dmtf] {
                let rules = rules(dialect);
                let (a, b) = (ObjectPath::parse(&a).unwrap(), ObjectPath::parse(&b).unwrap());
                let same = rules.canonical(&a) == rules.canonical(&b);
                prop_assert_eq!(rules.same_path(&a, &b), same, "{} {}", a, b);
                let hash = |path: &ObjectPath| {
                    let mut state = rules.build.build_hasher();
                    rules.hash_path(path, &mut state);
                    state.finish()
                };
                prop_assert!(!same || hash(&a) == hash(&b), "{} {}", a, b);
            }
        }
    }
}
