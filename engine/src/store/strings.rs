//! The texts of a column, one behind the other.

use cimarron_cells::prefetch;
use cimarron_wql::vector::Texts;
use std::ops::Range;

/// Texts in one piece, and where each ends. When all of them have the same length,
/// as serial numbers and GUIDs have, that says it all: a look-up then comes to the text
/// itself at once.
#[derive(Clone, Debug, Default)]
pub(super) struct Strings {
    /// Empty when all have the same length.
    ends: Vec<u32>,
    /// The length of each, when all have the same; 0 when not.
    width: u32,
    len: u32,
    /// Whether all characters are ASCII; known once it was shrunk.
    is_ascii: bool,
    text: String,
}

impl Strings {
    pub(super) fn with_capacity(texts: usize, bytes: usize) -> Self {
        let (ends, text) = (Vec::with_capacity(texts), String::with_capacity(bytes));
        Self { ends, text, ..Self::default() }
    }

    /// Texts of one length, which is not 0; `None` when they are not.
    pub(super) fn of_width(text: String, width: u32, len: u32) -> Option<Self> {
        let bytes = (width as usize).checked_mul(len as usize)?;
        let is_ascii = text.is_ascii();
        let is_cut = |row: usize| text.is_char_boundary(row * width as usize);
        let fits = width != 0 && bytes == text.len();
        (fits && (is_ascii || (0..len as usize).all(is_cut))).then_some(Self {
            ends: Vec::new(),
            width,
            len,
            is_ascii,
            text,
        })
    }

    /// Texts that end at these bytes; `None` when they cannot.
    pub(super) fn of_ends(text: String, ends: Vec<u32>) -> Option<Self> {
        let is_ascii = text.is_ascii();
        let last = ends.last().map_or(0, |end| *end as usize);
        let fits = ends.is_sorted() && last == text.len();
        let is_cut = |end: &u32| text.is_char_boundary(*end as usize);
        if !fits || !(is_ascii || ends.iter().all(is_cut)) {
            return None;
        }
        let len = u32::try_from(ends.len()).ok()?;
        Some(Self { ends, width: 0, len, is_ascii, text })
    }

    /// The first so many texts in one piece, where each ends, and the length of each;
    /// either there are no ends or the length is 0.
    pub(super) fn first(&self, len: usize) -> (&str, &[u32], u32) {
        let len = len.min(self.len());
        let ends = self.ends.get(..len).unwrap_or_default();
        let bytes = match self.width {
            0 => ends.last().map_or(0, |end| *end as usize),
            width => width as usize * len,
        };
        (self.text.get(..bytes).unwrap_or_default(), ends, self.width)
    }

    pub(super) const fn len(&self) -> usize {
        self.len as usize
    }

    pub(super) const fn text_bytes(&self) -> usize {
        self.text.len()
    }

    #[inline]
    pub(super) fn get(&self, row: usize) -> Option<&str> {
        if self.width != 0 {
            let width = self.width as usize;
            let start = row.checked_mul(width)?;
            return self.text.get(start..start + width);
        }
        let end = *self.ends.get(row)? as usize;
        let start = match row.checked_sub(1) {
            Some(before) => *self.ends.get(before)? as usize,
            None => 0,
        };
        self.text.get(start..end)
    }

    /// Where a text begins, or the last one ends.
    fn start(&self, row: usize) -> Option<usize> {
        match (self.width, row.checked_sub(1)) {
            (0, None) => Some(0),
            (0, Some(before)) => self.ends.get(before).map(|end| *end as usize),
            (width, _) => row.checked_mul(width as usize),
        }
    }

    /// Neighbours in one piece.
    pub(super) fn piece(&self, rows: Range<usize>) -> Option<&str> {
        self.text.get(self.start(rows.start)?..self.start(rows.end)?)
    }

    /// How many bytes each of some neighbours has.
    pub(super) fn lengths(&self, rows: Range<usize>) -> impl Iterator<Item = u32> {
        let starts = rows.clone().map_while(|row| self.start(row));
        let ends = rows.map_while(|row| self.start(row + 1));
        starts.zip(ends).map(|(start, end)| (end - start) as u32)
    }

    /// Asks for the memory where a text begins. Where that has to be read first, it is waited
    /// for.
    #[inline]
    pub(super) fn expect(&self, row: usize) {
        if let Some(first) = self.start(row).and_then(|start| self.text.as_bytes().get(start)) {
            prefetch(first);
        }
    }

    /// Whether a text has just these bytes.
    #[inline]
    pub(super) fn is(&self, row: usize, text: &str) -> bool {
        if self.width == 0 {
            return self.get(row) == Some(text);
        }
        let width = self.width as usize;
        let bytes = row
            .checked_mul(width)
            .and_then(|start| self.text.as_bytes().get(start..)?.get(..width));
        bytes.is_some_and(|bytes| same_bytes(bytes, text.as_bytes()))
    }

    /// The texts as conditions look at them.
    pub(super) fn view(&self) -> Texts<'_> {
        if self.width == 0 {
            Texts::new(&self.text, &self.ends, self.is_ascii)
        } else {
            Texts::of_width(&self.text, self.width as usize, self.len as usize, self.is_ascii)
        }
    }

    /// Adds a text; not after [`Strings::shrink`].
    #[inline]
    pub(super) fn push(&mut self, text: &str) {
        self.text.push_str(text);
        // The chunk seals itself before its text outgrows 32 bits.
        self.ends.push(self.text.len() as u32);
        self.len += 1;
    }

    /// Adds texts of these lengths, which are one behind the other; not after
    /// [`Strings::shrink`].
    pub(super) fn push_all(&mut self, piece: &str, lengths: impl Iterator<Item = u32>) {
        let mut end = self.text.len() as u32;
        self.text.push_str(piece);
        self.ends.extend(lengths.map(|len| {
            end += len;
            end
        }));
        self.len = self.ends.len() as u32;
    }

    /// Forgets all texts, and keeps their memory.
    pub(super) fn clear(&mut self) {
        let (mut ends, mut text) = (std::mem::take(&mut self.ends), std::mem::take(&mut self.text));
        ends.clear();
        text.clear();
        *self = Self { ends, text, ..Self::default() };
    }

    /// Fills up with empty texts.
    pub(super) fn pad(&mut self, len: usize) {
        self.ends.resize(len, self.text.len() as u32);
        self.len = len as u32;
    }

    /// Gives back what nobody will use. No text may be added afterwards.
    pub(super) fn shrink(&mut self) {
        let width = self.ends.first().copied().unwrap_or_default();
        let ends = (1..).map(|n: u32| n.checked_mul(width));
        if width != 0 && ends.zip(&self.ends).all(|(even, end)| even == Some(*end)) {
            self.width = width;
            self.ends = Vec::new();
        }
        self.is_ascii = self.text.is_ascii();
        self.ends.shrink_to_fit();
        self.text.shrink_to_fit();
    }

    pub(super) fn heap_bytes(&self) -> usize {
        size_of::<Self>() + self.ends.capacity() * size_of::<u32>() + self.text.capacity()
    }
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
            for shrunk in [false, true] {
                if shrunk {
                    strings.shrink();
                }
                let back: Vec<&str> = (0..texts.len()).filter_map(|n| strings.get(n)).collect();
                prop_assert_eq!(&back, &texts);
                for (row, text) in texts.iter().enumerate() {
                    prop_assert!(texts.iter().all(|t| strings.is(row, t) == (t == text)));
                }
                prop_assert!(!strings.is(texts.len(), ""));
                prop_assert_eq!(strings.get(texts.len()), None);
            }
        }
    }
}
