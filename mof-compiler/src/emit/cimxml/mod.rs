//! A schema as CIM-XML declarations (DSP0201, `DECLARATION`).
//!
//! A document holds one `DECLGROUP` a namespace: the qualifier types, then the
//! classes, each behind its superclass, then the instances. Classes are written as
//! they are declared ([`ClassForm::Local`]); the functions for single elements take
//! whatever form they are given, and say with `PROPAGATED` and `CLASSORIGIN` what is
//! inherited, so that a protocol can answer with them as well.
//!
//! Where CIM-XML has no form of its own:
//!
//! * Embedded objects are strings that hold the object's element, marked by
//!   `EmbeddedObject`. Where WMI's declared type says so, the qualifier
//!   `EmbeddedInstance` or `EmbeddedObject` is added.
//! * DMTF's embedded objects are strings of MOF in the archive (DSP0004 5.6.3.16), and
//!   stay such strings, without the mark.
//! * Arrays of references, which WMI has and DSP0201 has not for properties, are
//!   arrays of strings that hold the paths.
//! * Defaults of parameters and `void` have no attribute and are left out.

mod class;
mod path;
mod value;

pub use super::xml::Layout;

use super::namespaces;
use super::xml::{Attributes, XmlWriter};
use cimarron_model::{Class, Instance, QualifierType};
use cimarron_schema::{Archive, ClassForm, ClassView, QualifierTypeView, SchemaView};
use std::io::{self, Write};

/// Writes a document with all namespaces of an archive.
pub(super) fn write(archive: &Archive, out: &mut dyn Write) -> io::Result<()> {
    write_document(out, &namespaces(archive), &|_, class| class.to_class(ClassForm::Local))
}

/// How a class is written: in which form, with whose localised qualifiers.
type ToClass<'c> = &'c dyn Fn(SchemaView<'_>, ClassView<'_>) -> Class;

/// Writes a document with these namespaces, whole.
///
/// # Errors
/// Those of `out`.
pub fn write_document(
    out: &mut dyn Write,
    namespaces: &[SchemaView<'_>],
    to_class: ToClass<'_>,
) -> io::Result<()> {
    document(out, |xml| {
        namespaces.iter().try_for_each(|schema| {
            group(xml, schema.name(), |xml| {
                for declared in schema.qualifier_types().map(QualifierTypeView::to_qualifier_type) {
                    class::qualifier_type(xml, &declared)?;
                }
                schema.classes().try_for_each(|class| {
                    let class = to_class(*schema, class);
                    object(xml, |xml| class::class(xml, &class))
                })?;
                schema
                    .instances()
                    .try_for_each(|instance| object(xml, |xml| class::instance(xml, &instance)))
            })
        })
    })
}

/// Writes a document with some classes of some namespaces, given by their names.
///
/// # Errors
/// Those of `out`.
pub fn write_classes(out: &mut dyn Write, chosen: &[(&str, Vec<Class>)]) -> io::Result<()> {
    document(out, |xml| {
        chosen.iter().filter(|(_, classes)| !classes.is_empty()).try_for_each(|(name, classes)| {
            group(xml, name, |xml| {
                classes.iter().try_for_each(|class| object(xml, |xml| class::class(xml, class)))
            })
        })
    })
}

fn document(
    out: &mut dyn Write,
    content: impl FnOnce(&mut XmlWriter<'_>) -> io::Result<()>,
) -> io::Result<()> {
    let mut xml = XmlWriter::new(out, Layout::Lines);
    xml.declaration()?;
    let versions = Attributes::new().with("CIMVERSION", "2.0").with("DTDVERSION", "2.0");
    xml.element("CIM", &versions, |xml| xml.element("DECLARATION", &Attributes::new(), content))
}

fn group(
    xml: &mut XmlWriter<'_>,
    namespace: &str,
    content: impl FnOnce(&mut XmlWriter<'_>) -> io::Result<()>,
) -> io::Result<()> {
    xml.element("DECLGROUP", &Attributes::new(), |xml| {
        path::local_namespace(xml, namespace)?;
        content(xml)
    })
}

fn object(
    xml: &mut XmlWriter<'_>,
    content: impl FnOnce(&mut XmlWriter<'_>) -> io::Result<()>,
) -> io::Result<()> {
    xml.element("VALUE.OBJECT", &Attributes::new(), content)
}

/// Writes a `CLASS` element.
///
/// # Errors
/// Those of `out`.
pub fn write_class(out: &mut dyn Write, class: &Class, layout: Layout) -> io::Result<()> {
    class::class(&mut XmlWriter::new(out, layout), class)
}

/// Writes an `INSTANCE` element.
///
/// # Errors
/// Those of `out`.
pub fn write_instance(out: &mut dyn Write, instance: &Instance, layout: Layout) -> io::Result<()> {
    class::instance(&mut XmlWriter::new(out, layout), instance)
}

/// Writes a `QUALIFIER.DECLARATION` element.
///
/// # Errors
/// Those of `out`.
pub fn write_qualifier_type(
    out: &mut dyn Write,
    qualifier_type: &QualifierType,
    layout: Layout,
) -> io::Result<()> {
    class::qualifier_type(&mut XmlWriter::new(out, layout), qualifier_type)
}
