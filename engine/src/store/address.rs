//! Where a row is.

/// A row's chunk and position, in 40 bits: 28 for the namespace-wide chunk number,
/// 12 for the position. The other 24 bits of a word are an index's to use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct RowAddress(u64);

/// How many rows a chunk holds at most.
pub(crate) const CAPACITY: usize = 4096;

/// How many bits of a word an address takes.
pub(crate) const ADDRESS_BITS: u32 = 40;

/// One past the greatest chunk number.
pub(crate) const CHUNKS: u32 = 1 << (ADDRESS_BITS - ROW_BITS);

const ROW_BITS: u32 = CAPACITY.trailing_zeros();

/// An address as a key index holds it: 40 bits, of which more than the lowest is
/// set: 0 and 1 are words without an address.
pub(super) trait Address: Copy + PartialEq {
    fn from_word(word: u64) -> Self;
    fn bits(self) -> u64;
}

impl Address for RowAddress {
    #[inline]
    fn from_word(word: u64) -> Self {
        Self::from_word(word)
    }

    #[inline]
    fn bits(self) -> u64 {
        Self::bits(self)
    }
}

impl RowAddress {
    /// Not behind any other.
    pub(crate) const MIN: Self = Self(0);

    /// Not before any other.
    pub(crate) const MAX: Self = Self((1 << ADDRESS_BITS) - 1);

    pub(crate) const fn new(chunk: u32, row: usize) -> Self {
        Self(((chunk as u64) << ROW_BITS) | row as u64)
    }

    /// The address in the low bits of a word.
    pub(crate) const fn from_word(word: u64) -> Self {
        Self(word & ((1 << ADDRESS_BITS) - 1))
    }

    pub(crate) const fn bits(self) -> u64 {
        self.0
    }

    pub(crate) const fn chunk(self) -> u32 {
        (self.0 >> ROW_BITS) as u32
    }

    pub(crate) const fn row(self) -> usize {
        (self.0 & (CAPACITY as u64 - 1)) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packs_into_40_bits() {
        for (chunk, row) in [(0, 0), (1, 4095), (CHUNKS - 1, 4095), (77, 13)] {
            let address = RowAddress::new(chunk, row);
            assert!(address.bits() < 1 << ADDRESS_BITS);
            let word = address.bits() | 0xab_cdef << ADDRESS_BITS;
            assert_eq!(RowAddress::from_word(word), address);
            assert_eq!((address.chunk(), address.row()), (chunk, row));
        }
    }
}
