//! The places of tokens, for what works on the text and not on its meaning.

use super::lexer::Lexer;
use super::token::{Kind, Token};
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
    Places { text, lexer: Lexer::new(text, language, 0), literals: 0 }
}

struct Places<'a> {
    text: &'a str,
    lexer: Lexer<'a>,
    /// How many literals of the latest string are still to come.
    literals: usize,
}

impl Places<'_> {
    fn is_comment(&self, token: Token) -> bool {
        self.text.get(token.span().range()).is_some_and(|text| text.starts_with("/*"))
    }
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
                // DSP0221 5.4: the end of a text ends a comment, too.
                Kind::Mistake
                    if self.lexer.language() == Language::Mof3 && self.is_comment(token) =>
                {
                    return None;
                }
                _ => return Some(Lexed { span: token.span(), valid: token.kind != Kind::Mistake }),
            }
        }
        let literals = self.lexer.literals();
        let literal = literals.get(literals.len() - self.literals)?;
        self.literals -= 1;
        Some(Lexed { span: Span::new(literal.start - 1, literal.end + 1), valid: true })
    }
}
