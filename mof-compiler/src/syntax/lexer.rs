//! The tokens of MOF (DSP0004 Annex A; WMI's directives).
//!
//! Written by hand: the strings and comments of schemas are most of their text and
//! are crossed by vectorised searches, a malformed literal becomes one token instead
//! of several, and what is left for each token is one table look-up a byte.

use super::ast::Integer;
use super::literal;
use super::number;
use super::scan;
use crate::Language;
use crate::source::Span;
use cimarron_model::CimType;
use std::borrow::Cow;

/// A token. Words that may also be names carry their spelling. Tokens own nothing:
/// they are moved and dropped by the hundred thousand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Token<'a> {
    LeftBrace,
    RightBrace,
    LeftBracket,
    RightBracket,
    LeftParen,
    RightParen,
    Semicolon,
    Colon,
    Comma,
    Equals,

    Identifier(&'a str),
    Class(&'a str),
    Instance(&'a str),
    Of(&'a str),
    As(&'a str),
    Qualifier(&'a str),
    Ref(&'a str),
    Object(&'a str),
    Void(&'a str),
    Scope(&'a str),
    Flavor(&'a str),
    Type(TypeWord<'a>),
    Null,
    Boolean(bool),

    // Keywords of MOF 3, names in MOF 2.
    Structure(&'a str),
    Enumeration(&'a str),
    Association(&'a str),
    Indication(&'a str),
    Value(&'a str),
    Policy(&'a str),
    /// The `.` of `Enumeration.Value` in MOF 3.
    Dot,

    Alias(&'a str),
    Pragma,
    Include(&'a str),

    /// One or more adjacent string literals.
    Text(Text<'a>),
    Integer(Integer),
    Real(f64),
    Character(u16),
    /// A literal whose mistake has been reported.
    Invalid,
    /// A token after which the rest of the declaration is guesswork: a string
    /// without its end, an unknown directive. It has been reported.
    Broken,
}

/// The keyword of an intrinsic type, as written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct TypeWord<'a> {
    pub(crate) cim_type: CimType,
    pub(crate) text: &'a str,
}

/// Adjacent string literals as they stand in the text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Text<'a> {
    /// From behind the first quote to before the last.
    raw: &'a str,
    /// Whether there is more than one literal.
    joined: bool,
    /// Whether there is a backslash in one.
    escaped: bool,
    /// Whether a backslash stands before another character than the common ones.
    pub(crate) doubtful: bool,
}

impl<'a> Text<'a> {
    /// What the literals say together: borrowed from the text when it is one without
    /// escapes, as most are. It is put together in `scratch`, so that what is kept has
    /// its exact size.
    pub(crate) fn decode(self, scratch: &mut String) -> Cow<'a, str> {
        self.decode_as(Language::Mof2, scratch)
    }

    /// As `decode`, with the escapes of a language.
    pub(crate) fn decode_as(self, language: Language, scratch: &mut String) -> Cow<'a, str> {
        if !self.joined && !self.escaped {
            return Cow::Borrowed(self.raw);
        }
        scratch.clear();
        self.pieces(|_, piece| {
            if piece.escaped {
                literal::unescape(piece.raw, language, scratch);
            } else {
                scratch.push_str(piece.raw);
            }
        });
        Cow::Owned(scratch.as_str().to_owned())
    }

    /// The literals, each with its offset from the first.
    pub(crate) fn pieces(self, mut each: impl FnMut(usize, Quoted<'a>)) {
        let mut at = 0;
        while let Some(rest) = self.raw.get(at..) {
            // The last literal has its closing quote behind `raw`.
            let whole = Quoted { raw: rest, escaped: self.escaped, doubtful: self.doubtful };
            let piece = if self.joined { quoted(rest, b'"').unwrap_or(whole) } else { whole };
            each(at, piece);
            let end = at + piece.raw.len() + 1;
            let Some(behind) = self.raw.get(end..) else { return };
            at = end + skip_trivia(behind).0 + 1;
        }
    }
}

/// What can be wrong with a token.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum LexError {
    Character,
    /// A character within a name that is no letter, digit or underscore.
    Name,
    String,
    Comment,
    Number(number::Mistake),
    CharacterLiteral,
    Directive,
}

/// Cuts a text into tokens. White space and comments vanish.
#[derive(Clone, Debug)]
pub(crate) struct Lexer<'a> {
    text: &'a str,
    language: Language,
    /// Where the latest token begins.
    start: usize,
    /// Where the next one is looked for.
    at: usize,
}

impl<'a> Lexer<'a> {
    /// A lexer that begins at an offset. The text is shorter than 4 GiB.
    pub(crate) fn new(text: &'a str, language: Language, offset: u32) -> Self {
        let at = offset as usize;
        Self { text, language, start: at, at }
    }

    /// The language of the text.
    pub(crate) const fn language(&self) -> Language {
        self.language
    }

    /// The place of the latest token.
    #[inline]
    pub(crate) fn span(&self) -> Span {
        Span::from(self.start..self.at)
    }

    /// The text from the latest token's first character on.
    fn rest(&self) -> &'a str {
        self.text.get(self.start..).unwrap_or_default()
    }

    /// Says that the latest token has this length.
    #[inline]
    fn take(&mut self, length: usize) {
        self.at = self.start + length;
    }

    /// The latest token's text, said to have this length.
    fn slice(&mut self, length: usize) -> &'a str {
        self.take(length);
        self.text.get(self.start..self.at).unwrap_or_default()
    }

    /// The length of the run of these characters from an offset of the latest token.
    #[inline]
    fn run(&self, from: usize, accepts: impl Fn(u8) -> bool) -> usize {
        let bytes = self.text.as_bytes().get(self.start + from..).unwrap_or_default();
        bytes.iter().position(|byte| !accepts(*byte)).unwrap_or(bytes.len())
    }

    fn punctuation(&mut self, token: Token<'a>) -> Result<Token<'a>, LexError> {
        self.take(1);
        Ok(token)
    }

    /// A word from an offset of the latest token; what follows may be no name.
    fn name(&mut self, from: usize) -> (&'a str, bool) {
        let mut length = from + self.run(from, is_word_byte);
        let mut text = self.slice(length);
        if text.is_ascii() {
            return (text.get(from..).unwrap_or_default(), true);
        }
        // A byte order mark is white space wherever it stands.
        if let Some(mark) = text.find('\u{FEFF}') {
            length = mark;
            text = self.slice(length);
        }
        let name = text.get(from..).unwrap_or_default();
        (name, name.chars().all(is_name_char))
    }

    fn word(&mut self) -> Result<Token<'a>, LexError> {
        let (text, legal) = self.name(0);
        let other = || match self.language {
            Language::Mof2 => Token::Identifier(text),
            Language::Mof3 => mof3_keyword(text),
        };
        if legal { Ok(keyword(text).unwrap_or_else(other)) } else { Err(LexError::Name) }
    }

    fn alias(&mut self) -> Result<Token<'a>, LexError> {
        let (name, legal) = self.name(1);
        if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
            self.take(1);
            return Err(LexError::Character);
        }
        if legal { Ok(Token::Alias(name)) } else { Err(LexError::Name) }
    }

    fn directive(&mut self) -> Result<Token<'a>, LexError> {
        let blanks = 1 + self.run(1, |byte| matches!(byte, b' ' | b'\t'));
        let length = blanks + self.run(blanks, |byte| byte.is_ascii_alphabetic());
        let word = self.slice(length).get(blanks..).unwrap_or_default();
        if word.eq_ignore_ascii_case("pragma") {
            Ok(Token::Pragma)
        } else if word.eq_ignore_ascii_case("include") {
            Ok(Token::Include(word))
        } else {
            Err(LexError::Directive)
        }
    }

    /// A literal and those that follow it, comments or not between them.
    fn string(&mut self) -> Result<Token<'a>, LexError> {
        let rest = self.rest().get(1..).unwrap_or_default();
        let first = match quoted(rest, b'"') {
            Ok(first) => first,
            Err(end) => {
                self.take(1 + end);
                return Err(LexError::String);
            }
        };
        let (mut end, mut joined) = (first.raw.len(), false);
        let (mut escaped, mut doubtful) = (first.escaped, first.doubtful);
        while let Some((gap, next)) = rest.get(end + 1..).and_then(next_quoted) {
            end += 1 + gap + next.raw.len();
            joined = true;
            escaped |= next.escaped;
            doubtful |= next.doubtful;
        }
        self.take(end + 2);
        let raw = rest.get(..end).unwrap_or_default();
        Ok(Token::Text(Text { raw, joined, escaped, doubtful }))
    }

    fn character(&mut self) -> Result<Token<'a>, LexError> {
        match quoted(self.rest().get(1..).unwrap_or_default(), b'\'') {
            Ok(Quoted { raw, .. }) => {
                self.take(raw.len() + 2);
                literal::code_unit(raw).map(Token::Character).ok_or(LexError::CharacterLiteral)
            }
            Err(end) => {
                self.take(1 + end);
                Err(LexError::CharacterLiteral)
            }
        }
    }

    /// Takes everything that looks like part of the number, so that `089` or `12abc`
    /// is one mistake. A sign or a point that begins no number is none.
    fn number(&mut self) -> Result<Token<'a>, LexError> {
        let rest = self.rest();
        let digits = rest.strip_prefix(['+', '-']).unwrap_or(rest);
        let digits = digits.strip_prefix('.').unwrap_or(digits);
        if !digits.starts_with(|c: char| c.is_ascii_digit()) {
            self.take(1);
            return Err(LexError::Character);
        }
        let before = rest.len() - digits.len();
        let mut previous = b'0';
        let end = digits.bytes().position(|byte| {
            let exponent_sign = matches!(byte, b'+' | b'-') && previous.eq_ignore_ascii_case(&b'e');
            previous = byte;
            !(byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.') || exponent_sign)
        });
        let length = before + end.unwrap_or(digits.len());
        match number::parse(self.slice(length)) {
            Ok(number::Number::Integer(integer)) => Ok(Token::Integer(integer)),
            Ok(number::Number::Real(real)) => Ok(Token::Real(real)),
            Err(mistake) => Err(LexError::Number(mistake)),
        }
    }

    /// Passes over white space and comments; says whether there is text left. `Err`:
    /// a comment without its end, which takes the rest of the text.
    #[inline]
    fn trivia(&mut self) -> Result<bool, LexError> {
        // Mostly there is nothing or one space.
        let bytes = self.text.as_bytes();
        let next = self.at + usize::from(bytes.get(self.at) == Some(&b' '));
        let begins_token = |byte: &u8| *byte > b' ' && *byte < 0x80 && *byte != b'/';
        if bytes.get(next).is_some_and(begins_token) {
            self.start = next;
            self.at = next;
            return Ok(true);
        }
        self.more_trivia()
    }

    fn more_trivia(&mut self) -> Result<bool, LexError> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let (length, end) = skip_trivia(rest);
        self.start = self.at + length;
        self.at = self.start;
        match end {
            End::Token => Ok(true),
            End::Text => Ok(false),
            End::OpenComment => {
                self.at = self.text.len();
                Err(LexError::Comment)
            }
        }
    }
}

impl<'a> Iterator for Lexer<'a> {
    type Item = Result<Token<'a>, LexError>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        match self.trivia() {
            Ok(true) => {}
            Ok(false) => return None,
            Err(mistake) => return Some(Err(mistake)),
        }
        Some(match *self.text.as_bytes().get(self.start)? {
            b'A'..=b'Z' | b'a'..=b'z' | b'_' | 0x80.. => self.word(),
            b'"' => self.string(),
            b'{' => self.punctuation(Token::LeftBrace),
            b'}' => self.punctuation(Token::RightBrace),
            b'[' => self.punctuation(Token::LeftBracket),
            b']' => self.punctuation(Token::RightBracket),
            b'(' => self.punctuation(Token::LeftParen),
            b')' => self.punctuation(Token::RightParen),
            b';' => self.punctuation(Token::Semicolon),
            b':' => self.punctuation(Token::Colon),
            b',' => self.punctuation(Token::Comma),
            b'=' => self.punctuation(Token::Equals),
            b'0'..=b'9' | b'+' | b'-' | b'.' => self.number(),
            b'$' => self.alias(),
            b'#' => self.directive(),
            b'\'' => self.character(),
            _ => {
                self.take(1);
                Err(LexError::Character)
            }
        })
    }
}

/// Whether a byte may be part of a word. All of those of characters beyond ASCII may;
/// which of the characters may not is seen when there are some.
#[expect(clippy::indexing_slicing, reason = "a byte is below 256")]
const fn is_word_byte(byte: u8) -> bool {
    const TABLE: [bool; 256] = {
        let mut table = [false; 256];
        let mut byte = 0;
        while byte < 256 {
            let b = byte as u8;
            table[byte] = b.is_ascii_alphanumeric() || b == b'_' || b >= 0x80;
            byte += 1;
        }
        table
    };
    TABLE[byte as usize]
}

/// DSP0004 lets names hold any character from U+0080 up. Spaces, controls and
/// typographic marks are slips (pasted quotes, no-break spaces), never names.
pub(crate) fn is_name_char(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || c == '_'
        || (!c.is_ascii()
            && !c.is_whitespace()
            && !c.is_control()
            && !matches!(c, '«' | '»' | '\u{2000}'..='\u{206F}' | '\u{FFF0}'..='\u{FFFF}'))
}

/// The token of a reserved or contextual word.
fn keyword(text: &str) -> Option<Token<'_>> {
    let is = |word: &str| text.eq_ignore_ascii_case(word);
    let intrinsic = |cim_type| Some(Token::Type(TypeWord { cim_type, text }));
    match text.len() {
        2 if is("of") => Some(Token::Of(text)),
        2 if is("as") => Some(Token::As(text)),
        3 if is("ref") => Some(Token::Ref(text)),
        4 if is("true") => Some(Token::Boolean(true)),
        4 if is("null") => Some(Token::Null),
        4 if is("void") => Some(Token::Void(text)),
        5 if is("class") => Some(Token::Class(text)),
        5 if is("false") => Some(Token::Boolean(false)),
        5 if is("uint8") => intrinsic(CimType::UInt8),
        5 if is("sint8") => intrinsic(CimType::SInt8),
        5 if is("scope") => Some(Token::Scope(text)),
        6 if is("string") => intrinsic(CimType::String),
        6 if is("uint16") => intrinsic(CimType::UInt16),
        6 if is("uint32") => intrinsic(CimType::UInt32),
        6 if is("uint64") => intrinsic(CimType::UInt64),
        6 if is("sint16") => intrinsic(CimType::SInt16),
        6 if is("sint32") => intrinsic(CimType::SInt32),
        6 if is("sint64") => intrinsic(CimType::SInt64),
        6 if is("real32") => intrinsic(CimType::Real32),
        6 if is("real64") => intrinsic(CimType::Real64),
        6 if is("char16") => intrinsic(CimType::Char16),
        6 if is("object") => Some(Token::Object(text)),
        6 if is("flavor") => Some(Token::Flavor(text)),
        7 if is("boolean") => intrinsic(CimType::Boolean),
        8 if is("datetime") => intrinsic(CimType::DateTime),
        8 if is("instance") => Some(Token::Instance(text)),
        9 if is("qualifier") => Some(Token::Qualifier(text)),
        _ => None,
    }
}

/// The token of a word that only MOF 3 knows.
fn mof3_keyword(text: &str) -> Token<'_> {
    let is = |word: &str| text.eq_ignore_ascii_case(word);
    match text.len() {
        5 if is("value") => Token::Value(text),
        6 if is("policy") => Token::Policy(text),
        9 if is("structure") => Token::Structure(text),
        10 if is("indication") => Token::Indication(text),
        11 if is("enumeration") => Token::Enumeration(text),
        11 if is("association") => Token::Association(text),
        _ => Token::Identifier(text),
    }
}

/// The whole literal that comes next in `rest`, and where its contents begin.
fn next_quoted(rest: &str) -> Option<(usize, Quoted<'_>)> {
    let (gap, _) = skip_trivia(rest);
    let inside = rest.get(gap..)?.strip_prefix('"')?;
    Some((gap + 1, quoted(inside, b'"').ok()?))
}

/// What stands behind white space and comments.
#[derive(Clone, Copy, PartialEq)]
enum End {
    Token,
    Text,
    /// A comment without its end.
    OpenComment,
}

/// The length of the white space and comments at the start, and what is behind.
#[inline]
fn skip_trivia(text: &str) -> (usize, End) {
    let bytes = text.as_bytes();
    let mut at = 0;
    loop {
        match bytes.get(at) {
            Some(b' ' | b'\t' | b'\r' | b'\n' | 0x0B | 0x0C) => {
                at += 1;
                at += scan::spaces(bytes.get(at..).unwrap_or_default());
            }
            Some(0xEF) if bytes.get(at..at + 3) == Some(b"\xEF\xBB\xBF") => at += 3,
            Some(b'/') => match bytes.get(at + 1) {
                Some(b'/') => at += line_length(bytes.get(at..).unwrap_or_default()),
                Some(b'*') => {
                    let inside = bytes.get(at + 2..).unwrap_or_default();
                    match memchr::memmem::find(inside, b"*/") {
                        Some(end) => at += end + 4,
                        None => return (at, End::OpenComment),
                    }
                }
                _ => return (at, End::Token),
            },
            Some(_) => return (at, End::Token),
            None => return (at, End::Text),
        }
    }
}

/// A literal without its quotes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Quoted<'a> {
    pub(crate) raw: &'a str,
    /// Whether there is a backslash in it.
    pub(crate) escaped: bool,
    /// Whether one stands before another character than the common ones.
    doubtful: bool,
}

/// What stands before the closing `quote`; without one on the line, the line's length.
fn quoted(rest: &str, quote: u8) -> Result<Quoted<'_>, usize> {
    let bytes = rest.as_bytes();
    let (mut escaped, mut doubtful) = (false, false);
    let mut at = 0;
    loop {
        at += scan::string_stop(bytes.get(at..).unwrap_or_default(), quote);
        match bytes.get(at) {
            Some(byte) if *byte == quote => {
                return rest.get(..at).map(|raw| Quoted { raw, escaped, doubtful }).ok_or(at);
            }
            Some(b'\\') => {
                escaped = true;
                let next = bytes.get(at + 1);
                doubtful |= !matches!(next, Some(b'n' | b't' | b'"' | b'\'' | b'\\'));
                let pair = !matches!(next, None | Some(b'\n' | b'\r'));
                at += 1 + usize::from(pair);
            }
            None | Some(b'\n' | b'\r') => return Err(at),
            // Other control characters are as good as any.
            Some(_) => at += 1,
        }
    }
}

/// The length of a line without what ends it.
fn line_length(rest: &[u8]) -> usize {
    memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lex(text: &str) -> Vec<Result<Token<'_>, LexError>> {
        Lexer::new(text, Language::Mof2, 0).collect()
    }

    #[test]
    fn words_without_case() {
        for (text, token) in [
            ("CLASS", Token::Class("CLASS")),
            ("Of", Token::Of("Of")),
            ("nUlL", Token::Null),
            ("FALSE", Token::Boolean(false)),
            ("Key", Token::Identifier("Key")),
            ("_x1", Token::Identifier("_x1")),
            ("Größe", Token::Identifier("Größe")),
            ("$a_1", Token::Alias("a_1")),
            ("# PRAGMA", Token::Pragma),
            ("#include", Token::Include("include")),
        ] {
            assert_eq!(lex(text), [Ok(token)], "{text}");
        }
        for t in
            CimType::ALL.into_iter().filter(|t| !matches!(t, CimType::Reference | CimType::Object))
        {
            let text = t.as_str();
            assert_eq!(lex(text), [Ok(Token::Type(TypeWord { cim_type: t, text }))]);
        }
    }

    #[test]
    fn strings() {
        for (text, decoded, owned) in [
            (r#""""#, "", false),
            (r#""a/*b*/""#, "a/*b*/", false),
            (r#""\"\\""#, r#""\"#, true),
            (r#""a\\" "b""#, r"a\b", true),
            ("\"a\"\"b\"/*c*/ // \"d\"\r\n\"e\"", "abe", true),
            (r#""" """#, "", true),
        ] {
            let tokens = lex(text);
            let [Ok(Token::Text(found))] = tokens[..] else { panic!("{text}: {tokens:?}") };
            let found = found.decode(&mut String::new());
            assert_eq!(found, decoded, "{text}");
            assert_eq!(matches!(found, Cow::Owned(_)), owned, "{text}");
        }
        for (text, error) in [
            ("\"a", LexError::String),
            ("\"a\\", LexError::String),
            ("''", LexError::CharacterLiteral),
            ("'ab'", LexError::CharacterLiteral),
            ("'😀'", LexError::CharacterLiteral),
            ("'a", LexError::CharacterLiteral),
        ] {
            assert_eq!(lex(text), [Err(error)], "{text}");
        }
        assert_eq!(lex("\"a\\\n;"), [Err(LexError::String), Ok(Token::Semicolon)]);
        assert!(matches!(lex("\"a\" \"b\n;")[..], [Ok(Token::Text(_)), Err(LexError::String), _]));
    }

    #[test]
    fn characters() {
        for (text, unit) in [("'A'", 65), (r"'\''", 39), (r"'\xD800'", 0xD800)] {
            assert_eq!(lex(text), [Ok(Token::Character(unit))], "{text}");
        }
    }

    #[test]
    fn comments_and_spaces_vanish() {
        assert_eq!(lex(" \u{FEFF}// x\r;/* * / \n*/,//"), [Ok(Token::Semicolon), Ok(Token::Comma)]);
        assert_eq!(lex("/* x"), [Err(LexError::Comment)]);
        assert_eq!(lex("#define"), [Err(LexError::Directive)]);
        assert_eq!(lex("“x”"), [Err(LexError::Name)]);
        assert_eq!(lex("@"), [Err(LexError::Character)]);
    }

    #[test]
    fn a_number_is_one_token() {
        for text in ["089", "12b", "0xZZ", "12abc", "1.", "1.2.3", "1e5", "1.5e", "+0x", "1_000"] {
            assert!(matches!(lex(text)[..], [Err(LexError::Number(_))]), "{text}: {:?}", lex(text));
        }
        assert_eq!(lex("1-2").len(), 2);
        assert_eq!(lex("1.5e-2"), [Ok(Token::Real(0.015))]);
    }
}
