//! Embedded objects as DMTF MOF writes them: strings that hold MOF (DSP0004 5.6.3,
//! EmbeddedObject and EmbeddedInstance).

use super::namespace::Namespace;
use super::{At, EmbeddedForm, GlobalFlavors, instance};
use crate::Code;
use crate::diagnostic::{Diagnostics, Severity};
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
    let mut unheard = Diagnostics::with_limit(1);
    let declarations = parse_file(text, at.file, &mut unheard);
    let mut described = None;
    let wrong = if let Some(problem) = first_error(&unheard) {
        Some((Code::EmbeddedText, problem))
    } else {
        match declarations.as_slice() {
            [Declaration::Instance(node)] => {
                let mut unheard = Diagnostics::with_limit(1);
                let mut quiet = namespace.with_sink(&mut unheard);
                let flavors = GlobalFlavors::default();
                let object =
                    instance::embedded(&mut quiet, At::new(at.file, &**node), &flavors, None);
                let of = object.as_ref().and_then(|o| quiet.class(o.class.as_str()));
                match (first_error(&unheard), of, class) {
                    (Some(problem), ..) => Some((Code::EmbeddedText, problem)),
                    (None, Some(of), Some(class)) if !of.is_a(class) => {
                        let problem = format!("`{}` is not `{class}` or below it", of.name);
                        Some((Code::EmbeddedClass, problem))
                    }
                    _ => {
                        described = object;
                        None
                    }
                }
            }
            [Declaration::Class(_)] if class.is_none() => None,
            _ => {
                let what = if class.is_some() { "one instance" } else { "one instance or class" };
                Some((Code::EmbeddedText, format!("it holds not just {what}")))
            }
        }
    };
    if let Some((code, problem)) = wrong {
        let message = format!("the text of this embedded object is wrong: {problem}");
        let found = at.error(code, span, message);
        namespace.sink.push(found.with_help("write \"instance of Class { ... };\""));
    }
    described
}

fn first_error(said: &Diagnostics) -> Option<String> {
    let errors = said.as_slice().iter().filter(|d| d.severity == Severity::Error);
    errors.map(|d| d.message.clone()).next()
}
