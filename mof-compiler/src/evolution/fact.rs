//! What comparing two elements finds, before it is known where it is reported.

use super::kind::Kind;
use cimarron_model::Name;
use hashbrown::HashSet;
use std::hash::{Hash, Hasher};

/// One difference between an element of the old schema and the same of the new.
#[derive(Clone, Debug)]
pub(super) struct Fact {
    pub(super) kind: Kind,
    /// The parameter, for a fact about a method.
    pub(super) parameter: Option<Name>,
    pub(super) qualifier: Option<Name>,
    pub(super) old: Option<String>,
    pub(super) new: Option<String>,
    /// Whether the class itself writes the qualifier, on either side.
    pub(super) written_here: bool,
    /// Whether it is about something experimental in an element that may not be.
    pub(super) experimental: bool,
}

impl Fact {
    pub(super) const fn new(kind: Kind, old: Option<String>, new: Option<String>) -> Self {
        Self {
            kind,
            parameter: None,
            qualifier: None,
            old,
            new,
            written_here: false,
            experimental: false,
        }
    }

    pub(super) fn of_parameter(mut self, name: &Name) -> Self {
        self.parameter = Some(name.clone());
        self
    }
}

/// Keeps the facts that a superclass does not show alike: what it shows is reported
/// there, unless the class itself writes the qualifier.
pub(super) fn retain_own(facts: &mut Vec<Fact>, above: &[Fact]) {
    if facts.is_empty() || above.is_empty() {
        return;
    }
    let above: HashSet<&Fact> = above.iter().collect();
    facts.retain(|fact| {
        // What replaces a unit here does not undo that it was removed above.
        let removed = || Fact { kind: Kind::UnitsRemoved, ..fact.clone() };
        let shown = above.contains(fact)
            || (fact.kind == Kind::UnitsReplaced && above.contains(&removed()));
        fact.written_here || !shown
    });
}

/// Facts are equal when they say the same, whoever wrote it.
impl PartialEq for Fact {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
            && self.parameter == other.parameter
            && self.qualifier == other.qualifier
            && self.old == other.old
            && self.new == other.new
    }
}

impl Eq for Fact {}

impl Hash for Fact {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.kind.hash(state);
        self.parameter.hash(state);
        self.qualifier.hash(state);
        self.old.hash(state);
        self.new.hash(state);
    }
}
