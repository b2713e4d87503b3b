//! The path that references are compared with.

use cimarron_model::{Name, ObjectPath, ReferenceRules, fold};
use smol_str::SmolStr;

/// A path that a query names, and the rules by which a reference is another spelling of it.
#[derive(Clone, Debug, PartialEq)]
pub struct PathConstant {
    /// As [`ObjectPath::to_wmi`] prints it, or as it was written when it is no path.
    text: SmolStr,
    path: Option<ObjectPath>,
    /// Whether some of its keys are paths themselves.
    has_nested: bool,
    rules: ReferenceRules,
}

impl PathConstant {
    /// The constant of a text. `is_reference` says which keys of a class are references, as
    /// for [`ObjectPath::with_nested`].
    pub fn new(
        text: &SmolStr,
        rules: &ReferenceRules,
        is_reference: &dyn Fn(&ObjectPath, Option<&Name>) -> bool,
    ) -> Self {
        let path = ObjectPath::parse(text).ok();
        let path = path.map(|path| path.with_nested(is_reference).unwrap_or(path));
        Self {
            text: path.as_ref().map_or_else(|| text.clone(), |path| path.to_wmi().into()),
            has_nested: path.as_ref().is_some_and(|path| path.depth() > 1),
            path,
            rules: rules.clone(),
        }
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
        self.path.as_ref().is_some_and(|path| {
            if !self.has_nested {
                return self.rules.same(reference, path);
            }
            let is_reference = |of: &ObjectPath, key: Option<&Name>| has_reference(path, of, key);
            match reference.with_nested(&is_reference) {
                Some(reference) => self.rules.same(&reference, path),
                None => self.rules.same(reference, path),
            }
        })
    }

    /// Whether a text, which is an object's path, names the same object.
    pub fn is_text(&self, text: &str) -> bool {
        // Nearly always written as it is printed.
        text == self.text
            || match &self.path {
                Some(_) => ObjectPath::parse(text).is_ok_and(|path| self.is(&path)),
                None => fold::eq(text, &self.text),
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

/// Whether a key of a class is a reference, as far as a path has one of that class, which is
/// typed: what it does not have is not compared with it.
fn has_reference(path: &ObjectPath, of: &ObjectPath, key: Option<&Name>) -> bool {
    use cimarron_model::KeyValue::Reference;
    let is_it = path.class == of.class
        && match key {
            Some(key) => matches!(path.key(key.as_str()), Some(Reference(_))),
            None => matches!(path.keys.values().next(), Some(Reference(_))),
        };
    is_it
        || path.keys.values().any(|value| match value {
            Reference(inner) => has_reference(inner, of, key),
            _ => false,
        })
}
