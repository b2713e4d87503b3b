//! From hashes to addresses: extendible hashing that readers probe without a lock.
//!
//! An entry is one word: an address of 40 bits and 24 bits of the hash, so that
//! nearly all probes that miss never look at a row. Entries hold no keys:
//! equality is asked of the caller, who reads the row. Each version of a row that
//! somebody may still see has an entry of its own, so the caller also says whether
//! it sees the row.
//!
//! The table is a set of shards, open addressing with linear probing. The place of
//! an entry follows from the bits that the entry has, so a shard that grows or is
//! cleaned up reads no key; only one that is full and splits does, its own keys
//! alone, and no insert waits for the whole table to move. It splits in sixteen, each
//! of which grows three times before it splits again: a key is read again a quarter as
//! often as if it split in two. A shard that changes its size is replaced, and so is the list
//! of shards, for which there must not be too many: where many bits choose a shard, it splits
//! in four. Readers keep the list that they have. There is one writer.

mod kept;
mod shard;
mod shards;

pub(super) use kept::KeptShards;

use super::address::Address;
use arc_swap::ArcSwap;
use cimarron_cells::prefetch;
use shard::{FIRST_PLACES, Shard, entry, tag};
use shards::{Shards, split};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// How many places a shard has at most.
const SHARD_PLACES: usize = 1 << 14;

/// How many entries a shard is to have when it is known how many are coming: some have a few
/// more than others, and none is to split.
const ROOMY: usize = SHARD_PLACES / 8 * 5;

/// How many entries ahead [`KeyIndex::expect`] is called where many follow each other.
pub(super) const AHEAD: usize = 8;

/// In how many a shard splits that so many hash bits lead to, as a power of two.
const fn split_bits(depth: u32) -> u32 {
    if depth < 8 { 4 } else { 2 }
}

/// How many bits may choose a shard. Keys that agree in all of them share a shard
/// that grows as it must.
const MAX_DEPTH: u32 = 20;

#[derive(Debug)]
pub(super) struct KeyIndex {
    shards: ArcSwap<Shards>,
}

impl Default for KeyIndex {
    fn default() -> Self {
        let list = vec![Arc::new(Shard::new(0, FIRST_PLACES))];
        Self { shards: ArcSwap::from_pointee(Shards { depth: 0, list }) }
    }
}

impl KeyIndex {
    /// The first address under this hash that `is` accepts.
    #[inline]
    pub(super) fn find<A: Address>(&self, hash: u64, is: impl FnMut(A) -> bool) -> Option<A> {
        self.shards.load().find(hash, is)
    }

    /// Asks for the memory where entries with this hash are, which are going to be looked at.
    pub(super) fn expect(&self, hash: u64) {
        self.expect_all(&[hash]);
    }

    /// The same for many hashes.
    #[inline]
    pub(super) fn expect_all(&self, hashes: &[u64]) {
        let shards = self.shards.load();
        for hash in hashes {
            let shard = shards.list.get(shards.place(*hash));
            if let Some(first) = shard.and_then(|shard| shard.probe(tag(entry(*hash, 0))).next()) {
                prefetch(first);
            }
        }
    }

    /// Adds an address. `rehash` gives the hash of an address's key.
    pub(super) fn insert<A: Address>(&self, hash: u64, address: A, rehash: impl FnMut(A) -> u64) {
        self.insert_all(std::iter::once((hash, address)), rehash);
    }

    /// Adds addresses under their hashes.
    pub(super) fn insert_all<A: Address>(
        &self,
        entries: impl Iterator<Item = (u64, A)>,
        rehash: impl FnMut(A) -> u64,
    ) {
        let mut rehash = rehash;
        let mut shards = self.shards.load();
        for (hash, address) in entries {
            while let Some(shard) = shards.list.get(shards.place(hash)) {
                if !shard.is_full() {
                    shard.put(entry(hash, address.bits()));
                    break;
                }
                let crowded = shard.entries.load(Ordering::Relaxed) as usize >= SHARD_PLACES / 2;
                let next = if crowded && shard.depth < MAX_DEPTH {
                    let bits = split_bits(shard.depth).min(MAX_DEPTH - shard.depth);
                    split(&shards, shard, (bits, FIRST_PLACES), &mut rehash)
                } else {
                    shards.replacing(shard, shard.rebuilt())
                };
                self.shards.store(Arc::new(next));
                shards = self.shards.load();
            }
        }
    }

    /// Makes room for so many addresses more: shards split while they have few entries, whose
    /// keys are all that is read again.
    pub(super) fn reserve<A: Address>(&self, more: usize, rehash: impl FnMut(A) -> u64) {
        let mut rehash = rehash;
        let wanted = |shards: &Shards| {
            let entries = shards.distinct().map(|s| s.entries.load(Ordering::Relaxed) as usize);
            let all = entries.sum::<usize>() + more;
            (0..MAX_DEPTH).find(|depth| all >> depth <= ROOMY).unwrap_or(MAX_DEPTH)
        };
        let depth = wanted(&self.shards.load());
        loop {
            let shards = self.shards.load();
            let shallow = shards.list.iter().find(|shard| shard.depth < depth);
            let Some(shard) = shallow else { return };
            let bits = depth - shard.depth;
            let next = split(&shards, shard, (bits, SHARD_PLACES), &mut rehash);
            self.shards.store(Arc::new(next));
        }
    }

    /// Takes an address out; whether it was there.
    pub(super) fn remove<A: Address>(&self, hash: u64, address: A) -> bool {
        let shards = self.shards.load();
        let Some(shard) = shards.list.get(shards.place(hash)) else { return false };
        let removed = shard.remove(entry(hash, address.bits()));
        if removed && shard.is_sparse() {
            self.shards.store(Arc::new(shards.replacing(shard, shard.rebuilt())));
        }
        removed
    }

    /// Bytes allocated for entries.
    pub(super) fn heap_bytes(&self) -> usize {
        let shards = self.shards.load();
        let bytes = |shard: &Shard| size_of_val::<[_]>(&shard.places) + size_of::<Shard>();
        shards.list.capacity() * size_of::<Arc<Shard>>()
            + shards.distinct().map(bytes).sum::<usize>()
    }
}

#[cfg(test)]
mod tests {
    use super::shards::SHARD_SHIFT;
    use super::*;
    use crate::store::address::RowAddress;
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
        let index = KeyIndex::default();
        let all = || (0..300_000_u32).map(|n| RowAddress::new(1 + n / 4096, n as usize % 4096));
        all().for_each(|a| index.insert(hash(a), a, hash));
        assert!(index.shards.load().list.len() > 4);
        let full = index.heap_bytes();
        for address in all() {
            assert_eq!(index.find(hash(address), |a| a == address), Some(address));
            assert!(index.remove(hash(address), address));
            assert!(!index.remove(hash(address), address));
        }
        assert!(index.heap_bytes() < full / 100);
        all().for_each(|a| index.insert(hash(a), a, hash));
        assert!(index.heap_bytes() <= full);
        assert!(all().all(|a| index.find(hash(a), |x: RowAddress| x == a).is_some()));
    }

    #[test]
    fn who_keeps_shards_knows_of_every_entry() {
        let index = Arc::new(KeyIndex::default());
        let mut kept = KeptShards::of(index.clone());
        let all = || (0..20_000_u32).map(|n| RowAddress::new(1 + n / 4096, n as usize % 4096));
        assert!(!all().any(|a| kept.may_have(hash(a))));
        for address in all() {
            index.insert(hash(address), address, hash);
            assert!(kept.may_have(hash(address)));
        }
        assert!(all().all(|a| kept.may_have(hash(a))));
    }

    #[test]
    fn with_room_reserved_no_key_is_read_again() {
        for count in [5_000_u32, 12_289, 40_000, 250_000] {
            let index = KeyIndex::default();
            let all = || (0..count).map(|n| RowAddress::new(1 + n / 4096, n as usize % 4096));
            index.reserve(count as usize, |_: RowAddress| panic!("no key is there"));
            all().for_each(|a| index.insert(hash(a), a, |_| panic!("there is room")));
            assert!(all().all(|a| index.find(hash(a), |x: RowAddress| x == a).is_some()));
        }
    }

    #[test]
    fn keys_of_one_hash_share_a_shard_that_grows() {
        let index = KeyIndex::default();
        let all = || (0..40_000_u32).map(|n| RowAddress::new(1 + n / 4096, n as usize % 4096));
        // All equal in the bits that choose a shard.
        let alike = |a: RowAddress| hash(a) & ((1 << SHARD_SHIFT) - 1);
        all().for_each(|a| index.insert(alike(a), a, alike));
        assert!(all().all(|a| index.find(alike(a), |x: RowAddress| x == a).is_some()));
    }

    proptest! {
        #[test]
        fn behaves_like_a_map(steps in prop::collection::vec((0_u8..3, 1_u32..40), 0..300)) {
            // Hashes collide on purpose; the row is what changes.
            let key_hash = |key: u32| u64::from(key % 7) << 60 | u64::from(key % 3);
            let key_of = |a: RowAddress| a.chunk();
            let index = KeyIndex::default();
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
                        index.insert(key_hash(key), address, |a| key_hash(key_of(a)));
                        prop_assert!(index.remove(key_hash(key), old));
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
