//! `cimarron data`, and the arguments that name a data directory.

use super::{MofArgs, ReportFormat, RowFormat, UpdateArgs, namespace};
use crate::failure::FailureStyle;
use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;
use std::time::Duration;

/// What follows the help of `cimarron data` and of its commands.
pub(crate) const AFTER_HELP: &str = concat!(
    "\
Exit codes:
  0  fine
  1  the directory is damaged, foreign, newer than the program or open elsewhere; a file cannot be
     read or written, or what it says is refused
  2  the command line is wrong
",
    json_failures!()
);

/// What arguments that name a data directory stand under in a help.
const DATA: &str = "Data directory";

/// Where a repository is kept.
#[derive(Clone, Debug, Args)]
pub(crate) struct DataArgs {
    /// Work on the repository in DIR in place of an empty one; what is loaded stays there
    #[arg(long, value_name = "DIR", help_heading = DATA)]
    pub(crate) data: Option<PathBuf>,
    /// When commits are forced to the disk: always (before anybody sees them), never (that is
    /// left to the system), or every so many milliseconds
    #[arg(long, value_name = "always|never|MS", default_value = "always", value_parser = sync,
          requires = "data", help_heading = DATA)]
    pub(crate) sync: SyncMode,
}

/// The arguments' sync policy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum SyncMode {
    #[default]
    Always,
    Never,
    Every(Duration),
}

fn sync(text: &str) -> Result<SyncMode, String> {
    match text.to_ascii_lowercase().as_str() {
        "always" => Ok(SyncMode::Always),
        "never" => Ok(SyncMode::Never),
        other => match other.parse::<u32>() {
            Ok(ms) if ms > 0 => Ok(SyncMode::Every(Duration::from_millis(ms.into()))),
            _ => Err("say always, never, or a number of milliseconds".to_owned()),
        },
    }
}

/// The commands of `cimarron data`.
#[derive(Debug, Subcommand)]
pub(crate) enum DataCommand {
    /// Open a data directory with all checks, and say what it holds
    #[command(after_help = AFTER_HELP)]
    Check(CheckArgs),
    /// Write a data directory anew, without what nobody needs any more
    #[command(after_help = AFTER_HELP)]
    Compact(CheckArgs),
    /// Write a repository as MOF or NDJSON
    #[command(after_help = AFTER_HELP)]
    Export(ExportArgs),
    /// Load MOF and NDJSON into a data directory
    #[command(after_help = AFTER_HELP)]
    Import(ImportArgs),
    /// Copy a data directory
    #[command(after_help = AFTER_HELP)]
    Backup(BackupArgs),
    /// Check a backup, and make a data directory of it
    #[command(after_help = AFTER_HELP)]
    Restore(RestoreArgs),
}

/// The arguments of `cimarron data check` and `compact`.
#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// The data directory
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
    /// How to report
    #[arg(long, value_enum, ignore_case = true, default_value_t = ReportFormat::Human)]
    pub(crate) format: ReportFormat,
}

/// The arguments of `cimarron data export`.
#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// The data directory
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
    /// The form
    #[arg(long, value_enum, ignore_case = true, default_value_t = ExportFormat::Ndjson)]
    pub(crate) format: ExportFormat,
    /// The file to write; without it, or with `-`, standard output. With MOF, a directory gets a
    /// file of each dialect, wmi.mof and dmtf.mof
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Only this namespace; may be repeated, or several with commas between them
    #[arg(short, long = "namespace", value_name = "NS", value_delimiter = ',',
          value_parser = namespace)]
    pub(crate) namespaces: Vec<String>,
}

/// The forms of an exported repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportFormat {
    /// One JSON object a line, with everything
    Ndjson,
    /// Declarations and instances of namespaces of one dialect
    Mof,
}

impl ExportFormat {
    /// How failures are written beside it.
    const fn style(self) -> FailureStyle {
        match self {
            Self::Ndjson => RowFormat::Ndjson.style(),
            Self::Mof => RowFormat::Mof.style(),
        }
    }
}

/// The arguments of `cimarron data import`.
#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// The data directory; made when it is not there
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
    /// NDJSON of an export, MOF files, directories of them or zips, or `-` for standard input
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) mof: MofArgs,
    /// When commits are forced to the disk: always, never, or every so many milliseconds
    #[arg(long, value_name = "always|never|MS", default_value = "always", value_parser = sync)]
    pub(crate) sync: SyncMode,
    /// How to report
    #[arg(long, value_enum, ignore_case = true, default_value_t = ReportFormat::Human)]
    pub(crate) format: ReportFormat,
    #[command(flatten)]
    pub(crate) update: UpdateArgs,
}

/// The arguments of `cimarron data backup`.
#[derive(Debug, Args)]
pub(crate) struct BackupArgs {
    /// The data directory
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
    /// Where the copy goes: an empty or a new directory
    pub(crate) target: PathBuf,
    /// How to report
    #[arg(long, value_enum, ignore_case = true, default_value_t = ReportFormat::Human)]
    pub(crate) format: ReportFormat,
}

/// The arguments of `cimarron data restore`.
#[derive(Debug, Args)]
pub(crate) struct RestoreArgs {
    /// The backup
    pub(crate) backup: PathBuf,
    /// The data directory to make: an empty or a new one
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
    /// Take only what the last checkpoint has: for a directory whose log is damaged
    #[arg(long)]
    pub(crate) checkpoint: bool,
    /// How to report
    #[arg(long, value_enum, ignore_case = true, default_value_t = ReportFormat::Human)]
    pub(crate) format: ReportFormat,
}

impl DataCommand {
    /// How failures are written.
    pub(crate) const fn style(&self) -> FailureStyle {
        match self {
            Self::Check(args) | Self::Compact(args) => args.format.style(),
            Self::Export(args) => args.format.style(),
            Self::Import(args) => args.format.style(),
            Self::Backup(args) => args.format.style(),
            Self::Restore(args) => args.format.style(),
        }
    }
}
