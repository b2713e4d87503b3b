//! Text to syntax tree.

use super::ast::{EventQuery, Query};
use super::build::Builder;
use super::explain;
use super::grammar;
use super::lexer::{self, Token};
use super::mode::{Door, Level, Mode, ParseOptions};
use super::plain;
use crate::Span;
use crate::error::WqlError;
use cimarron_model::Status;

/// How large a query may be. Beyond a limit the query is refused with
/// [`Status::QuotaViolation`]
/// (WMI SDK, "Querying with WQL").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of query text.
    pub length: usize,
    /// Depth of nested parentheses and NOTs.
    pub depth: usize,
    /// ANDs, ORs, and commas between the constants of an IN.
    pub connectives: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { length: 256 * 1024, depth: 128, connectives: 4096 }
    }
}

/// Parses a query for ExecQuery: data, schema and association queries, within the
/// default [`Limits`].
///
/// ```
/// let query = cimarron_wql::parse("select * from X where not Name like 'a%'")?;
/// assert_eq!(query.to_string(), "SELECT * FROM X WHERE NOT Name LIKE \"a%\"");
/// let query = cimarron_wql::parse("associators of {X=5} where role=A")?;
/// assert_eq!(query.to_string(), "ASSOCIATORS OF {X=5} WHERE Role = A");
/// # Ok::<(), cimarron_wql::WqlError>(())
/// ```
///
/// # Errors
/// Everything that is wrong with a query without regard to its class: see
/// [`WqlError`]. Event queries are recognised and refused as
/// [`WqlError::WrongKind`].
pub fn parse(text: &str) -> Result<Query, WqlError> {
    parse_with(text, &ParseOptions::default())
}

/// Parses a query for ExecQuery within the given limits.
///
/// # Errors
/// As [`parse`].
pub fn parse_within(text: &str, limits: &Limits) -> Result<Query, WqlError> {
    parse_with(text, &ParseOptions { limits: *limits, level: Level::Wql })
}

/// Parses a query for ExecQuery.
///
/// # Errors
/// As [`parse`].
pub fn parse_with(text: &str, options: &ParseOptions) -> Result<Query, WqlError> {
    statement(text, options, Door::Query)
}

/// Parses a query for ExecNotificationQuery, within the default [`Limits`].
///
/// ```
/// let text = "select * from E within 2.5 where TargetInstance isa 'X' group within 60";
/// let query = cimarron_wql::parse_event(text)?;
/// assert_eq!(query.within.unwrap().milliseconds, 2500);
/// # Ok::<(), cimarron_wql::WqlError>(())
/// ```
///
/// # Errors
/// As [`parse`], and every syntax error is
/// [`Status::UnparsableQuery`] here.
pub fn parse_event(text: &str) -> Result<EventQuery, WqlError> {
    parse_event_with(text, &ParseOptions::default())
}

/// Parses a query for ExecNotificationQuery. Of the extended level, event queries
/// have the operators and not the clauses.
///
/// # Errors
/// As [`parse_event`].
pub fn parse_event_with(text: &str, options: &ParseOptions) -> Result<EventQuery, WqlError> {
    let error = match statement(text, options, Door::Notification) {
        Ok(Query::Event(query)) => return Ok(query),
        // Not at this door.
        Ok(_) => WqlError::Unexpected {
            found: "another kind of query".to_owned(),
            expected: "an event query".to_owned(),
            span: Span::new(0, text.len()),
        },
        Err(error @ WqlError::Event { .. }) => return Err(error),
        Err(error) => error,
    };
    Err(match error.status() {
        Status::InvalidQuery => {
            let (error, status) = (Box::new(error), Status::UnparsableQuery);
            WqlError::InEventQuery { error, status }
        }
        _ => error,
    })
}

fn statement(text: &str, options: &ParseOptions, door: Door) -> Result<Query, WqlError> {
    let ParseOptions { limits, level } = options;
    let limit = limits.length.min(u32::MAX as usize);
    if text.len() > limit {
        return Err(WqlError::TooLong { length: text.len(), limit });
    }
    let mode = Mode { level: *level, door };
    match plain::read(text, mode, limits) {
        Some(query) => Ok(query),
        None => by_grammar(text, mode, limits),
    }
}

pub(super) fn by_grammar(text: &str, mode: Mode, limits: &Limits) -> Result<Query, WqlError> {
    let mut guard = Guard::new(limits);
    let tokens = lexer::tokens(text).map(|token| {
        let (start, token, end) = token?;
        guard.admit(token, start, end)?;
        Ok((start, token, end))
    });
    let mut builder = Builder::new(text, mode);
    match (grammar::StatementParser::new().parse(&mut builder, tokens), builder.query) {
        (Ok(()), Some(query)) => Ok(query),
        (Ok(()), None) => Err(explain::unexpected_end(text, mode)),
        (Err(error), _) => Err(explain::failure(text, mode, error)),
    }
}

/// Counts nesting and connectives while the tokens pass, so that neither the
/// parser nor anything that walks the tree later needs a bound of its own.
pub(super) struct Guard<'a> {
    limits: &'a Limits,
    /// What each open parenthesis added: itself and the NOTs before it.
    levels: Vec<usize>,
    depth: usize,
    connectives: usize,
    /// NOTs since the last connective or parenthesis.
    nots: usize,
}

impl<'a> Guard<'a> {
    pub(super) const fn new(limits: &'a Limits) -> Self {
        Self { limits, levels: Vec::new(), depth: 0, connectives: 0, nots: 0 }
    }

    #[inline]
    pub(super) fn admit(
        &mut self,
        token: Token,
        start: u32,
        end: u32,
    ) -> Result<(), Box<WqlError>> {
        match token {
            Token::Not | Token::Open | Token::Close | Token::And | Token::Or | Token::Comma => {
                self.count(token, Span::new(start as usize, end as usize))
            }
            _ => Ok(()),
        }
    }

    fn count(&mut self, token: Token, span: Span) -> Result<(), Box<WqlError>> {
        match token {
            Token::Not => self.nots += 1,
            Token::Open => {
                self.levels.push(self.nots + 1);
                self.depth += self.nots + 1;
                self.nots = 0;
            }
            Token::Close => {
                self.depth -= self.levels.pop().unwrap_or(0);
                self.nots = 0;
            }
            Token::And | Token::Or => {
                self.connectives += 1;
                self.nots = 0;
            }
            // The constants of an IN are joined by an OR that is not written.
            Token::Comma if self.depth > 0 => self.connectives += 1,
            _ => {}
        }
        if self.depth + self.nots > self.limits.depth {
            return Err(Box::new(WqlError::TooDeep { limit: self.limits.depth, span }));
        }
        if self.connectives > self.limits.connectives {
            return Err(Box::new(WqlError::TooComplex { limit: self.limits.connectives, span }));
        }
        Ok(())
    }
}
