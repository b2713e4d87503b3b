//! The path that references are compared with.

use cimarron_model::{ObjectPath, ReferenceRules, fold};
use smol_str::SmolStr;

/// A path that a query names, and the rules by which a reference is another spelling of it.
#[derive(Clone, Debug, PartialEq)]
pub struct PathConstant {
    /// As [`ObjectPath::to_wmi`] prints it, or as it was written when it is no path.
    text: SmolStr,
    path: Option<ObjectPath>,
    rules: ReferenceRules,
}

impl PathConstant {
    /// The constant of a text.
    pub fn new(text: &SmolStr, rules: &ReferenceRules) -> Self {
        let path = ObjectPath::parse(text).ok();
        let text = path.as_ref().map_or_else(|| text.clone(), |path| path.to_wmi().into());
        Self { text, path, rules: rules.clone() }
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
