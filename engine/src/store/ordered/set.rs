//! A sorted set in blocks.
//!
//! A tree of single entries has a few of them in a node, and its nodes are all over the memory:
//! whoever reads a range waits for one node after the other. Here some hundred entries lie in
//! one piece, which the processor fetches ahead, and a tree has the pieces.

use cimarron_cells::prefetch;
use std::collections::BTreeMap;
use std::ops::Bound;

/// How many entries a block has at most.
const FULL: usize = 128;

/// A block that loses entries is joined with a neighbour when it has fewer, …
const SMALL: usize = FULL / 4;

/// … and both together have no more.
const JOINED: usize = FULL / 4 * 3;

/// So few entries of a block are added one by one.
const FEW: usize = 3;

/// What the processor fetches at a time, in bytes, and how many of those are asked for.
const LINE: usize = 64;
const LINES: usize = 8;

#[derive(Debug)]
pub(super) struct OrderedSet<T> {
    /// The entries before the first block of the tree.
    first: Vec<T>,
    /// The others. The key of a block is behind all entries of those before it, and not behind
    /// any of its own.
    blocks: BTreeMap<T, Vec<T>>,
    len: usize,
}

impl<T> Default for OrderedSet<T> {
    fn default() -> Self {
        Self { first: Vec::new(), blocks: BTreeMap::new(), len: 0 }
    }
}

impl<T: Ord + Clone> OrderedSet<T> {
    /// How many entries there are.
    pub(super) const fn len(&self) -> usize {
        self.len
    }

    /// The block that has an entry if any has it.
    fn block_of(&mut self, entry: &T) -> &mut Vec<T> {
        match self.blocks.range_mut(..=entry).next_back() {
            Some((_, block)) => block,
            None => &mut self.first,
        }
    }

    /// Adds an entry; whether it was new.
    pub(super) fn insert(&mut self, entry: T) -> bool {
        let block = self.block_of(&entry);
        let Err(at) = block.binary_search(&entry) else { return false };
        if block.len() < FULL {
            block.insert(at, entry);
        } else {
            self.split(at, entry);
        }
        self.len += 1;
        true
    }

    /// Adds an entry to a full block, at a place of it.
    #[cold]
    fn split(&mut self, at: usize, entry: T) {
        // Behind all others: who goes on like that leaves full blocks.
        if at == FULL && self.blocks.range(&entry..).next().is_none() {
            self.blocks.insert(entry.clone(), vec![entry]);
            return;
        }
        let block = self.block_of(&entry);
        let mut upper = block.split_off(FULL / 2);
        match at.checked_sub(FULL / 2) {
            Some(at) => upper.insert(at, entry),
            None => block.insert(at, entry),
        }
        if let Some(key) = upper.first().cloned() {
            self.blocks.insert(key, upper);
        }
    }

    /// Adds entries that are in their order; `added` is told of those that are new.
    pub(super) fn extend(&mut self, mut entries: &[T], mut added: impl FnMut(&T)) {
        while let Some(first) = entries.first() {
            let behind = self.blocks.range((Bound::Excluded(first), Bound::Unbounded)).next();
            let is_last = behind.is_none();
            let own = match behind {
                Some((next, _)) => entries.partition_point(|entry| entry < next),
                None => entries.len(),
            };
            let (own, others) = entries.split_at(own.max(1));
            if own.len() <= FEW {
                own.iter().filter(|entry| self.insert((*entry).clone())).for_each(&mut added);
            } else {
                self.merge(own, is_last, &mut added);
            }
            entries = others;
        }
    }

    /// Adds entries that belong into one block, which may be the last.
    fn merge(&mut self, own: &[T], is_last: bool, added: &mut impl FnMut(&T)) {
        let Some(first) = own.first() else { return };
        let before = std::mem::take(self.block_of(first));
        let is_behind = before.last().is_none_or(|last| last < first);
        let (there, mut merged) = (before.len(), Vec::with_capacity(before.len() + own.len()));
        let mut before = before.into_iter().peekable();
        for entry in own {
            while let Some(less) = before.next_if(|there| there < entry) {
                merged.push(less);
            }
            if before.peek() != Some(entry) && merged.last() != Some(entry) {
                added(entry);
                merged.push(entry.clone());
            }
        }
        merged.extend(before);
        self.len += merged.len() - there;
        // Who goes on behind all others leaves full blocks, and others some room.
        let size = match merged.len() {
            0..=FULL => FULL,
            _ if is_last && is_behind => FULL,
            len => len.div_ceil(len.div_ceil(JOINED)),
        };
        let upper = merged.split_off(merged.len().min(size));
        merged.shrink_to_fit();
        *self.block_of(first) = merged;
        let upper = upper.chunks(size);
        self.blocks
            .extend(upper.filter_map(|block| Some((block.first()?.clone(), block.to_vec()))));
    }

    /// Removes an entry; whether it was there.
    pub(super) fn remove(&mut self, entry: &T) -> bool {
        let block = self.block_of(entry);
        let Ok(at) = block.binary_search(entry) else { return false };
        block.remove(at);
        if block.len() < SMALL {
            self.shrink(entry);
        }
        self.len -= 1;
        true
    }

    /// Joins the block that had an entry with its neighbours.
    #[cold]
    fn shrink(&mut self, entry: &T) {
        let next = (Bound::Excluded(entry), Bound::Unbounded);
        let own = self.blocks.range(..=entry).next_back().map(|(key, _)| key.clone());
        let next = self.blocks.range(next).next().map(|(key, _)| key.clone());
        next.iter().chain(&own).for_each(|key| self.join(key));
    }

    /// Joins a block of the tree with the one before it, when there is room to spare.
    fn join(&mut self, key: &T) {
        let before = self.blocks.range(..key).next_back().map_or(&self.first, |(_, block)| block);
        let len = self.blocks.get(key).map_or(0, Vec::len);
        if len > 0 && before.len() + len > JOINED {
            return;
        }
        if let Some(mut block) = self.blocks.remove(key) {
            self.block_of(key).append(&mut block);
        }
    }

    /// The entries between two bounds, in their order.
    pub(super) fn range<'a>(
        &'a self,
        low: Bound<&'a T>,
        high: Bound<&'a T>,
    ) -> impl Iterator<Item = &'a T> {
        self.pieces(low, high).flatten()
    }

    /// The same, block by block; a piece may be empty.
    pub(super) fn pieces<'a>(
        &'a self,
        low: Bound<&'a T>,
        high: Bound<&'a T>,
    ) -> impl Iterator<Item = &'a [T]> {
        let from = match low {
            Bound::Included(low) | Bound::Excluded(low) => self.blocks.range(..=low).next_back(),
            Bound::Unbounded => None,
        };
        let first = from.is_none().then_some(&self.first);
        let from = from.map_or(Bound::Unbounded, |(key, _)| Bound::Included(key));
        let others = self.blocks.range((from, Bound::Unbounded)).map(|(_, block)| block);
        let mut is_over = false;
        let mut blocks = first.into_iter().chain(others).peekable();
        std::iter::from_fn(move || {
            if is_over {
                return None;
            }
            let block = blocks.next()?;
            if let Some(next) = blocks.peek() {
                come(next);
            }
            let start = match low {
                Bound::Included(low) => before(block, |entry| entry < low),
                Bound::Excluded(low) => before(block, |entry| entry <= low),
                Bound::Unbounded => 0,
            };
            let end = match high {
                Bound::Included(high) => before(block, |entry| entry <= high),
                Bound::Excluded(high) => before(block, |entry| entry < high),
                Bound::Unbounded => block.len(),
            };
            is_over = end < block.len();
            Some(block.get(start..end).unwrap_or_default())
        })
    }

    /// Bytes allocated for the entries themselves.
    pub(super) fn heap_bytes(&self) -> usize {
        let blocks = self.blocks.values().chain([&self.first]);
        let of_block = |block: &Vec<T>| block.capacity() * size_of::<T>();
        let in_tree = size_of::<T>() + size_of::<Vec<T>>();
        blocks.map(of_block).sum::<usize>() + self.blocks.len() * in_tree
    }
}

/// Asks for the memory of a block that is going to be read: its beginning, behind which the
/// processor goes on by itself, and its end, which is looked at first.
fn come<T>(block: &[T]) {
    let in_line = (LINE / size_of::<T>().max(1)).max(1);
    block.iter().step_by(in_line).take(LINES).chain(block.last()).for_each(prefetch);
}

/// How many entries of a block something holds for, which holds for none behind them. Mostly
/// it is all or none.
fn before<T>(block: &[T], holds: impl Fn(&T) -> bool) -> usize {
    match (block.first(), block.last()) {
        (Some(first), _) if !holds(first) => 0,
        (_, Some(last)) if holds(last) => block.len(),
        _ => block.partition_point(holds),
    }
}

impl<T: Ord + Clone> FromIterator<T> for OrderedSet<T> {
    fn from_iter<I: IntoIterator<Item = T>>(entries: I) -> Self {
        let mut entries: Vec<T> = entries.into_iter().collect();
        entries.sort_unstable();
        entries.dedup();
        // Room is left for those that come.
        let blocks = entries.chunks(JOINED);
        let by_key = blocks.filter_map(|block| Some((block.first()?.clone(), block.to_vec())));
        Self { len: entries.len(), first: Vec::new(), blocks: by_key.collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    impl<T: Ord + Clone> OrderedSet<T> {
        /// Checks what holds of the blocks, and how well they are filled.
        fn check(&self) {
            let blocks: Vec<&Vec<T>> =
                [&self.first].into_iter().chain(self.blocks.values()).collect();
            assert!(self.blocks.iter().all(|(key, block)| key <= &block[0] && block.len() <= FULL));
            assert_eq!(blocks.iter().map(|block| block.len()).sum::<usize>(), self.len);
            assert!(blocks.iter().copied().flatten().is_sorted_by(|a, b| a < b));
        }
    }

    #[derive(Clone, Debug)]
    enum Step {
        /// So many from here on, so far apart, up or down.
        Insert(u32, u32, u32, bool),
        /// So many from here on, so far apart, at once.
        Extend(u32, u32, u32),
        /// All of a range but one in so many.
        Remove(u32, u32, u32),
    }

    fn step() -> impl Strategy<Value = Step> {
        let at = 0..2_000_u32;
        prop_oneof![
            (at.clone(), 0..300_u32, 1..9_u32, any::<bool>())
                .prop_map(|(at, count, apart, up)| Step::Insert(at, count, apart, up)),
            (at.clone(), 0..300_u32, 1..20_u32)
                .prop_map(|(at, count, apart)| Step::Extend(at, count, apart)),
            (at, 0..900_u32, 1..200_u32).prop_map(|(at, count, but)| Step::Remove(at, count, but)),
        ]
    }

    fn bound() -> impl Strategy<Value = Bound<u32>> {
        let at = 0..4_000_u32;
        prop_oneof![
            Just(Bound::Unbounded),
            at.clone().prop_map(Bound::Included),
            at.prop_map(Bound::Excluded),
        ]
    }

    proptest! {
        #[test]
        fn is_a_set(
            start in prop::collection::btree_set(0..4_000_u32, 0..600),
            steps in prop::collection::vec(step(), 0..12),
            bounds in prop::collection::vec((bound(), bound()), 8),
        ) {
            let mut expected = start.clone();
            let mut set: OrderedSet<u32> = start.into_iter().collect();
            for step in steps {
                match step {
                    Step::Insert(at, count, apart, up) => {
                        for n in 0..count {
                            let entry = at + apart * if up { n } else { count - n };
                            prop_assert_eq!(set.insert(entry), expected.insert(entry));
                        }
                    }
                    Step::Extend(at, count, apart) => {
                        let entries: Vec<u32> = (0..count).map(|n| at + apart * n).collect();
                        let mut added = Vec::new();
                        set.extend(&entries, |entry| added.push(*entry));
                        let new = entries.into_iter().filter(|entry| expected.insert(*entry));
                        prop_assert_eq!(added, new.collect::<Vec<_>>());
                    }
                    Step::Remove(at, count, but) => {
                        for entry in (at..at + count).filter(|entry| entry % but != 0) {
                            prop_assert_eq!(set.remove(&entry), expected.remove(&entry));
                        }
                    }
                }
                set.check();
            }
            prop_assert_eq!(set.len(), expected.len());
            for (low, high) in &bounds {
                let within = |entry: &&u32| {
                    std::ops::RangeBounds::contains(&(low.as_ref(), high.as_ref()), *entry)
                };
                let found: Vec<u32> = set.range(low.as_ref(), high.as_ref()).copied().collect();
                prop_assert_eq!(found, expected.iter().filter(within).copied().collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn blocks_are_filled() {
        let count = 100 * FULL;
        let (mut up, mut down) = (OrderedSet::default(), OrderedSet::default());
        for n in 0..count {
            assert!(up.insert(n) && down.insert(count - n));
        }
        assert!(up.blocks.len() <= 100 && down.blocks.len() <= 200);
        let mut together = OrderedSet::default();
        (0..count).collect::<Vec<_>>().chunks(300).for_each(|some| together.extend(some, |_| {}));
        assert!(together.blocks.len() <= 100, "{}", together.blocks.len());
        // Most go; what is left is moved together.
        for n in (0..count).filter(|n| n % 50 != 0) {
            assert!(up.remove(&n));
        }
        up.check();
        assert!(up.blocks.len() * SMALL <= up.len() * 2, "{}", up.blocks.len());
        let left: BTreeSet<usize> = up.range(Bound::Unbounded, Bound::Unbounded).copied().collect();
        assert_eq!(left, (0..count).step_by(50).collect());
    }
}
