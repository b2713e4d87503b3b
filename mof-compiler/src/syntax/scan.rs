//! Crossing text eight bytes at a time.
//!
//! What a schema is made of is short: strings of thirty characters, indentation of
//! ten. A vectorised search takes longer to start than these take to cross in words,
//! and a byte at a time takes several times as long.

use super::token::Form;
use crate::Language;

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// Marks the bytes of `word` that are below `limit`, which is at most 0x80. Above the
/// lowest such byte others may be marked, too, so only the lowest mark counts.
#[inline]
const fn below(word: u64, limit: u8) -> u64 {
    word.wrapping_sub(ONES * limit as u64) & !word & HIGH
}

/// Marks the bytes of `word` that are `byte`; only the lowest mark counts.
#[inline]
const fn equal(word: u64, byte: u8) -> u64 {
    below(word ^ (ONES * byte as u64), 1)
}

/// The offset of the first quote, backslash or control character; the length where
/// there is none.
#[inline]
pub(super) fn string_stop(bytes: &[u8], quote: u8) -> usize {
    let (words, rest) = bytes.as_chunks::<8>();
    for (at, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let marks = equal(word, quote) | equal(word, b'\\') | below(word, b' ');
        if marks != 0 {
            return at * 8 + (marks.trailing_zeros() / 8) as usize;
        }
    }
    let stops = |byte: &u8| *byte == quote || *byte == b'\\' || *byte < b' ';
    bytes.len() - rest.len() + rest.iter().position(stops).unwrap_or(rest.len())
}

/// How many spaces the bytes begin with.
#[inline]
pub(super) fn spaces(bytes: &[u8]) -> usize {
    let (words, rest) = bytes.as_chunks::<8>();
    for (at, word) in words.iter().enumerate() {
        let others = u64::from_le_bytes(*word) ^ (ONES * b' ' as u64);
        if others != 0 {
            return at * 8 + (others.trailing_zeros() / 8) as usize;
        }
    }
    bytes.len() - rest.len() + rest.iter().take_while(|byte| **byte == b' ').count()
}

/// The length of the ASCII word that the bytes begin with, and whether that is all of it: a
/// character beyond ASCII may belong to it, too.
#[inline]
#[expect(clippy::indexing_slicing, reason = "a byte is below 256")]
pub(super) fn word(bytes: &[u8]) -> (usize, bool) {
    const IN_WORDS: [bool; 256] = {
        let mut table = [false; 256];
        let mut byte = 0;
        while byte < 256 {
            let b = byte as u8;
            table[byte] = b.is_ascii_alphanumeric() || b == b'_';
            byte += 1;
        }
        table
    };
    match bytes.iter().position(|byte| !IN_WORDS[*byte as usize]) {
        Some(at) => (at, bytes.get(at).is_some_and(u8::is_ascii)),
        None => (bytes.len(), true),
    }
}

/// The length of the block comment that a text begins with; `None` when it does not end. The
/// `*` that it begins with is not the one that it ends with.
pub(crate) fn block_comment(text: &str) -> Option<usize> {
    Some(text.get(2..)?.find("*/")? + 4)
}

/// What stands behind white space and comments.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Rest {
    Token,
    Nothing,
    /// A comment without its end.
    OpenComment,
}

/// The length of the white space and comments at the start, and what is behind. MOF 3 has
/// fewer kinds of white space (DSP0221 5.2).
#[inline]
pub(super) fn skip_trivia(bytes: &[u8], language: Language) -> (usize, Rest) {
    let mut at = 0;
    loop {
        match bytes.get(at) {
            Some(0x0B | 0x0C) if language == Language::Mof2 => at += 1,
            Some(b' ' | b'\t' | b'\r' | b'\n') => {
                at += 1;
                at += spaces(bytes.get(at..).unwrap_or_default());
            }
            Some(0xEF) if bytes.get(at..at + 3) == Some(b"\xEF\xBB\xBF") => at += 3,
            Some(b'/') => match bytes.get(at + 1) {
                Some(b'/') => at += line_length(bytes.get(at..).unwrap_or_default()),
                Some(b'*') => {
                    let inside = bytes.get(at + 2..).unwrap_or_default();
                    match memchr::memmem::find(inside, b"*/") {
                        Some(end) => at += end + 4,
                        None => return (at, Rest::OpenComment),
                    }
                }
                _ => return (at, Rest::Token),
            },
            Some(_) => return (at, Rest::Token),
            None => return (at, Rest::Nothing),
        }
    }
}

/// The length of a literal's contents, which `bytes` begin with, and their form; without
/// the closing `quote` on its line, the length of the line.
pub(super) fn quoted(bytes: &[u8], quote: u8) -> Result<(usize, Form), usize> {
    let (mut at, mut form) = (0, Form::PLAIN);
    loop {
        at += string_stop(bytes.get(at..).unwrap_or_default(), quote);
        match bytes.get(at) {
            Some(byte) if *byte == quote => return Ok((at, form)),
            Some(b'\\') => {
                let next = bytes.get(at + 1);
                form = form.with(Form::ESCAPED);
                if !matches!(next, Some(b'n' | b't' | b'"' | b'\'' | b'\\')) {
                    form = form.with(Form::DOUBTFUL);
                }
                let pair = !matches!(next, None | Some(b'\n' | b'\r'));
                at += 1 + usize::from(pair);
            }
            None | Some(b'\n' | b'\r') => return Err(at),
            Some(_) => {
                form = form.with(Form::CONTROL);
                at += 1;
            }
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
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn words_find_what_bytes_find(text in "[ab \"'\\\\\n\r\té\u{80}\u{a0a}]{0,40}", pad in 0_usize..20) {
            let text = "\u{100}".repeat(pad) + &text;
            let bytes = text.as_bytes();
            for quote in [b'"', b'\''] {
                let naive = bytes.iter().position(|b| *b == quote || *b == b'\\' || *b < b' ');
                prop_assert_eq!(string_stop(bytes, quote), naive.unwrap_or(bytes.len()));
            }
            let blank = " ".repeat(pad) + &text;
            let naive = blank.bytes().take_while(|b| *b == b' ').count();
            prop_assert_eq!(spaces(blank.as_bytes()), naive);
        }
    }
}
