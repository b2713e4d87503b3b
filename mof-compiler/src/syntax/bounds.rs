//! Where a declaration ends: at a `;` outside of braces, or with the parentheses of a
//! directive.

use super::lexer::Lexer;
use super::parse::MAX_NESTING;
use super::recovery::next;
use super::stream::Stream;
use super::token::{Kind, NAMES, Token};
use crate::Language;
use crate::diagnostic::Code;
use crate::source::Span;

/// What kind of declaration is being read, and how far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Before the first token.
    Start,
    /// After `#pragma`: the directive's name comes next.
    PragmaName,
    /// Within the parentheses of a directive.
    Directive,
    /// Within any other declaration.
    Body,
    /// A `;` is to be supplied behind this `}`.
    Supply(Span),
    /// After the last token.
    End,
}

/// How far a declaration was read: what recovery needs to know.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Progress {
    /// Its first token.
    pub(crate) first: Span,
    /// The last token that was handed out.
    pub(crate) last: Span,
    /// What the token before it was.
    pub(crate) previous: Kind,
    /// The braces open before that token.
    pub(crate) depth: u32,
    /// Whether that token stands in a qualifier list, outside of any array there.
    pub(crate) in_list: bool,
    /// Whether it is a directive.
    pub(crate) directive: bool,
    /// Whether the last token was the declaration's last.
    pub(crate) ended: bool,
    /// Whether a `;` lacks behind the last token, which nothing was said of yet.
    pub(crate) lacks_semicolon: bool,
    /// Whether the last token was supplied, and the lack of it reported.
    pub(crate) supplied: bool,
}

/// What the tokens so far have opened.
#[derive(Clone, Copy, Default)]
struct Open {
    braces: u32,
    brackets: u32,
    /// The braces that were open at the latest bracket.
    list_braces: u32,
}

/// The tokens of one declaration, for the parser.
pub(crate) struct Bounded<'p, 'a, 's> {
    pub(super) stream: &'p mut Stream<'a, 's>,
    stage: Stage,
    open: Open,
    /// What was open before the latest token that opened or closed something.
    before: Open,
    first: Span,
    last: Token,
    /// What the token before the last was.
    previous: Kind,
    directive: bool,
    supplied: bool,
    /// Whether it stands among the members of another declaration.
    is_within: bool,
    /// How many parentheses are open at an offset up to which they were counted.
    counted: (u32, u32),
}

impl<'p, 'a, 's> Bounded<'p, 'a, 's> {
    pub(crate) fn new(stream: &'p mut Stream<'a, 's>, is_within: bool) -> Self {
        Self {
            stream,
            stage: Stage::Start,
            open: Open::default(),
            before: Open::default(),
            first: Span::default(),
            last: Token::new(Kind::End, Span::default()),
            previous: Kind::End,
            directive: false,
            supplied: false,
            is_within,
            counted: (0, 0),
        }
    }

    /// How far the declaration was read.
    pub(crate) fn progress(&self) -> Progress {
        let open = if self.last.kind.is_structure() { self.before } else { self.open };
        Progress {
            first: self.first,
            last: self.last.span(),
            previous: self.previous,
            depth: open.braces,
            in_list: open.brackets > 0 && open.braces == open.list_braces,
            directive: self.directive,
            ended: self.stage == Stage::End,
            lacks_semicolon: matches!(self.stage, Stage::Supply(_)) && !self.is_within,
            supplied: self.supplied,
        }
    }

    /// The next token; behind the last one of the declaration, one that says so. `Broken`
    /// where parsing goes no further.
    #[inline]
    pub(crate) fn next(&mut self) -> Token {
        if self.stage != Stage::Body {
            return self.next_elsewhere();
        }
        let token = self.stream.next();
        if token.kind.is_plain() {
            self.previous = self.last.kind;
            self.last = token;
            return token;
        }
        let token = self.behind_unknown_directives(token);
        self.follow(token)
    }

    /// What stands within a declaration behind lines that begin with `#` and are no directives:
    /// in other languages they are comments. Each has been reported.
    fn behind_unknown_directives(&mut self, mut token: Token) -> Token {
        while token.kind == Kind::Broken
            && self.stream.slice(token.span()).starts_with('#')
            && self.is_open_before(token.span().start)
        {
            let comment = token.span();
            self.stream.seek_next_line(comment.end);
            token = self.stream.next();
            if self.counted.0 == comment.start {
                // Parentheses in the comment are none, and what was counted need not be again.
                self.counted.0 = token.span().start;
            }
        }
        token
    }

    /// Whether a brace, bracket or parenthesis of the declaration is open in front of an offset.
    fn is_open_before(&mut self, offset: u32) -> bool {
        if self.open.braces > 0 || self.open.brackets > 0 {
            return true;
        }
        let (counted, mut open) = self.counted;
        let from = counted.max(self.first.start);
        let mut lexer = Lexer::new(self.stream.text, self.stream.language(), from);
        loop {
            let kind = next(&mut lexer);
            if kind == Kind::End || lexer.span().start >= offset {
                self.counted = (offset, open);
                return open > 0;
            }
            match kind {
                Kind::LeftParen => open += 1,
                Kind::RightParen => open = open.saturating_sub(1),
                _ => {}
            }
        }
    }

    /// The next token where it does not stand within a declaration that is no directive.
    fn next_elsewhere(&mut self) -> Token {
        match self.stage {
            Stage::End => return Token::new(Kind::End, Span::at(self.last.span().end)),
            Stage::Supply(brace) => {
                report_missing_semicolon(self.stream, brace);
                self.supplied = true;
                self.stage = Stage::End;
                self.last = Token::new(Kind::Semicolon, Span::at(brace.end));
                return self.last;
            }
            _ => {}
        }
        let token = self.stream.next();
        self.follow(token)
    }

    /// Follows a token; gives it back, or what stands in its place.
    fn follow(&mut self, token: Token) -> Token {
        if token.kind == Kind::End {
            return token;
        }
        self.previous = self.last.kind;
        self.last = token;
        if self.stage != Stage::Body {
            self.outside_a_body(token);
        }
        if token.kind == Kind::Broken {
            self.directive |= self.stream.slice(token.span()).starts_with('#');
        } else if token.kind.is_structure() && self.stage == Stage::Body {
            return self.track(token);
        }
        token
    }

    /// The first token of a declaration, and all those of a directive.
    fn outside_a_body(&mut self, token: Token) {
        match (self.stage, token.kind) {
            (Stage::Start, kind) => {
                self.first = token.span();
                self.stage = match kind {
                    Kind::Pragma => Stage::PragmaName,
                    Kind::Include => Stage::Directive,
                    _ => Stage::Body,
                };
                self.directive = self.stage != Stage::Body;
            }
            (Stage::PragmaName, _) => {
                self.stage = Stage::Directive;
                // `#pragma namespace "x"` goes on, for the parser to refuse.
                let same_line = self.stream.next_on_line_of(token.span());
                let goes_on = match self.stream.peek().kind {
                    Kind::LeftParen => true,
                    kind => same_line && kind != Kind::Semicolon && !kind.may_start_declaration(),
                };
                if !goes_on {
                    self.stage = Stage::End;
                }
            }
            (Stage::Directive, Kind::RightParen) => self.stage = Stage::End,
            _ => {}
        }
    }

    /// Follows the structure of a declaration; gives the token back.
    fn track(&mut self, token: Token) -> Token {
        self.before = self.open;
        match token.kind {
            Kind::LeftBrace => {
                self.open.braces += 1;
                if self.open.braces > MAX_NESTING {
                    return self.too_deep("braces", token.span());
                }
            }
            Kind::RightBrace => {
                self.open.braces = self.open.braces.saturating_sub(1);
                // One that closes nothing is a mistake itself.
                let closes = self.before.braces > 0;
                if closes && self.open.braces == 0 && self.open.brackets == 0 {
                    self.supply_semicolon(token.span());
                }
            }
            Kind::LeftBracket => {
                self.open.brackets += 1;
                // Behind a name it begins the size of an array, and no list.
                let is_list = !NAMES.has(self.previous);
                self.open.list_braces = if is_list { self.open.braces } else { u32::MAX };
                if self.open.brackets > MAX_NESTING {
                    return self.too_deep("brackets", token.span());
                }
            }
            Kind::RightBracket => self.open.brackets = self.open.brackets.saturating_sub(1),
            Kind::Semicolon if self.open.braces == 0 && !self.goes_on() => {
                self.stage = Stage::End;
            }
            _ => {}
        }
        token
    }

    #[cold]
    fn too_deep(&mut self, what: &str, span: Span) -> Token {
        let message = format!("{what} nest deeper than {MAX_NESTING}");
        self.stream.report(self.stream.diagnostic(Code::NestingTooDeep, span, message));
        Token::new(Kind::Broken, span)
    }

    /// Whether a `;` is the one that DSP0221 7.4 puts before the scope of a qualifier
    /// type.
    fn goes_on(&mut self) -> bool {
        precedes_clause(self.stream.language(), self.stream.peek().kind)
    }

    /// After a final `}`: when another declaration or nothing follows, the `;` lacks, which is
    /// reported and made up for.
    fn supply_semicolon(&mut self, brace: Span) {
        let next = self.stream.peek().kind;
        let goes_on_around = self.is_within && next != Kind::Semicolon;
        if goes_on_around || next == Kind::End || next.may_start_declaration() {
            self.stage = Stage::Supply(brace);
        }
    }
}

/// Whether a `;` before a token of this kind is the one in a qualifier type of MOF 3.
pub(super) fn precedes_clause(language: Language, next: Kind) -> bool {
    language == Language::Mof3 && matches!(next, Kind::Scope | Kind::Policy)
}

/// Reports that no `;` follows a final `}`.
pub(super) fn report_missing_semicolon(stream: &mut Stream<'_, '_>, brace: Span) {
    let message = "a `;` is missing after this `}`";
    let found = stream.diagnostic(Code::MissingSemicolon, brace, message);
    stream.report(found.with_help("every declaration but a directive ends with `;`"));
}
