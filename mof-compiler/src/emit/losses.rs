//! What a form cannot say of a schema, so that nobody learns it from what is missing.
//!
//! XML has no form for some characters of CIM's strings. MOF 3 says more than MOF 2 and CIM-XML have words for (DSP0221 7.5; DSP0004 2.x Annex A;
//! DSP0201). The archive has all of it.

use super::Emit;
use super::unholdable::{in_qualifiers, in_value};
use cimarron_model::{CimType, DataType, Dialect, Name, Qualifier};
use cimarron_schema::{Member, NamespaceBuilder, ResolvedClass, SchemaBuilder};
use std::fmt;

/// Something that a form cannot say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    ParameterDefault,
    NoResult,
    ReferenceReturned,
    ArrayReturned,
    ReferenceArray,
    LooseReference,
    Character,
}

impl Kind {
    const ALL: [Self; 7] = [
        Self::ParameterDefault,
        Self::NoResult,
        Self::ReferenceReturned,
        Self::ArrayReturned,
        Self::ReferenceArray,
        Self::LooseReference,
        Self::Character,
    ];

    /// What one and several of them are called.
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::ParameterDefault => ("default of a parameter", "defaults of parameters"),
            Self::NoResult => ("method without a result", "methods without a result"),
            Self::ReferenceReturned => {
                ("method that returns a reference", "methods that return references")
            }
            Self::ArrayReturned => ("method that returns an array", "methods that return arrays"),
            Self::ReferenceArray => ("array of references", "arrays of references"),
            Self::LooseReference => {
                ("reference outside of an association", "references outside of associations")
            }
            Self::Character => (
                "value with characters that XML cannot hold",
                "values with characters that XML cannot hold",
            ),
        }
    }

    /// What a form makes of it; `None` where the form has it.
    const fn outcome(self, form: Emit, dialect: Dialect) -> Option<&'static str> {
        match (form, dialect, self) {
            (Emit::CimXml, _, Self::Character) => Some("written with U+FFFD in their place"),
            (_, _, Self::Character) => None,
            (Emit::Mof, Dialect::Dmtf, _) => Some("written, though MOF 2 does not have it"),
            (Emit::CimXml, _, Self::ParameterDefault) => Some("left out"),
            (Emit::CimXml, _, Self::ArrayReturned) => Some("written as if they returned one value"),
            (Emit::CimXml, _, Self::ReferenceReturned | Self::ReferenceArray) => {
                Some("written as strings, without the class")
            }
            _ => None,
        }
    }
}

/// All of one kind that a form cannot say.
#[derive(Clone, Debug)]
pub struct Loss {
    form: Emit,
    kind: Kind,
    outcome: &'static str,
    count: usize,
    /// Where the first of them are.
    places: Vec<String>,
}

impl Loss {
    /// How many places are named.
    const MOST_NAMED: usize = 3;
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (one, many) = self.kind.words();
        let words = if self.count == 1 { one } else { many };
        write!(f, "{}: {} {words} ({}", self.form, self.count, self.places.join(", "))?;
        match self.count - self.places.len() {
            0 => {}
            more => write!(f, " and {more} more")?,
        }
        write!(f, "): {}", self.outcome)
    }
}

impl Emit {
    /// What the form cannot say of a schema: a line for each kind of thing.
    pub fn losses(self, schema: &SchemaBuilder) -> Vec<Loss> {
        let mut losses: Vec<Loss> = Kind::ALL
            .into_iter()
            .filter_map(|kind| {
                let outcome = kind.outcome(self, schema.dialect())?;
                Some(Loss { form: self, kind, outcome, count: 0, places: Vec::new() })
            })
            .collect();
        if losses.is_empty() {
            return losses;
        }
        let mut lose = |kind: Kind, place: &dyn Fn() -> String| {
            let Some(loss) = losses.iter_mut().find(|loss| loss.kind == kind) else { return };
            loss.count += 1;
            if loss.places.len() < Loss::MOST_NAMED {
                loss.places.push(place());
            }
        };
        for (_, namespace) in schema.namespaces() {
            for class in namespace.classes() {
                of_class(class, &mut lose);
            }
            // Nothing else puts such characters in question, and there are many values.
            if self == Self::CimXml {
                characters(namespace, &mut lose);
            }
        }
        losses.retain(|loss| loss.count > 0);
        losses
    }
}

/// Takes note of something of a kind, at a place.
type Lose<'a> = dyn FnMut(Kind, &dyn Fn() -> String) + 'a;

/// The members at these positions.
fn at<'a, T>(members: &'a [Member<T>], own: &'a [u32]) -> impl Iterator<Item = &'a T> {
    let members = own.iter().filter_map(|at| members.get(*at as usize));
    members.map(|member| &*member.declaration)
}

/// Finds values with characters that XML cannot hold, in all that a namespace declares.
fn characters(namespace: &NamespaceBuilder, lose: &mut Lose<'_>) {
    let mut judge = |is_lost: bool, place: &dyn Fn() -> String| {
        if is_lost {
            lose(Kind::Character, place);
        }
    };
    for declared in namespace.qualifier_types() {
        judge(in_value(&declared.default), &|| declared.name.to_string());
    }
    let own = |qualifier: &&Qualifier| !qualifier.flavor.propagated();
    for class in namespace.classes() {
        for qualifier in class.qualifiers.iter().filter(own) {
            judge(in_value(&qualifier.value), &|| format!("{} {}", class.name, qualifier.name));
        }
        for property in at(&class.properties, &class.own_properties) {
            let place = || format!("{}.{}", class.name, property.name);
            judge(property.default.as_ref().is_some_and(in_value), &place);
            for qualifier in property.qualifiers.iter().filter(own) {
                judge(in_value(&qualifier.value), &|| format!("{} {}", place(), qualifier.name));
            }
        }
        for method in at(&class.methods, &class.own_methods) {
            let place = || format!("{}.{}", class.name, method.name);
            for qualifier in method.qualifiers.iter().filter(own) {
                judge(in_value(&qualifier.value), &|| format!("{} {}", place(), qualifier.name));
            }
            for parameter in &method.parameters {
                let lost = in_qualifiers(&parameter.qualifiers);
                judge(lost, &|| format!("{}.{}", place(), parameter.name));
            }
        }
    }
    for instance in namespace.instances() {
        let place = || format!("instance of {}", instance.class);
        judge(in_qualifiers(&instance.qualifiers), &place);
        for (name, property) in instance.properties() {
            let lost = in_value(&property.value) || in_qualifiers(&property.qualifiers);
            judge(lost, &|| format!("{} {name}", place()));
        }
    }
}

/// Finds what a class itself declares.
fn of_class(class: &ResolvedClass, lose: &mut Lose<'_>) {
    let is_reference = |t: &DataType| t.cim_type == CimType::Reference;
    let place = |member: &Name| format!("{}.{member}", class.name);
    let is_association = class.qualifiers.is_true("Association");
    for property in at(&class.properties, &class.own_properties) {
        if !is_reference(&property.data_type) {
            continue;
        }
        if property.data_type.is_array() {
            lose(Kind::ReferenceArray, &|| place(&property.name));
        }
        if !is_association {
            lose(Kind::LooseReference, &|| place(&property.name));
        }
    }
    for method in at(&class.methods, &class.own_methods) {
        match &method.return_type {
            None => lose(Kind::NoResult, &|| place(&method.name)),
            Some(returned) => {
                if is_reference(returned) {
                    lose(Kind::ReferenceReturned, &|| place(&method.name));
                }
                if returned.is_array() {
                    lose(Kind::ArrayReturned, &|| place(&method.name));
                }
            }
        }
        for parameter in method.parameters.iter().filter(|p| p.default.is_some()) {
            lose(Kind::ParameterDefault, &|| format!("{}.{}", place(&method.name), parameter.name));
        }
    }
}
