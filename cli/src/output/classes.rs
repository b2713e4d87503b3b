//! Classes and qualifier types as MOF.

use cimarron_model::{Class, Dialect, Flavor};
use cimarron_schema::{ClassView, PrintOptions, SchemaView, class_to_mof, qualifier_type_to_mof};
use std::io::{self, Write};

/// Writes a whole namespace so that it compiles again: qualifier types first,
/// then each class behind its superclass. WMI's system classes are left out: the
/// compiler has them, and no text may declare them.
pub(crate) fn write_namespace(
    out: &mut dyn Write,
    schema: SchemaView<'_>,
    to_class: &dyn Fn(ClassView<'_>) -> Class,
    dialect: Dialect,
) -> io::Result<()> {
    let options = PrintOptions::new(dialect);
    for declared in schema.qualifier_types() {
        writeln!(out, "{}", qualifier_type_to_mof(&declared.to_qualifier_type(), &options))?;
    }
    let own = schema.classes().filter(|class| !class.name().starts_with("__"));
    write_classes(out, schema, own, to_class, dialect)
}

/// Writes some classes of a namespace, with blank lines between them.
pub(crate) fn write_classes<'a>(
    out: &mut dyn Write,
    schema: SchemaView<'a>,
    classes: impl IntoIterator<Item = ClassView<'a>>,
    to_class: &dyn Fn(ClassView<'_>) -> Class,
    dialect: Dialect,
) -> io::Result<()> {
    let flavor_of = |name: &str| -> Option<Flavor> { Some(schema.qualifier_type(name)?.flavor()) };
    let options = PrintOptions::new(dialect).declared(&flavor_of);
    for (i, class) in classes.into_iter().enumerate() {
        let gap = if i > 0 { "\n" } else { "" };
        write!(out, "{gap}{}", class_to_mof(&to_class(class), &options))?;
    }
    Ok(())
}
