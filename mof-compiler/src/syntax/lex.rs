//! The places of tokens, for what works on the text and not on its meaning.

use super::lexer::Token;
use crate::source::Span;
use logos::Logos;

/// A token's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lexed {
    /// Where it stands.
    pub span: Span,
    /// Whether it is a token of MOF, and no mistake.
    pub valid: bool,
}

/// The tokens of a text in order. What lies between them is white space and
/// comments; each string literal is a token of its own.
#[doc(hidden)]
pub fn lex(text: &str) -> impl Iterator<Item = Lexed> {
    let tokens = Token::lexer(text).spanned();
    tokens.map(|(token, place)| Lexed { span: Span::from(place), valid: token.is_ok() })
}
