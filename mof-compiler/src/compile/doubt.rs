//! Mistakes that are only the consequence of another one.
//!
//! A class whose declaration, or that of a class above it, could not be compiled may have
//! any members. What depends on these is not judged: the mistake itself has been reported.

use super::namespace::Namespace;
use cimarron_model::{CaseInsensitive, Name};
use cimarron_schema::rules::{Element, Part, Rule, Violation};
use hashbrown::HashSet;
use std::cell::RefCell;
use std::rc::Rc;

/// The classes of which not everything is known.
#[derive(Clone, Debug, Default)]
pub(super) struct Doubtful(Rc<RefCell<HashSet<Name>>>);

impl Doubtful {
    pub(super) fn add(&self, class: &str) {
        self.0.borrow_mut().insert(Name::new(class));
    }

    pub(super) fn has(&self, class: &str) -> bool {
        self.0.borrow().contains(&CaseInsensitive(class))
    }
}

impl Namespace<'_, '_> {
    /// Whether not everything is known about a class.
    pub(super) fn doubts(&self, class: &str) -> bool {
        self.doubtful.has(class) || self.sink.broken.has_class(class)
    }

    /// Whether a violation of a class may be due to what is not known. `above` says whether
    /// that is so of the superclass.
    pub(super) fn is_consequence(&self, violation: &Violation, class: &Name, above: bool) -> bool {
        // Its qualifiers may be what could not be read.
        let unread = || self.sink.broken.has_class(class.as_str());
        match (violation.rule, &violation.part) {
            (Rule::UndeclaredQualifier, Part::Qualifier(name)) => {
                self.sink.broken.has_qualifier(name.as_str())
            }
            (
                Rule::OverrideTarget
                | Rule::DynamicWithoutProvider
                | Rule::TooFewReferences
                | Rule::ParameterWithoutDirection,
                _,
            ) => above,
            // What kind of class it is may come from above.
            (
                Rule::ReferenceOutsideAssociation
                | Rule::AssociationUnderClass
                | Rule::AbstractUnderConcrete
                | Rule::SingletonUnderClass,
                _,
            ) => above || unread(),
            (Rule::QualifierScope, _) => violation.element == Element::Class && (above || unread()),
            (Rule::StaticUnderDynamic, _) => unread(),
            _ => false,
        }
    }
}
