//! `cimarron lint`.

use super::{DEFAULT_NAMESPACE, DialectArg, LevelArgs, ReportFormat, namespace};
use cimarron_model::Dialect;
use clap::Args;
use std::path::PathBuf;

/// The arguments of `cimarron lint`.
#[derive(Debug, Args)]
pub(crate) struct LintArgs {
    /// MOF files, directories of MOF files, or zip archives of them
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// The namespace that the declarations go into
    #[arg(short, long, default_value = DEFAULT_NAMESPACE, value_parser = namespace)]
    pub(crate) namespace: String,
    /// A directory to look for included files in; may be repeated
    #[arg(short = 'I', long = "include", value_name = "DIR")]
    pub(crate) include: Vec<PathBuf>,
    /// Whose rules hold where DMTF's and WMI's differ
    #[arg(long, value_enum, ignore_case = true, default_value_t = DialectArg(Dialect::Wmi))]
    pub(crate) dialect: DialectArg,
    /// How many findings of each code to show; 0 shows only how many there are
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub(crate) show: usize,
    /// How to report
    #[arg(long, value_enum, ignore_case = true, default_value_t = ReportFormat::Human)]
    pub(crate) format: ReportFormat,
    #[command(flatten)]
    pub(crate) levels: LevelArgs,
}
