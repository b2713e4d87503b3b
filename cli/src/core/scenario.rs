//! Reading and running event scenarios.

use super::inputs::{read_stdin, source_failure};
use super::mof::report;
use crate::failure::{Failure, FailureStyle, Stop};
use cimarron_model::Status;
use cimarron_mof::source::Limits;
use cimarron_scenarios::{FormError, Outcome, Scenario, ScenarioError, play};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// A scenario that was run.
pub(crate) struct Played {
    pub(crate) scenario: Scenario,
    pub(crate) outcome: Outcome,
}

/// Runs the scenario of a file, or of standard input (`-`). Findings about its MOF are
/// written to standard error.
pub(crate) fn play_scenario(path: &Path, style: FailureStyle) -> Result<Played, Stop> {
    let text = read_text(path)?;
    let scenario = Scenario::parse(&text).map_err(|error| form_failure(error, &text))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    match play(&scenario, folder) {
        Ok(outcome) => Ok(Played { scenario, outcome }),
        Err(error) => Err(failed(&error, &text, style)),
    }
}

fn failed(error: &ScenarioError, text: &str, style: FailureStyle) -> Stop {
    let message = error.to_string();
    match error {
        ScenarioError::Mof { sources, diagnostics } => {
            report(diagnostics, sources, style);
            Stop::Reported
        }
        ScenarioError::Source(error) => source_failure(error).into(),
        ScenarioError::Refused { span, error, .. } | ScenarioError::Named { span, error } => {
            Failure::input(error.status(), message).at(text, span.clone()).into()
        }
        ScenarioError::TooMany { error, .. } => Failure::input(error.status(), message).into(),
        ScenarioError::Engine(error) => Failure::input(error.status(), message).into(),
        _ => Failure::input(Status::Failed, message).into(),
    }
}

/// What is no scenario, or no step.
pub(crate) fn form_failure(error: FormError, text: &str) -> Failure {
    let FormError { problem, help, span } = error;
    let failure = Failure::input(Status::InvalidParameter, problem).at(text, span);
    match help {
        Some(help) => failure.with_help(help),
        None => failure,
    }
}

/// The text of a file, or of standard input (`-`).
pub(crate) fn read_text(path: &Path) -> Result<String, Failure> {
    let name = path.display();
    let limit = Limits::default().file;
    let bytes = if path.as_os_str() == "-" {
        read_stdin("standard input")?
    } else {
        let mut bytes = Vec::new();
        let read = File::open(path).and_then(|file| file.take(limit + 1).read_to_end(&mut bytes));
        read.map_err(|error| super::data::unreadable(path, &error))?;
        bytes
    };
    if bytes.len() as u64 > limit {
        let message = format!("`{name}` has more than {limit} bytes");
        return Err(Failure::input(Status::QuotaViolation, message));
    }
    String::from_utf8(bytes)
        .map_err(|_| Failure::input(Status::InvalidParameter, format!("`{name}` is no UTF-8 text")))
}
