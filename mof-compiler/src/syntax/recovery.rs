//! Finding the next declaration after a mistake.
//!
//! The rest of the declaration is passed over without a word: what it says may
//! be a consequence of the mistake. It ends at its `;` outside of braces, or
//! where a declaration unmistakably begins, so that a lost brace or semicolon
//! does not swallow the rest of the file.

use super::bounds::Progress;
use super::lexer::{LexError, Lexer};
use super::stream::Stream;
use super::token::{Kind, NAMES};
use crate::Language;

/// Moves the stream past the declaration that was read as far as `progress`
/// says; gives where it ends.
pub(crate) fn skip_declaration(stream: &mut Stream<'_, '_>, progress: Progress) -> u32 {
    // A `;` may stand in the place of something else.
    if progress.ended && !goes_on(stream.text, stream.language(), progress) {
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
    if !progress.directive {
        // What stands between here and the next token is no longer passed over without a word.
        stream.seek(end);
    }
    end
}

/// Whether a declaration that ends with what does not fit goes on behind it: with the rest of a
/// list of qualifiers, or with members.
fn goes_on(text: &str, language: Language, progress: Progress) -> bool {
    if progress.depth > 0 || progress.directive || progress.supplied {
        return false;
    }
    if !progress.in_list {
        return !declares_qualifier(text, language, progress)
            && begins_member(text, language, progress.last.end);
    }
    let mut lexer = Lexer::new(text, language, progress.last.end);
    let mut kind = next(&mut lexer);
    if matches!(kind, Kind::Class | Kind::Instance) {
        return true;
    }
    while !matches!(kind, Kind::RightBracket | Kind::LeftBracket | Kind::Semicolon | Kind::End) {
        kind = next(&mut lexer);
    }
    kind == Kind::RightBracket
}

/// Whether a declaration is one of a qualifier, which has no members.
fn declares_qualifier(text: &str, language: Language, progress: Progress) -> bool {
    next(&mut Lexer::new(text, language, progress.first.start)) == Kind::Qualifier
}

fn skip_body(stream: &mut Stream<'_, '_>, progress: Progress) -> u32 {
    let (text, language) = (stream.text, stream.language());
    let mut end;
    // Directives before this offset stand among members.
    let mut inner = 0;
    let mut depth = progress.depth;
    let mut after_close = progress.after_close;
    // Braces in a list of qualifiers: one that closes none of them was meant to be a `)` or `]`.
    let mut list = progress.in_list.then_some(0_u32);
    // Values in braces, behind a `=`.
    let mut values = 0_u32;
    // Whether braces were closed that are no mistake.
    let mut closed = false;
    let mut last = progress.previous;
    // Where the `{` of a class is missing, its members follow, and its `}`.
    let head = (depth == 0).then(|| head_without_brace(text, language, progress)).flatten();
    let mut headless = head.is_some();
    let has_lists = headless && !matches!(head, Some(Kind::Instance | Kind::Value));
    let is_flat = declares_qualifier(text, language, progress);
    let mut has_members = false;
    loop {
        let next = stream.peek();
        let start = next.span().start;
        if next.kind.may_start_declaration()
            && (depth == 0 || (after_close && !may_be_local(next.kind)))
            && start > progress.first.start
            && start >= inner
            && starts_declaration(text, language, start)
        {
            if depth == 0 {
                return start;
            }
            match end_of_inner_directives(text, language, start) {
                Some(end) => inner = end,
                None => return start,
            }
        }
        let token = stream.next();
        let kind = token.kind;
        end = token.span().end;
        match (kind, &mut list) {
            (Kind::End, _) => break,
            // Behind a name it begins the size of an array, unless members begin there.
            (Kind::LeftBracket, _) if NAMES.has(last) && !(has_lists && headless) => {}
            (Kind::LeftBracket, _) => list = Some(0),
            (Kind::RightBracket | Kind::Class | Kind::Instance, _) => list = None,
            (Kind::LeftBrace, Some(braces)) => *braces += 1,
            (Kind::RightBrace, Some(braces)) => *braces = braces.saturating_sub(1),
            (Kind::LeftBrace, None) if last == Kind::Equals || values > 0 => values += 1,
            (Kind::RightBrace, None) if values > 0 => values -= 1,
            // Behind members it begins a value, and in front of them a body after all.
            (Kind::LeftBrace, None) => (depth, headless) = (depth + 1, headless && has_members),
            // It stands in the place of a `{`, or of something in front of that.
            (Kind::RightBrace, None)
                if depth == 0
                    && headless
                    && (begins_member(text, language, end)
                        || (end == progress.last.end && stream.peek().kind != Kind::Semicolon)) => {
            }
            (Kind::RightBrace, None) if depth == 0 && headless => {
                if stream.peek().kind == Kind::Semicolon {
                    end = stream.next().span().end;
                }
                break;
            }
            // It closes values whose `{` is missing.
            (Kind::RightBrace, None)
                if depth == 1 && last != Kind::Semicolon && begins_member(text, language, end) => {}
            (Kind::RightBrace, None) => {
                depth = depth.saturating_sub(1);
                closed |= end != progress.last.end;
            }
            // One that stands in the place of a comma.
            (Kind::Semicolon, Some(_)) if end == progress.last.end && progress.in_list => {}
            (Kind::Semicolon, _) => {
                (list, values) = (None, 0);
                // Members begin with qualifiers or types.
                let next = stream.peek().kind;
                let may_go_on =
                    headless && (!next.may_start_declaration() || next == Kind::LeftBracket);
                if depth == 0 && !may_go_on {
                    headless = !closed && !is_flat && begins_member(text, language, end);
                    if !headless {
                        break;
                    }
                }
            }
            _ => {}
        }
        has_members |= matches!(kind, Kind::Equals | Kind::Semicolon);
        last = kind;
        // A string without its end may have swallowed what closes.
        after_close =
            matches!(kind, Kind::Semicolon | Kind::RightBrace | Kind::RightBracket | Kind::Broken);
    }
    end
}

/// Whether a member of a class or instance follows an offset, behind a `;` or not.
fn begins_member(text: &str, language: Language, offset: u32) -> bool {
    let mut lexer = Lexer::new(text, language, offset);
    let mut kind = next(&mut lexer);
    if kind == Kind::Semicolon {
        kind = next(&mut lexer);
    }
    if kind == Kind::LeftBracket {
        loop {
            match next(&mut lexer) {
                Kind::RightBracket => break,
                Kind::End | Kind::Semicolon | Kind::LeftBracket => return false,
                _ => {}
            }
        }
        kind = next(&mut lexer);
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
        // One with a mistake of its own is read by itself.
        if next(&mut lexer) != Kind::LeftParen {
            return None;
        }
        while kind != Kind::RightParen {
            if matches!(kind, Kind::Semicolon | Kind::End) {
                return None;
            }
            kind = next(&mut lexer);
        }
        kind = next(&mut lexer);
    }
    let start = lexer.span().start;
    (kind != Kind::End && !starts_declaration(text, language, start)).then_some(start)
}

/// What a class or an instance begins with whose mistake stands before any brace.
fn head_without_brace(text: &str, language: Language, progress: Progress) -> Option<Kind> {
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
        if matches!(next(&mut lexer), Kind::LeftBrace | Kind::Semicolon | Kind::End) {
            return None;
        }
    }
    Some(kind)
}

/// Whether the token begins a declaration that may stand within a class, too.
const fn may_be_local(kind: Kind) -> bool {
    matches!(kind, Kind::Structure | Kind::Enumeration)
}

/// A directive ends with its `)`, and at the latest with the line of the mistake where no `)`
/// follows; one that is unknown ends with its line. Gives where.
fn skip_directive(stream: &mut Stream<'_, '_>, progress: Progress) -> u32 {
    let is_unknown = progress.last == progress.first;
    // Up to where it is known to go on.
    let mut known = 0;
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
            || (!is_unknown && token.kind == Kind::RightParen)
            || (!is_unknown && token.kind == Kind::Semicolon && end != progress.last.end)
        {
            return end;
        }
        if end >= known && !stream.next_on_line_of(token.span()) {
            match closing(stream.text, stream.language(), end) {
                Some(close) => known = close,
                None => return end,
            }
        }
    }
}

/// Where the next `)` stands, if only arguments of a directive stand before it.
fn closing(text: &str, language: Language, offset: u32) -> Option<u32> {
    let mut lexer = Lexer::new(text, language, offset);
    loop {
        match next(&mut lexer) {
            Kind::RightParen => return Some(lexer.span().start),
            Kind::Text | Kind::Comma | Kind::Integer | Kind::Identifier => {}
            _ => return None,
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

/// Remembers what the declaration would have made that was read as far as `progress` says and
/// ends at `end`, if that can be told.
pub(crate) fn note_broken(stream: &mut Stream<'_, '_>, progress: Progress, end: u32) {
    let (text, language) = (stream.text, stream.language());
    let broken = &mut stream.sink.broken;
    let mut lexer = Lexer::new(text, language, progress.first.start);
    let word = |lexer: &Lexer<'_>| text.get(lexer.span().range()).unwrap_or_default();
    let mut kind = next(&mut lexer);
    let (mut in_list, mut is_class, mut has_head) = (false, true, false);
    let mut beyond = false;
    let mut last = Kind::End;
    loop {
        let start = lexer.span().start;
        // What a list of qualifiers stands before whose mistake was the declaration's is read
        // by itself, without them.
        let qualified =
            matches!(kind, Kind::Class | Kind::Instance) && (in_list || last == Kind::RightBracket);
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
            (Kind::Qualifier, Kind::Identifier) => return broken.add_qualifier(word(&lexer)),
            (Kind::Instance | Kind::Value, Kind::Of) => {
                (in_list, is_class, has_head) = (false, false, true);
            }
            (
                Kind::Class
                | Kind::Structure
                | Kind::Enumeration
                | Kind::Association
                | Kind::Indication,
                Kind::Identifier,
            ) => {
                (in_list, has_head) = (false, true);
                broken.add_class(word(&lexer));
            }
            // The word for a class is missing in front of it, or another.
            (Kind::Identifier, Kind::LeftBrace | Kind::Colon | Kind::As)
                if is_class
                    && !in_list
                    && !has_head
                    && !matches!(last, Kind::Colon | Kind::Instance | Kind::Value) =>
            {
                broken.add_class(name);
            }
            (Kind::Alias, Kind::LeftBrace) | (Kind::As, Kind::Alias) => {
                let alias = if before == Kind::Alias { name } else { word(&lexer) };
                broken.add_alias(alias.trim_start_matches('$'));
            }
            // It stands in the place of the class.
            (Kind::LeftBrace, Kind::As) if has_head => {}
            (Kind::LeftBrace | Kind::Semicolon, _) if has_head && !in_list => return,
            _ => {}
        }
        last = before;
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
