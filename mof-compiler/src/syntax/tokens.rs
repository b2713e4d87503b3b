//! Tokens as the parser wants them: reported, joined and bounded.
//!
//! [`Stream`] reports what is wrong with single tokens. [`Bounded`] ends the stream where a declaration ends: at a `;`
//! outside of braces, or with the parentheses of a directive.

use super::lexer::{LexError, Lexer, Text, Token, is_name_char};
use super::literal::{self, Mistake};
use super::parse::MAX_NESTING;
use crate::Language;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::{FileId, Span};

/// A token and its place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Lexeme<'a> {
    pub(crate) token: Token<'a>,
    pub(crate) span: Span,
}

/// The tokens of a whole text.
pub(crate) struct Stream<'a, 's> {
    pub(crate) text: &'a str,
    pub(crate) file: FileId,
    pub(crate) sink: &'s mut Diagnostics,
    /// Nothing is reported while text is skipped after a mistake.
    pub(crate) quiet: bool,
    lexer: Lexer<'a>,
    peeked: Option<Lexeme<'a>>,
}

impl<'a, 's> Stream<'a, 's> {
    pub(crate) fn new(text: &'a str, file: FileId, sink: &'s mut Diagnostics) -> Self {
        Self::in_language(Language::Mof2, text, file, sink)
    }

    pub(crate) fn in_language(
        language: Language,
        text: &'a str,
        file: FileId,
        sink: &'s mut Diagnostics,
    ) -> Self {
        let lexer = Lexer::new(text, language, 0);
        Self { text, file, sink, quiet: false, lexer, peeked: None }
    }

    /// Goes on at the token that starts at `offset`.
    pub(crate) fn seek(&mut self, offset: u32) {
        self.lexer = Lexer::new(self.text, self.language(), offset);
        self.peeked = None;
    }

    /// The language of the text.
    pub(crate) const fn language(&self) -> Language {
        self.lexer.language()
    }

    pub(crate) fn peek(&mut self) -> Option<&Lexeme<'a>> {
        if self.peeked.is_none() {
            self.peeked = self.read();
        }
        self.peeked.as_ref()
    }

    #[inline]
    pub(crate) fn next(&mut self) -> Option<Lexeme<'a>> {
        let mut lexeme = if self.peeked.is_some() { self.peeked.take()? } else { self.read()? };
        // `ref` is a keyword only where a name follows: `Disk ref ref;`.
        if let Token::Ref(text) = lexeme.token
            && !self.peek().is_some_and(|next| next.token.is_word())
        {
            lexeme.token = Token::Identifier(text);
        }
        Some(lexeme)
    }

    pub(crate) fn report(&mut self, diagnostic: Diagnostic) {
        if !self.quiet {
            self.sink.push(diagnostic);
        }
    }

    pub(crate) fn diagnostic(
        &self,
        code: Code,
        span: Span,
        message: impl Into<String>,
    ) -> Diagnostic {
        Diagnostic::new(code, self.file, span, message)
    }

    /// The text at a place.
    pub(crate) fn slice(&self, span: Span) -> &'a str {
        self.text.get(span.range()).unwrap_or_default()
    }

    /// Whether the next token begins on the line on which `span` ends.
    pub(crate) fn next_on_line_of(&mut self, span: Span) -> bool {
        let text = self.text;
        self.peek().is_some_and(|next| {
            let between = text.get(span.end as usize..next.span.start as usize);
            !between.unwrap_or_default().contains(['\n', '\r'])
        })
    }

    #[inline]
    fn read(&mut self) -> Option<Lexeme<'a>> {
        loop {
            let result = self.lexer.next()?;
            let span = self.lexer.span();
            match result {
                Ok(token) => {
                    if let Token::Text(text) = token
                        && text.doubtful
                    {
                        self.report_escapes(text, span.start + 1);
                    }
                    return Some(Lexeme { token, span });
                }
                Err(mistake) => {
                    if let Some(token) = self.mistaken(mistake, span) {
                        return Some(Lexeme { token, span });
                    }
                }
            }
        }
    }

    /// Reports what only looks like escape sequences in a text that begins at `start`.
    fn report_escapes(&mut self, text: Text<'a>, start: u32) {
        if self.quiet {
            return;
        }
        let language = self.language();
        let mut found = Vec::new();
        text.pieces(|offset, piece| {
            let start = start + Span::from(offset..offset).start;
            literal::mistakes(piece.raw, language, |place, mistake| {
                found.push((Span::new(start + place.start, start + place.end), mistake));
            });
        });
        for (place, mistake) in found {
            let (message, help) = match mistake {
                Mistake::Unknown => (
                    format!("unknown escape sequence `{}`", self.slice(place)),
                    r#"MOF has \b \t \n \f \r \" \' \\ and \x; write a backslash as \\"#,
                ),
                Mistake::NoDigits => (
                    "an escaped code needs digits".to_owned(),
                    r"write one to four hexadecimal digits after \x",
                ),
                Mistake::Surrogate => (
                    format!("`{}` is half of a surrogate pair", self.slice(place)),
                    r"strings hold whole characters; write both halves: \xD83D\xDE00",
                ),
                Mistake::NoCharacter => (
                    format!("`{}` is no character", self.slice(place)),
                    r"the greatest code is \x10FFFF",
                ),
            };
            self.report(self.diagnostic(Code::UnknownEscape, place, message).with_help(help));
        }
    }

    /// Reports a mistaken token and gives what stands in for it.
    #[cold]
    fn mistaken(&mut self, mistake: LexError, span: Span) -> Option<Token<'a>> {
        let text = self.slice(span);
        if self.language() == Language::Mof3 {
            // What is a mistake in MOF 2 only: the `.` before the value of an
            // enumeration, and a comment that ends with the file (DSP0221 5.4).
            match mistake {
                LexError::Character if text == "." => return Some(Token::Dot),
                LexError::Comment => return None,
                _ => {}
            }
        }
        let (diagnostic, token) = match mistake {
            LexError::Character => {
                let message = format!("unexpected character {}", shown(text.chars().next()));
                (self.diagnostic(Code::UnexpectedCharacter, span, message), None)
            }
            LexError::Name => {
                let name = text.strip_prefix('$').unwrap_or(text);
                let bad = name.char_indices().find(|(_, c)| !is_name_char(*c));
                let (at, c) = bad.map_or((0, None), |(at, c)| (at, Some(c)));
                let start = span.end as usize - name.len() + at;
                let place = Span::from(start..start + c.map_or(0, char::len_utf8));
                let message = format!("unexpected character {} in a name", shown(c));
                let token = if name.len() < text.len() {
                    Token::Alias(name)
                } else {
                    Token::Identifier(name)
                };
                (self.diagnostic(Code::UnexpectedCharacter, place, message), Some(token))
            }
            LexError::String => {
                let place = Span::new(span.start, span.start + 1);
                let diagnostic = self
                    .diagnostic(Code::UnclosedString, place, "this string is not closed on its line")
                    .with_help(
                        r#"close it with `"`; literals on several lines are joined, and \n is a line feed"#,
                    );
                (diagnostic, Some(Token::Broken))
            }
            LexError::Comment => {
                let place = Span::new(span.start, span.start + 2);
                let message = "this comment is not closed";
                let diagnostic = self.diagnostic(Code::UnclosedComment, place, message);
                (diagnostic.with_help("close it with `*/`"), None)
            }
            LexError::Number(mistake) => {
                let (message, help) = mistake.explain();
                let code = match mistake {
                    super::number::Mistake::TooLarge => Code::NumberTooLarge,
                    _ => Code::MalformedNumber,
                };
                (self.diagnostic(code, span, message).with_help(help), Some(Token::Invalid))
            }
            LexError::CharacterLiteral => {
                let message = "a character literal is one UTF-16 code unit";
                let diagnostic = self
                    .diagnostic(Code::MalformedCharacter, span, message)
                    .with_help(r"write 'A' or '\x0041'; strings stand in double quotes");
                (diagnostic, Some(Token::Invalid))
            }
            LexError::Directive => {
                let message = format!("unknown directive `{text}`");
                let word = text.trim_start_matches(['#', ' ', '\t']);
                let help = super::words::did_you_mean(word, ["pragma", "include"])
                    .unwrap_or_else(|| "directives are #pragma and #include".to_owned());
                let diagnostic = self.diagnostic(Code::UnknownDirective, span, message);
                (diagnostic.with_help(help), Some(Token::Broken))
            }
        };
        self.report(diagnostic);
        token
    }
}

/// A character in a message; its number when it does not show.
fn shown(c: Option<char>) -> String {
    match c {
        Some(c) if c.is_whitespace() || c.is_control() => format!("U+{:04X}", u32::from(c)),
        Some(c) => format!("`{c}` (U+{:04X})", u32::from(c)),
        None => "at the end".to_owned(),
    }
}

impl Token<'_> {
    /// Whether the token may be a name.
    fn is_word(&self) -> bool {
        matches!(
            self,
            Self::Identifier(_)
                | Self::Class(_)
                | Self::Instance(_)
                | Self::Of(_)
                | Self::As(_)
                | Self::Qualifier(_)
                | Self::Ref(_)
                | Self::Object(_)
                | Self::Void(_)
                | Self::Scope(_)
                | Self::Flavor(_)
                | Self::Type(_)
                | Self::Structure(_)
                | Self::Enumeration(_)
                | Self::Association(_)
                | Self::Indication(_)
                | Self::Value(_)
                | Self::Policy(_)
        )
    }

    /// Whether a declaration may begin with the token.
    pub(crate) fn may_start_declaration(&self) -> bool {
        matches!(
            self,
            Self::Class(_)
                | Self::Instance(_)
                | Self::Qualifier(_)
                | Self::Pragma
                | Self::Include(_)
                | Self::LeftBracket
                | Self::Structure(_)
                | Self::Enumeration(_)
                | Self::Association(_)
                | Self::Indication(_)
                | Self::Value(_)
        )
    }
}

/// Parsing goes no further; the mistake has been reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Halt;

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
    /// A `;` is to be supplied at this offset.
    Supply(u32),
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
    /// The braces open before that token.
    pub(crate) depth: u32,
    /// Whether the token before it was `;`, `}` or `]`.
    pub(crate) after_close: bool,
    /// Whether that token stands in a qualifier list, outside of any array there.
    pub(crate) in_list: bool,
    /// Whether it is a directive.
    pub(crate) directive: bool,
    /// Whether the last token was the declaration's last.
    pub(crate) ended: bool,
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
    /// Whether the latest token was `;`, `}` or `]`.
    closed: bool,
}

/// The tokens of one declaration, for the parser.
pub(crate) struct Bounded<'p, 'a, 's> {
    stream: &'p mut Stream<'a, 's>,
    stage: Stage,
    open: Open,
    /// What was open before the last token.
    before: Open,
    first: Span,
    last: Span,
    directive: bool,
    supplied: bool,
}

impl<'p, 'a, 's> Bounded<'p, 'a, 's> {
    pub(crate) fn new(stream: &'p mut Stream<'a, 's>) -> Self {
        Self {
            stream,
            stage: Stage::Start,
            open: Open::default(),
            before: Open::default(),
            first: Span::default(),
            last: Span::default(),
            directive: false,
            supplied: false,
        }
    }

    /// Reports something about a token, with advice.
    pub(crate) fn report(&mut self, code: Code, span: Span, message: String, help: &str) {
        let found = self.stream.diagnostic(code, span, message).with_help(help);
        self.stream.report(found);
    }

    /// How far the declaration was read.
    pub(crate) fn progress(&self) -> Progress {
        Progress {
            first: self.first,
            last: self.last,
            depth: self.before.braces,
            after_close: self.before.closed,
            in_list: self.before.brackets > 0 && self.before.braces == self.before.list_braces,
            directive: self.directive,
            ended: self.stage == Stage::End,
            supplied: self.supplied,
        }
    }

    /// The first token of a declaration, and all those of a directive.
    fn outside_a_body(&mut self, lexeme: Lexeme<'a>) {
        match (self.stage, lexeme.token) {
            (Stage::Start, token) => {
                self.first = lexeme.span;
                self.stage = match token {
                    Token::Pragma => Stage::PragmaName,
                    Token::Include(_) => Stage::Directive,
                    _ => Stage::Body,
                };
                self.directive = self.stage != Stage::Body;
            }
            (Stage::PragmaName, _) => {
                self.stage = Stage::Directive;
                // `#pragma namespace "x"` goes on, for the parser to refuse.
                let same_line = self.stream.next_on_line_of(lexeme.span);
                let goes_on = match self.stream.peek().map(|next| &next.token) {
                    Some(Token::LeftParen) => true,
                    Some(Token::Text(_) | Token::Identifier(_)) => same_line,
                    _ => false,
                };
                if !goes_on {
                    self.stage = Stage::End;
                }
            }
            (Stage::Directive, Token::RightParen) => self.stage = Stage::End,
            _ => {}
        }
    }

    /// Follows the structure of a declaration.
    #[inline]
    fn track(&mut self, lexeme: Lexeme<'a>) -> Result<(), Halt> {
        match lexeme.token {
            Token::LeftBrace => {
                self.open.braces += 1;
                if self.open.braces > MAX_NESTING {
                    let message = format!("braces nest deeper than {MAX_NESTING}");
                    let code = Code::NestingTooDeep;
                    self.stream.report(self.stream.diagnostic(code, lexeme.span, message));
                    return Err(Halt);
                }
            }
            Token::RightBrace => {
                self.open.closed = true;
                self.open.braces = self.open.braces.saturating_sub(1);
                if self.open.braces == 0 && self.open.brackets == 0 {
                    self.supply_semicolon(lexeme.span);
                }
            }
            Token::LeftBracket => {
                self.open.brackets += 1;
                self.open.list_braces = self.open.braces;
            }
            Token::RightBracket => {
                self.open.closed = true;
                self.open.brackets = self.open.brackets.saturating_sub(1);
            }
            Token::Semicolon => {
                self.open.closed = true;
                if self.open.braces == 0 && !self.goes_on() {
                    self.stage = Stage::End;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Whether a `;` is the one that DSP0221 7.4 puts before the scope of a qualifier
    /// type.
    fn goes_on(&mut self) -> bool {
        self.stream.language() == Language::Mof3
            && matches!(
                self.stream.peek().map(|next| &next.token),
                Some(Token::Scope(_) | Token::Policy(_))
            )
    }

    /// After a final `}`: when another declaration or nothing follows, reports
    /// that the `;` lacks and makes up for it.
    fn supply_semicolon(&mut self, brace: Span) {
        if self.stream.peek().is_none_or(|next| next.token.may_start_declaration()) {
            let diagnostic = self
                .stream
                .diagnostic(Code::MissingSemicolon, brace, "a `;` is missing after this `}`")
                .with_help("every declaration but a directive ends with `;`");
            self.stream.report(diagnostic);
            self.stage = Stage::Supply(brace.end);
        }
    }
}

impl<'a> Iterator for Bounded<'_, 'a, '_> {
    type Item = Result<(u32, Token<'a>, u32), Halt>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        match self.stage {
            Stage::End => return None,
            Stage::Supply(at) => {
                self.supplied = true;
                self.last = Span::at(at);
                self.stage = Stage::End;
                return Some(Ok((at, Token::Semicolon, at)));
            }
            _ => {}
        }
        let lexeme = self.stream.next()?;
        self.before = self.open;
        self.last = lexeme.span;
        self.open.closed = false;
        if self.stage != Stage::Body {
            self.outside_a_body(lexeme);
        }
        if matches!(lexeme.token, Token::Broken) {
            self.directive |= self.stream.slice(lexeme.span).starts_with('#');
            return Some(Err(Halt));
        }
        if self.stage == Stage::Body
            && let Err(halt) = self.track(lexeme)
        {
            return Some(Err(halt));
        }
        Some(Ok((lexeme.span.start, lexeme.token, lexeme.span.end)))
    }
}
