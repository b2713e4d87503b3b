//! Filling and querying a namespace of a repository.

use super::{Texts, archive_of, open_archive, read_mof, report};
use crate::args::{MofArgs, Source, SourceArgs};
use crate::core::data::{Data, Expect};
use crate::failure::{Failure, FailureStyle, Stop};
use crate::output::answer::{Answer, ClassAnswer};
use crate::output::rows::{Row, RowAnswer};
use crate::progress::Progress;
use cimarron_engine::{CallContext, EngineError, QueryPlan, QueryResult, Session};
use cimarron_model::{Dialect, Name, Status, fold};
use cimarron_mof::{CompileOptions, Compiled, Sources};
use cimarron_scenarios::Refusal;
use cimarron_schema::Archive;
use std::path::Path;
use std::sync::Arc;

/// A repository with everything that is to be loaded, and a session in the namespace that is
/// asked.
pub(crate) fn load(
    args: &SourceArgs,
    style: FailureStyle,
    progress: &Progress,
) -> Result<(Data, Session), Stop> {
    let mut archives = Vec::new();
    for source in &args.sources {
        if let Source::Archive(path) = source {
            archives.push(Arc::new(open_archive(path)?));
        }
    }
    let compiled_by = archives.first().map(|archive| archive.dialect());
    let dialect = args.dialect.or(compiled_by).unwrap_or(args.mof.dialect.0);
    // Who loads nothing asks what is there.
    let expect = if args.sources.is_empty() { Expect::There } else { Expect::Anything };
    let data = Data::of(&args.data, dialect, expect)?;
    let session = fill(args, &data, dialect, archives, style, progress)?;
    Ok((data, session))
}

fn fill(
    args: &SourceArgs,
    data: &Data,
    dialect: Dialect,
    archives: Vec<Arc<Archive>>,
    style: FailureStyle,
    progress: &Progress,
) -> Result<Session, Stop> {
    let namespace = args.mof.namespace.as_str();
    let there = data.repository().session(namespace).is_ok();
    // Archives of several namespaces go where these are, and none may be the one that is asked.
    let mut elsewhere: Option<Vec<String>> = (!there).then(Vec::new);
    let session = if args.sources.is_empty() && args.data.data.is_some() {
        data.session(namespace)?
    } else {
        data.session_in_new(namespace, dialect)?
    };
    let mut archives = archives.into_iter();
    for source in &args.sources {
        match source {
            Source::Archive(path) => {
                let Some(archive) = archives.next() else { continue };
                let names = load_archive(&session, path, &archive)?;
                let is_filled =
                    names.len() == 1 || names.iter().any(|name| fold::eq(name, namespace));
                elsewhere = elsewhere.filter(|_| !is_filled);
                elsewhere.iter_mut().for_each(|all| all.extend(names.clone()));
            }
            Source::Mof(path) => {
                elsewhere = None;
                let texts = read_into(&session, path, &args.mof)?;
                compile_into(&session, args, texts, style, progress)?;
            }
        }
    }
    match elsewhere {
        Some(names) if !names.is_empty() => {
            let error = EngineError::NoSuchNamespace { name: namespace.into() };
            let known = names.iter().map(String::as_str);
            Err(failure(&error).with_nearest(namespace, known).into())
        }
        _ => Ok(session),
    }
}

/// Tells those who have named nothing to ask.
pub(crate) fn advise(args: &SourceArgs, stop: Stop) -> Stop {
    let is_empty = args.sources.is_empty() && args.data.data.is_none();
    match stop {
        Stop::Failure(failure) if is_empty && failure.status() == Status::InvalidClass => {
            let help = "nothing is loaded: name MOF with --mof, an archive with --archive or a \
                        data directory with --data";
            Stop::Failure(failure.with_help(help))
        }
        other => other,
    }
}

/// Loads an archive into the session's namespace; the namespaces that the archive has.
fn load_archive(
    session: &Session,
    path: &Path,
    archive: &Arc<Archive>,
) -> Result<Vec<String>, Failure> {
    match session.load_archive(&CallContext::default(), archive) {
        Ok(_) => Ok(archive.namespaces().map(|content| content.name().to_owned()).collect()),
        Err(error) => Err(Failure::input(error.status(), format!("`{}`: {error}", path.display()))),
    }
}

/// Loads what was compiled without errors into the session's namespace.
pub(crate) fn load_compiled(session: &Session, compiled: &Compiled) -> Result<(), Failure> {
    let archive = archive_of(compiled)?;
    let loaded = session.load_archive(&CallContext::default(), &Arc::new(archive));
    loaded.map(|_| ()).map_err(|error| failure(&error))
}

/// Reads MOF that is to be compiled into the session's namespace.
pub(super) fn read_into(session: &Session, path: &Path, mof: &MofArgs) -> Result<Texts, Failure> {
    let options = CompileOptions { dialect: session.dialect(), ..mof.options() };
    let base = session.base(&CallContext::default()).map_err(|error| failure(&error))?;
    read_mof(&[path.to_owned()], &mof.search, &options, &base)
}

/// Compiles texts into the session's namespace, on top of what it holds.
/// Diagnostics are written to standard error.
pub(super) fn compile_into(
    session: &Session,
    args: &SourceArgs,
    texts: Texts,
    style: FailureStyle,
    progress: &Progress,
) -> Result<(), Stop> {
    let Texts { sources, said } = texts;
    let options = CompileOptions {
        class_flags: args.update.class_flags,
        instance_flags: args.update.instance_flags,
        ..args.mof.options()
    };
    match session.compile_mof_with(&CallContext::default(), options, &sources, said) {
        Ok((_, said)) => {
            progress.aside(|| report(&said, &sources, style));
            Ok(())
        }
        Err(error) => Err(progress.aside(|| mof_failure(&error, &sources, style))),
    }
}

/// Why MOF was not loaded; what there is to say of the text is written to standard error.
pub(crate) fn mof_failure(error: &EngineError, sources: &Sources, style: FailureStyle) -> Stop {
    match error.diagnostics() {
        Some(said) => {
            report(said, sources, style);
            Stop::Reported
        }
        None => failure(error).into(),
    }
}

/// Runs a query.
pub(crate) fn query(session: &Session, text: &str) -> Result<Answer, Failure> {
    let refuse = |error: EngineError| refusal(&error, text);
    let context = CallContext::default();
    match session.execute(&context, text).map_err(refuse)? {
        cimarron_engine::Answer::Instances(result) => {
            rows(&result).map(Answer::Rows).map_err(refuse)
        }
        cimarron_engine::Answer::Classes(result) => {
            let declared = session.enumerate_qualifier_types(&context).map_err(refuse)?;
            let flavors = declared.into_iter().map(|d| (d.name, d.flavor)).collect();
            Ok(Answer::Classes(Box::new(ClassAnswer { result, flavors })))
        }
    }
}

/// How a query is answered; with `run`, how it was.
pub(crate) fn explain(session: &Session, text: &str, run: bool) -> Result<QueryPlan, Failure> {
    let context = CallContext::default();
    let plan = if run { session.analyze(&context, text) } else { session.explain(&context, text) };
    plan.map_err(|error| refusal(&error, text))
}

/// Runs a query that is answered with rows.
pub(crate) fn query_rows(session: &Session, text: &str) -> Result<RowAnswer, Failure> {
    let refuse = |error: EngineError| refusal(&error, text);
    let result = session.query(&CallContext::default(), text).map_err(refuse)?;
    rows(&result).map_err(refuse)
}

/// Why a subscription was refused.
pub(crate) fn refusal_of(refused: &Refusal) -> Failure {
    refusal(&refused.error, &refused.query)
}

/// What is wrong with a query, and where.
pub(super) fn refusal(error: &EngineError, text: &str) -> Failure {
    match error.span() {
        Some(span) => failure(error).at(text, span),
        None => failure(error),
    }
}

fn rows(result: &QueryResult) -> Result<RowAnswer, EngineError> {
    let columns = result.class_columns().into_iter().map(|column| column.name).collect();
    let mut rows = Vec::new();
    for row in result.rows() {
        let row = row?;
        let values = row.fields().map(|field| (Name::new(field.name), field.to_value())).collect();
        rows.push(Row { class: Name::new(row.class_name()), values });
    }
    Ok(RowAnswer { columns, all: result.columns().is_none(), rows })
}

pub(super) fn failure(error: &EngineError) -> Failure {
    Failure::input(error.status(), error.to_string())
}
