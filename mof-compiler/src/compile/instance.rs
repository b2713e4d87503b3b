//! Lowering an instance (DSP0004 7.10; WMI SDK, "Creating an instance with MOF").

use super::given::Given;
use super::history::demand;
use super::mof3::value_type;
use super::namespace::Namespace;
use super::reference::{self};
use super::value::{Aliases, Converter};
use super::{At, GlobalFlavors, embedded, limits, qualifier};
use crate::diagnostic::Diagnostic;
use crate::source::FileId;
use crate::syntax::ast::{InstanceDeclaration, PropertyValue, ValueKind};
use crate::{Code, Language};
use cimarron_model::{
    Dialect, Instance, Name, Object, Property, QualifierType, Scalar, Value, suggest,
};
use cimarron_schema::ResolvedClass;
use cimarron_schema::rules::Part;
use std::sync::Arc;

/// Lowers an instance that is a value.
pub(crate) fn embedded(
    namespace: &mut Namespace<'_, '_>,
    at: At<'_, InstanceDeclaration<'_>>,
    flavors: &GlobalFlavors,
    aliases: Option<&dyn Aliases>,
) -> Option<Instance> {
    if let Some(alias) = at.node.alias {
        let message = format!("the embedded instance has the alias `${}`", alias.text);
        let found = at.error(Code::AliasInEmbedded, alias.span, message);
        namespace.sink.push(found.with_help("an embedded object has no path: remove the alias"));
    }
    let class = creation_class(namespace, at)?;
    let mut instance = lower(namespace, at, flavors, &class, aliases);
    if namespace.context.language == Language::Mof3 {
        fill(namespace, at, &class, &mut instance);
    }
    Some(instance)
}

/// What the defaults of what complex values leave out may add to a namespace, as [`weight`]
/// counts. Defaults hold values with defaults, so that a short text can mean very much.
const MOST_FILLED: usize = 1_000_000;

/// What they may add to each value beside that: no more than in proportion to the text.
const FREELY_FILLED: usize = 64;

/// MOF 3: a value of a structure has the defaults of the properties that it leaves out
/// (DSP0221 7.5.5). Nobody else gives it these: to an archive it is an embedded instance.
fn fill(
    namespace: &mut Namespace<'_, '_>,
    at: At<'_, InstanceDeclaration<'_>>,
    class: &ResolvedClass,
    instance: &mut Instance,
) {
    let mut filled = namespace.filled.get().saturating_sub(FREELY_FILLED);
    for property in class.properties.iter().map(|m| &*m.declaration) {
        let Some(default) = property.default.as_ref().filter(|d| !d.is_null()) else { continue };
        if instance.get(property.name.as_str()).is_some() {
            continue;
        }
        if filled > MOST_FILLED {
            break;
        }
        // The value that is filled is embedded itself.
        let weight = weight(default, Object::MAX_DEPTH - 1, MOST_FILLED + 1 - filled);
        filled = filled.saturating_add(weight.unwrap_or_default());
        let message = match weight {
            None => format!("defaults are embedded more than {} deep", Object::MAX_DEPTH),
            Some(_) if filled > MOST_FILLED => {
                // Once is enough.
                filled = usize::MAX;
                format!("defaults add more than {MOST_FILLED} values to what is written")
            }
            Some(_) => {
                instance.set(property.name.clone(), default.clone());
                continue;
            }
        };
        namespace.sink.push(at.error(Code::ExpansionLimit, at.node.class.span, message));
        break;
    }
    namespace.filled.set(filled);
}

/// How much a value takes where it is written, at most `most`; `None` when it is embedded
/// deeper than `depth`. What is embedded is written as a text, in which that of what is
/// embedded there doubles.
fn weight(value: &Value, depth: usize, most: usize) -> Option<usize> {
    let of_object = |object: &Object, most: usize| {
        let depth = depth.checked_sub(1)?;
        let Object::Instance(instance) = object else { return Some(1) };
        instance.properties().try_fold(1, |sum: usize, (_, property)| match sum < most {
            true => Some((sum + 2 * weight(&property.value, depth, most - sum)?).min(most)),
            false => Some(most),
        })
    };
    let of_scalar = |scalar: &Scalar, most: usize| match scalar {
        Scalar::Object(object) => of_object(object, most),
        Scalar::String(text) => Some(1 + text.len() / FREELY_FILLED),
        _ => Some(1),
    };
    let whole = match value {
        Value::Scalar(scalar) => of_scalar(scalar, most),
        Value::Array(array) => array.iter().try_fold(1, |sum: usize, item| match item {
            Some(item) if sum < most => Some(sum + of_scalar(&item, most - sum)?),
            _ => Some(sum + 1),
        }),
        Value::Null(..) => Some(1),
    };
    whole.map(|whole| whole.min(most))
}

/// The class of an instance, unless it is unknown or abstract.
pub(super) fn creation_class(
    namespace: &mut Namespace<'_, '_>,
    at: At<'_, InstanceDeclaration<'_>>,
) -> Option<Arc<ResolvedClass>> {
    use cimarron_schema::rules::Environment;
    let name = at.node.class;
    let Some(class) = namespace.class(name.text) else {
        if namespace.doubts(name.text) {
            return None;
        }
        let environment = namespace.environment();
        if environment.superclass(name.text).is_some() {
            let message = format!("the class `{}` cannot be made without this value", name.text);
            // Where an alias leads to it, the mistake is to use this one.
            let (file, span) = at.node.elsewhere.map_or((at.file, name.span), |e| e.used);
            let found = Diagnostic::new(Code::UnknownClass, file, span, message);
            namespace.sink.push(found.with_help("a default cannot be an instance of its class"));
            return None;
        }
        let help = environment.class_advice(name.text);
        let message = format!("the class `{}` does not exist", name.text);
        let mut found = at.error(Code::UnknownClass, name.span, message);
        found.help = help;
        namespace.sink.push(found);
        return None;
    };
    if class.qualifiers.is_true("Abstract") {
        let what = if namespace.context.language == Language::Mof3 { "" } else { "the class " };
        let message = format!("{what}`{}` is abstract and has no instances", class.name);
        let found = at.error(Code::AbstractInstance, name.span, message);
        let part = Part::Qualifier("Abstract".into());
        let found = namespace.labelled(found, &class.name, None, part, "abstract here");
        namespace.sink.push(found);
        return None;
    }
    if namespace.context.dialect == Dialect::Wmi && class.qualifiers.is_true("Amendment") {
        let message = format!("`{}` holds localised qualifiers and has no instances", class.name);
        namespace.sink.push(at.error(Code::AmendmentInstance, name.span, message));
        return None;
    }
    Some(class)
}

/// DMTF: exceptions, structures and indications are only ever values; no instance
/// of one stands by itself. Says whether the class is one.
pub(super) fn embedded_only(
    namespace: &mut Namespace<'_, '_>,
    at: At<'_, InstanceDeclaration<'_>>,
    class: &ResolvedClass,
) -> bool {
    if !namespace.context.is_dmtf_mof2() {
        return false;
    }
    let kinds = [
        ("Exception", "an exception"),
        ("Structure", "a structure"),
        ("Indication", "an indication"),
    ];
    let mut kinds = kinds.into_iter();
    let Some((name, kind)) = kinds.find(|(name, _)| class.qualifiers.is_true(name)) else {
        return false;
    };
    let message = format!("`{}` is {kind} and has no instances of its own", class.name);
    let found = at.error(Code::EmbeddedOnly, at.node.class.span, message);
    let found = found.with_help("an instance of it can only be embedded");
    let part = Part::Qualifier(name.into());
    let found = namespace.labelled(found, &class.name, None, part, format!("{kind} here"));
    namespace.sink.push(found);
    true
}

pub(super) fn lower(
    namespace: &mut Namespace<'_, '_>,
    at: At<'_, InstanceDeclaration<'_>>,
    flavors: &GlobalFlavors,
    class: &ResolvedClass,
    aliases: Option<&dyn Aliases>,
) -> Instance {
    let mut instance = Instance::new(class.name.clone());
    instance.qualifiers = qualifier::of_instance(namespace, at.file, &at.node.qualifiers, flavors);
    let given = Given::new(at.node);
    for written in &at.node.properties {
        if instance.get(written.name.text).is_some() {
            let message = format!("the property `{}` is initialised twice", written.name.text);
            let found = at.error(Code::DuplicateInitialiser, written.name.span, message);
            namespace.sink.push(match given.first(written.name.text) {
                Some(first) => found.with_label(at.file, first.name.span, "first initialised here"),
                None => found,
            });
            continue;
        }
        let Some(property) = declared_property(namespace, at, class, written) else { continue };
        if written.value.kind == ValueKind::Absent {
            if may_lack_value(namespace, at.file, written) {
                let value = property.default.clone();
                let value = value.unwrap_or_else(|| QualifierType::null(&property.data_type));
                instance.set(property.name.clone(), value);
                qualify(namespace, at.file, flavors, written, &property.name, &mut instance);
            }
            continue;
        }
        let language = namespace.context.language;
        let embedded = value_type(language, &property.data_type, &property.qualifiers);
        let value = Converter::new(namespace, at.file, flavors)
            .with_aliases(aliases)
            .value(&written.value, embedded.as_ref().unwrap_or(&property.data_type));
        let Some(value) = value else { continue };
        let at_value = At::new(at.file, &written.value);
        limits::value(namespace, at_value, &value, &class.name, property);
        reference::judge(namespace, at_value, &value);
        let value = embedded::read(namespace, at_value, value, property);
        instance.set(property.name.clone(), value);
        qualify(namespace, at.file, flavors, written, &property.name, &mut instance);
    }
    if namespace.context.dialect == Dialect::Wmi {
        values_are_there(namespace, (at, &given), class, &instance);
    } else {
        limits::required(namespace, (at, &given), class, &instance);
    }
    limits::deprecated(namespace, at, class);
    instance
}

/// Gives a property of an instance the qualifiers that are written there.
fn qualify(
    namespace: &mut Namespace<'_, '_>,
    file: FileId,
    flavors: &GlobalFlavors,
    written: &PropertyValue<'_>,
    name: &Name,
    instance: &mut Instance,
) {
    let qualifiers = qualifier::of_instance(namespace, file, &written.qualifiers, flavors);
    limits::property_context(namespace, file, written, &qualifiers);
    if let Some(slot) = instance.property_mut(name.as_str()) {
        slot.qualifiers = qualifiers;
    }
}

/// Whether a property may stand without a value: in WMI its qualifiers may name a provider
/// that has it (WMI SDK, "Using the System Registry Provider as a Property Provider"), and
/// what `mofcomp` writes names properties that have none.
fn may_lack_value(
    namespace: &mut Namespace<'_, '_>,
    file: FileId,
    written: &PropertyValue<'_>,
) -> bool {
    let may = namespace.context.dialect == Dialect::Wmi;
    if !may {
        let message = "expected `=`, found `;`".to_owned();
        let at = At::new(file, written);
        namespace.sink.push(at.error(Code::UnexpectedToken, written.value.span, message));
    }
    may
}

/// WMI: what is Indexed or Not_Null has a value. Keys are seen to with the path.
fn values_are_there(
    namespace: &mut Namespace<'_, '_>,
    (at, given): (At<'_, InstanceDeclaration<'_>>, &Given<'_, '_>),
    class: &ResolvedClass,
    instance: &Instance,
) {
    for property in class.properties.iter().map(|m| &*m.declaration) {
        let Some(demand) = demand(property).filter(|_| !property.is_key()) else { continue };
        let written = given.first(property.name.as_str());
        let value = match (instance.get(property.name.as_str()), written) {
            // What was written could not be converted, and that was reported.
            (None, Some(_)) => continue,
            (None, None) => property.default.as_ref(),
            (given, _) => given,
        };
        if value.is_none_or(Value::is_null) {
            let message = format!("`{}` is {demand} and must have a value", property.name);
            let span = given.span(property.name.as_str());
            let found = at.error(Code::NullValue, span, message);
            let part = Part::Qualifier(demand.into());
            let member = Some(&property.name);
            let found = namespace.labelled(found, &class.name, member, part, "demanded here");
            namespace.sink.push(found);
        }
    }
}

fn declared_property<'k>(
    namespace: &mut Namespace<'_, '_>,
    at: At<'_, InstanceDeclaration<'_>>,
    class: &'k ResolvedClass,
    written: &PropertyValue<'_>,
) -> Option<&'k Arc<Property>> {
    if let Some((_, member)) = class.property(written.name.text) {
        return Some(&member.declaration);
    }
    if namespace.doubts(class.name.as_str()) {
        return None;
    }
    let names = class.properties.iter().map(|m| m.declaration.name.as_str());
    let message = format!("`{}` has no property `{}`", class.name, written.name.text);
    let found = at.error(Code::UnknownProperty, written.name.span, message);
    let found = namespace.labelled(found, &class.name, None, Part::Name, "the class");
    let advised = namespace.sink.wants_advice();
    let similar = advised.then(|| suggest::nearest(written.name.text, names)).flatten();
    namespace.sink.push(match similar {
        Some(similar) => found.with_help(suggest::did_you_mean(similar)),
        None => found,
    });
    None
}
