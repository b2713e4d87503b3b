//! What files hold, before and after decoding.

use crate::diagnostic::SUPPRESSION;
use memchr::memmem::Finder;
use std::ops::Range;
use std::sync::{Arc, LazyLock};

/// What was read.
pub(super) enum Contents {
    /// Bytes in an encoding that is still to be found out.
    Bytes(Vec<u8>),
    /// A text.
    Text(Text),
}

impl Contents {
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Bytes(bytes) => bytes.len(),
            Self::Text(text) => text.as_str().len(),
        }
    }
}

/// A text: one of its own, or a part of one that several files share.
#[derive(Clone, Debug)]
pub(super) struct Text {
    whole: Arc<String>,
    place: Range<usize>,
    signs: Signs,
}

/// What there may be in a text. Most texts have nothing of it, and who makes them has them at
/// hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Signs {
    /// Something looks like the start of a directive.
    pub(super) directives: bool,
    /// Something looks like a suppression.
    pub(super) suppressions: bool,
}

impl Signs {
    /// Those of a text, comments and strings not told apart.
    pub(super) fn of(text: &[u8]) -> Self {
        static MARK: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new(SUPPRESSION));
        let suppressions = MARK.find(text).is_some();
        Self { directives: may_have_directives(text), suppressions }
    }
}

impl Text {
    /// A part of a text with its signs; nothing where the place is no part of it.
    pub(super) const fn part(whole: Arc<String>, place: Range<usize>, signs: Signs) -> Self {
        Self { whole, place, signs }
    }

    /// What there may be in the text.
    pub(super) const fn signs(&self) -> Signs {
        self.signs
    }

    /// The same text, sharing nothing with others.
    pub(super) fn alone(&self) -> Self {
        if self.place == (0..self.whole.len()) {
            return self.clone();
        }
        let text = self.as_str().to_owned();
        Self { place: 0..text.len(), whole: Arc::new(text), signs: self.signs }
    }

    pub(super) fn as_str(&self) -> &str {
        self.whole.get(self.place.clone()).unwrap_or_default()
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        let place = 0..text.len();
        let signs = Signs::of(text.as_bytes());
        Self { whole: Arc::new(text), place, signs }
    }
}

/// Whether there is a `#pragma` or `#include` by the first letter, blanks before it or not.
fn may_have_directives(text: &[u8]) -> bool {
    memchr::memchr_iter(b'#', text).any(|at| {
        let behind = text.iter().skip(at + 1);
        let first = behind.copied().find(|byte| !matches!(byte, b' ' | b'\t'));
        matches!(first, Some(b'p' | b'P' | b'i' | b'I'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directives_are_suspected_by_their_first_letter() {
        for (text, suspected) in [
            ("", false),
            ("class A {};", false),
            ("\"INTA# to INTD#\" #1 #", false),
            ("# # \t", false),
            ("x #pragma y", true),
            ("# #\t INCLUDE", true),
        ] {
            assert_eq!(may_have_directives(text.as_bytes()), suspected, "{text}");
        }
    }
}
