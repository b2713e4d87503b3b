//! Which rows of a batch are meant.

use std::ops::Range;

/// The most rows that a batch has.
pub const BATCH_ROWS: usize = 4096;

const WORDS: usize = BATCH_ROWS / 64;

/// A set of rows of one batch: a bit each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mask {
    words: [u64; WORDS],
}

impl Default for Mask {
    fn default() -> Self {
        Self::NONE
    }
}

impl Mask {
    /// No row.
    pub const NONE: Self = Self { words: [0; WORDS] };

    /// The rows of a range, as far as a batch has them.
    pub fn of(rows: Range<usize>) -> Self {
        let below = |end: usize, word: usize| {
            let bits = end.saturating_sub(word * 64).min(64) as u32;
            1_u64.checked_shl(bits).map_or(u64::MAX, |bit| bit - 1)
        };
        let mut words = [0; WORDS];
        for (n, word) in words.iter_mut().enumerate() {
            *word = below(rows.end, n) & !below(rows.start, n);
        }
        Self { words }
    }

    /// Removes every row.
    pub fn clear(&mut self) {
        self.words = [0; WORDS];
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    /// How many rows there are.
    pub fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Whether a row is among them.
    pub fn contains(&self, row: usize) -> bool {
        self.words.get(row / 64).is_some_and(|word| word >> (row % 64) & 1 == 1)
    }

    /// Adds a row; one that no batch has is passed over.
    #[inline]
    pub fn insert(&mut self, row: usize) {
        if let Some(word) = self.words.get_mut(row / 64) {
            *word |= 1 << (row % 64);
        }
    }

    /// Keeps the rows that are in both.
    pub fn intersect(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(a, b)| *a &= b);
    }

    /// Adds the rows of the other.
    pub fn unite(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(a, b)| *a |= b);
    }

    /// Removes the rows of the other.
    pub fn subtract(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(a, b)| *a &= !b);
    }

    /// Keeps the rows for which something holds.
    pub fn retain(&mut self, mut holds: impl FnMut(usize) -> bool) {
        for (n, word) in self.words.iter_mut().enumerate() {
            let mut rest = *word;
            while rest != 0 {
                let bit = rest & rest.wrapping_neg();
                if !holds(n * 64 + rest.trailing_zeros() as usize) {
                    *word &= !bit;
                }
                rest ^= bit;
            }
        }
    }

    /// 64 rows at a time, the first of each lowest.
    pub const fn words(&self) -> &[u64; WORDS] {
        &self.words
    }

    /// 64 rows at a time, to be changed.
    pub const fn words_mut(&mut self) -> &mut [u64; WORDS] {
        &mut self.words
    }

    /// The first row from a row on.
    #[inline]
    pub fn next(&self, from: usize) -> Option<usize> {
        let at = from / 64;
        let first = self.words.get(at)? >> (from % 64);
        if first != 0 {
            return Some(from + first.trailing_zeros() as usize);
        }
        let (n, word) = self.words.iter().enumerate().skip(at + 1).find(|(_, word)| **word != 0)?;
        Some(n * 64 + word.trailing_zeros() as usize)
    }

    /// The rows, ascending.
    pub fn rows(&self) -> impl Iterator<Item = usize> + Clone {
        self.words.iter().enumerate().flat_map(|(n, word)| {
            let mut rest = *word;
            std::iter::from_fn(move || {
                let bit = (rest != 0).then(|| rest.trailing_zeros() as usize)?;
                rest &= rest - 1;
                Some(n * 64 + bit)
            })
        })
    }

    /// The smallest range that has all of them.
    pub fn range(&self) -> Range<usize> {
        let Some(first) = self.next(0) else { return 0..0 };
        let last = self.words.iter().enumerate().rev().find(|(_, word)| **word != 0);
        let end = last.map_or(first, |(n, word)| n * 64 + 64 - word.leading_zeros() as usize);
        first..end
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn rows() -> impl Strategy<Value = BTreeSet<usize>> {
        prop::collection::btree_set(0..BATCH_ROWS, 0..40)
    }

    fn mask(rows: &BTreeSet<usize>) -> Mask {
        let mut mask = Mask::NONE;
        rows.iter().for_each(|row| mask.insert(*row));
        mask
    }

    proptest! {
        #[test]
        fn is_a_set(a in rows(), b in rows(), from in 0..BATCH_ROWS + 70) {
            let m = mask(&a);
            prop_assert_eq!(m.rows().collect::<BTreeSet<_>>(), a.clone());
            prop_assert_eq!(m.count(), a.len());
            prop_assert_eq!(m.is_empty(), a.is_empty());
            prop_assert_eq!(m.next(from), a.range(from..).next().copied());
            prop_assert_eq!(m.contains(from), a.contains(&from));
            let range = a.first().map_or(0..0, |first| *first..a.last().unwrap() + 1);
            prop_assert_eq!(m.range(), range);
            let of = |change: fn(&mut Mask, &Mask)| {
                let mut m = m.clone();
                change(&mut m, &mask(&b));
                m.rows().collect::<BTreeSet<_>>()
            };
            prop_assert_eq!(of(Mask::intersect), &a & &b);
            prop_assert_eq!(of(Mask::unite), &a | &b);
            prop_assert_eq!(of(Mask::subtract), &a - &b);
        }

        #[test]
        fn ranges(start in 0..BATCH_ROWS + 70, end in 0..BATCH_ROWS + 70) {
            let expected: Vec<_> = (start..end.min(BATCH_ROWS)).collect();
            prop_assert_eq!(Mask::of(start..end).rows().collect::<Vec<_>>(), expected);
        }
    }
}
