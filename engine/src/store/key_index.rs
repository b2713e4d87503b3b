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

use super::address::{ADDRESS_BITS, RowAddress};
use super::chunk::CAPACITY;
use arc_swap::{ArcSwap, Cache};
use cimarron_cells::prefetch;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// How many places a shard has at most.
const SHARD_PLACES: usize = 1 << 14;

/// How many places a shard has at first.
const FIRST_PLACES: usize = 8;

/// How many entries a shard is to have when it is known how many are coming: some have a few
/// more than others, and none is to split.
const ROOMY: usize = SHARD_PLACES / 8 * 5;

/// How many entries ahead [`KeyIndex::expect`] is called where many follow each other.
pub(super) const AHEAD: usize = 8;

/// In how many a shard splits that so many hash bits lead to, as a power of two.
const fn split_bits(depth: u32) -> u32 {
    if depth < 8 { 4 } else { 2 }
}

/// Which bits of the hash choose the shard; those below are in the entry.
const SHARD_SHIFT: u32 = 64 - ADDRESS_BITS;

/// How many bits may choose a shard. Keys that agree in all of them share a shard
/// that grows as it must.
const MAX_DEPTH: u32 = 20;

/// No entry, and none behind it that was put in when this was passed.
const EMPTY: u64 = 0;

/// An entry was here.
const REMOVED: u64 = 1;

/// An address as an index holds it: 40 bits, never below [`Self::FIRST`].
pub(super) trait Address: Copy + PartialEq {
    fn from_word(word: u64) -> Self;
    fn bits(self) -> u64;
}

impl Address for RowAddress {
    fn from_word(word: u64) -> Self {
        Self::from_word(word)
    }

    fn bits(self) -> u64 {
        Self::bits(self)
    }
}

#[derive(Debug)]
struct Shard {
    /// How many hash bits its entries have in common.
    depth: u32,
    places: Box<[AtomicU64]>,
    /// Places that are not empty.
    used: AtomicU32,
    /// Places with an entry.
    entries: AtomicU32,
}

/// The hash bits of an entry.
const fn tag(word: u64) -> u64 {
    word >> ADDRESS_BITS
}

const fn entry(hash: u64, address: u64) -> u64 {
    (hash << ADDRESS_BITS) | address
}

impl Shard {
    fn new(depth: u32, places: usize) -> Self {
        Self {
            depth,
            places: (0..places).map(|_| AtomicU64::new(EMPTY)).collect(),
            used: AtomicU32::new(0),
            entries: AtomicU32::new(0),
        }
    }

    /// The places where an entry with these hash bits may be, in order.
    #[inline]
    fn probe(&self, tag: u64) -> impl Iterator<Item = &AtomicU64> {
        // Their number is a power of two.
        let mask = self.places.len().wrapping_sub(1);
        let behind = tag as usize..(tag as usize).wrapping_add(self.places.len());
        behind.map_while(move |at| self.places.get(at & mask))
    }

    fn words(&self) -> impl Iterator<Item = u64> {
        let all = self.places.iter().map(|place| place.load(Ordering::Relaxed));
        all.filter(|word| *word > REMOVED)
    }

    fn is_full(&self) -> bool {
        self.used.load(Ordering::Relaxed) as usize >= self.places.len() / 4 * 3
    }

    /// Whether far fewer places would do.
    fn is_sparse(&self) -> bool {
        let entries = self.entries.load(Ordering::Relaxed) as usize;
        self.places.len() > FIRST_PLACES && entries < self.places.len() / 16
    }

    /// So many places that have these entries, for which there is room.
    fn with(depth: u32, places: usize, words: impl Iterator<Item = u64>) -> Self {
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
    fn put(&self, word: u64) {
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

    fn remove(&self, word: u64) -> bool {
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
    fn rebuilt(&self) -> Self {
        let entries = self.entries.load(Ordering::Relaxed) as usize;
        Self::with(self.depth, places_for(entries), self.words())
    }
}

/// How many places fit so many entries.
fn places_for(entries: usize) -> usize {
    ((entries + 1) * 2).next_power_of_two().max(FIRST_PLACES)
}

/// The shards of one moment.
#[derive(Debug)]
struct Shards {
    /// How many hash bits lead to a shard.
    depth: u32,
    /// By those bits; a shard of less depth stands in several places.
    list: Vec<Arc<Shard>>,
}

impl Shards {
    #[inline]
    fn place(&self, hash: u64) -> usize {
        (hash >> SHARD_SHIFT) as usize & ((1 << self.depth) - 1)
    }

    /// The first address under this hash that `is` accepts.
    #[inline]
    fn find<A: Address>(&self, hash: u64, mut is: impl FnMut(A) -> bool) -> Option<A> {
        let shard = self.list.get(self.place(hash))?;
        let wanted = tag(entry(hash, 0));
        for place in shard.probe(wanted) {
            let word = place.load(Ordering::Acquire);
            if word == EMPTY {
                return None;
            }
            if tag(word) == wanted && word > REMOVED && is(A::from_word(word)) {
                return Some(A::from_word(word));
            }
        }
        None
    }

    /// Whether there may be an address under this hash.
    #[inline]
    fn may_have(&self, hash: u64) -> bool {
        let Some(shard) = self.list.get(self.place(hash)) else { return false };
        let wanted = tag(entry(hash, 0));
        let words = shard.probe(wanted).map(|place| place.load(Ordering::Acquire));
        words.take_while(|word| *word != EMPTY).any(|word| tag(word) == wanted)
    }

    /// Each shard once.
    fn distinct(&self) -> impl Iterator<Item = &Shard> {
        let list = self.list.iter().enumerate();
        list.filter(|(n, shard)| n >> shard.depth == 0).map(|(_, shard)| &**shard)
    }

    /// The same with another shard in the places of one.
    fn replacing(&self, old: &Arc<Shard>, new: Shard) -> Self {
        let new = Arc::new(new);
        let list = self.list.iter().map(|s| if Arc::ptr_eq(s, old) { &new } else { s }.clone());
        Self { depth: self.depth, list: list.collect() }
    }
}

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

/// The shards of an index as somebody keeps them who looks into it again and again.
#[derive(Debug)]
pub(super) struct KeptShards(Cache<ShardsOf, Arc<Shards>>);

/// Where the newest shards are.
#[derive(Debug)]
struct ShardsOf(Arc<KeyIndex>);

impl Deref for ShardsOf {
    type Target = ArcSwap<Shards>;

    fn deref(&self) -> &ArcSwap<Shards> {
        &self.0.shards
    }
}

impl KeptShards {
    pub(super) fn of(index: Arc<KeyIndex>) -> Self {
        Self(Cache::new(ShardsOf(index)))
    }

    /// As [`KeyIndex::find`].
    #[inline]
    pub(super) fn find<A: Address>(&mut self, hash: u64, is: impl FnMut(A) -> bool) -> Option<A> {
        self.0.load().find(hash, is)
    }

    /// Whether there may be an address under this hash. If there is, it says so.
    #[inline]
    pub(super) fn may_have(&mut self, hash: u64) -> bool {
        self.0.load().may_have(hash)
    }
}

/// The shards with one of them in two to the power of `bits`, each of which has `least` places
/// or as many as it needs.
fn split<A: Address>(
    shards: &Shards,
    shard: &Arc<Shard>,
    (bits, least): (u32, usize),
    rehash: &mut impl FnMut(A) -> u64,
) -> Shards {
    let (first, depth) = (shard.depth, shard.depth + bits);
    let part_of = |number: usize| number >> first & ((1 << bits) - 1);
    let words = in_order_of_chunks(shard.words().collect());
    // A few more than each gets if the hashes are good.
    let room = (words.len() >> bits) * 5 / 4;
    let mut parts: Vec<Vec<u64>> = (0..1 << bits).map(|_| Vec::with_capacity(room)).collect();
    for word in words {
        let hash = rehash(A::from_word(word));
        if let Some(part) = parts.get_mut(part_of((hash >> SHARD_SHIFT) as usize)) {
            part.push(word);
        }
    }
    let new = |words: Vec<u64>| {
        let places = places_for(words.len()).max(least);
        Arc::new(Shard::with(depth, places, words.into_iter()))
    };
    let parts: Vec<Arc<Shard>> = parts.into_iter().map(new).collect();
    let mut all = Shards { depth: shards.depth, list: shards.list.clone() };
    while all.depth < depth {
        all.list.extend_from_within(..);
        all.depth += 1;
    }
    for (n, there) in all.list.iter_mut().enumerate() {
        if Arc::ptr_eq(there, shard)
            && let Some(part) = parts.get(part_of(n))
        {
            *there = part.clone();
        }
    }
    all
}

/// The words in the order of the chunks that their addresses lead to, so that keys are read
/// from one chunk after the other: sorted by one digit of the chunk's number after the other,
/// but for those in which all agree.
fn in_order_of_chunks(mut words: Vec<u64>) -> Vec<u64> {
    const DIGIT: u32 = 8;
    let mut sorted = vec![0; words.len()];
    for shift in (CAPACITY.trailing_zeros()..ADDRESS_BITS).step_by(DIGIT as usize) {
        let digit = |word: u64| {
            let address = word & ((1 << ADDRESS_BITS) - 1);
            (address >> shift) as usize & ((1 << DIGIT) - 1)
        };
        let mut starts = [0_usize; 1 << DIGIT];
        for word in &words {
            if let Some(count) = starts.get_mut(digit(*word)) {
                *count += 1;
            }
        }
        if starts.contains(&words.len()) {
            continue;
        }
        let mut start = 0;
        for place in &mut starts {
            start += std::mem::replace(place, start);
        }
        for word in &words {
            if let Some(place) = starts.get_mut(digit(*word))
                && let Some(slot) = sorted.get_mut(*place)
            {
                *slot = *word;
                *place += 1;
            }
        }
        std::mem::swap(&mut words, &mut sorted);
    }
    words
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
    fn words_are_put_in_the_order_of_their_chunks() {
        for chunks in [1, 3, 300, 70_000] {
            let address =
                |n: u64| RowAddress::new(1 + (n * 7919 % chunks) as u32, n as usize % 4096);
            let words: Vec<u64> = (0..5000).map(|n| entry(n, address(n).bits())).collect();
            let mut expected = words.clone();
            expected.sort_by_key(|word| RowAddress::from_word(*word).chunk());
            assert_eq!(in_order_of_chunks(words), expected);
        }
        assert!(in_order_of_chunks(Vec::new()).is_empty());
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
