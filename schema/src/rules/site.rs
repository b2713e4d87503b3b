//! Where a qualifier stands: what the rules about its meaning may look at.

use super::{Element, Judge, Known, Part, Place, Rule};
use cimarron_model::{
    Array, DataType, Dialect, Elements, Name, Qualifier, Qualifiers, Scope, Value,
};

/// An element of a class and its qualifiers.
#[derive(Clone, Copy)]
pub(super) struct Site<'a> {
    pub(super) element: Element,
    pub(super) scope: Scope,
    /// The name of the element; of a parameter, that of its method.
    pub(super) member: Option<&'a Name>,
    pub(super) name: &'a Name,
    /// Its type; a method's return type.
    pub(super) data_type: Option<&'a DataType>,
    pub(super) qualifiers: &'a Qualifiers,
    /// The qualifiers of what it overrides.
    pub(super) above: Option<&'a Qualifiers>,
}

impl<'a> Site<'a> {
    /// The qualifier of this name that holds here: written, or come down.
    pub(super) fn effective(&self, name: &str) -> Option<&'a Qualifier> {
        self.qualifiers.effective(name, self.above)
    }

    /// Whether a boolean qualifier holds here.
    pub(super) fn is_true(&self, name: &str) -> bool {
        self.effective(name).is_some_and(|q| q.value.as_bool() == Some(true))
    }
}

impl<'a> Judge<'a> {
    /// The rules on what a qualifier means, where it stands.
    pub(super) fn meaning(&mut self, site: &Site<'a>, known: Known, qualifier: &'a Qualifier) {
        if qualifier.value.is_null() {
            if is_limit(known) {
                self.limit_lifted(site, qualifier);
            }
            return;
        }
        if known.binds_values() {
            self.says.narrows |= self.inherits_default(site);
        }
        self.type_of_qualified(site, known, qualifier);
        match known {
            Known::ValueMap => self.value_map(site, qualifier),
            Known::Values => self.values(site, qualifier),
            Known::BitMap => self.bit_map(site, qualifier),
            Known::BitValues => self.bit_values(site, qualifier),
            Known::MaxLen | Known::MinLen => self.length_limits(site, known, qualifier),
            Known::MaxValue | Known::MinValue => self.value_limits(site, known, qualifier),
            Known::MaxSize | Known::MinSize => self.size_limits(site, known, qualifier),
            Known::Max | Known::Min => self.cardinality(site, known, qualifier),
            Known::PUnit => self.unit(site, qualifier),
            Known::ArrayType => self.array_type(site, qualifier),
            Known::NullValue => self.null_value(site, qualifier),
            Known::PropertyUsage => self.property_usage(site, qualifier),
            Known::TriggerType => self.trigger_type(site, qualifier),
            Known::Counter | Known::Gauge => self.counter_and_gauge(site, known, qualifier),
            Known::EmbeddedObject => self.embedded_twice(site, qualifier),
            Known::Static => self.static_member(site, qualifier),
            Known::Propagated => self.propagated(site, qualifier),
            Known::Version => self.version(site, qualifier),
            Known::UmlPackagePath => self.package_path(site, qualifier),
            Known::Exception | Known::Structure | Known::Indication => {
                self.class_kind(site, known, qualifier);
            }
            Known::Deprecated => self.deprecated(site, qualifier),
            Known::Experimental => self.experimental(site, qualifier),
            Known::Correlatable => self.correlatable(site, qualifier),
            Known::ClassConstraint | Known::MethodConstraint | Known::PropertyConstraint => {
                self.constraint(site, known, qualifier);
            }
            Known::Syntax | Known::SyntaxType => self.syntax_pair(site, known, qualifier),
            Known::Composition | Known::Aggregation => self.aggregation(site, known, qualifier),
            Known::Aggregate => self.aggregate(site, qualifier),
            Known::Weak => self.weak(site, qualifier),
            Known::Revision | Known::Schema => self.deprecated_qualifier(site, qualifier),
            _ => {}
        }
    }

    /// Whether the element is a property whose default is that of the one above.
    fn inherits_default(&self, site: &Site<'_>) -> bool {
        let Element::Property(at) = site.element else { return false };
        let above = self.overridden.get(at).copied().flatten();
        // What is redeclared without Override is another mistake, and has no default yet.
        let is_override = self.dialect == Dialect::Wmi || site.qualifiers.get("Override").is_some();
        is_override
            && above.is_some_and(|above| above.default.is_some())
            && self.local.properties.get(at).is_some_and(|own| own.default.is_none())
    }

    /// Reports at a qualifier.
    #[cold]
    pub(super) fn at_qualifier(
        &mut self,
        rule: Rule,
        site: &Site<'_>,
        qualifier: &Qualifier,
        message: String,
        help: Option<&str>,
    ) {
        let part = Part::Qualifier(qualifier.name.clone());
        self.advise(rule, site.element, part, message, help.map(str::to_owned));
    }

    /// Reports at the value of a qualifier, or at one entry of it.
    #[cold]
    pub(super) fn at_value(
        &mut self,
        rule: Rule,
        site: &Site<'_>,
        qualifier: &Qualifier,
        entry: Option<usize>,
        message: String,
        help: Option<&str>,
    ) {
        let name = qualifier.name.clone();
        let part = match entry {
            Some(entry) => Part::Entry(name, entry),
            None => Part::Value(name),
        };
        self.advise(rule, site.element, part, message, help.map(str::to_owned));
    }

    /// The last finding's further place: a part of the same element.
    #[cold]
    pub(super) fn see(&mut self, site: &Site<'_>, part: Part, message: impl Into<String>) {
        self.relate(site.place_in(&self.local.name, part), message);
    }

    /// The same, of what the element overrides.
    #[cold]
    pub(super) fn see_above(&mut self, site: &Site<'_>, part: Part, message: impl Into<String>) {
        if let Some(superclass) = self.superclass {
            self.relate(site.place_in(&superclass.name, part), message);
        }
    }
}

impl Site<'_> {
    /// A part of the element of this name in a class.
    fn place_in(&self, class: &Name, part: Part) -> Place {
        let is_parameter = matches!(self.element, Element::Parameter(..));
        Place {
            class: class.clone(),
            member: self.member.cloned(),
            parameter: is_parameter.then(|| self.name.clone()),
            part,
        }
    }
}

/// Whether a qualifier bounds values, so that an override may only draw it tighter.
const fn is_limit(known: Known) -> bool {
    matches!(known, Known::MaxLen | Known::MinLen | Known::MaxValue | Known::MinValue)
}

/// The texts of an array of strings without NULL, each with its position.
pub(super) fn texts(value: &Value) -> impl ExactSizeIterator<Item = &str> {
    let strings = match value.as_array().and_then(Array::elements) {
        Some(Elements::String(strings)) => strings.as_slice(),
        _ => &[],
    };
    strings.iter().map(|text| &**text)
}
