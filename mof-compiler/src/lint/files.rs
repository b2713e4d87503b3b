//! How declarations are laid out over files.

use super::{Lint, Linted, Report};
use crate::source::FileId;
use crate::syntax::ast::ClassDeclaration;
use cimarron_model::fold;
use hashbrown::HashMap;
use indexmap::IndexMap;

/// MOF0513, MOF0514
pub(super) fn names(linted: &Linted<'_>, report: &mut Report<'_>) {
    let mut classes: IndexMap<FileId, Vec<&ClassDeclaration<'_>>> = IndexMap::new();
    for (file, class) in linted.classes() {
        classes.entry(file).or_default().push(class);
    }
    for (file, mut classes) in classes {
        // One file may declare in several namespaces.
        classes.sort_by_key(|class| class.span);
        match &classes[..] {
            [class] => file_name(linted, file, class, report),
            [first, second, ..] => {
                let message = format!("this file declares {} classes", classes.len());
                let first = (file, first.name.span, "the first is here");
                let at = (file, second.name.span);
                report.say_beside(Lint::SeveralClasses, at, message, first);
            }
            [] => {}
        }
    }
}

fn file_name(
    linted: &Linted<'_>,
    file: FileId,
    class: &ClassDeclaration<'_>,
    report: &mut Report<'_>,
) {
    let path = linted.sources.map().name(file);
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    // What does not come from a file of MOF has a name of the caller's.
    let Some((stem, extension)) = name.rsplit_once('.') else { return };
    if extension.eq_ignore_ascii_case("mof") && !fold::eq(stem, class.name.text) {
        let message = format!("`{name}` declares one class, and that is `{}`", class.name.text);
        let help = Some(format!("name the file {}.mof", class.name.text));
        report.say(Lint::FileName, (file, class.name.span), message, help);
    }
}

/// MOF0535
pub(super) fn includes(linted: &Linted<'_>, report: &mut Report<'_>) {
    let mut seen = HashMap::new();
    for include in linted.sources.includes() {
        let Some(target) = include.target else { continue };
        if let Some(first) = seen.insert((include.from, target), include.span) {
            let message = format!("`{}` is included already", include.path);
            let at = (include.from, include.span);
            let first = (include.from, first, "the first is here");
            report.say_beside(Lint::RepeatedInclude, at, message, first);
        }
    }
}
