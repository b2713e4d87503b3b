//! Diagnostics as plain text, for library users and logs.

use super::Diagnostic;
use crate::source::{FileId, SourceMap, Span};
use std::fmt;

/// Longer source lines are cut around the place.
const WIDTH: usize = 120;

/// Displays a [`Diagnostic`] with its source lines.
#[derive(Clone, Copy, Debug)]
pub struct Rendered<'a> {
    diagnostic: &'a Diagnostic,
    sources: &'a SourceMap,
}

impl<'a> Rendered<'a> {
    pub(super) fn new(diagnostic: &'a Diagnostic, sources: &'a SourceMap) -> Self {
        Self { diagnostic, sources }
    }

    fn place(
        &self,
        f: &mut fmt::Formatter<'_>,
        file: FileId,
        span: Span,
        note: &str,
    ) -> fmt::Result {
        let Some(source) = self.sources.get(file) else { return Ok(()) };
        let at = source.position(span.start);
        writeln!(f, "  --> {}:{}:{}", source.name(), at.line, at.column)?;
        let line = source.line_text(at.line);
        if line.is_empty() && source.text().is_empty() {
            return Ok(());
        }
        let number = at.line.to_string();
        let margin = " ".repeat(number.len());
        let excerpt = Excerpt::new(line, at.column as usize - 1, source.slice(span));
        writeln!(f, "{margin} |\n{number} | {}", excerpt.line)?;
        write!(f, "{margin} | {}{}", " ".repeat(excerpt.indent), "^".repeat(excerpt.carets))?;
        writeln!(f, "{}{note}", if note.is_empty() { "" } else { " " })
    }
}

impl fmt::Display for Rendered<'_> {
    /// Ends in a line feed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let d = self.diagnostic;
        writeln!(f, "{}[{}]: {}", d.severity, d.code, d.message)?;
        self.place(f, d.file, d.span, "")?;
        for label in &d.labels {
            self.place(f, label.file, label.span, &label.message)?;
        }
        match &d.help {
            Some(help) => writeln!(f, "  = help: {help}"),
            None => Ok(()),
        }
    }
}

/// One source line made fit to print, and where the carets go.
struct Excerpt {
    line: String,
    indent: usize,
    carets: usize,
}

impl Excerpt {
    /// `skip` characters of `line` stand before the `marked` text.
    fn new(line: &str, skip: usize, marked: &str) -> Self {
        let marked = marked.lines().next().unwrap_or_default().chars().count().max(1);
        let from = if skip > WIDTH * 2 / 3 { skip - WIDTH / 3 } else { 0 };
        let mut shown: String = if from > 0 { "…".to_owned() } else { String::new() };
        let lead = usize::from(from > 0);
        let mut rest = line.chars().skip(from);
        // Tabs and controls would shift the carets.
        shown.extend(rest.by_ref().take(WIDTH).map(|c| if c.is_control() { ' ' } else { c }));
        if rest.next().is_some() {
            shown.push('…');
        }
        let indent = skip - from + lead;
        Self { line: shown, indent, carets: marked.min((WIDTH + 2).saturating_sub(indent)).max(1) }
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::{Code, Diagnostic};
    use crate::source::{SourceMap, Span};

    #[test]
    fn shows_place_excerpt_label_and_help() {
        let mut sources = SourceMap::new();
        let text = "class Ä {\r\n\tstring Näme\r\n};\r\n";
        let file = sources.add("a.mof", text).unwrap();
        let at = |part: &str| {
            let start = text.find(part).unwrap();
            Span::from(start..start + part.len())
        };
        let diagnostic = Diagnostic::new(Code::UnexpectedToken, file, at("Näme"), "no good")
            .with_label(file, at("Ä"), "opened here")
            .with_help("try harder");
        assert_eq!(
            diagnostic.render(&sources).to_string(),
            "error[MOF0020]: no good\n  --> a.mof:2:9\n  |\n2 |  string Näme\n  |         ^^^^\n  \
             --> a.mof:1:7\n  |\n1 | class Ä {\n  |       ^ opened here\n  = help: try harder\n"
        );
    }

    #[test]
    fn cuts_long_lines_and_survives_any_place() {
        let mut sources = SourceMap::new();
        let text = "x".repeat(500);
        let file = sources.add("long.mof", text).unwrap();
        for (start, end) in [(0, 500), (300, 301), (499, 500), (500, 500), (600, 700), (7, 3)] {
            let d = Diagnostic::new(Code::UnexpectedToken, file, Span::new(start, end), "m");
            let shown = d.render(&sources).to_string();
            assert!(shown.lines().all(|l| l.chars().count() < 140), "{shown}");
        }
    }
}
