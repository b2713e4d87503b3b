//! `cimarron doc`.

use super::{FindingsArgs, MofArgs};
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
    #[command(flatten)]
    pub(crate) mof: MofArgs,
    /// How findings are reported
    #[command(flatten)]
    pub(crate) findings: FindingsArgs,
}
