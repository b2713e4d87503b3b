//! From keys to rows: extendible hashing over addresses.
//!
//! An entry is one word: the row's address and 16 bits of its key's hash, so that
//! most probes that miss never look at a row. Entries hold no keys: equality is
//! asked of the caller, who reads the row's key columns.
//!
//! The table is a set of shards. A shard that is full splits in two, and only its
//! own keys are read again, so no insert waits for the whole table to move.
//! Shards are shared with copies of the index and copied when written.

use super::address::{ADDRESS_BITS, RowAddress};
use hashbrown::HashTable;
use hashbrown::hash_table::OccupiedEntry;
use std::sync::Arc;

/// How many entries a shard holds before it splits: seven eighths of 2^16.
const SHARD_FULL: usize = 57_344;

/// Where in the hash the bits that choose a shard begin. The low bits place an
/// entry within its shard, the top seven are hashbrown's marks.
const SHARD_SHIFT: u32 = 36;

/// How many bits may choose a shard. Keys that agree in all of them share a shard
/// however full it is.
const MAX_DEPTH: u32 = 16;

#[derive(Clone, Debug, Default)]
struct Shard {
    /// How many hash bits its entries have in common.
    depth: u32,
    entries: HashTable<u64>,
}

impl Shard {
    fn insert(&mut self, hash: u64, word: u64, rehash: &impl Fn(RowAddress) -> u64) {
        if self.entries.len() == self.entries.capacity() {
            let mut larger = HashTable::with_capacity((self.entries.len() * 2).max(4));
            for word in self.by_address() {
                let hash = rehash(RowAddress::from_word(word));
                larger.insert_unique(hash, word, |e| rehash(RowAddress::from_word(*e)));
            }
            self.entries = larger;
        }
        self.entries.insert_unique(hash, word, |e| rehash(RowAddress::from_word(*e)));
    }

    /// The entries in the order of their rows: moving a shard reads every key
    /// again, and in this order it reads them from one chunk after the other.
    fn by_address(&self) -> Vec<u64> {
        let mut words: Vec<u64> = self.entries.iter().copied().collect();
        words.sort_unstable_by_key(|word| RowAddress::from_word(*word).bits());
        words
    }
}

#[derive(Clone, Debug)]
pub(crate) struct KeyIndex {
    /// Which shard the low `depth` shard bits lead to.
    directory: Vec<u32>,
    depth: u32,
    shards: Vec<Arc<Shard>>,
}

impl Default for KeyIndex {
    fn default() -> Self {
        Self { directory: vec![0], depth: 0, shards: vec![Arc::default()] }
    }
}

const fn shard_bits(hash: u64) -> usize {
    (hash >> SHARD_SHIFT) as usize & ((1 << MAX_DEPTH) - 1)
}

/// The entry of a row: bits of the hash that neither chose the shard nor the
/// place within it come on top.
const fn entry(hash: u64, address: RowAddress) -> u64 {
    (hash >> 16 << ADDRESS_BITS) | address.bits()
}

const fn same_tag(hash: u64, entry: u64) -> bool {
    entry >> ADDRESS_BITS == (hash >> 16) & 0xffff
}

impl KeyIndex {
    fn shard_number(&self, hash: u64) -> usize {
        let place = shard_bits(hash) & ((1 << self.depth) - 1);
        self.directory.get(place).map_or(0, |n| *n as usize)
    }

    /// The first row under this hash that `is` accepts.
    pub(crate) fn find(
        &self,
        hash: u64,
        mut is: impl FnMut(RowAddress) -> bool,
    ) -> Option<RowAddress> {
        let shard = self.shards.get(self.shard_number(hash))?;
        shard
            .entries
            .find(hash, |e| same_tag(hash, *e) && is(RowAddress::from_word(*e)))
            .map(|e| RowAddress::from_word(*e))
    }

    /// Adds a row. `rehash` gives the hash of a row's key.
    pub(crate) fn insert(
        &mut self,
        hash: u64,
        address: RowAddress,
        rehash: impl Fn(RowAddress) -> u64,
    ) {
        let mut number = self.shard_number(hash);
        while self
            .shards
            .get(number)
            .is_some_and(|s| s.entries.len() >= SHARD_FULL && s.depth < MAX_DEPTH)
        {
            self.split(number, &rehash);
            number = self.shard_number(hash);
        }
        if let Some(shard) = self.shards.get_mut(number) {
            Arc::make_mut(shard).insert(hash, entry(hash, address), &rehash);
        }
    }

    /// Moves half of a shard to a new one.
    fn split(&mut self, number: usize, rehash: &impl Fn(RowAddress) -> u64) {
        let new = self.shards.len() as u32;
        let Some(shard) = self.shards.get_mut(number) else { return };
        let bit = shard.depth;
        if bit == self.depth {
            self.directory.extend_from_within(..);
            self.depth += 1;
        }
        let mut halves = [0, 1].map(|_| Shard {
            depth: bit + 1,
            entries: HashTable::with_capacity(shard.entries.len() * 5 / 8),
        });
        for word in shard.by_address() {
            let hash = rehash(RowAddress::from_word(word));
            let half = shard_bits(hash) >> bit & 1;
            if let Some(half) = halves.get_mut(half) {
                half.insert(hash, word, rehash);
            }
        }
        let [low, high] = halves;
        *shard = Arc::new(low);
        self.shards.push(Arc::new(high));
        for (place, target) in self.directory.iter_mut().enumerate() {
            if *target as usize == number && place >> bit & 1 == 1 {
                *target = new;
            }
        }
    }

    /// Takes a row out; whether it was there.
    pub(crate) fn remove(&mut self, hash: u64, address: RowAddress) -> bool {
        let number = self.shard_number(hash);
        let Some(shard) = self.shards.get_mut(number) else { return false };
        Arc::make_mut(shard)
            .entries
            .find_entry(hash, |e| RowAddress::from_word(*e) == address)
            .map(OccupiedEntry::remove)
            .is_ok()
    }

    /// Names another row in place of one; whether that one was there.
    pub(crate) fn replace(&mut self, hash: u64, old: RowAddress, new: RowAddress) -> bool {
        let number = self.shard_number(hash);
        let Some(shard) = self.shards.get_mut(number) else { return false };
        match Arc::make_mut(shard).entries.find_mut(hash, |e| RowAddress::from_word(*e) == old) {
            Some(found) => {
                *found = entry(hash, new);
                true
            }
            None => false,
        }
    }

    /// Bytes allocated for entries and marks.
    pub(crate) fn heap_bytes(&self) -> usize {
        self.directory.capacity() * size_of::<u32>()
            + self.shards.iter().map(|s| s.entries.allocation_size()).sum::<usize>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    /// A hash as good as a key's: the finaliser of SplitMix64.
    fn hash(address: RowAddress) -> u64 {
        let mut h = address.bits().wrapping_add(0x9e37_79b9_7f4a_7c15);
        h = (h ^ (h >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        h = (h ^ (h >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        h ^ (h >> 31)
    }

    #[test]
    fn splits_and_still_finds_everything() {
        let mut index = KeyIndex::default();
        let all = || (0..300_000_u32).map(|n| RowAddress::new(n / 4096, n as usize % 4096));
        all().for_each(|a| index.insert(hash(a), a, hash));
        assert!(index.shards.len() > 4);
        let copy = index.clone();
        for address in all() {
            assert_eq!(index.find(hash(address), |a| a == address), Some(address));
            assert!(index.remove(hash(address), address));
            assert!(!index.remove(hash(address), address));
        }
        assert!(all().all(|a| copy.find(hash(a), |x| x == a).is_some()), "copies are independent");
    }

    proptest! {
        #[test]
        fn behaves_like_a_map(steps in prop::collection::vec((0_u8..3, 0_u32..40), 0..300)) {
            // Keys 0..40 with hashes that collide on purpose; the row is what changes.
            let key_hash = |key: u32| u64::from(key % 7) << 60 | u64::from(key % 3);
            let key_of = |a: RowAddress| a.chunk();
            let mut index = KeyIndex::default();
            let mut oracle: BTreeMap<u32, RowAddress> = BTreeMap::new();
            for (n, (step, key)) in steps.into_iter().enumerate() {
                let address = RowAddress::new(key, n % 4096);
                let found = index.find(key_hash(key), |a| key_of(a) == key);
                prop_assert_eq!(found, oracle.get(&key).copied());
                match (step, found) {
                    (0, None) => {
                        index.insert(key_hash(key), address, |a| key_hash(key_of(a)));
                        oracle.insert(key, address);
                    }
                    (1, Some(old)) => {
                        prop_assert!(index.replace(key_hash(key), old, address));
                        oracle.insert(key, address);
                    }
                    (2, Some(old)) => {
                        prop_assert!(index.remove(key_hash(key), old));
                        oracle.remove(&key);
                    }
                    _ => {}
                }
            }
        }
    }
}
