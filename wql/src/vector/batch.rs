//! What the vectorised evaluator asks of whoever has the rows.
//!
//! A batch is some thousand rows of one class version, whose values lie property by
//! property. It hands out plain slices where it has them and says so where it has not:
//! those values are then asked for row by row.

use super::mask::Mask;
use crate::rows::{Row, ValueRef};
use cimarron_model::{Char16, DateTime};
use std::hint::black_box;

/// Rows of one class version, at most [`BATCH_ROWS`](super::BATCH_ROWS).
pub trait Batch {
    /// One of the rows.
    type Row<'a>: Row
    where
        Self: 'a;

    /// How many rows there are.
    fn len(&self) -> usize;

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The values in a slot.
    fn values(&self, slot: usize) -> Values<'_>;

    /// The rows whose value in a slot is not NULL, as far as [`Batch::values`] does not say
    /// so itself; `false` when no row is NULL, and the mask then stays as it is.
    fn valid(&self, slot: usize, rows: &mut Mask) -> bool;

    /// Between what the values in a slot lie, where that is known.
    fn bounds(&self, slot: usize) -> Option<Bounds>;

    /// A row.
    fn row(&self, at: usize) -> Self::Row<'_>;
}

/// The least and the greatest value of a slot; NULL and NaN do not count.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bounds {
    /// Of integers and `char16`.
    Integer(i128, i128),
    /// Of reals, when none of them is NaN.
    Real(f64, f64),
}

/// The values in a slot of a batch. What a slice has at a row that is NULL means nothing; it
/// may be shorter than the batch, whose other rows are then NULL.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Values<'a> {
    /// All rows are NULL.
    Missing,
    /// So many rows have this value, those behind them are NULL.
    Constant(ValueRef<'a>, usize),
    /// `boolean`
    Boolean(&'a [bool]),
    /// `uint8`
    UInt8(&'a [u8]),
    /// `uint16`
    UInt16(&'a [u16]),
    /// `uint32`
    UInt32(&'a [u32]),
    /// `uint64`
    UInt64(&'a [u64]),
    /// `sint8`
    SInt8(&'a [i8]),
    /// `sint16`
    SInt16(&'a [i16]),
    /// `sint32`
    SInt32(&'a [i32]),
    /// `sint64`
    SInt64(&'a [i64]),
    /// `real32`
    Real32(&'a [f32]),
    /// `real64`
    Real64(&'a [f64]),
    /// `char16`
    Char16(&'a [Char16]),
    /// `datetime`
    DateTime(&'a [DateTime]),
    /// `string`
    Text(Texts<'a>),
    /// `string`, for each row the number of a text.
    Dictionary(&'a [u8], Texts<'a>),
    /// None of these: rows are asked one by one.
    Rows,
}

/// Texts one behind the other.
#[derive(Clone, Copy, Debug)]
pub struct Texts<'a> {
    text: &'a str,
    ends: Ends<'a>,
    is_ascii: bool,
}

#[derive(Clone, Copy, Debug)]
enum Ends<'a> {
    Each(&'a [u32]),
    /// All are so many bytes long, and so many.
    Width(usize, usize),
}

impl<'a> Texts<'a> {
    /// Texts that end at these bytes of a text; whether it is all ASCII.
    pub const fn new(text: &'a str, ends: &'a [u32], is_ascii: bool) -> Self {
        Self { text, ends: Ends::Each(ends), is_ascii }
    }

    /// So many texts of one length, which is not 0; whether the text is all ASCII.
    pub const fn of_width(text: &'a str, width: usize, len: usize, is_ascii: bool) -> Self {
        Self { text, ends: Ends::Width(width, len), is_ascii }
    }

    /// How many there are.
    pub const fn len(&self) -> usize {
        match self.ends {
            Ends::Each(ends) => ends.len(),
            Ends::Width(_, len) => len,
        }
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether all characters of all of them are ASCII.
    pub const fn is_ascii(&self) -> bool {
        self.is_ascii
    }

    /// All of them.
    pub const fn text(&self) -> &'a str {
        self.text
    }

    /// The first byte of a text and the one behind it.
    #[inline]
    pub fn span(&self, at: usize) -> (usize, usize) {
        match self.ends {
            Ends::Each(ends) => {
                let start = at.checked_sub(1).and_then(|before| ends.get(before));
                let end = ends.get(at).copied().unwrap_or_default() as usize;
                (start.copied().unwrap_or_default() as usize, end)
            }
            Ends::Width(width, _) => (at * width, (at + 1) * width),
        }
    }

    /// A text; empty behind the last.
    #[inline]
    pub fn get(&self, at: usize) -> &'a str {
        let (start, end) = self.span(at);
        self.text.get(start..end).unwrap_or_default()
    }

    /// Brings the texts of some rows near, all of them at a time: whoever then reads one
    /// after the other need not wait for memory at each.
    pub fn touch(&self, rows: impl Iterator<Item = usize> + Clone) {
        let bytes = self.text.as_bytes();
        // The byte behind a text too: it may be on another line, and who cuts the text out
        // looks whether a character begins there.
        let byte = |at: usize| bytes.get(at).copied().unwrap_or_default();
        black_box(match self.ends {
            // The ends of all, and then the letters: the place of those is known by the ends.
            Ends::Each(ends) => {
                let end = |row| ends.get(row).copied().unwrap_or_default();
                black_box(rows.clone().fold(0, |all, row| all ^ end(row)));
                rows.fold(0, |all, row| {
                    let (start, end) = self.span(row);
                    all ^ byte(start) ^ byte(end)
                })
            }
            Ends::Width(width, _) => rows.fold(0, |all, row| {
                let start = row * width;
                all ^ byte(start) ^ byte(start + width)
            }),
        });
    }

    /// The text that a byte belongs to, which lies in the text `from` or behind it.
    #[inline]
    pub fn at_byte(&self, byte: usize, from: usize) -> usize {
        match self.ends {
            Ends::Each(ends) => {
                let rest = ends.get(from..).unwrap_or_default();
                from + gallop(rest, byte)
            }
            Ends::Width(width, _) => byte / width,
        }
    }
}

/// How many of the ends are at or before a byte.
#[inline]
fn gallop(ends: &[u32], byte: usize) -> usize {
    let is_before = |end: &u32| *end as usize <= byte;
    let mut low = 0;
    let mut step = 1;
    while ends.get(low + step - 1).is_some_and(is_before) {
        low += step;
        step *= 2;
    }
    let rest = ends.get(low..(low + step).min(ends.len())).unwrap_or_default();
    low + rest.partition_point(is_before)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn finds_the_text_of_a_byte(texts in prop::collection::vec("[abß]{0,5}", 1..60)) {
            let text = texts.concat();
            let ends: Vec<u32> = texts
                .iter()
                .scan(0, |end, text| {
                    *end += text.len() as u32;
                    Some(*end)
                })
                .collect();
            let all = Texts::new(&text, &ends, text.is_ascii());
            for (n, one) in texts.iter().enumerate() {
                prop_assert_eq!(all.get(n), one);
                let (start, end) = all.span(n);
                for byte in start..end {
                    for from in 0..=n {
                        prop_assert_eq!(all.at_byte(byte, from), n);
                    }
                }
            }
            prop_assert_eq!(all.get(texts.len()), "");
        }
    }
}
