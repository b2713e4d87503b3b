//! Texts that nobody adds to any more, in one piece.
//!
//! Where each begins and ends is judged once, when the piece is made. So to look one up is to
//! look up where it is, and not at its letters: those come to whoever reads them, and who asks
//! for a text only to hand it on, or to know how long it is, does not wait for them.
//!
//! Why `unsafe`: cutting a text out of the piece would look again whether characters begin and
//! end there, which are two looks at memory that is mostly far away.
#![allow(unsafe_code, reason = "see above")]

use crate::prefetch::prefetch;

/// Texts of one length, as serial numbers and GUIDs are.
#[derive(Clone, Debug)]
pub struct EvenTexts {
    /// Invariant: `len` times `width` bytes; characters begin at each multiple of `width`.
    text: Box<str>,
    width: u32,
    len: u32,
}

/// Texts of any lengths.
#[derive(Clone, Debug)]
pub struct UnevenTexts {
    text: Box<str>,
    /// Where each ends. Invariant: ascending, the last one the length of `text`, and characters
    /// begin or end there.
    ends: Box<[u32]>,
}

impl EvenTexts {
    /// So many texts of so many bytes each, which is not 0; `None` when they are not.
    pub fn new(text: Box<str>, width: u32, len: u32) -> Option<Self> {
        let bytes = (width as usize).checked_mul(len as usize)?;
        let is_cut = |row: usize| text.is_char_boundary(row * width as usize);
        let fits = width != 0 && bytes == text.len();
        (fits && (text.is_ascii() || (0..len as usize).all(is_cut))).then_some(Self {
            text,
            width,
            len,
        })
    }

    /// How many there are.
    #[inline]
    pub const fn len(&self) -> usize {
        self.len as usize
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The bytes of each.
    pub const fn width(&self) -> usize {
        self.width as usize
    }

    /// All of them.
    pub const fn text(&self) -> &str {
        &self.text
    }

    /// One of them.
    #[inline(always)]
    pub fn get(&self, row: usize) -> Option<&str> {
        if row >= self.len as usize {
            return None;
        }
        let start = row * self.width as usize;
        // SAFETY: by the invariant, this text and its ends lie within the piece and between
        // characters: `row` is below `len`.
        Some(unsafe { self.text.get_unchecked(start..start + self.width as usize) })
    }

    /// Asks for the memory where a text begins.
    #[inline(always)]
    pub fn expect(&self, row: usize) {
        if let Some(first) = self.text.as_bytes().get(row.wrapping_mul(self.width as usize)) {
            prefetch(first);
        }
    }
}

impl UnevenTexts {
    /// Texts that end at these bytes; `None` when they cannot.
    pub fn new(text: Box<str>, ends: Box<[u32]>) -> Option<Self> {
        let last = ends.last().map_or(0, |end| *end as usize);
        let is_cut = |end: &u32| text.is_char_boundary(*end as usize);
        let fits = last == text.len() && ends.is_sorted();
        (fits && (text.is_ascii() || ends.iter().all(is_cut))).then_some(Self { text, ends })
    }

    /// How many there are.
    #[inline]
    pub const fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// All of them.
    pub const fn text(&self) -> &str {
        &self.text
    }

    /// Where each ends.
    pub const fn ends(&self) -> &[u32] {
        &self.ends
    }

    /// One of them.
    #[inline(always)]
    pub fn get(&self, row: usize) -> Option<&str> {
        let end = *self.ends.get(row)? as usize;
        let before = row.checked_sub(1).and_then(|before| self.ends.get(before));
        let start = before.map_or(0, |end| *end as usize);
        // SAFETY: by the invariant, ends ascend, none is behind that of the piece, and all are
        // between characters, as is its beginning.
        Some(unsafe { self.text.get_unchecked(start..end) })
    }

    /// Asks for the memory that says where a text is.
    #[inline(always)]
    pub fn expect(&self, row: usize) {
        if let Some(end) = self.ends.get(row) {
            prefetch(end);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PIECES: [&str; 5] = ["", "abcdef", "aßbß", "ßß€", "a"];

    #[test]
    fn even_texts_are_cut_between_characters_or_refused() {
        for text in PIECES {
            for (width, len) in [(0, 0), (0, 1), (1, 0), (1, 6), (2, 3), (3, 2), (6, 1), (4, 1)] {
                let cut = |row: usize| text.get(row * width..(row + 1) * width);
                let expected: Option<Vec<&str>> = (0..len).map(cut).collect();
                let expected = expected.filter(|_| width > 0 && width * len == text.len());
                let texts = EvenTexts::new(text.into(), width as u32, len as u32);
                let texts = texts.inspect(|texts| {
                    (0..=len).for_each(|row| texts.expect(row));
                    assert_eq!((texts.get(len), texts.len()), (None, len));
                });
                let back = texts.as_ref().map(|t| (0..len).filter_map(|n| t.get(n)).collect());
                assert_eq!(back, expected, "{text} {width} {len}");
            }
        }
        assert!(EvenTexts::new("abc".into(), u32::MAX, u32::MAX).is_none());
    }

    #[test]
    fn uneven_texts_are_cut_between_characters_or_refused() {
        for text in PIECES {
            for ends in [&[][..], &[1], &[6], &[0, 6], &[0, 1, 3, 6], &[3, 6], &[4, 2, 6], &[7]] {
                let starts = [0].into_iter().chain(ends.iter().copied());
                let cut = |(start, end): (u32, &u32)| text.get(start as usize..*end as usize);
                let expected: Option<Vec<&str>> = starts.zip(ends).map(cut).collect();
                let last = ends.last().map_or(0, |end| *end as usize);
                let expected = expected.filter(|_| last == text.len());
                let texts = UnevenTexts::new(text.into(), ends.into());
                let texts = texts.inspect(|texts| {
                    (0..=ends.len()).for_each(|row| texts.expect(row));
                    assert_eq!((texts.get(ends.len()), texts.len()), (None, ends.len()));
                });
                let all = 0..ends.len();
                let back = texts.as_ref().map(|t| all.filter_map(|n| t.get(n)).collect());
                assert_eq!(back, expected, "{text} {ends:?}");
            }
        }
    }
}
