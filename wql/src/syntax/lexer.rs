//! Tokens of WQL.
//!
//! Only the words that the grammar needs are keywords here; everything else that
//! looks like a name is a [`Token::Word`]. Several tokens exist only so that a
//! query that uses them gets a telling error: a malformed number stays one token
//! (`12b` is not `12` followed by `b`), and comment, arithmetic and bracket
//! characters are recognised though no rule of the grammar takes them.

use crate::Span;
use crate::error::WqlError;
use logos::Logos;

/// A token; its text is the span's. Every keyword but TRUE, FALSE and NULL is a
/// name wherever the grammar wants one.
#[derive(Logos, Clone, Copy, Debug, PartialEq, Eq)]
#[logos(skip r"[ \t\r\n\x0B\x0C]+")]
pub(crate) enum Token {
    #[token("select", ignore(case))]
    Select,
    #[token("from", ignore(case))]
    From,
    #[token("where", ignore(case))]
    Where,
    #[token("and", ignore(case))]
    And,
    #[token("or", ignore(case))]
    Or,
    #[token("not", ignore(case))]
    Not,
    #[token("is", ignore(case))]
    Is,
    #[token("isa", ignore(case))]
    Isa,
    #[token("like", ignore(case))]
    Like,
    #[token("associators", ignore(case))]
    Associators,
    #[token("references", ignore(case))]
    References,
    #[token("of", ignore(case))]
    Of,
    #[token("within", ignore(case))]
    Within,
    #[token("group", ignore(case))]
    Group,
    #[token("by", ignore(case))]
    By,
    #[token("having", ignore(case))]
    Having,
    #[token("top", ignore(case))]
    Top,
    #[token("distinct", ignore(case))]
    Distinct,
    #[token("as", ignore(case))]
    As,
    #[token("in", ignore(case))]
    In,
    #[token("between", ignore(case))]
    Between,
    #[token("order", ignore(case))]
    Order,
    #[token("asc", ignore(case))]
    Asc,
    #[token("desc", ignore(case))]
    Desc,
    #[token("limit", ignore(case))]
    Limit,
    #[token("offset", ignore(case))]
    Offset,
    #[token("null", ignore(case))]
    Null,
    #[token("true", ignore(case))]
    True,
    #[token("false", ignore(case))]
    False,
    // Letters from U+0080 up are legal in DMTF names. Latin-1 punctuation, the
    // general punctuation block, the ideographic space and the byte order mark are
    // left out: nobody names a property with them, and a curly quote must not pass
    // for a letter.
    #[regex(r"[A-Za-z_\u{AA}\u{B5}\u{BA}\u{C0}-\u{1FFF}\u{2070}-\u{2FFF}\u{3001}-\u{FEFE}\u{FF00}-\u{FFEF}][0-9A-Za-z_\u{AA}\u{B5}\u{BA}\u{C0}-\u{1FFF}\u{2070}-\u{2FFF}\u{3001}-\u{FEFE}\u{FF00}-\u{FFEF}]*", priority = 2)]
    Word,
    #[regex(r"[+-]?[0-9]+", priority = 10)]
    Integer,
    #[regex(r"[+-]?[0-9]*\.[0-9]+([eE][+-]?[0-9]+)?", priority = 9)]
    #[regex(r"[+-]?[0-9]+[eE][+-]?[0-9]+", priority = 9)]
    Real,
    /// A datetime without quotes, as MS-WMI 2.2.1.1 has it among the constants.
    #[regex(r"[0-9*]{14}\.[0-9*]{6}[+\-:][0-9*]{3}", priority = 40)]
    DateTime,
    #[regex(r"[+-]?[0-9]*\.?[0-9]+[0-9A-Za-z_.]*", priority = 3)]
    MalformedNumber,
    #[regex(r#""([^"\\]|\\(?s:.))*""#)]
    #[regex(r"'([^'\\]|\\(?s:.))*'")]
    String,
    #[regex(r#""([^"\\]|\\(?s:.))*\\?"#, priority = 3)]
    #[regex(r"'([^'\\]|\\(?s:.))*\\?", priority = 3)]
    UnterminatedString,
    #[token("=")]
    Equal,
    #[token("<>")]
    #[token("!=")]
    NotEqual,
    #[token("<")]
    Less,
    #[token("<=")]
    LessOrEqual,
    #[token(">")]
    Greater,
    #[token(">=")]
    GreaterOrEqual,
    #[token("*")]
    Star,
    #[token(",")]
    Comma,
    #[token(".")]
    Dot,
    #[token("(")]
    Open,
    #[token(")")]
    Close,
    #[token("==")]
    DoubleEqual,
    #[regex(r"[+\-/%]|\|\|", priority = 1)]
    Arithmetic,
    #[regex(r"&&?|\||!|\^|~", priority = 1)]
    LogicSymbol,
    #[regex(r"[\[\]]")]
    Bracket,
    /// A whole group in braces: an object path, whose quoted keys may hold braces.
    #[regex(r#"\{([^{}"']|"([^"\\]|\\(?s:.))*"|'([^'\\]|\\(?s:.))*')*\}"#)]
    Braced,
    #[regex(r"[{}]")]
    Brace,
    #[token(";")]
    Semicolon,
    #[regex(r"--|//|/\*|#")]
    Comment,
}

impl Token {
    /// Whether it is one of the words that are constants, and so no names.
    pub(crate) const fn is_constant(self) -> bool {
        matches!(self, Self::Null | Self::True | Self::False)
    }
}

/// A token with the offsets of its first byte and behind its last one.
pub(crate) type Lexeme = (u32, Token, u32);

/// The tokens of `text`, in order; errors for characters that start none and
/// for those that are malformed in themselves.
pub(crate) fn tokens(text: &str) -> impl Iterator<Item = Result<Lexeme, Box<WqlError>>> + '_ {
    Token::lexer(text).spanned().map(move |(token, range)| match token {
        // Queries are shorter than 4 GiB: the parser sees to it.
        Ok(token) if token != Token::UnterminatedString && token != Token::MalformedNumber => {
            Ok((range.start as u32, token, range.end as u32))
        }
        token => Err(Box::new(malformed(text, token, Span::new(range.start, range.end)))),
    })
}

/// What is wrong with a token, or with a character that starts none.
#[cold]
fn malformed(text: &str, token: Result<Token, ()>, span: Span) -> WqlError {
    match token {
        Ok(Token::UnterminatedString) => WqlError::UnterminatedString { span },
        Ok(_) => WqlError::MalformedNumber { text: span.of(text).to_owned(), span },
        Err(()) => {
            let character = span.of(text).chars().next().unwrap_or_default();
            WqlError::UnexpectedCharacter { character, span }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Token::*;

    #[track_caller]
    fn check(text: &str, expected: &[Token]) {
        let found: Vec<_> = tokens(text).map(|t| t.unwrap().1).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn splits_as_written() {
        check("SELECT * from Where_", &[Select, Star, From, Word]);
        check("a.b<>'x\\'y'", &[Word, Dot, Word, NotEqual, String]);
        check("a<=-5", &[Word, LessOrEqual, Integer]);
        check("IsA is isa_ IS_A", &[Isa, Is, Word, Word]);
        check(
            "1 +2 -3 .5 2.3e-2 1e5 +1.0E+3",
            &[Integer, Integer, Integer, Real, Real, Real, Real],
        );
        check("\"a\\\\\" \"\" '\"'", &[String, String, String]);
        check("Größe __CLASS _x9", &[Word, Word, Word]);
        check("a + b || c -- d", &[Word, Arithmetic, Word, Arithmetic, Word, Comment, Word]);
        check(
            "a==b && !c;[1]",
            &[
                Word,
                DoubleEqual,
                Word,
                LogicSymbol,
                LogicSymbol,
                Word,
                Semicolon,
                Bracket,
                Integer,
                Bracket,
            ],
        );
        check("\"multi\nline\"", &[String]);
        check("ASSOCIATORS OF {X.a=\"}\\\"\",b='{'}where", &[Associators, Of, Braced, Where]);
        check("{ } {} }", &[Braced, Braced, Brace]);
        check("a>20240101120000.000000+060", &[Word, Greater, DateTime]);
        check("00000001000000.000000:000 2024****120000.******-***", &[DateTime, DateTime]);
        check("20240101120000.000000", &[Real]);
    }

    #[test]
    fn refuses_what_is_malformed() {
        for text in ["0x1F", "12b", "1.2.3", "5.", "1e", "1.5e+"] {
            let error = tokens(text).find_map(Result::err).unwrap();
            assert!(matches!(*error, WqlError::MalformedNumber { .. }), "{text}: {error:?}");
        }
        for text in ["\"abc", "'abc", "\"abc\\\"", "'a\\", "\""] {
            let error = tokens(text).find_map(Result::err).unwrap();
            let span = Span::new(0, text.len());
            assert_eq!(*error, WqlError::UnterminatedString { span }, "{text}");
        }
        check("{X=5 {", &[Brace, Word, Equal, Integer, Brace]);
        for text in ["“x”", "\u{feff}SELECT", "\u{a0}", "?", "@", "\0"] {
            let error = tokens(text).find_map(Result::err).unwrap();
            assert!(matches!(*error, WqlError::UnexpectedCharacter { .. }), "{text}: {error:?}");
        }
    }
}
