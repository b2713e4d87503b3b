//! Where a class stands in its schema's history and model (DSP0004 5.6.3, Version and
//! UMLPackagePath). Both are DMTF's: WMI schemas do without.

use super::subject::Subject;
use super::{Lint, Report};
use cimarron_model::Dialect;

/// MOF0504
pub(super) fn version(class: &Subject<'_>, report: &mut Report<'_>) {
    let advice = "write [Version(\"1.0.0\")], and raise it with every change";
    missing(class, "Version", Lint::MissingVersion, advice, report);
}

/// MOF0505
pub(super) fn package_path(class: &Subject<'_>, report: &mut Report<'_>) {
    let advice = "write [UMLPackagePath(\"Schema::Package\")]";
    missing(class, "UMLPackagePath", Lint::MissingPackagePath, advice, report);
}

fn missing(
    class: &Subject<'_>,
    qualifier: &str,
    lint: Lint,
    advice: &str,
    report: &mut Report<'_>,
) {
    let Some(element) = class.elements.first() else { return };
    if class.dialect == Dialect::Dmtf && element.wrote(qualifier).is_none() {
        let message = format!("the class `{}` has no {qualifier}", element.name.text);
        report.say(lint, class.at(element.name.span), message, Some(advice.to_owned()));
    }
}
