//! `cimarron scenario`.

use super::ReportFormat;
use crate::failure::FailureStyle;
use clap::Args;
use std::io::IsTerminal;
use std::path::PathBuf;

/// The arguments of `cimarron scenario`.
#[derive(Debug, Args)]
pub(crate) struct ScenarioArgs {
    /// The scenario, a JSON file; `-` reads standard input. MOF files that it names are relative
    /// to its own place
    #[arg(value_name = "FILE")]
    pub(crate) path: PathBuf,
    /// How to print what was delivered; unsaid, tables on a terminal and JSON elsewhere
    #[arg(long, value_enum, ignore_case = true)]
    format: Option<ReportFormat>,
}

impl ScenarioArgs {
    /// How to print what was delivered.
    pub(crate) fn format(&self) -> ReportFormat {
        let by_place = || {
            if std::io::stdout().is_terminal() { ReportFormat::Human } else { ReportFormat::Json }
        };
        self.format.unwrap_or_else(by_place)
    }

    /// How failures are written.
    pub(crate) fn style(&self) -> FailureStyle {
        self.format().style()
    }
}
