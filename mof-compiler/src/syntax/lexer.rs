//! The tokens of MOF (DSP0004 Annex A; WMI's directives).
//!
//! Strings, comments and numbers are scanned by hand from their first
//! characters: that is faster than an automaton on the long descriptions of
//! schemas, and a malformed literal becomes one token instead of several.

use super::ast::Integer;
use super::number;
use crate::Language;
use cimarron_model::CimType;
use logos::{Lexer, Logos};
use std::borrow::Cow;

/// A token. Words that may also be names carry their spelling.
#[derive(Clone, Debug, Logos, PartialEq)]
#[logos(error = LexError)]
#[logos(extras = Language)]
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

    /// One literal as it stands between its quotes; the driver joins adjacent
    /// ones into a `Text`, so the parser never sees this.
    Literal(Literal<'a>),
    Text(Cow<'a, str>),
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

/// A string literal without its quotes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Literal<'a> {
    pub(crate) raw: &'a str,
    pub(crate) escaped: bool,
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
        return Ok(keyword(text).unwrap_or_else(|| match lexer.extras {
            Language::Mof2 => Token::Identifier(text),
            Language::Mof3 => mof3_keyword(text),
        }));
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

fn string<'a>(lexer: &mut Lexer<'a, Token<'a>>) -> Result<Token<'a>, LexError> {
    match quoted(lexer, b'"') {
        Some((raw, escaped)) => Ok(Token::Literal(Literal { raw, escaped })),
        None => Err(LexError::String),
    }
}

fn character<'a>(lexer: &mut Lexer<'a, Token<'a>>) -> Result<Token<'a>, LexError> {
    let (raw, _) = quoted(lexer, b'\'').ok_or(LexError::CharacterLiteral)?;
    super::literal::code_unit(raw).map(Token::Character).ok_or(LexError::CharacterLiteral)
}

/// Consumes up to the closing `quote` and gives what stands before it, and
/// whether that holds a backslash. Without a closing quote on the line,
/// consumes the rest of the line.
fn quoted<'a>(lexer: &mut Lexer<'a, Token<'a>>, quote: u8) -> Option<(&'a str, bool)> {
    let rest = lexer.remainder();
    let bytes = rest.as_bytes();
    let mut escaped = false;
    let mut at = 0;
    loop {
        match bytes.get(at) {
            Some(&byte) if byte == quote => {
                lexer.bump(at + 1);
                return rest.get(..at).map(|raw| (raw, escaped));
            }
            Some(b'\\') => {
                escaped = true;
                let pair = !matches!(bytes.get(at + 1), None | Some(b'\n' | b'\r'));
                at += 1 + usize::from(pair);
            }
            None | Some(b'\n' | b'\r') => {
                lexer.bump(at);
                return None;
            }
            Some(_) => at += 1,
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
    let rest = lexer.remainder();
    // The search for one byte is vectorised, that for two is not.
    let line = rest.find('\n').and_then(|end| rest.get(..end)).unwrap_or(rest);
    let length = line.find('\r').unwrap_or(line.len());
    lexer.bump(length);
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
    fn literals() {
        let literal = |raw, escaped| Ok(Token::Literal(Literal { raw, escaped }));
        for (text, token) in [
            (r#""""#, literal("", false)),
            (r#""a/*b*/""#, literal("a/*b*/", false)),
            (r#""\"\\""#, literal(r#"\"\\"#, true)),
            ("'A'", Ok(Token::Character(65))),
            (r"'\''", Ok(Token::Character(39))),
            (r"'\xD800'", Ok(Token::Character(0xD800))),
            ("''", Err(LexError::CharacterLiteral)),
            ("'ab'", Err(LexError::CharacterLiteral)),
            ("'😀'", Err(LexError::CharacterLiteral)),
            ("'a", Err(LexError::CharacterLiteral)),
            ("\"a", Err(LexError::String)),
            ("\"a\\", Err(LexError::String)),
        ] {
            assert_eq!(lex(text), [token], "{text}");
        }
        assert_eq!(lex("\"a\\\n;"), [Err(LexError::String), Ok(Token::Semicolon)]);
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
