//! The suite of event queries: every case of `conformance/wql-events/*.toml` bound
//! against the classes of a namespace.
//!
//! `conformance/wql-events/README.md` describes the form of a case.

#![allow(clippy::unwrap_used, clippy::panic)]

use cimarron_conformance::{Case, read_fixture, run_suite};
use cimarron_engine::{CallContext, EngineError, Repository, Session};
use cimarron_model::Dialect;
use cimarron_wql::Query;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EventCase {
    name: String,
    spec: String,
    #[serde(default)]
    dialect: Option<String>,
    query: String,
    #[serde(default)]
    binds: bool,
    error: Option<String>,
}

impl Case for EventCase {
    fn name(&self) -> &str {
        &self.name
    }

    fn spec(&self) -> &str {
        &self.spec
    }
}

/// A namespace of this dialect with its fixture.
fn fixture(name: &str, dialect: Dialect) -> Session {
    let repository = Repository::new();
    repository.create_namespace("root/wql", dialect).unwrap();
    let session = repository.session("root/wql").unwrap();
    session
        .compile_mof_text(&CallContext::new(), name, &read_fixture("wql-events", name))
        .unwrap_or_else(|e| panic!("{name}: {e}"));
    session
}

/// What is wrong with the outcome of a case, if anything.
fn judge(session: &Session, case: &EventCase) -> Option<String> {
    let bind = || -> Result<(), EngineError> {
        let query = Query::Event(cimarron_wql::parse_event(&case.query)?);
        session.check_query(&CallContext::new(), &query)
    };
    match (case.binds, &case.error, bind()) {
        (true, None, Ok(())) => None,
        (true, None, Err(error)) => Some(format!("expected to bind, found: {error}")),
        (false, Some(expected), Err(error)) => {
            let found = error.status().wbem().name();
            if found != expected {
                return Some(format!("expected {expected}, found {found}: {error}"));
            }
            let place = error.span().and_then(|span| case.query.get(span));
            place.is_none().then(|| format!("the error is at {:?}: {error}", error.span()))
        }
        (false, Some(expected), Ok(())) => Some(format!("expected {expected}, and it binds")),
        _ => Some("a case either binds or has an error".to_owned()),
    }
}

#[test]
fn wql_events() {
    let wmi = fixture("fixture.mof", Dialect::Wmi);
    let dmtf = fixture("fixture-dmtf.mof", Dialect::Dmtf);
    run_suite("wql-events", 100, |case: &EventCase| {
        let problem = match case.dialect.as_deref() {
            None | Some("wmi") => judge(&wmi, case),
            Some("dmtf") => judge(&dmtf, case),
            Some(other) => Some(format!("unknown dialect {other}")),
        };
        problem.map(|problem| format!("{}\n    {problem}", case.query)).into_iter().collect()
    });
}
