//! What is declared and never used.

use super::{Lint, Linted, Report};
use crate::compile::{Item, Unit};
use crate::source::FileId;
use crate::syntax::ast::{
    ClassDeclaration, Declaration, Feature, Identifier, InstanceDeclaration, Qualifier, Value,
    ValueKind,
};
use cimarron_model::Name;
use hashbrown::HashSet;

/// MOF0533: an alias holds within the file that is compiled, includes and all.
pub(super) fn aliases(linted: &Linted<'_>, report: &mut Report<'_>) {
    let mut used: HashSet<(FileId, Name)> = HashSet::new();
    let mut defined: Vec<(FileId, Identifier<'_>)> = Vec::new();
    for (file, declaration) in linted.declarations {
        let mut values = Vec::new();
        match declaration {
            Declaration::Instance(instance) => {
                defined.extend(instance.alias.map(|alias| (*file, alias)));
                values.extend(instance.properties.iter().map(|p| &p.value));
            }
            Declaration::Class(class) => {
                defined.extend(class.alias.map(|alias| (*file, alias)));
                add_defaults(class, &mut values);
            }
            _ => {}
        }
        while let Some(value) = values.pop() {
            match &value.kind {
                ValueKind::Alias(name) => {
                    used.insert((linted.roots.of(*file), Name::new(name)));
                }
                ValueKind::Array(items) => values.extend(items),
                ValueKind::Instance(instance) => {
                    values.extend(instance.properties.iter().map(|p| &p.value));
                }
                ValueKind::Class(class) => add_defaults(class, &mut values),
                _ => {}
            }
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

fn add_defaults<'a>(class: &'a ClassDeclaration<'a>, values: &mut Vec<&'a Value<'a>>) {
    for feature in &class.features {
        match feature {
            Feature::Property(property) => values.extend(&property.default),
            Feature::Method(method) => {
                values.extend(method.parameters.iter().filter_map(|p| p.default.as_ref()));
            }
        }
    }
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
        note(&class.at.node.qualifiers);
        for feature in &class.at.node.features {
            match feature {
                Feature::Property(property) => note(&property.qualifiers),
                Feature::Method(method) => {
                    note(&method.qualifiers);
                    method.parameters.iter().for_each(|p| note(&p.qualifiers));
                }
            }
        }
    }
    for item in &unit.instances {
        if let Item::Declared(instance) = item {
            of_instance(instance.at.node, &mut note);
        }
    }
    used
}

fn of_instance(instance: &InstanceDeclaration<'_>, note: &mut impl FnMut(&[Qualifier<'_>])) {
    note(&instance.qualifiers);
    instance.properties.iter().for_each(|property| note(&property.qualifiers));
}
