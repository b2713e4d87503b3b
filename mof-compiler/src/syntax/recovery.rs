//! Finding the next declaration after a mistake.
//!
//! The rest of the declaration is passed over without a word: what it says may
//! be a consequence of the mistake. It ends at its `;` outside of braces, or
//! where a declaration unmistakably begins, so that a lost brace or semicolon
//! does not swallow the rest of the file.

use super::bounds::Progress;
use super::lexer::{LexError, Lexer};
use super::stream::Stream;
use super::token::Kind;
use crate::Language;

/// Moves the stream past the declaration that was read as far as `progress`
/// says; gives where it ends.
pub(crate) fn skip_declaration(stream: &mut Stream<'_, '_>, progress: Progress) -> u32 {
    if progress.ended {
        return progress.last.end;
    }
    stream.seek(progress.last.start);
    stream.quiet = true;
    let end = if progress.directive {
        skip_directive(stream, progress)
    } else {
        skip_body(stream, progress)
    };
    stream.quiet = false;
    // What stands between here and the next token is no longer passed over without a word.
    stream.seek(end);
    end
}

fn skip_body(stream: &mut Stream<'_, '_>, progress: Progress) -> u32 {
    let mut end;
    // Directives before this offset stand among members.
    let mut inner = 0;
    let mut depth = progress.depth;
    let mut after_close = progress.after_close;
    // A `}` in a list of qualifiers was meant to be a `)` or `]` and closes nothing.
    let mut slip = progress.in_list;
    // Where the `{` of a class is missing, its members follow, and its `}`.
    let mut headless = depth == 0 && lacks_brace(stream.text, stream.language(), progress);
    let (mut in_qualifiers, mut last) = (false, Kind::End);
    loop {
        let next = stream.peek();
        let start = next.span().start;
        if next.kind.may_start_declaration()
            && (depth == 0 || (after_close && !may_be_local(next.kind)))
            && start > progress.first.start
            && start >= inner
            && starts_declaration(stream.text, stream.language(), start)
        {
            if depth == 0 {
                return start;
            }
            match end_of_inner_directives(stream.text, stream.language(), start) {
                Some(end) => inner = end,
                None => return start,
            }
        }
        let token = stream.next();
        let kind = token.kind;
        end = token.span().end;
        match kind {
            Kind::End => break,
            Kind::LeftBrace if headless && (in_qualifiers || last == Kind::Equals) => {
                skip_values(stream);
            }
            Kind::LeftBrace => (depth, headless) = (depth + 1, false),
            Kind::LeftBracket => in_qualifiers = true,
            Kind::RightBracket => in_qualifiers = false,
            Kind::RightBrace if headless && !slip => {
                if stream.peek().kind == Kind::Semicolon {
                    end = stream.next().span().end;
                }
                break;
            }
            Kind::RightBrace if !slip => depth = depth.saturating_sub(1),
            Kind::Semicolon if depth == 0 => {
                // Members begin with qualifiers or types.
                let next = stream.peek().kind;
                if !headless || (next.may_start_declaration() && next != Kind::LeftBracket) {
                    break;
                }
            }
            _ => {}
        }
        slip = false;
        last = kind;
        // A string without its end may have swallowed what closes.
        after_close =
            matches!(kind, Kind::Semicolon | Kind::RightBrace | Kind::RightBracket | Kind::Broken);
    }
    end
}

/// The values in braces of a qualifier or a default, as far as these end.
fn skip_values(stream: &mut Stream<'_, '_>) {
    while !matches!(stream.peek().kind, Kind::End | Kind::Semicolon) {
        if stream.next().kind == Kind::RightBrace {
            break;
        }
    }
}

/// Where directives end that stand at `offset`, among the members of something: what follows
/// them begins no declaration.
fn end_of_inner_directives(text: &str, language: Language, offset: u32) -> Option<u32> {
    let mut lexer = Lexer::new(text, language, offset);
    let mut kind = next(&mut lexer);
    if !matches!(kind, Kind::Pragma | Kind::Include) {
        return None;
    }
    while matches!(kind, Kind::Pragma | Kind::Include) {
        if kind == Kind::Pragma {
            next(&mut lexer);
        }
        kind = next(&mut lexer);
        if kind == Kind::LeftParen {
            while !matches!(kind, Kind::RightParen | Kind::Semicolon | Kind::End) {
                kind = next(&mut lexer);
            }
            kind = next(&mut lexer);
        }
    }
    let start = lexer.span().start;
    (kind != Kind::End && !starts_declaration(text, language, start)).then_some(start)
}

/// Whether a declaration is a class or an instance whose mistake stands before any brace.
fn lacks_brace(text: &str, language: Language, progress: Progress) -> bool {
    let mut lexer = Lexer::new(text, language, progress.first.start);
    let mut kind = next(&mut lexer);
    if kind == Kind::LeftBracket {
        // Qualifier values have braces and parentheses, and no brackets.
        while !matches!(kind, Kind::End | Kind::RightBracket | Kind::Semicolon) {
            kind = next(&mut lexer);
        }
        kind = next(&mut lexer);
    }
    let classes = [Kind::Class, Kind::Structure, Kind::Association, Kind::Indication];
    if !classes.contains(&kind) && !matches!(kind, Kind::Instance | Kind::Value) {
        return false;
    }
    while lexer.span().start < progress.last.start {
        if matches!(next(&mut lexer), Kind::LeftBrace | Kind::Semicolon | Kind::End) {
            return false;
        }
    }
    true
}

/// Whether the token begins a declaration that may stand within a class, too.
const fn may_be_local(kind: Kind) -> bool {
    matches!(kind, Kind::Structure | Kind::Enumeration)
}

/// A directive ends with its `)`, and at the latest with the line of the mistake where no `)`
/// follows; one that is unknown ends with its line. Gives where.
fn skip_directive(stream: &mut Stream<'_, '_>, progress: Progress) -> u32 {
    let is_unknown = progress.last == progress.first;
    loop {
        let next = stream.peek();
        let start = next.span().start;
        if next.kind.may_start_declaration()
            && start > progress.first.start
            && starts_declaration(stream.text, stream.language(), start)
        {
            return start;
        }
        let token = stream.next();
        let end = token.span().end;
        if token.kind == Kind::End
            || (!is_unknown && matches!(token.kind, Kind::RightParen | Kind::Semicolon))
            || (!stream.next_on_line_of(token.span())
                && !closes(stream.text, stream.language(), end))
        {
            return end;
        }
    }
}

/// Whether only arguments of a directive stand before the next `)`.
fn closes(text: &str, language: Language, offset: u32) -> bool {
    let mut lexer = Lexer::new(text, language, offset);
    loop {
        match next(&mut lexer) {
            Kind::RightParen => return true,
            Kind::Text | Kind::Comma | Kind::Integer | Kind::Identifier => {}
            _ => return false,
        }
    }
}

/// Whether what stands at `offset` can only be the start of a declaration.
pub(super) fn starts_declaration(text: &str, language: Language, offset: u32) -> bool {
    let mut lexer = Lexer::new(text, language, offset);
    let mut first = next(&mut lexer);
    if first == Kind::LeftBracket {
        loop {
            match next(&mut lexer) {
                Kind::RightBracket => break,
                Kind::End | Kind::Semicolon | Kind::LeftBracket => return false,
                _ => {}
            }
        }
        first = next(&mut lexer);
    }
    match first {
        Kind::Pragma | Kind::Include => true,
        Kind::Class
        | Kind::Structure
        | Kind::Enumeration
        | Kind::Association
        | Kind::Indication => {
            next(&mut lexer) == Kind::Identifier
                && matches!(next(&mut lexer), Kind::LeftBrace | Kind::Colon | Kind::As)
        }
        Kind::Instance | Kind::Value => next(&mut lexer) == Kind::Of,
        Kind::Qualifier => next(&mut lexer) != Kind::End && next(&mut lexer) == Kind::Colon,
        _ => false,
    }
}

/// Remembers what the declaration would have made, if that can be told.
pub(crate) fn note_broken(stream: &mut Stream<'_, '_>, progress: Progress) {
    let text = stream.text;
    let mut lexer = Lexer::new(text, stream.language(), progress.first.start);
    let mut first = next(&mut lexer);
    if first == Kind::LeftBracket {
        // Qualifier values have braces and parentheses, and no brackets.
        while !matches!(first, Kind::End | Kind::RightBracket | Kind::Semicolon) {
            first = next(&mut lexer);
        }
        first = next(&mut lexer);
    }
    let second = next(&mut lexer);
    let name = text.get(lexer.span().range()).unwrap_or_default();
    let broken = &mut stream.sink.broken;
    match (first, second) {
        (
            Kind::Class
            | Kind::Structure
            | Kind::Enumeration
            | Kind::Association
            | Kind::Indication,
            Kind::Identifier,
        ) => broken.add_class(name),
        (Kind::Qualifier, Kind::Identifier) => return broken.add_qualifier(name),
        (Kind::Instance | Kind::Value, Kind::Of) => _ = next(&mut lexer),
        _ => return,
    }
    if next(&mut lexer) == Kind::As && next(&mut lexer) == Kind::Alias {
        let alias = text.get(lexer.span().range()).unwrap_or_default();
        broken.add_alias(alias.trim_start_matches('$'));
    }
}

/// What the next token is, `Broken` for mistaken ones.
fn next(lexer: &mut Lexer<'_>) -> Kind {
    loop {
        match lexer.next().kind {
            Kind::Mistake if lexer.latest_mistake() == LexError::Blank => {}
            Kind::Mistake => return Kind::Broken,
            kind => return kind,
        }
    }
}
