//! Schema evolution: what changed from one schema to another, and whether it
//! breaks those who rely on the old one.
//!
//! Classes are compared as clients see them, resolved, but a change is reported
//! where it was made: at the class that declares the element, and not again in
//! every class that inherits it. A class reports what its superclass does not
//! report already; so a property that moves up is one change at the class that had
//! it, and a class that changes its superclass reports what it lost and got by it.
//!
//! [`Kind`] is the table of all changes with the verdict, the reason and the source
//! of each. Removed and added elements that look alike come as [`Rename`] hints
//! beside the changes and never soften them.

mod change;
mod class;
mod cover;
mod fact;
mod instances;
mod kind;
mod member;
mod parameter;
mod qualifier;
mod qualifier_type;
mod rename;
mod target;
mod values;

pub use change::{Change, Element, Rename};
pub use kind::{Kind, Sign, Source, Verdict};

use crate::Language;
use crate::compile::mof3::is_standard;
use cimarron_model::{Dialect, Name, fold};
use cimarron_schema::{Archive, QualifierTypeView, SchemaView};
use fact::Fact;
use std::cmp::Ordering;

/// What changed, in a fixed order: namespaces by name, and in each the qualifier
/// types and classes by name and then the instances.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// The changes.
    pub changes: Vec<Change>,
    /// Pairs of removed and added elements that may be one.
    pub renames: Vec<Rename>,
}

impl Changes {
    /// How many changes have this verdict.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.changes.iter().filter(|change| change.verdict == verdict).count()
    }

    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }
}

/// Compares two archives, namespace by namespace. A namespace without content is
/// as good as none.
pub fn compare(old: &Archive, new: &Archive) -> Changes {
    compare_as(Language::Mof2, old, new)
}

/// As [`compare`], of texts of a language. Of the qualifier types that MOF 3 has for every text
/// an archive holds those that are used: that one comes or goes there is no change.
pub fn compare_as(language: Language, old: &Archive, new: &Archive) -> Changes {
    let mut found = Changes::default();
    if old.content_hash() == new.content_hash() {
        return found;
    }
    let (old_spaces, new_spaces) = (filled(old), filled(new));
    for pair in paired(&old_spaces, &new_spaces, |s| s.name()) {
        match pair {
            (Some(before), Some(after)) => {
                Comparison {
                    old: before,
                    new: after,
                    old_dialect: old.dialect(),
                    new_dialect: new.dialect(),
                    language,
                    namespace: Name::new(after.name()),
                    found: &mut found,
                }
                .run();
            }
            (before, after) => found.changes.extend(whole_namespace(before, after)),
        }
    }
    found
}

/// The namespaces that hold anything, in the order of their names.
fn filled(archive: &Archive) -> Vec<SchemaView<'_>> {
    let mut all: Vec<_> = archive.namespaces().filter(|s| !s.is_empty()).collect();
    all.sort_by(|a, b| fold::cmp(a.name(), b.name()));
    all
}

/// A namespace that only one side has is one change.
fn whole_namespace(
    before: Option<SchemaView<'_>>,
    after: Option<SchemaView<'_>>,
) -> Option<Change> {
    let kind = if after.is_some() { Kind::NamespaceAdded } else { Kind::NamespaceRemoved };
    let content = |s: SchemaView<'_>| {
        let counted = |n: usize, one, many| format!("{n} {}", if n == 1 { one } else { many });
        let classes = counted(s.class_count(), "class", "classes");
        format!("{classes}, {}", counted(s.instance_count(), "instance", "instances"))
    };
    Some(Change {
        kind,
        verdict: kind.verdict(),
        namespace: Name::new(after.or(before)?.name()),
        element: Element::Namespace,
        qualifier: None,
        old: before.map(content),
        new: after.map(content),
        experimental: false,
        subclasses: 0,
    })
}

/// Merges two lists in the order of their names into pairs of the same name.
fn paired<T: Copy>(old: &[T], new: &[T], name: impl Fn(&T) -> &str) -> Vec<(Option<T>, Option<T>)> {
    let (mut old, mut new) = (old.iter().peekable(), new.iter().peekable());
    let mut pairs = Vec::new();
    loop {
        let order = match (old.peek(), new.peek()) {
            (Some(a), Some(b)) => fold::cmp(name(a), name(b)),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => return pairs,
        };
        let before = if order.is_le() { old.next().copied() } else { None };
        let after = if order.is_ge() { new.next().copied() } else { None };
        pairs.push((before, after));
    }
}

/// The comparison of one namespace.
struct Comparison<'a, 'f> {
    old: SchemaView<'a>,
    new: SchemaView<'a>,
    old_dialect: Dialect,
    new_dialect: Dialect,
    language: Language,
    namespace: Name,
    found: &'f mut Changes,
}

impl<'a> Comparison<'a, '_> {
    fn run(&mut self) {
        self.qualifier_types();
        self.classes();
        self.instances();
    }

    /// Whether parameters go in that do not say so, in the old schema and in the new.
    fn implies_in(&self) -> (bool, bool) {
        (self.old.implies_in(self.old_dialect), self.new.implies_in(self.new_dialect))
    }

    fn qualifier_types(&mut self) {
        let (old, new): (Vec<_>, Vec<_>) =
            (self.old.qualifier_types().collect(), self.new.qualifier_types().collect());
        for (before, after) in paired(&old, &new, |q| q.name()) {
            let Some(name) = after.or(before).map(|q| Name::new(q.name())) else { continue };
            let is_standard = |view: QualifierTypeView<'_>| is_standard(&view.to_qualifier_type());
            if let (Some(lone), None) | (None, Some(lone)) = (before, after)
                && self.language == Language::Mof3
                && is_standard(lone)
            {
                continue;
            }
            let facts = qualifier_type::facts(before, after, self.new_dialect);
            self.report(&Element::QualifierType(name), facts, false, 0);
        }
    }

    fn classes(&mut self) {
        let (old, new): (Vec<_>, Vec<_>) =
            (self.old.classes_by_name().collect(), self.new.classes_by_name().collect());
        let (mut removed, mut added) = (Vec::new(), Vec::new());
        for pair in paired(&old, &new, |c| c.name()) {
            match pair {
                (Some(before), Some(after)) => self.class(before, after),
                (Some(before), None) => {
                    removed.push(before);
                    self.lone_class(before, Kind::ClassRemoved);
                }
                (None, Some(after)) => {
                    added.push(after);
                    self.lone_class(after, Kind::ClassAdded);
                }
                (None, None) => {}
            }
        }
        for (before, after) in rename::classes(&removed, &added, self.implies_in().1) {
            self.rename(Element::Class(before.name().into()), Element::Class(after.name().into()));
        }
    }

    /// Appends facts about an element as changes.
    fn report(
        &mut self,
        element: &Element,
        facts: impl IntoIterator<Item = Fact>,
        experimental: bool,
        subclasses: usize,
    ) {
        for fact in facts {
            let experimental = experimental || fact.experimental;
            let element = match (&fact.parameter, element) {
                (Some(parameter), Element::Method(class, method)) => {
                    Element::Parameter(class.clone(), method.clone(), parameter.clone())
                }
                _ => element.clone(),
            };
            let verdict = match fact.kind.verdict() {
                Verdict::Breaking if experimental => Verdict::Compatible,
                verdict => verdict,
            };
            self.found.changes.push(Change {
                kind: fact.kind,
                verdict,
                namespace: self.namespace.clone(),
                element,
                qualifier: fact.qualifier,
                old: fact.old,
                new: fact.new,
                experimental,
                subclasses,
            });
        }
    }

    fn rename(&mut self, old: Element, new: Element) {
        self.found.renames.push(Rename { namespace: self.namespace.clone(), old, new });
    }
}
