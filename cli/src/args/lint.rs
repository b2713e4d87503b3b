//! `cimarron lint`.

use super::{DEFAULT_NAMESPACE, DialectArg, FindingsFormat, LevelArgs, namespace};
use cimarron_model::Dialect;
use clap::Args;
use std::path::PathBuf;

/// The arguments of `cimarron lint`.
#[derive(Debug, Args)]
pub(crate) struct LintArgs {
    /// MOF files, directories of MOF files, zip archives of them, patterns such as
    /// `mof/**/*.mof`, or `-` for standard input
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
    /// The name of standard input in findings
    #[arg(long, value_name = "NAME", default_value = "<stdin>")]
    pub(crate) stdin_name: String,
    /// Show at most N findings of each code to people; 0 shows only how many there are
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub(crate) show: usize,
    /// How to report
    #[arg(long, value_enum, ignore_case = true, default_value_t = FindingsFormat::Human)]
    pub(crate) format: FindingsFormat,
    /// Write the findings to FILE in place of standard output
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) levels: LevelArgs,
}
