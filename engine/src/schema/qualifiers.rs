//! Which classes use a qualifier, and whether they can go on when its type changes.

use super::{ClassRef, Schema};
use cimarron_model::{CimType, Dialect, Name, QualifierType, Scope};
use cimarron_schema::{ClassView, QualifierView, QualifiersView};

/// A class that a qualifier type stands against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Conflict {
    pub(crate) class: Name,
    pub(crate) problem: &'static str,
}

/// The first class that itself uses a qualifier.
pub(crate) fn first_use(schema: &Schema, qualifier: &Name) -> Option<Name> {
    let uses = |class: ClassRef<'_>| {
        class.def().view().is_some_and(|view| each_use(view, qualifier, &mut |_, _| true))
    };
    schema.classes().find(|class| uses(*class)).map(|class| class.name().clone())
}

/// The first class, among those that count, whose use of a qualifier a new declaration of
/// it would not allow.
pub(crate) fn check_change(
    schema: &Schema,
    declared: &QualifierType,
    dialect: Dialect,
    counts: impl Fn(ClassRef<'_>) -> bool,
) -> Option<Conflict> {
    // Before there was a type, only WMI's namespaces had uses, and anything went.
    let before = schema.qualifier_types().get(&declared.name)?;
    if before.data_type == declared.data_type && before.scopes == declared.scopes {
        return None;
    }
    schema.classes().filter(|class| counts(*class)).find_map(|class| {
        let mut problem = None;
        let mut judge = |scope: Scope, used: QualifierView<'_>| {
            problem = objection(declared, dialect, scope, used);
            problem.is_some()
        };
        each_use(class.def().view()?, &declared.name, &mut judge);
        problem.map(|problem| Conflict { class: class.name().clone(), problem })
    })
}

/// What a declaration has against a use of its qualifier.
fn objection(
    declared: &QualifierType,
    dialect: Dialect,
    scope: Scope,
    used: QualifierView<'_>,
) -> Option<&'static str> {
    // To WMI an association or indication is a class, and a reference a property.
    let wider = match (dialect, scope) {
        (Dialect::Wmi, Scope::Association | Scope::Indication) => Scope::Class,
        (Dialect::Wmi, Scope::Reference) => Scope::Property,
        _ => scope,
    };
    if !declared.scopes.contains(scope) && !declared.scopes.contains(wider) {
        return Some("it may not stand there any more");
    }
    let value = used.value();
    let of = &declared.data_type;
    (value.cim_type() != of.cim_type || value.is_array() != of.is_array())
        .then_some("its values are of another type")
}

/// Goes through the places where a class itself writes a qualifier until `stop` says so;
/// says whether it did.
fn each_use(
    class: ClassView<'_>,
    qualifier: &Name,
    stop: &mut dyn FnMut(Scope, QualifierView<'_>) -> bool,
) -> bool {
    let mut on = |scope: Scope, qualifiers: QualifiersView<'_>| {
        let used = qualifiers.get(qualifier.as_str()).filter(|used| !used.flavor().propagated());
        used.is_some_and(|used| stop(scope, used))
    };
    let kind = if class.is_association() {
        Scope::Association
    } else if class.is_indication() {
        Scope::Indication
    } else {
        Scope::Class
    };
    on(kind, class.qualifiers())
        || class.own_properties().any(|property| {
            let scope = match property.cim_type() {
                CimType::Reference => Scope::Reference,
                _ => Scope::Property,
            };
            on(scope, property.qualifiers())
        })
        || class.own_methods().any(|method| {
            on(Scope::Method, method.qualifiers())
                || method.parameters().any(|p| on(Scope::Parameter, p.qualifiers()))
        })
}
