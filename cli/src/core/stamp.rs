//! Knowing that there is nothing to do: the stamp beside an output.
//!
//! A stamp says what a compilation was asked (program, options, inputs: the key),
//! what it asked of the file system and a hash of the answers, what it wrote, and
//! what it found. While key, answers and written files are the same, compiling
//! again would write the same bytes. Contents count, never times.
//!
//! Findings are kept too, so that a warning is shown as long as it is true. Only
//! what came out whole is stamped: no errors, no findings over the limit.

use super::content::Content;
use super::files;
use super::reads::NotingFileSystem;
use cimarron_mof::source::{Limits, Trace, TracingFileSystem};
use cimarron_mof::{Code, Diagnostic, Diagnostics, FileId, Severity, Span, Statistics};
use serde::{Deserialize, Serialize};
use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// The version of the stamp's own form.
const FORM: u32 = 3;

/// What was asked: equal keys and equal answers give equal output.
pub(crate) struct Key(blake3::Hasher);

impl Key {
    /// A key of this very program.
    pub(crate) fn new() -> Self {
        let mut key = Self(blake3::Hasher::new());
        key.feed(env!("CIMARRON_BUILD").as_bytes());
        key
    }

    /// Adds something that decides what comes out.
    pub(crate) fn feed(&mut self, part: &[u8]) {
        self.0.update(&(part.len() as u64).to_le_bytes()).update(part);
    }

    fn text(&self) -> String {
        self.0.finalize().to_hex().to_string()
    }
}

/// What a compilation leaves behind for the next.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Stamp {
    form: u32,
    key: String,
    questions: Vec<(String, u8)>,
    answers: String,
    outputs: Vec<Output>,
    counts: [usize; 6],
    losses: Vec<String>,
    findings: Vec<Finding>,
}

/// A written file.
#[derive(Debug, Serialize, Deserialize)]
struct Output {
    path: PathBuf,
    bytes: u64,
    hash: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct Finding {
    code: String,
    severity: u8,
    message: String,
    place: Place,
    labels: Vec<(Place, String)>,
    help: Option<String>,
}

/// A file by its number, and the bytes.
type Place = (u32, u32, u32);

impl Stamp {
    /// The stamp of a compilation; `None` when it must be done again all the same.
    pub(crate) fn of(
        key: &Key,
        trace: &Trace,
        outputs: &[(&Path, Content)],
        (statistics, losses): (&Statistics, &[String]),
        diagnostics: &Diagnostics,
    ) -> Option<Self> {
        if diagnostics.has_errors() || diagnostics.dropped() > 0 {
            return None;
        }
        Some(Self {
            form: FORM,
            key: key.text(),
            questions: trace.questions()?,
            answers: hex(trace),
            outputs: outputs.iter().map(|(path, content)| Output::new(path, content)).collect(),
            counts: counts(statistics),
            losses: losses.to_vec(),
            findings: diagnostics.as_slice().iter().map(Finding::of).collect(),
        })
    }

    /// The stamp beside an output, if there is one that this program wrote.
    pub(crate) fn read(path: &Path) -> Option<Self> {
        let text = fs::read(path).ok()?;
        serde_json::from_slice(&text).ok().filter(|stamp: &Self| stamp.form == FORM)
    }

    /// Leaves the stamp for the next time. Where that fails, the next time compiles.
    pub(crate) fn leave(&self, path: &Path) {
        let body = |out: &mut dyn Write| serde_json::to_writer(out, self).map_err(Into::into);
        if files::write_unsynced(path, body).is_err() {
            let _ = fs::remove_file(path);
        }
    }

    /// Whether the same was asked and what was written is still there, unchanged.
    pub(crate) fn is_of(&self, key: &Key, outputs: &[&Path]) -> bool {
        self.key == key.text()
            && self.outputs.len() == outputs.len()
            && self.outputs.iter().zip(outputs).all(|(then, path)| {
                // The length says most of it without reading.
                then.path == *path
                    && fs::metadata(path).is_ok_and(|found| found.len() == then.bytes)
                    && Output::of(path).is_some_and(|now| now.hash == then.hash)
            })
    }

    /// Whether the files are what they were, by asking for their contents alone.
    pub(crate) fn still_holds(&self, made: &[OsString]) -> bool {
        let files = NotingFileSystem::default();
        let fs = TracingFileSystem::new(&files).ignoring(made.iter().cloned());
        let now = Trace::again(fs, &self.questions, Limits::default().file);
        now.is_some_and(|trace| self.has_trace(&trace))
    }

    /// Whether the trace is the one of that time.
    pub(crate) fn has_trace(&self, trace: &Trace) -> bool {
        hex(trace) == self.answers
    }

    /// Whether there was something to say.
    pub(crate) fn has_findings(&self) -> bool {
        !self.findings.is_empty()
    }

    /// What there was to say; `None` when it cannot be understood.
    pub(crate) fn diagnostics(&self, mut into: Diagnostics) -> Option<Diagnostics> {
        for finding in &self.findings {
            into.push(finding.diagnostic()?);
        }
        Some(into)
    }

    /// What the forms that were written could not say.
    pub(crate) fn losses(&self) -> &[String] {
        &self.losses
    }

    /// How much was compiled.
    pub(crate) fn statistics(&self) -> Statistics {
        let [classes, associations, indications, qualifier_types, properties, instances] =
            self.counts;
        Statistics { classes, associations, indications, qualifier_types, properties, instances }
    }
}

fn hex(trace: &Trace) -> String {
    blake3::Hash::from_bytes(trace.digest()).to_hex().to_string()
}

fn counts(s: &Statistics) -> [usize; 6] {
    [s.classes, s.associations, s.indications, s.qualifier_types, s.properties, s.instances]
}

impl Output {
    fn new(path: &Path, content: &Content) -> Self {
        let Content { bytes, hash } = content;
        Self { path: path.to_owned(), bytes: *bytes, hash: hash.to_hex().to_string() }
    }

    /// The file as it is now.
    fn of(path: &Path) -> Option<Self> {
        let content = Content::of(&mut fs::File::open(path).ok()?).ok()?;
        Some(Self::new(path, &content))
    }
}

impl Finding {
    fn of(diagnostic: &Diagnostic) -> Self {
        let place = |file: FileId, span: Span| (file.0, span.start, span.end);
        Self {
            code: diagnostic.code.as_str().to_owned(),
            severity: diagnostic.severity as u8,
            message: diagnostic.message.clone(),
            place: place(diagnostic.file, diagnostic.span),
            labels: diagnostic
                .labels
                .iter()
                .map(|label| (place(label.file, label.span), label.message.clone()))
                .collect(),
            help: diagnostic.help.clone(),
        }
    }

    fn diagnostic(&self) -> Option<Diagnostic> {
        let code: Code = self.code.parse().ok()?;
        let (file, start, end) = self.place;
        let severity = Severity::ALL.get(usize::from(self.severity))?;
        let mut found = Diagnostic::new(code, FileId(file), Span::new(start, end), &self.message)
            .with_severity(*severity);
        for ((file, start, end), message) in &self.labels {
            found = found.with_label(FileId(*file), Span::new(*start, *end), message);
        }
        found.help.clone_from(&self.help);
        Some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cimarron_mof::lint::Lint;
    use cimarron_schema::rules::Rule;

    #[test]
    fn findings_come_back_as_they_were() {
        let diagnostic =
            Diagnostic::new(Code::MisspelledType, FileId(3), Span::new(4, 9), "what is this")
                .with_label(FileId(1), Span::new(0, 2), "and this")
                .with_help("write it");
        let rule = Diagnostic::new(Code::Rule(Rule::ALL[0]), FileId(0), Span::default(), "")
            .with_severity(Severity::Note);
        let lint = Diagnostic::new(Code::Lint(Lint::ALL[0]), FileId(0), Span::default(), "");
        for diagnostic in [diagnostic, rule, lint] {
            let text = serde_json::to_string(&Finding::of(&diagnostic)).unwrap();
            let back: Finding = serde_json::from_str(&text).unwrap();
            assert_eq!(back.diagnostic(), Some(diagnostic));
        }
    }

    #[test]
    fn keys_tell_parts_apart() {
        let key = |parts: &[&str]| {
            let mut key = Key::new();
            parts.iter().for_each(|part| key.feed(part.as_bytes()));
            key.text()
        };
        assert_eq!(key(&["a", "b"]), key(&["a", "b"]));
        assert_ne!(key(&["a", "b"]), key(&["ab"]));
        assert_ne!(key(&["a", "b"]), key(&["b", "a"]));
    }
}
