//! References and names of namespaces (DSP0201, "Naming and location elements").

use super::super::xml::Attributes;
use super::{Xml, value};
use cimarron_model::{CimType, KeyValue, Keys, MAX_PATH_DEPTH, Name, ObjectPath};
use std::io;

/// Writes a `LOCALNAMESPACEPATH`.
pub(super) fn local_namespace(xml: &mut Xml<'_>, name: &str) -> io::Result<()> {
    xml.element("LOCALNAMESPACEPATH", &Attributes::new(), |xml| {
        name.split('/').try_for_each(|part| xml.empty("NAMESPACE", &Attributes::named(part)))
    })
}

/// Writes a `VALUE.REFERENCE`.
pub(super) fn reference(xml: &mut Xml<'_>, path: &ObjectPath) -> io::Result<()> {
    reference_within(xml, path, MAX_PATH_DEPTH)
}

fn reference_within(xml: &mut Xml<'_>, path: &ObjectPath, depth: usize) -> io::Result<()> {
    let kind = if path.is_class() { "CLASS" } else { "INSTANCE" };
    xml.element("VALUE.REFERENCE", &Attributes::new(), |xml| match (&path.host, &path.namespace) {
        (Some(host), Some(namespace)) => {
            xml.element(&format!("{kind}PATH"), &Attributes::new(), |xml| {
                xml.element("NAMESPACEPATH", &Attributes::new(), |xml| {
                    xml.text("HOST", &Attributes::new(), host)?;
                    local_namespace(xml, namespace)
                })?;
                name(xml, path, depth)
            })
        }
        (None, Some(namespace)) => {
            xml.element(&format!("LOCAL{kind}PATH"), &Attributes::new(), |xml| {
                local_namespace(xml, namespace)?;
                name(xml, path, depth)
            })
        }
        _ => name(xml, path, depth),
    })
}

/// A `CLASSNAME` or `INSTANCENAME`.
fn name(xml: &mut Xml<'_>, path: &ObjectPath, depth: usize) -> io::Result<()> {
    let class = path.class.as_ref().map(Name::as_str).unwrap_or_default();
    if path.is_class() {
        return xml.empty("CLASSNAME", &Attributes::named(class));
    }
    let attributes = Attributes::new().with("CLASSNAME", class);
    match &path.keys {
        Keys::Class | Keys::Singleton => xml.empty("INSTANCENAME", &attributes),
        Keys::Unnamed(value) => {
            xml.element("INSTANCENAME", &attributes, |xml| key_value(xml, path, None, value, depth))
        }
        Keys::Named(bindings) => xml.element("INSTANCENAME", &attributes, |xml| {
            bindings.iter().try_for_each(|key| {
                xml.element("KEYBINDING", &Attributes::named(key.name.as_str()), |xml| {
                    key_value(xml, path, Some(key.name.as_str()), &key.value, depth)
                })
            })
        }),
    }
}

/// The value of a key of a path: a `VALUE.REFERENCE` or a `KEYVALUE`.
fn key_value(
    xml: &mut Xml<'_>,
    path: &ObjectPath,
    name: Option<&str>,
    value: &KeyValue,
    depth: usize,
) -> io::Result<()> {
    let (value, cim_type) = xml.known.key(path, name, value);
    let text = match &value {
        KeyValue::Reference(to) if depth > 0 => {
            let there = xml.known.at(path);
            let outer = std::mem::replace(&mut xml.known, there);
            let written = reference_within(xml, to, depth - 1);
            xml.known = outer;
            return written;
        }
        KeyValue::Reference(to) => to.to_string(),
        KeyValue::String(text) | KeyValue::Untyped(text) => text.to_string(),
        KeyValue::Integer(number) => number.to_string(),
        KeyValue::Real(number) => format!("{number:?}"),
        KeyValue::Boolean(truth) => if *truth { "TRUE" } else { "FALSE" }.to_owned(),
    };
    let kind = match cim_type {
        CimType::Boolean => "boolean",
        CimType::String | CimType::Char16 | CimType::DateTime => "string",
        CimType::Reference | CimType::Object => "string",
        _ => "numeric",
    };
    // DSP0203 2.4 requires TYPE, which was implied before.
    let attributes =
        Attributes::new().with("VALUETYPE", kind).with("TYPE", value::type_name(cim_type));
    xml.text("KEYVALUE", &attributes, &text)
}
