//! The texts of a column, one behind the other.

use super::column::{Data, Distinct};
use cimarron_cells::{EvenTexts, UnevenTexts};
use cimarron_wql::vector::Texts;
use std::ops::Range;

/// Texts that are still being added to, in one piece, and where each ends.
#[derive(Clone, Debug, Default)]
pub(super) struct Strings {
    ends: Vec<u32>,
    text: String,
}

impl Strings {
    pub(super) fn with_capacity(texts: usize, bytes: usize) -> Self {
        Self { ends: Vec::with_capacity(texts), text: String::with_capacity(bytes) }
    }

    pub(super) const fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) const fn text_bytes(&self) -> usize {
        self.text.len()
    }

    #[inline]
    pub(super) fn get(&self, row: usize) -> Option<&str> {
        let end = *self.ends.get(row)? as usize;
        let start = match row.checked_sub(1) {
            Some(before) => *self.ends.get(before)? as usize,
            None => 0,
        };
        self.text.get(start..end)
    }

    /// Where a text begins, or the last one ends.
    fn start(&self, row: usize) -> Option<usize> {
        match row.checked_sub(1) {
            Some(before) => self.ends.get(before).map(|end| *end as usize),
            None => Some(0),
        }
    }

    /// Neighbours in one piece.
    pub(super) fn piece(&self, rows: Range<usize>) -> Option<&str> {
        self.text.get(self.start(rows.start)?..self.start(rows.end)?)
    }

    /// How many bytes each of some neighbours has.
    pub(super) fn lengths(&self, rows: Range<usize>) -> impl Iterator<Item = u32> {
        let mut start = self.start(rows.start).unwrap_or_default() as u32;
        let ends = self.ends.get(rows).unwrap_or_default();
        ends.iter().map(move |end| end - std::mem::replace(&mut start, *end))
    }

    /// The texts as conditions look at them.
    pub(super) fn view(&self) -> Texts<'_> {
        Texts::new(&self.text, &self.ends, self.text.is_ascii())
    }

    /// The first so many texts, as [`Cut`] has them.
    pub(super) fn first(&self, len: usize) -> Cut<'_> {
        first_uneven(&self.text, &self.ends, len)
    }

    /// Adds a text.
    #[inline]
    pub(super) fn push(&mut self, text: &str) {
        self.text.push_str(text);
        // The chunk seals itself before its text outgrows 32 bits.
        self.ends.push(self.text.len() as u32);
    }

    /// Adds texts of these lengths, which are one behind the other.
    pub(super) fn push_all(&mut self, piece: &str, lengths: impl Iterator<Item = u32>) {
        let mut end = self.text.len() as u32;
        self.text.push_str(piece);
        self.ends.extend(lengths.map(|len| {
            end += len;
            end
        }));
    }

    /// The texts of these rows, each of which is named once.
    pub(super) fn arranged(&self, order: &[u16]) -> Self {
        let mut arranged = Self::with_capacity(order.len(), self.text.len());
        let texts = order.iter().filter_map(|row| self.get(usize::from(*row)));
        texts.for_each(|text| arranged.push(text));
        arranged
    }

    /// Forgets all texts, and keeps their memory.
    pub(super) fn clear(&mut self) {
        self.ends.clear();
        self.text.clear();
    }

    /// Fills up with empty texts.
    pub(super) fn pad(&mut self, len: usize) {
        self.ends.resize(len, self.text.len() as u32);
    }

    /// The form of texts that nobody adds to any more. When all of them have the same length,
    /// that says where each is.
    pub(super) fn finish(self) -> Data {
        let width = self.ends.first().copied().unwrap_or_default();
        let ends = (1..).map(|n: u32| n.checked_mul(width));
        let is_even = width != 0 && ends.zip(&self.ends).all(|(even, end)| even == Some(*end));
        let finished = if is_even {
            even(self.text, width, self.ends.len() as u32)
        } else {
            uneven(self.text, self.ends).map(|(is_ascii, texts)| Data::Uneven(is_ascii, texts))
        };
        debug_assert!(finished.is_some(), "whole texts were put in");
        finished.unwrap_or_default()
    }

    /// The same without its other form: as a dictionary has them.
    pub(super) fn distinct(self) -> Option<Distinct> {
        uneven(self.text, self.ends)
    }

    pub(super) fn heap_bytes(&self) -> usize {
        size_of::<Self>() + self.ends.capacity() * size_of::<u32>() + self.text.capacity()
    }
}

/// Texts of one length, which is not 0; `None` when they are not.
pub(super) fn even(text: String, width: u32, len: u32) -> Option<Data> {
    let is_ascii = text.is_ascii();
    EvenTexts::new(text.into(), width, len).map(|texts| Data::Even(is_ascii, texts))
}

/// Texts that end at these bytes, and whether all characters are ASCII; `None` when they cannot.
pub(super) fn uneven(text: String, ends: Vec<u32>) -> Option<Distinct> {
    let is_ascii = text.is_ascii();
    Some((is_ascii, UnevenTexts::new(text.into(), ends.into())?))
}

/// Texts in one piece, where each ends, and the length of each; either there are no ends or the
/// length is 0.
pub(super) type Cut<'t> = (&'t str, &'t [u32], u32);

/// The first so many texts of one length.
pub(super) fn first_even(texts: &EvenTexts, len: usize) -> Cut<'_> {
    let bytes = texts.width() * len.min(texts.len());
    (texts.text().get(..bytes).unwrap_or_default(), &[], texts.width() as u32)
}

/// The first so many texts that end at these bytes.
pub(super) fn first_uneven<'t>(text: &'t str, ends: &'t [u32], len: usize) -> Cut<'t> {
    let ends = ends.get(..len).unwrap_or(ends);
    let bytes = ends.last().map_or(0, |end| *end as usize);
    (text.get(..bytes).unwrap_or_default(), ends, 0)
}

/// Whether a text has just these bytes.
#[inline]
pub(super) fn is_text(there: Option<&str>, text: &str) -> bool {
    there.is_some_and(|there| same_bytes(there.as_bytes(), text.as_bytes()))
}

/// Whether both are the same; keys are mostly of two words, which needs no call.
#[inline]
fn same_bytes(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    match (a.len(), a.first_chunk::<8>(), a.last_chunk::<8>()) {
        (..=16, Some(first), Some(last)) => {
            Some(first) == b.first_chunk() && Some(last) == b.last_chunk()
        }
        _ => a == b,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Of some lengths, or all of one, of a word or two or more.
    fn texts() -> impl Strategy<Value = Vec<String>> {
        prop_oneof![
            prop::collection::vec("[aß]{0,2}", 0..6),
            prop::collection::vec("[ab]{9}", 0..6),
            prop::collection::vec("[a]{0,17}[ab]", 0..6),
            prop::collection::vec("x{16}[ab]", 0..6),
        ]
    }

    proptest! {
        #[test]
        fn gives_back_what_was_put_in(texts in texts()) {
            let mut strings = Strings::default();
            texts.iter().for_each(|text| strings.push(text));
            let back: Vec<&str> = (0..texts.len()).filter_map(|n| strings.get(n)).collect();
            prop_assert_eq!(&back, &texts);
            prop_assert_eq!(strings.get(texts.len()), None);
            let growing = strings.first(2).0.to_owned();
            let finished = strings.finish();
            let get = |row| match &finished {
                Data::Even(_, even) => even.get(row),
                Data::Uneven(_, uneven) => uneven.get(row),
                _ => None,
            };
            let back: Vec<&str> = (0..texts.len()).filter_map(get).collect();
            prop_assert_eq!(&back, &texts);
            for (row, text) in texts.iter().enumerate() {
                prop_assert!(texts.iter().all(|t| is_text(get(row), t) == (t == text)));
            }
            prop_assert!(!is_text(get(texts.len()), ""));
            let first = match &finished {
                Data::Even(_, even) => first_even(even, 2).0,
                Data::Uneven(_, uneven) => first_uneven(uneven.text(), uneven.ends(), 2).0,
                _ => "",
            };
            prop_assert_eq!(first, growing);
        }
    }
}
