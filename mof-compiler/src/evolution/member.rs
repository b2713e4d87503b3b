//! Comparing two versions of a property or method.

use super::Comparison;
use super::change::Element;
use super::fact::Fact;
use super::kind::Kind;
use super::parameter;
use super::qualifier::{self, Flow, Site, effective};
use super::target::{Declared, type_facts};
use cimarron_model::{DataType, Name, Value, fold};
use cimarron_schema::{ClassView, MethodView, PropertyView, QualifiersView, value_to_mof};

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
    /// `in_implied` is whether parameters go in that do not say so.
    fn declaration(self, in_implied: bool) -> String;

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

    fn declaration(self, _in_implied: bool) -> String {
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
        let site = Site::Property { was: &before, data_type: &after, flow };
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

    fn declaration(self, in_implied: bool) -> String {
        let result = returned(self).map_or_else(|| "void".to_owned(), |t| t.to_string());
        let parameters: Vec<_> =
            self.parameters().map(|p| parameter::declaration(p, in_implied)).collect();
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
        let (was, data_type) = (old.return_type(), new.return_type());
        let site = Site::Method { was: was.as_ref(), data_type: data_type.as_ref() };
        facts.extend(qualifier::facts(comparison, old.qualifiers(), new.qualifiers(), site));
        facts.extend(parameter::facts(comparison, old, new));
        facts
    }
}

pub(super) fn default_fact(
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
    let (old, new) = (text(old), text(new));
    // Of another type, and that is a change of its own, but written the same.
    (old != new).then(|| Fact::new(Kind::DefaultChanged, old, new))
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

pub(super) fn declared(what: &Declared, name: &str) -> String {
    let (word, brackets) = what.around_name();
    format!("{word} {name}{brackets}")
}
