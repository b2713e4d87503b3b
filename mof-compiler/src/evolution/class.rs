//! Comparing two versions of a class.

use super::change::Element;
use super::fact::{Fact, retain_own};
use super::kind::Kind;
use super::member::{Member, spelling};
use super::qualifier::{self, Site};
use super::{Comparison, rename};
use cimarron_model::{Name, fold};
use cimarron_schema::{ClassView, MethodView, PropertyView, QualifiersView};
use hashbrown::HashSet;

/// A class of the old schema and the class of that name in the new one.
#[derive(Clone, Copy)]
pub(super) struct Pair<'a> {
    pub(super) old: ClassView<'a>,
    pub(super) new: ClassView<'a>,
}

impl<'a> Comparison<'a, '_> {
    /// A class that only one side has.
    pub(super) fn lone_class(&mut self, class: ClassView<'a>, kind: Kind) {
        let above = class.superclass_name().map(|name| format!(" : {name}"));
        let text = Some(format!("class {}{}", class.name(), above.unwrap_or_default()));
        let fact = match kind {
            Kind::ClassRemoved => Fact::new(kind, text, None),
            _ => Fact::new(kind, None, text),
        };
        let experimental = kind == Kind::ClassRemoved && is_experimental(class.qualifiers());
        self.report(&Element::Class(class.name().into()), [fact], experimental, below(class));
    }

    pub(super) fn class(&mut self, old: ClassView<'a>, new: ClassView<'a>) {
        let pair = Pair { old, new };
        let name = Name::new(new.name());
        let above = self.nearest_common_superclass(pair);
        let experimental = is_experimental(old.qualifiers());

        let mut facts = self.class_facts(pair);
        if let Some(above) = above {
            let inherited = self.class_facts(above);
            retain_own(&mut facts, &inherited);
        }
        facts.splice(0..0, superclass(pair).into_iter().chain(spelling(old.name(), new.name())));
        self.report(&Element::Class(name), facts, experimental, below(new));

        self.members::<PropertyView<'a>>(pair, above, experimental);
        self.members::<MethodView<'a>>(pair, above, experimental);
    }

    fn class_facts(&self, pair: Pair<'a>) -> Vec<Fact> {
        let (old, new) = (pair.old.qualifiers(), pair.new.qualifiers());
        qualifier::facts(self, old, new, Site::Class)
    }

    /// The nearest class above both versions. What it shows differently is reported
    /// there or further up.
    fn nearest_common_superclass(&self, pair: Pair<'a>) -> Option<Pair<'a>> {
        if same_superclass(pair) {
            return Some(Pair { old: pair.old.superclass()?, new: pair.new.superclass()? });
        }
        let after: HashSet<Name> = pair.new.ancestors().map(Name::new).collect();
        pair.old
            .ancestors()
            .filter(|name| after.contains(&Name::new(name)))
            .find_map(|name| Some(Pair { old: self.old.class(name)?, new: self.new.class(name)? }))
    }

    fn members<M: Member<'a>>(
        &mut self,
        pair: Pair<'a>,
        above: Option<Pair<'a>>,
        class_is_experimental: bool,
    ) {
        let (mut removed, mut added) = (Vec::new(), Vec::new());
        let implies_in = self.implies_in();
        for (before, after) in candidates::<M>(pair) {
            let Some(either) = after.or(before) else { continue };
            let inherited_as =
                |name: &str| above.map(|above| (M::of(above.old, name), M::of(above.new, name)));
            let (above_before, above_after) = inherited_as(either.name()).unwrap_or((None, None));
            let facts = match (before, after) {
                (Some(before), Some(after)) => {
                    let mut facts = M::facts(self, before, after);
                    if let (Some(b), Some(a)) = (above_before, above_after) {
                        let inherited = M::facts(self, b, a);
                        retain_own(&mut facts, &inherited);
                    }
                    facts.splice(0..0, movement(pair, before, after, implies_in));
                    facts
                }
                (Some(before), None) => {
                    if above_before.is_some() && above_after.is_none() {
                        continue;
                    }
                    removed.push(before);
                    vec![Fact::new(M::REMOVED, Some(before.declaration(implies_in.0)), None)]
                }
                (None, Some(after)) => {
                    if above_before.is_none() && above_after.is_some() {
                        continue;
                    }
                    added.push(after);
                    vec![Fact::new(after.added(), None, Some(after.declaration(implies_in.1)))]
                }
                (None, None) => continue,
            };
            // What a class gets is a change of the class.
            let experimental = class_is_experimental
                || before.is_some_and(|before| is_experimental_member(pair.old, before));
            let element = M::element(pair.new.name().into(), either.name().into());
            self.report(&element, facts, experimental, below(pair.new));
        }
        removed.retain(|member| !member.propagated());
        added.retain(|member| !member.propagated());
        for (before, after) in rename::members(&removed, &added, implies_in.1) {
            let class = || Name::new(pair.new.name());
            self.rename(
                M::element(class(), before.name().into()),
                M::element(class(), after.name().into()),
            );
        }
    }
}

/// The members that can differ in more than the superclass does: with another
/// superclass all of them, else those that the class itself declares.
fn candidates<'a, M: Member<'a>>(pair: Pair<'a>) -> Vec<(Option<M>, Option<M>)> {
    let same = same_superclass(pair);
    let of = |class| if same { M::own(class) } else { M::all(class) };
    let mut seen = HashSet::new();
    of(pair.old)
        .into_iter()
        .chain(of(pair.new))
        .filter(|member| seen.insert(Name::new(member.name())))
        .map(|member| (M::of(pair.old, member.name()), M::of(pair.new, member.name())))
        .collect()
}

/// How the member's place in the hierarchy changed.
fn movement<'a, M: Member<'a>>(
    pair: Pair<'a>,
    before: M,
    after: M,
    (old_implies_in, new_implies_in): (bool, bool),
) -> Option<Fact> {
    let introduced_by = |class: ClassView<'a>, member: M| {
        member.origin().is_some_and(|origin| fold::eq(origin, class.name()))
    };
    let (old, new) = (introduced_by(pair.old, before), introduced_by(pair.new, after));
    let origin = |member: M| Some(member.origin()?.to_owned());
    match (old, new) {
        (true, false) => Some(Fact::new(M::MOVED_UP, origin(before), origin(after))),
        (false, true) => Some(Fact::new(M::MOVED_DOWN, origin(before), origin(after))),
        (true, true) => None,
        (false, false) => match (before.propagated(), after.propagated()) {
            (true, false) => {
                Some(Fact::new(M::OVERRIDE_ADDED, None, Some(after.declaration(new_implies_in))))
            }
            (false, true) => {
                Some(Fact::new(M::OVERRIDE_REMOVED, Some(before.declaration(old_implies_in)), None))
            }
            _ => None,
        },
    }
}

fn same_superclass(pair: Pair<'_>) -> bool {
    match (pair.old.superclass_name(), pair.new.superclass_name()) {
        (Some(old), Some(new)) => fold::eq(old, new),
        (None, None) => true,
        _ => false,
    }
}

/// What a class that derives from another class now has gained or lost above it.
fn superclass(pair: Pair<'_>) -> Option<Fact> {
    if same_superclass(pair) {
        return None;
    }
    let (old, new) = (pair.old.superclass_name(), pair.new.superclass_name());
    let after: HashSet<Name> = pair.new.ancestors().map(Name::new).collect();
    let mut lost = from(pair.old).skip(1).filter(|c| !after.contains(&Name::new(c.name())));
    let (kind, experimental) = match lost.next() {
        None => (Kind::SuperclassInserted, false),
        Some(first) => {
            let experimental =
                [first].into_iter().chain(lost).all(|c| is_experimental(c.qualifiers()));
            (Kind::SuperclassLost, experimental)
        }
    };
    let fact = Fact::new(kind, old.map(str::to_owned), new.map(str::to_owned));
    Some(Fact { experimental, ..fact })
}

/// A class and those above it.
fn from(class: ClassView<'_>) -> impl Iterator<Item = ClassView<'_>> {
    std::iter::successors(Some(class), |class| class.superclass())
}

/// Whether a member of a class is experimental. An experimental class makes all that it defines
/// so (DSP0004, the qualifier Experimental), wherever it is inherited.
fn is_experimental_member<'a, M: Member<'a>>(class: ClassView<'a>, member: M) -> bool {
    let declares = |class: &ClassView<'a>| {
        M::of(*class, member.name()).is_some_and(|member| !member.propagated())
    };
    is_experimental(member.qualifiers())
        || from(class).find(declares).is_some_and(|class| is_experimental(class.qualifiers()))
}

pub(super) fn is_experimental(qualifiers: QualifiersView<'_>) -> bool {
    qualifiers.is_true("Experimental")
}

/// How many classes are below the class.
fn below(class: ClassView<'_>) -> usize {
    class.subtree_end().saturating_sub(class.number()).saturating_sub(1) as usize
}
