//! Escape sequences in strings and characters (DSP0004 Annex A,
//! escapedCharacter): `\b \t \n \f \r \" \' \\` and `\x` with one to four
//! hexadecimal digits, in MOF 3 one to six (DSP0221 7.6.1.3).

use crate::Language;
use crate::source::Span;

/// Why an escape sequence is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mistake {
    /// No such escape.
    Unknown,
    /// `\x` without digits.
    NoDigits,
    /// `\x` with half of a surrogate pair; strings hold whole characters.
    Surrogate,
    /// `\x` with a number above U+10FFFF.
    NoCharacter,
}

/// One unit of a literal's contents.
enum Unit {
    Char(char),
    Code(u32),
    Bad(Mistake),
}

/// Splits off the first unit of non-empty contents; gives its length too.
fn unit(raw: &str, language: Language) -> Option<(Unit, usize)> {
    let mut chars = raw.chars();
    let first = chars.next()?;
    if first != '\\' {
        return Some((Unit::Char(first), first.len_utf8()));
    }
    let Some(second) = chars.next() else { return Some((Unit::Bad(Mistake::Unknown), 1)) };
    let simple = match second {
        'b' => '\u{8}',
        't' => '\t',
        'n' => '\n',
        'f' => '\u{C}',
        'r' => '\r',
        '"' | '\'' | '\\' => second,
        'x' | 'X' => {
            let digits = chars.as_str();
            let most = match language {
                Language::Mof2 => 4,
                Language::Mof3 => 6,
            };
            let length = digits.bytes().take(most).take_while(u8::is_ascii_hexdigit).count();
            let code = digits.get(..length).and_then(|d| u32::from_str_radix(d, 16).ok());
            return Some((code.map_or(Unit::Bad(Mistake::NoDigits), Unit::Code), 2 + length));
        }
        _ => return Some((Unit::Bad(Mistake::Unknown), 1 + second.len_utf8())),
    };
    Some((Unit::Char(simple), 2))
}

/// Appends the contents of a string literal to `out`; mistakes are left out.
pub(crate) fn unescape(raw: &str, language: Language, out: &mut String) {
    units(raw, language, |unit, _| {
        if let Ok(text) = unit {
            text.push_to(out);
        }
    });
}

/// Reports every mistake in a literal, with its place counted from the literal's start.
pub(crate) fn mistakes(raw: &str, language: Language, mut report: impl FnMut(Span, Mistake)) {
    units(raw, language, |unit, place| {
        if let Err(mistake) = unit {
            report(place, mistake);
        }
    });
}

/// What a part of a literal stands for.
enum Part<'a> {
    Plain(&'a str),
    Char(char),
}

impl Part<'_> {
    fn push_to(&self, out: &mut String) {
        match self {
            Self::Plain(text) => out.push_str(text),
            Self::Char(c) => out.push(*c),
        }
    }
}

/// Walks through a literal: runs of plain text, and escape sequences.
fn units<'a>(
    raw: &'a str,
    language: Language,
    mut each: impl FnMut(Result<Part<'a>, Mistake>, Span),
) {
    let mut rest = raw;
    while !rest.is_empty() {
        let plain = memchr::memchr(b'\\', rest.as_bytes()).unwrap_or(rest.len());
        let (before, from_escape) = rest.split_at(plain);
        let at = raw.len() - from_escape.len();
        if !before.is_empty() {
            each(Ok(Part::Plain(before)), Span::from(at - plain..at));
        }
        rest = from_escape;
        let Some((unit, mut length)) = unit(rest, language) else { break };
        let found = match unit {
            Unit::Char(c) => Ok(c),
            Unit::Bad(mistake) => Err(mistake),
            Unit::Code(code) if code > u32::from(char::MAX) => Err(Mistake::NoCharacter),
            Unit::Code(code) => match whole_char(code, rest.get(length..).unwrap_or_default()) {
                Some((c, more)) => {
                    length += more;
                    Ok(c)
                }
                None => Err(Mistake::Surrogate),
            },
        };
        each(found.map(Part::Char), Span::from(at..at + length));
        rest = rest.get(length..).unwrap_or_default();
    }
}

/// The character of a code unit, together with the escape after it when the two
/// are a surrogate pair; and how much of `rest` that takes.
fn whole_char(code: u32, rest: &str) -> Option<(char, usize)> {
    if let Some(c) = char::from_u32(code) {
        return Some((c, 0));
    }
    // Codes of surrogates have four digits in either language.
    let Some((Unit::Code(low), length)) = unit(rest, Language::Mof2) else { return None };
    let pair = [u16::try_from(code).ok()?, u16::try_from(low).ok()?];
    char::decode_utf16(pair).next()?.ok().map(|c| (c, length))
}

/// The value of a character literal's contents, if they are one UTF-16 code
/// unit.
pub(crate) fn code_unit(raw: &str) -> Option<u16> {
    let (unit, length) = unit(raw, Language::Mof2)?;
    if length != raw.len() {
        return None;
    }
    match unit {
        Unit::Char(c) => u16::try_from(u32::from(c)).ok(),
        Unit::Code(code) => u16::try_from(code).ok(),
        Unit::Bad(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn unescaped(raw: &str) -> (String, Vec<(u32, u32, Mistake)>) {
        unescaped_as(raw, Language::Mof2)
    }

    fn unescaped_as(raw: &str, language: Language) -> (String, Vec<(u32, u32, Mistake)>) {
        let (mut out, mut found) = (String::new(), Vec::new());
        unescape(raw, language, &mut out);
        mistakes(raw, language, |span, m| found.push((span.start, span.end, m)));
        (out, found)
    }

    #[test]
    fn every_escape() {
        for (raw, text) in [
            (r#"a\b\t\n\f\r\"\'\\z"#, "a\u{8}\t\n\u{C}\r\"'\\z"),
            (r"\x41G", "AG"),
            (r"\X0041Z\x7", "AZ\u{7}"),
            (r"\x00411", "A1"),
            (r"\xD83D\xDE00", "😀"),
            ("é", "é"),
        ] {
            assert_eq!(unescaped(raw), (text.to_owned(), vec![]), "{raw}");
        }
    }

    #[test]
    fn mof3_escapes_have_up_to_six_digits() {
        for (raw, text, mistakes) in [
            (r"\x41G\x1F600", "AG😀", vec![]),
            (r"\x000041B", "AB", vec![]),
            (r"\xD83D\xDE00", "😀", vec![]),
            (r"\x110000", "", vec![(0, 8, Mistake::NoCharacter)]),
            (r"\xD800z", "z", vec![(0, 6, Mistake::Surrogate)]),
        ] {
            assert_eq!(unescaped_as(raw, Language::Mof3), (text.to_owned(), mistakes), "{raw}");
        }
    }

    #[test]
    fn mistakes_have_their_place() {
        for (raw, text, mistakes) in [
            (r"ab\q", "ab", vec![(2, 4, Mistake::Unknown)]),
            (r"\äb", "b", vec![(0, 3, Mistake::Unknown)]),
            (r"\xyz", "yz", vec![(0, 2, Mistake::NoDigits)]),
            (r"\xD800z", "z", vec![(0, 6, Mistake::Surrogate)]),
            (r"\xDC00\xD800", "", vec![(0, 6, Mistake::Surrogate), (6, 12, Mistake::Surrogate)]),
        ] {
            assert_eq!(unescaped(raw), (text.to_owned(), mistakes), "{raw}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(raw: String, escapes in r#"(\\[a-zA-Z"'\\]|[0-9A-Fdé]){0,20}"#) {
            let _ = (unescaped(&raw), code_unit(&raw));
            let _ = (unescaped(&escapes), code_unit(&escapes));
            let _ = unescaped_as(&escapes, Language::Mof3);
        }
    }
}
