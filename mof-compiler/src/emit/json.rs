//! A schema as JSON.
//!
//! One document, one declaration a line: whole for programs, and still something
//! to `grep` and to compare line by line.

use super::namespaces;
use cimarron_schema::{Archive, ClassForm, QualifierTypeView, SchemaView};
use serde::Serialize;
use std::io::{self, Write};

pub(super) fn write(archive: &Archive, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "{{\"dialect\":\"{}\",\"namespaces\":[", archive.dialect().as_str())?;
    let mut comma = "";
    for schema in namespaces(archive) {
        write!(out, "{comma}\n{{\"name\":")?;
        serde_json::to_writer(&mut *out, schema.name())?;
        write_schema(out, schema)?;
        write!(out, "}}")?;
        comma = ",";
    }
    writeln!(out, "\n]}}")
}

fn write_schema(out: &mut dyn Write, schema: SchemaView<'_>) -> io::Result<()> {
    let qualifiers = schema.qualifier_types().map(QualifierTypeView::to_qualifier_type);
    list(out, "qualifier_types", qualifiers)?;
    list(out, "classes", schema.classes_by_name().map(|c| c.to_class(ClassForm::Resolved)))?;
    list(out, "instances", schema.instances())
}

fn list<T: Serialize>(
    out: &mut dyn Write,
    name: &str,
    items: impl Iterator<Item = T>,
) -> io::Result<()> {
    write!(out, ",\n\"{name}\":[")?;
    let mut comma = "";
    for item in items {
        writeln!(out, "{comma}")?;
        serde_json::to_writer(&mut *out, &item)?;
        comma = ",";
    }
    write!(out, "]")
}
