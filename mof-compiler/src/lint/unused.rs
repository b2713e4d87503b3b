//! What is declared and never used.

use super::{Lint, Linted, Report};
use crate::compile::Unit;
use crate::source::FileId;
use crate::syntax::ast::{
    ClassDeclaration, Feature, Identifier, InstanceDeclaration, Qualifier, Value, ValueKind,
};
use cimarron_model::Name;
use hashbrown::HashSet;

/// MOF0533: an alias holds within the file that is compiled, includes and all.
pub(super) fn aliases(linted: &Linted<'_>, report: &mut Report<'_>) {
    let mut used: HashSet<(FileId, Name)> = HashSet::new();
    let mut defined: Vec<(FileId, Identifier<'_>)> = Vec::new();
    let mut values: Vec<(FileId, &Value<'_>)> = Vec::new();
    for (file, class) in linted.classes() {
        defined.extend(class.alias.map(|alias| (file, alias)));
        values.extend(defaults(class).map(|value| (file, value)));
    }
    for (file, instance) in linted.instances() {
        defined.extend(instance.alias.map(|alias| (file, alias)));
        values.extend(instance.properties.iter().map(|p| (file, &p.value)));
    }
    while let Some((file, value)) = values.pop() {
        match &value.kind {
            ValueKind::Alias(name) => {
                used.insert((linted.roots.of(file), Name::new(name)));
            }
            ValueKind::Array(items) => values.extend(items.iter().map(|item| (file, item))),
            ValueKind::Instance(instance) => {
                values.extend(instance.properties.iter().map(|p| (file, &p.value)));
            }
            ValueKind::Class(class) => values.extend(defaults(class).map(|value| (file, value))),
            _ => {}
        }
    }
    for (file, alias) in defined {
        if !used.contains(&(linted.roots.of(file), Name::new(alias.text))) {
            let message = format!("the alias `${}` is not used", alias.text);
            let help = Some(format!("leave out `as ${}`", alias.text));
            report.say(Lint::UnusedAlias, (file, alias.span), message, help);
        }
    }
}

/// The values that a class gives to its properties and parameters.
fn defaults<'a>(class: &'a ClassDeclaration<'a>) -> impl Iterator<Item = &'a Value<'a>> {
    class.features.iter().flat_map(|feature| {
        let (property, parameters) = match feature {
            Feature::Property(property) => (property.default.as_ref(), None),
            Feature::Method(method) => (None, Some(&method.parameters)),
        };
        let parameters = parameters.into_iter().flatten().filter_map(|p| p.default.as_ref());
        property.into_iter().chain(parameters)
    })
}

/// MOF0534
pub(super) fn qualifier_types(linted: &Linted<'_>, report: &mut Report<'_>) {
    for unit in linted.units.values().filter(|unit| !unit.qualifiers.is_empty()) {
        let used = used_qualifiers(unit);
        for declared in &unit.qualifiers {
            let name = declared.node.name;
            if !used.contains(&Name::new(name.text)) {
                let message = format!("the qualifier `{}` is declared and not used", name.text);
                let at = (declared.file, name.span);
                report.say(Lint::UnusedQualifierType, at, message, None);
            }
        }
    }
}

fn used_qualifiers(unit: &Unit<'_>) -> HashSet<Name> {
    let mut used = HashSet::new();
    let mut note = |written: &[Qualifier<'_>]| {
        used.extend(written.iter().map(|qualifier| Name::new(qualifier.name.text)));
    };
    for class in &unit.classes {
        class.node.visit_qualifiers(&mut note);
    }
    for instance in unit.declared() {
        of_instance(instance.at.node, &mut note);
    }
    used
}

fn of_instance(instance: &InstanceDeclaration<'_>, note: &mut impl FnMut(&[Qualifier<'_>])) {
    note(&instance.qualifiers);
    instance.properties.iter().for_each(|property| note(&property.qualifiers));
}
