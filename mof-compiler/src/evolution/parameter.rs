//! Comparing the parameters of two versions of a method.
//!
//! In WMI a name may stand twice, for an input and an output of one ID. Both are one
//! parameter here, whose direction is that of both.

use super::Comparison;
use super::class::is_experimental;
use super::fact::Fact;
use super::kind::Kind;
use super::member::{declared, default_fact, spelling};
use super::qualifier::{self, Flow, Site};
use super::target::{Declared, type_facts};
use cimarron_model::{Dialect, Name};
use cimarron_schema::{MethodView, ParameterView, SchemaView};
use hashbrown::HashMap;

/// What differs between the parameters of a method.
pub(super) fn facts<'a>(
    comparison: &Comparison<'a, '_>,
    old: MethodView<'a>,
    new: MethodView<'a>,
) -> Vec<Fact> {
    let before = List::read(old, comparison.old, comparison.old_dialect);
    let after = List::read(new, comparison.new, comparison.new_dialect);
    let wmi = [comparison.old_dialect, comparison.new_dialect].contains(&Dialect::Wmi);
    let mut facts = Vec::new();
    for (at, parameter) in before.all.iter().enumerate() {
        let name = &parameter.name;
        let found = match after.position(name).and_then(|to| Some((to, after.all.get(to)?))) {
            Some((to, now)) => {
                let mut found = differences(comparison, parameter, now);
                if wmi && parameter.is_numbered(at) && now.is_numbered(to) {
                    // The order says it.
                    found.retain(|fact| !is_renumbering(fact));
                }
                found
            }
            None => {
                let text = parameter.declaration();
                vec![Fact::new(Kind::ParameterRemoved, text, None)]
            }
        };
        let experimental = parameter.all.iter().any(|p| is_experimental(p.qualifiers()));
        facts
            .extend(found.into_iter().map(|fact| Fact { experimental, ..fact }.of_parameter(name)));
    }
    for parameter in after.all.iter().filter(|p| before.position(&p.name).is_none()) {
        let fact = Fact::new(Kind::ParameterAdded, None, parameter.declaration());
        facts.push(fact.of_parameter(&parameter.name));
    }
    facts.extend(order(&before, &after));
    facts
}

/// A parameter in short: `[in] uint32 Size`.
pub(super) fn declaration(parameter: ParameterView<'_>, in_implied: bool) -> String {
    written(parameter, parameter.direction(in_implied).into())
}

fn written(parameter: ParameterView<'_>, flow: Flow) -> String {
    let what = Declared::of(&parameter.data_type(), parameter.qualifiers());
    format!("[{}] {}", flow.as_str(), declared(&what, parameter.name()))
}

/// Everything of one name.
struct Named<'a> {
    name: Name,
    flow: Flow,
    all: Vec<ParameterView<'a>>,
}

impl Named<'_> {
    fn declaration(&self) -> Option<String> {
        Some(written(*self.all.first()?, self.flow))
    }

    /// The `ID` that is written, or that WMI gave.
    fn id(&self) -> Option<i128> {
        self.all.first()?.qualifiers().get("ID")?.value().as_integer()
    }

    /// Whether its `ID` says no more than its position, or nothing.
    fn is_numbered(&self, position: usize) -> bool {
        self.id().is_none_or(|id| usize::try_from(id).is_ok_and(|id| id == position))
    }
}

/// The parameters of a method in their order: in WMI that of their IDs.
struct List<'a> {
    all: Vec<Named<'a>>,
    by_name: HashMap<Name, usize>,
}

impl<'a> List<'a> {
    fn read(method: MethodView<'a>, schema: SchemaView<'a>, dialect: Dialect) -> Self {
        let in_implied = schema.implies_in(dialect);
        let mut all: Vec<Named<'a>> = Vec::new();
        let mut by_name: HashMap<Name, usize> = HashMap::new();
        for parameter in method.parameters() {
            let name = Name::new(parameter.name());
            let flow = Flow::from(parameter.direction(in_implied));
            match by_name.get(&name).and_then(|at| all.get_mut(*at)) {
                Some(first) => {
                    first.flow.input |= flow.input;
                    first.flow.output |= flow.output;
                    first.all.push(parameter);
                }
                None => {
                    by_name.insert(name.clone(), all.len());
                    all.push(Named { name, flow, all: vec![parameter] });
                }
            }
        }
        if dialect == Dialect::Wmi {
            all.sort_by_key(Named::id);
            by_name = all.iter().enumerate().map(|(at, p)| (p.name.clone(), at)).collect();
        }
        Self { all, by_name }
    }

    fn position(&self, name: &Name) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    /// The names that another list has too, in order.
    fn shared(&self, other: &Self) -> Vec<&Name> {
        let names = self.all.iter().map(|p| &p.name);
        names.filter(|name| other.by_name.contains_key(*name)).collect()
    }
}

fn differences<'a>(comparison: &Comparison<'a, '_>, old: &Named<'a>, new: &Named<'a>) -> Vec<Fact> {
    let mut facts: Vec<Fact> = Vec::new();
    if old.flow != new.flow {
        let text = |flow: Flow| Some(flow.as_str().to_owned());
        let (old, new) = (text(old.flow), text(new.flow));
        facts.push(Fact::new(Kind::ParameterDirectionChanged, old, new));
    }
    for (before, after) in old.all.iter().zip(&new.all) {
        for fact in declaration_facts(comparison, *before, *after, new.flow) {
            if !facts.contains(&fact) {
                facts.push(fact);
            }
        }
    }
    facts
}

fn declaration_facts<'a>(
    comparison: &Comparison<'a, '_>,
    old: ParameterView<'a>,
    new: ParameterView<'a>,
    flow: Flow,
) -> Vec<Fact> {
    let mut facts: Vec<Fact> = spelling(old.name(), new.name()).into_iter().collect();
    let (was, data_type) = (old.data_type(), new.data_type());
    facts.extend(type_facts(
        comparison,
        &Declared::of(&was, old.qualifiers()),
        &Declared::of(&data_type, new.qualifiers()),
        flow,
        Kind::ParameterTypeChanged,
    ));
    let default = |view: ParameterView<'a>| view.to_parameter().default;
    facts.extend(default_fact(comparison, default(old), default(new)));
    let site = Site::Parameter { was: &was, data_type: &data_type, flow };
    facts.extend(qualifier::facts(comparison, old.qualifiers(), new.qualifiers(), site));
    facts
}

/// Whether an `ID` came, went or is another number.
fn is_renumbering(fact: &Fact) -> bool {
    fact.qualifier.as_ref().is_some_and(|name| name.is("ID"))
        && fact.kind != Kind::QualifierFlavorChanged
}

/// The order of what both have.
fn order(before: &List<'_>, after: &List<'_>) -> Option<Fact> {
    let (old, new) = (before.shared(after), after.shared(before));
    let list = |names: &[&Name]| {
        let names: Vec<_> = names.iter().map(|name| name.as_str()).collect();
        Some(names.join(", "))
    };
    (old != new).then(|| Fact::new(Kind::ParameterOrderChanged, list(&old), list(&new)))
}
