//! Bytes that are no UTF-8. Old files have their `©` and their authors' names in comments in
//! the code page of the day; what such a byte means makes no difference there.

use super::encoding::{DecodeError, Encoding, decode};
use super::span::Span;
use crate::syntax::first_outside_comments;

/// A byte of a text that is no UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Foreign {
    /// The character that stands for it.
    pub(super) span: Span,
    /// Whether it and all others stand in comments.
    pub(super) harmless: bool,
}

/// Decodes a file. In what is a text but for a few bytes, each of these counts as a character
/// of Latin-1, and the first one comes along: of those outside comments, if there are any.
///
/// # Errors
/// As [`decode`].
pub(super) fn decode_around(bytes: Vec<u8>) -> Result<(String, Option<Foreign>), DecodeError> {
    if !Encoding::of(&bytes).is_plain() {
        return decode(bytes).map(|text| (text, None));
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok((text, None)),
        Err(error) => match latin(error.as_bytes()) {
            Some((text, first)) => Ok((text, Some(first))),
            None => decode(error.into_bytes()).map(|text| (text, None)),
        },
    }
}

/// One byte in so many may be foreign in what still is a text.
const RARE: usize = 8;

fn latin(bytes: &[u8]) -> Option<(String, Foreign)> {
    let mut text = String::with_capacity(bytes.len());
    let mut foreign = Vec::new();
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            foreign.push(text.len());
            text.push(char::from(*byte));
        }
    }
    if foreign.len() > bytes.len() / RARE || text.contains('\0') {
        return None;
    }
    let outside = first_outside_comments(&text, &foreign);
    let at = outside.or(foreign.first().copied())?;
    Some((text, Foreign { span: Span::from(at..at + 2), harmless: outside.is_none() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_comments_may_hold_anything() {
        for (bytes, text, first, harmless) in [
            (&b"// \xA9\nclass A {};"[..], "// ©\nclass A {};", 3, true),
            (b"/* \xA9 \xC3\xA9 \xFF 123456789 */", "/* © é ÿ 123456789 */", 3, true),
            (b"class A { /*\xE9*/ };//\xE9", "class A { /*é*/ };//é", 12, true),
            (b"[Description(\"\xE9\")] class A {};", "[Description(\"é\")] class A {};", 14, false),
            (b"// \xA9\nclass \xC4 {};", "// ©\nclass Ä {};", 12, false),
            (
                b"// \xA9\nclass A { string S = \"a\" /* \xE9 */ \"b\"; };",
                "// ©\nclass A { string S = \"a\" /* é */ \"b\"; };",
                34,
                false,
            ),
            (b"/* 456 \xA9", "/* 456 ©", 7, false),
        ] {
            let found = decode_around(bytes.to_vec());
            let first = Foreign { span: Span::new(first, first + 2), harmless };
            assert_eq!(found, Ok((text.to_owned(), Some(first))), "{text}");
        }
        assert_eq!(decode_around("// é".into()), Ok(("// é".to_owned(), None)));
    }

    #[test]
    fn what_is_no_text_is_refused() {
        for bytes in [
            &b"\xEF\xBB\xBF// \xA9"[..],
            b"// \xA9\0 long enough to be a text",
            b"FOMB\xB1\xFE\x01\x90",
        ] {
            assert!(decode_around(bytes.to_vec()).is_err(), "{bytes:?}");
        }
    }
}
