//! The shape of classes and methods.

use super::subject::{Kind, Subject};
use super::{Lint, Linted, Report};
use cimarron_model::{Dialect, Name};
use hashbrown::HashSet;

/// How many parameters a method may have before it is hard to call.
const MAX_PARAMETERS: usize = 12;

/// MOF0541
pub(super) fn parameters(class: &Subject<'_>, report: &mut Report<'_>) {
    for method in crate::compile::methods(class.node) {
        let count = method.parameters.len();
        if count > MAX_PARAMETERS {
            let message = format!("the method `{}` has {count} parameters", method.name.text);
            let help = "pass what belongs together as an embedded instance".to_owned();
            report.say(Lint::TooManyParameters, class.at(method.name.span), message, Some(help));
        }
    }
}

/// MOF0542: WMI has a rule for it.
pub(super) fn directions(class: &Subject<'_>, report: &mut Report<'_>) {
    if class.dialect == Dialect::Wmi {
        return;
    }
    for element in class.elements.iter().filter(|e| e.kind == Kind::Parameter) {
        let told =
            |name: &&str| element.wrote(name).is_some() || element.qualifiers.get(name).is_some();
        if !["In", "Out"].iter().any(told) {
            let message = format!("`{}` says neither In nor Out, and so is In", element.name.text);
            let help = Some("write [In], [In(false), Out] or [In, Out]".to_owned());
            report.say(Lint::MissingDirection, class.at(element.name.span), message, help);
        }
    }
}

/// MOF0540
pub(super) fn abstract_leaves(linted: &Linted<'_>, report: &mut Report<'_>) {
    let mut above: HashSet<&Name> = HashSet::new();
    for (_, namespace) in linted.schema.namespaces() {
        above.extend(namespace.classes().filter_map(|class| class.superclass()));
    }
    for class in linted.subjects() {
        let name = class.node.name;
        if class.resolved.qualifiers.is_true("Abstract") && !above.contains(&class.resolved.name) {
            let message = format!("`{}` is abstract and nothing derives from it", name.text);
            let help = Some("derive a class from it, or make it concrete".to_owned());
            report.say(Lint::AbstractLeaf, class.at(name.span), message, help);
        }
    }
}
