//! What the grammars of both languages are made of.
//!
//! A grammar is a set of methods that go down the productions of one declaration by the
//! token at hand. Whoever asks for a kind of token in vain leaves the kind behind in
//! `expected`, so when nothing fits, that is the set of what would have fitted, whatever
//! way led there. Only braces and brackets lead down again, and [`Bounded`] lets them
//! nest [`MAX_NESTING`](super::MAX_NESTING) deep.

use super::ast::{Argument, ArraySuffix, Directive, DirectiveForm, Identifier, Integer, Text};
use super::bounds::{Bounded, Progress};
use super::expected::explain;
use super::keyword;
use super::number::{self, Number};
use super::recovery::starts_declaration;
use super::stream::Stream;
use super::token::{CLASS_NAMES, Kind, NAMES, Set, Token};
use super::words::Reports;
use crate::Language;
use crate::diagnostic::Code;
use crate::source::Span;
use cimarron_model::CimType;
use std::borrow::Cow;

/// Why a declaration ends before its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The token at hand does not fit.
    Unexpected,
    /// The reason has been reported.
    Reported,
}

/// What a production makes.
pub(crate) type Parsed<T> = Result<T, Stop>;

/// The state of parsing one declaration.
pub(crate) struct Parser<'p, 'a, 's> {
    tokens: Bounded<'p, 'a, 's>,
    pub(super) reports: &'p mut Reports<'a>,
    /// The token at hand.
    pub(super) token: Token,
    /// Where the token before it ends.
    pub(super) end: u32,
    /// What has been asked for in its place.
    expected: Set,
}

impl<'p, 'a, 's> Parser<'p, 'a, 's> {
    /// A parser at the first token of a declaration, which may stand among the members of another.
    pub(crate) fn new(
        stream: &'p mut Stream<'a, 's>,
        reports: &'p mut Reports<'a>,
        is_within: bool,
    ) -> Self {
        let token = Token::new(Kind::End, Span::default());
        let tokens = Bounded::new(stream, is_within);
        Self { tokens, reports, token, end: 0, expected: Set::EMPTY }
    }

    /// How far the declaration was read.
    pub(crate) fn progress(&self) -> Progress {
        self.tokens.progress()
    }

    /// The token that did not fit, and what would have.
    pub(crate) const fn failure(&self) -> (Token, Set) {
        (self.token, self.expected)
    }

    /// Goes on to the next token.
    pub(super) fn bump(&mut self) -> Parsed<()> {
        self.end = self.token.span().end;
        self.expected = Set::EMPTY;
        self.token = self.tokens.next();
        if self.token.kind == Kind::Broken {
            return Err(Stop::Reported);
        }
        if self.tokens.stream.language() == Language::Mof3 {
            self.as_mof3();
        }
        Ok(())
    }

    /// Makes the token one of MOF 3; what MOF 2 has and MOF 3 has not is reported.
    fn as_mof3(&mut self) {
        let (kind, span) = (self.token.kind, self.token.span());
        let text = self.text(span);
        let (message, help) = match kind {
            // A type of WMI's MOF alone.
            Kind::Object => {
                self.token.kind = Kind::Identifier;
                return;
            }
            Kind::Character => {
                self.token.kind = Kind::Invalid;
                let message = "MOF 3 has no character literals".to_owned();
                (message, "it has no char16: write a string in double quotes")
            }
            Kind::Identifier | Kind::Alias if !text.is_ascii() => {
                let message = format!("the name `{}` is not ASCII", text.trim_start_matches('$'));
                (message, "names of MOF 3 have the letters A to Z, digits and underscores")
            }
            _ => return,
        };
        let stream = &mut *self.tokens.stream;
        let found = stream.diagnostic(Code::Mof2Form, span, message).with_help(help);
        stream.report(found);
    }

    /// Whether the token at hand is of a kind.
    #[inline]
    pub(super) fn at(&mut self, kind: Kind) -> bool {
        if self.token.kind == kind {
            return true;
        }
        self.expected = self.expected.or(Set::of(&[kind]));
        false
    }

    /// Whether the token at hand is one of a set.
    #[inline]
    pub(super) fn at_any(&mut self, set: Set) -> bool {
        if set.has(self.token.kind) {
            return true;
        }
        self.expected = self.expected.or(set);
        false
    }

    /// Whether the token behind the one at hand is of a kind.
    pub(super) fn is_before(&mut self, kind: Kind) -> bool {
        self.tokens.stream.peek().kind == kind
    }

    /// Takes a token of a kind, if there is one.
    #[inline]
    pub(super) fn eat(&mut self, kind: Kind) -> Parsed<bool> {
        let there = self.at(kind);
        if there {
            self.bump()?;
        }
        Ok(there)
    }

    /// Takes a token of a kind, which must be there.
    #[inline]
    pub(super) fn expect(&mut self, kind: Kind) -> Parsed<()> {
        if self.at(kind) { self.bump() } else { Err(Stop::Unexpected) }
    }

    /// Nothing fits of what was asked for, nor of `set`.
    #[cold]
    pub(super) fn unexpected<T>(&mut self, set: Set) -> Parsed<T> {
        self.expected = self.expected.or(set);
        Err(Stop::Unexpected)
    }

    /// What is being read goes on: where a declaration begins in place of a name, which may be
    /// called like a keyword, the end of this one is missing. `set` is what else would fit.
    pub(super) fn not_a_declaration(&mut self, set: Set) -> Parsed<()> {
        if !self.token.kind.may_start_declaration() {
            return Ok(());
        }
        let stream = &*self.tokens.stream;
        let begins = starts_declaration(stream.text, stream.language(), self.start());
        if begins { self.unexpected(set) } else { Ok(()) }
    }

    /// Reports a word between the qualifiers of a declaration and what begins it, one of `set`,
    /// and goes on behind it: the declaration itself is as good as without the word.
    pub(super) fn pass_stray_word(&mut self, set: Set) -> Parsed<()> {
        let (token, behind) = (self.token, self.tokens.stream.peek());
        let is_word = token.kind.is_word() && !token.kind.may_start_declaration();
        if !is_word || !set.has(behind.kind) {
            return Ok(());
        }
        let (text, language) = (self.tokens.stream.text, self.tokens.stream.language());
        if starts_declaration(text, language, behind.span().start)
            && let Some(found) = explain(token, set, self.progress(), self.tokens.stream)
        {
            self.tokens.stream.report(found);
            self.bump()?;
        }
        Ok(())
    }

    /// The declaration must be over.
    pub(super) fn finish(&mut self) -> Parsed<()> {
        if self.token.kind == Kind::End { Ok(()) } else { Err(Stop::Unexpected) }
    }

    /// The place from an offset to the end of the token before the one at hand.
    #[inline]
    pub(super) const fn from(&self, start: u32) -> Span {
        Span::new(start, self.end)
    }

    /// Where the token at hand begins.
    #[inline]
    pub(super) const fn start(&self) -> u32 {
        self.token.span().start
    }

    /// The text at a place.
    #[inline]
    pub(super) fn text(&self, span: Span) -> &'a str {
        self.tokens.stream.slice(span)
    }

    /// Takes a word of a set, and of its name.
    #[inline]
    fn word(&mut self, set: Set) -> Parsed<Identifier<'a>> {
        if !self.at_any(set) {
            return Err(Stop::Unexpected);
        }
        let span = self.token.span();
        self.bump()?;
        Ok(Identifier { text: self.text(span), span })
    }

    /// A name of anything but a class.
    pub(super) fn name(&mut self) -> Parsed<Identifier<'a>> {
        self.word(NAMES)
    }

    /// The name of a class.
    pub(super) fn class_name(&mut self) -> Parsed<Identifier<'a>> {
        self.word(CLASS_NAMES)
    }

    /// A name that is no keyword.
    pub(super) fn identifier(&mut self) -> Parsed<Identifier<'a>> {
        self.word(Set::of(&[Kind::Identifier]))
    }

    /// As many names as there are; they have nothing between them.
    pub(super) fn names(&mut self) -> Parsed<Vec<Identifier<'a>>> {
        let mut names = vec![self.name()?];
        while self.at_any(NAMES) {
            names.push(self.name()?);
        }
        Ok(names)
    }

    /// `(a, b)`, at least one.
    pub(super) fn listed_names(&mut self) -> Parsed<Vec<Identifier<'a>>> {
        self.expect(Kind::LeftParen)?;
        let mut names = vec![self.name()?];
        while self.eat(Kind::Comma)? {
            names.push(self.name()?);
        }
        self.expect(Kind::RightParen)?;
        Ok(names)
    }

    /// `as $alias`, if it is there.
    pub(super) fn alias(&mut self) -> Parsed<Option<Identifier<'a>>> {
        if !self.eat(Kind::As)? {
            return Ok(None);
        }
        let span = self.token.span();
        self.expect(Kind::Alias)?;
        Ok(Some(Identifier { text: self.alias_text(span), span }))
    }

    /// The name of the alias at a place.
    pub(super) fn alias_text(&self, span: Span) -> &'a str {
        self.text(Span::new(span.start + 1, span.end))
    }

    /// `: Class`, if it is there.
    pub(super) fn superclass(&mut self) -> Parsed<Option<Identifier<'a>>> {
        if self.eat(Kind::Colon)? { self.class_name().map(Some) } else { Ok(None) }
    }

    /// The type whose keyword stands at a place.
    pub(super) fn intrinsic(&self, keyword: Span) -> CimType {
        keyword::cim_type(self.text(keyword).as_bytes()).unwrap_or(CimType::String)
    }

    /// What the string at hand says.
    pub(super) fn string(&mut self) -> Parsed<Text<'a>> {
        let text = self.tokens.stream.decode();
        self.bump()?;
        Ok(text)
    }

    /// The number at hand.
    pub(super) fn number(&mut self) -> Parsed<Number> {
        let span = self.token.span();
        self.bump()?;
        // The lexer has read it before.
        number::parse(self.text(span)).map_err(|_| Stop::Unexpected)
    }

    /// Takes the token at hand, which has been reported and stands in the place of a value. A
    /// number that was to be a name elsewhere has not.
    #[cold]
    pub(super) fn invalid(&mut self) -> Parsed<()> {
        let span = self.token.span();
        if let Some(found) = self.tokens.stream.refused_name(span) {
            self.tokens.stream.report(found);
        }
        self.bump()
    }

    /// `[]` or `[n]`, if it is there. `size` judges a size.
    pub(super) fn array_suffix(
        &mut self,
        size: fn(&mut Reports<'a>, Integer, Span) -> Option<u32>,
    ) -> Parsed<Option<ArraySuffix>> {
        let start = self.start();
        if !self.eat(Kind::LeftBracket)? {
            return Ok(None);
        }
        let (mut written, mut plain) = (None, true);
        if self.at(Kind::Integer) {
            plain = number::is_positive_decimal(self.text(self.token.span()));
            if let Number::Integer(size) = self.number()? {
                written = Some(size);
            }
        } else {
            if self.at(Kind::Invalid) {
                self.invalid()?;
            }
        }
        self.expect(Kind::RightBracket)?;
        let span = self.from(start);
        let size = written.and_then(|written| size(self.reports, written, span));
        Ok(Some(ArraySuffix { span, size, plain }))
    }

    /// `#pragma name`, perhaps with arguments, and `#include (…)`.
    pub(super) fn directive(&mut self) -> Parsed<Directive<'a>> {
        let (kind, span) = (self.token.kind, self.token.span());
        self.bump()?;
        let (form, name) = match kind {
            Kind::Pragma => {
                self.not_a_declaration(Set::of(&[Kind::Identifier]))?;
                (DirectiveForm::Pragma, self.name()?)
            }
            _ => {
                let text = self.text(span).trim_start_matches(['#', ' ', '\t']);
                (DirectiveForm::Include, Identifier { text, span })
            }
        };
        let arguments = match form {
            DirectiveForm::Pragma if self.token.kind == Kind::End => None,
            _ => Some(self.arguments(takes_numbers(name.text))?),
        };
        if name.text.eq_ignore_ascii_case("include") {
            for argument in arguments.iter().flatten().filter(|argument| argument.quoted) {
                let written = self.text(argument.span);
                self.reports.separators(argument.span.start, written);
            }
        }
        Ok(Directive { span: self.from(span.start), form, name, arguments })
    }

    fn arguments(&mut self, numbers: bool) -> Parsed<Vec<Argument<'a>>> {
        self.expect(Kind::LeftParen)?;
        let mut arguments = Vec::new();
        if self.eat(Kind::RightParen)? {
            return Ok(arguments);
        }
        loop {
            arguments.push(self.argument(numbers)?);
            if !self.eat(Kind::Comma)? {
                break;
            }
        }
        self.expect(Kind::RightParen)?;
        Ok(arguments)
    }

    fn argument(&mut self, numbers: bool) -> Parsed<Argument<'a>> {
        let span = self.token.span();
        let quoted = self.at(Kind::Text);
        let text = if quoted {
            self.string()?.into()
        } else if numbers && self.token.kind == Kind::Integer {
            match self.number()? {
                Number::Integer(number) => Cow::Owned(number.value().to_string()),
                Number::Real(_) => return Err(Stop::Unexpected),
            }
        } else {
            Cow::Borrowed(self.name()?.text)
        };
        Ok(Argument { span, text, quoted })
    }
}

/// Whether the arguments of a pragma may be numbers: update flags have names, and tools
/// write the sums of their values.
fn takes_numbers(pragma: &str) -> bool {
    ["classflags", "instanceflags"].iter().any(|name| name.eq_ignore_ascii_case(pragma))
}
