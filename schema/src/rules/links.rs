//! Rules on what one class says of another, judged once all are there (DSP0004
//! 5.6.3: Propagated, Weak, Deprecated).

use super::kind::{is_deprecated, replacement};
use super::{Element, Environment, Part, Place, Rule, Violation};
use crate::resolve::ResolvedClass;
use cimarron_model::{CimType, DataType, Dialect, Name, Property, Qualifiers, suggest};

/// What a class says of others, noted as it is judged: [`check_links`] comes to it when it is
/// no longer at hand, and need not look at all of it again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Says {
    /// `Propagated` stands somewhere.
    pub(super) propagated: bool,
    /// `Weak` stands somewhere.
    pub(super) weak: bool,
    /// `EmbeddedInstance` stands somewhere.
    pub(super) embedded: bool,
    /// Something has a class for its type.
    pub(super) typed: bool,
    /// An override says what values may be, and inherits its default.
    pub(super) narrows: bool,
}

impl Says {
    /// All that a class can say of others: whoever has noted nothing looks for all of it.
    pub const ALL: Self =
        Self { propagated: true, weak: true, embedded: true, typed: true, narrows: true };

    /// Whether an override may forbid the default that it inherits.
    pub const fn narrows(self) -> bool {
        self.narrows
    }

    /// Whether there is anything to look at. `Weak` is about the classes of references.
    pub const fn anything(self) -> bool {
        self.propagated || self.embedded || self.typed
    }
}

/// Judges what a class says of others: the keys that it repeats, the classes that
/// its references and embedded instances name.
pub fn check_links(
    class: &ResolvedClass,
    says: Says,
    environment: &dyn Environment,
    dialect: Dialect,
) -> Vec<Violation> {
    let mut links = Links { class, says, environment, found: Vec::new() };
    for (i, slot) in class.own_properties.iter().enumerate() {
        let Some(member) = class.properties.get(*slot as usize) else { continue };
        let property = &*member.declaration;
        let element = Element::Property(i);
        if dialect != Dialect::Wmi {
            if says.propagated {
                links.propagated(element, property);
            }
            if links.says.weak {
                links.weak(element, property);
            }
        }
        links.deprecated(element, &property.data_type, [&property.qualifiers; 2]);
    }
    if says.typed || says.embedded {
        for (i, slot) in class.own_methods.iter().enumerate() {
            let Some(member) = class.methods.get(*slot as usize) else { continue };
            let method = &*member.declaration;
            for (j, parameter) in method.parameters.iter().enumerate() {
                let qualifiers = [&parameter.qualifiers, &method.qualifiers];
                links.deprecated(Element::Parameter(i, j), &parameter.data_type, qualifiers);
            }
        }
    }
    links.found
}

/// Whether a member is about another class, so that [`check_links`] has something
/// to look at.
pub(super) fn is_link(data_type: &DataType) -> bool {
    data_type.cim_type == CimType::Reference || data_type.class.is_some()
}

struct Links<'a> {
    class: &'a ResolvedClass,
    says: Says,
    environment: &'a dyn Environment,
    found: Vec<Violation>,
}

impl Links<'_> {
    fn report(
        &mut self,
        rule: Rule,
        element: Element,
        part: Part,
        message: String,
        help: Option<String>,
    ) {
        self.found.push(Violation { rule, element, part, message, help, related: None });
    }

    /// Gives the last finding a further place.
    fn relate(&mut self, place: Place, message: impl Into<String>) {
        super::relate(&mut self.found, place, message);
    }

    /// The property that a key repeats exists, and is of the same type.
    fn propagated(&mut self, element: Element, property: &Property) {
        let Some(written) = property.qualifiers.get("Propagated") else { return };
        let target = written.value.as_str().and_then(|t| t.split_once('.'));
        let (Some((class, name)), false) = (target, written.flavor.propagated()) else { return };
        let part = Part::Value(written.name.clone());
        let Some(other) = self.environment.resolved(class) else {
            if Name::is_identifier(class, Dialect::Dmtf) {
                let similar = self.environment.similar_class(class);
                let message = format!("the class `{class}` of Propagated does not exist");
                let help = similar.map(suggest::did_you_mean);
                self.report(Rule::PropagatedTarget, element, part, message, help);
            }
            return;
        };
        let Some((_, member)) = other.property(name) else {
            if Name::is_identifier(name, Dialect::Dmtf) {
                let names = other.properties.iter().map(|m| m.declaration.name.as_str());
                let help = suggest::nearest(name, names).map(suggest::did_you_mean);
                let message = format!("`{}` has no property `{name}`", other.name);
                self.report(Rule::PropagatedTarget, element, part, message, help);
            }
            return;
        };
        let source = &member.declaration;
        if !source.is_key() {
            let message = format!("`{}.{}` is no key to propagate", other.name, source.name);
            self.report(Rule::PropagatedTarget, element, part, message, None);
            return;
        }
        if source.data_type.cim_type != property.data_type.cim_type {
            let message = format!(
                "`{}` is {}, and repeats `{}`, which is {}",
                property.name, property.data_type, source.name, source.data_type
            );
            let place = Place {
                class: other.name.clone(),
                member: Some(source.name.clone()),
                parameter: None,
                part: Part::Type,
            };
            let label = format!("{} here", source.data_type);
            self.report(Rule::PropagatedType, element, Part::Type, message, None);
            self.relate(place, label);
        }
    }

    /// The other ends of an association with a weak end have keys to give.
    fn weak(&mut self, element: Element, property: &Property) {
        let Some(weak) = property.qualifiers.get("Weak") else { return };
        if weak.flavor.propagated() || weak.value.as_bool() != Some(true) {
            return;
        }
        // A second weak end has had its report.
        self.says.weak = false;
        let part = Part::Qualifier(weak.name.clone());
        let members = self.class.properties.iter().map(|m| &m.declaration);
        let others: Vec<Name> = members
            .filter(|p| p.name != property.name)
            .filter(|p| p.data_type.cim_type == CimType::Reference)
            .filter_map(|p| p.data_type.class.clone())
            .collect();
        for other in others {
            let keyless = self
                .environment
                .resolved(other.as_str())
                .is_some_and(|c| !c.properties.iter().any(|m| m.declaration.is_key()));
            if keyless {
                let message = format!(
                    "`{}` is weak, and the other end `{other}` has no key to give it",
                    property.name
                );
                self.report(Rule::WeakWithoutKeys, element, part.clone(), message, None);
                let place = Place { class: other, member: None, parameter: None, part: Part::Name };
                self.relate(place, "no key here");
            }
        }
    }

    /// What goes on being used should not need what does not. `own` are the qualifiers of
    /// the element, `around` those of the member that it is of.
    fn deprecated(
        &mut self,
        element: Element,
        data_type: &DataType,
        [own, around]: [&Qualifiers; 2],
    ) {
        let embedded = if self.says.embedded { own.get("EmbeddedInstance") } else { None };
        let embedded = embedded.filter(|q| !q.flavor.propagated());
        let embedded =
            embedded.and_then(|q| Some((q.value.as_str()?, Part::Value(q.name.clone()))));
        let typed = data_type.class.as_ref().map(|c| (c.as_str(), Part::Type));
        for (name, part) in typed.into_iter().chain(embedded) {
            let Some(other) = self.environment.resolved(name) else { continue };
            if !is_deprecated(&other.qualifiers) {
                continue;
            }
            if is_deprecated(&self.class.qualifiers) || is_deprecated(around) {
                return;
            }
            let help = other.qualifiers.get("Deprecated").and_then(replacement);
            let message = format!("the class `{}` is deprecated", other.name);
            self.report(Rule::DeprecatedUse, element, part, message, help);
            let place = Place {
                class: other.name.clone(),
                member: None,
                parameter: None,
                part: Part::Qualifier("Deprecated".into()),
            };
            self.relate(place, "deprecated here");
        }
    }
}
