//! `cimarron lint`.

use super::{DEFAULT_NAMESPACE, DialectArg, FindingsFormat, LevelArgs, namespace};
use clap::Args;
use std::path::PathBuf;

/// What follows the help of `cimarron lint`.
pub(crate) const AFTER_HELP: &str = "\
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
  2  the command line or the configuration is wrong";

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
    #[arg(long, value_enum, ignore_case = true, default_value_t = DialectArg::WMI)]
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
