//! The WQL suite: every case of `conformance/wql/*.toml` against the engine.
//!
//! `conformance/wql/README.md` describes the form of a case. Cases run over the
//! fixture of their dialect, compiled into a namespace of that dialect.

#![allow(clippy::unwrap_used, clippy::panic)]

use cimarron_conformance::{Case, run_suite};
use cimarron_engine::{CallContext, Repository, Row, Session, ValueView};
use cimarron_model::Dialect;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WqlCase {
    name: String,
    spec: String,
    #[serde(default)]
    dialect: Option<String>,
    query: String,
    rows: Option<Vec<String>>,
    columns: Option<Vec<String>>,
    values: Option<Vec<String>>,
    error: Option<String>,
}

impl Case for WqlCase {
    fn name(&self) -> &str {
        &self.name
    }

    fn spec(&self) -> &str {
        &self.spec
    }
}

/// A namespace of this dialect with its fixture.
fn fixture(dialect: Dialect, mof: &str) -> Session {
    let repository = Repository::new();
    repository.create_namespace("root/wql", dialect).unwrap();
    let session = repository.session("root/wql").unwrap();
    session
        .compile_mof_text(&CallContext::new(), "fixture.mof", mof)
        .unwrap_or_else(|e| panic!("{e}"));
    session
}

/// How the table names a row: its property `Id`, selected or not, or else its path.
fn id(row: &Row<'_>) -> String {
    match row.property("Id") {
        Some(ValueView::String(id)) => id.to_owned(),
        _ => row.path().to_string(),
    }
}

/// What a row shows, as text, in select order.
fn shown(row: &Row<'_>) -> Vec<String> {
    row.fields().map(|field| field.to_value().to_string()).collect()
}

/// What is wrong with the outcome of a case, if anything.
fn judge(session: &Session, case: &WqlCase) -> Option<String> {
    let result = session.query(&CallContext::new(), &case.query);
    match (&case.rows, &case.error, result) {
        (Some(expected), None, Ok(result)) => {
            let found: Vec<String> = result.rows().map(|row| id(&row.unwrap())).collect();
            let (mut sorted, mut wanted) = (found.clone(), expected.clone());
            sorted.sort();
            wanted.sort();
            if sorted != wanted {
                return Some(format!("expected {expected:?}, found {found:?}"));
            }
            let names = result
                .columns()
                .map(|columns| columns.iter().map(|c| c.name.to_string()).collect::<Vec<String>>());
            if case.columns.is_some() && case.columns != names {
                return Some(format!("expected columns {:?}, found {names:?}", case.columns));
            }
            let first = result.rows().next().map(|row| shown(&row.unwrap()));
            let differs = case.values.is_some() && case.values != first;
            differs.then(|| format!("expected values {:?}, found {first:?}", case.values))
        }
        (None, Some(expected), Err(error)) => {
            let found = error.status().wbem().name();
            (found != expected).then(|| format!("expected {expected}, found {found}: {error}"))
        }
        (Some(_), None, Err(error)) => Some(format!("expected rows, found: {error}")),
        (None, Some(expected), Ok(_)) => Some(format!("expected {expected}, found rows")),
        _ => Some("a case has either rows or an error".to_owned()),
    }
}

#[test]
fn wql() {
    let wmi = fixture(Dialect::Wmi, include_str!("../wql/fixture.mof"));
    let dmtf = fixture(Dialect::Dmtf, include_str!("../wql/fixture-dmtf.mof"));
    run_suite("wql", 400, |case: &WqlCase| {
        let session = match case.dialect.as_deref() {
            None | Some("wmi") => &wmi,
            Some("dmtf") => &dmtf,
            Some(other) => return vec![format!("unknown dialect {other}")],
        };
        let problem = judge(session, case);
        problem.map(|problem| format!("{}\n    {problem}", case.query)).into_iter().collect()
    });
}
