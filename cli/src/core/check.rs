//! Queries that are parsed, and checked against classes, and not run.

use super::session::refusal;
use crate::args::QueryArgs;
use crate::failure::Failure;
use crate::output::verdict::Verdict;
use cimarron_engine::{CallContext, EngineError, Limits, Session};
use cimarron_wql::syntax::ast::AssociationKind;
use cimarron_wql::{ParseOptions, Query};

/// Parses the query, and with a session checks it against its classes.
pub(crate) fn check_query(args: &QueryArgs, session: Option<&Session>) -> Result<Verdict, Failure> {
    let text = args.query.as_str();
    let refuse = |error: EngineError| refusal(&error, text);
    let query = parsed(args, text).map_err(refuse)?;
    if let Some(session) = session {
        session.check_query(&CallContext::default(), &query).map_err(refuse)?;
    }
    let (kind, answer) = match &query {
        Query::Schema(_) => ("schema", "classes"),
        Query::Association(query) => {
            let classes = query.class_defs_only.is_some() || query.schema_only.is_some();
            let kind = match query.kind {
                AssociationKind::Associators => "associators",
                AssociationKind::References => "references",
            };
            (kind, if classes { "classes" } else { "instances" })
        }
        Query::Event(_) => ("event", "events"),
        _ => ("data", "instances"),
    };
    let checked = if session.is_some() { "classes" } else { "syntax" };
    Ok(Verdict { ok: true, kind, query: query.to_string(), answer, checked })
}

fn parsed(args: &QueryArgs, text: &str) -> Result<Query, EngineError> {
    let limits = cimarron_wql::Limits {
        length: Limits::default().query_length,
        ..cimarron_wql::Limits::default()
    };
    let options = ParseOptions { limits, level: args.level() };
    Ok(if args.event {
        Query::Event(cimarron_wql::parse_event_with(text, &options)?)
    } else {
        cimarron_wql::parse_with(text, &options)?
    })
}
