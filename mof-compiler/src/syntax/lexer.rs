//! The tokens of MOF (DSP0004 Annex A; WMI's directives).
//!
//! Strings, comments and numbers are scanned by hand from their first
//! characters: that is faster than an automaton on the long descriptions of
//! schemas, and a malformed literal becomes one token instead of several.

use super::ast::Integer;
use super::literal;
use super::number;
use cimarron_model::CimType;
use logos::{Lexer, Logos};
use std::borrow::Cow;

/// A token. Words that may also be names carry their spelling. Tokens own nothing:
/// they are moved and dropped by the hundred thousand.
#[derive(Clone, Copy, Debug, Logos, PartialEq)]
#[logos(error = LexError)]
#[logos(skip(r"[ \t\r\n\x0B\x0C\u{FEFF}]+"))]
#[logos(skip(r"//", line_comment))]
#[logos(skip(r"/\*", block_comment))]
pub(crate) enum Token<'a> {
    #[token("{")]
    LeftBrace,
    #[token("}")]
    RightBrace,
    #[token("[")]
    LeftBracket,
    #[token("]")]
    RightBracket,
    #[token("(")]
    LeftParen,
    #[token(")")]
    RightParen,
    #[token(";")]
    Semicolon,
    #[token(":")]
    Colon,
    #[token(",")]
    Comma,
    #[token("=")]
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

    Alias(&'a str),
    Pragma,
    Include(&'a str),

    /// One or more adjacent string literals.
    Text(Text<'a>),
    Integer(Integer),
    Real(f64),
    Character(u16),
    /// A literal whose mistake has been reported. The patterns below yield
    /// whatever their callbacks find; logos lets only a unit variant do that.
    #[regex(
        r"[A-Za-z_\u{80}-\u{FEFE}\u{FF00}-\u{10FFFF}][0-9A-Za-z_\u{80}-\u{FEFE}\u{FF00}-\u{10FFFF}]*",
        word
    )]
    #[regex(
        r"\$[A-Za-z_\u{80}-\u{FEFE}\u{FF00}-\u{10FFFF}][0-9A-Za-z_\u{80}-\u{FEFE}\u{FF00}-\u{10FFFF}]*",
        alias
    )]
    #[regex(r"#[ \t]*[A-Za-z]*", directive)]
    #[regex(r"[+-]?\.?[0-9]", number)]
    #[token("\"", string)]
    #[token("'", character)]
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
    pub(crate) escaped: bool,
}

impl<'a> Text<'a> {
    /// What the literals say together: borrowed from the text when it is one without
    /// escapes, as most are.
    pub(crate) fn decode(self) -> Cow<'a, str> {
        if !self.joined && !self.escaped {
            return Cow::Borrowed(self.raw);
        }
        let mut decoded = String::with_capacity(self.raw.len());
        self.pieces(|_, piece| {
            if piece.escaped {
                literal::unescape(piece.raw, &mut decoded);
            } else {
                decoded.push_str(piece.raw);
            }
        });
        // What stood between the literals was counted, too.
        decoded.shrink_to_fit();
        Cow::Owned(decoded)
    }

    /// The literals, each with its offset from the first.
    pub(crate) fn pieces(self, mut each: impl FnMut(usize, Quoted<'a>)) {
        let mut at = 0;
        while let Some(rest) = self.raw.get(at..) {
            // The last literal has its closing quote behind `raw`.
            let whole = Quoted { raw: rest, escaped: self.escaped };
            let piece = if self.joined { quoted(rest, b'"').unwrap_or(whole) } else { whole };
            each(at, piece);
            let end = at + piece.raw.len() + 1;
            let Some(gap) = self.raw.get(end..).and_then(skip_trivia) else { return };
            at = end + gap + 1;
        }
    }
}

/// What can be wrong with a token.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) enum LexError {
    #[default]
    Character,
    /// A character within a name that is no letter, digit or underscore.
    Name,
    String,
    Comment,
    Number(number::Mistake),
    CharacterLiteral,
    Directive,
}

fn word<'a>(lexer: &mut Lexer<'a, Token<'a>>) -> Result<Token<'a>, LexError> {
    let text = lexer.slice();
    if text.is_ascii() {
        return Ok(keyword(text).unwrap_or(Token::Identifier(text)));
    }
    if text.chars().all(is_name_char) { Ok(Token::Identifier(text)) } else { Err(LexError::Name) }
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

fn alias<'a>(lexer: &mut Lexer<'a, Token<'a>>) -> Result<Token<'a>, LexError> {
    let name = lexer.slice().trim_start_matches('$');
    if name.chars().all(is_name_char) { Ok(Token::Alias(name)) } else { Err(LexError::Name) }
}

fn directive<'a>(lexer: &mut Lexer<'a, Token<'a>>) -> Result<Token<'a>, LexError> {
    let word = lexer.slice().trim_start_matches(['#', ' ', '\t']);
    if word.eq_ignore_ascii_case("pragma") {
        Ok(Token::Pragma)
    } else if word.eq_ignore_ascii_case("include") {
        Ok(Token::Include(word))
    } else {
        Err(LexError::Directive)
    }
}

/// Takes a literal and those that follow it, comments or not between them.
fn string<'a>(lexer: &mut Lexer<'a, Token<'a>>) -> Result<Token<'a>, LexError> {
    let rest = lexer.remainder();
    let first = match quoted(rest, b'"') {
        Ok(first) => first,
        Err(end) => {
            lexer.bump(end);
            return Err(LexError::String);
        }
    };
    let (mut end, mut joined, mut escaped) = (first.raw.len(), false, first.escaped);
    while let Some((gap, next)) = rest.get(end + 1..).and_then(next_quoted) {
        end += 1 + gap + next.raw.len();
        joined = true;
        escaped |= next.escaped;
    }
    lexer.bump(end + 1);
    Ok(Token::Text(Text { raw: rest.get(..end).unwrap_or_default(), joined, escaped }))
}

/// The whole literal that comes next in `rest`, and where its contents begin.
fn next_quoted(rest: &str) -> Option<(usize, Quoted<'_>)> {
    let gap = skip_trivia(rest)?;
    let inside = rest.get(gap..)?.strip_prefix('"')?;
    Some((gap + 1, quoted(inside, b'"').ok()?))
}

/// The length of white space and comments at the start; `None` at the end of the
/// text and where a comment does not end.
fn skip_trivia(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    loop {
        match bytes.get(at)? {
            b' ' | b'\t' | b'\r' | b'\n' | 0x0B | 0x0C => at += 1,
            0xEF if text.get(at..)?.starts_with('\u{FEFF}') => at += 3,
            b'/' => {
                let rest = text.get(at..)?;
                at += match rest.get(..2)? {
                    "//" => line_length(rest),
                    "/*" => 4 + rest.get(2..)?.find("*/")?,
                    _ => return Some(at),
                };
            }
            _ => return Some(at),
        }
    }
}

fn character<'a>(lexer: &mut Lexer<'a, Token<'a>>) -> Result<Token<'a>, LexError> {
    match quoted(lexer.remainder(), b'\'') {
        Ok(Quoted { raw, .. }) => {
            lexer.bump(raw.len() + 1);
            literal::code_unit(raw).map(Token::Character).ok_or(LexError::CharacterLiteral)
        }
        Err(end) => {
            lexer.bump(end);
            Err(LexError::CharacterLiteral)
        }
    }
}

/// A literal without its quotes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Quoted<'a> {
    pub(crate) raw: &'a str,
    /// Whether there is a backslash in it.
    pub(crate) escaped: bool,
}

/// What stands before the closing `quote`; without one on the line, the line's length.
fn quoted(rest: &str, quote: u8) -> Result<Quoted<'_>, usize> {
    let bytes = rest.as_bytes();
    let mut escaped = false;
    let mut at = 0;
    loop {
        let open = bytes.get(at..).unwrap_or_default();
        let stop = memchr::memchr3(quote, b'\\', b'\n', open).unwrap_or(open.len());
        // A line may also end with CR. Looking for four bytes at once is not vectorised.
        if let Some(end) = memchr::memchr(b'\r', open.get(..stop).unwrap_or_default()) {
            return Err(at + end);
        }
        at += stop;
        match bytes.get(at) {
            Some(byte) if *byte == quote => {
                return rest.get(..at).map(|raw| Quoted { raw, escaped }).ok_or(at);
            }
            Some(b'\\') => {
                escaped = true;
                let pair = !matches!(bytes.get(at + 1), None | Some(b'\n' | b'\r'));
                at += 1 + usize::from(pair);
            }
            _ => return Err(at),
        }
    }
}

/// Takes everything that looks like part of the number, so that `089` or
/// `12abc` is one mistake.
fn number<'a>(lexer: &mut Lexer<'a, Token<'a>>) -> Result<Token<'a>, LexError> {
    let bytes = lexer.remainder().as_bytes();
    let mut previous = b'0';
    let length = bytes
        .iter()
        .position(|&byte| {
            let exponent_sign = matches!(byte, b'+' | b'-') && previous.eq_ignore_ascii_case(&b'e');
            previous = byte;
            !(byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.') || exponent_sign)
        })
        .unwrap_or(bytes.len());
    lexer.bump(length);
    match number::parse(lexer.slice()) {
        Ok(number::Number::Integer(integer)) => Ok(Token::Integer(integer)),
        Ok(number::Number::Real(real)) => Ok(Token::Real(real)),
        Err(mistake) => Err(LexError::Number(mistake)),
    }
}

fn line_comment<'a>(lexer: &mut Lexer<'a, Token<'a>>) {
    lexer.bump(line_length(lexer.remainder()));
}

/// The length of a line without what ends it.
fn line_length(rest: &str) -> usize {
    memchr::memchr2(b'\n', b'\r', rest.as_bytes()).unwrap_or(rest.len())
}

fn block_comment<'a>(lexer: &mut Lexer<'a, Token<'a>>) -> Result<(), LexError> {
    match lexer.remainder().find("*/") {
        Some(end) => {
            lexer.bump(end + 2);
            Ok(())
        }
        None => {
            lexer.bump(lexer.remainder().len());
            Err(LexError::Comment)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lex(text: &str) -> Vec<Result<Token<'_>, LexError>> {
        Token::lexer(text).collect()
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
            assert_eq!(found.decode(), decoded, "{text}");
            assert_eq!(matches!(found.decode(), Cow::Owned(_)), owned, "{text}");
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
