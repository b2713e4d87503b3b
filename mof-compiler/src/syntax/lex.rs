//! The places of tokens, for what works on the text and not on its meaning.

use super::lexer::{Lexer, Token};
use crate::Language;
use crate::source::Span;

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
pub fn lex(text: &str, language: Language) -> impl Iterator<Item = Lexed> {
    Places { lexer: Lexer::new(text, language, 0), literals: Vec::new() }
}

struct Places<'a> {
    lexer: Lexer<'a>,
    /// The literals of the latest string that are still to come, the next one last.
    literals: Vec<Span>,
}

impl Iterator for Places<'_> {
    type Item = Lexed;

    fn next(&mut self) -> Option<Lexed> {
        if let Some(span) = self.literals.pop() {
            return Some(Lexed { span, valid: true });
        }
        let token = self.lexer.next()?;
        let span = self.lexer.span();
        let Ok(Token::Text(text)) = token else {
            return Some(Lexed { span, valid: token.is_ok() });
        };
        let start = span.range().start;
        text.pieces(|at, piece| {
            self.literals.push(Span::from(start + at..start + at + piece.raw.len() + 2));
        });
        self.literals.reverse();
        let span = self.literals.pop().unwrap_or(span);
        Some(Lexed { span, valid: true })
    }
}
