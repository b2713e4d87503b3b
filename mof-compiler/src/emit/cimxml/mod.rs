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
mod known;
mod path;
mod value;

pub use super::xml::Layout;

use super::namespaces;
use super::xml::{Attributes, XmlWriter};
use cimarron_model::{Class, Instance, QualifierType};
use cimarron_schema::{Archive, ClassForm, ClassView, QualifierTypeView, SchemaView};
use known::Known;
use std::io::{self, Write};

/// The writer, with what the schema declares.
type Xml<'w> = XmlWriter<'w, Known<'w>>;

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
            group(xml, Known::new(Some(*schema), namespaces), schema.name(), |xml| {
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

/// Writes a document with some classes of some namespaces.
///
/// # Errors
/// Those of `out`.
pub fn write_classes(
    out: &mut dyn Write,
    chosen: &[(SchemaView<'_>, Vec<Class>)],
) -> io::Result<()> {
    let all: Vec<SchemaView<'_>> = chosen.iter().map(|(schema, _)| *schema).collect();
    document(out, |xml| {
        chosen.iter().filter(|(_, classes)| !classes.is_empty()).try_for_each(
            |(schema, classes)| {
                group(xml, Known::new(Some(*schema), &all), schema.name(), |xml| {
                    classes.iter().try_for_each(|class| object(xml, |xml| class::class(xml, class)))
                })
            },
        )
    })
}

fn document<'w>(
    out: &'w mut dyn Write,
    content: impl FnOnce(&mut Xml<'w>) -> io::Result<()>,
) -> io::Result<()> {
    let mut xml = XmlWriter::new(out, Layout::Lines, Known::default());
    xml.declaration()?;
    let versions = Attributes::new().with("CIMVERSION", "2.0").with("DTDVERSION", "2.0");
    xml.element("CIM", &versions, |xml| xml.element("DECLARATION", &Attributes::new(), content))
}

fn group<'w>(
    xml: &mut Xml<'w>,
    known: Known<'w>,
    namespace: &str,
    content: impl FnOnce(&mut Xml<'w>) -> io::Result<()>,
) -> io::Result<()> {
    xml.known = known;
    xml.element("DECLGROUP", &Attributes::new(), |xml| {
        path::local_namespace(xml, namespace)?;
        content(xml)
    })
}

fn object<'w>(
    xml: &mut Xml<'w>,
    content: impl FnOnce(&mut Xml<'w>) -> io::Result<()>,
) -> io::Result<()> {
    xml.element("VALUE.OBJECT", &Attributes::new(), content)
}

/// Writes a `CLASS` element. `schema` is the namespace of the class, where there is one
/// to look into.
///
/// # Errors
/// Those of `out`.
pub fn write_class(
    out: &mut dyn Write,
    class: &Class,
    schema: Option<SchemaView<'_>>,
    layout: Layout,
) -> io::Result<()> {
    alone(out, schema, layout, |xml| class::class(xml, class))
}

/// Writes an `INSTANCE` element. `schema` is the namespace of the instance, where there
/// is one to look into.
///
/// # Errors
/// Those of `out`.
pub fn write_instance(
    out: &mut dyn Write,
    instance: &Instance,
    schema: Option<SchemaView<'_>>,
    layout: Layout,
) -> io::Result<()> {
    alone(out, schema, layout, |xml| class::instance(xml, instance))
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
    alone(out, None, layout, |xml| class::qualifier_type(xml, qualifier_type))
}

/// Writes one element without a document.
fn alone(
    out: &mut dyn Write,
    schema: Option<SchemaView<'_>>,
    layout: Layout,
    content: impl FnOnce(&mut Xml<'_>) -> io::Result<()>,
) -> io::Result<()> {
    let all: Vec<SchemaView<'_>> = schema.into_iter().collect();
    content(&mut XmlWriter::new(out, layout, Known::new(schema, &all)))
}
