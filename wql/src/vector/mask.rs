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
        let mut words = [0; WORDS];
        let (start, end) = (rows.start, rows.end.min(BATCH_ROWS));
        if start < end {
            let (first, last) = (start / 64, (end - 1) / 64);
            if let Some(words) = words.get_mut(first..=last) {
                words.fill(u64::MAX);
                let ends = (u64::MAX << (start % 64), u64::MAX >> (63 - (end - 1) % 64));
                if let Some(word) = words.first_mut() {
                    *word &= ends.0;
                }
                if let Some(word) = words.last_mut() {
                    *word &= ends.1;
                }
            }
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

    /// Writes the rows down, ascending, in place of what a list has.
    pub fn list(&self, rows: &mut Vec<u16>) {
        rows.clear();
        rows.reserve(self.count());
        for (first, word) in (0..).step_by(64).zip(&self.words) {
            let mut rest = *word;
            if rest == u64::MAX {
                rows.extend(first..first + 64);
                continue;
            }
            while rest != 0 {
                rows.push(first + rest.trailing_zeros() as u16);
                rest &= rest - 1;
            }
        }
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
            let mut list = vec![7];
            m.list(&mut list);
            prop_assert_eq!(list.into_iter().map(usize::from).collect::<Vec<_>>(), m.rows().collect::<Vec<_>>());
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
            let mask = Mask::of(start..end);
            prop_assert_eq!(mask.rows().collect::<Vec<_>>(), &*expected);
            let mut list = Vec::new();
            mask.list(&mut list);
            prop_assert_eq!(list.into_iter().map(usize::from).collect::<Vec<_>>(), expected);
        }
    }
}
