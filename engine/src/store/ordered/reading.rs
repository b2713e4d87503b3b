//! Reading an ordered index, some entries a hold of its lock.

use super::{Entry, KeyRange, OrderedIndex, OrderedKey, Phase};
use crate::error::EngineError;
use crate::store::address::RowAddress;
use std::ops::Bound;

/// How many entries a reader takes before it lets a writer come in; what is left of the last
/// block of them is taken, too.
const HOLD: usize = 512;

/// How often a reader begins again with a key before it takes all its rows at once.
const RETRIES: usize = 8;

impl OrderedIndex {
    /// What `resolve` adds for the entries within a range, in their order. `None` when the
    /// index cannot be read, or `limit` entries are not enough.
    pub(in crate::store) fn read<T>(
        &self,
        range: &KeyRange,
        limit: usize,
        mut resolve: impl FnMut(&[Entry], &mut Vec<T>),
        mut between: impl FnMut(usize) -> Result<(), EngineError>,
    ) -> Result<Option<Vec<T>>, EngineError> {
        let mut reading = Reading::new(range);
        loop {
            let is_over = match self.read_on(&mut reading, &mut resolve) {
                Some(is_over) if reading.looked_at <= limit => is_over,
                _ => return Ok(None),
            };
            between(reading.found.capacity())?;
            if is_over {
                return Ok(Some(reading.found));
            }
        }
    }

    /// Reads as much as one hold allows; whether that was the last. `None` when the index
    /// cannot be read.
    fn read_on<T>(
        &self,
        reading: &mut Reading<T>,
        resolve: &mut impl FnMut(&[Entry], &mut Vec<T>),
    ) -> Option<bool> {
        let state = self.state.read();
        if state.phase != Phase::Ready {
            return None;
        }
        let (low, high) = (reading.resume(state.moves), reading.high.clone());
        let mut taken = 0;
        let mut last: Option<&Entry> = None;
        let mut is_over = true;
        for piece in state.entries.pieces(low.as_ref(), high.as_ref()) {
            let [(first, _), ..] = piece else { continue };
            let before = last.map(|(key, _)| key).or(reading.place.as_ref().map(|p| &p.key));
            let goes_on = before == Some(first);
            if taken >= HOLD && !(goes_on && reading.retries >= RETRIES) {
                is_over = false;
                break;
            }
            reading.take(piece, goes_on, resolve);
            last = piece.last();
            taken += piece.len();
        }
        reading.looked_at += taken;
        let place = last.map(|(key, address)| Place {
            key: key.clone(),
            behind: Some(*address),
            moves: state.moves,
        });
        reading.place = place;
        Some(is_over)
    }
}

/// A read in the making.
struct Reading<T> {
    low: Bound<Entry>,
    high: Bound<Entry>,
    found: Vec<T>,
    /// How many entries were looked at.
    looked_at: usize,
    /// How much had been found before the key of the last entry.
    found_before: usize,
    /// How often that key was begun with again.
    retries: usize,
    /// Where the last hold ended.
    place: Option<Place>,
}

/// How far a reader came.
struct Place {
    key: OrderedKey,
    /// The last address of the key; `None` when the key is to be read from its start.
    behind: Option<RowAddress>,
    /// The moves that had been made.
    moves: u64,
}

impl<T> Reading<T> {
    fn new(range: &KeyRange) -> Self {
        Self {
            low: start(range.low.as_ref()),
            high: end(range.high.as_ref()),
            found: Vec::new(),
            looked_at: 0,
            found_before: 0,
            retries: 0,
            place: None,
        }
    }

    /// Takes entries; whether the first has the key of the one before it.
    fn take(
        &mut self,
        entries: &[Entry],
        goes_on: bool,
        resolve: &mut impl FnMut(&[Entry], &mut Vec<T>),
    ) {
        let Some((last, _)) = entries.last() else { return };
        // Only where the last key begins has to be known, and that is mostly at its end.
        let others = entries.iter().rev().position(|(key, _)| key != last);
        let of_last = others.unwrap_or(entries.len());
        let (before, of_last) = entries.split_at(entries.len() - of_last);
        resolve(before, &mut self.found);
        if !(goes_on && before.is_empty()) {
            self.retries = 0;
            self.found_before = self.found.len();
        }
        resolve(of_last, &mut self.found);
    }

    /// Where the next hold begins. What was found of a key is forgotten when rows have
    /// moved since: some may have gone to where the reader has been, or ahead of it.
    fn resume(&mut self, moves: u64) -> Bound<Entry> {
        let Some(place) = &mut self.place else { return self.low.clone() };
        if place.moves != moves {
            self.found.truncate(self.found_before);
            self.retries += 1;
            place.behind = None;
        }
        match place.behind {
            None => Bound::Included((place.key.clone(), RowAddress::MIN)),
            Some(address) => Bound::Excluded((place.key.clone(), address)),
        }
    }
}

fn start(low: Bound<&OrderedKey>) -> Bound<Entry> {
    match low {
        Bound::Unbounded => Bound::Unbounded,
        Bound::Included(key) => Bound::Included((key.clone(), RowAddress::MIN)),
        Bound::Excluded(key) => Bound::Excluded((key.clone(), RowAddress::MAX)),
    }
}

fn end(high: Bound<&OrderedKey>) -> Bound<Entry> {
    match high {
        Bound::Unbounded => Bound::Unbounded,
        Bound::Included(key) => Bound::Included((key.clone(), RowAddress::MAX)),
        Bound::Excluded(key) => Bound::Excluded((key.clone(), RowAddress::MIN)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{KeyForm, KeyKind};
    use super::*;
    use crate::schema::ClassId;
    use cimarron_model::Name;

    fn index(entries: impl IntoIterator<Item = (u64, u64)>) -> OrderedIndex {
        let form = KeyForm::for_test(KeyKind::Integer, false);
        let index = OrderedIndex::new(ClassId(0), Name::new("P"), form, Phase::Ready);
        let mut state = index.state.write();
        entries.into_iter().for_each(|(key, address)| state.insert(int(key), at(address)));
        drop(state);
        index
    }

    const fn int(key: u64) -> OrderedKey {
        OrderedKey::Integer(key)
    }

    const fn at(address: u64) -> RowAddress {
        RowAddress::from_word(address)
    }

    fn relocate(index: &OrderedIndex, key: u64, from: u64, to: u64) {
        let mut state = index.state.write();
        state.moves += 1;
        state.remove(&(int(key), at(from)));
        state.insert(int(key), at(to));
    }

    const ALL: KeyRange = KeyRange { low: Bound::Unbounded, high: Bound::Unbounded };

    fn addresses(entries: &[Entry], found: &mut Vec<u64>) {
        found.extend(entries.iter().map(|(_, address)| address.bits()));
    }

    fn within(index: &OrderedIndex, limit: usize) -> Option<Vec<u64>> {
        index.read(&ALL, limit, addresses, |_| Ok(())).unwrap()
    }

    /// Reads hold by hold and lets somebody in between.
    fn read(index: &OrderedIndex, mut between: impl FnMut(usize)) -> (Vec<u64>, usize) {
        let mut reading = Reading::new(&ALL);
        let mut holds = 0;
        while !index.read_on(&mut reading, &mut addresses).unwrap() {
            between(holds);
            holds += 1;
        }
        (reading.found, reading.looked_at)
    }

    #[test]
    fn holds_are_short_and_lose_nothing() {
        let n = 5 * HOLD as u64 + 3;
        let index = index((0..n).map(|n| (n / 700, n)));
        let mut holds = 0;
        let (found, looked_at) = read(&index, |_| holds += 1);
        assert_eq!((holds, looked_at as u64), (5, n));
        assert!(found.into_iter().eq(0..n));
    }

    #[test]
    fn rows_that_move_are_found_once() {
        // All rows of one key go from the upper half of addresses to the lower, or the
        // other way round, a few between any two holds.
        let rows = 3 * HOLD as u64;
        for (from, to) in [(1 << 20, 0), (0, 1 << 20)] {
            let before = (0..10).map(|n| (1, n));
            let index = index(before.chain((0..rows).map(|n| (2, from + n))).chain([(3, 5)]));
            let mut next = 0;
            let (found, _) = read(&index, |_| {
                for n in next..rows.min(next + 100) {
                    relocate(&index, 2, from + n, to + n);
                }
                next += 100;
            });
            let mut of_two: Vec<u64> =
                found[10..found.len() - 1].iter().map(|a| a & 0xf_ffff).collect();
            of_two.sort_unstable();
            assert!(of_two.into_iter().eq(0..rows));
            assert_eq!((&found[..10], found.last()), (&(0..10).collect::<Vec<_>>()[..], Some(&5)));
        }
    }

    #[test]
    fn a_key_that_moves_for_ever_is_read_at_once() {
        let rows = 4 * HOLD as u64;
        let index = index((0..rows).map(|n| (7, n)));
        let mut side = false;
        let (found, _) = read(&index, |holds| {
            assert!(holds <= RETRIES + 1, "{holds}");
            let (from, to) = if side { (1 << 20, 0) } else { (0, 1 << 20) };
            relocate(&index, 7, from, to);
            side = !side;
        });
        assert_eq!(found.len() as u64, rows);
    }

    #[test]
    fn what_is_closed_or_not_built_is_not_read() {
        let index = index([(1, 1)]);
        assert_eq!(within(&index, 1).map(|all| all.len()), Some(1));
        assert_eq!(within(&index, 0).map(|all| all.len()), None);
        index.close();
        assert_eq!(within(&index, 1), None);
        index.open();
        assert_eq!((within(&index, 1), index.len()), (None, 0));
    }
}
