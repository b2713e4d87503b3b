//! What a command loads before it does what it is for.

use super::{DataArgs, MofArgs, UpdateArgs};
use cimarron_model::Dialect;
use clap::error::{ContextKind, ContextValue};
use clap::{ArgMatches, Args, Command};
use std::ffi::OsString;
use std::path::PathBuf;

/// Where the repository of a command is, and what is loaded into it.
#[derive(Debug, Args)]
pub(crate) struct SourceArgs {
    /// An archive to load; may be repeated. Sources load in the order given
    #[arg(long, value_name = "A")]
    archive: Vec<PathBuf>,
    /// A MOF file, directory or zip to compile; may be repeated
    #[arg(long = "mof", value_name = "F")]
    mof_paths: Vec<PathBuf>,
    /// Archives and MOF in the order of the command line.
    #[arg(skip)]
    pub(crate) sources: Vec<Source>,
    /// The dialect, where the command line says one.
    #[arg(skip)]
    pub(crate) dialect: Option<Dialect>,
    #[command(flatten)]
    pub(crate) mof: MofArgs,
    #[command(flatten)]
    pub(crate) data: DataArgs,
    #[command(flatten)]
    pub(crate) update: UpdateArgs,
}

/// One thing that is loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Archive(PathBuf),
    Mof(PathBuf),
}

impl SourceArgs {
    /// Takes over what derived arguments do not keep: the places of the sources on the command
    /// line, which the two lists are merged by, and what it does not say.
    pub(super) fn complete(&mut self, matches: &ArgMatches) {
        self.mof.complete(matches);
        self.dialect = self.mof.dialect_is_given.then_some(self.mof.dialect.0);
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

/// Adapts what is said of namespace and dialect to commands that load and ask.
pub(super) fn describe(command: Command) -> Command {
    command
        .mut_arg("namespace", |argument| {
            argument.help("The namespace that is loaded into and asked")
        })
        .mut_arg("dialect", |argument| {
            argument.hide_default_value(true).help(
                "Whose rules hold where DMTF's and WMI's differ; without it those that the first \
                 archive was compiled by, else wmi",
            )
        })
}

/// Says where sources belong, to those who wrote one where the query is awaited.
pub(super) fn tip(mut error: clap::Error, arguments: &[OsString]) -> clap::Error {
    let command = arguments.get(1).and_then(|name| name.to_str());
    let is_spare = match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(argument)) => !argument.starts_with('-'),
        _ => false,
    };
    if is_spare && matches!(command, Some("query" | "watch")) {
        let tip = "one argument is the query; name what it is asked of with `--mof` or `--archive`";
        let tips = ContextValue::StyledStrs(vec![tip.into()]);
        error.insert(ContextKind::Suggested, tips);
    }
    error
}
