//! Searching one short text.
//!
//! A searcher that is built for kilobytes needs longer to start than a text of twenty bytes
//! takes. This one looks at eight places at a time for the first two bytes of what it seeks.

use crate::like::StringCase;
use cimarron_model::fold;

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// What is sought: two bytes or more, without case in lower case.
#[derive(Clone, Debug)]
pub(super) struct Needle {
    bytes: Box<[u8]>,
    first: u64,
    second: u64,
    case: StringCase,
}

impl Needle {
    /// `None` for less than two bytes.
    pub(super) fn new(text: &str, case: StringCase) -> Option<Self> {
        let bytes: Box<[u8]> = text.as_bytes().into();
        let (first, second) = (*bytes.first()?, *bytes.get(1)?);
        let each = |byte: u8| ONES * u64::from(byte);
        Some(Self { first: each(first), second: each(second), case, bytes })
    }

    /// Whether a text has it; where case does not count, that of ASCII letters.
    pub(super) fn is_in(&self, text: &[u8]) -> bool {
        let mut at = 0;
        while let Some(word) = text.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
            let word = self.folded(u64::from_le_bytes(*word));
            // The last place of a word has no second byte there: it is the first of the next.
            let mut places =
                zeros(word ^ self.first) & zeros((word >> 8) ^ self.second) & !(0xff << 56);
            while places != 0 {
                let place = places.trailing_zeros() as usize / 8;
                if self.is_at(text, at + place) {
                    return true;
                }
                places &= places - 1;
            }
            at += 7;
        }
        (at..text.len()).any(|place| self.is_at(text, place))
    }

    fn folded(&self, word: u64) -> u64 {
        match self.case {
            StringCase::Folded => fold::lower_word(word),
            StringCase::Exact => word,
        }
    }

    fn is_at(&self, text: &[u8], place: usize) -> bool {
        let there = text.get(place..place + self.bytes.len());
        there.is_some_and(|there| match self.case {
            StringCase::Folded => there.eq_ignore_ascii_case(&self.bytes),
            StringCase::Exact => *there == *self.bytes,
        })
    }
}

/// The high bits of the bytes that are zero, and perhaps of some above one that is.
const fn zeros(word: u64) -> u64 {
    word.wrapping_sub(ONES) & !word & HIGH
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn finds_what_is_there(text in "[aAbB\u{0}\u{1}ß@]{0,40}", needle in "[ab\u{0}\u{1}@]{2,5}") {
            let exact = Needle::new(&needle, StringCase::Exact).unwrap();
            prop_assert_eq!(exact.is_in(text.as_bytes()), text.contains(&needle));
            let folded = Needle::new(&needle, StringCase::Folded).unwrap();
            let expected = text.to_ascii_lowercase().contains(&needle);
            prop_assert_eq!(folded.is_in(text.as_bytes()), expected);
        }
    }
}
