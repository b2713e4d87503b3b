//! `cimarron fmt`: MOF in, the same MOF in the house style out.

use crate::args::{FmtArgs, ReportFormat, usage};
use crate::core::{Formatted, Formatter, Outcome, STDIN_NAME, levels, mof_files, read_stdin};
use crate::failure::{Failure, Stop};
use crate::output::diff::write_unified;
use crate::output::findings;
use crate::output::numbers::counted;
use crate::output::paint::Paint;
use crate::output::{json_lines, stdout};
use crate::terminal::stdout_paint;
use cimarron_model::Status;
use cimarron_mof::diagnostic::Levels;
use serde::Serialize;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

pub(crate) fn run(args: &FmtArgs) -> Result<(), Stop> {
    let mut session = Session {
        args,
        formatter: Formatter::new(args.options(), levels(&args.levels, Levels::default())?),
        out: Box::new(stdout()),
        results: Vec::new(),
        failures: Vec::new(),
        changed: 0,
        unchanged: 0,
    };
    if args.reads_stdin() {
        if args.paths.len() > 1 {
            return Err(usage("`-` stands alone: standard input has no place among files").into());
        }
        session.stdin()?;
    } else {
        let here = [PathBuf::from(".")];
        let paths = if args.paths.is_empty() { &here[..] } else { &args.paths };
        for file in mof_files(paths)? {
            session.file(&file)?;
        }
        session.summary()?;
    }
    session.finish()
}

struct Session<'a> {
    args: &'a FmtArgs,
    formatter: Formatter,
    out: Box<dyn Write>,
    /// One object a file, for programs.
    results: Vec<FileResult>,
    failures: Vec<String>,
    changed: usize,
    unchanged: usize,
}

/// What programs are told of a file.
#[derive(Serialize)]
struct FileResult {
    file: String,
    changed: bool,
    /// The findings that kept it from being formatted.
    errors: usize,
    /// What else did.
    error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    diff: Option<String>,
    /// The formatted text of standard input.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
}

impl Session<'_> {
    fn is_json(&self) -> bool {
        self.args.format == ReportFormat::Json
    }

    /// Whether nothing is to be written.
    const fn only_looks(&self) -> bool {
        self.args.check || self.args.diff
    }

    fn stdin(&mut self) -> Result<(), Stop> {
        let outcome = self.formatter.bytes(STDIN_NAME, read_stdin(STDIN_NAME)?);
        self.judge(STDIN_NAME, &outcome)?;
        if let Outcome::Formatted(formatted) = &outcome
            && !self.only_looks()
        {
            let json = self.is_json();
            match self.results.last_mut().filter(|_| json) {
                Some(result) => result.text = Some(formatted.text().to_owned()),
                None => self.out.write_all(&formatted.encoded())?,
            }
        }
        Ok(())
    }

    fn file(&mut self, path: &Path) -> Result<(), Stop> {
        let mut outcome = self.formatter.file(path);
        if let Outcome::Formatted(formatted) = &outcome
            && !self.only_looks()
            && let Err(failure) = formatted.save(path)
        {
            outcome = Outcome::Failed(failure.to_string());
        }
        Ok(self.judge(&path.display().to_string(), &outcome)?)
    }

    /// Counts an outcome and reports it.
    fn judge(&mut self, name: &str, outcome: &Outcome) -> io::Result<()> {
        let mut result = FileResult {
            file: name.to_owned(),
            changed: false,
            errors: 0,
            error: None,
            diff: None,
            text: None,
        };
        match outcome {
            Outcome::Formatted(formatted) => match &formatted.after {
                Some(after) => {
                    self.changed += 1;
                    result.changed = true;
                    result.diff = self.show_change(name, formatted, after)?;
                }
                None => self.unchanged += 1,
            },
            Outcome::Refused(errors) => result.errors = *errors,
            Outcome::Failed(message) => {
                result.error = Some(message.clone());
                self.failures.push(message.clone());
            }
        }
        self.results.push(result);
        Ok(())
    }

    /// Shows a change to people, and gives its diff to programs.
    fn show_change(
        &mut self,
        name: &str,
        formatted: &Formatted,
        after: &str,
    ) -> io::Result<Option<String>> {
        if self.args.diff && self.is_json() {
            let mut diff = Vec::new();
            write_unified(&mut diff, name, &formatted.before, after, Paint::Plain)?;
            return Ok(Some(String::from_utf8_lossy(&diff).into_owned()));
        }
        if self.args.diff {
            write_unified(&mut self.out, name, &formatted.before, after, stdout_paint())?;
        } else if self.args.check && !self.is_json() {
            writeln!(self.out, "would format {name}")?;
        }
        Ok(None)
    }

    /// `2 files would be formatted, 1 file is formatted already`, behind a diff
    /// on standard error.
    fn summary(&mut self) -> io::Result<()> {
        if self.is_json() {
            return Ok(());
        }
        let files = |count| counted(count, "file", "files");
        let changed = match (self.changed, self.only_looks()) {
            (0, _) => None,
            (count, true) => Some(format!("{} would be formatted", files(count))),
            (count, false) => Some(format!("{} formatted", files(count))),
        };
        let unchanged = match self.unchanged {
            0 => None,
            1 => Some("1 file is formatted already".to_owned()),
            count => Some(format!("{} are formatted already", files(count))),
        };
        let parts: Vec<String> = changed.into_iter().chain(unchanged).collect();
        match (parts.is_empty(), self.args.diff) {
            (true, _) if self.results.is_empty() => writeln!(self.out, "no MOF files found"),
            (true, _) => Ok(()),
            (false, true) => {
                self.out.flush()?;
                // Where standard error is closed there is nobody left to tell.
                let _ = writeln!(io::stderr(), "{}", parts.join(", "));
                Ok(())
            }
            (false, false) => writeln!(self.out, "{}", parts.join(", ")),
        }
    }

    fn finish(mut self) -> Result<(), Stop> {
        if self.is_json() {
            json_lines(&mut self.out, &self.results)?;
        }
        self.out.flush()?;
        let style = self.args.format.style();
        findings::report(&self.formatter.said, &self.formatter.sources, style);
        let mut failures = self.failures.drain(..).map(|m| Failure::input(Status::Failed, m));
        let last = failures.next_back();
        for failure in failures {
            failure.write(style);
        }
        match last {
            Some(last) => Err(last.into()),
            None if self.formatter.said.has_errors() => Err(Stop::Reported),
            None if self.only_looks() && self.changed > 0 => Err(Stop::Reported),
            None => Ok(()),
        }
    }
}
