//! The WQL syntax suite: every case of `conformance/wql-syntax/*.toml` against the
//! parser, without any schema.
//!
//! `conformance/wql-syntax/README.md` describes the form of a case.

use cimarron_conformance::{Case, run_suite};
use cimarron_wql::syntax::ast::AssociationKind;
use cimarron_wql::{Level, ParseOptions, Query, WqlError};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SyntaxCase {
    name: String,
    spec: String,
    #[serde(default)]
    door: Door,
    #[serde(default)]
    level: LevelName,
    text: String,
    kind: Option<Kind>,
    prints: Option<String>,
    same: Option<String>,
    error: Option<String>,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Door {
    #[default]
    Query,
    Event,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum LevelName {
    #[default]
    Wql,
    Extended,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Data,
    Schema,
    Associators,
    References,
    Event,
}

impl Case for SyntaxCase {
    fn name(&self) -> &str {
        &self.name
    }

    fn spec(&self) -> &str {
        &self.spec
    }
}

impl SyntaxCase {
    /// What a text is, and how it prints.
    fn parse(&self, text: &str) -> Result<(Option<Kind>, String), WqlError> {
        let level = match self.level {
            LevelName::Wql => Level::Wql,
            LevelName::Extended => Level::Extended,
        };
        let options = ParseOptions { level, ..ParseOptions::default() };
        if let Door::Event = self.door {
            let query = cimarron_wql::parse_event_with(text, &options)?;
            return Ok((Some(Kind::Event), query.to_string()));
        }
        let query = cimarron_wql::parse_with(text, &options)?;
        let kind = match &query {
            Query::Data(_) => Some(Kind::Data),
            Query::Schema(_) => Some(Kind::Schema),
            Query::Association(query) => Some(match query.kind {
                AssociationKind::Associators => Kind::Associators,
                AssociationKind::References => Kind::References,
            }),
            Query::Event(_) => Some(Kind::Event),
            _ => None,
        };
        Ok((kind, query.to_string()))
    }

    fn judge(&self) -> Option<String> {
        match (self.kind, &self.error, self.parse(&self.text)) {
            (Some(expected), None, Ok((kind, printed))) => {
                if kind != Some(expected) {
                    return Some(format!("expected {expected:?}, found {kind:?}"));
                }
                if self.prints.as_ref().is_some_and(|prints| *prints != printed) {
                    return Some(format!("expected {:?}, printed {printed:?}", self.prints));
                }
                self.prints_the_same(&printed, &printed)
                    .or_else(|| self.prints_the_same(self.same.as_deref()?, &printed))
            }
            (None, Some(expected), Err(error)) => {
                let found = error.status().wbem().name();
                let (start, end) = (error.span().start, error.span().end);
                if found != expected {
                    return Some(format!("expected {expected}, found {found}: {error}"));
                }
                let placed = self.text.get(start..end).is_some();
                (!placed).then(|| format!("the error is at {start}..{end}, which is no text"))
            }
            (Some(_), None, Err(error)) => Some(format!("does not parse: {error}")),
            (None, Some(expected), Ok((_, printed))) => {
                Some(format!("expected {expected}, parses as {printed}"))
            }
            _ => Some("a case has either a kind or an error".to_owned()),
        }
    }

    fn prints_the_same(&self, text: &str, printed: &str) -> Option<String> {
        match self.parse(text) {
            Ok((_, again)) if again == printed => None,
            Ok((_, again)) => Some(format!("{text:?} prints as {again:?}, this as {printed:?}")),
            Err(error) => Some(format!("{text:?} does not parse: {error}")),
        }
    }
}

#[test]
fn wql_syntax() {
    run_suite("wql-syntax", 300, |case: &SyntaxCase| {
        let problem = case.judge();
        problem.map(|problem| format!("{:?}\n    {problem}", case.text)).into_iter().collect()
    });
}
