//! `cimarron compile`.

use super::{DataArgs, FindingsArgs, LevelArgs, MofArgs, WmiArgs};
use cimarron_mof::Emit;
use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};
use std::path::PathBuf;
use std::sync::LazyLock;

/// What follows the help of `cimarron compile`.
pub(crate) const AFTER_HELP: &str = concat!(
    "\
Output:
  With one form, -o names its file. With several, -o is a stem: `-o out/fleet --emit archive,mof`
  writes out/fleet.cimar and out/fleet.mof. A directory gets files named `schema`. Files are written
  beside their place, synced and renamed; equal input gives equal bytes. One text form without -o
  goes to standard output, and the summary to standard error (none with --format json); so does any
  one form with `-o -`.

Data directory:
  With --data the MOF is compiled on top of the repository in DIR and loaded into it, all of it or
  nothing. Namespaces that it fills are created, those that are there keep their dialect, and
  --class-flags and --instance-flags say how it meets what is there. No file is written.

Unchanged input:
  OUT.stamp remembers what was read, what was looked for and not found, the options, the program
  and what was written. Where the contents are still the same, nothing is compiled, and the
  warnings of that time are shown again. --force compiles all the same.

Exit codes:
  0  compiled, or unchanged; there may be warnings
  1  the input is wrong (MOF with errors, nothing to read), or an output cannot be written
  2  the command line is wrong
",
    json_failures!()
);

/// The arguments of `cimarron compile`.
#[derive(Debug, Args)]
pub(crate) struct CompileArgs {
    /// MOF files, directories of MOF files, zip archives of them, patterns such as
    /// `schema/**/*.mof`, or `-` for standard input
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Where to write; without it, the MOF is only checked, or text goes to standard output
    #[arg(short, long, value_name = "OUT")]
    pub(crate) output: Option<PathBuf>,
    /// The forms to write
    #[arg(
        long,
        value_enum,
        ignore_case = true,
        value_name = "FORM",
        value_delimiter = ',',
        default_value = "archive"
    )]
    pub(crate) emit: Vec<EmitArg>,
    /// Compile and judge, and write nothing but the findings, whatever the other options say
    #[arg(long)]
    pub(crate) check: bool,
    /// Compile even if nothing has changed since the last time
    #[arg(long)]
    pub(crate) force: bool,
    /// Write a rule for make to FILE that says which files the output depends on
    #[arg(long, value_name = "FILE")]
    pub(crate) dep_file: Option<PathBuf>,
    /// The name of standard input in findings; what it includes is looked for in the
    /// directory of that name
    #[arg(long, value_name = "NAME", default_value = "<stdin>")]
    pub(crate) stdin_name: String,
    #[command(flatten)]
    pub(crate) mof: MofArgs,
    /// How findings are reported
    #[command(flatten)]
    pub(crate) findings: FindingsArgs,
    #[command(flatten)]
    pub(crate) levels: LevelArgs,
    #[command(flatten)]
    pub(crate) wmi: WmiArgs,
    #[command(flatten)]
    pub(crate) data: DataArgs,
}

/// A form of output as an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct EmitArg(pub(crate) Emit);

impl ValueEnum for EmitArg {
    fn value_variants<'a>() -> &'a [Self] {
        static FORMS: LazyLock<Vec<EmitArg>> =
            LazyLock::new(|| Emit::ALL.iter().copied().map(EmitArg).collect());
        &FORMS
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.0.as_str()).help(self.0.about()))
    }
}
