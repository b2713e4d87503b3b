//! What may be wrong with a scenario.

use cimarron_engine::EngineError;
use cimarron_mof::source::SourceError;
use cimarron_mof::{Diagnostics, Sources};
use std::fmt;
use std::ops::Range;

/// What is no scenario, or no step, and where in the text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct FormError {
    /// What is wrong.
    pub problem: String,
    /// What to do about it, where that is known.
    pub help: Option<String>,
    /// The place, in bytes of the text.
    pub span: Range<usize>,
}

impl FormError {
    pub(crate) fn new(problem: impl Into<String>, span: Range<usize>) -> Self {
        Self { problem: problem.into(), help: None, span }
    }

    pub(crate) fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// The two lists of steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// What happens before anybody asks for events.
    Setup,
    /// What happens then.
    Steps,
}

impl List {
    /// The member of the scenario.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Setup => "setup",
            Self::Steps => "steps",
        }
    }
}

impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a scenario ended before its end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ScenarioError {
    /// A MOF file cannot be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// A MOF file has errors.
    #[error("the MOF of the scenario has errors")]
    Mof {
        /// What was read.
        sources: Box<Sources>,
        /// What is wrong with it.
        diagnostics: Box<Diagnostics>,
    },
    /// A step was refused.
    #[error("{list}[{number}], {operation}: {}", problem(.error))]
    Refused {
        /// The list that the step is in.
        list: List,
        /// Its place in the list, from 0.
        number: usize,
        /// Its `op`.
        operation: &'static str,
        /// Where it stands, in bytes of the scenario's text.
        span: Range<usize>,
        /// Why.
        error: Box<EngineError>,
    },
    /// Something that the scenario names was refused.
    #[error("{error}")]
    Named {
        /// Where it is named, in bytes of the scenario's text.
        span: Range<usize>,
        /// Why.
        error: Box<EngineError>,
    },
    /// A step gave a subscription more events than are kept.
    #[error("subscription `{id}` was given too many events by one step: {error}")]
    TooMany {
        /// The subscription.
        id: String,
        /// What the engine says.
        error: Box<EngineError>,
    },
    /// The engine refused something else.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

/// What is wrong, with the first finding where it is MOF that is.
fn problem(error: &EngineError) -> String {
    let first = error.diagnostics().and_then(|said| {
        said.as_slice().iter().find(|found| found.severity == cimarron_mof::Severity::Error)
    });
    match first {
        Some(found) => format!("{error}: {}: {}", found.code, found.message),
        None => error.to_string(),
    }
}
