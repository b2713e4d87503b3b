//! The tokens of a text, for whoever checks the lexer from outside.

use crate::Span;
use crate::error::WqlError;
use crate::syntax::lexer;

/// Where the tokens stand, up to the first that is none.
pub fn tokens(text: &str) -> impl Iterator<Item = Result<Span, WqlError>> + '_ {
    lexer::tokens(text).map(|token| {
        let (start, _, end) = token.map_err(|error| *error)?;
        Ok(Span::new(start as usize, end as usize))
    })
}
