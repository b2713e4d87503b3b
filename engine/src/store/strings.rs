//! The texts of a column, one behind the other.

use cimarron_cells::{EvenTexts, UnevenTexts};
use cimarron_wql::vector::Texts;
use std::ops::Range;

/// Distinct texts; whether all characters are ASCII.
pub(super) type Distinct = (bool, UnevenTexts);

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

    /// The texts in one piece, and where each ends.
    pub(super) fn into_parts(self) -> (String, Vec<u32>) {
        (self.text, self.ends)
    }

    /// The texts as a dictionary has them.
    pub(super) fn distinct(self) -> Option<Distinct> {
        uneven(self.text, self.ends)
    }

    pub(super) fn heap_bytes(&self) -> usize {
        size_of::<Self>() + self.ends.capacity() * size_of::<u32>() + self.text.capacity()
    }
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
