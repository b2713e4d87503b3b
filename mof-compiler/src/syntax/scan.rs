//! Crossing text many bytes at a time.
//!
//! What a schema is made of is short: strings of fifty characters, indentation of ten, names
//! of fifteen. Most of it ends in the first block that is looked at, so there is no loop
//! whose end the processor would have to guess: where all ends differ it is wrong most times,
//! and that takes longer than the block.

use super::token::Form;
use crate::Language;
use wide::u8x16;

/// How many bytes are looked at together.
const BLOCK: usize = 32;

/// The offset of the first byte that is marked; the length where none is. `is_marked` says of
/// one byte what `marks` says of sixteen.
#[inline(always)]
fn first(bytes: &[u8], marks: impl Fn(u8x16) -> u8x16, is_marked: impl Fn(u8) -> bool) -> usize {
    let (blocks, rest) = bytes.as_chunks::<BLOCK>();
    for (n, block) in blocks.iter().enumerate() {
        let half = |half: Option<&[u8; 16]>| marks(u8x16::new(*half.unwrap_or(&[0; 16])));
        let low = half(block.first_chunk()).to_bitmask();
        let found = low | half(block.last_chunk()).to_bitmask() << 16;
        if found != 0 {
            return n * BLOCK + found.trailing_zeros() as usize;
        }
    }
    let end = rest.iter().position(|byte| is_marked(*byte)).unwrap_or(rest.len());
    bytes.len() - rest.len() + end
}

/// Marks the bytes that are `byte`.
#[inline(always)]
fn equal(bytes: u8x16, byte: u8) -> u8x16 {
    bytes.simd_eq(u8x16::splat(byte))
}

/// Marks the bytes that are at most `most`.
#[inline(always)]
fn at_most(bytes: u8x16, most: u8) -> u8x16 {
    bytes.min(u8x16::splat(most)).simd_eq(bytes)
}

/// The offset of the first quote, backslash or control character; the length where
/// there is none.
#[inline]
pub(super) fn string_stop(bytes: &[u8], quote: u8) -> usize {
    first(
        bytes,
        |block| equal(block, quote) | equal(block, b'\\') | at_most(block, 0x1F),
        |byte| byte == quote || byte == b'\\' || byte < b' ',
    )
}

/// How many spaces, tabs and ends of lines the bytes begin with.
#[inline]
pub(super) fn blanks(bytes: &[u8]) -> usize {
    first(
        bytes,
        |block| {
            let ends = equal(block, b'\n') | equal(block, b'\r');
            !(equal(block, b' ') | equal(block, b'\t') | ends)
        },
        |byte| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n'),
    )
}

/// The length of the ASCII word that the bytes begin with, and whether that is all of it: a
/// character beyond ASCII may belong to it, too.
#[inline]
pub(super) fn word(bytes: &[u8]) -> (usize, bool) {
    let length = first(
        bytes,
        |block| {
            let small = block | u8x16::splat(0x20);
            let letters = at_most(small - u8x16::splat(b'a'), b'z' - b'a');
            let digits = at_most(block - u8x16::splat(b'0'), 9);
            !(letters | digits | equal(block, b'_'))
        },
        |byte| !(byte.is_ascii_alphanumeric() || byte == b'_'),
    );
    (length, bytes.get(length).is_none_or(u8::is_ascii))
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
#[inline(never)]
pub(super) fn skip_trivia(bytes: &[u8], language: Language) -> (usize, Rest) {
    let mut at = blanks(bytes);
    loop {
        match bytes.get(at) {
            None => return (at, Rest::Nothing),
            // What nearly everything is.
            Some(byte) if !matches!(byte, b'/' | 0x0B | 0x0C | 0xEF) => return (at, Rest::Token),
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
            Some(0x0B | 0x0C) if language == Language::Mof2 => at += 1,
            Some(0xEF) if bytes.get(at..at + 3) == Some(b"\xEF\xBB\xBF") => at += 3,
            Some(_) => return (at, Rest::Token),
        }
        at += blanks(bytes.get(at..).unwrap_or_default());
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
        fn blocks_find_what_bytes_find(
            text in "[ab \"'\\\\\n\r\t\u{0}\u{1f}é\u{80}\u{a0}]{0,40}",
            pad in 0_usize..80,
        ) {
            let padded = "\u{100}".repeat(pad) + &text;
            let bytes = padded.as_bytes();
            for quote in [b'"', b'\''] {
                let naive = bytes.iter().position(|b| *b == quote || *b == b'\\' || *b < b' ');
                prop_assert_eq!(string_stop(bytes, quote), naive.unwrap_or(bytes.len()));
            }
            let blank = " \t".repeat(pad) + &text;
            let naive = blank.bytes().take_while(|b| b" \t\r\n".contains(b)).count();
            prop_assert_eq!(blanks(blank.as_bytes()), naive);
        }

        #[test]
        fn words_end_where_bytes_end(name in "[A-Za-z0-9_]{0,80}", rest in proptest::collection::vec(any::<u8>(), 0..70)) {
            let bytes = [name.as_bytes(), &rest].concat();
            let naive = bytes.iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
            prop_assert_eq!(word(&bytes), (naive, bytes.get(naive).is_none_or(u8::is_ascii)));
        }
    }
}
