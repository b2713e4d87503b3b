//! The command line.

use crate::failure::{Failure, FailureStyle, Refusal};
use cimarron_model::{Dialect, Status};
use clap::builder::PossibleValue;
use clap::{ArgMatches, Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use std::ffi::OsString;
use std::path::PathBuf;

const EXIT_CODES: &str = "\
Exit codes:
  0  fine
  1  the input is wrong: MOF with errors, an unreadable archive, an unknown class, a bad query
  2  the command line is wrong

With --format json every failure is one JSON object on standard error,
{\"error\":{\"status\",\"wbem\",\"code\",\"message\",\"span\"}}, and diagnostics of MOF are an array.";

/// An in-memory CIM repository engine.
#[derive(Debug, Parser)]
#[command(name = "cimarron", version, after_help = EXIT_CODES, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Compile MOF files, directories and zip archives, and write a schema archive
    #[command(after_help = EXIT_CODES)]
    Compile(CompileArgs),
    /// Show the classes of a schema archive
    #[command(after_help = EXIT_CODES)]
    Show(ShowArgs),
    /// Load archives and MOF, and run a WQL query
    #[command(after_help = EXIT_CODES)]
    Query(QueryArgs),
    /// Compile a small fleet that ships with the program, and query it
    Demo,
}

/// `cimarron compile`
#[derive(Debug, Args)]
pub(crate) struct CompileArgs {
    /// MOF files, directories of MOF files, or zip archives of them
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Where to write the archive; without it, the MOF is only checked
    #[arg(short, long, value_name = "OUT.cimar")]
    pub(crate) output: Option<PathBuf>,
    /// The namespace that the declarations go into
    #[arg(short, long, default_value = DEFAULT_NAMESPACE, value_parser = namespace)]
    pub(crate) namespace: String,
    /// A directory to look for included files in; may be repeated
    #[arg(short = 'I', long = "include", value_name = "DIR")]
    pub(crate) include: Vec<PathBuf>,
    /// Whose rules hold where DMTF's and WMI's differ
    #[arg(long, value_enum, ignore_case = true, default_value_t = DialectArg(Dialect::Wmi))]
    pub(crate) dialect: DialectArg,
    /// How to report
    #[arg(long, value_enum, ignore_case = true, default_value_t = ReportFormat::Human)]
    pub(crate) format: ReportFormat,
}

/// `cimarron show`
#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// The archive
    pub(crate) archive: PathBuf,
    /// The classes to show; all without any
    #[arg(value_name = "CLASS")]
    pub(crate) classes: Vec<String>,
    /// Show the class hierarchy, under CLASS where given
    #[arg(long, conflicts_with = "local")]
    pub(crate) tree: bool,
    /// How to print classes
    #[arg(long, value_enum, ignore_case = true, default_value_t = ClassFormat::Mof)]
    pub(crate) format: ClassFormat,
    /// Show only what each class itself declares
    #[arg(long)]
    pub(crate) local: bool,
}

/// `cimarron query`
#[derive(Debug, Args)]
pub(crate) struct QueryArgs {
    /// An archive to load; may be repeated. Sources load in the order given
    #[arg(long, value_name = "A")]
    archive: Vec<PathBuf>,
    /// A MOF file, directory or zip to compile; may be repeated
    #[arg(long, value_name = "F")]
    mof: Vec<PathBuf>,
    /// Archives and MOF in the order of the command line.
    #[arg(skip)]
    pub(crate) sources: Vec<Source>,
    /// Whose rules the namespace follows
    #[arg(long, value_enum, ignore_case = true, default_value_t = DialectArg(Dialect::Wmi))]
    pub(crate) dialect: DialectArg,
    /// The namespace to load into and to query
    #[arg(short, long, default_value = DEFAULT_NAMESPACE, value_parser = namespace)]
    pub(crate) namespace: String,
    /// How to print the rows
    #[arg(long, value_enum, ignore_case = true, default_value_t = RowFormat::Table)]
    pub(crate) format: RowFormat,
    /// The query
    #[arg(value_name = "WQL")]
    pub(crate) query: String,
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
    fn order_sources(&mut self, matches: &ArgMatches) {
        let places = |id: &str| matches.indices_of(id).into_iter().flatten().collect::<Vec<_>>();
        let archives = self.archive.iter().cloned().map(Source::Archive);
        let mof = self.mof.iter().cloned().map(Source::Mof);
        let mut placed: Vec<(usize, Source)> =
            places("archive").into_iter().zip(archives).collect();
        placed.extend(places("mof").into_iter().zip(mof));
        placed.sort_by_key(|(place, _)| *place);
        self.sources = placed.into_iter().map(|(_, source)| source).collect();
    }
}

/// The forms of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormat {
    Human,
    Json,
}

/// The forms of classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ClassFormat {
    Mof,
    Json,
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

/// A dialect as an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DialectArg(pub(crate) Dialect);

impl ValueEnum for DialectArg {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self(Dialect::Wmi), Self(Dialect::Dmtf)]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.0.as_str()))
    }
}

/// A command with its arguments.
#[derive(Debug)]
pub(crate) enum Invocation {
    Compile(CompileArgs),
    Show(ShowArgs),
    Query(QueryArgs),
    Demo,
}

impl Invocation {
    /// How this invocation wants its failures.
    pub(crate) fn failure_style(&self) -> FailureStyle {
        let json = match self {
            Self::Compile(args) => args.format == ReportFormat::Json,
            Self::Show(args) => args.format == ClassFormat::Json,
            Self::Query(args) => matches!(args.format, RowFormat::Json | RowFormat::Ndjson),
            Self::Demo => false,
        };
        if json { FailureStyle::Json } else { FailureStyle::Human }
    }
}

/// Reads the command line.
pub(crate) fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Invocation, Refusal> {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let refuse = |error| Refusal::new(error, asks_for_json(&arguments));
    let matches = Cli::command().try_get_matches_from(&arguments).map_err(refuse)?;
    let cli = Cli::from_arg_matches(&matches).map_err(refuse)?;
    let invocation = match cli.command {
        Command::Compile(args) => Invocation::Compile(args),
        Command::Show(args) => Invocation::Show(args),
        Command::Query(mut args) => {
            if let Some((_, matches)) = matches.subcommand() {
                args.order_sources(matches);
            }
            Invocation::Query(args)
        }
        Command::Demo => Invocation::Demo,
    };
    Ok(invocation)
}

/// Whether a command line that could not be read asks for JSON, so that its
/// refusal can be JSON as well.
fn asks_for_json(arguments: &[OsString]) -> bool {
    let is_json =
        |text: &str| text.eq_ignore_ascii_case("json") || text.eq_ignore_ascii_case("ndjson");
    let after = arguments.iter().skip(1).map(Some).chain([None]);
    arguments.iter().zip(after).any(|(argument, next)| match argument.to_str() {
        Some("--format") => next.and_then(|n| n.to_str()).is_some_and(is_json),
        Some(text) => text.strip_prefix("--format=").is_some_and(is_json),
        None => false,
    })
}

const DEFAULT_NAMESPACE: &str = "root/cimv2";

/// A namespace, with either slash between its parts.
fn namespace(text: &str) -> Result<String, String> {
    let parts: Vec<&str> = text.split(['/', '\\']).collect();
    let legal = |part: &&str| {
        let name = part.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
        name && !part.is_empty()
    };
    if parts.iter().all(legal) {
        Ok(parts.join("/"))
    } else {
        Err("a namespace is names with slashes between them, such as root/cimv2".to_owned())
    }
}

/// A usage error found after parsing.
pub(crate) fn usage(message: impl Into<String>) -> Failure {
    Failure::usage(Status::InvalidParameter, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &[&str]) -> Result<Invocation, Refusal> {
        parse(std::iter::once("cimarron").chain(line.iter().copied()).map(OsString::from))
    }

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn sources_keep_their_order() {
        let line = ["query", "--mof", "a", "--archive=b", "--mof", "c", "--archive", "d", "q"];
        let Ok(Invocation::Query(args)) = parsed(&line) else { panic!("not parsed") };
        let expected = [
            Source::Mof("a".into()),
            Source::Archive("b".into()),
            Source::Mof("c".into()),
            Source::Archive("d".into()),
        ];
        assert_eq!(args.sources, expected);
        assert_eq!((args.query.as_str(), args.namespace.as_str()), ("q", "root/cimv2"));
        assert_eq!(args.dialect.0, Dialect::Wmi);
    }

    #[test]
    fn namespaces_take_either_slash() {
        for (text, expected) in [
            ("root/cimv2", Some("root/cimv2")),
            ("root\\cimv2", Some("root/cimv2")),
            ("ROOT", Some("ROOT")),
            ("", None),
            ("root//x", None),
            ("/root", None),
            ("a b", None),
        ] {
            assert_eq!(namespace(text).ok().as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn refusals_are_json_when_json_was_asked_for() {
        for (line, json) in [
            (&["query", "--format", "json"][..], true),
            (&["query", "--format=JSON", "--nope", "q"], true),
            (&["query", "--format", "table", "--nope", "q"], false),
            (&["show", "--format"], false),
        ] {
            let arguments: Vec<OsString> = line.iter().map(OsString::from).collect();
            assert_eq!(asks_for_json(&arguments), json, "{line:?}");
        }
    }

    #[test]
    fn dialects_and_formats_ignore_case() {
        let Ok(Invocation::Compile(args)) =
            parsed(&["compile", "x.mof", "--dialect", "DMTF", "--format", "Json"])
        else {
            panic!("not parsed")
        };
        assert_eq!((args.dialect.0, args.format), (Dialect::Dmtf, ReportFormat::Json));
        assert!(parsed(&["compile"]).is_err());
        assert!(parsed(&["compile", "x", "--dialect", "omi"]).is_err());
        assert!(parsed(&["show", "a", "--tree", "--local"]).is_err());
    }
}
