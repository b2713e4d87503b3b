//! Text to syntax tree.

use super::ast::Query;
use super::explain;
use super::grammar;
use super::lexer::{self, Lexeme, Token};
use crate::Span;
use crate::error::{QueryKind, WqlError};

/// How large a query may be. Beyond a limit the query is refused with
/// [`Status::QuotaViolation`](cimarron_model::Status::QuotaViolation)
/// (WMI SDK, "Querying with WQL").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of query text.
    pub length: usize,
    /// Depth of nested parentheses and NOTs.
    pub depth: usize,
    /// ANDs and ORs.
    pub connectives: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { length: 256 * 1024, depth: 128, connectives: 4096 }
    }
}

/// Parses a query within the default [`Limits`].
///
/// ```
/// let query = cimarron_wql::parse("select * from X where not Name like 'a%'")?;
/// assert_eq!(query.to_string(), "SELECT * FROM X WHERE NOT Name LIKE \"a%\"");
/// # Ok::<(), cimarron_wql::WqlError>(())
/// ```
///
/// # Errors
/// Everything that is wrong with a query without regard to its class: see
/// [`WqlError`]. Schema, association and event queries are recognised and
/// refused as [`WqlError::UnsupportedKind`].
pub fn parse(text: &str) -> Result<Query, WqlError> {
    parse_within(text, &Limits::default())
}

/// Parses a query within the given limits.
///
/// # Errors
/// As [`parse`].
pub fn parse_within(text: &str, limits: &Limits) -> Result<Query, WqlError> {
    if text.len() > limits.length {
        return Err(WqlError::TooLong { length: text.len(), limit: limits.length });
    }
    if let Some(error) = explain::association_query(text) {
        return Err(error);
    }
    let mut guard = Guard::new(limits);
    let tokens = lexer::tokens(text).map(|token| token.and_then(|t| guard.admit(t)));
    let query = grammar::DataParser::new()
        .parse(text, tokens)
        .map_err(|error| explain::failure(text, error))?;
    if query.class.name.is("meta_class") {
        let span = query.class.span;
        return Err(WqlError::UnsupportedKind { kind: QueryKind::Schema, span });
    }
    Ok(Query::Data(query))
}

/// Counts nesting and connectives while the tokens pass, so that neither the
/// parser nor anything that walks the tree later needs a bound of its own.
struct Guard<'a> {
    limits: &'a Limits,
    /// What each open parenthesis added: itself and the NOTs before it.
    levels: Vec<usize>,
    depth: usize,
    connectives: usize,
    /// NOTs since the last connective or parenthesis.
    nots: usize,
}

impl<'a> Guard<'a> {
    const fn new(limits: &'a Limits) -> Self {
        Self { limits, levels: Vec::new(), depth: 0, connectives: 0, nots: 0 }
    }

    fn admit(&mut self, lexeme: Lexeme) -> Result<Lexeme, WqlError> {
        let (start, token, end) = lexeme;
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
            _ => {}
        }
        let span = Span::new(start, end);
        if self.depth + self.nots > self.limits.depth {
            return Err(WqlError::TooDeep { limit: self.limits.depth, span });
        }
        if self.connectives > self.limits.connectives {
            return Err(WqlError::TooComplex { limit: self.limits.connectives, span });
        }
        Ok(lexeme)
    }
}
