//! `cimarron compile`.

use super::{DEFAULT_NAMESPACE, DialectArg, LevelArgs, ReportFormat, WmiArgs, namespace};
use cimarron_model::Dialect;
use clap::Args;
use std::path::PathBuf;

/// The arguments of `cimarron compile`.
#[derive(Debug, Args)]
pub(crate) struct CompileArgs {
    /// MOF files, directories of MOF files, or zip archives of them
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Where to write the archive; without it, the MOF is only checked
    #[arg(short, long, value_name = "OUT.cimar")]
    pub(crate) output: Option<PathBuf>,
    /// The namespace that the declarations go into
    #[arg(short, long, default_value = DEFAULT_NAMESPACE, value_parser = namespace)]
    pub(crate) namespace: String,
    /// A directory to look for included files in; may be repeated
    #[arg(short = 'I', long = "include", value_name = "DIR")]
    pub(crate) include: Vec<PathBuf>,
    /// Whose rules hold where DMTF's and WMI's differ
    #[arg(long, value_enum, ignore_case = true, default_value_t = DialectArg(Dialect::Wmi))]
    pub(crate) dialect: DialectArg,
    /// How to report
    #[arg(long, value_enum, ignore_case = true, default_value_t = ReportFormat::Human)]
    pub(crate) format: ReportFormat,
    #[command(flatten)]
    pub(crate) levels: LevelArgs,
    #[command(flatten)]
    pub(crate) wmi: WmiArgs,
}
