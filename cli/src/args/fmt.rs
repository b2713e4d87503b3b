//! `cimarron fmt`.

use super::{DialectArg, LevelArgs, ReportFormat};
use cimarron_mof::format::FormatOptions;
use clap::Args;
use std::path::PathBuf;

/// What follows the help of `cimarron fmt`.
pub(crate) const AFTER_HELP: &str = "\
Exit codes:
  0  fine
  1  a file has syntax errors or cannot be used, or a finding is denied; with --check or --diff: a
     file would change
  2  the command line or the configuration is wrong

Text between the lines `// cimarron-fmt: off` and `// cimarron-fmt: on` stays as it is, where both
stand between declarations, features or values of properties; one that has no effect is warned of.
With --format json standard output is an array of {\"file\",\"changed\",\"errors\",\"error\"}, with
\"diff\" where --diff asks for it and \"text\" for standard input.";

/// The arguments of `cimarron fmt`.
#[derive(Debug, Args)]
pub(crate) struct FmtArgs {
    /// MOF files, patterns, and directories whose *.mof files are formatted; `-` formats standard
    /// input to standard output [default: the current directory]
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Write nothing; fail with exit code 1 and name the files that would change
    #[arg(long)]
    pub(crate) check: bool,
    /// Write nothing; show what would change, and fail with exit code 1 if anything would
    #[arg(long)]
    pub(crate) diff: bool,
    /// The columns that lines are kept within where they can be broken
    #[arg(
        long,
        value_name = "N",
        default_value_t = FormatOptions::DEFAULT_WIDTH,
        value_parser = width
    )]
    pub(crate) width: usize,
    /// Cut long strings anew at spaces; otherwise adjacent literals stay as they are
    #[arg(long)]
    pub(crate) rewrap_strings: bool,
    /// Whose MOF it is; `mof3` is another language, the other two are one to the formatter
    #[arg(long, value_enum, ignore_case = true, default_value_t = DialectArg::WMI)]
    pub(crate) dialect: DialectArg,
    /// How to report
    #[arg(long, value_enum, ignore_case = true, default_value_t = ReportFormat::Human)]
    pub(crate) format: ReportFormat,
    #[command(flatten)]
    pub(crate) levels: LevelArgs,
}

impl FmtArgs {
    /// Whether standard input is to be formatted.
    pub(crate) fn reads_stdin(&self) -> bool {
        self.paths.iter().any(|path| path.as_os_str() == "-")
    }

    /// How to format.
    pub(crate) const fn options(&self) -> FormatOptions {
        FormatOptions {
            width: self.width,
            rewrap_strings: self.rewrap_strings,
            language: self.dialect.1,
        }
    }
}

fn width(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(columns @ 20..=1_000) => Ok(columns),
        _ => Err("a width is 20 to 1000 columns".to_owned()),
    }
}
