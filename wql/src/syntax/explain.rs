//! Why a query does not parse.
//!
//! Cold code: it runs only after the parser has failed, lexes the query again and
//! looks at the tokens around the failure. What is written is usually good SQL,
//! or another kind of WQL query, so most findings name that construct; the rest
//! say what the grammar expected.

use super::lexer::{self, Token};
use crate::Span;
use crate::error::{Construct, QueryKind, WqlError};
use lalrpop_util::ParseError;

/// Recognises the two statements that do not start with SELECT by their first
/// two words.
pub(super) fn association_query(text: &str) -> Option<WqlError> {
    let mut tokens = lexer::tokens(text);
    let (start, _, end) = tokens.next()?.ok().filter(|(_, token, _)| *token == Token::Word)?;
    let kind = match Span::new(start, end).of(text) {
        word if word.eq_ignore_ascii_case("associators") => QueryKind::AssociatorsOf,
        word if word.eq_ignore_ascii_case("references") => QueryKind::ReferencesOf,
        _ => return None,
    };
    let (of_start, _, of_end) = tokens.next()?.ok()?;
    let of = Span::new(of_start, of_end).of(text);
    of.eq_ignore_ascii_case("of")
        .then_some(WqlError::UnsupportedKind { kind, span: Span::new(start, of_end) })
}

/// The error behind a failed parse.
pub(super) fn failure(text: &str, error: ParseError<usize, Token, WqlError>) -> WqlError {
    match error {
        ParseError::User { error } => error,
        ParseError::UnrecognizedToken { token: (start, token, end), expected } => {
            let place = Place::new(text, Some(token), Span::new(start, end));
            place.explain(&expected)
        }
        ParseError::UnrecognizedEof { location, expected } => {
            Place::new(text, None, Span::new(location, location)).explain(&expected)
        }
        ParseError::ExtraToken { token: (start, token, end) } => {
            Place::new(text, Some(token), Span::new(start, end)).explain(&[])
        }
        ParseError::InvalidToken { location } => {
            Place::new(text, None, Span::new(location, location)).explain(&[])
        }
    }
}

/// The failing token among its neighbours.
struct Place<'a> {
    text: &'a str,
    /// The tokens before the failing one, the nearest first.
    before: Vec<(Token, Span)>,
    /// The failing token; `None` at the end of the query.
    token: Option<Token>,
    span: Span,
    /// The token behind it.
    next: Option<(Token, Span)>,
}

impl<'a> Place<'a> {
    fn new(text: &'a str, token: Option<Token>, span: Span) -> Self {
        let all = || {
            lexer::tokens(text)
                .map_while(Result::ok)
                .map(|(start, token, end)| (token, Span::new(start, end)))
        };
        let mut before: Vec<_> =
            all().take_while(|(_, s)| token.is_none() || s.start < span.start).collect();
        before.reverse();
        let next = all().find(|(_, s)| s.start >= span.end && token.is_some());
        Self { text, before, token, span, next }
    }

    fn explain(&self, expected: &[String]) -> WqlError {
        if let Some(construct) = self.construct() {
            return WqlError::NoSuchConstruct { construct, span: self.span };
        }
        if let Some(kind) = self.event_clause() {
            return WqlError::UnsupportedKind { kind, span: self.span };
        }
        if let Some(word) = self.reserved_word() {
            return WqlError::ReservedWord { word, span: self.span };
        }
        if let Some(span) = self.premature_from() {
            let expected = "* or property names before it".to_owned();
            return WqlError::Unexpected { found: "`FROM`".to_owned(), expected, span };
        }
        let found = self.token.map_or_else(
            || "end of the query".to_owned(),
            |_| format!("`{}`", self.span.of(self.text)),
        );
        WqlError::Unexpected { found, expected: expectation(expected), span: self.span }
    }

    /// Whether the failing token is this word.
    fn is(&self, word: &str) -> bool {
        self.token.is_some() && self.span.of(self.text).eq_ignore_ascii_case(word)
    }

    fn is_any(&self, words: &[&str]) -> bool {
        words.iter().any(|w| self.is(w))
    }

    /// The text of the n-th token before the failing one.
    fn earlier(&self, n: usize) -> &'a str {
        self.before.get(n).map_or("", |(_, span)| span.of(self.text))
    }

    fn earlier_is_any(&self, words: &[&str]) -> bool {
        words.iter().any(|w| self.earlier(0).eq_ignore_ascii_case(w))
    }

    fn next_text(&self) -> &'a str {
        self.next.map_or("", |(_, span)| span.of(self.text))
    }

    /// Whether the token has come behind FROM and a class.
    fn behind_from(&self) -> bool {
        self.before.iter().skip(1).any(|(token, _)| *token == Token::From)
    }

    fn behind_where(&self) -> bool {
        self.before.iter().any(|(token, _)| *token == Token::Where)
    }

    fn construct(&self) -> Option<Construct> {
        self.symbol().or_else(|| {
            if self.behind_where() {
                self.in_condition().or_else(|| self.clause())
            } else if self.behind_from() {
                self.clause()
            } else {
                self.in_select_list()
            }
        })
    }

    /// Constructs that one token tells wherever it stands.
    fn symbol(&self) -> Option<Construct> {
        Some(match self.token? {
            Token::Comment => Construct::Comment,
            Token::Semicolon => Construct::Semicolon,
            Token::DoubleEqual => Construct::DoubleEqual,
            Token::LogicSymbol => Construct::LogicSymbol,
            Token::Bracket => Construct::ArrayIndex,
            Token::Brace => Construct::Braces,
            Token::Arithmetic => Construct::Arithmetic,
            _ => return None,
        })
    }

    fn in_select_list(&self) -> Option<Construct> {
        if self.before.is_empty() {
            let write = ["insert", "update", "delete", "create", "drop", "alter", "merge"];
            return self.is_any(&write).then_some(Construct::Write);
        }
        if self.earlier_is_any(&["top"]) {
            return Some(Construct::Top);
        }
        if self.earlier_is_any(&["distinct", "all"]) {
            return Some(Construct::Distinct);
        }
        match self.token? {
            Token::Open if self.next_text().eq_ignore_ascii_case("select") => {
                Some(Construct::SubSelect)
            }
            Token::Open if self.earlier_is_any(&["select", ","]) => Some(Construct::Arithmetic),
            Token::Open if self.earlier_is_any(&["count"]) => Some(Construct::Count),
            Token::Open => Some(Construct::Function),
            Token::Star if self.earlier(0) == "," => Some(Construct::StarInList),
            Token::Comma if self.earlier(0) == "*" => Some(Construct::StarInList),
            Token::Star => Some(Construct::Arithmetic),
            Token::Word if self.is("as") => Some(Construct::Alias),
            _ => None,
        }
    }

    /// What follows the class, or a whole condition.
    fn clause(&self) -> Option<Construct> {
        let joins = ["join", "inner", "left", "right", "full", "cross", "outer", "natural"];
        if self.is("order") {
            Some(Construct::OrderBy)
        } else if self.is("group") && self.next_text().eq_ignore_ascii_case("by") {
            Some(Construct::GroupBy)
        } else if self.is_any(&["limit", "offset", "fetch"]) {
            Some(Construct::Limit)
        } else if self.is_any(&["union", "intersect", "except"]) {
            Some(Construct::Union)
        } else if self.is_any(&joins) {
            Some(Construct::Join)
        } else if self.behind_where() {
            None
        } else if self.is("as") || self.is_alias() {
            Some(Construct::Alias)
        } else {
            match self.token? {
                Token::Comma => Some(Construct::SeveralClasses),
                Token::Open if self.next_text().eq_ignore_ascii_case("select") => {
                    Some(Construct::SubSelect)
                }
                Token::Open => Some(Construct::Function),
                _ => None,
            }
        }
    }

    /// `FROM Class c WHERE …`: a lone word between class and WHERE or the end.
    fn is_alias(&self) -> bool {
        self.token == Some(Token::Word)
            && self.event_clause().is_none()
            && self.next.is_none_or(|(token, _)| matches!(token, Token::Where | Token::Comma))
    }

    fn in_condition(&self) -> Option<Construct> {
        if self.is("in") {
            return Some(Construct::In);
        }
        if self.is("between") {
            return Some(Construct::Between);
        }
        let behind_is = self.earlier_is_any(&["is"])
            || (self.earlier_is_any(&["not"]) && self.earlier(1).eq_ignore_ascii_case("is"));
        if behind_is && self.token.is_some() {
            return Some(Construct::IsValue);
        }
        let (earlier, _) = *self.before.first()?;
        let behind_operand = matches!(
            earlier,
            Token::Word | Token::Integer | Token::Real | Token::String | Token::Close
        );
        match self.token? {
            Token::Not if self.next_text().eq_ignore_ascii_case("in") => Some(Construct::In),
            Token::Not if self.next_text().eq_ignore_ascii_case("between") => {
                Some(Construct::Between)
            }
            Token::Not if self.next_text().eq_ignore_ascii_case("like") => Some(Construct::NotLike),
            Token::Star => Some(Construct::Arithmetic),
            Token::Integer | Token::Real if behind_operand => Some(Construct::Arithmetic),
            Token::Select => Some(Construct::SubSelect),
            Token::Open if self.next_text().eq_ignore_ascii_case("select") => {
                Some(Construct::SubSelect)
            }
            Token::Open if earlier == Token::Word => Some(Construct::Function),
            Token::Open => Some(Construct::Arithmetic),
            _ => None,
        }
    }

    /// WITHIN, GROUP and HAVING belong to event queries.
    fn event_clause(&self) -> Option<QueryKind> {
        let clause = self.behind_from() && self.is_any(&["within", "group", "having"]);
        clause.then_some(QueryKind::Event)
    }

    /// `SELECT FROM X` and `SELECT a, FROM X`, where the grammar takes FROM for a
    /// property of that name.
    fn premature_from(&self) -> Option<Span> {
        match self.before.as_slice() {
            [(Token::From, span), (Token::Select | Token::Comma, _), ..]
                if self.token.is_some() =>
            {
                Some(*span)
            }
            _ => None,
        }
    }

    fn reserved_word(&self) -> Option<&'static str> {
        Some(match self.token? {
            Token::True => "TRUE",
            Token::False => "FALSE",
            Token::Null => "NULL",
            _ => return None,
        })
    }
}

/// What may stand there, in words.
fn expectation(expected: &[String]) -> String {
    let has = |name: &str| expected.iter().any(|e| e.trim_matches('"') == name);
    let name = has("word");
    let mut parts = Vec::new();
    let mut add = |when: bool, what: &'static str| {
        if when {
            parts.push(what);
        }
    };
    add(has("*"), "*");
    add(name, "a name");
    add(has("string"), "a constant");
    add(has("NOT") && (!name || has("(")), "NOT");
    add(has("("), "`(`");
    add(has("="), "an operator (= <> < <= > >=)");
    add(!name && has("LIKE"), "LIKE");
    add(!name && has("IS"), "IS [NOT] NULL");
    add(!name && has("ISA"), "ISA");
    add(!name && has("NULL") && !has("string"), "NULL");
    add(has(","), "a comma");
    add(!name && has("SELECT"), "SELECT");
    add(!name && has("FROM"), "FROM");
    add(!name && has("WHERE"), "WHERE");
    // Before `)` the parser has already closed the conditions that could go on.
    let condition = !name && (has("AND") || has("OR") || has(")"));
    add(condition, "AND");
    add(condition, "OR");
    add(has(")"), "`)`");
    match parts.split_last() {
        None => "the end of the query".to_owned(),
        Some((only, [])) => (*only).to_owned(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
    }
}
