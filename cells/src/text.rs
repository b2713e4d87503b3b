//! Text that is only added to.
//!
//! Strings lie one behind the other in blocks; none crosses the end of its block. Where a string
//! is can be kept as two numbers of 32 bits, or as one beside those of its neighbours, and asking
//! for any other range is safe: what is out of a block is valid UTF-8 as a whole, whole strings
//! and zeros, so a range of it is text if it begins and ends between characters, which is two
//! looks and no validation.
//!
//! Why `unsafe`: see [`crate::blocks`]; this module says where "later" begins, and that bytes are
//! text.
#![allow(unsafe_code, reason = "see above")]

use crate::blocks::{Blocks, Place};
use crate::sync::{AtomicU32, Ordering};
use crate::writer::{Mark, Writer};
use std::mem::MaybeUninit;

/// Text that one writer adds to while others read.
pub struct TextArea {
    /// What is behind the end of a block's last string is zero.
    bytes: Blocks<u8>,
    /// Behind the last string. Only the writer changes it, and only upwards.
    end: AtomicU32,
    mark: Mark,
}

/// Where a string is in its [`TextArea`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Text {
    /// Its first byte; a byte of a block that was left for the next has a number too.
    pub offset: u32,
    /// Its length in bytes.
    pub len: u32,
}

impl TextArea {
    /// No text yet. The first block will take `first` bytes or somewhat more, and each that
    /// follows as much as all before it.
    pub fn new(writer: &Writer, first: u32) -> Self {
        Self { bytes: Blocks::new(first), end: AtomicU32::new(0), mark: writer.mark() }
    }

    /// Adds a string; `None` when the offsets are used up.
    ///
    /// # Panics
    ///
    /// When the writer is not the one that the area was made with.
    #[inline]
    pub fn push(&self, writer: &Writer, text: &str) -> Option<Text> {
        self.mark.demand(writer);
        if text.is_empty() {
            return Some(Text::default());
        }
        let len = u32::try_from(text.len()).ok()?;
        // Only the writer stores it, so this is the newest.
        let end = self.end.load(Ordering::Relaxed);
        let mut place = self.bytes.place(end);
        let mut offset = end;
        if self.bytes.len_of(place.block) - place.at < text.len() {
            let blocks = place.block + 1..;
            let block = blocks.into_iter().find(|b| self.bytes.len_of(*b) >= text.len())?;
            place = Place { block, at: 0 };
            offset = u32::try_from(self.bytes.start_of(block)).ok()?;
        }
        let stop = offset.checked_add(len).filter(|stop| *stop <= self.bytes.most())?;
        // SAFETY: only the writer adds blocks, and it is in our hands; no other is let through.
        unsafe { self.bytes.provide(place.block) };
        // SAFETY: the block is there and has room. Readers have references below the published
        // end only (`get`), and only we can raise it. Bytes of a `str` are initialised ones.
        unsafe { self.bytes.put(place, as_uninit(text.as_bytes())) };
        self.end.store(stop, Ordering::Release);
        Some(Text { offset, len })
    }

    /// The text at a place; `None` when there is none, or when it begins or ends within a
    /// character or a block.
    #[inline]
    pub fn get(&self, Text { offset, len }: Text) -> Option<&str> {
        if len == 0 {
            return Some("");
        }
        let end = u64::from(self.end.load(Ordering::Acquire));
        if u64::from(offset) + u64::from(len) > end {
            return None;
        }
        let Place { block, at } = self.bytes.place(offset);
        let here = (end - self.bytes.start_of(block)).min(self.bytes.len_of(block) as u64);
        // SAFETY: a block is allocated full of zeros. What `push` wrote below the end that we
        // loaded (Acquire) happened before it stored that end (Release), and what it writes later
        // is behind it: behind the end in its block, or in a later block once one is left.
        let bytes = unsafe { self.bytes.first(block, here as usize) };
        // SAFETY: those are whole strings, one behind the other, and perhaps zeros, which are
        // characters too.
        let text = unsafe { std::str::from_utf8_unchecked(bytes) };
        text.get(at..at + len as usize)
    }

    /// The texts at some places in one piece, when they lie one behind the other.
    #[inline]
    pub fn run(&self, places: &[Text]) -> Option<&str> {
        // Where a text without characters is means nothing.
        let mut texts = places.iter().filter(|place| place.len != 0);
        let first = texts.next().copied().unwrap_or_default();
        let mut end = first.offset.checked_add(first.len)?;
        for Text { offset, len } in texts {
            if *offset != end {
                return None;
            }
            end = offset.checked_add(*len)?;
        }
        self.get(Text { len: end - first.offset, ..first })
    }

    /// How far the text reaches: behind which offset there is none.
    #[inline]
    pub fn end(&self) -> u32 {
        self.end.load(Ordering::Acquire)
    }

    /// Bytes allocated for text.
    pub fn heap_bytes(&self) -> usize {
        self.bytes.heap_bytes()
    }
}

/// Bytes as places that have one.
#[inline(always)]
fn as_uninit(bytes: &[u8]) -> &[MaybeUninit<u8>] {
    // SAFETY: the layout is the same, and whatever has a value may be seen as what may have none;
    // nobody can write through the shared reference.
    unsafe { std::slice::from_raw_parts(bytes.as_ptr().cast(), bytes.len()) }
}

impl std::fmt::Debug for TextArea {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TextArea")
            .field("end", &self.end.load(Ordering::Acquire))
            .field("heap_bytes", &self.heap_bytes())
            .finish()
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn gives_back_what_was_added_and_nothing_but_text(
            strings in prop::collection::vec("[a-z\u{e9}\u{20ac}\u{1f600}]{0,12}", 0..40),
            first in 0_u32..40,
            ranges in prop::collection::vec((0_u32..2_000, 0_u32..40), 0..40),
        ) {
            let writer = Writer::new();
            let area = TextArea::new(&writer, first);
            let places: Vec<_> = strings.iter().map(|s| area.push(&writer, s).unwrap()).collect();
            for (place, string) in places.iter().zip(&strings) {
                prop_assert_eq!(area.get(*place), Some(string.as_str()));
            }
            for (offset, len) in ranges {
                if let Some(text) = area.get(Text { offset, len }) {
                    prop_assert_eq!(text.len(), len as usize);
                    prop_assert!(std::str::from_utf8(text.as_bytes()).is_ok());
                }
            }
        }
    }

    #[test]
    fn any_range_may_be_asked_for() {
        let writer = Writer::new();
        let area = TextArea::new(&writer, 4);
        let at = |offset, len| area.get(Text { offset, len });
        assert_eq!((at(0, 1), at(0, 0), at(u32::MAX, 0)), (None, Some(""), Some("")));
        for (string, offset) in [("ab", 0), ("\u{e9}yz", 4), ("w", 8)] {
            let place = Text { offset, len: string.len() as u32 };
            assert_eq!(area.push(&writer, string), Some(place));
        }
        let cases = [
            (0, 2, Some("ab")),
            (0, 4, Some("ab\0\0")),
            (0, 5, None),
            (3, 2, None),
            (4, 5, Some("\u{e9}yzw")),
            (4, 6, None),
            (5, 1, None),
            (4, 1, None),
            (6, 2, Some("yz")),
            (9, 1, None),
            (u32::MAX, 1, None),
            (1, u32::MAX, None),
        ];
        for (offset, len, expected) in cases {
            assert_eq!(at(offset, len), expected, "{offset} {len}");
        }
    }

    #[test]
    fn neighbours_are_one_piece() {
        let writer = Writer::new();
        let area = TextArea::new(&writer, 8);
        let [a, none, b, c, d] =
            ["ab", "", "c\u{e9}", "defg", "h"].map(|s| area.push(&writer, s).unwrap());
        assert_eq!(area.run(&[]), Some(""));
        assert_eq!(area.run(&[none, none]), Some(""));
        assert_eq!(area.run(&[none, a, none, b, none]), Some("abc\u{e9}"));
        assert_eq!(area.run(&[c, d]), Some("defgh"));
        assert_eq!(area.run(&[b, c]), None, "{b:?} {c:?}");
        assert_eq!(area.run(&[b, a]), None);
        assert_eq!(area.run(&[d, Text { offset: d.offset + 1, len: u32::MAX }]), None);
    }

    #[test]
    fn long_strings_skip_blocks() {
        let writer = Writer::new();
        let area = TextArea::new(&writer, 64);
        let long = "x".repeat(10_000);
        let places = ["a", &long, "b"].map(|s| (area.push(&writer, s).unwrap(), s));
        let places_end = places[2].0.offset + 1;
        for (place, string) in places {
            assert_eq!(area.get(place), Some(string));
        }
        assert_eq!(area.heap_bytes(), 64 + 16_384);
        assert_eq!(area.end(), places_end);
    }

    #[test]
    #[should_panic(expected = "another writer")]
    fn refuses_another_writer() {
        TextArea::new(&Writer::new(), 1).push(&Writer::new(), "a");
    }
}
