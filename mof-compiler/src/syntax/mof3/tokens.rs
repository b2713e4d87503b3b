//! The tokens of MOF 3 for its grammar, and what the grammar's actions need.

use super::ast::{KeyBinding, Scope, Value, ValueKind};
use crate::diagnostic::Code;
use crate::source::Span;
use crate::syntax::ast::Flavor;
use crate::syntax::lexer::Token;
use crate::syntax::tokens::{Bounded, Halt};
use crate::syntax::words::Reports;

/// The tokens of one declaration. What MOF 2 has and MOF 3 has not is reported here.
pub(crate) struct Mof3<'b, 'p, 'a, 's>(pub(crate) &'b mut Bounded<'p, 'a, 's>);

impl<'a> Iterator for Mof3<'_, '_, 'a, '_> {
    type Item = Result<(u32, Token<'a>, u32), Halt>;

    fn next(&mut self) -> Option<Self::Item> {
        let (start, token, end) = match self.0.next()? {
            Ok(next) => next,
            halt => return Some(halt),
        };
        let span = Span::new(start, end);
        let token = match token {
            // `object` is a type of WMI's MOF alone.
            Token::Object(text) => Token::Identifier(text),
            Token::Character(_) => {
                let message = "MOF 3 has no character literals".to_owned();
                let help = "it has no char16: write a string in double quotes";
                self.0.report(Code::Mof2Form, span, message, help);
                Token::Invalid
            }
            Token::Identifier(text) | Token::Alias(text) if !text.is_ascii() => {
                let message = format!("the name `{text}` is not ASCII");
                let help = "names of MOF 3 have the letters A to Z, digits and underscores";
                self.0.report(Code::Mof2Form, span, message, help);
                token
            }
            other => other,
        };
        Some(Ok((start, token, end)))
    }
}

/// `Scope(…)` or `Policy(…)` of a qualifier type declaration, with its keyword.
#[derive(Clone, Debug)]
pub(crate) enum Clause {
    Scopes(Span, Vec<Scope>),
    Policy(Span, Vec<Flavor>),
}

/// Sorts the clauses of a qualifier type declaration; a second of a kind is reported.
pub(crate) fn clauses(
    list: Vec<Clause>,
    reports: &mut Reports<'_>,
) -> (Option<Vec<Scope>>, Option<Vec<Flavor>>) {
    let (mut scopes, mut policy) = (None, None);
    for clause in list {
        let (repeated, keyword) = match clause {
            Clause::Scopes(keyword, new) => (scopes.replace(new).is_some(), keyword),
            Clause::Policy(keyword, new) => (policy.replace(new).is_some(), keyword),
        };
        if repeated {
            reports.repeated_clause(keyword);
        }
    }
    (scopes, policy)
}

/// A path with further keys; behind anything else they are a mistake.
pub(crate) fn keyed<'a>(
    mut value: Value<'a>,
    more: Vec<KeyBinding<'a>>,
    reports: &mut Reports<'_>,
) -> Value<'a> {
    let ValueKind::Path(path) = &mut value.kind else {
        if let Some(first) = more.first() {
            reports.stray_key(first.span);
        }
        return value;
    };
    if let Some(last) = more.last() {
        value.span.end = last.span.end;
    }
    path.keys.extend(more);
    value
}
