//! `cimarron lint`.

use super::{LevelArgs, MofArgs, ReportArgs};
use clap::Args;
use std::path::PathBuf;

/// What follows the help of `cimarron lint`.
pub(crate) const AFTER_HELP: &str = concat!(
    "\
Levels:
  The next cimarron.toml upwards sets levels for a project, groups before codes:
    [lint]
    warnings = \"deny\"
    MOF0504 = \"allow\"
  A comment allows findings in a text: // cimarron: allow(MOF0501, style). Before the first
  declaration it holds for the file, behind something for its line, alone on a line for what follows.
  Groups are warnings (whatever would be one), style (the lints that run), pedantic (those that run
  on request) and all. `cimarron explain` lists the codes.

Exit codes:
  0  no errors; there may be warnings
  1  there are errors or denied findings, or something cannot be read
  2  the command line or the configuration is wrong
",
    json_failures!()
);

/// The arguments of `cimarron lint`.
#[derive(Debug, Args)]
pub(crate) struct LintArgs {
    /// MOF files, directories of MOF files, zip archives of them, patterns such as
    /// `mof/**/*.mof`, or `-` for standard input
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) mof: MofArgs,
    /// The name of standard input in findings
    #[arg(long, value_name = "NAME", default_value = "<stdin>")]
    pub(crate) stdin_name: String,
    /// Show at most N findings of each code to people; 0 shows only how many there are
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub(crate) show: usize,
    #[command(flatten)]
    pub(crate) report: ReportArgs,
    #[command(flatten)]
    pub(crate) levels: LevelArgs,
}
