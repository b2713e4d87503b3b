//! Places in blocks that are added when they are needed and never move.
//!
//! Every block is twice as long as the one before it, so a place's block and its place there
//! follow from the number's leading bit, and 26 blocks reach as far as 32 bits do.
//!
//! Why `unsafe`: as in [`crate::storage`], and blocks are published as bare pointers: a slice or
//! a `OnceLock` in the place of each would triple what an empty list takes, and there are
//! thousands of nearly empty ones.
#![allow(unsafe_code, reason = "see above")]

use crate::sync::{AtomicPtr, Ordering, Touched};
use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::ptr::NonNull;

/// The most blocks that there are.
const MOST: usize = 26;

/// The most places of a first block, as a power of two.
const MOST_FIRST_BITS: u32 = 16;

/// Where a place is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) block: usize,
    pub(crate) at: usize,
}

/// Blocks of places for elements. It does not know which have one: whoever owns it does, and
/// drops them.
pub(crate) struct Blocks<T> {
    blocks: [AtomicPtr<T>; MOST],
    /// The first block has two to this power places.
    first_bits: u32,
    touched: Touched,
    owns: PhantomData<T>,
}

// SAFETY: as for `Storage`; the pointers are to allocations of our own.
unsafe impl<T: Send> Send for Blocks<T> {}
// SAFETY: the same.
unsafe impl<T: Send + Sync> Sync for Blocks<T> {}

impl<T> Blocks<T> {
    /// No blocks yet; the first will have `first` places or somewhat more.
    pub(crate) fn new(first: u32) -> Self {
        let first_bits = first.clamp(1, 1 << MOST_FIRST_BITS).next_power_of_two().ilog2();
        Self {
            blocks: std::array::from_fn(|_| AtomicPtr::new(std::ptr::null_mut())),
            first_bits,
            touched: Touched::new(usize::MAX),
            owns: PhantomData,
        }
    }

    /// How many places there can be, and numbers of 32 bits can name.
    pub(crate) fn most(&self) -> u32 {
        let all = (1_u64 << (self.first_bits as usize + MOST)) - (1 << self.first_bits);
        u32::try_from(all).unwrap_or(u32::MAX)
    }

    /// How many places a block has.
    #[inline(always)]
    pub(crate) fn len_of(&self, block: usize) -> usize {
        1 << (self.first_bits as usize + block)
    }

    /// The number of a block's first place.
    #[inline(always)]
    pub(crate) fn start_of(&self, block: usize) -> u64 {
        (1 << (self.first_bits as usize + block)) - (1 << self.first_bits)
    }

    /// Where the place with a number is.
    #[inline(always)]
    pub(crate) fn place(&self, number: u32) -> Place {
        // Ahead by one first block, the numbers of block n are those with n more bits.
        let ahead = u64::from(number) + (1 << self.first_bits);
        let bits = ahead.ilog2();
        Place { block: (bits - self.first_bits) as usize, at: (ahead - (1 << bits)) as usize }
    }

    /// Allocates a block that is not there yet; all its bytes are zero.
    ///
    /// # Safety
    ///
    /// Nobody else adds a block meanwhile.
    #[inline]
    pub(crate) unsafe fn provide(&self, block: usize) {
        let Some(slot) = self.blocks.get(block) else { return };
        if slot.load(Ordering::Relaxed).is_null() {
            let places: Box<[MaybeUninit<T>]> = Box::new_zeroed_slice(self.len_of(block));
            // Whoever reads it learns of it from a count that is published later, with Release.
            slot.store(Box::into_raw(places).cast::<T>(), Ordering::Relaxed);
        }
    }

    /// A block's first place, when the block is there.
    #[inline(always)]
    fn base(&self, block: usize) -> Option<NonNull<T>> {
        NonNull::new(self.blocks.get(block)?.load(Ordering::Relaxed))
    }

    /// Copies or moves elements to places that follow each other in one block, over what lay
    /// there. Whoever moves them forgets them.
    ///
    /// # Safety
    ///
    /// The block was provided by this thread or before it; the places are inside of it; nobody
    /// else touches them meanwhile, and no reference to an element there is in use.
    #[inline(always)]
    pub(crate) unsafe fn put(&self, place: Place, elements: &[MaybeUninit<T>]) {
        debug_assert!(place.at + elements.len() <= self.len_of(place.block));
        let Some(base) = self.base(place.block) else { return };
        self.touched.write(self.start_of(place.block) as usize + place.at, elements.len());
        // SAFETY: the places are inside the block's allocation and ours alone for now, as the
        // caller promises; what we copy from is elsewhere, being borrowed.
        unsafe {
            let to = base.as_ptr().add(place.at).cast::<MaybeUninit<T>>();
            to.copy_from_nonoverlapping(elements.as_ptr(), elements.len());
        }
    }

    /// The first elements of a block; none when the block is not there.
    ///
    /// # Safety
    ///
    /// `len` is at most [`Blocks::len_of`]; if the block is there, those places have elements,
    /// putting them there happened before, and nobody writes to them while the slice is in use.
    #[inline(always)]
    pub(crate) unsafe fn first(&self, block: usize, len: usize) -> &[T] {
        let Some(base) = self.base(block) else { return &[] };
        debug_assert!(len <= self.len_of(block));
        self.touched.read(self.start_of(block) as usize, len);
        // SAFETY: the places are inside the block's allocation, and their elements exist and stay
        // as they are for the life of the borrow, as the caller promises.
        unsafe { std::slice::from_raw_parts(base.as_ptr(), len) }
    }

    /// Drops the first elements of a block that is there.
    ///
    /// # Safety
    ///
    /// `len` is at most [`Blocks::len_of`] and those places have elements. They have none
    /// afterwards.
    pub(crate) unsafe fn drop_first(&mut self, block: usize, len: usize) {
        let Some(base) = self.base(block) else { return };
        let elements = std::ptr::slice_from_raw_parts_mut(base.as_ptr(), len);
        // SAFETY: they are inside the block's allocation, exist, and lose their value here, as
        // the caller promises; `&mut self` says that nobody else has them.
        unsafe { elements.drop_in_place() };
    }

    /// Bytes allocated for elements.
    pub(crate) fn heap_bytes(&self) -> usize {
        let there = (0..MOST).filter(|block| self.base(*block).is_some());
        there.map(|block| self.len_of(block) * size_of::<T>()).sum()
    }
}

impl<T> Drop for Blocks<T> {
    fn drop(&mut self) {
        for block in 0..MOST {
            if let Some(base) = self.base(block) {
                let places = base.as_ptr().cast::<MaybeUninit<T>>();
                let places = std::ptr::slice_from_raw_parts_mut(places, self.len_of(block));
                // SAFETY: `provide` took it from a box of that length, and nobody has it now.
                drop(unsafe { Box::from_raw(places) });
            }
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn places_follow_each_other_through_the_blocks() {
        for first in [1, 2, 5, 64, 65_536] {
            let blocks = Blocks::<u8>::new(first);
            let mut expected = Place { block: 0, at: 0 };
            for number in 0..70_000 {
                assert_eq!(blocks.place(number), expected, "{first}: {number}");
                let start = blocks.start_of(expected.block);
                assert_eq!(start + expected.at as u64, u64::from(number), "{first}");
                expected.at += 1;
                if expected.at == blocks.len_of(expected.block) {
                    expected = Place { block: expected.block + 1, at: 0 };
                }
            }
        }
    }

    #[test]
    fn the_last_number_has_a_place() {
        for first in [1, 2, 63, 64, 65_536, u32::MAX] {
            let blocks = Blocks::<u8>::new(first);
            let place = blocks.place(blocks.most() - 1);
            assert!(place.block < MOST && place.at < blocks.len_of(place.block), "{first}");
        }
    }
}
