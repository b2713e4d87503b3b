//! All chunks of a namespace by number.
//!
//! Readers look numbers up without a lock; the writer puts chunks in and takes
//! them out. A number is used again once its chunk is gone: who looks up an
//! address that an index gave must check that the row is the one they mean.

use super::address::{CHUNKS, RowAddress};
use super::chunk::Chunk;
use arc_swap::{ArcSwapOption, Guard};
use parking_lot::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

/// The first page has this many places, each other page twice as many as the one
/// before.
const FIRST_PAGE: u32 = 64;

const PAGES: usize = (CHUNKS / FIRST_PAGE).ilog2() as usize + 1;

type Page = Box<[ArcSwapOption<Chunk>]>;

#[derive(Debug)]
pub(super) struct Directory {
    pages: [OnceLock<Page>; PAGES],
    /// How often a chunk was put in or taken out.
    changes: Alone,
    numbers: Mutex<Numbers>,
}

/// A cache line of its own: readers look at it again and again.
#[derive(Debug, Default)]
#[repr(align(64))]
struct Alone(AtomicU64);

/// The numbers to give; the writer's.
#[derive(Debug)]
struct Numbers {
    next: u32,
    free: Vec<u32>,
}

impl Default for Directory {
    fn default() -> Self {
        Self {
            pages: std::array::from_fn(|_| OnceLock::new()),
            changes: Alone::default(),
            // From 1: the words of an index below the first chunk have other meanings.
            numbers: Mutex::new(Numbers { next: 1, free: Vec::new() }),
        }
    }
}

/// The page of a number and the place in it.
const fn place(number: u32) -> (usize, usize) {
    let shifted = number + FIRST_PAGE;
    let page = shifted.ilog2() - FIRST_PAGE.ilog2();
    (page as usize, (shifted - (FIRST_PAGE << page)) as usize)
}

impl Directory {
    /// A number that no chunk has; `None` when all of them are taken.
    pub(super) fn take_number(&self) -> Option<u32> {
        let mut numbers = self.numbers.lock();
        if let Some(number) = numbers.free.pop() {
            return Some(number);
        }
        let number = numbers.next;
        let (page, _) = place(number);
        if number >= CHUNKS - FIRST_PAGE {
            return None;
        }
        self.pages
            .get(page)?
            .get_or_init(|| (0..FIRST_PAGE << page).map(|_| ArcSwapOption::empty()).collect());
        numbers.next += 1;
        Some(number)
    }

    fn cell(&self, number: u32) -> Option<&ArcSwapOption<Chunk>> {
        let (page, place) = place(number);
        self.pages.get(page)?.get()?.get(place)
    }

    /// Puts a chunk in its place, in that of an older form of it maybe.
    pub(super) fn put(&self, chunk: &Arc<Chunk>) {
        if let Some(cell) = self.cell(chunk.number()) {
            cell.store(Some(chunk.clone()));
            self.count_change();
        }
    }

    /// Forgets a chunk; its number may be given again.
    pub(super) fn remove(&self, number: u32) {
        if let Some(cell) = self.cell(number) {
            cell.store(None);
            self.count_change();
            self.numbers.lock().free.push(number);
        }
    }

    /// Forgets a chunk if it is there in just this form.
    pub(super) fn remove_exact(&self, chunk: &Arc<Chunk>) {
        let there = self.cell(chunk.number()).map(ArcSwapOption::load_full);
        if there.flatten().is_some_and(|there| Arc::ptr_eq(&there, chunk)) {
            self.remove(chunk.number());
        }
    }

    #[inline]
    pub(super) fn get(&self, address: RowAddress) -> Option<Guard<Option<Arc<Chunk>>>> {
        Some(self.cell(address.chunk())?.load())
    }

    /// A number that is another one when a chunk was put in or taken out. Whoever has seen
    /// a commit sees the changes that were made before it was published.
    #[inline]
    pub(super) fn changes(&self) -> u64 {
        self.changes.0.load(Ordering::Acquire)
    }

    fn count_change(&self) {
        self.changes.0.fetch_add(1, Ordering::Release);
    }

    /// How many chunks there are.
    #[cfg(test)]
    pub(super) fn count(&self) -> usize {
        let places = self.pages.iter().filter_map(OnceLock::get).flatten();
        places.filter(|place| place.load().is_some()).count()
    }

    pub(super) fn heap_bytes(&self) -> usize {
        self.pages.iter().filter_map(OnceLock::get).map(|p| size_of_val::<[_]>(p)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_has_a_place_of_its_own() {
        let mut expected = (0, 0);
        for number in 0..10_000 {
            assert_eq!(place(number), expected, "{number}");
            expected.1 += 1;
            if expected.1 == (FIRST_PAGE as usize) << expected.0 {
                expected = (expected.0 + 1, 0);
            }
        }
        assert!(place(CHUNKS - FIRST_PAGE - 1).0 < PAGES);
    }
}
