//! Characters that word processors and web pages put in the place of those of MOF:
//! spaces of other kinds, characters without a width, typographic quotes and dashes.
//!
//! Each is one mistake with one remedy, and the text is read on as it was meant.

/// Whether it is white space, and none of MOF's.
pub(super) fn is_space(c: char) -> bool {
    !c.is_ascii() && c.is_whitespace()
}

/// Whether nothing is seen of it.
pub(super) const fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{AD}' | '\u{61C}' | '\u{180E}'
            | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{FFF9}'..='\u{FFFB}'
    )
}

const fn is_double_quote(c: char) -> bool {
    matches!(c, '«' | '»' | '“' | '”' | '„' | '‟' | '″')
}

const fn is_single_quote(c: char) -> bool {
    matches!(c, '‘' | '’' | '‚' | '‛' | '′')
}

const fn is_dash(c: char) -> bool {
    matches!(c, '\u{2010}'..='\u{2015}' | '\u{2212}')
}

/// The length of the spaces and invisible characters that a text begins with.
pub(super) fn blanks(text: &str) -> usize {
    text.find(|c| !(is_space(c) || is_invisible(c))).unwrap_or(text.len())
}

/// The length of the name that a text begins with: spaces do not belong to it, nor do
/// invisible characters at its ends. No more of the text is read.
pub(super) fn name(text: &str) -> usize {
    let is_behind = |c: char| {
        let in_word = c.is_ascii_alphanumeric() || c == '_' || !c.is_ascii();
        // A byte order mark is white space wherever it stands.
        !in_word || is_space(c) || c == '\u{FEFF}'
    };
    let end = text.find(is_behind).unwrap_or(text.len());
    let word = text.get(..end).unwrap_or_default();
    if word.starts_with(is_invisible) { 0 } else { word.trim_end_matches(is_invisible).len() }
}

/// The length of what a text begins with that was meant as a string or character, in
/// typographic quotes on one line.
pub(super) fn quoted(text: &str) -> Option<usize> {
    let first = text.chars().next()?;
    let closes: fn(char) -> bool = match first {
        _ if is_double_quote(first) => |c| is_double_quote(c) || c == '"',
        _ if is_single_quote(first) => |c| is_single_quote(c) || c == '\'',
        _ => return None,
    };
    let inside = text.get(first.len_utf8()..)?;
    let (at, last) = inside.char_indices().find(|(_, c)| closes(*c) || matches!(c, '\n' | '\r'))?;
    closes(last).then_some(first.len_utf8() + at + last.len_utf8())
}

/// The length of what a text begins with that was meant as a number with a minus sign.
pub(super) fn negative(text: &str) -> Option<usize> {
    let number = text.strip_prefix(is_dash)?;
    let digits = number.strip_prefix('.').unwrap_or(number);
    if !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let behind = number.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '.');
    Some(text.len() - behind.len())
}

/// What to do about a character.
pub(super) fn remedy(c: char) -> Option<&'static str> {
    match c {
        _ if is_space(c) => Some("replace it by a space"),
        _ if is_invisible(c) => Some("remove it; it does not show"),
        _ if is_double_quote(c) => Some("write the straight quote \" around strings"),
        _ if is_single_quote(c) => Some("write the straight quote ' around a character"),
        _ if is_dash(c) => Some("write the sign of a number as -"),
        _ => None,
    }
}
