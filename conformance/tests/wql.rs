//! The WQL suite: every case of `conformance/wql/*.toml` against the engine.
//!
//! `conformance/wql/README.md` describes the form of a case. Cases run over the
//! fixture that they name, compiled into a namespace of their dialect.

#![allow(clippy::unwrap_used, clippy::panic)]

use cimarron_conformance::{Case, read_fixture, run_suite};
use cimarron_engine::{
    Answer, CallContext, ClassForm, Depth, EngineError, LanguageLevel, Repository, Row, Session,
    ValueView,
};
use cimarron_model::Dialect;
use cimarron_mof::source::MemoryFileSystem;
use cimarron_mof::{Diagnostics, Language, Loader};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WqlCase {
    name: String,
    spec: String,
    #[serde(default)]
    fixture: String,
    #[serde(default)]
    dialect: Option<String>,
    query: String,
    rows: Option<Vec<String>>,
    columns: Option<Vec<String>>,
    values: Option<Vec<String>>,
    populated: Option<Vec<String>>,
    classes: Option<Vec<String>>,
    #[serde(default)]
    distinct: bool,
    /// `extended`: the level of the language.
    level: Option<String>,
    /// What every row shows, in order.
    shown: Option<Vec<String>>,
    error: Option<String>,
    cim: Option<String>,
    at: Option<String>,
}

impl Case for WqlCase {
    fn name(&self) -> &str {
        &self.name
    }

    fn spec(&self) -> &str {
        &self.spec
    }
}

/// What the table says must come of a query.
enum Expected<'a> {
    Rows(&'a [String]),
    Classes(&'a [String]),
    Shown(&'a [String]),
    Error(&'a str),
}

impl WqlCase {
    fn expected(&self) -> Option<Expected<'_>> {
        match (&self.rows, &self.classes, &self.shown, &self.error) {
            (Some(rows), None, None, None) => Some(Expected::Rows(rows)),
            (None, Some(classes), None, None) => Some(Expected::Classes(classes)),
            (None, None, Some(shown), None) => Some(Expected::Shown(shown)),
            (None, None, None, Some(error)) => Some(Expected::Error(error)),
            _ => None,
        }
    }

    /// Whether the fields that say more of an outcome stand beside one that they speak of:
    /// elsewhere they would check nothing.
    fn is_sound(&self) -> bool {
        let of_rows = self.values.is_some() || self.populated.is_some();
        let of_errors = self.cim.is_some() || self.at.is_some();
        match self.expected() {
            Some(Expected::Rows(_)) => !self.distinct && !of_errors,
            Some(Expected::Shown(_)) => !self.distinct && !of_errors && !of_rows,
            Some(Expected::Classes(_)) => !of_errors && !of_rows && self.columns.is_none(),
            Some(Expected::Error(_)) => !self.distinct && !of_rows && self.columns.is_none(),
            None => false,
        }
    }
}

/// A namespace of this dialect with the fixture of this name.
fn fixture(name: &str, dialect: Dialect) -> Session {
    let dash = if name.is_empty() { "" } else { "-" };
    let ending = if dialect == Dialect::Dmtf { "-dmtf" } else { "" };
    let mof = read_fixture("wql", &format!("fixture{dash}{name}{ending}.mof"));
    let repository = Repository::new();
    repository.create_namespace("root/wql", dialect).unwrap();
    let session = repository.session("root/wql").unwrap();
    let context = CallContext::new();
    let language = if name == "mof3" { Language::Mof3 } else { Language::Mof2 };
    let mut files = MemoryFileSystem::new();
    assert!(files.insert("fixture.mof", mof.as_bytes()));
    let mut loader = Loader::new(&files);
    loader.add_path("fixture.mof").unwrap();
    let mut said = Diagnostics::new();
    let sources = loader.finish(&mut said);
    let compiled = session.compile_mof_as(&context, language, &sources, said);
    compiled.unwrap_or_else(|e| panic!("{name}: {e}"));
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

/// The names of what has a value in a row.
fn populated(row: &Row<'_>) -> Vec<String> {
    let fields = row.fields().filter(|field| !matches!(field.view(), ValueView::Null));
    fields.map(|field| field.name.to_owned()).collect()
}

/// What is wrong when these are not the same, in any order.
fn compare(expected: &[String], found: &[String]) -> Option<String> {
    let sorted = |names: &[String]| {
        let mut names = names.to_vec();
        names.sort();
        names
    };
    let differs = sorted(expected) != sorted(found);
    differs.then(|| format!("expected {expected:?}, found {found:?}"))
}

/// What is wrong when the table says something of the columns or the first row, and it
/// is not so.
fn check(
    what: &str,
    expected: Option<&Vec<String>>,
    found: impl FnOnce() -> Option<Vec<String>>,
) -> Option<String> {
    let (expected, found) = (expected?, found());
    let differs = found.as_ref() != Some(expected);
    differs.then(|| format!("expected {what} {expected:?}, found {found:?}"))
}

/// What is wrong with an error, if anything. Each says where in the query it is.
fn judge_error(case: &WqlCase, expected: &str, error: &EngineError) -> Option<String> {
    let (wbem, cim) = (error.status().wbem().name(), error.status().cim().name());
    if wbem != expected || case.cim.as_deref().is_some_and(|expected| expected != cim) {
        return Some(format!("expected {expected} {:?}, found {wbem} {cim}: {error}", case.cim));
    }
    let Some(place) = error.span().and_then(|span| case.query.get(span)) else {
        return Some(format!("the error is at {:?}: {error}", error.span()));
    };
    let differs = case.at.as_deref().is_some_and(|at| at != place);
    differs.then(|| format!("expected the error at {:?}, found {place:?}: {error}", case.at))
}

/// What is wrong with the outcome of a case, if anything.
fn judge(session: &Session, case: &WqlCase) -> Option<String> {
    let level = match case.level.as_deref() {
        None => LanguageLevel::Wql,
        Some("extended") => LanguageLevel::Extended,
        Some(other) => return Some(format!("no level `{other}`")),
    };
    let session = session.clone().with_language_level(level);
    let result = session.execute(&CallContext::new(), &case.query);
    match (case.expected()?, result) {
        (Expected::Rows(expected), Ok(Answer::Instances(result))) => {
            let found: Vec<String> = result.rows().map(|row| id(&row.unwrap())).collect();
            let first = || result.rows().next().map(Result::unwrap);
            let columns = || {
                let columns = result.columns()?.iter();
                Some(columns.map(|column| column.name.to_string()).collect())
            };
            let shown = || first().as_ref().map(shown);
            let populated = || first().as_ref().map(populated);
            compare(expected, &found)
                .or_else(|| check("columns", case.columns.as_ref(), columns))
                .or_else(|| check("values", case.values.as_ref(), shown))
                .or_else(|| check("populated", case.populated.as_ref(), populated))
        }
        (Expected::Shown(expected), Ok(Answer::Instances(result))) => {
            let columns = || {
                let columns = result.columns()?.iter();
                Some(columns.map(|column| column.name.to_string()).collect())
            };
            let all = || Some(result.rows().map(|r| shown(&r.unwrap()).join("|")).collect());
            check("rows", Some(&expected.to_vec()), all)
                .or_else(|| check("columns", case.columns.as_ref(), columns))
        }
        (Expected::Error(expected), Err(error)) => judge_error(case, expected, &error),
        (Expected::Classes(expected), Ok(Answer::Classes(result))) => {
            let mut found: Vec<String> = result.names().map(ToString::to_string).collect();
            if case.distinct {
                found.sort();
                found.dedup();
            }
            compare(expected, &found)
        }
        (Expected::Error(expected), Ok(_)) => Some(format!("expected {expected}, found an answer")),
        (Expected::Rows(_) | Expected::Shown(_), Ok(_)) => {
            Some("expected rows, found classes".to_owned())
        }
        (Expected::Classes(_), Ok(_)) => Some("expected classes, found rows".to_owned()),
        (_, Err(error)) => Some(format!("expected an answer, found: {error}")),
    }
}

/// The namespaces of all fixtures.
struct Fixtures(BTreeMap<(&'static str, &'static str), Session>);

impl Fixtures {
    fn new() -> Self {
        let mut sessions = BTreeMap::new();
        for name in ["", "links", "sdk", "schema"] {
            sessions.insert((name, "wmi"), fixture(name, Dialect::Wmi));
        }
        for name in ["", "links", "schema", "mof3"] {
            sessions.insert((name, "dmtf"), fixture(name, Dialect::Dmtf));
        }
        Self(sessions)
    }

    /// The same with an index for every property that can have one.
    fn indexed() -> Self {
        let (fixtures, context) = (Self::new(), CallContext::new());
        let mut made = 0;
        for session in fixtures.0.values() {
            let classes =
                session.enumerate_classes(&context, None, Depth::Deep, ClassForm::Resolved);
            for class in classes.unwrap() {
                for property in &class.properties {
                    let (class, property) = (class.name.as_str(), property.name.as_str());
                    made += usize::from(session.create_index(&context, class, property).is_ok());
                }
            }
        }
        assert!(made > 100, "only {made} indexes were made");
        fixtures
    }

    fn run(&self) {
        run_suite("wql", 400, |case: &WqlCase| {
            let dialect = case.dialect.as_deref().unwrap_or("wmi");
            let Some(session) = self.0.get(&(case.fixture.as_str(), dialect)) else {
                return vec![format!("no fixture {} of dialect {dialect}", case.fixture)];
            };
            let problem = match case.is_sound() {
                true => judge(session, case),
                false => Some("a case has one outcome, and only what says more of it".to_owned()),
            };
            problem.map(|problem| format!("{}\n    {problem}", case.query)).into_iter().collect()
        });
    }
}

#[test]
fn wql() {
    Fixtures::new().run();
}

#[test]
fn wql_through_indexes() {
    Fixtures::indexed().run();
}
