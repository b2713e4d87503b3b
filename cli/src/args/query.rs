//! `cimarron query`.

use super::{DataArgs, MofArgs, UpdateArgs};
use crate::failure::FailureStyle;
use cimarron_engine::LanguageLevel;
use clap::{ArgMatches, Args, ValueEnum};
use std::ffi::OsString;
use std::path::PathBuf;

/// The arguments of `cimarron query`.
#[derive(Debug, Args)]
pub(crate) struct QueryArgs {
    /// An archive to load; may be repeated. Sources load in the order given
    #[arg(long, value_name = "A")]
    archive: Vec<PathBuf>,
    /// A MOF file, directory or zip to compile; may be repeated
    #[arg(long = "mof", value_name = "F")]
    mof_paths: Vec<PathBuf>,
    /// Archives and MOF in the order of the command line.
    #[arg(skip)]
    pub(crate) sources: Vec<Source>,
    #[command(flatten)]
    pub(crate) mof: MofArgs,
    /// How to print what answers the query; unsaid, rows are a table, classes MOF, and what
    /// --check and --syntax say is JSON
    #[arg(long, value_enum, ignore_case = true)]
    format: Option<RowFormat>,
    /// Parse the query and check it against the classes, and do not run it
    #[arg(long, group = "judge")]
    pub(crate) check: bool,
    /// Only parse the query: no classes are needed, and nothing is loaded
    #[arg(long, group = "judge")]
    pub(crate) syntax: bool,
    /// With --check or --syntax: it is an event query
    #[arg(long, requires = "judge")]
    pub(crate) event: bool,
    /// Allow what WQL does not have: TOP, LIMIT, DISTINCT, ORDER BY, COUNT(*), AS and the like
    #[arg(long)]
    pub(crate) extended: bool,
    /// Print how the query would be answered instead of its answer; with `analyze`, run it, and
    /// say what each step gave and how long it took
    #[arg(
        long,
        value_enum,
        ignore_case = true,
        value_name = "analyze",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "plan",
        conflicts_with = "judge"
    )]
    pub(crate) explain: Option<Explain>,
    /// The query: of data, of classes (FROM meta_class), ASSOCIATORS OF or REFERENCES OF
    #[arg(value_name = "WQL")]
    pub(crate) query: String,
    #[command(flatten)]
    pub(crate) data: DataArgs,
    #[command(flatten)]
    pub(crate) update: UpdateArgs,
}

/// How much `--explain` tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Explain {
    /// The plan, with estimates
    Plan,
    /// The plan after a run
    Analyze,
}

/// `--explain analyze` as `--explain=analyze`: the word behind `--explain` is its value only
/// when it is that one, and else the query.
pub(super) fn join_explain(arguments: Vec<OsString>) -> Vec<OsString> {
    let mut joined: Vec<OsString> = Vec::with_capacity(arguments.len());
    for argument in arguments {
        let is_value = argument.to_str().is_some_and(|word| word.eq_ignore_ascii_case("analyze"));
        match joined.last_mut() {
            Some(last) if is_value && last == "--explain" => last.push("=analyze"),
            _ => joined.push(argument),
        }
    }
    joined
}

/// One thing that `query` loads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Archive(PathBuf),
    Mof(PathBuf),
}

impl QueryArgs {
    /// How much of SQL the query may use.
    pub(crate) const fn level(&self) -> LanguageLevel {
        if self.extended { LanguageLevel::Extended } else { LanguageLevel::Wql }
    }

    /// How to print what there is to say, when that is said. Whoever has a query judged wants
    /// its status as programs do: with a place, and both codes by name.
    pub(crate) const fn format(&self) -> Option<RowFormat> {
        match self.format {
            None if self.check || self.syntax => Some(RowFormat::Json),
            format => format,
        }
    }

    /// How failures are written.
    pub(crate) const fn style(&self) -> FailureStyle {
        match self.format() {
            Some(format) => format.style(),
            None => FailureStyle::Human,
        }
    }

    /// Merges the two lists by their places on the command line, which derived
    /// arguments do not keep.
    pub(super) fn order_sources(&mut self, matches: &ArgMatches) {
        let places = |id: &str| matches.indices_of(id).into_iter().flatten().collect::<Vec<_>>();
        let archives = self.archive.iter().cloned().map(Source::Archive);
        let mof = self.mof_paths.iter().cloned().map(Source::Mof);
        let mut placed: Vec<(usize, Source)> =
            places("archive").into_iter().zip(archives).collect();
        placed.extend(places("mof_paths").into_iter().zip(mof));
        placed.sort_by_key(|(place, _)| *place);
        self.sources = placed.into_iter().map(|(_, source)| source).collect();
    }
}

/// The forms of rows and of classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RowFormat {
    /// Aligned columns for people
    Table,
    /// An array of objects
    Json,
    /// One object a line
    Ndjson,
    /// Comma-separated values (RFC 4180)
    Csv,
    /// Declarations
    Mof,
}

impl RowFormat {
    /// How failures are written beside such rows.
    pub(crate) const fn style(self) -> FailureStyle {
        match self {
            Self::Json | Self::Ndjson => FailureStyle::Json,
            Self::Table | Self::Csv | Self::Mof => FailureStyle::Human,
        }
    }
}
