//! How things are named (DSP0004 5.1, schema names; the DMTF's and Windows' schemas).

use super::subject::{Kind, Subject};
use super::{Lint, Report};
use cimarron_model::{Dialect, Name, fold};

/// The part of a class name behind the schema's name.
fn without_schema(name: &str) -> Option<&str> {
    name.split_once('_')
        .filter(|(schema, rest)| !schema.is_empty() && !rest.is_empty())
        .map(|p| p.1)
}

/// Whether a name begins with a small letter. Brands such as iSCSI keep theirs.
fn begins_small(name: &str) -> bool {
    let mut chars = name.chars();
    let first = chars.next().is_some_and(char::is_lowercase);
    first && !chars.next().is_some_and(char::is_uppercase)
}

/// MOF0510: WMI's, for in DMTF MOF a rule demands the schema's name.
pub(super) fn schema_prefix(class: &Subject<'_>, report: &mut Report<'_>) {
    let name = class.node.name;
    if class.dialect == Dialect::Wmi && without_schema(name.text).is_none() {
        let message = format!("the class name `{}` does not begin with a schema name", name.text);
        let help = format!("name it Acme_{}", capitalised(name.text.trim_matches('_')));
        report.say(Lint::MissingSchemaPrefix, class.at(name.span), message, Some(help));
    }
}

/// MOF0511
pub(super) fn class_case(class: &Subject<'_>, report: &mut Report<'_>) {
    let name = class.node.name;
    let rest = without_schema(name.text).unwrap_or(name.text);
    if begins_small(rest) {
        let message = format!("`{rest}` does not begin with a capital");
        report.say(
            Lint::ClassNameCase,
            class.at(name.span),
            message,
            Some(capital(name.text, rest)),
        );
    }
}

fn capital(name: &str, rest: &str) -> String {
    format!("name it {}{}", name.strip_suffix(rest).unwrap_or_default(), capitalised(rest))
}

fn capitalised(name: &str) -> String {
    let mut chars = name.chars();
    let first = chars.next().into_iter().flat_map(char::to_uppercase);
    first.chain(chars.as_str().chars()).collect()
}

/// MOF0512
pub(super) fn member_case(class: &Subject<'_>, report: &mut Report<'_>) {
    for element in &class.elements {
        // An override has the name that is there.
        let own = element.kind != Kind::Class && element.above.is_none();
        let name = element.name;
        if own && begins_small(name.text) {
            let message = format!(
                "the name of {} `{}` begins with a small letter",
                element.kind.a(),
                name.text
            );
            let help = Some(capital(name.text, name.text));
            report.say(Lint::MemberNameCase, class.at(name.span), message, help);
        }
    }
}

/// MOF0515
pub(super) fn override_spelling(class: &Subject<'_>, report: &mut Report<'_>) {
    for element in &class.elements {
        let (here, there) = (element.name.text, element.spelled.map(Name::as_str));
        if let Some(there) = there.filter(|there| *there != here) {
            let message = format!("`{here}` overrides `{there}`, which is spelled differently");
            let help = Some(format!("write {there}"));
            report.say(Lint::OverrideSpelling, class.at(element.name.span), message, help);
        }
    }
}

/// MOF0516
pub(super) fn named_as_class(class: &Subject<'_>, report: &mut Report<'_>) {
    let name = class.node.name.text;
    for element in &class.elements {
        let own = element.kind != Kind::Class && element.above.is_none();
        if own && element.kind != Kind::Parameter && fold::eq(element.name.text, name) {
            let message = format!("{} has the name of its class, `{name}`", element.kind.a());
            let help = Some("name it after what it holds or does".to_owned());
            report.say(Lint::MemberNamedAsClass, class.at(element.name.span), message, help);
        }
    }
}
