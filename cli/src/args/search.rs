//! Where MOF is found besides what the command line names.

use clap::Args;
use std::path::PathBuf;

/// Where files are looked for that the MOF includes, or lacks.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct SearchArgs {
    /// A directory to look for included files in; may be repeated
    #[arg(short = 'I', long = "include", value_name = "DIR")]
    pub(crate) include: Vec<PathBuf>,
    /// A directory, zip archive or MOF file to look for missing declarations in: classes in the
    /// files of their names, qualifiers in files whose names begin with `qualifier`; may be
    /// repeated
    #[arg(short = 'S', long, value_name = "PATH")]
    pub(crate) search: Vec<PathBuf>,
}
