//! `cimarron doc`.

use super::{DEFAULT_NAMESPACE, DialectArg, FindingsArgs, namespace};
use clap::Args;
use std::path::PathBuf;

/// The arguments of `cimarron doc`.
#[derive(Debug, Args)]
pub(crate) struct DocArgs {
    /// Schema archives, and MOF files, directories of MOF files, zip archives of them, patterns
    /// such as `schema/**/*.mof`, or `-` for standard input
    #[arg(required = true, value_name = "INPUT")]
    pub(crate) inputs: Vec<PathBuf>,
    /// The directory to write the site into
    #[arg(short, long, value_name = "DIR")]
    pub(crate) output: PathBuf,
    /// The title of the site; without it, the input's name
    #[arg(long)]
    pub(crate) title: Option<String>,
    /// Write into a directory that holds other files; those of the site's names are replaced
    #[arg(long)]
    pub(crate) force: bool,
    /// The namespace that MOF goes into
    #[arg(short, long, default_value = DEFAULT_NAMESPACE, value_parser = namespace)]
    pub(crate) namespace: String,
    /// A directory to look for included files in; may be repeated
    #[arg(short = 'I', long = "include", value_name = "DIR")]
    pub(crate) include: Vec<PathBuf>,
    /// Whose rules MOF follows where DMTF's and WMI's differ
    #[arg(long, value_enum, ignore_case = true, default_value_t = DialectArg::WMI)]
    pub(crate) dialect: DialectArg,
    /// How findings are reported
    #[command(flatten)]
    pub(crate) findings: FindingsArgs,
}
