//! The places of tokens, for what works on the text and not on its meaning.

use super::lexer::Lexer;
use super::token::Kind;
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
    Places { lexer: Lexer::new(text, language, 0), literals: 0 }
}

struct Places<'a> {
    lexer: Lexer<'a>,
    /// How many literals of the latest string are still to come.
    literals: usize,
}

impl Iterator for Places<'_> {
    type Item = Lexed;

    fn next(&mut self) -> Option<Lexed> {
        if self.literals == 0 {
            let token = self.lexer.next();
            match token.kind {
                Kind::End => return None,
                // What stands between its literals is a mistake.
                Kind::Text if !self.lexer.blanks().is_empty() => {
                    return Some(Lexed { span: token.span(), valid: false });
                }
                Kind::Text => self.literals = self.lexer.literals().len(),
                _ => return Some(Lexed { span: token.span(), valid: token.kind != Kind::Mistake }),
            }
        }
        let literals = self.lexer.literals();
        let literal = literals.get(literals.len() - self.literals)?;
        self.literals -= 1;
        Some(Lexed { span: Span::new(literal.start - 1, literal.end + 1), valid: true })
    }
}
