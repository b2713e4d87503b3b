//! Cutting MOF into tokens (DSP0004 Annex A; WMI's directives).
//!
//! Written by hand: the strings and comments of schemas are most of their text and
//! are crossed in words, a malformed literal becomes one token instead of several, and
//! what is left for each token is one table look-up a byte.

use super::ast::Text;
use super::keyword;
use super::literal;
use super::namespace_path;
use super::number;
use super::pasted;
use super::scan::{self, Rest, quoted, skip_trivia};
use super::token::{Form, Kind, Token};
use crate::Language;
use crate::source::Span;

/// What can be wrong with a token.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum LexError {
    Character,
    /// Spaces of other kinds, and characters that do not show.
    Blank,
    /// A string in typographic quotes, or a number with a dash for a sign.
    Pasted,
    /// A `$` without a name directly behind it.
    Alias,
    /// A character within a name that is no letter, digit or underscore.
    Name,
    String,
    Comment,
    Number(number::Mistake),
    CharacterLiteral,
    /// A character literal without its end.
    OpenCharacter,
    /// A name in angle brackets.
    Bracketed,
    Directive,
}

/// Cuts a text into tokens. White space and comments vanish.
#[derive(Debug)]
pub(crate) struct Lexer<'a> {
    text: &'a str,
    language: Language,
    /// Where the latest token begins.
    start: usize,
    /// Where it ends.
    at: usize,
    /// Where the next one is looked for.
    next: usize,
    /// What the literals of the latest string hold, and how they are written.
    literals: Vec<Span>,
    /// Blanks between them that are none of MOF's.
    blanks: Vec<Span>,
    form: Form,
    paths: namespace_path::Finder,
    /// What is wrong with the latest mistake.
    mistake: LexError,
}

impl<'a> Lexer<'a> {
    /// A lexer that begins at an offset. The text is shorter than 4 GiB.
    pub(crate) fn new(text: &'a str, language: Language, offset: u32) -> Self {
        let at = offset as usize;
        let (literals, blanks) = (Vec::new(), Vec::new());
        let (form, mistake) = (Form::PLAIN, LexError::Character);
        let paths = namespace_path::Finder::default();
        Self { text, language, start: at, at, next: at, literals, blanks, form, paths, mistake }
    }

    /// Exchanges the list for the literals of a string.
    pub(super) fn lend(&mut self, literals: &mut Vec<Span>) {
        std::mem::swap(&mut self.literals, literals);
    }

    /// The language of the text.
    pub(crate) const fn language(&self) -> Language {
        self.language
    }

    /// The place of the latest token, or of what is none.
    #[inline]
    pub(crate) fn span(&self) -> Span {
        Span::new(self.start as u32, self.at as u32)
    }

    /// What is wrong with the latest mistake.
    pub(crate) const fn latest_mistake(&self) -> LexError {
        self.mistake
    }

    /// How the latest string is written.
    pub(crate) const fn form(&self) -> Form {
        self.form
    }

    /// What the literals of the latest string hold, as it is written.
    pub(crate) fn literals(&self) -> &[Span] {
        &self.literals
    }

    /// The blanks between them that are none of MOF's.
    pub(super) fn blanks(&self) -> &[Span] {
        &self.blanks
    }

    /// What the latest string says: borrowed from the text when it is one literal without
    /// escapes, as most are, else put together in `scratch` first.
    pub(crate) fn decode(&self, scratch: &mut String) -> Text<'a> {
        let text = self.text;
        let contents = |literal: &Span| text.get(literal.range()).unwrap_or_default();
        let escaped = self.form.has(Form::ESCAPED);
        if let (false, [literal]) = (escaped, self.literals.as_slice()) {
            return Text::Written(contents(literal));
        }
        scratch.clear();
        for literal in &self.literals {
            if escaped {
                literal::unescape(contents(literal), self.language, scratch);
            } else {
                scratch.push_str(contents(literal));
            }
        }
        Text::Made(scratch.as_str().into())
    }

    /// The next token; behind the last, one that says so.
    #[inline]
    pub(crate) fn next(&mut self) -> Token {
        match self.trivia() {
            Rest::Token => {}
            Rest::Nothing => return self.token(Kind::End, 0),
            Rest::OpenComment => {
                return self.mistaken(LexError::Comment, self.text.len() - self.start);
            }
        }
        let Some(first) = self.text.as_bytes().get(self.start) else {
            return self.token(Kind::End, 0);
        };
        if self.language == Language::Mof3
            && let Some(length) = self.namespace_path(*first)
        {
            return self.token(Kind::NamespacePath, length);
        }
        if let Some(kind) = punctuation(*first) {
            return self.token(kind, 1);
        }
        match *first {
            b'A'..=b'Z' | b'a'..=b'z' | b'_' | 0x80.. => self.word(),
            b'"' => self.string(),
            b'0'..=b'9' | b'+' | b'-' | b'.' => self.number(),
            b'$' => self.alias(),
            b'#' => self.directive(),
            b'\'' => self.character(),
            b'<' => self.bracketed(),
            _ => self.mistaken(LexError::Character, 1),
        }
    }

    /// The text from the latest token's first character on.
    fn rest(&self) -> &'a str {
        self.text.get(self.start..).unwrap_or_default()
    }

    /// Says that the latest token has this length.
    #[inline]
    fn take(&mut self, length: usize) {
        self.at = self.start + length;
        self.next = self.at;
    }

    #[inline]
    fn token(&mut self, kind: Kind, length: usize) -> Token {
        self.take(length);
        Token::new(kind, self.span())
    }

    #[cold]
    fn mistaken(&mut self, mistake: LexError, length: usize) -> Token {
        self.mistake = mistake;
        self.token(Kind::Mistake, length)
    }

    /// The length of the run of these characters from an offset of the latest token.
    #[inline]
    fn run(&self, from: usize, accepts: impl Fn(u8) -> bool) -> usize {
        let bytes = self.text.as_bytes().get(self.start + from..).unwrap_or_default();
        bytes.iter().position(|byte| !accepts(*byte)).unwrap_or(bytes.len())
    }

    fn word(&mut self) -> Token {
        let bytes = self.rest().as_bytes();
        let (mut length, ascii) = scan::word(bytes);
        if !ascii {
            length = match self.wide_word() {
                Ok(length) => length,
                Err((mistake, length)) => return self.mistaken(mistake, length),
            };
        }
        let packed = match bytes.first_chunk::<8>() {
            Some(first) if length < 8 => {
                let inside = !(u64::MAX << (length * 8));
                (u64::from_le_bytes(*first) | 0x2020_2020_2020_2020) & inside
            }
            _ => keyword::pack(bytes.get(..length.min(8)).unwrap_or_default()),
        };
        let word = bytes.get(..length).unwrap_or_default();
        self.token(keyword::classify(word, packed, self.language), length)
    }

    /// The length of a name with characters beyond ASCII, or the mistake that it is. Nothing
    /// is looked at but that: what follows may be as long as the text.
    #[cold]
    fn wide_word(&self) -> Result<usize, (LexError, usize)> {
        let rest = self.rest();
        let blanks = pasted::blanks(rest);
        if blanks > 0 {
            return Err((LexError::Blank, blanks));
        }
        if let Some(length) = pasted::quoted(rest).or_else(|| pasted::negative(rest)) {
            return Err((LexError::Pasted, length));
        }
        if let Some(first) = rest.chars().next().filter(|c| !is_name_char(*c)) {
            return Err((LexError::Character, first.len_utf8()));
        }
        let name = pasted::name(rest);
        if is_name(name) { Ok(name.len()) } else { Err((LexError::Name, name.len())) }
    }

    fn alias(&mut self) -> Token {
        let name = pasted::name(self.rest().get(1..).unwrap_or_default());
        let length = 1 + name.len();
        if name.is_empty() {
            self.mistaken(LexError::Alias, 1 + self.name_apart())
        } else if name.starts_with(|c: char| c.is_ascii_digit()) {
            self.mistaken(LexError::Alias, length)
        } else if is_name(name) {
            self.token(Kind::Alias, length)
        } else {
            self.mistaken(LexError::Name, length)
        }
    }

    /// The length of blanks of any kind behind the `$`, and of the name of an alias behind
    /// these, when there is one.
    fn name_apart(&self) -> usize {
        let behind = self.rest().get(1..).unwrap_or_default();
        let apart = behind.trim_start_matches(pasted::separates);
        let name = pasted::name(apart);
        let word = name.as_bytes();
        let is_alias = is_name(name)
            && keyword::classify(word, keyword::pack(word), self.language) == Kind::Identifier;
        if is_alias { behind.len() - apart.len() + name.len() } else { 0 }
    }

    fn directive(&mut self) -> Token {
        let blanks = 1 + self.run(1, |byte| matches!(byte, b' ' | b'\t'));
        let length = blanks + self.run(blanks, |byte| byte.is_ascii_alphabetic());
        let word = self.rest().get(blanks..length).unwrap_or_default();
        if word.eq_ignore_ascii_case("pragma") {
            self.token(Kind::Pragma, length)
        } else if word.eq_ignore_ascii_case("include") {
            self.token(Kind::Include, length)
        } else {
            self.mistaken(LexError::Directive, length)
        }
    }

    /// The length of the namespace path that begins with this byte.
    fn namespace_path(&mut self, first: u8) -> Option<usize> {
        let begins = first.is_ascii_alphanumeric() || matches!(first, b'_' | b'[');
        if begins { self.paths.length(self.text.as_bytes(), self.start) } else { None }
    }

    /// A literal and those that follow it, comments or not between them.
    fn string(&mut self) -> Token {
        let bytes = self.text.as_bytes();
        self.literals.clear();
        self.blanks.clear();
        let (mut quote, mut form) = (self.start, Form::PLAIN);
        loop {
            let inside = quote + 1;
            let (length, found) = match quoted(bytes.get(inside..).unwrap_or_default(), b'"') {
                Ok(found) => found,
                Err(length) if quote == self.start => {
                    return self.mistaken(LexError::String, 1 + length);
                }
                // The next token, which is a mistake.
                Err(_) => break,
            };
            form = form.with(found);
            let end = inside + length;
            self.literals.push(Span::new(inside as u32, end as u32));
            self.at = end + 1;
            self.next = self.at + self.gap(self.at).0;
            quote = self.behind_blanks();
            if bytes.get(quote) != Some(&b'"') {
                break;
            }
        }
        self.blanks.retain(|blank| blank.end < self.at as u32);
        if !self.blanks.is_empty() {
            form = form.with(Form::SPACED);
        }
        if self.literals.len() > 1 {
            form = form.with(Form::JOINED);
        }
        self.form = form;
        Token::new(Kind::Text, self.span())
    }

    /// Where the next token begins behind the latest literal, blanks that are none of
    /// MOF's passed over and kept.
    fn behind_blanks(&mut self) -> usize {
        let mut at = self.next;
        while self.text.as_bytes().get(at).is_some_and(|byte| !byte.is_ascii()) {
            let length = pasted::blanks(self.text.get(at..).unwrap_or_default());
            if length == 0 {
                break;
            }
            self.blanks.push(Span::new(at as u32, (at + length) as u32));
            at += length;
            at += self.gap(at).0;
        }
        at
    }

    /// The name of a file in angle brackets, as C has it, is one mistake.
    fn bracketed(&mut self) -> Token {
        let rest = self.rest().as_bytes().get(1..).unwrap_or_default();
        let of_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-./\\".contains(byte);
        let length = rest.iter().take_while(|byte| of_name(byte)).count();
        match rest.get(length) {
            Some(b'>') if length > 0 => self.mistaken(LexError::Bracketed, length + 2),
            _ => self.mistaken(LexError::Character, 1),
        }
    }

    fn character(&mut self) -> Token {
        let rest = self.rest().get(1..).unwrap_or_default();
        if rest.starts_with("''") {
            // A quote that is not escaped.
            return self.mistaken(LexError::CharacterLiteral, 3);
        }
        match quoted(rest.as_bytes(), b'\'') {
            Ok((length, _)) => {
                let legal = rest.get(..length).and_then(literal::code_unit).is_some();
                if legal {
                    self.token(Kind::Character, length + 2)
                } else {
                    self.mistaken(LexError::CharacterLiteral, length + 2)
                }
            }
            Err(length) => self.mistaken(LexError::OpenCharacter, 1 + length),
        }
    }

    /// Takes everything that looks like part of the number, so that `089` or `12abc`
    /// is one mistake. A sign or a point that begins no number is none.
    fn number(&mut self) -> Token {
        let rest = self.rest();
        let digits = rest.strip_prefix(['+', '-']).unwrap_or(rest);
        let digits = digits.strip_prefix('.').unwrap_or(digits);
        if !digits.starts_with(|c: char| c.is_ascii_digit()) {
            return self.mistaken(LexError::Character, 1);
        }
        let before = rest.len() - digits.len();
        let mut previous = b'0';
        let end = digits.bytes().position(|byte| {
            let exponent_sign = matches!(byte, b'+' | b'-') && previous.eq_ignore_ascii_case(&b'e');
            previous = byte;
            !(byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.') || exponent_sign)
        });
        let length = before + end.unwrap_or(digits.len());
        match number::parse(rest.get(..length).unwrap_or_default()) {
            Ok(number::Number::Integer(_)) => self.token(Kind::Integer, length),
            Ok(number::Number::Real(_)) => self.token(Kind::Real, length),
            Err(mistake) => self.mistaken(LexError::Number(mistake), length),
        }
    }

    /// Passes over white space and comments; says what stands behind.
    #[inline]
    fn trivia(&mut self) -> Rest {
        let (length, rest) = self.gap(self.next);
        self.start = self.next + length;
        rest
    }

    /// The length of the white space and comments from an offset on, and what is behind.
    #[inline(always)]
    fn gap(&self, at: usize) -> (usize, Rest) {
        // Mostly there is nothing or one space.
        let bytes = self.text.as_bytes();
        let space = usize::from(bytes.get(at) == Some(&b' '));
        let begins_token = |byte: &u8| *byte > b' ' && *byte < 0x80 && *byte != b'/';
        if bytes.get(at + space).is_some_and(begins_token) {
            return (space, Rest::Token);
        }
        skip_trivia(bytes.get(at..).unwrap_or_default(), self.language)
    }
}

/// The first of these places of a text, given in their order, that does not stand in a comment
/// of MOF 2 that ends.
pub(crate) fn first_outside_comments(text: &str, places: &[usize]) -> Option<usize> {
    let mut lexer = Lexer::new(text, Language::Mof2, 0);
    let mut places = places.iter().peekable();
    loop {
        let kind = lexer.next().kind;
        if kind == Kind::End {
            return None;
        }
        let token = lexer.span().range();
        while places.next_if(|place| **place < token.start).is_some() {}
        let place = **places.peek()?;
        if token.contains(&place) {
            return Some(place);
        }
    }
}

/// The token that a character is by itself.
#[inline]
#[expect(clippy::indexing_slicing, reason = "a byte is below 256")]
fn punctuation(byte: u8) -> Option<Kind> {
    const TABLE: [Option<Kind>; 256] = {
        let mut table = [None; 256];
        table[b'{' as usize] = Some(Kind::LeftBrace);
        table[b'}' as usize] = Some(Kind::RightBrace);
        table[b'[' as usize] = Some(Kind::LeftBracket);
        table[b']' as usize] = Some(Kind::RightBracket);
        table[b'(' as usize] = Some(Kind::LeftParen);
        table[b')' as usize] = Some(Kind::RightParen);
        table[b';' as usize] = Some(Kind::Semicolon);
        table[b':' as usize] = Some(Kind::Colon);
        table[b',' as usize] = Some(Kind::Comma);
        table[b'=' as usize] = Some(Kind::Equals);
        table
    };
    TABLE[byte as usize]
}

fn is_name(word: &str) -> bool {
    !word.is_empty() && word.chars().all(is_name_char)
}

/// DSP0004 lets names hold any character from U+0080 up. Spaces, controls and
/// typographic marks are slips (pasted quotes, no-break spaces), never names.
pub(crate) fn is_name_char(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || c == '_'
        || (!c.is_ascii()
            && !c.is_whitespace()
            && !c.is_control()
            && !pasted::is_invisible(c)
            && !matches!(c, '«' | '»' | '\u{2000}'..='\u{206F}' | '\u{FFF0}'..='\u{FFFF}'))
}

#[cfg(test)]
mod tests;
