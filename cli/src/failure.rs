//! Failures, and the one place that spells them.
//!
//! For programs a failure is one JSON object on standard error,
//! `{"error":{"status","cim_code","wbem","code","message","span","line","column",
//! "end_line","end_column"}}`: the symbol and the number of the CIM status, those
//! of the WBEMSTATUS, and where in the text it is about: in bytes, and in lines and
//! columns from 1, columns in characters; null where there is no text. For people
//! it is a message, with the text and the place where there is one.

use crate::output::paint::Paint;
use crate::output::picture::{Mark, Picture, Scene};
use crate::terminal;
use cimarron_model::{Status, suggest};
use cimarron_mof::source::Position;
use cimarron_mof::{Severity, SourceMap, Span};
use serde_json::json;
use std::fmt;
use std::io::{self, Write};
use std::ops::Range;
use std::path::Path;
use std::process::ExitCode;

/// For whom failures are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FailureStyle {
    Human,
    Json,
}

/// What is at fault, which is what the exit code tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    Input,
    CommandLine,
}

/// A failure to report.
#[derive(Debug)]
pub(crate) struct Failure {
    fault: Fault,
    status: Status,
    message: String,
    help: Option<String>,
    place: Option<Place>,
    spares_report: bool,
}

/// The text that a failure is about, and where in it.
#[derive(Debug)]
struct Place {
    text: String,
    span: Range<usize>,
}

impl Place {
    /// Where it starts and ends, in lines and columns.
    fn positions(&self) -> Option<(Position, Position)> {
        let mut texts = SourceMap::new();
        let file = texts.add("", self.text.as_str()).ok()?;
        let (file, span) = (texts.get(file)?, Span::from(self.span.clone()));
        Some((file.position(span.start), file.position(span.end)))
    }
}

impl Failure {
    /// The input is wrong: exit code 1.
    pub(crate) fn input(status: Status, message: impl Into<String>) -> Self {
        Self {
            fault: Fault::Input,
            status,
            message: message.into(),
            help: None,
            place: None,
            spares_report: false,
        }
    }

    /// The command line is wrong: exit code 2.
    pub(crate) fn usage(status: Status, message: impl Into<String>) -> Self {
        Self { fault: Fault::CommandLine, ..Self::input(status, message) }
    }

    /// The same with advice for people.
    pub(crate) fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same with the name that is most like the one that is unknown, if one is.
    pub(crate) fn with_nearest<'a>(
        self,
        name: &str,
        known: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        match suggest::nearest(name, known) {
            Some(near) => self.with_help(suggest::did_you_mean(near)),
            None => self,
        }
    }

    /// The same, calling a path by the name that the user knows it by.
    pub(crate) fn about(mut self, path: &Path, known_as: &Path) -> Self {
        let (path, known_as) = (path.display().to_string(), known_as.display().to_string());
        self.message = self.message.replace(&path, &known_as);
        self
    }

    /// The same with the place (in bytes) in the text that it is about.
    pub(crate) fn at(mut self, text: impl Into<String>, span: Range<usize>) -> Self {
        self.place = Some(Place { text: text.into(), span });
        self
    }

    /// The same, not to be written to the file of `--report`, which may be what it is about.
    pub(crate) fn sparing_report(mut self) -> Self {
        self.spares_report = true;
        self
    }

    pub(crate) const fn status(&self) -> Status {
        self.status
    }

    pub(crate) const fn spares_report(&self) -> bool {
        self.spares_report
    }

    fn json(&self) -> serde_json::Value {
        json!({ "error": self.details() })
    }

    /// What programs are told, without a word that it is a failure.
    pub(crate) fn details(&self) -> serde_json::Value {
        let span = self.place.as_ref().map(|p| json!({"start": p.span.start, "end": p.span.end}));
        let (start, end) = self.place.as_ref().and_then(Place::positions).unzip();
        json!({
            "status": self.status.cim().name(),
            "cim_code": self.status.cim().code(),
            "wbem": self.status.wbem().name(),
            "code": self.status.wbem().code(),
            "message": match &self.help {
                Some(help) => format!("{} ({help})", self.message),
                None => self.message.clone(),
            },
            "span": span,
            "line": start.map(|p| p.line),
            "column": start.map(|p| p.column),
            "end_line": end.map(|p| p.line),
            "end_column": end.map(|p| p.column),
        })
    }

    /// The number that the program ends with.
    pub(crate) const fn exit_number(&self) -> u8 {
        match self.fault {
            Fault::Input => 1,
            Fault::CommandLine => 2,
        }
    }

    /// Writes the failure to standard error.
    pub(crate) fn write(&self, style: FailureStyle) {
        let mut stderr = io::stderr().lock();
        // Where standard error is closed there is nobody left to tell.
        let _ = match style {
            FailureStyle::Json => writeln!(stderr, "{}", self.json()),
            FailureStyle::Human => stderr.write_all(self.human().as_bytes()),
        };
    }

    fn human(&self) -> String {
        self.drawn(terminal::stderr_paint(), terminal::stderr_width())
    }

    /// What people are told, among the output.
    pub(crate) fn picture(&self, width: Option<usize>) -> String {
        self.drawn(terminal::stdout_paint(), width.unwrap_or(terminal::DEFAULT_WIDTH))
    }

    fn drawn(&self, paint: Paint, width: usize) -> String {
        let mut texts = SourceMap::new();
        let place = self.place.as_ref().and_then(|place| {
            let file = texts.add("", place.text.as_str()).ok()?;
            Some((file, Span::from(place.span.clone())))
        });
        let scene = place.and_then(|(file, span)| {
            let marks = vec![Mark { span, is_primary: true, message: "" }];
            Some(Scene { source: texts.get(file)?, marks })
        });
        let picture = Picture {
            severity: Severity::Error,
            code: None,
            message: &self.message,
            scenes: scene.into_iter().collect(),
            help: self.help.as_deref(),
        };
        picture.draw(paint, width)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

/// Why a command ends early.
#[derive(Debug)]
pub(crate) enum Stop {
    /// Something to report.
    Failure(Failure),
    /// The input is wrong and all about it has been written already.
    Reported,
    /// A watch ended before as many events came as were asked for.
    TooFew,
    /// Nobody reads the output any more, as after `| head`. That is no failure.
    ReaderGone,
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl From<io::Error> for Stop {
    /// Only writing output gives bare I/O errors; files are opened below, with
    /// errors that name them.
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::ReaderGone,
            io::ErrorKind::StorageFull => {
                Failure::input(Status::OutOfDiskSpace, "cannot write the output: the disk is full")
                    .into()
            }
            _ => Failure::input(Status::Failed, format!("cannot write the output: {error}")).into(),
        }
    }
}

/// Reports why a command ended early, and gives its exit code.
pub(crate) fn finish(stop: &Stop, style: FailureStyle) -> ExitCode {
    match stop {
        Stop::Failure(failure) => {
            failure.write(style);
            ExitCode::from(failure.exit_number())
        }
        Stop::Reported => ExitCode::from(1),
        Stop::TooFew => ExitCode::from(3),
        Stop::ReaderGone => ExitCode::SUCCESS,
    }
}

/// A command line that could not be read, or one that asked for help.
#[derive(Debug)]
pub(crate) struct Refusal {
    error: clap::Error,
    json: bool,
}

impl Refusal {
    pub(crate) const fn new(error: clap::Error, json: bool) -> Self {
        Self { error, json }
    }

    /// Writes the help or the refusal, and gives the exit code.
    pub(crate) fn report(&self) -> ExitCode {
        if !self.error.use_stderr() {
            // Help and version; a closed pipe is no failure.
            let _ = self.error.print();
            return ExitCode::SUCCESS;
        }
        if self.json {
            self.failure().write(FailureStyle::Json);
        } else {
            let _ = self.error.print();
        }
        ExitCode::from(2)
    }

    /// The refusal without the usage lines that follow it.
    fn failure(&self) -> Failure {
        let text = self.error.to_string();
        let lines =
            text.lines().take_while(|l| !l.starts_with("Usage:") && !l.starts_with("For more"));
        let words: Vec<&str> = lines.map(str::trim).filter(|l| !l.is_empty()).collect();
        let message = words.join(" ");
        let message = message.strip_prefix("error: ").unwrap_or(&message);
        Failure::usage(Status::InvalidParameter, message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_json_spelling() {
        let bare =
            Failure::input(Status::ClassNotFound, "no class `X`").with_help("did you mean `Y`?");
        assert_eq!(
            bare.json().to_string(),
            r#"{"error":{"cim_code":6,"code":2147749890,"column":null,"end_column":null,"end_line":null,"line":null,"message":"no class `X` (did you mean `Y`?)","span":null,"status":"CIM_ERR_NOT_FOUND","wbem":"WBEM_E_NOT_FOUND"}}"#
        );
        let placed = Failure::input(Status::InvalidQuery, "what").at("SELECT", 2..4);
        assert_eq!(placed.json()["error"]["span"], json!({"start": 2, "end": 4}));
        let place = |failure: &Failure| {
            let json = failure.json();
            ["line", "column", "end_line", "end_column"].map(|key| json["error"][key].as_u64())
        };
        let lines = Failure::input(Status::InvalidQuery, "what").at("SELECT ü\n FROM", 7..13);
        assert_eq!(place(&lines), [Some(1), Some(8), Some(2), Some(4)]);
    }

    #[test]
    fn places_outside_of_the_text_are_no_trouble() {
        for span in [0..3, 3..3, 9..12, 2..99] {
            let failure = Failure::input(Status::InvalidQuery, "what").at("abc", span);
            assert!(failure.human().contains("what"));
            assert!(failure.json()["error"]["line"].is_u64());
        }
        assert!(Failure::input(Status::InvalidQuery, "what").at("", 0..0).human().contains("what"));
    }

    #[test]
    fn a_closed_pipe_is_no_failure() {
        let gone: Stop = io::Error::from(io::ErrorKind::BrokenPipe).into();
        assert!(matches!(gone, Stop::ReaderGone));
        let full: Stop = io::Error::from(io::ErrorKind::StorageFull).into();
        assert!(matches!(full, Stop::Failure(f) if f.status == Status::OutOfDiskSpace));
    }
}
