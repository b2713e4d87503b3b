//! The check that formatting changed nothing but white space: a formatter that
//! is mistaken must not cost anybody a file.

use super::tokens::comments;
use crate::Language;
use crate::source::Span;
use crate::syntax::{lex, unescape};
use std::borrow::Cow;

/// Whether two texts have the same tokens and the same comments, adjacent
/// strings being one; if not, what differs.
pub(super) fn same_meaning(
    before: &str,
    after: &str,
    language: Language,
) -> Result<(), &'static str> {
    let mut before = Reader::new(before, language, lex(before, language).map(|lexed| lexed.span));
    let mut after = Reader::new(after, language, lex(after, language).map(|lexed| lexed.span));
    loop {
        match (before.next(), after.next()) {
            (None, None) => break,
            (a, b) if a == b => {}
            _ => return Err("a token"),
        }
    }
    let same = |(a, b): (&&str, &&str)| visible(a).eq(visible(b));
    let pairs = || before.comments.iter().zip(&after.comments);
    if before.comments.len() != after.comments.len() || !pairs().all(same) {
        return Err("a comment");
    }
    Ok(())
}

fn visible(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().filter(|c| !c.is_whitespace())
}

/// The tokens of a text, and on the way its comments.
struct Reader<'a, S> {
    text: &'a str,
    language: Language,
    spans: S,
    /// The token after the last that was given, if it was looked at.
    peeked: Option<&'a str>,
    at: usize,
    comments: Vec<&'a str>,
}

impl<'a, S: Iterator<Item = Span>> Reader<'a, S> {
    const fn new(text: &'a str, language: Language, spans: S) -> Self {
        Self { text, language, spans, peeked: None, at: 0, comments: Vec::new() }
    }

    fn slice(&mut self) -> Option<&'a str> {
        if let Some(peeked) = self.peeked.take() {
            return Some(peeked);
        }
        let next = self.spans.next().map(Span::range);
        let start = next.as_ref().map_or(self.text.len(), |place| place.start);
        if self.text.get(self.at..start).is_some_and(|gap| gap.contains('/')) {
            let found = comments(self.text, self.at, start, false).0;
            self.comments.extend(found.iter().map(|comment| comment.text));
        }
        self.at = next.as_ref().map_or(start, |place| place.end);
        self.text.get(next?)
    }

    /// A token as it is written; strings joined, unescaped and without their
    /// closing quote.
    fn next(&mut self) -> Option<Cow<'a, str>> {
        let slice = self.slice()?;
        if slice.starts_with('#') {
            let word = slice.trim_start_matches(['#', ' ', '\t']);
            return Some(Cow::Owned(format!("#{word}")));
        }
        if !slice.starts_with('"') {
            return Some(Cow::Borrowed(slice));
        }
        let mut next = self.slice();
        if !next.is_some_and(|next| next.starts_with('"')) && !slice.contains('\\') {
            self.peeked = next;
            return slice.strip_suffix('"').map(Cow::Borrowed);
        }
        let mut joined = String::from("\"");
        unescape(contents(slice), self.language, &mut joined);
        while let Some(slice) = next.filter(|next| next.starts_with('"')) {
            unescape(contents(slice), self.language, &mut joined);
            next = self.slice();
        }
        self.peeked = next;
        Some(Cow::Owned(joined))
    }
}

fn contents(literal: &str) -> &str {
    literal.get(1..literal.len().saturating_sub(1)).unwrap_or_default()
}
