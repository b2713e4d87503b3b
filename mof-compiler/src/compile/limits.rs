//! Values against the limits that qualifiers set: the defaults of classes and the
//! values of instances (DSP0004 5.6.3).

use super::At;
use super::given::Given;
use super::namespace::Namespace;
use super::place::{methods, properties};
use super::reference::references;
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::{FileId, Span};
use crate::syntax::ast::{self, ClassDeclaration, InstanceDeclaration, PropertyValue, ValueKind};
use crate::{Code, Language};
use cimarron_model::{
    Array, CimType, Class, DataType, Dialect, Instance, Name, Parameter, Property, Qualifier,
    Qualifiers, Scalar, Value,
};
use cimarron_schema::rules::{
    Limit, Misfit, Part, Place, Says, check_octets, check_value, replacement,
};
use cimarron_schema::{ResolvedClass, parameter_of};
use hashbrown::HashSet;
use std::sync::Arc;

/// In MOF 2 it says nothing of what elements there may be.
const ARRAY_TYPE: &str = "ArrayType";

/// Judges the defaults that a class writes. Says whether one is an embedded object or a
/// reference, which are judged when all classes are there.
pub(super) fn defaults(
    namespace: &mut Namespace<'_, '_>,
    at: At<'_, ClassDeclaration<'_>>,
    local: &Class,
    above: Option<&ResolvedClass>,
    says: Says,
) -> bool {
    if says.narrows() {
        inherited_defaults(namespace, at, local, above);
    }
    let mut open = false;
    for (property, written) in local.properties.iter().zip(properties(at.node)) {
        let (Some(value), Some(text)) = (&property.default, &written.default) else { continue };
        let overridden = above.and_then(|a| a.property(property.name.as_str()));
        let above = overridden.map(|(_, m)| &m.declaration.qualifiers);
        let site = Site { above, ..Site::of(At::new(at.file, text), &local.name, property) };
        site.judge(namespace, value);
        open |= property.data_type.cim_type == CimType::Reference
            || (namespace.context.dialect == Dialect::Dmtf && site.is_embedded());
    }
    // Elsewhere than in MOF 3, parameters hardly have defaults.
    if namespace.context.language == Language::Mof3 {
        for (method, written) in local.methods.iter().zip(methods(at.node)) {
            for (i, (one, written)) in method.parameters.iter().zip(&written.parameters).enumerate()
            {
                if let (Some(value), Some(text)) = (&one.default, &written.default) {
                    let at = At::new(at.file, text);
                    parameter(namespace, at, value, (&local.name, &method.name, i, one), above);
                    open |= one.data_type.cim_type == CimType::Reference;
                }
            }
        }
    }
    open
}

/// Judges the default of a parameter, which stands at a position.
pub(super) fn parameter(
    namespace: &mut Namespace<'_, '_>,
    at: At<'_, ast::Value<'_>>,
    value: &Value,
    (class, method, position, parameter): (&Name, &Name, usize, &Parameter),
    above: Option<&ResolvedClass>,
) {
    let overridden = above.and_then(|a| a.method(method.as_str()));
    let overridden = overridden.map(|(_, member)| &*member.declaration);
    let above = parameter_of(overridden, position, &parameter.name).map(|p| &p.qualifiers);
    let site = Site {
        at,
        class,
        member: method,
        parameter: Some(&parameter.name),
        data_type: &parameter.data_type,
        qualifiers: &parameter.qualifiers,
        above,
    };
    site.judge(namespace, value);
}

/// Judges the defaults that properties inherit by what their overrides say themselves: of the
/// rest, the class that writes the default has been judged.
fn inherited_defaults(
    namespace: &mut Namespace<'_, '_>,
    at: At<'_, ClassDeclaration<'_>>,
    local: &Class,
    above: Option<&ResolvedClass>,
) {
    for (property, written) in local.properties.iter().zip(properties(at.node)) {
        let overridden = above.and_then(|a| a.property(property.name.as_str()));
        let (None, Some((_, member))) = (&written.default, overridden) else { continue };
        let Some(value) = &member.declaration.default else { continue };
        if namespace.context.dialect == Dialect::Dmtf
            && property.qualifiers.get("Override").is_none()
        {
            continue;
        }
        let above = &member.declaration.qualifiers;
        let inherited = |name: &str| above.get(name).filter(|q| q.flavor.to_subclass());
        let said = |name: &'static str| property.qualifiers.effective(name, Some(above));
        // What the class above forbids has had its report.
        if !check_value(value, &property.data_type, &namespace.maps, inherited).is_empty() {
            continue;
        }
        let mut misfits: Vec<(Code, &str, String)> =
            check_value(value, &property.data_type, &namespace.maps, said)
                .into_iter()
                .map(|misfit| (code_of(misfit.limit), misfit.qualifier, misfit.message))
                .collect();
        let octets = octets_problem(value, said("OctetString"));
        misfits.extend(octets.map(|problem| (Code::ValueOctets, "OctetString", problem)));
        if namespace.context.language == Language::Mof3 && size_problem(value, inherited).is_none()
        {
            let size = size_problem(value, said);
            misfits.extend(size.map(|(name, problem)| (Code::ArrayTooLong, name, problem)));
        }
        if namespace.context.language == Language::Mof3
            && repeated(value, namespace.context.namespace, inherited).is_none()
            && repeated(value, namespace.context.namespace, said).is_some()
        {
            let problem = "the set has an element twice".to_owned();
            misfits.push((Code::RepeatedElement, ARRAY_TYPE, problem));
        }
        // Of an array one finding is enough.
        misfits.sort_by_key(|(code, ..)| *code);
        misfits.dedup_by_key(|(code, ..)| *code);
        for (code, qualifier, message) in misfits {
            let place =
                written.qualifiers.iter().find(|q| q.name.text.eq_ignore_ascii_case(qualifier));
            // What the override does not write, it need not keep.
            let Some(place) = place else { continue };
            let mut found =
                at.error(code, place.span, format!("of the inherited default, {message}"));
            if namespace.context.dialect == Dialect::Wmi {
                found.severity = Severity::Warning;
            }
            // What a class inherits is looked for from its superclass on.
            let class = local.superclass.as_ref().unwrap_or(&local.name);
            let (member, part) = (Some(&property.name), Part::Name);
            let label = "the default comes from here";
            let found = namespace.labelled(found, class, member, part, label);
            namespace.sink.push(found.with_help("give the override a default that fits"));
        }
    }
}

const fn code_of(limit: Limit) -> Code {
    match limit {
        Limit::Length => Code::ValueLength,
        Limit::Bounds => Code::ValueBounds,
        Limit::ValueMap => Code::ValueNotMapped,
        Limit::Unit => Code::ValueUnit,
        Limit::OctetString => Code::ValueOctets,
    }
}

/// What is wrong with the octets of a value, where a qualifier says that it has some.
fn octets_problem(value: &Value, qualifier: Option<&Qualifier>) -> Option<String> {
    let octets = value.as_array().filter(|array| array.cim_type() == CimType::UInt8)?;
    qualifier.filter(|q| q.value.as_bool() == Some(true)).and_then(|_| check_octets(octets))
}

/// The array that MOF 3 sees in a value: to it, one octet string is none.
fn array_of<'v, 'q>(
    value: &'v Value,
    qualifier: impl Fn(&'static str) -> Option<&'q Qualifier>,
) -> Option<&'v Array> {
    let array = value.as_array();
    array.filter(|array| array.cim_type() != CimType::UInt8 || !is_octets(&qualifier))
}

/// Whether octet strings are what a value holds.
fn is_octets<'q>(qualifier: impl Fn(&'static str) -> Option<&'q Qualifier>) -> bool {
    qualifier("OctetString").is_some_and(|q| q.value.as_bool() == Some(true))
}

/// The first element that an array has before, where it is a set (DSP0004 3.0.1 clause 7).
fn repeated<'q>(
    value: &Value,
    namespace: &str,
    qualifier: impl Fn(&'static str) -> Option<&'q Qualifier>,
) -> Option<usize> {
    let kind = qualifier(ARRAY_TYPE)?.value.as_str()?;
    let is_set = ["Set", "OrderedSet"].iter().any(|set| kind.eq_ignore_ascii_case(set));
    let array = array_of(value, &qualifier).filter(|array| array.cim_type() != CimType::Object);
    let array = array.filter(|_| is_set)?;
    let has_octets = is_octets(&qualifier);
    let mut seen = HashSet::new();
    array.iter().position(|item| {
        item.is_some_and(|item| !seen.insert(identity(item, has_octets, namespace)))
    })
}

/// The text that elements of the same value share.
fn identity(item: Scalar, has_octets: bool, namespace: &str) -> String {
    match item {
        // A zero has no sign to tell it from the other one.
        Scalar::Real32(number) => (number + 0.0).to_string(),
        Scalar::Real64(number) => (number + 0.0).to_string(),
        Scalar::DateTime(time) => {
            time.utc_micros().map_or_else(|| time.to_string(), |micros| micros.to_string())
        }
        Scalar::Reference(path) => {
            // MOF 3 is DMTF's.
            references(Dialect::Dmtf, namespace).canonical(&path)
        }
        Scalar::String(text) if has_octets => text.to_ascii_lowercase(),
        other => other.to_string(),
    }
}

/// What is wrong with the number of a value's elements by MinSize and MaxSize (DSP0004 3.0.1
/// clause 7), and which of the two says so.
fn size_problem<'q>(
    value: &Value,
    qualifier: impl Fn(&'static str) -> Option<&'q Qualifier>,
) -> Option<(&'static str, String)> {
    let array = array_of(value, &qualifier)?;
    let limit = |name| qualifier(name).and_then(|q| q.value.as_integer());
    let size = i128::try_from(array.len()).unwrap_or(i128::MAX);
    let (name, limit) = match (limit("MinSize"), limit("MaxSize")) {
        // Where nothing fits, the declaration has had its report.
        (Some(least), Some(most)) if least > most => return None,
        (_, Some(most)) if size > most => ("MaxSize", most),
        (Some(least), _) if size < least => ("MinSize", least),
        _ => return None,
    };
    let elements = if size == 1 { "element" } else { "elements" };
    Some((name, format!("the array has {size} {elements}, {name} is {limit}")))
}

/// Judges a value that an instance of a class gives to a property.
pub(super) fn value(
    namespace: &mut Namespace<'_, '_>,
    at: At<'_, ast::Value<'_>>,
    value: &Value,
    class: &Name,
    property: &Arc<Property>,
) {
    let site = Site::of(at, class, property);
    let misfits = check_value(value, &property.data_type, &namespace.maps, |name| {
        property.qualifiers.get(name)
    });
    site.report_all(namespace, misfits);
    site.judge_rest(namespace, value);
}

/// DMTF: what is required has a value (DSP0004 5.6.3, Required). Keys are seen to
/// with the path.
pub(super) fn required(
    namespace: &mut Namespace<'_, '_>,
    (at, given): (At<'_, InstanceDeclaration<'_>>, &Given<'_, '_>),
    class: &ResolvedClass,
    instance: &Instance,
) {
    for property in class.properties.iter().map(|m| &*m.declaration) {
        if property.is_key() || !property.qualifiers.is_true("Required") {
            continue;
        }
        let written = given.first(property.name.as_str());
        match (instance.get(property.name.as_str()), written) {
            (Some(value), Some(written)) if value.is_null() => {
                let message = format!("`{}` is required and cannot be NULL", property.name);
                let found = at.error(Code::RequiredNull, written.value.span, message);
                required_here(namespace, found, class, property);
            }
            (None, None) if property.default.as_ref().is_none_or(Value::is_null) => {
                let message = format!("the required property `{}` has no value", property.name);
                let found = at.error(Code::RequiredMissing, at.node.class.span, message);
                let found = found.with_help(format!("write {} = ...;", property.name));
                required_here(namespace, found, class, property);
            }
            _ => {}
        }
    }
}

fn required_here(
    namespace: &mut Namespace<'_, '_>,
    found: Diagnostic,
    class: &ResolvedClass,
    property: &Property,
) {
    let part = Part::Qualifier("Required".into());
    let found = namespace.labelled(found, &class.name, Some(&property.name), part, "required here");
    namespace.sink.push(found);
}

/// Says which deprecated class and properties an instance uses.
pub(super) fn deprecated(
    namespace: &mut Namespace<'_, '_>,
    at: At<'_, InstanceDeclaration<'_>>,
    class: &ResolvedClass,
) {
    let mut report = |qualifiers: &Qualifiers, span: Span, member: Option<&Name>| {
        let Some(deprecated) = qualifiers.get("Deprecated").filter(|q| is_said(&q.value)) else {
            return;
        };
        let message = match member {
            None => format!("the class `{}` is deprecated", class.name),
            Some(name) => format!("the property `{name}` is deprecated"),
        };
        let mut found = at.error(Code::DeprecatedUse, span, message);
        found.help = replacement(deprecated);
        let part = Part::Qualifier("Deprecated".into());
        let found = namespace.labelled(found, &class.name, member, part, "deprecated here");
        namespace.sink.push(found);
    };
    report(&class.qualifiers, at.node.class.span, None);
    for written in &at.node.properties {
        if let Some((_, member)) = class.property(written.name.text) {
            let property = &member.declaration;
            report(&property.qualifiers, written.name.span, Some(&property.name));
        }
    }
}

/// WMI: what a provider makes of one property of an instance it makes of a context
/// (WMI SDK, "Dynamic Qualifier").
pub(super) fn property_context(
    namespace: &mut Namespace<'_, '_>,
    file: FileId,
    written: &PropertyValue<'_>,
    qualifiers: &Qualifiers,
) {
    if namespace.context.dialect != Dialect::Wmi
        || !qualifiers.is_true("Dynamic")
        || qualifiers.get("PropertyContext").is_some()
    {
        return;
    }
    let dynamic = written.qualifiers.iter().find(|q| q.name.text.eq_ignore_ascii_case("Dynamic"));
    let span = dynamic.map_or(written.name.span, |q| q.span);
    let message = format!("the dynamic property `{}` has no PropertyContext", written.name.text);
    let found = At::new(file, written).error(Code::NoPropertyContext, span, message);
    namespace.sink.push(found.with_help("write [PropertyContext(\"...\"), Dynamic]"));
}

/// WMI's Deprecated is a boolean, DMTF's a list of replacements.
fn is_said(value: &Value) -> bool {
    !value.is_null() && value.as_bool() != Some(false)
}

/// Where a value stands, and the property or parameter that it goes to.
struct Site<'a> {
    at: At<'a, ast::Value<'a>>,
    class: &'a Name,
    /// The property, or the method of the parameter.
    member: &'a Name,
    parameter: Option<&'a Name>,
    data_type: &'a DataType,
    qualifiers: &'a Qualifiers,
    /// The qualifiers of what it overrides.
    above: Option<&'a Qualifiers>,
}

impl<'a> Site<'a> {
    /// A property that overrides nothing.
    fn of(at: At<'a, ast::Value<'a>>, class: &'a Name, property: &'a Property) -> Self {
        let Property { name, data_type, qualifiers, .. } = property;
        Self { at, class, member: name, parameter: None, data_type, qualifiers, above: None }
    }

    fn qualifier(&self, name: &str) -> Option<&'a Qualifier> {
        self.qualifiers.effective(name, self.above)
    }

    /// Whether the texts that the property has are embedded objects.
    fn is_embedded(&self) -> bool {
        self.data_type.cim_type == CimType::String
            && (self.qualifier("EmbeddedInstance").is_some()
                || self.qualifier("EmbeddedObject").is_some())
    }

    fn judge(&self, namespace: &mut Namespace<'_, '_>, value: &Value) {
        let misfits =
            check_value(value, self.data_type, &namespace.maps, |name| self.qualifier(name));
        self.report_all(namespace, misfits);
        self.judge_rest(namespace, value);
    }

    fn report_all(&self, namespace: &mut Namespace<'_, '_>, misfits: Vec<Misfit>) {
        for misfit in misfits {
            let (code, span) = (code_of(misfit.limit), self.span(misfit.item));
            self.report(namespace, code, span, misfit.message, misfit.qualifier);
        }
    }

    /// Judges what [`check_value`] does not.
    fn judge_rest(&self, namespace: &mut Namespace<'_, '_>, value: &Value) {
        if let Some(problem) = octets_problem(value, self.qualifier("OctetString")) {
            self.report(namespace, Code::ValueOctets, self.span(None), problem, "OctetString");
        }
        if namespace.context.language == Language::Mof3
            && let Some((name, problem)) = size_problem(value, |name| self.qualifier(name))
        {
            self.report(namespace, Code::ArrayTooLong, self.span(None), problem, name);
        }
        if namespace.context.language == Language::Mof3
            && let Some(repeated) =
                repeated(value, namespace.context.namespace, |name| self.qualifier(name))
        {
            let problem = "the set has this element already".to_owned();
            self.report(
                namespace,
                Code::RepeatedElement,
                self.span(Some(repeated)),
                problem,
                ARRAY_TYPE,
            );
        }
        let is_point =
            |scalar: &Scalar| matches!(scalar, Scalar::DateTime(time) if !time.is_interval());
        if let Value::Scalar(scalar) = value
            && is_point(scalar)
            && namespace.context.dialect == Dialect::Wmi
            && let Some(of) = self.qualifier("SubType").and_then(|q| q.value.as_str())
            && of.eq_ignore_ascii_case("interval")
        {
            let problem = format!("{value} is a point in time, and no interval");
            self.report(namespace, Code::InvalidDateTime, self.span(None), problem, "SubType");
        }
    }

    /// The span of the value, or of an element of it.
    fn span(&self, item: Option<usize>) -> Span {
        let element = match (&self.at.node.kind, item) {
            (ValueKind::Array(items), Some(at)) => items.get(at).map(|item| item.span),
            _ => None,
        };
        element.unwrap_or(self.at.node.span)
    }

    fn report(
        &self,
        namespace: &mut Namespace<'_, '_>,
        code: Code,
        span: Span,
        message: String,
        qualifier: &str,
    ) {
        let mut found = self.at.error(code, span, message);
        if namespace.context.dialect == Dialect::Wmi {
            // WMI keeps these qualifiers and acts on none of them.
            found.severity = Severity::Warning;
        }
        let part = Part::Qualifier(qualifier.into());
        let (member, parameter) = (Some(self.member.clone()), self.parameter.cloned());
        let place = Place { class: self.class.clone(), member, parameter, part };
        namespace.sink.push(namespace.labelled_at(found, &place, "says so"));
    }
}
