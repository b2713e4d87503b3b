//! Classes that are declared again, and classes that are there already.
//!
//! DSP0004 has no second declaration. WMI reads one as an update of the class as it
//! stands, and how far that may go is what the update flags say (WMI SDK, "pragma
//! classflags"; WQL_MOF.md part 5, class update modes): without any, a class that has
//! subclasses or instances may only change in unimportant qualifiers.

use super::At;
use super::class;
use super::flavors::GlobalFlavors;
use super::namespace::Namespace;
use super::same_defaults;
use super::unit::{Class, Instance, Item};
use super::update::{Existence, UpdateFlags, UpdateMode};
use crate::Code;
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::source::FileId;
use crate::source::Span;
use crate::syntax::ast::ClassDeclaration;
use cimarron_model::{self as model, Dialect, Name};
use cimarron_schema::{ResolvedClass, differs_in_more_than_notes};
use hashbrown::HashMap;

/// What hangs on the classes of a text.
#[derive(Default)]
pub(super) struct Dependents {
    of_class: HashMap<Name, OfClass>,
    /// The first `#pragma deleteinstance`.
    first_removal: Option<usize>,
}

/// What hangs on one class: where its first subclass stands, and the first instance of it or
/// of a class below it.
#[derive(Default)]
struct OfClass {
    below: Option<(usize, Place)>,
    instance: Option<(usize, Place)>,
}

/// A place in the text.
type Place = (FileId, Span);

/// Something above a declaration that keeps it from changing a class.
struct InTheWay {
    found: Diagnostic,
    /// Whether it may have been deleted before. Which instances are, depends on keys that are
    /// not known yet.
    perhaps: bool,
}

/// A change of a class that takes effect unless an instance is in the way, which shows when
/// instances are compiled.
pub(super) struct OpenChange {
    pub(super) order: usize,
    pub(super) class: Name,
    /// What to report when an instance is there.
    pub(super) in_the_way: Diagnostic,
    /// What else.
    pub(super) otherwise: Option<Diagnostic>,
}

impl Dependents {
    pub(super) fn of(classes: &[Class<'_>], items: &[Item<'_>]) -> Self {
        let mut found = Self::default();
        let mut above: HashMap<Name, Name> = HashMap::new();
        for class in classes {
            let Some(superclass) = class.node.superclass else { continue };
            let superclass = Name::new(superclass.text);
            above.insert(Name::new(class.node.name.text), superclass.clone());
            let below = &mut found.of_class.entry(superclass).or_default().below;
            below.get_or_insert((class.order, (class.file, class.node.name.span)));
        }
        for item in items {
            match item {
                Item::Declared(one) => found.add_instance(one, &above),
                Item::Deleted(removal) => _ = found.first_removal.get_or_insert(removal.order),
            }
        }
        found
    }

    fn add_instance(&mut self, one: &Instance<'_>, above: &HashMap<Name, Name>) {
        let mut next = Some(Name::new(one.at.node.class.text));
        // What has an instance already has told all above it.
        while let Some(name) = next.take() {
            let of_class = self.of_class.entry(name.clone()).or_default();
            if of_class.instance.is_none() {
                of_class.instance = Some((one.order, (one.at.file, one.at.node.class.span)));
                next = above.get(&name).cloned();
            }
        }
    }

    /// Where a subclass stands that was declared above a place of the text.
    fn subclass(&self, class: &Name, order: usize) -> Option<Place> {
        let (_, place) = self.of_class.get(class)?.below.filter(|(at, _)| *at < order)?;
        Some(place)
    }

    /// Where an instance stands that was declared above a place of the text.
    fn instance(&self, class: &Name, order: usize) -> Option<Place> {
        let (_, place) = self.of_class.get(class)?.instance.filter(|(at, _)| *at < order)?;
        Some(place)
    }

    /// Whether instances were deleted above a place of the text.
    fn has_removals(&self, order: usize) -> bool {
        self.first_removal.is_some_and(|first| first < order)
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
        let (old, left_out_before) = self.lowered(before.at(), &before.flavors);
        let (new, left_out) = self.lowered(now.at(), &now.flavors);
        let agree = same_defaults::agree(self, before, now);
        if old == new && agree {
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
            UpdateMode::Compatible if !agree || differs_in_more_than_notes(&old, &new) => {
                in_the_way(now, name, dependents)
            }
            UpdateMode::Safe if changes_type(&old, &new) => instance_above(now, name, dependents),
            _ => None,
        };
        let noted = (now.flags == UpdateFlags::default()).then(|| {
            let found = again().with_severity(Severity::Warning);
            found.with_help("the last declaration counts")
        });
        match in_the_way {
            Some(InTheWay { found, perhaps: false }) => {
                self.sink.push(first_declared(found, before));
                return Again::Refused;
            }
            Some(InTheWay { found, perhaps: true }) => {
                let in_the_way = first_declared(found, before);
                let (order, class) = (now.order, name.clone());
                let open = OpenChange { order, class, in_the_way, otherwise: noted };
                self.history.borrow_mut().open.push(open);
            }
            None => noted.into_iter().for_each(|found| self.sink.push(found)),
        }
        Again::Update
    }
}

impl Namespace<'_, '_> {
    /// A class as its declaration says, and why it is without some of that.
    pub(super) fn lowered(
        &mut self,
        declared: At<'_, ClassDeclaration<'_>>,
        flavors: &GlobalFlavors,
    ) -> (model::Class, Vec<String>) {
        let mut unheard = Diagnostics::new();
        let mut quiet = self.with_sink(&mut unheard);
        let class = class::lower(&mut quiet, declared, flavors).class;
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
fn instance_above(now: &Class<'_>, name: &Name, dependents: &Dependents) -> Option<InTheWay> {
    let (file, span) = dependents.instance(name, now.order)?;
    let message = format!("a property of `{name}` changes its type, and has values above");
    let found = now.at().error(Code::ClassHasInstances, now.node.name.span, message);
    let found = found.with_label(file, span, "one of its instances").with_help(
        "write #pragma classflags(\"forceupdate\") above to convert them where possible",
    );
    Some(InTheWay { found, perhaps: dependents.has_removals(now.order) })
}

/// What keeps a class from changing that is declared again.
fn in_the_way(now: &Class<'_>, name: &Name, dependents: &Dependents) -> Option<InTheWay> {
    let below = dependents.subclass(name, now.order);
    let (code, (file, span), what) = match below {
        Some(place) => (Code::ClassHasChildren, place, "subclasses"),
        None => (Code::ClassHasInstances, dependents.instance(name, now.order)?, "instances"),
    };
    let message = format!("the class `{name}` changes, and has {what} above");
    let at: At<'_, _> = now.at();
    let found = at.error(code, now.node.name.span, message);
    let found = found
        .with_label(file, span, format!("one of its {what}"))
        .with_help("write #pragma classflags(\"safeupdate\") above to change it with them");
    let perhaps = below.is_none() && dependents.has_removals(now.order);
    Some(InTheWay { found, perhaps })
}

fn first_declared(found: Diagnostic, before: &Class<'_>) -> Diagnostic {
    found.with_label(before.file, before.node.name.span, "first declared here")
}
