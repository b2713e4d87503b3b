//! Keys: what identifies an instance should be there, exact and lasting (DSP0004 5.6.3,
//! Key).

use super::subject::{Element, Kind, Subject};
use super::{Lint, Report};
use crate::source::Span;
use crate::syntax::ast::ValueKind;
use cimarron_model::{CimType, Dialect, TypeClass};

/// The properties that this class declares as keys, and where it says so.
fn keys<'s>(class: &'s Subject<'_>) -> impl Iterator<Item = (&'s Element<'s>, Span)> {
    class.elements.iter().filter_map(|element| {
        let key = element.wrote("Key")?;
        (matches!(element.kind, Kind::Property | Kind::Reference) && element.is_true("Key"))
            .then_some((element, key.span))
    })
}

/// MOF0526
pub(super) fn inexact(class: &Subject<'_>, report: &mut Report<'_>) {
    for (element, span) in keys(class).filter(|(element, _)| !element.is_array()) {
        let problem = match element.intrinsic() {
            Some(CimType::DateTime) => "the same time can be written in many ways",
            // WMI refuses real keys.
            Some(t) if t.class() == TypeClass::Real && class.dialect == Dialect::Dmtf => {
                "reals that print alike need not be equal"
            }
            _ => continue,
        };
        let message = format!("the key `{}` is not exact: {problem}", element.name.text);
        let help = Some("use a string or an integer".to_owned());
        report.say(Lint::InexactKey, class.at(span), message, help);
    }
}

/// MOF0527
pub(super) fn default(class: &Subject<'_>, report: &mut Report<'_>) {
    for (element, _) in keys(class) {
        let Some(default) = element.default else { continue };
        if !matches!(default.kind, ValueKind::Null | ValueKind::Invalid) {
            let message = format!("the key `{}` has a default", element.name.text);
            let help = Some("leave it out: instances that do not set the key collide".to_owned());
            report.say(Lint::KeyDefault, class.at(default.span), message, help);
        }
    }
}

/// MOF0528
pub(super) fn writable(class: &Subject<'_>, report: &mut Report<'_>) {
    for element in &class.elements {
        let Some(write) = element.wrote("Write") else { continue };
        if element.is_true("Write") && element.is_true("Key") {
            let message = format!("the key `{}` is declared as writable", element.name.text);
            let help = Some("leave Write out: another key is another instance".to_owned());
            report.say(Lint::WritableKey, class.at(write.span), message, help);
        }
    }
}

/// MOF0543
pub(super) fn missing(class: &Subject<'_>, report: &mut Report<'_>) {
    let Some(element) = class.elements.first() else { return };
    let keyless = ["Abstract", "Indication", "Exception", "Structure", "Singleton", "Amendment"];
    let has_key = class.resolved.properties.iter().any(|m| m.declaration.is_key());
    if !has_key && !keyless.iter().any(|name| element.is_true(name)) {
        let message = format!("`{}` has no key and can have no instances", element.name.text);
        let help =
            Some("mark what identifies an instance with Key, or the class as Abstract".to_owned());
        report.say(Lint::ClassWithoutKey, class.at(element.name.span), message, help);
    }
}
