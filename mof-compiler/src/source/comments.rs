//! Bytes that are no UTF-8 and stand in comments. Old files have their `©` and their authors'
//! names there in the code page of the day; what such a byte means makes no difference.

use super::encoding::{DecodeError, Encoding, decode};
use super::span::Span;
use crate::syntax::stand_in_comments;

/// Decodes a file. Where all that is wrong stands in comments, each byte that does not fit
/// counts as a character of Latin-1, and the place of the first one comes along.
///
/// # Errors
/// As [`decode`].
pub(super) fn decode_around(bytes: Vec<u8>) -> Result<(String, Option<Span>), DecodeError> {
    if !Encoding::of(&bytes).is_plain() {
        return decode(bytes).map(|text| (text, None));
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok((text, None)),
        Err(error) => latin_in_comments(error.as_bytes())
            .map(|(text, first)| (text, Some(first)))
            .map_or_else(|| decode(error.into_bytes()).map(|text| (text, None)), Ok),
    }
}

fn latin_in_comments(bytes: &[u8]) -> Option<(String, Span)> {
    let mut text = String::with_capacity(bytes.len());
    let mut foreign = Vec::new();
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            foreign.push(text.len());
            text.push(char::from(*byte));
        }
    }
    let first = *foreign.first()?;
    stand_in_comments(&text, &foreign).then(|| (text, Span::from(first..first + 2)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_comments_may_hold_anything() {
        for (bytes, text, first) in [
            (&b"// \xA9\nclass A {};"[..], Some("// ©\nclass A {};"), Some(Span::new(3, 5))),
            (b"/* \xA9 \xC3\xA9 \xFF*/", Some("/* © é ÿ*/"), Some(Span::new(3, 5))),
            (
                b"class A { /*\xE9*/ };//\xE9",
                Some("class A { /*é*/ };//é"),
                Some(Span::new(12, 14)),
            ),
            ("// é".as_bytes(), Some("// é"), None),
            (b"[Description(\"\xE9\")] class A {};", None, None),
            (b"// \xA9\nclass \xC4 {};", None, None),
            (b"// \xA9\nclass A { string S = \"a\" /* \xE9 */ \"b\"; };", None, None),
            (b"/* \xA9", None, None),
            (b"\xEF\xBB\xBF// \xA9", None, None),
        ] {
            let found = decode_around(bytes.to_vec()).ok();
            let expected = text.map(|text| (text.to_owned(), first));
            assert_eq!(found, expected, "{:?}", String::from_utf8_lossy(bytes));
        }
    }
}
