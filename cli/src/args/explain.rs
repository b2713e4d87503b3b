//! `cimarron explain`.

use super::ReportFormat;
use clap::Args;

/// The arguments of `cimarron explain`.
#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// The codes, as MOF0123, 0123 or 123; without any, all are listed
    #[arg(value_name = "CODE")]
    pub(crate) codes: Vec<String>,
    /// List all codes with their severities and titles
    #[arg(long, conflicts_with = "codes")]
    pub(crate) list: bool,
    /// How to print
    #[arg(long, value_enum, ignore_case = true, default_value_t = ReportFormat::Human)]
    pub(crate) format: ReportFormat,
}
