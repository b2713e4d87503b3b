//! Constants out of the text that they stand in.

use super::ast::{Interval, RowCount};
use super::mode::{Refusal, refuse};
use crate::Span;
use crate::error::{EventError, WqlError};
use smol_str::SmolStr;

/// How a backslash reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Escapes {
    /// Outside LIKE: `\\`, `\"` and `\'`; anything else is an error.
    Strict,
    /// In a LIKE pattern: the same three, and a lone backslash is itself.
    Pattern,
}

/// The text of the string literal at `span`, quotes included.
pub(super) fn unquoted(text: &str, span: Span, escapes: Escapes) -> Result<SmolStr, Refusal> {
    let literal = span.of(text);
    let inner = literal.get(1..literal.len().saturating_sub(1)).unwrap_or_default();
    if !inner.as_bytes().contains(&b'\\') {
        return Ok(SmolStr::new(inner));
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
                return refuse(WqlError::UnknownEscape { escaped, span });
            }
            _ => value.push(c),
        }
    }
    Ok(value.into())
}

/// The number of seconds at `span`, from 0.001 to 4294967.295; rounded to whole
/// milliseconds.
pub(super) fn interval(text: &str, span: Span) -> Result<Interval, Refusal> {
    match span.of(text).parse::<f64>() {
        Ok(seconds) if (0.001..=4_294_967.295).contains(&seconds) => {
            Ok(Interval { milliseconds: (seconds * 1000.0).round() as u32, span })
        }
        _ => {
            let text = span.of(text).to_owned();
            refuse(WqlError::event(EventError::IntervalOutOfRange { text }, span))
        }
    }
}

/// The number of rows at `span`.
pub(super) fn row_count(text: &str, span: Span) -> Result<RowCount, Refusal> {
    match span.of(text).parse() {
        Ok(rows) => Ok(RowCount { rows, span }),
        Err(_) => refuse(WqlError::NoRowCount { text: span.of(text).to_owned(), span }),
    }
}
