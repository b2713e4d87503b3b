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
use cimarron_schema::{Archive, ClassForm, QualifierTypeView, SchemaView};
use std::io::{self, Write};

/// Writes a document with all namespaces of an archive.
pub(super) fn write(archive: &Archive, out: &mut dyn Write) -> io::Result<()> {
    write_document(out, &namespaces(archive))
}

/// Writes a document with these namespaces.
///
/// # Errors
/// Those of `out`.
pub fn write_document(out: &mut dyn Write, namespaces: &[SchemaView<'_>]) -> io::Result<()> {
    let mut xml = XmlWriter::new(out, Layout::Lines);
    xml.declaration()?;
    let versions = Attributes::new().with("CIMVERSION", "2.0").with("DTDVERSION", "2.0");
    xml.element("CIM", &versions, |xml| {
        xml.element("DECLARATION", &Attributes::new(), |xml| {
            namespaces.iter().try_for_each(|schema| group(xml, *schema))
        })
    })
}

fn group(xml: &mut XmlWriter<'_>, schema: SchemaView<'_>) -> io::Result<()> {
    xml.element("DECLGROUP", &Attributes::new(), |xml| {
        path::local_namespace(xml, schema.name())?;
        for declared in schema.qualifier_types().map(QualifierTypeView::to_qualifier_type) {
            class::qualifier_type(xml, &declared)?;
        }
        for class in schema.classes() {
            let class = class.to_class(ClassForm::Local);
            xml.element("VALUE.OBJECT", &Attributes::new(), |xml| class::class(xml, &class))?;
        }
        for instance in schema.instances() {
            xml.element("VALUE.OBJECT", &Attributes::new(), |xml| class::instance(xml, &instance))?;
        }
        Ok(())
    })
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
