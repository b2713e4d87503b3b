//! Comparing two versions of a property or method.

use super::Comparison;
use super::change::Element;
use super::fact::Fact;
use super::kind::Kind;
use super::qualifier::{self, Flow, Site, effective};
use super::target::{Declared, type_facts};
use cimarron_model::{DataType, Name, Value, fold};
use cimarron_schema::{
    ClassView, MethodView, ParameterView, PropertyView, QualifiersView, value_to_mof,
};
use hashbrown::HashMap;

/// What properties and methods have in common here.
pub(super) trait Member<'a>: Copy {
    const REMOVED: Kind;
    const MOVED_UP: Kind;
    const MOVED_DOWN: Kind;
    const OVERRIDE_ADDED: Kind;
    const OVERRIDE_REMOVED: Kind;

    fn of(class: ClassView<'a>, name: &str) -> Option<Self>;
    fn own(class: ClassView<'a>) -> Vec<Self>;
    fn all(class: ClassView<'a>) -> Vec<Self>;
    fn name(self) -> &'a str;
    fn origin(self) -> Option<&'a str>;
    fn propagated(self) -> bool;
    fn qualifiers(self) -> QualifiersView<'a>;
    fn element(class: Name, name: Name) -> Element;

    /// The kind of change when it is new.
    fn added(self) -> Kind;

    /// The declaration in short: `uint32 Size`.
    fn declaration(self) -> String;

    /// All that differs for someone who looks at one class.
    fn facts(comparison: &Comparison<'a, '_>, old: Self, new: Self) -> Vec<Fact>;
}

macro_rules! shared {
    ($a:lifetime) => {
        fn name(self) -> &$a str {
            self.name()
        }

        fn origin(self) -> Option<&$a str> {
            self.origin()
        }

        fn propagated(self) -> bool {
            self.propagated()
        }

        fn qualifiers(self) -> QualifiersView<$a> {
            self.qualifiers()
        }
    };
}

impl<'a> Member<'a> for PropertyView<'a> {
    const REMOVED: Kind = Kind::PropertyRemoved;
    const MOVED_UP: Kind = Kind::PropertyMovedUp;
    const MOVED_DOWN: Kind = Kind::PropertyMovedDown;
    const OVERRIDE_ADDED: Kind = Kind::PropertyOverrideAdded;
    const OVERRIDE_REMOVED: Kind = Kind::PropertyOverrideRemoved;

    shared!('a);

    fn of(class: ClassView<'a>, name: &str) -> Option<Self> {
        class.property(name)
    }

    fn own(class: ClassView<'a>) -> Vec<Self> {
        class.own_properties().collect()
    }

    fn all(class: ClassView<'a>) -> Vec<Self> {
        class.properties().collect()
    }

    fn element(class: Name, name: Name) -> Element {
        Element::Property(class, name)
    }

    fn added(self) -> Kind {
        if self.is_key() {
            Kind::KeyPropertyAdded
        } else if effective(self.qualifiers(), "Required", false) {
            Kind::RequiredPropertyAdded
        } else {
            Kind::PropertyAdded
        }
    }

    fn declaration(self) -> String {
        declared(&Declared::of(&self.data_type(), self.qualifiers()), self.name())
    }

    fn facts(comparison: &Comparison<'a, '_>, old: Self, new: Self) -> Vec<Fact> {
        let (before, after) = (old.data_type(), new.data_type());
        let flow = Flow {
            input: effective(new.qualifiers(), "Write", false),
            output: effective(new.qualifiers(), "Read", true),
        };
        let mut facts: Vec<Fact> = spelling(old.name(), new.name()).into_iter().collect();
        facts.extend(type_facts(
            comparison,
            &Declared::of(&before, old.qualifiers()),
            &Declared::of(&after, new.qualifiers()),
            // What a property holds was put there by somebody.
            Flow { input: true, output: false },
            Kind::PropertyTypeChanged,
        ));
        facts.extend(default_fact(comparison, old.default(), new.default()));
        let site = Site::Property { data_type: &after, flow };
        facts.extend(qualifier::facts(comparison, old.qualifiers(), new.qualifiers(), site));
        facts
    }
}

impl<'a> Member<'a> for MethodView<'a> {
    const REMOVED: Kind = Kind::MethodRemoved;
    const MOVED_UP: Kind = Kind::MethodMovedUp;
    const MOVED_DOWN: Kind = Kind::MethodMovedDown;
    const OVERRIDE_ADDED: Kind = Kind::MethodOverrideAdded;
    const OVERRIDE_REMOVED: Kind = Kind::MethodOverrideRemoved;

    shared!('a);

    fn of(class: ClassView<'a>, name: &str) -> Option<Self> {
        class.method(name)
    }

    fn own(class: ClassView<'a>) -> Vec<Self> {
        class.own_methods().collect()
    }

    fn all(class: ClassView<'a>) -> Vec<Self> {
        class.methods().collect()
    }

    fn element(class: Name, name: Name) -> Element {
        Element::Method(class, name)
    }

    fn added(self) -> Kind {
        Kind::MethodAdded
    }

    fn declaration(self) -> String {
        let result = returned(self).map_or_else(|| "void".to_owned(), |t| t.to_string());
        let parameters: Vec<_> = self.parameters().map(parameter_declaration).collect();
        format!("{result} {}({})", self.name(), parameters.join(", "))
    }

    fn facts(comparison: &Comparison<'a, '_>, old: Self, new: Self) -> Vec<Fact> {
        let mut facts: Vec<Fact> = spelling(old.name(), new.name()).into_iter().collect();
        let result = Flow { input: false, output: true };
        match (returned(old), returned(new)) {
            (Some(before), Some(after)) => facts.extend(type_facts(
                comparison,
                &before,
                &after,
                result,
                Kind::ReturnTypeChanged,
            )),
            (None, None) => {}
            (before, after) => {
                let text = |t: Option<Declared>| t.map_or("void".to_owned(), |t| t.to_string());
                let (old, new) = (Some(text(before)), Some(text(after)));
                facts.push(Fact::new(Kind::ReturnTypeChanged, old, new));
            }
        }
        let data_type = new.return_type();
        let site = Site::Method { data_type: data_type.as_ref() };
        facts.extend(qualifier::facts(comparison, old.qualifiers(), new.qualifiers(), site));
        parameters(comparison, old, new, &mut facts);
        facts
    }
}

/// The parameters of both, by name.
fn parameters<'a>(
    comparison: &Comparison<'a, '_>,
    old: MethodView<'a>,
    new: MethodView<'a>,
    facts: &mut Vec<Fact>,
) {
    let before: Vec<_> = old.parameters().collect();
    let after: Vec<_> = new.parameters().collect();
    let by_name = |list: &[ParameterView<'a>]| -> HashMap<Name, ParameterView<'a>> {
        list.iter().map(|p| (Name::new(p.name()), *p)).collect()
    };
    let (old_names, new_names) = (by_name(&before), by_name(&after));
    for parameter in &before {
        let name = Name::new(parameter.name());
        match new_names.get(&name) {
            Some(now) => facts.extend(
                parameter_facts(comparison, *parameter, *now)
                    .into_iter()
                    .map(|fact| fact.of_parameter(&name)),
            ),
            None => {
                let text = Some(parameter_declaration(*parameter));
                facts.push(Fact::new(Kind::ParameterRemoved, text, None).of_parameter(&name));
            }
        }
    }
    for parameter in &after {
        let name = Name::new(parameter.name());
        if !old_names.contains_key(&name) {
            let text = Some(parameter_declaration(*parameter));
            facts.push(Fact::new(Kind::ParameterAdded, None, text).of_parameter(&name));
        }
    }
    let shared = |list: &[ParameterView<'a>], others: &HashMap<Name, ParameterView<'a>>| {
        let names = list.iter().map(|p| Name::new(p.name()));
        names.filter(|name| others.contains_key(name)).collect::<Vec<_>>()
    };
    let (old_order, new_order) = (shared(&before, &new_names), shared(&after, &old_names));
    if old_order != new_order {
        let list = |names: &[Name]| {
            let names: Vec<_> = names.iter().map(Name::as_str).collect();
            Some(names.join(", "))
        };
        facts.push(Fact::new(Kind::ParameterOrderChanged, list(&old_order), list(&new_order)));
    }
}

fn parameter_facts<'a>(
    comparison: &Comparison<'a, '_>,
    old: ParameterView<'a>,
    new: ParameterView<'a>,
) -> Vec<Fact> {
    let mut facts: Vec<Fact> = spelling(old.name(), new.name()).into_iter().collect();
    let (before, after) =
        (Flow::of_parameter(old.qualifiers()), Flow::of_parameter(new.qualifiers()));
    let data_type = new.data_type();
    facts.extend(type_facts(
        comparison,
        &Declared::of(&old.data_type(), old.qualifiers()),
        &Declared::of(&data_type, new.qualifiers()),
        after,
        Kind::ParameterTypeChanged,
    ));
    if before != after {
        let text = |flow: Flow| Some(flow.as_str().to_owned());
        facts.push(Fact::new(Kind::ParameterDirectionChanged, text(before), text(after)));
    }
    let default = |view: ParameterView<'a>| view.to_parameter().default;
    facts.extend(default_fact(comparison, default(old), default(new)));
    let site = Site::Parameter { data_type: &data_type, flow: after };
    facts.extend(qualifier::facts(comparison, old.qualifiers(), new.qualifiers(), site));
    facts
}

fn default_fact(
    comparison: &Comparison<'_, '_>,
    old: Option<Value>,
    new: Option<Value>,
) -> Option<Fact> {
    // A default of NULL is what holds without one.
    let some = |value: Option<Value>| value.filter(|v| !v.is_null());
    let (old, new) = (some(old), some(new));
    if old == new {
        return None;
    }
    let text = |value: Option<Value>| Some(value_to_mof(&value?, comparison.new_dialect));
    Some(Fact::new(Kind::DefaultChanged, text(old), text(new)))
}

/// The same name with other capitals.
pub(super) fn spelling(old: &str, new: &str) -> Option<Fact> {
    (old != new && fold::eq(old, new))
        .then(|| Fact::new(Kind::SpellingChanged, Some(old.to_owned()), Some(new.to_owned())))
}

fn returned(method: MethodView<'_>) -> Option<Declared> {
    let data_type: DataType = method.return_type()?;
    Some(Declared::of(&data_type, method.qualifiers()))
}

fn declared(what: &Declared, name: &str) -> String {
    let (word, brackets) = what.around_name();
    format!("{word} {name}{brackets}")
}

fn parameter_declaration(parameter: ParameterView<'_>) -> String {
    let what = Declared::of(&parameter.data_type(), parameter.qualifiers());
    let flow = Flow::of_parameter(parameter.qualifiers());
    format!("[{}] {}", flow.as_str(), declared(&what, parameter.name()))
}
