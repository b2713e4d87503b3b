//! The check that formatting changed nothing but white space: a formatter that
//! is mistaken must not cost anybody a file.

use super::tokens::all_comments;
use crate::syntax::{lex, unescape};
use std::borrow::Cow;

/// Whether two texts have the same tokens and the same comments, adjacent
/// strings being one; if not, what differs.
pub(super) fn same_meaning(before: &str, after: &str) -> Result<(), &'static str> {
    if !significant(before).eq(significant(after)) {
        return Err("a token");
    }
    let (before, after) = (all_comments(before), all_comments(after));
    let same = |(a, b): (&&str, &&str)| visible(a).eq(visible(b));
    if before.len() != after.len() || !before.iter().zip(&after).all(same) {
        return Err("a comment");
    }
    Ok(())
}

fn visible(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().filter(|c| !c.is_whitespace())
}

/// The tokens of a text as they are written; strings joined, unescaped and
/// without their closing quote.
fn significant(text: &str) -> impl Iterator<Item = Cow<'_, str>> {
    let mut slices =
        lex(text).map(|lexed| text.get(lexed.span.range()).unwrap_or_default()).peekable();
    std::iter::from_fn(move || {
        let slice = slices.next()?;
        if slice.starts_with('#') {
            let word = slice.trim_start_matches(['#', ' ', '\t']);
            return Some(Cow::Owned(format!("#{word}")));
        }
        if !slice.starts_with('"') {
            return Some(Cow::Borrowed(slice));
        }
        let next_string = |next: &&str| next.starts_with('"');
        let mut next = slices.next_if(next_string);
        if next.is_none() && !slice.contains('\\') {
            return slice.strip_suffix('"').map(Cow::Borrowed);
        }
        let mut joined = String::from("\"");
        unescape(contents(slice), 0, &mut joined, |_, _| {});
        while let Some(slice) = next {
            unescape(contents(slice), 0, &mut joined, |_, _| {});
            next = slices.next_if(next_string);
        }
        Some(Cow::Owned(joined))
    })
}

fn contents(literal: &str) -> &str {
    literal.get(1..literal.len().saturating_sub(1)).unwrap_or_default()
}
