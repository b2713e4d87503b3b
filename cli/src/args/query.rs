//! `cimarron query`.

use super::{MofArgs, UpdateArgs};
use crate::failure::FailureStyle;
use clap::{ArgMatches, Args, ValueEnum};
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
    /// How to print the rows
    #[arg(long, value_enum, ignore_case = true, default_value_t = RowFormat::Table)]
    pub(crate) format: RowFormat,
    /// The query
    #[arg(value_name = "WQL")]
    pub(crate) query: String,
    #[command(flatten)]
    pub(crate) update: UpdateArgs,
}

/// One thing that `query` loads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Archive(PathBuf),
    Mof(PathBuf),
}

impl QueryArgs {
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

/// The forms of rows.
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
    /// Instance declarations
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
