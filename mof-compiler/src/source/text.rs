//! What files hold, before and after decoding.

use std::ops::Range;
use std::sync::Arc;

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
    may_have_directives: bool,
}

impl Text {
    /// A part of a text; nothing where the place is no part of it. `may_have_directives` says
    /// what the function of that name does.
    pub(super) const fn part(
        whole: Arc<String>,
        place: Range<usize>,
        may_have_directives: bool,
    ) -> Self {
        Self { whole, place, may_have_directives }
    }

    /// Whether there may be directives in the text. Most texts have none, and who makes them
    /// has them at hand.
    pub(super) const fn may_have_directives(&self) -> bool {
        self.may_have_directives
    }

    /// The same text, sharing nothing with others.
    pub(super) fn alone(&self) -> Self {
        if self.place == (0..self.whole.len()) {
            return self.clone();
        }
        let (text, may_have_directives) = (self.as_str().to_owned(), self.may_have_directives);
        Self { place: 0..text.len(), whole: Arc::new(text), may_have_directives }
    }

    pub(super) fn as_str(&self) -> &str {
        self.whole.get(self.place.clone()).unwrap_or_default()
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        let place = 0..text.len();
        let may_have_directives = may_have_directives(text.as_bytes());
        Self { whole: Arc::new(text), place, may_have_directives }
    }
}

/// Whether something in a text looks like the start of a directive, comments and strings not
/// told apart: `#pragma` or `#include` by the first letter, blanks before it or not.
pub(super) fn may_have_directives(text: &[u8]) -> bool {
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
