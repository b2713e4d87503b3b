//! Declarations that could not be read, as far as their names could.
//!
//! Whoever uses what such a declaration would have made has done nothing wrong: the
//! mistake has been reported where it is, and saying "unknown class" a hundred times more
//! helps nobody.

use cimarron_model::{CaseInsensitive, Name};
use hashbrown::HashSet;

/// The names that broken declarations would have made.
#[derive(Clone, Debug, Default)]
pub(crate) struct Broken {
    classes: HashSet<Name>,
    qualifiers: HashSet<Name>,
    aliases: HashSet<Name>,
    /// Those of all kinds that are no names, as written.
    misspelt: HashSet<Name>,
    /// Whether a file is missing, which may declare any qualifier.
    pub(crate) lacks_a_file: bool,
}

impl Broken {
    pub(crate) fn add_class(&mut self, name: &str) {
        self.classes.insert(Name::new(name));
    }

    pub(crate) fn add_qualifier(&mut self, name: &str) {
        self.qualifiers.insert(Name::new(name));
    }

    pub(crate) fn add_alias(&mut self, name: &str) {
        self.aliases.insert(Name::new(name));
    }

    /// Remembers that something was to have a name that none can have.
    pub(crate) fn add_misspelt(&mut self, text: &str) {
        self.misspelt.insert(Name::new(text));
    }

    /// Whether this is what something was to be called.
    pub(crate) fn has_name(&self, text: &str) -> bool {
        self.misspelt.contains(&CaseInsensitive(text))
    }

    pub(crate) fn has_class(&self, name: &str) -> bool {
        self.classes.contains(&CaseInsensitive(name))
    }

    pub(crate) fn has_qualifier(&self, name: &str) -> bool {
        self.lacks_a_file || self.qualifiers.contains(&CaseInsensitive(name))
    }

    pub(crate) fn has_alias(&self, name: &str) -> bool {
        self.aliases.contains(&CaseInsensitive(name))
    }

    pub(crate) fn append(&mut self, other: Self) {
        self.classes.extend(other.classes);
        self.qualifiers.extend(other.qualifiers);
        self.aliases.extend(other.aliases);
        self.misspelt.extend(other.misspelt);
        self.lacks_a_file |= other.lacks_a_file;
    }
}
