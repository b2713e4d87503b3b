//! Passing over the rest of a declaration that has a mistake.
//!
//! The rest is passed over without a word: what it says may be a consequence of the
//! mistake. It ends at its `;` outside of braces, or where a declaration unmistakably
//! begins, so that a lost brace or semicolon does not swallow the rest of the file.

use super::bounds::{Progress, precedes_clause};
use super::lexer::Lexer;
use super::recovery::{
    begins_member, declares_enumeration, declares_qualifier, end_among_members, head_without_brace,
    lacks_inner_brace, may_be_local, next, stands_alone, starts_declaration,
};
use super::stream::Stream;
use super::token::{Kind, NAMES, Token};
use crate::Language;

/// How far a declaration was passed over.
#[derive(Clone, Copy)]
pub(crate) struct Skipped {
    /// Where that ends.
    pub(crate) end: u32,
    /// Where the declarations end that stand there, if this one goes on behind them.
    pub(crate) others: Option<u32>,
}

impl Skipped {
    const fn to(end: u32) -> Self {
        Self { end, others: None }
    }
}

/// Moves the stream past the declaration that was read as far as `progress` says.
pub(crate) fn skip_declaration(stream: &mut Stream<'_, '_>, progress: Progress) -> Skipped {
    // A `;` may stand in the place of something else.
    if progress.ended && !goes_on(stream.text, stream.language(), progress) {
        return Skipped::to(progress.last.end);
    }
    stream.seek(progress.last.start);
    if progress.directive {
        stream.quiet = true;
        let end = skip_directive(stream, progress);
        stream.quiet = false;
        return Skipped::to(end);
    }
    let passed = Passed::new(stream.text, stream.language(), progress);
    skip_quietly(stream, passed)
}

/// Moves the stream past the rest of a declaration, behind another of those that stand among its
/// members; they end at `others`.
pub(crate) fn skip_rest(stream: &mut Stream<'_, '_>, progress: Progress, others: u32) -> Skipped {
    let passed = Passed::behind_another(stream.text, stream.language(), progress, others);
    skip_quietly(stream, passed)
}

fn skip_quietly(stream: &mut Stream<'_, '_>, passed: Passed<'_>) -> Skipped {
    stream.quiet = true;
    let skipped = skip_body(stream, passed);
    stream.quiet = false;
    // What stands between here and the next token is no longer passed over without a word.
    stream.seek(skipped.end);
    skipped
}

/// Whether a declaration that ends with what does not fit goes on behind it: with the rest of a
/// list of qualifiers, or with members.
fn goes_on(text: &str, language: Language, progress: Progress) -> bool {
    if progress.depth > 0 || progress.directive || progress.supplied {
        return false;
    }
    let mut lexer = Lexer::new(text, language, progress.last.end);
    let mut kind = next(&mut lexer);
    if !progress.in_list {
        return match kind {
            // No declaration begins with it.
            Kind::RightParen => true,
            // The rest of a head: `instance of ; as $a {`.
            Kind::As | Kind::Colon | Kind::LeftBrace => {
                head_without_brace(text, language, progress).is_some()
            }
            _ => {
                !declares_qualifier(text, language, progress)
                    && begins_member(text, language, progress.last.end)
            }
        };
    }
    if matches!(kind, Kind::Class | Kind::Instance) {
        return true;
    }
    while !matches!(kind, Kind::RightBracket | Kind::LeftBracket | Kind::Semicolon | Kind::End) {
        kind = next(&mut lexer);
    }
    kind == Kind::RightBracket
}

/// Passes over what is no directive.
fn skip_body(stream: &mut Stream<'_, '_>, mut passed: Passed<'_>) -> Skipped {
    let Passed { text, language, progress, .. } = passed;
    // Directives before this offset stand among members.
    let mut inner = 0;
    loop {
        let next = stream.peek();
        let start = next.span().start;
        if next.kind.may_start_declaration()
            && start > progress.first.start
            && passed.lets_begin(next.kind, start)
            && start >= inner
            && starts_declaration(text, language, start)
        {
            let is_inside = passed.depth > 0;
            match is_inside.then(|| end_of_inner_directives(text, language, start)).flatten() {
                Some(end) => inner = end,
                None => return Skipped { end: start, others: passed.others_at(start) },
            }
        }
        let token = stream.next();
        if passed.ends_with(stream, token) {
            return Skipped::to(token.span().end);
        }
    }
}

/// What is open in the rest of a declaration, as far as that was passed over.
struct Passed<'t> {
    text: &'t str,
    language: Language,
    progress: Progress,
    depth: u32,
    /// Whether a list of qualifiers is open.
    in_list: bool,
    /// Values in braces, behind a `=`.
    values: u32,
    /// Those around the complex values among them.
    around: Vec<u32>,
    /// Whether the braces of a body were closed.
    closed: bool,
    /// Whether the `{` of a class or instance is missing: its members follow, and its `}`.
    headless: bool,
    /// Whether it is an enumeration.
    is_enumeration: bool,
    /// Whether members may begin with a list of qualifiers.
    has_lists: bool,
    has_members: bool,
    /// Where other declarations end that stand among the members.
    others: Option<u32>,
    /// What the latest token was.
    last: Kind,
}

impl<'t> Passed<'t> {
    fn new(text: &'t str, language: Language, progress: Progress) -> Self {
        let head = head_without_brace(text, language, progress).filter(|_| progress.depth == 0);
        let is_inside = progress.depth > 0 && !progress.in_list;
        let lacks_brace = is_inside && lacks_inner_brace(text, language, progress);
        Self {
            text,
            language,
            progress,
            depth: progress.depth + u32::from(lacks_brace),
            in_list: progress.in_list,
            values: 0,
            around: Vec::new(),
            closed: false,
            headless: head.is_some(),
            is_enumeration: declares_enumeration(text, language, progress),
            has_lists: head.is_some_and(|head| !matches!(head, Kind::Instance | Kind::Value)),
            has_members: false,
            others: None,
            last: progress.previous,
        }
    }

    /// Behind another declaration that stands among the members.
    const fn behind_another(
        text: &'t str,
        language: Language,
        progress: Progress,
        others: u32,
    ) -> Self {
        let progress = Progress { depth: 1, in_list: false, ..progress };
        Self {
            text,
            language,
            progress,
            depth: 1,
            in_list: false,
            values: 0,
            around: Vec::new(),
            closed: false,
            headless: false,
            is_enumeration: false,
            has_lists: true,
            has_members: true,
            others: Some(others),
            last: Kind::Semicolon,
        }
    }

    /// Whether a declaration that begins with this at an offset may stand here.
    fn lets_begin(&self, kind: Kind, offset: u32) -> bool {
        // A string without its end may have swallowed what closes.
        let closing = [Kind::Semicolon, Kind::RightBrace, Kind::RightBracket, Kind::Broken];
        self.is_enumeration
            || (self.depth == 0 && !self.headless)
            || ((self.depth == 0
                || closing.contains(&self.last)
                || self.breaks_off(kind, offset)
                || self.is_cut_short(offset)
                || (self.last == Kind::LeftBrace && self.others_at(offset).is_some()))
                && !may_be_local(self.text, self.language, kind, offset))
    }

    /// Whether a declaration that begins with this at an offset has a line of its own and is none
    /// of the values around it, so that what stands before it was only written in half.
    fn breaks_off(&self, kind: Kind, offset: u32) -> bool {
        let before = self.text.get(..offset as usize).unwrap_or_default();
        let is_first = before.trim_end_matches([' ', '\t']).ends_with(['\n', '\r']);
        let awaiting = [Kind::Equals, Kind::Comma, Kind::LeftBrace, Kind::LeftParen];
        is_first
            && match kind {
                // Values begin with these as well, and members with a list of qualifiers.
                Kind::Instance | Kind::Value | Kind::LeftBracket => !awaiting.contains(&self.last),
                Kind::Pragma | Kind::Include => false,
                _ => true,
            }
    }

    /// Whether a class or an instance stands at an offset in the place of what would have ended a
    /// member behind its name or a number. One within something else may be a value, and behind
    /// another mistake anything may stand.
    fn is_cut_short(&self, offset: u32) -> bool {
        let Progress { last, depth, in_list, .. } = self.progress;
        offset == last.start
            && depth == 1
            && !in_list
            && matches!(self.last, Kind::Identifier | Kind::Integer)
            && stands_alone(self.text, self.language, offset)
    }

    /// Takes a token, and says whether it is the last one.
    fn ends_with(&mut self, stream: &mut Stream<'_, '_>, token: Token) -> bool {
        let (kind, end) = (token.kind, token.span().end);
        let mut ends = kind == Kind::End;
        match kind {
            // Behind a name it begins the size of an array, unless members begin there.
            Kind::LeftBracket => {
                self.in_list |= !NAMES.has(self.last) || (self.has_lists && self.headless);
            }
            Kind::RightBracket | Kind::Class | Kind::Instance => self.in_list = false,
            // One of values, or one that was meant to be a `)` or `]`.
            Kind::LeftBrace | Kind::RightBrace if self.in_list => {}
            Kind::LeftBrace => self.open_brace(),
            Kind::RightBrace => ends = self.close_brace(stream, end),
            // One that stands in the place of a comma.
            Kind::Semicolon if self.in_list && self.progress.in_list && self.is_mistake(end) => {}
            Kind::Semicolon => ends = self.semicolon(stream, end),
            _ => {}
        }
        let members = [Kind::Equals, Kind::Semicolon, Kind::Structure, Kind::Enumeration];
        self.has_members |= members.contains(&kind);
        self.last = kind;
        ends
    }

    /// Whether the token with this end is the one that does not fit.
    const fn is_mistake(&self, end: u32) -> bool {
        end == self.progress.last.end
    }

    fn begins_member(&self, offset: u32) -> bool {
        begins_member(self.text, self.language, offset)
    }

    /// Where the declarations end that begin at an offset, if they stand among the members and
    /// the first of them is the mistake.
    fn others_at(&self, offset: u32) -> Option<u32> {
        let is_known = self.others.filter(|end| offset < *end);
        let is_one = self.others.is_some() || offset == self.progress.last.start;
        match is_known {
            _ if self.depth != 1 || !is_one => None,
            Some(end) => Some(end),
            None => end_among_members(self.text, self.language, offset),
        }
    }

    fn declares_qualifier(&self) -> bool {
        declares_qualifier(self.text, self.language, self.progress)
    }

    fn open_brace(&mut self) {
        if self.values > 0 && self.last == Kind::Identifier {
            // The `;` of a complex value ends none of the values around it.
            self.around.push(std::mem::take(&mut self.values));
            self.depth += 1;
        } else if self.last == Kind::Equals || self.values > 0 {
            self.values += 1;
        } else {
            // Behind members it begins a value, and in front of them a body after all.
            self.depth += 1;
            self.headless &= self.has_members;
        }
    }

    fn close_brace(&mut self, stream: &mut Stream<'_, '_>, end: u32) -> bool {
        if self.values > 0 {
            self.values -= 1;
            return false;
        }
        if self.depth == 0 && self.headless {
            let is_last = stream.peek().kind == Kind::Semicolon;
            // It stands in the place of a `{`, or of something in front of that.
            if self.begins_member(end) || (self.is_mistake(end) && !is_last) {
                return false;
            }
            (self.headless, self.closed) = (false, true);
            return !is_last;
        }
        // It closes values whose `{` is missing.
        if self.depth == 1 && self.last != Kind::Semicolon && self.begins_member(end) {
            return false;
        }
        // So does one in the body itself that a list goes on behind, which no body stands in.
        let is_body = self.depth == 1 && self.progress.depth > 0;
        let goes_on = matches!(stream.peek().kind, Kind::Comma | Kind::RightParen);
        if is_body && goes_on && !self.is_enumeration && !self.declares_qualifier() {
            return false;
        }
        self.depth = self.depth.saturating_sub(1);
        self.values = self.around.pop().unwrap_or_default();
        self.closed |= !self.is_mistake(end);
        false
    }

    fn semicolon(&mut self, stream: &mut Stream<'_, '_>, end: u32) -> bool {
        (self.in_list, self.values) = (false, 0);
        // Members begin with qualifiers or types, or are types.
        let next = stream.peek();
        let begins = next.kind.may_start_declaration()
            && next.kind != Kind::LeftBracket
            && !may_be_local(self.text, self.language, next.kind, next.span().start);
        let goes_on = self.headless && !begins;
        let within = next.kind == Kind::RightParen || precedes_clause(self.language, next.kind);
        if self.depth > 0 || goes_on || within {
            return false;
        }
        // In MOF 3, a brace of a value or a type within may be the one that closed the body.
        let is_over = self.closed && self.language == Language::Mof2;
        self.headless = !is_over && !self.declares_qualifier() && self.begins_member(end);
        !self.headless
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
