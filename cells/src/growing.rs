//! A list without a fixed room that is only added to and whose elements never move.
//!
//! Why `unsafe`: see [`crate::blocks`]; this module says which places have an element.
#![allow(unsafe_code, reason = "see above")]

use crate::blocks::{Blocks, Place};
use crate::sync::{AtomicU32, Ordering};
use crate::writer::{Mark, Writer};
use std::mem::MaybeUninit;

/// A list that one writer adds to while others read, and whose elements never move.
pub struct Growing<T> {
    /// The first `len` places have an element, and no other.
    blocks: Blocks<T>,
    /// Only the writer changes it, and only upwards.
    len: AtomicU32,
    mark: Mark,
}

impl<T> Growing<T> {
    /// An empty list that first allocates room for `first` elements or somewhat more, and then
    /// for as many again whenever it is full.
    pub fn new(writer: &Writer, first: u32) -> Self {
        Self { blocks: Blocks::new(first), len: AtomicU32::new(0), mark: writer.mark() }
    }

    /// How many elements there are now.
    #[inline]
    pub fn len(&self) -> u32 {
        self.len.load(Ordering::Acquire)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds an element and returns its number. It comes back when the numbers are used up, which
    /// are about 2³² where the first block has 64 places or more.
    ///
    /// # Panics
    ///
    /// When the writer is not the one that the list was made with.
    #[inline]
    pub fn push(&self, writer: &Writer, value: T) -> Result<u32, T> {
        self.mark.demand(writer);
        // Only the writer stores it, so this is the newest.
        let number = self.len.load(Ordering::Relaxed);
        if number >= self.blocks.most() {
            return Err(value);
        }
        let place = self.blocks.place(number);
        // SAFETY: only the writer adds blocks, and it is in our hands; no other is let through.
        unsafe { self.blocks.provide(place.block) };
        // SAFETY: the block is there. Readers have references below the published length only
        // (`get`, `runs`), and only we can raise it.
        unsafe { self.blocks.put(place, &[MaybeUninit::new(value)]) };
        self.len.store(number + 1, Ordering::Release);
        Ok(number)
    }

    /// The element with a number.
    #[inline]
    pub fn get(&self, number: u32) -> Option<&T> {
        if number >= self.len() {
            return None;
        }
        let Place { block, at } = self.blocks.place(number);
        // SAFETY: `push` raised the length (Release) after it had put the element there, so below
        // what we loaded (Acquire), which is above `number`, there are elements in one block
        // after the other, and none is written again.
        unsafe { self.blocks.first(block, at + 1) }.get(at)
    }

    /// The elements that are there now, in slices, one a block.
    pub fn runs(&self) -> impl Iterator<Item = &[T]> {
        let len = u64::from(self.len());
        (0..).map_while(move |block| {
            let here = self.len_in(block, len)?;
            // SAFETY: as for `get`.
            Some(unsafe { self.blocks.first(block, here) })
        })
    }

    /// How many of the first `len` elements are in a block; `None` behind the last.
    fn len_in(&self, block: usize, len: u64) -> Option<usize> {
        let here = len.checked_sub(self.blocks.start_of(block)).filter(|here| *here > 0)?;
        Some(here.min(self.blocks.len_of(block) as u64) as usize)
    }

    /// The elements that are there now.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.runs().flatten()
    }

    /// Bytes allocated for elements.
    pub fn heap_bytes(&self) -> usize {
        self.blocks.heap_bytes()
    }
}

/// Looks at elements of a list one by one. Most lie in its last blocks, so it remembers where
/// the last one was.
pub struct Cursor<'a, T> {
    list: &'a Growing<T>,
    /// The number of the first element of a block, and those that were there.
    first: u32,
    here: &'a [T],
}

impl<T> Growing<T> {
    /// Looks at elements one by one.
    pub fn cursor(&self) -> Cursor<'_, T> {
        Cursor { list: self, first: 0, here: &[] }
    }
}

impl<'a, T> Cursor<'a, T> {
    /// The element with a number.
    #[inline]
    pub fn get(&mut self, number: u32) -> Option<&'a T> {
        let at = number.wrapping_sub(self.first) as usize;
        if let Some(element) = self.here.get(at) {
            return Some(element);
        }
        // By value, so that a loop has the cursor in registers.
        (self.first, self.here) = self.list.block_with(number)?;
        self.here.get(number.wrapping_sub(self.first) as usize)
    }
}

impl<T> Growing<T> {
    /// The block where the element with a number is: the number of its first element, and those
    /// that are there.
    #[inline(never)]
    fn block_with(&self, number: u32) -> Option<(u32, &[T])> {
        let len = self.len();
        if number >= len {
            return None;
        }
        let Place { block, .. } = self.blocks.place(number);
        let here = self.len_in(block, len.into())?;
        let first = u32::try_from(self.blocks.start_of(block)).ok()?;
        // SAFETY: as in `runs`.
        Some((first, unsafe { self.blocks.first(block, here) }))
    }
}

impl<T> Drop for Growing<T> {
    fn drop(&mut self) {
        let len = u64::from(self.len());
        let mut block = 0;
        while let Some(here) = self.len_in(block, len) {
            // SAFETY: as for `runs`; nobody has a reference any more.
            unsafe { self.blocks.drop_first(block, here) };
            block += 1;
        }
    }
}

impl<T: std::fmt::Debug> std::fmt::Debug for Growing<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn keeps_everything_where_it_is() {
        for first in [0, 1, 3, 64] {
            let writer = Writer::new();
            let list = Growing::new(&writer, first);
            assert!(list.is_empty() && list.get(0).is_none() && list.heap_bytes() == 0);
            assert_eq!(list.push(&writer, "0".to_owned()), Ok(0));
            let first_element = list.get(0).unwrap();
            for number in 1..300 {
                assert_eq!(list.push(&writer, number.to_string()), Ok(number));
            }
            assert!(std::ptr::eq(first_element, list.get(0).unwrap()));
            assert!((0..300).all(|number| *list.get(number).unwrap() == number.to_string()));
            assert!(list.get(300).is_none() && list.get(u32::MAX).is_none());
            assert!(list.iter().cloned().eq((0..300).map(|number| number.to_string())));
            assert_eq!(list.runs().map(<[_]>::len).sum::<usize>(), 300);
            let mut cursor = list.cursor();
            for number in (0..300).chain([7, 299, 0, 150]) {
                assert_eq!(*cursor.get(number).unwrap(), number.to_string());
                assert!(cursor.get(300).is_none() && cursor.get(u32::MAX).is_none());
            }
            assert_eq!(list.push(&writer, 300.to_string()), Ok(300));
            assert_eq!(cursor.get(300).unwrap(), "300");
        }
    }

    #[test]
    fn drops_what_it_holds() {
        let (writer, element) = (Writer::new(), Arc::new(()));
        let list = Growing::new(&writer, 2);
        (0..9).for_each(|_| assert!(list.push(&writer, element.clone()).is_ok()));
        assert_eq!(Arc::strong_count(&element), 10);
        drop(list);
        assert_eq!(Arc::strong_count(&element), 1);
    }

    #[test]
    fn elements_without_size() {
        let writer = Writer::new();
        let list = Growing::new(&writer, 1);
        (0..9).for_each(|number| assert_eq!(list.push(&writer, ()), Ok(number)));
        assert_eq!((list.iter().count(), list.heap_bytes()), (9, 0));
    }

    #[test]
    #[should_panic(expected = "another writer")]
    fn refuses_another_writer() {
        let _ = Growing::new(&Writer::new(), 1).push(&Writer::new(), 1);
    }
}
