//! Findings that a case expects, and what a finding marks.

use cimarron_mof::{Diagnostic, FileId, Label, SourceMap, Span};
use serde::Deserialize;

/// A finding that a case expects; only what is given is compared, but for the code,
/// the place and the text that is marked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expected {
    pub(crate) code: String,
    line: u32,
    column: u32,
    /// All of the marked text.
    text: String,
    /// The texts that the labels mark, in order.
    labels: Option<Vec<String>>,
    file: Option<String>,
    cim: Option<String>,
    wbem: Option<String>,
    /// A part of the message.
    message: Option<String>,
    /// A part of the help.
    help: Option<String>,
}

impl Expected {
    /// Whether `found` is what is expected.
    pub(crate) fn fits(&self, found: &Diagnostic, sources: &SourceMap) -> bool {
        let (file, line, column) = place(found, sources);
        let status = found.status();
        let is = |wanted: &Option<String>, found: &str| wanted.as_ref().is_none_or(|w| w == found);
        let holds = |wanted: &Option<String>, found: &str| {
            wanted.as_ref().is_none_or(|w| found.contains(w.as_str()))
        };
        self.code == found.code.as_str()
            && (self.line, self.column) == (line, column)
            && self.text == marked(found.file, found.span, sources)
            && self.labels.as_ref().is_none_or(|wanted| {
                let marks = |l: &Label| marked(l.file, l.span, sources);
                found.labels.iter().map(marks).eq(wanted.iter().map(String::as_str))
            })
            && is(&self.file.clone().or_else(|| Some(MAIN.to_owned())), &file)
            && is(&self.cim, status.cim().name())
            && is(&self.wbem, status.wbem().name())
            && holds(&self.message, &found.message)
            && holds(&self.help, found.help.as_deref().unwrap_or_default())
    }
}

/// The name of the case's own text.
pub(crate) const MAIN: &str = "case.mof";

pub(crate) fn place(found: &Diagnostic, sources: &SourceMap) -> (String, u32, u32) {
    let file = sources.get(found.file).unwrap();
    let at = file.position(found.span.start);
    (file.name().to_owned(), at.line, at.column)
}

/// The text that a span marks.
pub(crate) fn marked(file: FileId, span: Span, sources: &SourceMap) -> &str {
    let range = span.start as usize..span.end as usize;
    sources.text(file).get(range).unwrap_or_default()
}

/// What the labels of a finding mark, and say.
pub(crate) fn labels<'a>(found: &'a Diagnostic, sources: &'a SourceMap) -> Vec<(&'a str, &'a str)> {
    found.labels.iter().map(|l| (marked(l.file, l.span, sources), &*l.message)).collect()
}
