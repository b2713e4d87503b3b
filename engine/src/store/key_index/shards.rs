//! The shards of one moment: which hash leads to which, and how one splits.

use super::shard::{EMPTY, REMOVED, Shard, entry, places_for, tag};
use crate::store::address::{ADDRESS_BITS, Address, CAPACITY};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Which bits of the hash choose the shard; those below are in the entry.
pub(super) const SHARD_SHIFT: u32 = 64 - ADDRESS_BITS;

/// The shards of one moment.
#[derive(Debug)]
pub(super) struct Shards {
    /// How many hash bits lead to a shard.
    pub(super) depth: u32,
    /// By those bits; a shard of less depth stands in several places.
    pub(super) list: Vec<Arc<Shard>>,
}

impl Shards {
    #[inline]
    pub(super) fn place(&self, hash: u64) -> usize {
        (hash >> SHARD_SHIFT) as usize & ((1 << self.depth) - 1)
    }

    /// The first address under this hash that `is` accepts.
    #[inline]
    pub(super) fn find<A: Address>(&self, hash: u64, mut is: impl FnMut(A) -> bool) -> Option<A> {
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
    pub(super) fn may_have(&self, hash: u64) -> bool {
        let Some(shard) = self.list.get(self.place(hash)) else { return false };
        let wanted = tag(entry(hash, 0));
        let words = shard.probe(wanted).map(|place| place.load(Ordering::Acquire));
        words.take_while(|word| *word != EMPTY).any(|word| tag(word) == wanted)
    }

    /// Each shard once.
    pub(super) fn distinct(&self) -> impl Iterator<Item = &Shard> {
        let list = self.list.iter().enumerate();
        list.filter(|(n, shard)| n >> shard.depth == 0).map(|(_, shard)| &**shard)
    }

    /// The same with another shard in the places of one.
    pub(super) fn replacing(&self, old: &Arc<Shard>, new: Shard) -> Self {
        let new = Arc::new(new);
        let list = self.list.iter().map(|s| if Arc::ptr_eq(s, old) { &new } else { s }.clone());
        Self { depth: self.depth, list: list.collect() }
    }
}

/// The shards with one of them in two to the power of `bits`, each of which has `least` places
/// or as many as it needs.
pub(super) fn split<A: Address>(
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
    use crate::store::address::RowAddress;

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
}
