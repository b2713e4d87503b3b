//! The tokens of a text, mistakes in them reported.

use super::ast::Text;
use super::include;
use super::lexer::{LexError, Lexer, is_name_char};
use super::literal::{self, Mistake};
use super::number;
use super::pasted;
use super::token::{Form, Kind, Token};
use crate::Language;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::{FileId, Span};
use cimarron_model::Status;

/// Room to put tokens together in.
#[derive(Default)]
pub(super) struct Room {
    scratch: String,
    literals: Vec<Span>,
}

/// The tokens of a whole text.
pub(crate) struct Stream<'a, 's> {
    pub(crate) text: &'a str,
    pub(crate) file: FileId,
    pub(crate) sink: &'s mut Diagnostics,
    /// Nothing is reported while text is skipped after a mistake.
    pub(crate) quiet: bool,
    /// The latest characters without meaning that were reported, in one run.
    pub(super) stray: Span,
    /// Whether the latest declaration has a mistake.
    pub(super) after_mistake: bool,
    /// The comment that goes on to the end of the text.
    pub(super) open_comment: Option<Span>,
    lexer: Lexer<'a>,
    peeked: Option<Token>,
    scratch: String,
}

impl<'a, 's> Stream<'a, 's> {
    pub(crate) fn new(
        language: Language,
        text: &'a str,
        file: FileId,
        sink: &'s mut Diagnostics,
    ) -> Self {
        let lexer = Lexer::new(text, language, 0);
        let (stray, scratch) = (Span::default(), String::new());
        let (open_comment, peeked) = (None, None);
        let (quiet, after_mistake) = (false, false);
        Self { text, file, sink, quiet, stray, after_mistake, open_comment, lexer, peeked, scratch }
    }

    /// Exchanges the room that the tokens are put together in, so that it can be used again.
    pub(crate) fn lend(&mut self, room: &mut Room) {
        std::mem::swap(&mut self.scratch, &mut room.scratch);
        self.lexer.lend(&mut room.literals);
    }

    /// Goes on at the token that starts at `offset`.
    pub(crate) fn seek(&mut self, offset: u32) {
        self.lexer = Lexer::new(self.text, self.language(), offset);
        self.peeked = None;
    }

    /// Goes on at the end of the line that an offset stands in.
    pub(crate) fn seek_next_line(&mut self, offset: u32) {
        let rest = self.text.get(offset as usize..).unwrap_or_default();
        let length = rest.find(['\n', '\r']).unwrap_or(rest.len());
        self.seek(offset.saturating_add(length as u32));
    }

    /// The language of the text.
    pub(crate) const fn language(&self) -> Language {
        self.lexer.language()
    }

    pub(crate) fn peek(&mut self) -> Token {
        let token = self.peeked.unwrap_or_else(|| self.read());
        self.peeked = Some(token);
        token
    }

    #[inline]
    pub(crate) fn next(&mut self) -> Token {
        let mut token = match self.peeked.take() {
            Some(token) => token,
            None => self.read(),
        };
        // `ref` is a keyword only where a name follows: `Disk ref ref;`.
        if token.kind == Kind::Ref && !self.peek().kind.is_word() {
            token.kind = Kind::Identifier;
        }
        token
    }

    /// What string literals say that were read last.
    pub(crate) fn decode(&mut self) -> Text<'a> {
        self.lexer.decode(&mut self.scratch)
    }

    /// The literals of the string that was read last, as written.
    pub(crate) fn literals(&self) -> impl Iterator<Item = (Span, &'a str)> {
        self.lexer.literals().iter().map(|literal| (*literal, self.slice(*literal)))
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
        let next = self.peek();
        let between = self.text.get(span.end as usize..next.span().start as usize);
        next.kind != Kind::End && !between.unwrap_or_default().contains(['\n', '\r'])
    }

    #[inline]
    fn read(&mut self) -> Token {
        loop {
            let token = self.lexer.next();
            if token.kind == Kind::Text && self.lexer.form().has(Form::REPORTED) {
                self.report_string();
            }
            if token.kind != Kind::Mistake {
                return token;
            }
            let span = token.span();
            if let Some(kind) = self.mistaken(self.lexer.latest_mistake(), span) {
                return Token::new(kind, span);
            }
        }
    }

    /// How the string is written that was read last.
    pub(crate) const fn form(&self) -> Form {
        self.lexer.form()
    }

    /// Reports what only looks like escape sequences in the latest string.
    #[cold]
    fn report_escapes(&mut self) {
        if self.quiet {
            return;
        }
        // The parser speaks of these.
        if include::is_path_at(self.text, self.lexer.span().start) {
            return;
        }
        let language = self.language();
        let mut found = Vec::new();
        for (Span { start, .. }, raw) in self.literals() {
            literal::mistakes(raw, language, |place, mistake| {
                found.push((Span::new(start + place.start, start + place.end), mistake));
            });
        }
        for (place, mistake) in found {
            let (message, help) = match mistake {
                Mistake::Unknown => (
                    format!("unknown escape sequence `{}`", self.slice(place)),
                    r#"MOF has \b \t \n \f \r \" \' \\ and \x; write a backslash as \\"#,
                ),
                Mistake::NoDigits => (
                    "an escaped code needs digits".to_owned(),
                    match language {
                        Language::Mof2 => r"write one to four hexadecimal digits after \x",
                        Language::Mof3 => r"write one to six hexadecimal digits after \x",
                    },
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

    /// The diagnostic for what is no character of MOF, or a run of them.
    fn unexpected_character(&self, span: Span) -> Diagnostic {
        let first = self.slice(span).chars().next();
        let message = format!("unexpected character {}", shown(first));
        let mut found = self.diagnostic(Code::UnexpectedCharacter, span, message);
        found.help = first.and_then(pasted::remedy).map(str::to_owned);
        found
    }

    fn bad_number(&self, mistake: number::Mistake, span: Span) -> Diagnostic {
        let (message, help) = mistake.explain();
        let code = match mistake {
            number::Mistake::TooLarge => Code::NumberTooLarge,
            _ => Code::MalformedNumber,
        };
        self.diagnostic(code, span, message).with_help(help)
    }

    /// The diagnostic for a malformed number at a place where no name stands, if something was to
    /// be called so and nothing was said of it therefore.
    pub(super) fn refused_name(&self, span: Span) -> Option<Diagnostic> {
        let text = self.slice(span);
        let mistake = number::parse(text).err()?;
        self.sink.broken.has_name(text).then(|| self.bad_number(mistake, span))
    }

    /// Reports what may not stand in the latest string, or between its literals.
    #[cold]
    fn report_string(&mut self) {
        let form = self.lexer.form();
        if form.has(Form::DOUBTFUL) {
            self.report_escapes();
        }
        if form.has(Form::SPACED) {
            for blank in self.lexer.blanks().to_vec() {
                let found = self.unexpected_character(blank);
                self.report(found);
            }
        }
        if form.has(Form::CONTROL) && self.language() == Language::Mof3 {
            self.report_controls();
        }
    }

    /// MOF 3: reports the control characters in the latest string (DSP0221 7.6.1.3).
    fn report_controls(&mut self) {
        let mut found = Vec::new();
        for (Span { start, .. }, raw) in self.literals() {
            let controls = raw.char_indices().filter(|(_, c)| *c < ' ');
            found.extend(
                controls.map(|(at, c)| (Span::new(start + at as u32, start + at as u32 + 1), c)),
            );
        }
        for (place, c) in found {
            let message =
                format!("the control character {} may not stand in a string", shown(Some(c)));
            let help = match c {
                '\t' => "write \\t".to_owned(),
                // With all of its digits, as it would take in one that follows.
                c => format!("write \\x{:06X}", u32::from(c)),
            };
            self.report(self.diagnostic(Code::UnexpectedCharacter, place, message).with_help(help));
        }
    }

    /// Reports a mistaken token and gives what stands in for it.
    #[cold]
    fn mistaken(&mut self, mistake: LexError, span: Span) -> Option<Kind> {
        let text = self.slice(span);
        if mistake == LexError::Comment {
            self.open_comment = Some(Span::new(span.start, span.start + 2));
        }
        if self.language() == Language::Mof3 {
            // What is a mistake in MOF 2 only: the `.` before the value of an
            // enumeration, and a comment that ends with the file (DSP0221 5.4).
            match mistake {
                LexError::Character if text == "." => return Some(Kind::Dot),
                LexError::Comment => return None,
                _ => {}
            }
        }
        if mistake == LexError::Character && !self.quiet {
            let goes_on = self.stray.end == span.start && self.stray.start < span.start;
            let start = if goes_on { self.stray.start } else { span.start };
            self.stray = Span::new(start, span.end);
            if goes_on {
                return None;
            }
        }
        let (diagnostic, kind) = match mistake {
            LexError::Character | LexError::Blank => (self.unexpected_character(span), None),
            LexError::Pasted => {
                let first = text.chars().next().map_or(0, char::len_utf8) as u32;
                let place = Span::new(span.start, span.start + first);
                (self.unexpected_character(place), Some(Kind::Invalid))
            }
            LexError::Alias => {
                let message = "no name of an alias follows this `$`";
                let place = Span::new(span.start, span.start + 1);
                let mut found = self.diagnostic(Code::UnexpectedCharacter, place, message);
                found.condition = Some(Status::ExpectedAliasName);
                let help = "write a name directly behind it, beginning with a letter: `$Name`";
                (found.with_help(help), Some(Kind::Invalid))
            }
            LexError::Name => {
                let name = text.strip_prefix('$').unwrap_or(text);
                let bad = name.char_indices().find(|(_, c)| !is_name_char(*c));
                let (at, c) = bad.map_or((0, None), |(at, c)| (at, Some(c)));
                let start = span.end as usize - name.len() + at;
                let place = Span::from(start..start + c.map_or(0, char::len_utf8));
                let message = format!("unexpected character {} in a name", shown(c));
                let kind = if name.len() < text.len() { Kind::Alias } else { Kind::Identifier };
                let mut found = self.diagnostic(Code::UnexpectedCharacter, place, message);
                found.help = c.and_then(pasted::remedy).map(str::to_owned);
                (found, Some(kind))
            }
            LexError::String => {
                let place = Span::new(span.start, span.start + 1);
                let diagnostic = self
                    .diagnostic(Code::UnclosedString, place, "this string is not closed on its line")
                    .with_help(
                        r#"close it with `"`; literals on several lines are joined, and \n is a line feed"#,
                    );
                (diagnostic, Some(Kind::Broken))
            }
            LexError::Comment => {
                let place = Span::new(span.start, span.start + 2);
                let message = "this comment is not closed";
                let diagnostic = self.diagnostic(Code::UnclosedComment, place, message);
                (diagnostic.with_help("close it with `*/`"), None)
            }
            // Where a name may stand it was refused before; elsewhere the parser speaks of it.
            LexError::Number(_) if self.sink.broken.has_name(text) => return Some(Kind::Invalid),
            LexError::Number(mistake) => (self.bad_number(mistake, span), Some(Kind::Invalid)),
            LexError::CharacterLiteral | LexError::OpenCharacter => {
                let message = "a character literal is one UTF-16 code unit";
                let diagnostic = self
                    .diagnostic(Code::MalformedCharacter, span, message)
                    .with_help(r"write 'A' or '\x0041'; strings stand in double quotes");
                // Without its end it has swallowed the rest of its line.
                let is_open = mistake == LexError::OpenCharacter;
                (diagnostic, Some(if is_open { Kind::Broken } else { Kind::Invalid }))
            }
            LexError::Bracketed => {
                let message = "names in angle brackets have no meaning";
                let found = self.diagnostic(Code::UnexpectedCharacter, span, message);
                (found.with_help("names of files stand in double quotes"), Some(Kind::Invalid))
            }
            LexError::Directive => {
                let message = format!("unknown directive `{text}`");
                let word = text.trim_start_matches(['#', ' ', '\t']);
                let help = super::words::did_you_mean(word, ["pragma", "include"])
                    .unwrap_or_else(|| "directives are #pragma and #include".to_owned());
                let diagnostic = self.diagnostic(Code::UnknownDirective, span, message);
                (diagnostic.with_help(help), Some(Kind::Broken))
            }
        };
        self.report(diagnostic);
        kind
    }
}

/// A character in a message; its number when it does not show.
fn shown(c: Option<char>) -> String {
    match c {
        Some(c) if c.is_whitespace() || c.is_control() || pasted::is_invisible(c) => {
            format!("U+{:04X}", u32::from(c))
        }
        Some(c) => format!("`{c}` (U+{:04X})", u32::from(c)),
        None => "at the end".to_owned(),
    }
}
