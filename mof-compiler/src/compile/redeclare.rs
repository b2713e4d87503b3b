//! Classes that are declared again, and classes that are there already.
//!
//! DSP0004 has no second declaration. WMI reads one as an update of the class as it
//! stands, and how far that may go is what the update flags say (WMI SDK, "pragma
//! classflags"; WQL_MOF.md part 5, class update modes): without any, a class that has
//! subclasses or instances may only change in unimportant qualifiers.

use super::At;
use super::class;
use super::namespace::Namespace;
use super::unit::{Class, Item};
use super::update::{Existence, UpdateFlags, UpdateMode};
use crate::Code;
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::source::FileId;
use crate::source::Span;
use cimarron_model::{self as model, Dialect, Name};
use cimarron_schema::{ResolvedClass, differs_in_more_than_notes};
use hashbrown::HashMap;

/// What hangs on the classes of a text.
#[derive(Default)]
pub(super) struct Dependents {
    of_class: HashMap<Name, OfClass>,
}

/// What hangs on one class.
#[derive(Default)]
struct OfClass {
    /// Where its first subclass stands.
    below: Option<(usize, Place)>,
    /// Where its instances come and go, how many are left then, and the last one that came.
    instances: Vec<(usize, usize, Place)>,
}

/// A place in the text.
type Place = (FileId, Span);

impl Dependents {
    pub(super) fn of(classes: &[Class<'_>], items: &[Item<'_>]) -> Self {
        let mut found = Self::default();
        for class in classes {
            let Some(superclass) = class.node.superclass else { continue };
            let below = &mut found.entry(superclass.text).below;
            below.get_or_insert((class.order, (class.file, class.node.name.span)));
        }
        for item in items {
            match item {
                Item::Declared(one) => {
                    let instances = &mut found.entry(one.at.node.class.text).instances;
                    let left = instances.last().map_or(0, |(_, left, _)| *left);
                    let place = (one.at.file, one.at.node.class.span);
                    instances.push((one.order, left + 1, place));
                }
                // Which one it is depends on keys that are not known yet. It is one.
                Item::Deleted(removal) => {
                    let Some(class) = &removal.path.class else { continue };
                    let instances = &mut found.entry(class.as_str()).instances;
                    if let Some((_, left, place)) = instances.last().copied() {
                        instances.push((removal.order, left.saturating_sub(1), place));
                    }
                }
            }
        }
        found
    }

    fn entry(&mut self, class: &str) -> &mut OfClass {
        self.of_class.entry(Name::new(class)).or_default()
    }

    /// Where a subclass stands that was declared above a place of the text.
    fn subclass(&self, class: &Name, order: usize) -> Option<Place> {
        let (_, place) = self.of_class.get(class)?.below.filter(|(at, _)| *at < order)?;
        Some(place)
    }

    /// Where an instance stands that is there at a place of the text.
    fn instance(&self, class: &Name, order: usize) -> Option<Place> {
        let instances = &self.of_class.get(class)?.instances;
        let last = instances.partition_point(|(at, ..)| *at < order).checked_sub(1)?;
        let (_, left, place) = instances.get(last)?;
        (*left > 0).then_some(*place)
    }
}

/// The classes that a later declaration changes by force, and where that stands: what
/// conflicts with them in subclasses above it goes.
#[derive(Default)]
pub(super) struct Forced(HashMap<Name, usize>);

impl Forced {
    pub(super) fn add(&mut self, now: &Class<'_>) {
        if now.flags.mode == UpdateMode::Force {
            self.0.insert(Name::new(now.node.name.text), now.order);
        }
    }

    /// Whether a class above this declaration is changed by force below it.
    pub(super) fn holds(&self, declared: &Class<'_>, above: Option<&ResolvedClass>) -> bool {
        if self.0.is_empty() {
            return false;
        }
        let names = above.into_iter().flat_map(|a| std::iter::once(&a.name).chain(&a.ancestors));
        names.filter_map(|name| self.0.get(name)).any(|order| declared.order < *order)
    }
}

/// What a declaration is to the one above it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Again {
    /// It says the same, and all of that could be said.
    Same,
    /// It takes the other one's place.
    Update,
    /// It may not take the other one's place.
    Refused,
}

impl Namespace<'_, '_> {
    /// Judges the update flags of a class: whether they let it be made, or changed.
    /// `before` is its declaration above, if any.
    pub(super) fn existence(&mut self, before: Option<&Class<'_>>, now: &Class<'_>) -> bool {
        let name = now.node.name;
        let there = || self.context.base.class(self.context.namespace, name.text).is_some();
        let found = match now.flags.existence {
            Existence::CreateOrUpdate => return true,
            Existence::CreateOnly if before.is_none() && !there() => return true,
            Existence::UpdateOnly if before.is_some() || there() => return true,
            Existence::CreateOnly => {
                let message = format!("the class `{}` exists already", name.text);
                let found = now.at().error(Code::CreateOnlyExists, name.span, message);
                match before {
                    Some(before) => first_declared(found, before),
                    None => found,
                }
                .with_help("the class flag createonly lets nothing change")
            }
            Existence::UpdateOnly => {
                let message = format!("there is no class `{}` to update", name.text);
                let found = now.at().error(Code::UpdateOnlyMissing, name.span, message);
                found.with_help("the class flag updateonly lets nothing be created")
            }
        };
        self.sink.push(found);
        false
    }

    /// A class that is declared again: an update in WMI, and in DMTF MOF a mistake,
    /// unless both say the same.
    pub(super) fn declared_again(
        &mut self,
        before: &Class<'_>,
        now: &Class<'_>,
        dependents: &Dependents,
    ) -> Again {
        let (old, left_out_before) = self.lowered(before);
        let (new, left_out) = self.lowered(now);
        if old == new {
            // What could not be converted may be all that differs.
            return if left_out == left_out_before { Again::Same } else { Again::Update };
        }
        let name = &new.name;
        let span = now.node.name.span;
        let again = || {
            let message = format!("the class `{name}` is declared again");
            first_declared(now.at().error(Code::DuplicateClass, span, message), before)
        };
        if self.context.dialect == Dialect::Dmtf {
            self.sink.push(again().with_help("remove one of the two"));
            return Again::Refused;
        }
        let in_the_way = match now.flags.mode {
            UpdateMode::Compatible if differs_in_more_than_notes(&old, &new) => {
                in_the_way(now, name, dependents)
            }
            UpdateMode::Safe if changes_type(&old, &new) => instance_above(now, name, dependents),
            _ => None,
        };
        if let Some(found) = in_the_way {
            self.sink.push(first_declared(found, before));
            return Again::Refused;
        }
        if now.flags == UpdateFlags::default() {
            let found = again().with_severity(Severity::Warning);
            self.sink.push(found.with_help("the last declaration counts"));
        }
        Again::Update
    }
}

impl Namespace<'_, '_> {
    /// A class as its declaration says, and why it is without some of that.
    fn lowered(&mut self, declared: &Class<'_>) -> (model::Class, Vec<String>) {
        let mut unheard = Diagnostics::new();
        let mut quiet = self.with_sink(&mut unheard);
        let class = class::lower(&mut quiet, declared.at(), &declared.flavors).class;
        (class, unheard.as_slice().iter().map(|found| found.message.clone()).collect())
    }
}

/// Whether a property has another type than before, so that values in instances conflict.
fn changes_type(old: &model::Class, new: &model::Class) -> bool {
    new.properties.iter().any(|property| {
        let before = old.properties.iter().find(|p| p.name == property.name);
        before.is_some_and(|before| before.data_type != property.data_type)
    })
}

/// An instance that keeps the types of a class from changing.
fn instance_above(now: &Class<'_>, name: &Name, dependents: &Dependents) -> Option<Diagnostic> {
    let (file, span) = dependents.instance(name, now.order)?;
    let message = format!("a property of `{name}` changes its type, and has values above");
    let found = now.at().error(Code::ClassHasInstances, now.node.name.span, message);
    Some(found.with_label(file, span, "one of its instances").with_help(
        "write #pragma classflags(\"forceupdate\") above to convert them where possible",
    ))
}

/// What keeps a class from changing that is declared again.
fn in_the_way(now: &Class<'_>, name: &Name, dependents: &Dependents) -> Option<Diagnostic> {
    let below = dependents.subclass(name, now.order);
    let (code, (file, span), what) = match below {
        Some(place) => (Code::ClassHasChildren, place, "subclasses"),
        None => (Code::ClassHasInstances, dependents.instance(name, now.order)?, "instances"),
    };
    let message = format!("the class `{name}` changes, and has {what} above");
    let at: At<'_, _> = now.at();
    let found = at.error(code, now.node.name.span, message);
    Some(
        found
            .with_label(file, span, format!("one of its {what}"))
            .with_help("write #pragma classflags(\"safeupdate\") above to change it with them"),
    )
}

fn first_declared(found: Diagnostic, before: &Class<'_>) -> Diagnostic {
    found.with_label(before.file, before.node.name.span, "first declared here")
}
