//! The path that references are compared with.

use cimarron_model::{ObjectPath, ReferenceRules, fold};
use smol_str::SmolStr;

/// A path that a query names, and the rules by which a reference is another spelling of it.
#[derive(Clone, Debug, PartialEq)]
pub struct PathConstant {
    /// As [`ObjectPath::to_wmi`] prints it, or as it was written when it is no path.
    text: SmolStr,
    path: Option<ObjectPath>,
    /// The text of its only key, as [`ReferenceRules::only_text`] has it.
    only: Option<SmolStr>,
    rules: ReferenceRules,
}

impl PathConstant {
    /// The constant of a text.
    pub fn new(text: &SmolStr, rules: &ReferenceRules) -> Self {
        let path = ObjectPath::parse(text).ok();
        let text = path.as_ref().map_or_else(|| text.clone(), |path| path.to_wmi().into());
        let only = path.as_ref().and_then(|path| rules.only_text(path));
        Self { text, path, only, rules: rules.clone() }
    }

    /// The path, printed; the text itself when that is no path.
    pub const fn text(&self) -> &SmolStr {
        &self.text
    }

    /// The path; `None` when the text is none, and equals no reference.
    pub const fn path(&self) -> Option<&ObjectPath> {
        self.path.as_ref()
    }

    /// Whether a reference names the same object.
    pub fn is(&self, reference: &ObjectPath) -> bool {
        self.path.as_ref().is_some_and(|path| self.rules.same(reference, path))
    }

    /// Whether a text, which is an object's path, names the same object.
    pub fn is_text(&self, text: &str) -> bool {
        // Nearly always written as it is printed.
        if text == self.text {
            return true;
        }
        let Some(path) = &self.path else { return fold::eq(text, &self.text) };
        if path.class.as_ref().is_some_and(|class| !class.is(class_of(text))) {
            return false;
        }
        match only_key_of(text) {
            Some(key) => self.only.as_ref().is_some_and(|only| self.rules.same_text(only, key)),
            None => ObjectPath::parse(text).is_ok_and(|path| self.is(&path)),
        }
    }

    /// A text that it shares with all constants that name the same object.
    pub fn canonical(&self) -> String {
        match &self.path {
            Some(path) => self.rules.canonical(path),
            // No path begins so.
            None => format!("?{}", fold::fold(&self.text)),
        }
    }
}

/// Where a text has the class if it is the path of a class or an instance: behind the last colon
/// that is not in a key.
fn class_of(text: &str) -> &str {
    let head = text.find(['=', '"', '\'']).and_then(|end| text.get(..end)).unwrap_or(text);
    let object = head.rsplit_once(':').map_or(head, |(_, object)| object);
    object.split_once('.').map_or(object, |(class, _)| class)
}

/// The value in the text of a path of this namespace with one key that is a string and takes no
/// further reading: neither an escape nor a path. To look at such a text allocates nothing.
fn only_key_of(text: &str) -> Option<&str> {
    let (class, key) = text.split_once('.')?;
    let (name, value) = key.split_once('=')?;
    let value = value.strip_prefix('"')?.strip_suffix('"')?;
    let is_plain = !value.contains(['"', '\\', '=']) && !value.ends_with('.');
    (is_plain && is_name(class) && is_name(name)).then_some(value)
}

/// Whether paths take a text for a name.
fn is_name(text: &str) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || !b.is_ascii();
    text.bytes().all(fits) && text.starts_with(|c: char| !c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use cimarron_model::{Dialect, Location};
    use proptest::prelude::*;
    use std::sync::Arc;

    fn text() -> impl Strategy<Value = String> {
        let head = ["", "", "", r"\\.\root\x:", "//host:5988/root/y:", "/:", "root/x:", "a.b:"];
        let class = ["X_A", "x_a", "X_B", "1X", "É", ""];
        let middle = [".K=", ".k=", "=", ".K", "..K=", ".1=", ".K=1,L=", ".L=\"a\",K=", "."];
        let value = [
            r#""a""#,
            r#""A""#,
            "'a'",
            r#""a\"""#,
            r#""x_b=1""#,
            r#""X_B.K='1'""#,
            r#""/:X_S.""#,
            r#""a:b.c""#,
            r#""16""#,
            "16",
            "0x10",
            "\"",
            "@",
            "",
        ];
        let any = |of: &[&'static str]| prop::sample::select(of.to_vec());
        (any(&head), any(&class), any(&middle), any(&value))
            .prop_map(|(head, class, middle, value)| [head, class, middle, value].concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]
        #[test]
        fn texts_are_compared_as_paths(constant in text(), text in text(), dmtf: bool) {
            let dialect = if dmtf { Dialect::Dmtf } else { Dialect::Wmi };
            let location = Arc::new(Location::of_namespace("root/x"));
            let rules = ReferenceRules::new(dialect, location);
            let constant = PathConstant::new(&constant.into(), &rules);
            let expected = match constant.path() {
                Some(_) => ObjectPath::parse(&text).is_ok_and(|path| constant.is(&path)),
                None => fold::eq(&text, constant.text()),
            };
            prop_assert_eq!(constant.is_text(&text), expected, "{} {}", constant.text(), text);
        }
    }
}
