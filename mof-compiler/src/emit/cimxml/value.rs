//! Values (DSP0201, "Value elements").

use super::super::xml::{Attributes, Layout};
use super::known::Known;
use super::{Xml, class, path};
use cimarron_model::{CimType, Dialect, Object, Qualifiers, Scalar, Value};
use cimarron_schema::value_to_mof;
use std::io;

/// The type as the `TYPE` attribute has it: embedded objects are strings, and so are
/// references where an attribute must name them.
pub(super) const fn type_name(cim_type: CimType) -> &'static str {
    match cim_type {
        CimType::Object | CimType::Reference => "string",
        other => other.as_str(),
    }
}

/// What a string embeds by its qualifiers (DSP0004 5.6.3.16), as the attribute
/// `EmbeddedObject` says it.
pub(super) fn embedded_as(qualifiers: &Qualifiers) -> Option<&'static str> {
    let instance = qualifiers.get("EmbeddedInstance").is_some_and(|q| !q.value.is_null());
    if instance {
        Some("instance")
    } else {
        qualifiers.is_true("EmbeddedObject").then_some("object")
    }
}

/// Writes the element of a value; NULL has none.
pub(super) fn value(xml: &mut Xml<'_>, value: &Value) -> io::Result<()> {
    match value {
        Value::Null(..) => Ok(()),
        Value::Scalar(Scalar::Reference(to)) => path::reference(xml, to),
        Value::Scalar(scalar) => xml.text("VALUE", &Attributes::new(), &text(scalar, xml.known)?),
        Value::Array(array) => xml.element("VALUE.ARRAY", &Attributes::new(), |xml| {
            for item in array.iter() {
                match item {
                    Some(scalar) => {
                        xml.text("VALUE", &Attributes::new(), &text(&scalar, xml.known)?)?;
                    }
                    None => xml.empty("VALUE.NULL", &Attributes::new())?,
                }
            }
            Ok(())
        }),
    }
}

/// The text of a value.
fn text(scalar: &Scalar, known: Known<'_>) -> io::Result<String> {
    Ok(match scalar {
        Scalar::Real32(x) if !x.is_finite() => special(f64::from(*x)),
        Scalar::Real64(x) if !x.is_finite() => special(*x),
        // MOF and CIM-XML write reals alike.
        Scalar::Real32(_) | Scalar::Real64(_) => {
            value_to_mof(&Value::Scalar(scalar.clone()), Dialect::Dmtf)
        }
        Scalar::Char16(c) => String::from_utf16_lossy(&[c.0]),
        Scalar::Object(object) => embedded(object, known)?,
        other => other.to_string(),
    })
}

fn special(x: f64) -> String {
    if x.is_nan() {
        "NaN".to_owned()
    } else if x > 0.0 {
        "INF".to_owned()
    } else {
        "-INF".to_owned()
    }
}

/// An embedded object as the text of its element. The model bounds how deep they
/// nest.
fn embedded(object: &Object, known: Known<'_>) -> io::Result<String> {
    let mut bytes = Vec::new();
    let mut xml = Xml::new(&mut bytes, Layout::Compact, known);
    match object {
        Object::Instance(instance) => class::instance(&mut xml, instance)?,
        Object::Class(of) => class::class(&mut xml, of)?,
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
