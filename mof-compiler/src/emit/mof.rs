//! A schema as MOF.
//!
//! Qualifier types come first and each class stands behind its superclass, so
//! compilers that read from the top take the text too. A namespace is named by
//! a pragma where leaving it out could put declarations elsewhere.

use super::namespaces;
use crate::DEFAULT_NAMESPACE;
use crate::compile::special_classes;
use cimarron_model::{Dialect, Flavor};
use cimarron_schema::{
    Archive, ClassForm, ClassView, PrintOptions, SchemaView, class_to_mof, instance_to_mof,
    qualifier_type_to_mof,
};
use std::io::{self, Write};

pub(super) fn write(archive: &Archive, out: &mut dyn Write) -> io::Result<()> {
    let all = namespaces(archive);
    let needs_pragma = needs_pragma(&all);
    for (i, schema) in all.into_iter().enumerate() {
        if i > 0 {
            writeln!(out)?;
        }
        if needs_pragma {
            write_namespace_pragma(out, schema.name(), archive.dialect())?;
        }
        write_namespace(out, schema, archive.dialect())?;
    }
    Ok(())
}

/// Whether MOF of these namespaces must name them: it must not where all goes to the
/// default namespace.
pub fn needs_pragma(namespaces: &[SchemaView<'_>]) -> bool {
    !matches!(*namespaces, [one] if one.name() == DEFAULT_NAMESPACE)
}

/// Writes the pragma that names the namespace of what follows, and an empty line.
///
/// # Errors
/// Those of `out`.
pub fn write_namespace_pragma(
    out: &mut dyn Write,
    namespace: &str,
    dialect: Dialect,
) -> io::Result<()> {
    match dialect {
        Dialect::Wmi => {
            let path = namespace.replace('/', "\\\\");
            writeln!(out, "#pragma namespace (\"\\\\\\\\.\\\\{path}\")\n")
        }
        _ => writeln!(out, "#pragma namespace (\"{namespace}\")\n"),
    }
}

fn write_namespace(
    out: &mut dyn Write,
    schema: SchemaView<'_>,
    dialect: Dialect,
) -> io::Result<()> {
    let flavor_of = |name: &str| -> Option<Flavor> { Some(schema.qualifier_type(name)?.flavor()) };
    let options = PrintOptions::new(dialect).declared(&flavor_of);
    let mut gap = "";
    for declared in schema.qualifier_types() {
        let text = qualifier_type_to_mof(&declared.to_qualifier_type(), &options);
        write!(out, "{gap}{text}")?;
        gap = "\n";
    }
    // Every compiler of WMI's MOF has the system classes, and none lets a text
    // declare them as they are.
    let special = match dialect {
        Dialect::Wmi => special_classes(schema.name()),
        Dialect::Dmtf => Vec::new(),
    };
    let is_declared =
        |class: &ClassView<'_>| dialect != Dialect::Wmi || !class.name().starts_with("__");
    for class in schema.classes().filter(is_declared) {
        let class = class.to_class(ClassForm::Local);
        if special.contains(&class) {
            continue;
        }
        write!(out, "{gap}{}", class_to_mof(&class, &options))?;
        gap = "\n";
    }
    for instance in schema.instances() {
        write!(out, "{gap}{}", instance_to_mof(&instance, &options))?;
        gap = "\n";
    }
    Ok(())
}
