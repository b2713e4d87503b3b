//! The command line: what all commands share, and a module for the arguments of each.

/// What helps say of failures, behind the exit codes.
macro_rules! json_failures {
    () => {
        "
With --format json every failure is one JSON object on standard error,
{\"error\":{\"status\",\"cim_code\",\"wbem\",\"code\",\"message\",\"span\",\"line\",\"column\",\"end_line\",
\"end_column\"}}, and diagnostics of MOF are an array."
    };
}

mod compile;
mod data;
mod diff;
mod doc;
mod explain;
mod findings;
mod fmt;
mod levels;
mod lint;
mod mof;
mod query;
mod scenario;
mod search;
mod show;
mod sources;
mod watch;
mod wmi;

pub(crate) use compile::{CompileArgs, EmitArg};
pub(crate) use data::{
    BackupArgs, CheckArgs, DataArgs, DataCommand, ExportArgs, ExportFormat, ImportArgs,
    RestoreArgs, SyncMode,
};
pub(crate) use diff::DiffArgs;
pub(crate) use doc::DocArgs;
pub(crate) use explain::ExplainArgs;
pub(crate) use findings::{FindingsArgs, FindingsFormat, ReportArgs};
pub(crate) use fmt::FmtArgs;
pub(crate) use levels::LevelArgs;
pub(crate) use lint::LintArgs;
pub(crate) use mof::MofArgs;
pub(crate) use query::{Explain, QueryArgs, RowFormat};
pub(crate) use scenario::ScenarioArgs;
pub(crate) use search::SearchArgs;
pub(crate) use show::{ClassFormat, ShowArgs, Shown};
pub(crate) use sources::{Source, SourceArgs};
pub(crate) use watch::{EventFormat, WatchArgs};
pub(crate) use wmi::{UpdateArgs, WmiArgs};

use crate::failure::{Failure, FailureStyle, Refusal};
use cimarron_model::{Dialect, Status};
use cimarron_mof::Language;
use clap::builder::PossibleValue;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use std::ffi::OsString;

const EXIT_CODES: &str = concat!(
    "\
Exit codes:
  0  fine
  1  the input is wrong: MOF with errors, an unreadable archive, an unknown class, a bad query
  2  the command line is wrong
",
    json_failures!()
);

/// An in-memory CIM repository engine.
#[derive(Debug, Parser)]
#[command(name = "cimarron", version, after_help = EXIT_CODES, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Invocation,
}

/// A command with its arguments.
#[derive(Debug, Subcommand)]
pub(crate) enum Invocation {
    /// Compile MOF files, directories and zip archives, and write a schema archive
    #[command(after_help = compile::AFTER_HELP)]
    Compile(CompileArgs),
    /// Report the findings of a compilation and doubtful style
    #[command(after_help = lint::AFTER_HELP)]
    Lint(LintArgs),
    /// Explain diagnostic codes, each with a wrong and a right example
    #[command(after_help = EXIT_CODES)]
    Explain(ExplainArgs),
    /// Show the classes of a schema archive or of a data directory
    #[command(after_help = EXIT_CODES)]
    Show(ShowArgs),
    /// Write a static HTML site that documents archives and MOF
    #[command(after_help = EXIT_CODES)]
    Doc(DocArgs),
    /// Compare two schemas, and say of each change whether it breaks anybody
    #[command(after_help = diff::AFTER_HELP)]
    Diff(DiffArgs),
    /// Load archives and MOF, and run a WQL query
    #[command(after_help = EXIT_CODES)]
    Query(QueryArgs),
    /// Load archives and MOF, and print events as they come
    #[command(after_help = watch::AFTER_HELP)]
    Watch(WatchArgs),
    /// Run an event scenario on a clock of its own, and print what was delivered
    #[command(after_help = EXIT_CODES)]
    Scenario(ScenarioArgs),
    /// Check, copy and convert data directories
    #[command(subcommand, after_help = data::AFTER_HELP)]
    Data(DataCommand),
    /// Format MOF files in place
    #[command(after_help = fmt::AFTER_HELP)]
    Fmt(FmtArgs),
    /// Compile a small fleet that ships with the program, and query it
    Demo,
}

/// The forms of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormat {
    /// Text for people
    Human,
    /// JSON for programs
    Json,
}

impl ReportFormat {
    /// How failures are written beside such a report.
    pub(crate) const fn style(self) -> FailureStyle {
        match self {
            Self::Human => FailureStyle::Human,
            Self::Json => FailureStyle::Json,
        }
    }
}

/// A dialect as an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DialectArg(pub(crate) Dialect, pub(crate) Language);

impl DialectArg {
    pub(crate) const WMI: Self = Self(Dialect::Wmi, Language::Mof2);
    pub(crate) const DMTF: Self = Self(Dialect::Dmtf, Language::Mof2);
    /// MOF 3 comes with DMTF's rules.
    pub(crate) const MOF3: Self = Self(Dialect::Dmtf, Language::Mof3);

    /// The word on the command line.
    pub(crate) const fn as_str(self) -> &'static str {
        match self.1 {
            Language::Mof2 => self.0.as_str(),
            Language::Mof3 => "mof3",
        }
    }
}

impl ValueEnum for DialectArg {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::WMI, Self::DMTF, Self::MOF3]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.as_str()))
    }
}

impl Invocation {
    /// How this invocation wants its failures.
    pub(crate) fn failure_style(&self) -> FailureStyle {
        match self {
            Self::Compile(args) => args.findings.report.format.style(),
            Self::Doc(args) => args.findings.report.format.style(),
            Self::Lint(args) => args.report.format.style(),
            Self::Diff(args) => args.format.style(),
            Self::Explain(args) => args.format.style(),
            Self::Fmt(args) => args.format.style(),
            Self::Show(args) => args.format.style(),
            Self::Query(args) => args.style(),
            Self::Watch(args) => args.style(),
            Self::Scenario(args) => args.style(),
            Self::Data(command) => command.style(),
            Self::Demo => FailureStyle::Human,
        }
    }

    /// How this invocation reports findings, where it does.
    pub(crate) const fn report(&self) -> Option<&ReportArgs> {
        match self {
            Self::Compile(args) => Some(&args.findings.report),
            Self::Doc(args) => Some(&args.findings.report),
            Self::Lint(args) => Some(&args.report),
            _ => None,
        }
    }
}

/// The command line, as helps tell it.
fn definition() -> clap::Command {
    let cli = Cli::command().mut_subcommand("query", sources::describe);
    cli.mut_subcommand("watch", sources::describe)
}

/// Reads the command line.
pub(crate) fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Invocation, Refusal> {
    let arguments = query::join_explain(arguments.into_iter().collect());
    let refuse = |error| Refusal::new(sources::tip(error, &arguments), asks_for_json(&arguments));
    let matches = definition().try_get_matches_from(&arguments).map_err(refuse)?;
    let cli = Cli::from_arg_matches(&matches).map_err(refuse)?;
    let mut invocation = cli.command;
    if let Some((_, matches)) = matches.subcommand() {
        match &mut invocation {
            Invocation::Query(args) => args.load.complete(matches),
            Invocation::Watch(args) => args.load.complete(matches),
            Invocation::Compile(args) => args.mof.complete(matches),
            _ => {}
        }
    }
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

/// A namespace, with either slash between its parts, and before it perhaps this machine as
/// `#pragma namespace` names it: `\\.\root\cimv2`.
fn namespace(text: &str) -> Result<String, String> {
    let slashes = text.replace('\\', "/");
    let local = slashes.strip_prefix("//./").or_else(|| slashes.strip_prefix("//localhost/"));
    let local = local.unwrap_or(&slashes);
    // As `#pragma namespace` takes it, which has no other server either.
    let local = if local.starts_with("//") { local } else { local.trim_matches('/') };
    let parts: Vec<&str> = local.split('/').collect();
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
        definition().debug_assert();
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
        assert_eq!(args.load.sources, expected);
        assert_eq!((args.query.as_str(), args.load.mof.namespace.as_str()), ("q", "root/cimv2"));
        assert_eq!((args.load.mof.dialect.0, args.load.dialect), (Dialect::Wmi, None));
    }

    #[test]
    fn explain_takes_one_word_only() {
        for (line, explain, query) in [
            (&["query", "--explain", "q"][..], Some(Explain::Plan), "q"),
            (&["query", "--explain", "ANALYZE", "q"], Some(Explain::Analyze), "q"),
            (&["query", "--explain=analyze", "q"], Some(Explain::Analyze), "q"),
            (&["query", "q", "--explain"], Some(Explain::Plan), "q"),
            (&["query", "q", "--explain", "analyze"], Some(Explain::Analyze), "q"),
            (&["query", "analyze"], None, "analyze"),
        ] {
            let Ok(Invocation::Query(args)) = parsed(line) else { panic!("not parsed: {line:?}") };
            assert_eq!((args.explain, args.query.as_str()), (explain, query), "{line:?}");
        }
        assert!(parsed(&["query", "--explain", "--check", "q"]).is_err());
    }

    #[test]
    fn namespaces_take_either_slash() {
        for (text, expected) in [
            ("root/cimv2", Some("root/cimv2")),
            ("root\\cimv2", Some("root/cimv2")),
            ("ROOT", Some("ROOT")),
            (r"\\.\root\cimv2", Some("root/cimv2")),
            ("//localhost/root/x", Some("root/x")),
            (r"\\server\root", None),
            ("", None),
            ("root//x", None),
            ("/root", Some("root")),
            (r"\root\cimv2", Some("root/cimv2")),
            ("/root/x/", Some("root/x")),
            ("/", None),
            ("//root", None),
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
        let format = args.findings.report.format;
        assert_eq!((args.mof.dialect.0, format), (Dialect::Dmtf, FindingsFormat::Json));
        assert!(parsed(&["compile"]).is_err());
        assert!(parsed(&["compile", "x", "--dialect", "omi"]).is_err());
        assert!(parsed(&["show", "a", "--tree", "--local"]).is_err());
    }
}
