//! What parses into what, what is reported, and that nothing panics.

mod forms;
mod mistakes;
mod robustness;
mod sketch;

use super::ast::Declaration;
use super::parse_file;
use crate::diagnostic::Diagnostics;
use crate::source::SourceMap;
use sketch::sketch;

/// The sketches of the declarations, and `line:column code message` of what
/// was reported, with the help after ` | `.
fn parse(text: &str) -> (Vec<String>, Vec<String>) {
    let mut map = SourceMap::new();
    let file = map.add("test.mof", text).unwrap();
    let mut sink = Diagnostics::new();
    let declarations = parse_file(map.text(file), file, &mut sink);
    let sketches = declarations.iter().map(sketch).collect();
    let reports = sink.into_sorted().into_iter().map(|d| {
        let at = map.get(file).unwrap().position(d.span.start);
        let help = d.help.map(|help| format!(" | {help}")).unwrap_or_default();
        let digits = d.code.as_str().trim_start_matches("MOF00");
        format!("{}:{} {digits} {}{help}", at.line, at.column, d.message)
    });
    (sketches, reports.collect())
}

/// The declarations of a text without mistakes.
fn declarations(text: &str) -> Vec<Declaration<'_>> {
    let mut sink = Diagnostics::new();
    let declarations = parse_file(text, crate::source::FileId(0), &mut sink);
    assert_eq!(sink.as_slice(), [], "{text}");
    declarations
}
