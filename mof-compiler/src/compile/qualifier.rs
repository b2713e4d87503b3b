//! Lowering qualifiers and their declarations (DSP0004 7.8, 7.9; WMI SDK,
//! "Qualifier flavors").

use super::class::{lower_type, plain_size};
use super::namespace::Namespace;
use super::value::Converter;
use super::{At, GlobalFlavors, standard};
use crate::Code;
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::source::FileId;
use crate::syntax::ast::{self, FlavorKind, QualifierDeclaration, ScopeKind, TypeKind};
use cimarron_model::{
    Array, CimType, DataType, Dialect, Flavor, Name, Qualifier, QualifierType, Qualifiers, Scalar,
    Scope, Scopes, Value, fold,
};
use cimarron_schema::implied_flavor;
use cimarron_schema::rules::{Rule, undeclared};
use hashbrown::HashMap;

/// Lowers `Qualifier N : ...;` and adds it to the namespace.
pub(crate) fn declare(namespace: &mut Namespace<'_, '_>, at: At<'_, QualifierDeclaration<'_>>) {
    let node = at.node;
    if node.data_type.kind == TypeKind::Unknown {
        namespace.sink.broken.add_qualifier(node.name.text);
        return;
    }
    plain_size(namespace, at.file, &node.data_type);
    let data_type = lower_type(&node.data_type);
    let default = match &node.default {
        None => QualifierType::null(&data_type),
        Some(written) => {
            let flavors = GlobalFlavors::default();
            Converter::new(namespace, at.file, &flavors)
                .value(written, &data_type)
                .unwrap_or_else(|| QualifierType::null(&data_type))
        }
    };
    if node.scopes.is_none() && namespace.context.dialect == Dialect::Dmtf {
        let message = format!("the declaration of `{}` has no Scope", node.name.text);
        let help = "say where it may stand: Scope(any), or Scope(class, property)";
        namespace.sink.push(at.error(Code::MissingScope, node.name.span, message).with_help(help));
    }
    let base = match namespace.context.dialect {
        Dialect::Dmtf => Flavor::DMTF_DEFAULT,
        // A declaration with Scope is DMTF's form and means what it means there.
        Dialect::Wmi if node.scopes.is_some() => Flavor::DMTF_DEFAULT,
        Dialect::Wmi => Flavor::WMI_DEFAULT,
    };
    let flavor = apply(namespace, at.file, base, node.flavors.as_deref().unwrap_or_default());
    let declaration = QualifierType {
        name: Name::new(node.name.text),
        data_type,
        default,
        scopes: node.scopes.as_deref().map_or(Scopes::ANY, scopes),
        flavor,
    };
    standard::check(namespace, at, &declaration);
    let before = namespace.builder.qualifier_type(node.name.text);
    if before.is_some_and(|b| *b != declaration) && namespace.context.dialect == Dialect::Dmtf {
        let message =
            format!("the qualifier `{}` is declared again, and differently", node.name.text);
        namespace.sink.push(at.error(Code::DuplicateQualifierType, node.name.span, message));
        return;
    }
    namespace.builder.add_qualifier_type(declaration);
}

fn scopes(written: &[ast::Scope]) -> Scopes {
    let mut scopes = Scopes::NONE;
    for scope in written {
        scopes = match scope.kind {
            ScopeKind::Any => Scopes::ANY,
            ScopeKind::Association => scopes.with(Scope::Association),
            ScopeKind::Class => scopes.with(Scope::Class),
            ScopeKind::Indication => scopes.with(Scope::Indication),
            ScopeKind::Method => scopes.with(Scope::Method),
            ScopeKind::Parameter => scopes.with(Scope::Parameter),
            ScopeKind::Property => scopes.with(Scope::Property),
            ScopeKind::Reference => scopes.with(Scope::Reference),
            // No element of a compiled schema is a schema or a qualifier.
            ScopeKind::Schema | ScopeKind::Qualifier => scopes,
        };
    }
    scopes
}

/// Lowers a qualifier list.
pub(crate) fn lower_all(
    namespace: &mut Namespace<'_, '_>,
    file: FileId,
    written: &[ast::Qualifier<'_>],
    global: &GlobalFlavors,
) -> Qualifiers {
    let mut lowered = Qualifiers::with_capacity(written.len());
    let mut first: FirstOf<'_> = FirstOf::new(written);
    for (i, qualifier) in written.iter().enumerate() {
        if let Some(first) = first.before(i, qualifier) {
            let message = format!("the qualifier `{}` is written twice", qualifier.name.text);
            let at = At::new(file, qualifier);
            let found = at.error(Code::DuplicateQualifier, qualifier.name.span, message);
            namespace.sink.push(found.with_label(file, first.span, "first written here"));
            continue;
        }
        lowered.push_new(lower(namespace, file, qualifier, global));
    }
    lowered
}

/// Lowers the qualifiers of an instance or of a value in it. DMTF: they are declared, as
/// those of classes, of which the rules speak.
pub(super) fn of_instance(
    namespace: &mut Namespace<'_, '_>,
    file: FileId,
    written: &[ast::Qualifier<'_>],
    global: &GlobalFlavors,
) -> Qualifiers {
    let mut lowered = lower_all(namespace, file, written, global);
    if namespace.context.dialect == Dialect::Wmi {
        written.iter().for_each(|one| for_subclasses(namespace, file, one));
        // Their declarations say it for classes.
        lowered.flavors_mut().for_each(|flavor| *flavor = flavor.without(Flavor::TO_SUBCLASS));
        return lowered;
    }
    for qualifier in &lowered {
        let name = qualifier.name.as_str();
        let declared = namespace.builder.qualifier_type(name).is_some();
        if declared || namespace.sink.broken.has_qualifier(name) {
            continue;
        }
        let (message, help) = undeclared(&qualifier.name, &namespace.environment());
        let place = written.iter().find(|q| qualifier.name.is(q.name.text));
        let span = place.map(|q| q.span).unwrap_or_default();
        let code = Code::Rule(Rule::UndeclaredQualifier);
        namespace.sink.push(Diagnostic::new(code, file, span, message).with_help(help));
    }
    lowered
}

/// WMI SDK, "Qualifier Flavors": ToSubclass is for the qualifiers of classes.
fn for_subclasses(namespace: &mut Namespace<'_, '_>, file: FileId, one: &ast::Qualifier<'_>) {
    if let Some(flavor) = one.flavors.iter().find(|f| f.kind == FlavorKind::ToSubclass) {
        let message =
            format!("an instance has no subclasses for its qualifier `{}`", one.name.text);
        let found = At::new(file, flavor).error(Code::InstanceFlavor, flavor.span, message);
        namespace.sink.push(found.with_help("leave ToSubclass out"));
    }
}

/// Finds the qualifier of the same name before one: by search in short lists, by hash in
/// long ones.
struct FirstOf<'a> {
    written: &'a [ast::Qualifier<'a>],
    seen: Option<HashMap<Name, usize>>,
}

impl<'a> FirstOf<'a> {
    /// How many are searched faster one by one than by hash.
    const FEW: usize = 32;

    fn new(written: &'a [ast::Qualifier<'a>]) -> Self {
        Self { written, seen: (written.len() > Self::FEW).then(HashMap::new) }
    }

    fn before(&mut self, i: usize, one: &ast::Qualifier<'_>) -> Option<&'a ast::Qualifier<'a>> {
        let Some(seen) = &mut self.seen else {
            let mut before = self.written.iter().take(i);
            return before.find(|q| fold::eq(q.name.text, one.name.text));
        };
        let first = *seen.entry(Name::new(one.name.text)).or_insert(i);
        self.written.get(first).filter(|_| first != i)
    }
}

fn lower(
    namespace: &mut Namespace<'_, '_>,
    file: FileId,
    written: &ast::Qualifier<'_>,
    global: &GlobalFlavors,
) -> Qualifier {
    let declared = namespace.builder.qualifier_type(written.name.text);
    // To copy a name takes less than to make it.
    let name = match declared {
        Some(declared) if declared.name.as_str() == written.name.text => declared.name.clone(),
        _ => Name::new(written.name.text),
    };
    let declared_flavor = declared.map(|d| d.flavor);
    let value = match (&written.value, declared) {
        (None, Some(declared)) => declared.implied_value(),
        (None, None) => Value::from(true),
        (Some(v), Some(declared)) => {
            let data_type = declared.data_type.clone();
            Converter::new(namespace, file, global)
                .qualifier(v, &data_type)
                .unwrap_or_else(|| QualifierType::null(&data_type))
        }
        (Some(v), None) => {
            let data_type = inferred_type(v);
            stored_by_wmi(namespace, file, v, &data_type);
            Converter::new(namespace, file, global)
                .qualifier(v, &data_type)
                .unwrap_or_else(|| QualifierType::null(&data_type))
        }
    };
    let implied = implied_flavor(namespace.context.dialect, name.as_str(), declared_flavor);
    // What is wrong with these is said where they are declared.
    let global = global.get(name.as_str());
    let base = global.iter().flat_map(|flavors| &**flavors);
    let base = base.fold(implied, |flavor, one| with_flavor(flavor, one.kind));
    // Hardly any is written with flavors.
    let flavor = match &*written.flavors {
        [] => base,
        flavors => apply(namespace, file, base, flavors),
    };
    Qualifier { name, value, flavor }
}

/// WMI stores qualifier values as boolean, sint32, real64 and string only. It has no NULL either,
/// which schemas of the DMTF have, so that is a warning.
fn stored_by_wmi(
    namespace: &mut Namespace<'_, '_>,
    file: FileId,
    value: &ast::Value<'_>,
    data_type: &DataType,
) {
    if namespace.context.dialect != Dialect::Wmi {
        return;
    }
    let at = At::new(file, value);
    let wide = matches!(data_type.cim_type, CimType::SInt64 | CimType::UInt64 | CimType::Char16);
    let found = if value.kind == ast::ValueKind::Null {
        let found = at.error(Code::QualifierValue, value.span, "WMI has no qualifiers of NULL");
        found.with_severity(Severity::Warning).with_help("leave the qualifier out")
    } else if wide {
        let message = match too_great(value) {
            Some(number) => format!(
                "{number} is no sint32, and WMI keeps the integers of qualifiers as such: from {} \
                 to {}",
                i32::MIN,
                i32::MAX
            ),
            None => format!("a qualifier cannot have a value of type {}", data_type.cim_type),
        };
        let help = "WMI keeps qualifiers as boolean, sint32, real64 or string";
        at.error(Code::QualifierValue, value.span, message).with_help(help)
    } else {
        return;
    };
    namespace.sink.push(found);
}

/// The first integer in a value that is no sint32.
fn too_great(value: &ast::Value<'_>) -> Option<i128> {
    match &value.kind {
        ast::ValueKind::Integer(n) => {
            let number = n.value();
            i32::try_from(number).is_err().then_some(number)
        }
        ast::ValueKind::Array(items) => items.iter().find_map(too_great),
        _ => None,
    }
}

/// The type of an undeclared qualifier's value: what its literal looks like, in
/// the types that WMI stores (boolean, sint32, real64, string), and the next
/// wider integer when the literal needs it.
fn inferred_type(value: &ast::Value<'_>) -> DataType {
    fn scalar(kind: &ast::ValueKind<'_>) -> Option<CimType> {
        Some(match kind {
            ast::ValueKind::Boolean(_) => CimType::Boolean,
            ast::ValueKind::Integer(n) if i32::try_from(n.value()).is_ok() => CimType::SInt32,
            ast::ValueKind::Integer(n) if i64::try_from(n.value()).is_ok() => CimType::SInt64,
            ast::ValueKind::Integer(_) => CimType::UInt64,
            ast::ValueKind::Real(_) => CimType::Real64,
            ast::ValueKind::Char16(_) => CimType::Char16,
            ast::ValueKind::Null | ast::ValueKind::Invalid => return None,
            _ => CimType::String,
        })
    }
    match &value.kind {
        ast::ValueKind::Array(items) => {
            let types: Vec<CimType> = items.iter().filter_map(|v| scalar(&v.kind)).collect();
            let wide = [CimType::Real64, CimType::UInt64, CimType::SInt64];
            let cim_type = wide
                .into_iter()
                .find(|t| types.contains(t))
                .or_else(|| types.first().copied())
                .unwrap_or(CimType::String);
            DataType::array(cim_type)
        }
        kind => DataType::scalar(scalar(kind).unwrap_or(CimType::String)),
    }
}

/// Applies written flavors, reporting pairs that contradict each other.
fn apply(
    namespace: &mut Namespace<'_, '_>,
    file: FileId,
    base: Flavor,
    written: &[ast::Flavor],
) -> Flavor {
    contradictions(file, written, namespace.sink);
    let mut flavor = base;
    for one in written {
        let at = At::new(file, one);
        if let (Dialect::Dmtf, Some(found)) = (namespace.context.dialect, foreign_flavor(at)) {
            namespace.sink.push(found);
        }
        flavor = with_flavor(flavor, one.kind);
    }
    flavor
}

/// Reports the flavors that contradict one before them.
pub(super) fn contradictions(file: FileId, written: &[ast::Flavor], sink: &mut Diagnostics) {
    // Of each kind the first: more of them contradict nothing else.
    let mut first: Vec<&ast::Flavor> = Vec::new();
    for one in written {
        let other = first.iter().find_map(|o| Some((*o, conflict(o.kind, one.kind)?)));
        if first.iter().all(|o| o.kind != one.kind) {
            first.push(one);
        }
        if let Some((other, code)) = other {
            let message = format!("`{}` contradicts `{}`", one.kind.as_str(), other.kind.as_str());
            let found = At::new(file, one).error(code, one.span, message);
            sink.push(found.with_label(file, other.span, "written here"));
        }
    }
}

/// What a written flavor makes of others.
pub(crate) const fn with_flavor(flavor: Flavor, kind: FlavorKind) -> Flavor {
    match kind {
        FlavorKind::EnableOverride => flavor.without(Flavor::NOT_OVERRIDABLE),
        FlavorKind::DisableOverride => flavor.with(Flavor::NOT_OVERRIDABLE),
        FlavorKind::ToSubclass => flavor.with(Flavor::TO_SUBCLASS),
        FlavorKind::NotToSubclass => flavor.without(Flavor::TO_SUBCLASS),
        FlavorKind::Restricted => flavor.without(Flavor::TO_SUBCLASS.with(Flavor::TO_INSTANCE)),
        FlavorKind::ToInstance => flavor.with(Flavor::TO_INSTANCE),
        FlavorKind::NotToInstance => flavor.without(Flavor::TO_INSTANCE),
        FlavorKind::Translatable | FlavorKind::Amended => flavor.with(Flavor::AMENDED),
    }
}

/// The code for two flavors that exclude each other.
fn conflict(a: FlavorKind, b: FlavorKind) -> Option<Code> {
    use FlavorKind::{
        DisableOverride, EnableOverride, NotToInstance, NotToSubclass, Restricted, ToInstance,
        ToSubclass,
    };
    Some(match (a, b) {
        (EnableOverride, DisableOverride) | (DisableOverride, EnableOverride) => {
            Code::OverrideConflict
        }
        (ToSubclass, Restricted | NotToSubclass)
        | (Restricted | NotToSubclass, ToSubclass)
        | (ToInstance, Restricted | NotToInstance)
        | (Restricted | NotToInstance, ToInstance) => Code::PropagationConflict,
        _ => return None,
    })
}

/// What there is to say about a flavor that DSP0004 does not have, or no more.
fn foreign_flavor(at: At<'_, ast::Flavor>) -> Option<Diagnostic> {
    let ast::Flavor { span, kind } = *at.node;
    let word = kind.as_str();
    match kind {
        FlavorKind::ToInstance => {
            let message = "`ToInstance` is deprecated: instances have no qualifiers";
            Some(at.error(Code::DeprecatedFlavor, span, message))
        }
        FlavorKind::NotToInstance | FlavorKind::NotToSubclass | FlavorKind::Amended => {
            let message = format!("`{word}` is a flavor of WMI's MOF");
            let help = match kind {
                FlavorKind::NotToSubclass => "write Restricted",
                FlavorKind::Amended => "write Translatable",
                _ => "leave it out",
            };
            Some(at.error(Code::WmiForm, span, message).with_help(help))
        }
        _ => None,
    }
}

/// An array of one, where a qualifier of an array type is given a scalar.
pub(crate) fn single(scalar: Scalar) -> Option<Value> {
    Array::from_options(scalar.cim_type(), [Some(scalar)]).ok().map(Value::from)
}
