//! Embedded objects as DMTF MOF writes them: strings that hold MOF (DSP0004 5.6.3,
//! EmbeddedObject and EmbeddedInstance).

use super::namespace::Namespace;
use super::{At, EmbeddedForm, GlobalFlavors, instance};
use crate::Code;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::Span;
use crate::syntax::ast::{self, Declaration, ValueKind};
use crate::syntax::parse_file;
use cimarron_model::{
    Array, CimType, Dialect, Elements, Instance, Object, Property, Scalar, Value,
};

/// Judges the texts that a value gives to a property of embedded objects, and gives what
/// the property holds: the value, or the instance that its text describes when that is
/// asked for. Arrays, and classes, stay text.
pub(super) fn read(
    namespace: &mut Namespace<'_, '_>,
    at: At<'_, ast::Value<'_>>,
    value: Value,
    property: &Property,
) -> Value {
    let instance = judge(namespace, at, &value, property);
    match (namespace.context.embedded, instance) {
        (EmbeddedForm::Objects, Some(instance)) => Object::Instance(instance).into(),
        _ => value,
    }
}

/// Judges the texts that a value gives to a property of embedded objects, and gives the
/// instance that the text of a scalar describes.
pub(super) fn judge(
    namespace: &mut Namespace<'_, '_>,
    at: At<'_, ast::Value<'_>>,
    value: &Value,
    property: &Property,
) -> Option<Instance> {
    if namespace.context.dialect == Dialect::Wmi || property.data_type.cim_type != CimType::String {
        return None;
    }
    let class = property.qualifiers.get("EmbeddedInstance").and_then(|q| q.value.as_str());
    if class.is_none() && !property.qualifiers.is_true("EmbeddedObject") {
        return None;
    }
    match value {
        Value::Scalar(Scalar::String(text)) => one(namespace, at, at.node.span, text, class),
        Value::Array(array) => {
            let Some(Elements::String(texts)) = Array::elements(array) else { return None };
            for (i, text) in texts.iter().enumerate() {
                let item = match &at.node.kind {
                    ValueKind::Array(items) => items.get(i).map(|item| item.span),
                    _ => None,
                };
                one(namespace, at, item.unwrap_or(at.node.span), text, class);
            }
            None
        }
        _ => None,
    }
}

/// Judges one text, and gives the instance that it describes when there is nothing wrong
/// with it; `class` is that of an EmbeddedInstance.
fn one(
    namespace: &mut Namespace<'_, '_>,
    at: At<'_, ast::Value<'_>>,
    span: Span,
    text: &str,
    class: Option<&str>,
) -> Option<Instance> {
    // Each level of strings in strings doubles the backslashes, so this does not nest deep.
    let mut unheard = Diagnostics::new();
    let declarations = parse_file(text, at.file, &mut unheard);
    let mut described = None;
    if !unheard.has_errors() {
        // What the text uses may be what could not be read.
        std::mem::swap(&mut unheard.broken, &mut namespace.sink.broken);
        match declarations.as_slice() {
            [Declaration::Instance(node)] => {
                let mut quiet = namespace.with_sink(&mut unheard);
                let flavors = GlobalFlavors::default();
                let object =
                    instance::embedded(&mut quiet, At::new(at.file, &**node), &flavors, None);
                let of = object.as_ref().and_then(|o| quiet.class(o.class.as_str()));
                match (of, class) {
                    (Some(of), Some(class))
                        if !of.is_a(class) && !namespace.doubts(of.name.as_str()) =>
                    {
                        let problem = format!("`{}` is not `{class}` or below it", of.name);
                        unheard.push(at.error(Code::EmbeddedClass, span, problem));
                    }
                    _ => described = object.filter(|_| !unheard.has_errors()),
                }
            }
            [Declaration::Class(_)] if class.is_none() => {}
            _ => {
                let what = if class.is_some() { "one instance" } else { "one instance or class" };
                let found = at.error(Code::EmbeddedText, span, format!("it holds not just {what}"));
                unheard.push(found.with_help("write \"instance of Class { ... };\""));
            }
        }
        std::mem::swap(&mut unheard.broken, &mut namespace.sink.broken);
    }
    for found in unheard.into_sorted() {
        namespace.sink.push(of_text(found, span));
    }
    described
}

/// What the message of a finding about an embedded text begins with.
const OF_TEXT: &str = "the text of this embedded object is wrong: ";

/// The same of a finding that keeps its code.
const IN_TEXT: &str = "in the text of this embedded object: ";

/// A finding about the text of a string, as one about the string. What levels can move keeps
/// its code, for them to reach it, and so do values beyond their limits, which are no mistakes
/// of the text as such.
fn of_text(found: Diagnostic, span: Span) -> Diagnostic {
    let Diagnostic { code, message, help, labels, .. } = found;
    // Of a text within the text, this has been said.
    let is_said = message.starts_with(OF_TEXT) || message.starts_with(IN_TEXT);
    let with = |begin: &str| if is_said { message.clone() } else { format!("{begin}{message}") };
    let (code, message, labels) = match code {
        // Their labels are at classes. Those of others may be at places within the text.
        Code::ValueLength | Code::ValueBounds | Code::RequiredNull => (code, with(IN_TEXT), labels),
        _ if !code.is_hard() => (code, with(IN_TEXT), labels),
        Code::EmbeddedClass => (code, with(OF_TEXT), Vec::new()),
        _ => (Code::EmbeddedText, with(OF_TEXT), Vec::new()),
    };
    Diagnostic { code, message, span, help, labels, condition: None, ..found }
}
