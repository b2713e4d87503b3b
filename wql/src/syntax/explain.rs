//! Why a query does not parse.
//!
//! Cold code: it runs only after the parser has failed, lexes the query again and
//! looks at the tokens around the failure. What is written is usually good SQL,
//! or another kind of WQL query, so most findings name that construct; the rest
//! say what the grammar expected.

use super::lexer::{self, Token};
use super::mode::{Door, Level, Mode};
use crate::Span;
use crate::error::{AssociationError, Construct, EventError, QueryKind, WqlError};
use lalrpop_util::ParseError;

/// The error behind a failed parse.
pub(super) fn failure(
    text: &str,
    mode: Mode,
    error: ParseError<u32, Token, Box<WqlError>>,
) -> WqlError {
    let span = |start: u32, end: u32| Span::new(start as usize, end as usize);
    match error {
        ParseError::User { error } => *error,
        ParseError::UnrecognizedToken { token: (start, token, end), expected } => {
            Place::new(text, mode, Some(token), span(start, end)).explain(&expected)
        }
        ParseError::UnrecognizedEof { location, expected } => {
            Place::new(text, mode, None, span(location, location)).explain(&expected)
        }
        ParseError::ExtraToken { token: (start, token, end) } => {
            Place::new(text, mode, Some(token), span(start, end)).explain(&[])
        }
        ParseError::InvalidToken { location } => {
            Place::new(text, mode, None, span(location, location)).explain(&[])
        }
    }
}

/// A query that ends too early.
pub(super) fn unexpected_end(text: &str, mode: Mode) -> WqlError {
    Place::new(text, mode, None, Span::new(text.len(), text.len())).explain(&[])
}

/// The failing token among its neighbours.
struct Place<'a> {
    text: &'a str,
    mode: Mode,
    /// The tokens before the failing one, the nearest first.
    before: Vec<(Token, Span)>,
    /// The failing token; `None` at the end of the query.
    token: Option<Token>,
    span: Span,
    /// The token behind it.
    next: Option<(Token, Span)>,
}

impl<'a> Place<'a> {
    fn new(text: &'a str, mode: Mode, token: Option<Token>, span: Span) -> Self {
        let all = || {
            lexer::tokens(text)
                .map_while(Result::ok)
                .map(|(start, token, end)| (token, Span::new(start as usize, end as usize)))
        };
        let mut before: Vec<_> =
            all().take_while(|(_, s)| token.is_none() || s.start < span.start).collect();
        before.reverse();
        let next = all().find(|(_, s)| s.start >= span.end && token.is_some());
        Self { text, mode, before, token, span, next }
    }

    fn explain(&self, expected: &[String]) -> WqlError {
        if let Some(construct) = self.symbol() {
            return WqlError::NoSuchConstruct { construct, span: self.span };
        }
        let named = if self.is_about_associations() {
            self.association()
        } else {
            self.event_clause().or_else(|| {
                let construct = self.construct()?;
                Some(WqlError::NoSuchConstruct { construct, span: self.span })
            })
        };
        if let Some(error) = named {
            return error;
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
        let is_keyword = self.is_about_associations() && self.earlier(0) != "=";
        let in_condition = self.behind_where() && !self.is_about_associations();
        let expected = Expectation { expected, mode: self.mode, in_condition, is_keyword };
        let expected = expected.in_words();
        WqlError::Unexpected { found, expected, span: self.span }
    }

    fn is_about_associations(&self) -> bool {
        let first = self.before.last().map(|(token, _)| *token);
        matches!(first, Some(Token::Associators | Token::References))
    }

    /// What is wrong with an ASSOCIATORS OF or a REFERENCES OF.
    fn association(&self) -> Option<WqlError> {
        let wrong = |error| Some(WqlError::association(error, self.span));
        match self.token? {
            Token::Comma => wrong(AssociationError::Connective { word: ",".to_owned() }),
            Token::NotEqual
            | Token::Less
            | Token::LessOrEqual
            | Token::Greater
            | Token::GreaterOrEqual
            | Token::Open => wrong(AssociationError::Operator),
            Token::Brace => wrong(AssociationError::UnclosedBraces),
            _ => None,
        }
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
        self.before.iter().any(|(token, _)| matches!(token, Token::Where | Token::Having))
    }

    fn construct(&self) -> Option<Construct> {
        if self.behind_where() {
            self.in_condition().or_else(|| self.clause())
        } else if self.behind_from() {
            self.clause()
        } else {
            self.in_select_list()
        }
    }

    /// Constructs that one token tells wherever it stands.
    fn symbol(&self) -> Option<Construct> {
        Some(match self.token? {
            Token::Comment => Construct::Comment,
            Token::Semicolon => Construct::Semicolon,
            Token::DoubleEqual => Construct::DoubleEqual,
            Token::LogicSymbol => Construct::LogicSymbol,
            Token::Bracket => Construct::ArrayIndex,
            Token::Brace | Token::Braced if !self.is_about_associations() => Construct::Braces,
            Token::Arithmetic => Construct::Arithmetic,
            _ => return None,
        })
    }

    fn in_select_list(&self) -> Option<Construct> {
        if self.before.is_empty() {
            let write = ["insert", "update", "delete", "create", "drop", "alter", "merge"];
            return self.is_any(&write).then_some(Construct::Write);
        }
        let plain = self.mode.level == Level::Wql;
        if plain && self.earlier_is_any(&["top"]) {
            return Some(Construct::Top);
        }
        if plain && self.earlier_is_any(&["distinct", "all"]) {
            return Some(Construct::Distinct);
        }
        match self.token? {
            Token::Open if self.next_text().eq_ignore_ascii_case("select") => {
                Some(Construct::SubSelect)
            }
            Token::Open if self.earlier_is_any(&["select", ","]) => Some(Construct::Arithmetic),
            Token::Open => Some(Construct::Function),
            Token::Star if self.earlier(0) == "," => Some(Construct::StarInList),
            Token::Comma if self.earlier(0) == "*" => Some(Construct::StarInList),
            Token::Star if self.earlier(0) != "(" => Some(Construct::Arithmetic),
            _ => None,
        }
    }

    /// What follows the class, or a whole condition.
    fn clause(&self) -> Option<Construct> {
        let joins = ["join", "inner", "left", "right", "full", "cross", "outer", "natural"];
        let plain = self.mode.level == Level::Wql;
        if plain && self.earlier_is_any(&["order"]) {
            Some(Construct::OrderBy)
        } else if self.is("fetch") || (plain && self.earlier_is_any(&["limit", "offset"])) {
            Some(Construct::Limit)
        } else if self.is_any(&["union", "intersect", "except"]) {
            Some(Construct::Union)
        } else if self.is_any(&joins) {
            Some(Construct::Join)
        } else if self.behind_where() {
            None
        } else if self.token == Some(Token::As) || self.is_alias() {
            Some(Construct::ClassAlias)
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
            && self.before.get(1).is_some_and(|(token, _)| *token == Token::From)
            && self.next.is_none_or(|(token, _)| matches!(token, Token::Where | Token::Comma))
    }

    fn in_condition(&self) -> Option<Construct> {
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

    /// What is wrong with WITHIN, GROUP, BY or HAVING.
    fn event_clause(&self) -> Option<WqlError> {
        let event = self.mode.door == Door::Notification;
        let (nearest, nearest_span) = *self.before.first()?;
        if nearest == Token::Group && self.behind_from() {
            return match event {
                true => Some(WqlError::event(EventError::MissingGroupWithin, nearest_span)),
                false => Some(WqlError::NoSuchConstruct {
                    construct: Construct::GroupBy,
                    span: nearest_span,
                }),
            };
        }
        if self.token == Some(Token::Having) && self.behind_from() {
            let span = self.span;
            return Some(match event {
                true => WqlError::event(EventError::HavingWithoutGroup, span),
                false => WqlError::NoSuchConstruct { construct: Construct::Having, span },
            });
        }
        if self.token == Some(Token::Within) && self.behind_where() {
            let span = self.span;
            return Some(match self.mode.door {
                Door::Notification => WqlError::Unexpected {
                    found: "`WITHIN`".to_owned(),
                    expected: "it before WHERE, or behind GROUP".to_owned(),
                    span,
                },
                door @ Door::Query => WqlError::WrongKind { kind: QueryKind::Event, door, span },
            });
        }
        self.empty_list()
    }

    /// BY with nothing, `*` or HAVING behind it.
    fn empty_list(&self) -> Option<WqlError> {
        let by = match self.before.as_slice() {
            [(Token::By, by), ..] if matches!(self.token, None | Some(Token::Star)) => by,
            [(Token::Having, _), (Token::By, by), ..] => by,
            _ => return None,
        };
        let grouped = self.before.iter().any(|(token, _)| *token == Token::Group);
        (grouped && self.mode.door == Door::Notification)
            .then(|| WqlError::event(EventError::MissingAggregationList, *by))
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

/// What may stand there.
struct Expectation<'a> {
    /// The tokens, as the grammar calls them.
    expected: &'a [String],
    mode: Mode,
    /// Whether the place lies in a condition.
    in_condition: bool,
    /// Whether a name there is a keyword of ASSOCIATORS OF or REFERENCES OF.
    is_keyword: bool,
}

impl Expectation<'_> {
    fn has(&self, name: &str) -> bool {
        self.expected.iter().any(|e| e.trim_matches('"') == name)
    }

    fn in_words(&self) -> String {
        let has = |name: &str| self.has(name);
        let name = has("word");
        let extended = self.mode.level == Level::Extended;
        let event = self.mode.door == Door::Notification;
        // Before `)` the parser has already closed the conditions that could go on.
        let goes_on = !name && (has("AND") || has("OR") || (has(")") && !has(",")));
        let constant = has("string");
        let parts = [
            (has("*"), "*"),
            (name && !self.is_keyword, "a name"),
            (name && self.is_keyword, "a keyword such as Role or ResultClass"),
            (constant, "a constant"),
            (has("integer") && !constant, "a number"),
            (has("NOT") && (has("(") || (!name && has("NULL"))), "NOT"),
            (has("(") && !has(","), "`(`"),
            (has("=") && !constant && self.in_condition, "an operator (= <> < <= > >=)"),
            (has("=") && !self.in_condition, "="),
            (!name && has("LIKE"), "LIKE"),
            (!name && has("IS"), "IS [NOT] NULL"),
            (!name && has("ISA"), "ISA"),
            (!name && extended && has("IN"), "[NOT] IN"),
            (!name && extended && has("BETWEEN"), "[NOT] BETWEEN"),
            (!name && has("NULL") && !constant, "NULL"),
            (has(","), "a comma"),
            (!name && has("SELECT"), "SELECT"),
            (!name && !event && has("ASSOCIATORS"), "ASSOCIATORS OF"),
            (!name && !event && has("REFERENCES"), "REFERENCES OF"),
            (!name && has("OF"), "OF"),
            (has("braced"), "an object path in braces"),
            (!name && has("FROM"), "FROM"),
            (!name && event && has("WITHIN"), "WITHIN"),
            (!name && has("WHERE"), "WHERE"),
            (goes_on && self.in_condition, "AND"),
            (goes_on && self.in_condition && (has("OR") || has(")")), "OR"),
            (has(")"), "`)`"),
            (!name && event && has("GROUP"), "GROUP"),
            (!name && event && !extended && has("BY"), "BY"),
            (!name && event && has("HAVING"), "HAVING"),
            (!name && extended && has("BY"), "BY"),
            (!name && !event && extended && has("ORDER"), "ORDER BY"),
            (!name && !event && extended && has("LIMIT"), "LIMIT"),
            (!name && !event && extended && has("OFFSET"), "OFFSET"),
        ];
        let parts: Vec<&str> =
            parts.into_iter().filter(|(there, _)| *there).map(|(_, what)| what).collect();
        match parts.split_last() {
            None => "the end of the query".to_owned(),
            Some((only, [])) => (*only).to_owned(),
            Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        }
    }
}
