//! What can go wrong in a project task, and the exit code each case has: 1 when something
//! checked or run has failed, 2 when what was asked for cannot be done at all.

use std::path::PathBuf;
use std::process::{ExitCode, ExitStatus};

pub(crate) type Result<T> = std::result::Result<T, Error>;

#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum Error {
    #[error("cannot start `{command}`: {source}; is it installed and on PATH?")]
    Spawn { command: String, source: std::io::Error },

    #[error("`{command}` failed ({status}){}", indented(.stderr))]
    Failed { command: String, status: ExitStatus, stderr: String },

    #[error("cannot {doing} `{}`: {source}", .path.display())]
    File { doing: &'static str, path: PathBuf, source: std::io::Error },

    #[error("cannot understand {what}: {source}")]
    Json { what: String, source: serde_json::Error },

    #[error("step `{step}` failed: {source}\nrepeat just this step with: {repeat}")]
    Step { step: &'static str, repeat: String, source: Box<Error> },

    #[error("{count} finding(s), listed above")]
    Findings { count: usize },

    #[error("{0}")]
    Setup(String),

    #[error("{0}")]
    Measurement(String),
}

impl Error {
    pub(crate) fn file(
        doing: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { doing, path, source }
    }

    pub(crate) fn json(what: impl Into<String>) -> impl FnOnce(serde_json::Error) -> Self {
        let what = what.into();
        move |source| Self::Json { what, source }
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(1)
    }
}

/// A captured error output under its headline; nothing when there was none.
fn indented(stderr: &str) -> String {
    stderr.trim().lines().map(|line| format!("\n    {line}")).collect()
}
