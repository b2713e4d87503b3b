//! Which classes use a qualifier, and whether they can go on when its type changes.

use super::{ClassRef, Schema};
use cimarron_model::{CaseInsensitive, CimType, Dialect, Name, QualifierType, Scope};
use cimarron_schema::{QualifierView, QualifiersView};
use hashbrown::HashMap;

/// A class that a qualifier type stands against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Conflict {
    pub(crate) class: Name,
    pub(crate) problem: &'static str,
}

/// The first class that itself uses a qualifier.
pub(crate) fn first_use(schema: &Schema, qualifier: &Name) -> Option<Name> {
    let uses = |class: &ClassRef<'_>| {
        let mut used = false;
        each_use(*class, &mut |_, other| used |= qualifier.is(other.name()));
        used
    };
    schema.classes().find(uses).map(|class| class.name().clone())
}

/// The first class, among those that count, whose use of a qualifier a new declaration of
/// it would not allow: for each of the declarations that there is one for, by their names.
/// One look at the classes serves them all.
pub(crate) fn check_changes<'d>(
    schema: &Schema,
    declared: impl IntoIterator<Item = &'d QualifierType>,
    dialect: Dialect,
    counts: impl Fn(ClassRef<'_>) -> bool,
) -> HashMap<Name, Conflict> {
    let changes = |declared: &&QualifierType| {
        // Before there was a type, only WMI's namespaces had uses, and anything went.
        let before = schema.qualifier_types().get(&declared.name);
        before.is_some_and(|before| {
            before.data_type != declared.data_type || before.scopes != declared.scopes
        })
    };
    let changed = declared.into_iter().filter(changes);
    let mut open: HashMap<Name, &QualifierType> =
        changed.map(|declared| (declared.name.clone(), declared)).collect();
    let mut found = HashMap::new();
    for class in schema.classes().filter(|class| counts(*class)) {
        if open.is_empty() {
            break;
        }
        each_use(class, &mut |scope, used| {
            let name = &CaseInsensitive(used.name());
            let Some(declared) = open.get(name) else { return };
            if let Some(problem) = objection(declared, dialect, scope, used) {
                let conflict = Conflict { class: class.name().clone(), problem };
                found.insert(declared.name.clone(), conflict);
                open.remove(name);
            }
        });
    }
    found
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

/// Goes through the qualifiers that a class itself writes.
fn each_use(class: ClassRef<'_>, visit: &mut dyn FnMut(Scope, QualifierView<'_>)) {
    let Some(class) = class.def().view() else { return };
    let mut on = |scope: Scope, qualifiers: QualifiersView<'_>| {
        let own = qualifiers.iter().filter(|used| !used.flavor().propagated());
        own.for_each(|used| visit(scope, used));
    };
    let kind = if class.is_association() {
        Scope::Association
    } else if class.is_indication() {
        Scope::Indication
    } else {
        Scope::Class
    };
    on(kind, class.qualifiers());
    for property in class.own_properties() {
        let scope = match property.cim_type() {
            CimType::Reference => Scope::Reference,
            _ => Scope::Property,
        };
        on(scope, property.qualifiers());
    }
    for method in class.own_methods() {
        on(Scope::Method, method.qualifiers());
        method.parameters().for_each(|parameter| on(Scope::Parameter, parameter.qualifiers()));
    }
}
