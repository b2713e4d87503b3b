//! A repository as MOF that compiles into the same one.
//!
//! A text is of one dialect, so all namespaces of it must be. What MOF cannot say is refused
//! and not left out: NaN and the infinities have no literal. Indexes are no part of it.

use super::Counts;
use super::export::lean;
use super::shapes::Shapes;
use super::walk::{Walk, failed};
use crate::failure::{Failure, Stop};
use cimarron_engine::{NamespaceInfo, Repository};
use cimarron_model::{Dialect, Flavor, Instance, Name, Object, Qualifiers, Scalar, Status, Value};
use cimarron_schema::{PrintOptions, class_to_mof, instance_to_mof, qualifier_type_to_mof};
use std::collections::HashMap;
use std::io::Write;

/// Writes some namespaces, which must follow one dialect.
pub(super) fn export(
    repository: &Repository,
    namespaces: &[NamespaceInfo],
    out: &mut dyn Write,
) -> Result<Counts, Stop> {
    let Some(dialect) = one_dialect(namespaces)? else { return Ok(Counts::default()) };
    let mut counts = Counts::default();
    writeln!(out, "// Made by `cimarron data export`; compile with --dialect {dialect}.")?;
    for info in namespaces {
        let path = info.name.as_str().replace('/', "\\\\");
        writeln!(out, "\n#pragma namespace (\"\\\\\\\\.\\\\{path}\")")?;
        counts.namespaces += 1;
        write_namespace(repository, info, out, &mut counts)?;
    }
    Ok(counts)
}

fn one_dialect(namespaces: &[NamespaceInfo]) -> Result<Option<Dialect>, Failure> {
    let Some(first) = namespaces.first() else { return Ok(None) };
    match namespaces.iter().find(|info| info.dialect != first.dialect) {
        None => Ok(Some(first.dialect)),
        Some(other) => Err(Failure::input(
            Status::NotSupported,
            format!(
                "`{}` follows {} and `{}` follows {}: one MOF text cannot hold both",
                first.name, first.dialect, other.name, other.dialect
            ),
        )
        .with_help(
            "name a directory with -o, or namespaces of one dialect, or export --format ndjson",
        )),
    }
}

fn write_namespace(
    repository: &Repository,
    info: &NamespaceInfo,
    out: &mut dyn Write,
    counts: &mut Counts,
) -> Result<(), Stop> {
    let session = repository.session(info.name.as_str()).map_err(|error| failed(&error))?;
    let (walk, shapes) = (Walk::new(&session), Shapes::new(session.clone()));
    let types = walk.qualifier_types()?;
    let flavors: HashMap<Name, Flavor> =
        types.iter().map(|declared| (declared.name.clone(), declared.flavor)).collect();
    let flavor_of = |name: &str| flavors.get(&Name::new(name)).copied();
    let options = PrintOptions::new(info.dialect).declared(&flavor_of);
    for declared in &types {
        write!(out, "\n{}", qualifier_type_to_mof(declared, &options))?;
        counts.qualifier_types += 1;
    }
    for name in walk.class_names()? {
        write!(out, "\n{}", class_to_mof(&walk.class(&name)?, &options))?;
        counts.classes += 1;
    }
    walk.instances(|instance| {
        if !is_writable(instance) {
            return Err(unwritable(instance).into());
        }
        let lean = lean(instance, shapes.of(&instance.class).as_deref());
        write!(out, "\n{}", instance_to_mof(&lean, &options))?;
        counts.instances += 1;
        Ok::<(), Stop>(())
    })
}

fn unwritable(instance: &Instance) -> Failure {
    let path = instance.path.as_ref().map(ToString::to_string).unwrap_or_default();
    let message = format!("`{path}` holds NaN or an infinity, for which MOF has no literal");
    Failure::input(Status::NotSupported, message).with_help("export --format ndjson")
}

/// Whether MOF has a literal for every value. Objects are embedded to a bounded depth.
fn is_writable(instance: &Instance) -> bool {
    let qualifiers = |list: &Qualifiers| list.iter().all(|q| is_value_writable(&q.value));
    qualifiers(&instance.qualifiers)
        && instance
            .properties()
            .all(|(_, p)| is_value_writable(&p.value) && qualifiers(&p.qualifiers))
}

fn is_value_writable(value: &Value) -> bool {
    match value {
        Value::Null(..) => true,
        Value::Scalar(scalar) => is_scalar_writable(scalar),
        Value::Array(array) => array.iter().flatten().all(|scalar| is_scalar_writable(&scalar)),
    }
}

fn is_scalar_writable(scalar: &Scalar) -> bool {
    match scalar {
        Scalar::Real32(x) => x.is_finite(),
        Scalar::Real64(x) => x.is_finite(),
        Scalar::Object(object) => match &**object {
            Object::Instance(instance) => is_writable(instance),
            Object::Class(class) => {
                class.properties.iter().flat_map(|p| &p.default).all(is_value_writable)
            }
        },
        _ => true,
    }
}
