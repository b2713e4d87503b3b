//! What MOF 3 allows beyond the rules of MOF 2, and how its values are typed.

use super::super::Context;
use crate::Language;
use cimarron_model::{CimType, Class, DataType, Dialect, Method, Name, Qualifiers};
use cimarron_schema::ResolvedClass;
use cimarron_schema::rules::{
    Element, Environment, Part, Rule, Violation, passes_the_same, returns_the_same,
};

/// Whether a violation of a rule is none in MOF 3.
///
/// References stand in any type and associations derive from any class, as in the
/// examples of DSP0221; methods return arrays (7.5.6), and an overriding method may
/// add parameters that have defaults (7.5.7). Scopes and the number of references
/// are judged before MOF 2 is written.
pub(crate) fn permits(
    context: &Context<'_>,
    violation: &Violation,
    local: &Class,
    above: Option<&ResolvedClass>,
    environment: &dyn Environment,
) -> bool {
    if context.language == Language::Mof2 {
        return false;
    }
    match violation.rule {
        Rule::ReferenceOutsideAssociation
        | Rule::AssociationUnderClass
        | Rule::ArrayReturned
        | Rule::QualifierScope
        // That is said of the names which the text has.
        | Rule::NoSchemaName
        | Rule::TooFewReferences => true,
        // Its values are names of an enumeration there, which has more of them.
        Rule::QualifierWord => matches!(&violation.part, Part::Value(name) if name.is("ArrayType")),
        // A structure has no kind that what derives from it could change.
        Rule::KindChanged => above.is_some_and(|above| above.qualifiers.is_true("Structure")),
        Rule::MethodSignatureChanged => {
            let Element::Method(i) = violation.element else { return false };
            let Some(method) = local.methods.get(i) else { return false };
            let above = above.and_then(|a| a.method(method.name.as_str()));
            above.is_some_and(|(_, overridden)| {
                extends(method, &overridden.declaration, environment)
            })
        }
        _ => false,
    }
}

/// Whether a method has all of the other one's parameters and beside them only such
/// as have a default. Parameters are told apart by their names.
fn extends(method: &Method, overridden: &Method, environment: &dyn Environment) -> bool {
    let kept = |name: &Name| method.parameters.iter().find(|p| p.name == *name);
    let known = |name: &Name| overridden.parameters.iter().any(|p| p.name == *name);
    returns_the_same(method, overridden, Dialect::Dmtf, environment)
        && overridden.parameters.iter().all(|p| {
            kept(&p.name).is_some_and(|k| passes_the_same(k, p, Dialect::Dmtf, environment))
        })
        && method.parameters.iter().all(|p| known(&p.name) || p.default.is_some())
}

/// What MOF 3 calls a primitive type.
pub(crate) const fn type_name(cim_type: CimType) -> &'static str {
    match cim_type {
        CimType::SInt64 => "integer",
        _ => cim_type.as_str(),
    }
}

/// The type that values of a property or parameter are converted to, where that is
/// not its own: an object for the string that a complex type of MOF 3 becomes.
pub(crate) fn value_type(
    language: Language,
    data_type: &DataType,
    qualifiers: &Qualifiers,
) -> Option<DataType> {
    if language == Language::Mof2 || data_type.cim_type != CimType::String {
        return None;
    }
    let class = qualifiers.get("EmbeddedInstance").and_then(|q| q.value.as_str()).map(Name::new);
    if class.is_none() && !qualifiers.is_true("EmbeddedObject") {
        return None;
    }
    Some(DataType { cim_type: CimType::Object, array: data_type.array, class })
}
