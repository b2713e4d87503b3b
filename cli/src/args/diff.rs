//! `cimarron diff`.

use super::{DEFAULT_NAMESPACE, DialectArg, ReportFormat, SearchArgs, namespace};
use cimarron_mof::evolution::Verdict;
use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// What follows the help of `cimarron diff`.
pub(crate) const AFTER_HELP: &str = concat!(
    "\
Exit codes:
  0  compared; there may be changes
  1  a side cannot be read or has errors; with --deny: there is such a change, or a graver one
  2  the command line is wrong
",
    json_failures!()
);

/// The arguments of `cimarron diff`.
#[derive(Debug, Args)]
pub(crate) struct DiffArgs {
    /// The old schema: an archive, MOF files, a directory of MOF files or a zip archive of them;
    /// `-` reads MOF from standard input
    pub(crate) old: PathBuf,
    /// The new schema, in any of these forms
    pub(crate) new: PathBuf,
    /// How to report
    #[arg(long, value_enum, ignore_case = true, default_value_t = ReportFormat::Human)]
    pub(crate) format: ReportFormat,
    /// End with exit code 1 when there is such a change, or a graver one
    #[arg(long, value_enum, ignore_case = true, value_name = "VERDICT")]
    pub(crate) deny: Option<VerdictArg>,
    /// Report only such changes; may be repeated
    #[arg(long, value_enum, ignore_case = true, value_name = "VERDICT")]
    pub(crate) only: Vec<VerdictArg>,
    /// Report only changes of this class; may be repeated, or several with commas between them
    #[arg(long = "class", value_name = "NAME", value_delimiter = ',')]
    pub(crate) classes: Vec<String>,
    /// Whose rules hold for MOF; without it the dialect of the archive on the other side, else
    /// wmi
    #[arg(long, value_enum, ignore_case = true)]
    pub(crate) dialect: Option<DialectArg>,
    /// The namespace that declarations in MOF go into
    #[arg(short, long, default_value = DEFAULT_NAMESPACE, value_parser = namespace)]
    pub(crate) namespace: String,
    #[command(flatten)]
    pub(crate) search: SearchArgs,
}

/// A verdict as an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct VerdictArg(pub(crate) Verdict);

impl ValueEnum for VerdictArg {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self(Verdict::Breaking), Self(Verdict::Compatible), Self(Verdict::Editorial)]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.0.as_str()))
    }
}
