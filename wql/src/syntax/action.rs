//! What the grammar's actions share.

use super::ast::{Identifier, LiteralValue};
use crate::Span;
use crate::error::WqlError;
use cimarron_model::Name;
use smol_str::SmolStr;

/// The name at these offsets.
pub(super) fn identifier(text: &str, start: usize, end: usize) -> Identifier {
    let span = Span::new(start, end);
    Identifier { name: Name::new(span.of(text)), span }
}

/// One list of a first item and the rest.
pub(super) fn chain<T>(first: T, mut rest: Vec<T>) -> Vec<T> {
    rest.insert(0, first);
    rest
}

/// How a backslash reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Escapes {
    /// Outside LIKE: `\\`, `\"` and `\'`; anything else is an error.
    Strict,
    /// In a LIKE pattern: the same three, and a lone backslash is itself.
    Pattern,
}

/// The value of the string literal at `span`, quotes included.
pub(super) fn string(text: &str, span: Span, escapes: Escapes) -> Result<LiteralValue, WqlError> {
    let literal = span.of(text);
    let inner = literal.get(1..literal.len().saturating_sub(1)).unwrap_or_default();
    if !inner.contains('\\') {
        return Ok(LiteralValue::String(SmolStr::new(inner)));
    }
    let mut value = String::with_capacity(inner.len());
    let mut chars = inner.char_indices().peekable();
    while let Some((offset, c)) = chars.next() {
        match (c, chars.peek().map(|(_, next)| *next)) {
            ('\\', Some(escaped @ ('\\' | '"' | '\''))) => {
                value.push(escaped);
                chars.next();
            }
            ('\\', Some(escaped)) if escapes == Escapes::Strict => {
                let start = span.start + 1 + offset;
                let span = Span::new(start, start + 1 + escaped.len_utf8());
                return Err(WqlError::UnknownEscape { escaped, span });
            }
            _ => value.push(c),
        }
    }
    Ok(LiteralValue::String(value.into()))
}
