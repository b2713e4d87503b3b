//! Diagnostics of MOF, for people and for programs.

use super::numbers::counted;
use crate::terminal;
use cimarron_mof::source::SourceFile;
use cimarron_mof::{Diagnostic, FileId, Severity, SourceMap, Span};
use miette::{LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};
use serde_json::{Value, json};
use std::fmt;
use std::io::{self, Write};

/// Diagnostics as a JSON array.
pub(crate) fn to_json(diagnostics: &[Diagnostic], sources: &SourceMap) -> Value {
    diagnostics.iter().map(|d| diagnostic_json(d, sources)).collect()
}

fn diagnostic_json(diagnostic: &Diagnostic, sources: &SourceMap) -> Value {
    let status = diagnostic.code.status();
    let mut object = json!({
        "code": diagnostic.code.as_str(),
        "severity": diagnostic.severity.as_str(),
        "message": diagnostic.message,
        "status": status.cim().name(),
        "wbem": status.wbem().name(),
        "help": diagnostic.help,
        "labels": diagnostic.labels.iter().map(|label| {
            let mut object = json!({"message": label.message});
            add_place(&mut object, label.file, label.span, sources);
            object
        }).collect::<Value>(),
    });
    add_place(&mut object, diagnostic.file, diagnostic.span, sources);
    object
}

/// Lines and columns count from 1, columns in characters; the end is the place
/// behind the last character.
fn add_place(object: &mut Value, file: FileId, span: Span, sources: &SourceMap) {
    let Some(entries) = object.as_object_mut() else { return };
    let source = sources.get(file);
    let start = source.map(|s| s.position(span.start));
    let end = source.map(|s| s.position(span.end));
    entries.insert("file".to_owned(), json!(source.map(SourceFile::name)));
    entries.insert("line".to_owned(), json!(start.map(|p| p.line)));
    entries.insert("column".to_owned(), json!(start.map(|p| p.column)));
    entries.insert("end_line".to_owned(), json!(end.map(|p| p.line)));
    entries.insert("end_column".to_owned(), json!(end.map(|p| p.column)));
}

/// Writes diagnostics as pictures of the places that they are about.
pub(crate) fn write_pictures(
    out: &mut dyn Write,
    diagnostics: &[Diagnostic],
    sources: &SourceMap,
) -> io::Result<()> {
    write_pictures_on(out, diagnostics, sources, terminal::stderr_has_colours())
}

/// The same for a stream that has colours or not.
pub(crate) fn write_pictures_on(
    out: &mut dyn Write,
    diagnostics: &[Diagnostic],
    sources: &SourceMap,
    coloured: bool,
) -> io::Result<()> {
    for diagnostic in diagnostics {
        let picture = Picture::of(diagnostic, sources);
        out.write_all(terminal::render_as(&picture, coloured).as_bytes())?;
    }
    Ok(())
}

/// `2 errors, 1 warning`; `None` when there are neither.
pub(crate) fn tally(errors: usize, warnings: usize) -> Option<String> {
    let errors = (errors > 0).then(|| counted(errors, "error", "errors"));
    let warnings = (warnings > 0).then(|| counted(warnings, "warning", "warnings"));
    let parts: Vec<String> = errors.into_iter().chain(warnings).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// What miette draws: one text with labels in it. Labels in other files become
/// pictures of their own below it.
struct Picture<'a> {
    code: Option<&'static str>,
    severity: Severity,
    message: &'a str,
    help: Option<&'a str>,
    source: Text<'a>,
    labels: Vec<LabeledSpan>,
    elsewhere: Vec<Picture<'a>>,
}

impl<'a> Picture<'a> {
    fn of(diagnostic: &'a Diagnostic, sources: &'a SourceMap) -> Self {
        let source = Text::of(diagnostic.file, sources);
        let mut labels =
            vec![LabeledSpan::new_primary_with_span(None, source.span(diagnostic.span))];
        let mut elsewhere = Vec::new();
        for label in &diagnostic.labels {
            if label.file == diagnostic.file {
                let text = Some(label.message.clone());
                labels.push(LabeledSpan::new_with_span(text, source.span(label.span)));
            } else {
                let other = Text::of(label.file, sources);
                elsewhere.push(Picture {
                    code: None,
                    severity: Severity::Note,
                    message: &label.message,
                    help: None,
                    labels: vec![LabeledSpan::new_primary_with_span(None, other.span(label.span))],
                    source: other,
                    elsewhere: Vec::new(),
                });
            }
        }
        Self {
            code: Some(diagnostic.code.as_str()),
            severity: diagnostic.severity,
            message: &diagnostic.message,
            help: diagnostic.help.as_deref(),
            source,
            labels,
            elsewhere,
        }
    }
}

impl fmt::Debug for Picture<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Picture").field("message", &self.message).finish_non_exhaustive()
    }
}

impl fmt::Display for Picture<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message)
    }
}

impl std::error::Error for Picture<'_> {}

impl miette::Diagnostic for Picture<'_> {
    fn code<'b>(&'b self) -> Option<Box<dyn fmt::Display + 'b>> {
        self.code.map(|code| Box::new(code) as Box<dyn fmt::Display>)
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Note => miette::Severity::Advice,
        })
    }

    fn help<'b>(&'b self) -> Option<Box<dyn fmt::Display + 'b>> {
        self.help.map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }

    fn related<'b>(&'b self) -> Option<Box<dyn Iterator<Item = &'b dyn miette::Diagnostic> + 'b>> {
        if self.elsewhere.is_empty() {
            return None;
        }
        Some(Box::new(self.elsewhere.iter().map(|picture| picture as &dyn miette::Diagnostic)))
    }
}

/// A text with its name. (miette's own owns the text.)
struct Text<'a> {
    name: &'a str,
    text: &'a str,
}

impl<'a> Text<'a> {
    fn of(file: FileId, sources: &'a SourceMap) -> Self {
        Self { name: sources.name(file), text: sources.text(file) }
    }

    /// The span, held within the text.
    fn span(&self, span: Span) -> SourceSpan {
        let start = (span.start as usize).min(self.text.len());
        let end = (span.end as usize).clamp(start, self.text.len());
        SourceSpan::new(start.into(), end - start)
    }
}

impl SourceCode for Text<'_> {
    fn read_span<'b>(
        &'b self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'b> + 'b>, MietteError> {
        let inner = self.text.read_span(span, before, after)?;
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.to_owned(),
            inner.data(),
            *inner.span(),
            inner.line(),
            inner.column(),
            inner.line_count(),
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cimarron_mof::Code;

    fn example() -> (SourceMap, Diagnostic) {
        let mut sources = SourceMap::new();
        let main = sources.add("main.mof", "class A\n{\n    strng Näme Oops;\n};\n").unwrap();
        let other = sources.add("other.mof", "class A {};\n").unwrap();
        let diagnostic =
            Diagnostic::new(Code::UnexpectedToken, main, Span::new(26, 30), "unexpected `Oops`")
                .with_label(main, Span::new(14, 19), "after this type")
                .with_label(other, Span::new(6, 7), "also declared here")
                .with_help("write a `;`");
        (sources, diagnostic)
    }

    #[test]
    fn json_has_places_in_lines_and_characters() {
        let (sources, diagnostic) = example();
        let json = to_json(&[diagnostic], &sources);
        let first = &json[0];
        for (key, expected) in [
            ("code", json!("MOF0020")),
            ("severity", json!("error")),
            ("message", json!("unexpected `Oops`")),
            ("file", json!("main.mof")),
            ("line", json!(3)),
            ("column", json!(16)),
            ("end_line", json!(3)),
            ("end_column", json!(20)),
            ("help", json!("write a `;`")),
        ] {
            assert_eq!(first[key], expected, "{key}");
        }
        assert_eq!(first["labels"][1]["file"], json!("other.mof"));
        assert_eq!(first["labels"][0]["column"], json!(5));
        assert!(first["status"].as_str().is_some_and(|s| s.starts_with("CIM_ERR_")));
        assert!(first["wbem"].as_str().is_some_and(|s| s.starts_with("WBEM")));
    }

    #[test]
    fn pictures_show_every_place() {
        let (sources, diagnostic) = example();
        let mut out = Vec::new();
        write_pictures(&mut out, &[diagnostic], &sources).unwrap();
        let text = String::from_utf8(out).unwrap();
        for part in [
            "MOF0020",
            "unexpected `Oops`",
            "main.mof:3",
            "other.mof:1",
            "after this type",
            "write a `;`",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
        assert!(!text.contains('\u{1b}'), "{text}");
    }

    #[test]
    fn places_outside_of_the_text_are_no_trouble() {
        let mut sources = SourceMap::new();
        let empty = sources.add("empty.mof", "").unwrap();
        let diagnostics = [
            Diagnostic::new(Code::UnexpectedEnd, empty, Span::new(0, 9), "too short"),
            Diagnostic::new(Code::UnreadableFile, FileId(7), Span::new(3, 4), "not there"),
        ];
        let mut out = Vec::new();
        write_pictures(&mut out, &diagnostics, &sources).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.contains("too short") && text.contains("not there"), "{text}");
        assert_eq!(to_json(&diagnostics, &sources)[1]["file"], Value::Null);
    }

    #[test]
    fn tallies() {
        for (errors, warnings, expected) in [
            (0, 0, None),
            (1, 0, Some("1 error")),
            (2, 1, Some("2 errors, 1 warning")),
            (0, 2, Some("2 warnings")),
        ] {
            assert_eq!(tally(errors, warnings).as_deref(), expected);
        }
    }
}
