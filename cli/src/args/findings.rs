//! How the findings about a text are reported.

use crate::failure::FailureStyle;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// The forms of findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FindingsFormat {
    /// Excerpts of the text for people
    Human,
    /// JSON for programs
    Json,
    /// SARIF 2.1.0 for code scanning, on standard output
    Sarif,
}

impl FindingsFormat {
    /// How failures are written beside such findings.
    pub(crate) const fn style(self) -> FailureStyle {
        match self {
            Self::Json => FailureStyle::Json,
            Self::Human | Self::Sarif => FailureStyle::Human,
        }
    }
}

/// Where the findings go, for every command that judges MOF.
#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    /// How to report
    #[arg(long, value_enum, ignore_case = true, default_value_t = FindingsFormat::Human)]
    pub(crate) format: FindingsFormat,
    /// Write the findings to FILE in the form of --format; beside SARIF in a file
    /// they are still shown to people
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
}

/// How findings are shown beside other output.
#[derive(Debug, Args)]
pub(crate) struct FindingsArgs {
    #[command(flatten)]
    pub(crate) report: ReportArgs,
    /// Show at most N errors and N warnings, then how many more there are; 0 shows
    /// all. Unless it is given, people see 50 and programs get 1,000 of each
    #[arg(long, value_name = "N")]
    pub(crate) max_errors: Option<usize>,
}
