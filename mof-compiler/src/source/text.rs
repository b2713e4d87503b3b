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
    has_number_sign: bool,
}

impl Text {
    /// A part of a text; nothing where the place is no part of it. `has_number_sign` says
    /// whether a `#` is in it.
    pub(super) const fn part(
        whole: Arc<String>,
        place: Range<usize>,
        has_number_sign: bool,
    ) -> Self {
        Self { whole, place, has_number_sign }
    }

    /// Whether a `#` is in the text: directives begin with one. Most texts have none, and
    /// who makes them has them at hand.
    pub(super) const fn has_number_sign(&self) -> bool {
        self.has_number_sign
    }

    /// The same text, sharing nothing with others.
    pub(super) fn alone(&self) -> Self {
        if self.place == (0..self.whole.len()) {
            return self.clone();
        }
        let (text, has_number_sign) = (self.as_str().to_owned(), self.has_number_sign);
        Self { place: 0..text.len(), whole: Arc::new(text), has_number_sign }
    }

    pub(super) fn as_str(&self) -> &str {
        self.whole.get(self.place.clone()).unwrap_or_default()
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        let place = 0..text.len();
        let has_number_sign = has_number_sign(text.as_bytes());
        Self { whole: Arc::new(text), place, has_number_sign }
    }
}

/// Whether a `#` is in a text.
pub(super) fn has_number_sign(text: &[u8]) -> bool {
    memchr::memchr(b'#', text).is_some()
}
