//! Finding the next declaration after a mistake.
//!
//! The rest of the declaration is passed over without a word: what it says may
//! be a consequence of the mistake. It ends at its `;` outside of braces, or
//! where a declaration unmistakably begins, so that a lost brace or semicolon
//! does not swallow the rest of the file.

use super::lexer::{Lexer, Token};
use super::tokens::{Progress, Stream};
use crate::Language;

/// Moves the stream past the declaration that was read as far as `progress`
/// says.
pub(crate) fn skip_declaration(stream: &mut Stream<'_, '_>, progress: Progress) {
    if progress.ended {
        return;
    }
    stream.seek(progress.last.start);
    stream.quiet = true;
    if progress.directive {
        skip_directive(stream, progress);
    } else {
        skip_body(stream, progress);
    }
    stream.quiet = false;
}

fn skip_body(stream: &mut Stream<'_, '_>, progress: Progress) {
    let mut depth = progress.depth;
    let mut after_close = progress.after_close;
    // A `}` in a list of qualifiers was meant to be a `)` or `]` and closes nothing.
    let mut slip = progress.in_list;
    while let Some(next) = stream.peek() {
        let start = next.span.start;
        if next.token.may_start_declaration()
            && (depth == 0 || (after_close && !may_be_local(&next.token)))
            && start > progress.first.start
            && starts_declaration(stream.text, stream.language(), start)
        {
            break;
        }
        let Some(lexeme) = stream.next() else { break };
        match lexeme.token {
            Token::LeftBrace => depth += 1,
            Token::RightBrace if !slip => depth = depth.saturating_sub(1),
            Token::Semicolon if depth == 0 => break,
            _ => {}
        }
        slip = false;
        // A string without its end may have swallowed what closes.
        after_close = matches!(
            lexeme.token,
            Token::Semicolon | Token::RightBrace | Token::RightBracket | Token::Broken
        );
    }
}

/// Whether the token begins a declaration that may stand within a class, too.
const fn may_be_local(token: &Token<'_>) -> bool {
    matches!(token, Token::Structure(_) | Token::Enumeration(_))
}

/// A directive ends with its `)`, and at the latest with the line of the
/// mistake.
fn skip_directive(stream: &mut Stream<'_, '_>, progress: Progress) {
    let start = progress.last.start;
    if progress.last != progress.first && starts_declaration(stream.text, stream.language(), start)
    {
        return;
    }
    while let Some(lexeme) = stream.next() {
        if matches!(lexeme.token, Token::RightParen | Token::Semicolon) {
            break;
        }
        if !stream.next_on_line_of(lexeme.span) {
            break;
        }
    }
}

/// Whether what stands at `offset` can only be the start of a declaration.
fn starts_declaration(text: &str, language: Language, offset: u32) -> bool {
    let mut lexer = Lexer::new(text, language, offset);
    let mut first = next(&mut lexer);
    if first == Some(Token::LeftBracket) {
        loop {
            match next(&mut lexer) {
                Some(Token::RightBracket) => break,
                None | Some(Token::Semicolon | Token::LeftBracket) => return false,
                Some(_) => {}
            }
        }
        first = next(&mut lexer);
    }
    match first {
        Some(Token::Pragma | Token::Include(_)) => true,
        Some(
            Token::Class(_)
            | Token::Structure(_)
            | Token::Enumeration(_)
            | Token::Association(_)
            | Token::Indication(_),
        ) => {
            matches!(next(&mut lexer), Some(Token::Identifier(_)))
                && matches!(next(&mut lexer), Some(Token::LeftBrace | Token::Colon | Token::As(_)))
        }
        Some(Token::Instance(_) | Token::Value(_)) => {
            matches!(next(&mut lexer), Some(Token::Of(_)))
        }
        Some(Token::Qualifier(_)) => {
            next(&mut lexer).is_some() && next(&mut lexer) == Some(Token::Colon)
        }
        _ => false,
    }
}

/// Remembers what the declaration would have made, if that can be told.
pub(crate) fn note_broken(stream: &mut Stream<'_, '_>, progress: Progress) {
    let mut lexer = Lexer::new(stream.text, stream.language(), progress.first.start);
    let mut first = next(&mut lexer);
    if first == Some(Token::LeftBracket) {
        // Qualifier values have braces and parentheses, and no brackets.
        while !matches!(first, None | Some(Token::RightBracket | Token::Semicolon)) {
            first = next(&mut lexer);
        }
        first = next(&mut lexer);
    }
    let broken = &mut stream.sink.broken;
    let name = next(&mut lexer);
    match (first, name) {
        (Some(Token::Class(_)), Some(Token::Identifier(name))) => {
            broken.add_class(name);
            if let (Some(Token::As(_)), Some(Token::Alias(alias))) =
                (next(&mut lexer), next(&mut lexer))
            {
                broken.add_alias(alias);
            }
        }
        (Some(Token::Qualifier(_)), Some(Token::Identifier(name))) => broken.add_qualifier(name),
        (Some(Token::Instance(_)), Some(Token::Of(_))) => {
            next(&mut lexer);
            if let (Some(Token::As(_)), Some(Token::Alias(alias))) =
                (next(&mut lexer), next(&mut lexer))
            {
                broken.add_alias(alias);
            }
        }
        _ => {}
    }
}

/// The next token, mistaken ones as `Broken`.
fn next<'a>(lexer: &mut Lexer<'a>) -> Option<Token<'a>> {
    lexer.next().map(|token| token.unwrap_or(Token::Broken))
}
