//! A set of row numbers.

/// A growing bitmap; rows that it has not reached are not in the set.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bits(Vec<u64>);

impl Bits {
    /// The rows of a bitmap.
    pub(crate) const fn from_words(words: Vec<u64>) -> Self {
        Self(words)
    }

    #[inline]
    pub(crate) fn contains(&self, row: usize) -> bool {
        self.0.get(row / 64).is_some_and(|word| word >> (row % 64) & 1 == 1)
    }

    /// Adds a row; whether it was new.
    pub(crate) fn insert(&mut self, row: usize) -> bool {
        let at = row / 64;
        if self.0.len() <= at {
            self.0.resize(at + 1, 0);
        }
        let Some(word) = self.0.get_mut(at) else { return false };
        let bit = 1 << (row % 64);
        let new = *word & bit == 0;
        *word |= bit;
        new
    }

    /// 64 rows at a time; what is not there is not in the set.
    pub(crate) fn words(&self) -> &[u64] {
        &self.0
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn shrink(&mut self) {
        self.0.shrink_to_fit();
    }

    pub(crate) fn heap_bytes(&self) -> usize {
        self.0.capacity() * size_of::<u64>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_what_was_put_in() {
        let mut bits = Bits::default();
        assert!(!bits.contains(70));
        assert!(bits.insert(70) && !bits.insert(70));
        assert_eq!((0..200).filter(|i| bits.contains(*i)).collect::<Vec<_>>(), [70]);
    }
}
