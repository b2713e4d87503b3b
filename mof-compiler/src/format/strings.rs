//! Adjacent string literals, joined and cut anew at spaces and line breaks.

use super::shape::width;
use super::tokens::Tok;

/// What literals hold together, as it stands between quotes; `None` where
/// joining would lose a comment or change a character: `"\x4" "1"` is not
/// `"\x41"`.
pub(super) fn joined(toks: &[Tok<'_>], digits: usize) -> Option<String> {
    let last = toks.len().checked_sub(1)?;
    let mut text = String::new();
    for (n, tok) in toks.iter().enumerate() {
        let commented =
            (n > 0 && !tok.leading.is_empty()) || (n < last && !tok.trailing.is_empty());
        let raw = tok.text.strip_prefix('"')?.strip_suffix('"')?;
        let takes_more = raw.bytes().next().is_some_and(|byte| byte.is_ascii_hexdigit());
        if commented || (takes_more && ends_in_short_code(&text, digits)) {
            return None;
        }
        text.push_str(raw);
    }
    let plain = toks.first().is_some_and(|first| first.leading.is_empty());
    plain.then_some(text)
}

/// Whether contents end in `\x` with fewer digits than it may have.
fn ends_in_short_code(raw: &str, most: usize) -> bool {
    let digits = raw.bytes().rev().take_while(u8::is_ascii_hexdigit).count();
    let before = raw.as_bytes().get(..raw.len() - digits).unwrap_or_default();
    let [before @ .., b'x' | b'X'] = before else { return false };
    let backslashes = before.iter().rev().take_while(|byte| **byte == b'\\').count();
    digits < most && backslashes % 2 == 1
}

/// Cuts contents into pieces of at most `columns` with their quotes, where
/// spaces and escaped line feeds allow; the text breaks after them.
pub(super) fn pieces(raw: &str, columns: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut start, mut used) = (0, 0);
    let mut at = 0;
    for word in words(raw) {
        let needs = width(word);
        if used > 0 && used + needs + 2 > columns {
            pieces.extend(raw.get(start..at));
            (start, used) = (at, 0);
        }
        at += word.len();
        used += needs;
        if word.ends_with("\\n") && !word.ends_with("\\\\n") {
            pieces.extend(raw.get(start..at));
            (start, used) = (at, 0);
        }
    }
    if used > 0 || pieces.is_empty() {
        pieces.extend(raw.get(start..));
    }
    pieces
}

/// The contents cut after each run of spaces and each escaped line feed.
fn words(raw: &str) -> impl Iterator<Item = &str> {
    let mut rest = raw;
    std::iter::from_fn(move || {
        let bytes = rest.as_bytes();
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            let next = bytes.get(at + 1);
            match (byte, next) {
                (b'\\', Some(b'n')) => {
                    at += 2;
                    break;
                }
                (b'\\', Some(_)) => at += 2,
                // Spaces stay with a line feed that follows them.
                (b' ', Some(b' ')) => at += 1,
                (b' ', Some(b'\\')) if bytes.get(at + 2) == Some(&b'n') => at += 1,
                (b' ', _) => {
                    at += 1;
                    break;
                }
                _ => at += 1,
            }
        }
        let (word, tail) = rest.split_at_checked(at)?;
        rest = tail;
        (!word.is_empty()).then_some(word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_stand_behind_spaces_and_line_feeds() {
        for (raw, columns, expected) in [
            ("", 10, &[""][..]),
            ("one two three", 10, &["one two ", "three"]),
            ("one  two three", 6, &["one  ", "two ", "three"]),
            (r"one \ntwo", 80, &[r"one \n", "two"]),
            (r"back\\nslash", 80, &[r"back\\nslash"]),
            (r"a\n", 80, &[r"a\n"]),
            (r"\é \é", 5, &[r"\é ", r"\é"]),
        ] {
            assert_eq!(pieces(raw, columns), expected, "{raw}");
        }
    }

    #[test]
    fn short_codes_take_more_digits() {
        for (raw, short) in [
            (r"\x4", true),
            (r"\X041", true),
            (r"\x0041", false),
            (r"\x00411", false),
            (r"\\x4", false),
            (r"\\\x4", true),
            ("x4", false),
            ("", false),
        ] {
            assert_eq!(ends_in_short_code(raw, 4), short, "{raw}");
        }
    }
}
