//! Comparing the qualifiers of an element.
//!
//! What a qualifier does to clients depends on its name, so this module is mostly
//! tables: flags, limits, documentation. A qualifier that is in none of them is
//! reported without a judgement.

use super::Comparison;
use super::fact::Fact;
use super::kind::Kind;
use super::qualifier_type::flavors;
use super::values;
use cimarron_model::{DataType, Direction, Flavor, Name, Qualifier, Value, fold};
use cimarron_schema::rules::is_same_unit;
use cimarron_schema::{
    QualifierTypeView, QualifierView, QualifiersView, SchemaView, implied_flavor, value_to_mof,
};
use hashbrown::HashMap;

/// Whether values go from the client to the provider, back, or both ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Flow {
    pub(super) input: bool,
    pub(super) output: bool,
}

impl From<Direction> for Flow {
    fn from(Direction { input, output }: Direction) -> Self {
        Self { input, output }
    }
}

impl Flow {
    pub(super) const fn as_str(self) -> &'static str {
        match (self.input, self.output) {
            (true, true) => "in, out",
            (true, false) => "in",
            (false, true) => "out",
            (false, false) => "in(false)",
        }
    }
}

/// The element that qualifiers stand on, with the type that it was of and the one it is of.
#[derive(Clone, Copy, Debug)]
pub(super) enum Site<'t> {
    Class,
    Property { was: &'t DataType, data_type: &'t DataType, flow: Flow },
    Method { was: Option<&'t DataType>, data_type: Option<&'t DataType> },
    Parameter { was: &'t DataType, data_type: &'t DataType, flow: Flow },
}

impl Site<'_> {
    fn flow(self) -> Flow {
        match self {
            Self::Property { flow, .. } | Self::Parameter { flow, .. } => flow,
            Self::Class | Self::Method { .. } => Flow { input: false, output: true },
        }
    }

    /// The least and the greatest value where values are integers, which also number the
    /// entries of a list of values that has no ValueMap.
    pub(super) fn integers(self) -> Option<(i128, i128)> {
        let data_type = match self {
            Self::Property { data_type, .. } | Self::Parameter { data_type, .. } => data_type,
            Self::Method { data_type, .. } => data_type?,
            Self::Class => return None,
        };
        data_type.cim_type.integer_range()
    }

    /// As `integers`, in the old version.
    fn integers_before(self) -> Option<(i128, i128)> {
        let was = match self {
            Self::Property { was, .. } | Self::Parameter { was, .. } => was,
            Self::Method { was, .. } => was?,
            Self::Class => return None,
        };
        was.cim_type.integer_range()
    }
}

/// The truth of a boolean qualifier, or what holds where it is absent.
pub(super) fn effective(qualifiers: QualifiersView<'_>, name: &str, absent: bool) -> bool {
    qualifiers.get(name).and_then(|q| q.value().as_bool()).unwrap_or(absent)
}

/// A boolean qualifier: what holds where it is absent, and what turning it on and
/// off means.
struct Flag {
    name: &'static str,
    absent: bool,
    on: Kind,
    off: Kind,
}

const fn flag(name: &'static str, on: Kind, off: Kind) -> Flag {
    Flag { name, absent: false, on, off }
}

const FLAGS: &[Flag] = &[
    flag("Abstract", Kind::AbstractAdded, Kind::AbstractRemoved),
    flag("Association", Kind::AssociationAdded, Kind::AssociationRemoved),
    flag("Indication", Kind::IndicationAdded, Kind::IndicationRemoved),
    flag("Terminal", Kind::TerminalAdded, Kind::TerminalRemoved),
    flag("Structure", Kind::StructureAdded, Kind::StructureRemoved),
    flag("Singleton", Kind::SingletonAdded, Kind::SingletonRemoved),
    flag("Exception", Kind::ExceptionAdded, Kind::ExceptionRemoved),
    flag("Aggregation", Kind::AggregationAdded, Kind::AggregationRemoved),
    flag("Composition", Kind::AggregationAdded, Kind::AggregationRemoved),
    flag("Aggregate", Kind::AggregationAdded, Kind::AggregationRemoved),
    flag("Key", Kind::KeyAdded, Kind::KeyRemoved),
    flag("Weak", Kind::WeakChanged, Kind::WeakChanged),
    flag("Write", Kind::WriteAdded, Kind::WriteRemoved),
    Flag { name: "Read", absent: true, on: Kind::ReadAdded, off: Kind::ReadRemoved },
    flag("Static", Kind::StaticChanged, Kind::StaticChanged),
    flag("OctetString", Kind::OctetStringChanged, Kind::OctetStringChanged),
    flag("Experimental", Kind::ExperimentalAdded, Kind::ExperimentalRemoved),
];

/// Which end of a range a number bounds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Bound {
    Upper,
    Lower,
}

/// What holds where a limit is not written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unwritten {
    /// Anything goes.
    Nothing,
    /// No more than zero is asked for.
    Zero,
    /// The bound of the type, where that has one: to write it limits nothing.
    OfType,
}

/// A limit: what is as good as none, and what a tighter and a wider one mean.
struct Limit {
    name: &'static str,
    bound: Bound,
    unwritten: Unwritten,
    tighter: Kind,
    wider: Kind,
}

const LIMITS: &[Limit] = &[
    Limit {
        name: "MaxLen",
        bound: Bound::Upper,
        unwritten: Unwritten::Nothing,
        tighter: Kind::MaxLenDecreased,
        wider: Kind::MaxLenIncreased,
    },
    Limit {
        name: "MinLen",
        bound: Bound::Lower,
        unwritten: Unwritten::Zero,
        tighter: Kind::MinLenIncreased,
        wider: Kind::MinLenDecreased,
    },
    Limit {
        name: "MaxValue",
        bound: Bound::Upper,
        unwritten: Unwritten::OfType,
        tighter: Kind::MaxValueDecreased,
        wider: Kind::MaxValueIncreased,
    },
    Limit {
        name: "MinValue",
        bound: Bound::Lower,
        unwritten: Unwritten::OfType,
        tighter: Kind::MinValueIncreased,
        wider: Kind::MinValueDecreased,
    },
    Limit {
        name: "Max",
        bound: Bound::Upper,
        unwritten: Unwritten::Nothing,
        tighter: Kind::MaxDecreased,
        wider: Kind::MaxIncreased,
    },
    Limit {
        name: "Min",
        bound: Bound::Lower,
        unwritten: Unwritten::Zero,
        tighter: Kind::MinIncreased,
        wider: Kind::MinDecreased,
    },
];

/// Any qualifier whose coming, going and changing mean different things.
struct Stated {
    name: &'static str,
    added: Kind,
    changed: Kind,
    removed: Kind,
}

const fn all(name: &'static str, kind: Kind) -> Stated {
    Stated { name, added: kind, changed: kind, removed: kind }
}

const fn unit(name: &'static str) -> Stated {
    Stated {
        name,
        added: Kind::UnitsAdded,
        changed: Kind::UnitsChanged,
        removed: Kind::UnitsRemoved,
    }
}

const STATED: &[Stated] = &[
    unit("Units"),
    unit("PUnit"),
    Stated {
        name: "Deprecated",
        added: Kind::DeprecatedAdded,
        changed: Kind::DeprecatedChanged,
        removed: Kind::DeprecatedRemoved,
    },
    all("Propagated", Kind::PropagatedKeyChanged),
    all("Version", Kind::VersionChanged),
    all("Description", Kind::DocumentationChanged),
    all("DisplayName", Kind::DocumentationChanged),
    all("DisplayDescription", Kind::DocumentationChanged),
    all("MappingStrings", Kind::DocumentationChanged),
    all("ModelCorrespondence", Kind::DocumentationChanged),
    all("UMLPackagePath", Kind::DocumentationChanged),
    all("Revision", Kind::DocumentationChanged),
];

/// What is compared elsewhere: overriding with the hierarchy, embedding with types,
/// directions with parameters, lists of values together.
const ELSEWHERE: &[&str] = &[
    "Override",
    "EmbeddedInstance",
    "EmbeddedObject",
    "In",
    "Out",
    "ValueMap",
    "Values",
    "BitMap",
    "BitValues",
];

/// What differs between the qualifiers of two versions of an element.
pub(super) fn facts(
    comparison: &Comparison<'_, '_>,
    old: QualifiersView<'_>,
    new: QualifiersView<'_>,
    site: Site<'_>,
) -> Vec<Fact> {
    let before: Vec<Qualifier> = old.iter().map(QualifierView::to_qualifier).collect();
    let after: Vec<Qualifier> = new.iter().map(QualifierView::to_qualifier).collect();
    if before == after {
        return Vec::new();
    }
    let by_name = |list: &'_ [Qualifier]| -> HashMap<Name, usize> {
        list.iter().enumerate().map(|(at, q)| (q.name.clone(), at)).collect()
    };
    let (old_names, new_names) = (by_name(&before), by_name(&after));
    let mut facts = Vec::new();
    for qualifier in &before {
        let now = new_names.get(&qualifier.name).and_then(|at| after.get(*at));
        facts.extend(difference(comparison, Some(qualifier), now, site));
    }
    for qualifier in &after {
        if !old_names.contains_key(&qualifier.name) {
            facts.extend(difference(comparison, None, Some(qualifier), site));
        }
    }
    let find = |list: &'_ [Qualifier], names: &HashMap<Name, usize>, name: &str| {
        names.get(&Name::new(name)).and_then(|at| list.get(*at)).cloned()
    };
    let removed = facts.iter_mut().find(|f| f.kind == Kind::UnitsRemoved && is_of(f, "Units"));
    if let Some(removed) = removed
        && let Some(units) = find(&before, &old_names, "Units")
        && let Some(stated) = find(&after, &new_names, "PUnit")
        && says_units(&units, find(&before, &old_names, "PUnit").as_ref(), &stated)
    {
        removed.kind = Kind::UnitsReplaced;
    }
    for (map, labels) in [("ValueMap", "Values"), ("BitMap", "BitValues")] {
        let side = |list: &[Qualifier], names: &HashMap<Name, usize>| {
            (find(list, names, map), find(list, names, labels))
        };
        let (old, new) = (side(&before, &old_names), side(&after, &new_names));
        if old != new {
            facts.extend(values::facts(map, &old, &new, site));
        }
    }
    facts
}

fn difference(
    comparison: &Comparison<'_, '_>,
    old: Option<&Qualifier>,
    new: Option<&Qualifier>,
    site: Site<'_>,
) -> Option<Fact> {
    let either = new.or(old)?;
    let is = |name: &str| either.name.is(name);
    let same_value = old.map(|q| &q.value) == new.map(|q| &q.value);
    if same_value && old.is_some() {
        return flavor_difference(comparison, old?, new?);
    }
    let (before, after) = (old.map(|q| &q.value), new.map(|q| &q.value));
    let kind = if let Some(kind) = restated_direction(comparison, before, after, &either.name) {
        kind?
    } else if ELSEWHERE.iter().any(|name| is(name)) {
        return None;
    } else if is("Required") || is("Not_Null") {
        required(before, after, site.flow())
    } else if let Some(flag) = FLAGS.iter().find(|flag| is(flag.name)) {
        turned(flag, before, after)
    } else if let Some(limit) = LIMITS.iter().find(|limit| is(limit.name)) {
        moved(limit, before, after, site)
    } else if is("ArrayType") {
        array_type(before, after)
    } else {
        stated(&either.name, before, after)
    };
    let text = |value: Option<&Value>| Some(value_to_mof(value?, comparison.new_dialect));
    let mut fact = Fact::new(kind, text(before), text(after));
    fact.qualifier = Some(either.name.clone());
    fact.written_here = written(old) || written(new);
    Some(fact)
}

fn is_of(fact: &Fact, qualifier: &str) -> bool {
    fact.qualifier.as_ref().is_some_and(|name| name.is(qualifier))
}

/// Whether PUnit goes on saying what Units said beside it or without it.
fn says_units(units: &Qualifier, before: Option<&Qualifier>, now: &Qualifier) -> bool {
    let Some(text) = now.value.as_str() else { return false };
    match before.filter(|before| !before.value.is_null()) {
        Some(before) => before.value == now.value,
        None => units.value.as_str().is_some_and(|units| is_same_unit(units, text)),
    }
}

/// Whether the class itself writes the qualifier.
pub(super) fn written(qualifier: Option<&Qualifier>) -> bool {
    qualifier.is_some_and(|q| !q.flavor.propagated())
}

fn truth(value: Option<&Value>, absent: bool) -> bool {
    value.and_then(Value::as_bool).unwrap_or(absent)
}

/// `In` and `Out`: the outer answer says whether it is one of them; the inner is the
/// kind, unless the direction itself changed, which the parameter reports.
fn restated_direction(
    comparison: &Comparison<'_, '_>,
    before: Option<&Value>,
    after: Option<&Value>,
    name: &Name,
) -> Option<Option<Kind>> {
    let (old_absent, new_absent) = if name.is("In") {
        comparison.implies_in()
    } else if name.is("Out") {
        (false, false)
    } else {
        return None;
    };
    let same = truth(before, old_absent) == truth(after, new_absent);
    Some(same.then_some(Kind::QualifierRestated))
}

fn required(before: Option<&Value>, after: Option<&Value>, flow: Flow) -> Kind {
    match (truth(before, false), truth(after, false)) {
        (false, true) if flow.input => Kind::RequiredAdded,
        (false, true) => Kind::RequiredPromised,
        (true, false) if flow.output => Kind::RequiredWithdrawn,
        (true, false) => Kind::RequiredLifted,
        _ => Kind::QualifierRestated,
    }
}

fn turned(flag: &Flag, before: Option<&Value>, after: Option<&Value>) -> Kind {
    match (truth(before, flag.absent), truth(after, flag.absent)) {
        (false, true) => flag.on,
        (true, false) => flag.off,
        _ => Kind::QualifierRestated,
    }
}

fn moved(limit: &Limit, before: Option<&Value>, after: Option<&Value>, site: Site<'_>) -> Kind {
    let unwritten = |range: Option<(i128, i128)>| match (limit.unwritten, limit.bound) {
        (Unwritten::Nothing, _) => None,
        (Unwritten::Zero, _) => Some(0),
        (Unwritten::OfType, Bound::Lower) => range.map(|(least, _)| least),
        (Unwritten::OfType, Bound::Upper) => range.map(|(_, greatest)| greatest),
    };
    let unwritten = (unwritten(site.integers_before()), unwritten(site.integers()));
    // WMI takes numbers beyond those of the type, which limit nothing.
    let number = |value: Option<&Value>, of_type: Option<i128>| {
        let written = value.and_then(Value::as_integer);
        match (written.zip(of_type), limit.unwritten, limit.bound) {
            (Some((written, bound)), Unwritten::OfType, Bound::Upper) => Some(written.min(bound)),
            (Some((written, bound)), Unwritten::OfType, Bound::Lower) => Some(written.max(bound)),
            _ => written.or(of_type),
        }
    };
    let (old, new) = (number(before, unwritten.0), number(after, unwritten.1));
    // Where neither limits anything, only the type may have changed, which is told as such.
    if old == new || (old, new) == unwritten {
        return Kind::QualifierRestated;
    }
    let tighter = match (old, new, limit.bound) {
        (Some(old), Some(new), Bound::Upper) => new < old,
        (Some(old), Some(new), Bound::Lower) => new > old,
        (old, _, _) => old.is_none(),
    };
    if tighter { limit.tighter } else { limit.wider }
}

fn array_type(before: Option<&Value>, after: Option<&Value>) -> Kind {
    // DSP0004 5.6.3.3: the default is Bag.
    let word = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or("Bag").to_owned();
    if fold::eq(&word(before), &word(after)) {
        Kind::QualifierRestated
    } else {
        Kind::ArrayTypeChanged
    }
}

fn stated(name: &Name, before: Option<&Value>, after: Option<&Value>) -> Kind {
    const OTHER: Stated = Stated {
        name: "",
        added: Kind::QualifierAdded,
        changed: Kind::QualifierChanged,
        removed: Kind::QualifierRemoved,
    };
    let known = STATED.iter().find(|known| name.is(known.name)).unwrap_or(&OTHER);
    match (before, after) {
        (None, _) => known.added,
        (_, None) => known.removed,
        _ => known.changed,
    }
}

/// Other flavors on the same value. Where both follow their qualifier types, those
/// changed and are reported once.
fn flavor_difference(
    comparison: &Comparison<'_, '_>,
    old: &Qualifier,
    new: &Qualifier,
) -> Option<Fact> {
    let own = |flavor: Flavor| flavor.without(Flavor::PROPAGATED).without(Flavor::SYSTEM);
    let (before, after) = (own(old.flavor), own(new.flavor));
    if before == after {
        return None;
    }
    let implied = |schema: SchemaView<'_>, dialect, name: &Name| {
        let declared = schema.qualifier_type(name.as_str()).map(QualifierTypeView::flavor);
        own(implied_flavor(dialect, name.as_str(), declared))
    };
    if before == implied(comparison.old, comparison.old_dialect, &old.name)
        && after == implied(comparison.new, comparison.new_dialect, &new.name)
    {
        return None;
    }
    let mut fact =
        Fact::new(Kind::QualifierFlavorChanged, Some(flavors(before)), Some(flavors(after)));
    fact.qualifier = Some(new.name.clone());
    fact.written_here = written(Some(old)) || written(Some(new));
    Some(fact)
}
