//! One shard of an index: words in places, found by linear probing.

use crate::store::address::ADDRESS_BITS;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// No entry, and none behind it that was put in when this was passed.
pub(super) const EMPTY: u64 = 0;

/// An entry was here.
pub(super) const REMOVED: u64 = 1;

/// How many places a shard has at first.
pub(super) const FIRST_PLACES: usize = 8;

/// Some of the entries: those whose hashes agree in some bits.
#[derive(Debug)]
pub(super) struct Shard {
    /// How many hash bits its entries have in common.
    pub(super) depth: u32,
    pub(super) places: Box<[AtomicU64]>,
    /// Places that are not empty.
    used: AtomicU32,
    /// Places with an entry.
    pub(super) entries: AtomicU32,
}

/// The hash bits of an entry.
#[inline]
pub(super) const fn tag(word: u64) -> u64 {
    word >> ADDRESS_BITS
}

/// The word of an entry.
#[inline]
pub(super) const fn entry(hash: u64, address: u64) -> u64 {
    (hash << ADDRESS_BITS) | address
}

impl Shard {
    pub(super) fn new(depth: u32, places: usize) -> Self {
        Self {
            depth,
            places: (0..places).map(|_| AtomicU64::new(EMPTY)).collect(),
            used: AtomicU32::new(0),
            entries: AtomicU32::new(0),
        }
    }

    /// The places where an entry with these hash bits may be, in order.
    #[inline]
    pub(super) fn probe(&self, tag: u64) -> impl Iterator<Item = &AtomicU64> {
        // Their number is a power of two.
        let mask = self.places.len().wrapping_sub(1);
        let behind = tag as usize..(tag as usize).wrapping_add(self.places.len());
        behind.map_while(move |at| self.places.get(at & mask))
    }

    #[inline]
    pub(super) fn words(&self) -> impl Iterator<Item = u64> {
        let all = self.places.iter().map(|place| place.load(Ordering::Relaxed));
        all.filter(|word| *word > REMOVED)
    }

    #[inline]
    pub(super) fn is_full(&self) -> bool {
        self.used.load(Ordering::Relaxed) as usize >= self.places.len() / 4 * 3
    }

    /// Whether far fewer places would do.
    #[inline]
    pub(super) fn is_sparse(&self) -> bool {
        let entries = self.entries.load(Ordering::Relaxed) as usize;
        self.places.len() > FIRST_PLACES && entries < self.places.len() / 16
    }

    /// So many places that have these entries, for which there is room.
    pub(super) fn with(depth: u32, places: usize, words: impl Iterator<Item = u64>) -> Self {
        let new = Self::new(depth, places);
        let mut count = 0;
        for word in words {
            new.place(word);
            count += 1;
        }
        new.used.store(count, Ordering::Relaxed);
        new.entries.store(count, Ordering::Relaxed);
        new
    }

    /// Puts an entry into a place that has none; what was there.
    #[inline]
    fn place(&self, word: u64) -> Option<u64> {
        let has_none = |place: &&AtomicU64| place.load(Ordering::Relaxed) <= REMOVED;
        let place = self.probe(tag(word)).find(has_none)?;
        let there = place.load(Ordering::Relaxed);
        place.store(word, Ordering::Release);
        Some(there)
    }

    #[inline]
    pub(super) fn put(&self, word: u64) {
        if let Some(there) = self.place(word) {
            // The one writer's, who needs no read-modify-write.
            let count =
                |of: &AtomicU32| of.store(of.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
            count(&self.entries);
            if there == EMPTY {
                count(&self.used);
            }
        }
    }

    #[inline]
    pub(super) fn remove(&self, word: u64) -> bool {
        for place in self.probe(tag(word)) {
            let there = place.load(Ordering::Relaxed);
            if there == word {
                place.store(REMOVED, Ordering::Release);
                let entries = self.entries.load(Ordering::Relaxed);
                self.entries.store(entries.saturating_sub(1), Ordering::Relaxed);
                return true;
            }
            if there == EMPTY {
                return false;
            }
        }
        false
    }

    /// The same entries in as many places as fit their number.
    pub(super) fn rebuilt(&self) -> Self {
        let entries = self.entries.load(Ordering::Relaxed) as usize;
        Self::with(self.depth, places_for(entries), self.words())
    }
}

/// How many places fit so many entries.
pub(super) fn places_for(entries: usize) -> usize {
    ((entries + 1) * 2).next_power_of_two().max(FIRST_PLACES)
}
