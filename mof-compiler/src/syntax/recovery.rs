//! What stands behind a mistake, as far as can be told: the rest of a declaration, its
//! members, or the next one; and what the declaration would have made.

use super::bounds::Progress;
use super::lexer::{LexError, Lexer};
use super::stream::Stream;
use super::token::{Kind, Set};
use crate::Language;

/// Whether a declaration is one of a qualifier, which has no members.
pub(super) fn declares_qualifier(text: &str, language: Language, progress: Progress) -> bool {
    next(&mut Lexer::new(text, language, progress.first.start)) == Kind::Qualifier
}

/// Whether a declaration is one of an enumeration, in which none begins.
pub(super) fn declares_enumeration(text: &str, language: Language, progress: Progress) -> bool {
    let mut lexer = Lexer::new(text, language, progress.first.start);
    let kind = match next(&mut lexer) {
        Kind::LeftBracket => behind_list(&mut lexer),
        kind => Some(kind),
    };
    kind == Some(Kind::Enumeration)
}

/// Whether a member of a class or instance follows an offset, behind a `;` or not.
pub(super) fn begins_member(text: &str, language: Language, offset: u32) -> bool {
    let mut lexer = Lexer::new(text, language, offset);
    let mut kind = next(&mut lexer);
    if kind == Kind::Semicolon {
        kind = next(&mut lexer);
    }
    if kind == Kind::LeftBracket {
        match behind_list(&mut lexer) {
            Some(behind) => kind = behind,
            None => return false,
        }
    }
    match kind {
        Kind::Type | Kind::Void | Kind::Object => true,
        Kind::RightBrace => next(&mut lexer) == Kind::Semicolon,
        Kind::Identifier => match next(&mut lexer) {
            Kind::Equals | Kind::Ref => true,
            Kind::Identifier => matches!(
                next(&mut lexer),
                Kind::Semicolon | Kind::Equals | Kind::LeftBracket | Kind::LeftParen
            ),
            _ => false,
        },
        _ => false,
    }
}

/// What follows a list of qualifiers, if that ends.
fn behind_list(lexer: &mut Lexer<'_>) -> Option<Kind> {
    loop {
        match next(lexer) {
            Kind::RightBracket => return Some(next(lexer)),
            Kind::End | Kind::Semicolon | Kind::LeftBracket => return None,
            _ => {}
        }
    }
}

/// What a class or an instance begins with whose mistake stands before any brace.
pub(super) fn head_without_brace(
    text: &str,
    language: Language,
    progress: Progress,
) -> Option<Kind> {
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
        return None;
    }
    while lexer.span().start < progress.last.start {
        let passed = next(&mut lexer);
        // A `;` that is the mistake stands in the place of something else.
        let is_mistake = lexer.span().start == progress.last.start;
        if matches!(passed, Kind::LeftBrace | Kind::End)
            || (passed == Kind::Semicolon && !is_mistake)
        {
            return None;
        }
    }
    Some(kind)
}

/// Whether the mistake stands in the place of the brace of a value, or of a type, within the
/// declaration.
pub(super) fn lacks_inner_brace(text: &str, language: Language, progress: Progress) -> bool {
    let mut lexer = Lexer::new(text, language, progress.first.start);
    let mut before = [Kind::End; 2];
    loop {
        let kind = next(&mut lexer);
        if lexer.span().start >= progress.last.start || kind == Kind::End {
            return match before {
                [Kind::Of | Kind::Structure | Kind::Enumeration, Kind::Identifier] => {
                    kind != Kind::As
                }
                // `structure S : T`, `enumeration E : string`
                [Kind::Colon, Kind::Identifier | Kind::Type] => language == Language::Mof3,
                _ => false,
            };
        }
        before = [before[1], kind];
    }
}

/// Whether what stands at `offset` can only be the start of a declaration.
pub(super) fn starts_declaration(text: &str, language: Language, offset: u32) -> bool {
    let mut lexer = Lexer::new(text, language, offset);
    let mut first = next(&mut lexer);
    if first == Kind::LeftBracket {
        match behind_list(&mut lexer) {
            Some(behind) => first = behind,
            None => return false,
        }
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
        Kind::Instance => next(&mut lexer) == Kind::Of,
        // Without an alias it is a value within another.
        Kind::Value => {
            next(&mut lexer) == Kind::Of
                && (next(&mut lexer) != Kind::Identifier || next(&mut lexer) != Kind::LeftBrace)
        }
        Kind::Qualifier => next(&mut lexer) != Kind::End && next(&mut lexer) == Kind::Colon,
        _ => false,
    }
}

/// Whether a class or an instance with a whole head, up to its `{`, stands at `offset`, and is no
/// value: behind the `}` of one, what stands around it goes on.
pub(super) fn stands_alone(text: &str, language: Language, offset: u32) -> bool {
    let mut lexer = Lexer::new(text, language, offset);
    let mut named = match next(&mut lexer) {
        Kind::Class => next(&mut lexer),
        Kind::Instance if next(&mut lexer) == Kind::Of => next(&mut lexer),
        _ => return false,
    };
    loop {
        if !matches!(named, Kind::Identifier | Kind::Alias) {
            return false;
        }
        match next(&mut lexer) {
            Kind::LeftBrace => break,
            Kind::As | Kind::Colon => named = next(&mut lexer),
            _ => return false,
        }
    }
    let Some(end) = behind_braces(&mut lexer) else { return true };
    let behind = next(&mut lexer);
    (matches!(behind, Kind::Semicolon | Kind::End) || behind.may_start_declaration())
        && !begins_member(text, language, end)
}

/// Where the declarations end that begin at `offset`, if they stand among the members of another:
/// behind the last of them more members follow, or the end of that. Behind many it is more likely
/// that the end of that is missing, and that something else has one too many.
pub(super) fn end_among_members(text: &str, language: Language, offset: u32) -> Option<u32> {
    const MOST: usize = 8;
    let mut start = offset;
    for _ in 0..MOST {
        let mut lexer = Lexer::new(text, language, start);
        let mut kind = next(&mut lexer);
        if kind == Kind::LeftBracket {
            kind = behind_list(&mut lexer)?;
        }
        while kind != Kind::LeftBrace {
            if matches!(kind, Kind::Semicolon | Kind::RightBrace | Kind::End) {
                return None;
            }
            kind = next(&mut lexer);
        }
        let end = behind_braces(&mut lexer)?;
        let mut behind = next(&mut lexer);
        if behind == Kind::Semicolon {
            behind = next(&mut lexer);
        }
        start = lexer.span().start;
        if begins_member(text, language, end) || may_be_local(text, language, behind, start) {
            return Some(end);
        }
        if behind == Kind::RightBrace {
            let last = next(&mut lexer);
            return (last == Kind::End || last.may_start_declaration()).then_some(end);
        }
        if !starts_declaration(text, language, start) {
            return None;
        }
    }
    None
}

/// Where the braces end behind whose first one the lexer stands, unless they are deep: hardly
/// any are, and nothing is looked at more often than it is deep.
fn behind_braces(lexer: &mut Lexer<'_>) -> Option<u32> {
    let mut depth = 1;
    while (1..=8).contains(&depth) {
        match next(lexer) {
            Kind::LeftBrace => depth += 1,
            Kind::RightBrace => depth -= 1,
            Kind::End => return None,
            _ => {}
        }
    }
    (depth == 0).then(|| lexer.span().end)
}

/// Whether the declaration at `offset`, which begins with `kind`, may be that of a local type
/// of MOF 3. The names of others have a schema (DSP0221 7.7.2), and those of local ones hardly.
pub(super) fn may_be_local(text: &str, language: Language, kind: Kind, offset: u32) -> bool {
    if !matches!(kind, Kind::Structure | Kind::Enumeration) {
        return false;
    }
    let mut lexer = Lexer::new(text, language, offset);
    next(&mut lexer);
    next(&mut lexer);
    !text.get(lexer.span().range()).unwrap_or_default().contains('_')
}

/// Remembers what the declaration would have made that was read as far as `progress` says and
/// ends at `end`, if that can be told.
pub(crate) fn note_broken(stream: &mut Stream<'_, '_>, progress: Progress, end: u32) {
    let (text, language) = (stream.text, stream.language());
    let broken = &mut stream.sink.broken;
    let mut lexer = Lexer::new(text, language, progress.first.start);
    let word = |lexer: &Lexer<'_>| text.get(lexer.span().range()).unwrap_or_default();
    // A name that begins with a digit is no token; those that it is meant for have none there.
    let named = |lexer: &Lexer<'_>| word(lexer).trim_start_matches(|c: char| c.is_ascii_digit());
    let mut kind = next(&mut lexer);
    let (mut in_list, mut is_class, mut has_head) = (false, true, false);
    let mut beyond = false;
    let (mut last, mut earlier) = (Kind::End, Kind::End);
    loop {
        let start = lexer.span().start;
        // What a list of qualifiers stands before whose mistake was the declaration's is read
        // by itself, without them. So is what stands behind a list and what does not fit there.
        let is_listed = in_list || [last, earlier].contains(&Kind::RightBracket);
        let qualified = matches!(kind, Kind::Class | Kind::Instance) && is_listed;
        beyond |= start == end && qualified;
        let is_over = has_head && !in_list && kind.may_start_declaration();
        if kind == Kind::End || is_over || (start >= end && !beyond) {
            return;
        }
        let name = word(&lexer);
        let before = std::mem::replace(&mut kind, next(&mut lexer));
        match (before, kind) {
            (Kind::LeftBracket, _) => in_list = true,
            (Kind::RightBracket, _) => in_list = false,
            (Kind::Qualifier, Kind::Identifier | Kind::Broken) => {
                if kind == Kind::Broken {
                    broken.add_misspelt(word(&lexer));
                }
                return broken.add_qualifier(named(&lexer));
            }
            (Kind::Instance | Kind::Value, Kind::Of) => {
                (in_list, is_class, has_head) = (false, false, true);
            }
            (
                Kind::Class
                | Kind::Structure
                | Kind::Enumeration
                | Kind::Association
                | Kind::Indication,
                Kind::Identifier | Kind::Broken,
            ) => {
                (in_list, has_head) = (false, true);
                if kind == Kind::Broken {
                    broken.add_misspelt(word(&lexer));
                }
                broken.add_class(named(&lexer));
            }
            // The word for a class is missing in front of it, or another.
            (Kind::Identifier, Kind::LeftBrace | Kind::Colon | Kind::As)
                if is_class
                    && !in_list
                    && !has_head
                    && !matches!(last, Kind::Colon | Kind::Instance | Kind::Value) =>
            {
                broken.add_class(name);
                if kind == Kind::Colon {
                    broken.add_qualifier(name);
                }
            }
            (Kind::Alias, Kind::LeftBrace) | (Kind::As, Kind::Alias) => {
                let alias = if before == Kind::Alias { name } else { word(&lexer) };
                broken.add_alias(alias.trim_start_matches('$'));
            }
            // Its `$` is missing.
            (Kind::As, Kind::Identifier) if has_head => broken.add_alias(word(&lexer)),
            // It stands in the place of the class.
            (Kind::LeftBrace, Kind::As) if has_head => {}
            (Kind::LeftBrace | Kind::Semicolon, _) if has_head && !in_list => {
                return note_inner(stream, &mut lexer, kind, end);
            }
            _ => {}
        }
        earlier = std::mem::replace(&mut last, before);
    }
}

/// Remembers the types within a broken declaration, which the lexer has come into with this
/// token and which ends at `end`: where its `}` is missing they may be those that follow it.
/// Elsewhere they are local ones or values, which nothing outside of it names.
fn note_inner(stream: &mut Stream<'_, '_>, lexer: &mut Lexer<'_>, first: Kind, end: u32) {
    let types = match stream.language() {
        Language::Mof2 => Set::of(&[Kind::Class]),
        Language::Mof3 => Set::of(&[Kind::Structure, Kind::Enumeration]),
    };
    let mut names = Vec::new();
    let (mut last, mut kind, mut depth) = (Kind::End, first, 1_u32);
    while kind != Kind::End && lexer.span().start < end {
        match kind {
            Kind::LeftBrace => depth += 1,
            Kind::RightBrace => depth = depth.saturating_sub(1),
            Kind::Identifier if types.has(last) => {
                names.push(lexer.span());
            }
            _ => {}
        }
        last = std::mem::replace(&mut kind, next(lexer));
    }
    if depth > 0 || stream.language() == Language::Mof2 {
        for name in names {
            stream.sink.broken.add_class(stream.slice(name));
        }
    }
}

/// What the next token is, `Broken` for mistaken ones.
pub(super) fn next(lexer: &mut Lexer<'_>) -> Kind {
    loop {
        match lexer.next().kind {
            Kind::Mistake if lexer.latest_mistake() == LexError::Blank => {}
            Kind::Mistake => return Kind::Broken,
            kind => return kind,
        }
    }
}
