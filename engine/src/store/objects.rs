//! Objects that associations join.
//!
//! The instances of association classes, and whatever their references name, have a
//! number each. An object knows its newest row and the associations that refer to
//! it, by their numbers, so that a modify of one of a hub's hundred thousand links
//! touches that link alone. A reference to what is not there has an object too,
//! which gets its row when somebody creates it. Instances that no association refers
//! to have no object and pay nothing.
//!
//! The list of an object's links may be out of date: a reader asks each link's row
//! whether it still refers to the object. A number is given again when its object is
//! gone, with another generation, so that old entries of it mean nobody; nor does an
//! entry of an object that has no row. An object goes when it has no row and nobody with
//! a row refers to it, so neither links to themselves nor circles of links stay for ever.

use super::address::{Address, RowAddress};
use super::key_index::KeyIndex;
use super::keys::KeyRules;
use crate::view::ValueView;
use arc_swap::{ArcSwapAny, ArcSwapOption};
use cimarron_cells::{Growing, Writer, prefetch};
use cimarron_model::ObjectPath;
use parking_lot::Mutex;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use triomphe::ThinArc;

/// The number of an object; 0 is nobody's.
pub(crate) type ObjectNumber = u32;

/// How many links are looked up together: the processor waits for the memory of many at once
/// when nothing else stands between.
pub(crate) const FOLLOWED_TOGETHER: usize = 16;

/// How many objects the first block takes.
const FIRST_BLOCK: u32 = 64;

/// No row.
const NO_ROW: u64 = 0;

/// An entry that means nobody.
const NOBODY: u64 = 0;

#[derive(Debug, Default)]
pub(super) struct Objects {
    records: OnceLock<Growing<Record>>,
    /// From the paths of objects that references name to their numbers.
    by_path: KeyIndex,
    free: Mutex<Vec<ObjectNumber>>,
    /// How many objects have a path and no row that lives: a new instance may be one
    /// of them.
    unbound: AtomicU32,
}

#[derive(Debug, Default)]
pub(super) struct Record {
    /// The newest row.
    row: AtomicU64,
    /// Odd while the number is nobody's.
    generation: AtomicU32,
    /// Whether the path is in the index and no row lives.
    is_unbound: AtomicU32,
    /// Where it is, when a reference names it.
    path: ArcSwapOption<ObjectPath>,
    links: ArcSwapAny<Option<Links>>,
}

/// What went with a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Forgotten {
    /// Nothing: the object has another row.
    Elsewhere,
    /// The object has no row now, but somebody refers to it.
    Row,
    /// The object.
    Object,
}

/// The associations that refer to an object, and more: numbers and generations. All of it is
/// in one piece, so that who comes to it waits for memory once.
type Links = ThinArc<Counts, AtomicU64>;

#[derive(Debug, Default)]
struct Counts {
    /// How many places have an entry.
    len: AtomicU32,
    /// How many entries mean nobody any more, at least.
    stale: AtomicU32,
}

/// An empty list with room for so many.
fn room_for(capacity: usize) -> Links {
    let places = (0..capacity).map(|_| AtomicU64::new(0));
    ThinArc::from_header_and_iter(Counts::default(), places)
}

fn entries(links: &Links) -> impl Iterator<Item = u64> {
    let len = links.header.header.len.load(Ordering::Acquire) as usize;
    links.slice.iter().take(len).map(|place| place.load(Ordering::Relaxed))
}

/// Adds an entry; `false` when there is no room.
fn push(links: &Links, entry: u64) -> bool {
    let len = links.header.header.len.load(Ordering::Relaxed);
    let Some(place) = links.slice.get(len as usize) else { return false };
    place.store(entry, Ordering::Relaxed);
    links.header.header.len.store(len + 1, Ordering::Release);
    true
}

/// An object's number as the index of paths has it.
#[derive(Clone, Copy, PartialEq)]
struct InIndex(ObjectNumber);

/// The words of an index below this have other meanings.
const INDEX_BASE: u64 = 1 << 12;

impl Address for InIndex {
    fn from_word(word: u64) -> Self {
        Self((RowAddress::from_word(word).bits() - INDEX_BASE) as u32)
    }

    fn bits(self) -> u64 {
        u64::from(self.0) + INDEX_BASE
    }
}

impl Objects {
    #[inline]
    fn record(&self, number: ObjectNumber) -> Option<&Record> {
        self.records.get()?.get(number.checked_sub(1)?)
    }

    /// A new object; 0 when all numbers are taken.
    pub(super) fn add(&self, writer: &Writer) -> ObjectNumber {
        let records = self.records.get_or_init(|| Growing::new(writer, FIRST_BLOCK));
        match self.free.lock().pop() {
            Some(number) => {
                if let Some(record) = self.record(number) {
                    record.generation.fetch_add(1, Ordering::Relaxed);
                }
                number
            }
            None => records.push(writer, Record::default()).map_or(0, |n| n + 1),
        }
    }

    /// Gives a path to an object, so that references find it.
    pub(super) fn name(
        &self,
        rules: &KeyRules,
        number: ObjectNumber,
        path: &Arc<ObjectPath>,
        has_row: bool,
    ) {
        let Some(record) = self.record(number).filter(|r| r.path.load().is_none()) else { return };
        record.path.store(Some(path.clone()));
        self.by_path.insert(hash_of(rules, path), InIndex(number), |InIndex(n)| {
            let path = self.path(n);
            path.map_or(0, |path| hash_of(rules, &path))
        });
        if !has_row {
            self.count_unbound(record, may_be_created(rules, path));
        }
    }

    /// The object of this path.
    pub(super) fn find(&self, rules: &KeyRules, path: &Arc<ObjectPath>) -> Option<ObjectNumber> {
        let is = |InIndex(n): InIndex| {
            let known = self.record(n).and_then(|r| r.path.load_full());
            known.is_some_and(|known| {
                rules.same_value(ValueView::Reference(&known), ValueView::Reference(path))
            })
        };
        self.by_path.find(hash_of(rules, path), is).map(|InIndex(n)| n)
    }

    /// Whether a new instance may be what some reference already names.
    pub(super) fn has_unbound(&self) -> bool {
        self.unbound.load(Ordering::Relaxed) > 0
    }

    /// Where an object is, when a reference names it.
    pub(super) fn path(&self, number: ObjectNumber) -> Option<Arc<ObjectPath>> {
        self.record(number)?.path.load_full()
    }

    /// The newest row of an object.
    #[inline]
    pub(super) fn row(&self, number: ObjectNumber) -> Option<RowAddress> {
        let row = self.record(number)?.row.load(Ordering::Acquire);
        (row != NO_ROW).then(|| RowAddress::from_word(row))
    }

    /// Says which row is an object's newest.
    pub(super) fn bind(&self, number: ObjectNumber, row: RowAddress) {
        if let Some(record) = self.record(number) {
            record.row.store(row.bits(), Ordering::Release);
            self.count_unbound(record, false);
        }
    }

    /// Says that an object's newest row died.
    pub(super) fn unbind(&self, number: ObjectNumber) {
        if let Some(record) = self.record(number).filter(|r| r.path.load().is_some()) {
            self.count_unbound(record, true);
        }
    }

    fn count_unbound(&self, record: &Record, is: bool) {
        let was = record.is_unbound.swap(u32::from(is), Ordering::Relaxed) == 1;
        match (was, is) {
            (false, true) => self.unbound.fetch_add(1, Ordering::Relaxed),
            (true, false) => self.unbound.fetch_sub(1, Ordering::Relaxed),
            _ => 0,
        };
    }

    /// Says that a row moved; whether it was the newest.
    pub(super) fn move_row(&self, number: ObjectNumber, from: RowAddress, to: RowAddress) -> bool {
        self.record(number).is_some_and(|record| {
            let (from, to) = (from.bits(), to.bits());
            record.row.compare_exchange(from, to, Ordering::AcqRel, Ordering::Relaxed).is_ok()
        })
    }

    /// Says that a row is gone for good. An object that nobody refers to goes with it.
    pub(super) fn forget_row(
        &self,
        rules: &KeyRules,
        number: ObjectNumber,
        row: RowAddress,
    ) -> Forgotten {
        let Some(record) = self.record(number) else { return Forgotten::Elsewhere };
        let (from, to) = (row.bits(), NO_ROW);
        match record.row.compare_exchange(from, to, Ordering::AcqRel, Ordering::Relaxed) {
            Err(_) => Forgotten::Elsewhere,
            Ok(_) if self.release(rules, number) => Forgotten::Object,
            Ok(_) => Forgotten::Row,
        }
    }

    /// Lets an object go that has no row and that nobody refers to; whether it did.
    pub(super) fn release(&self, rules: &KeyRules, number: ObjectNumber) -> bool {
        let Some(record) = self.record(number) else { return false };
        let is_free = record.generation.load(Ordering::Relaxed) % 2 == 1;
        if is_free || record.row.load(Ordering::Relaxed) != NO_ROW {
            return false;
        }
        if self.links(number).next().is_some() {
            let path = record.path.load();
            let may_be = path.as_ref().is_some_and(|path| may_be_created(rules, path));
            self.count_unbound(record, may_be);
            return false;
        }
        if let Some(path) = record.path.swap(None) {
            self.by_path.remove(hash_of(rules, &path), InIndex(number));
        }
        self.count_unbound(record, false);
        record.links.store(None);
        record.generation.fetch_add(1, Ordering::Relaxed);
        self.free.lock().push(number);
        true
    }

    fn entry(&self, number: ObjectNumber) -> Option<u64> {
        let generation = self.record(number)?.generation.load(Ordering::Relaxed);
        Some(u64::from(generation) << 32 | u64::from(number))
    }

    /// Notes that an association refers to an object. `may_be_there`: it did before,
    /// maybe.
    pub(super) fn link(&self, target: ObjectNumber, link: ObjectNumber, may_be_there: bool) {
        let (Some(record), Some(entry)) = (self.record(target), self.entry(link)) else { return };
        let links = record.links.load_full();
        let Some(links) = links else {
            let first = room_for(2);
            push(&first, entry);
            record.links.store(Some(first));
            return;
        };
        if may_be_there && entries(&links).any(|there| there == entry) {
            return;
        }
        if !push(&links, entry) {
            let kept: Vec<u64> = entries(&links).filter(|e| self.is_somebody(*e)).collect();
            let larger = room_for((kept.len() + 1).next_power_of_two().max(2) * 2);
            kept.into_iter().chain([entry]).for_each(|entry| {
                push(&larger, entry);
            });
            record.links.store(Some(larger));
        }
    }

    /// Notes that an association does not refer to an object any more, in any version.
    pub(super) fn unlink_one(&self, rules: &KeyRules, target: ObjectNumber, link: ObjectNumber) {
        let (Some(record), Some(entry)) = (self.record(target), self.entry(link)) else { return };
        if let Some(links) = record.links.load().as_ref() {
            let places =
                links.slice.iter().take(links.header.header.len.load(Ordering::Relaxed) as usize);
            let of_it = places.filter(|place| place.load(Ordering::Relaxed) == entry);
            of_it.for_each(|place| place.store(NOBODY, Ordering::Relaxed));
        }
        self.unlink(rules, target);
    }

    /// Notes that an association is gone for good that referred to an object; where
    /// most of its entries are of that kind it forgets them.
    pub(super) fn unlink(&self, rules: &KeyRules, target: ObjectNumber) {
        let Some(record) = self.record(target) else { return };
        let Some(links) = record.links.load_full() else { return };
        let stale = links.header.header.stale.fetch_add(1, Ordering::Relaxed) + 1;
        if u64::from(stale) * 2 < links.header.header.len.load(Ordering::Relaxed).into() {
            return;
        }
        let kept: Vec<u64> = entries(&links).filter(|e| self.is_somebody(*e)).collect();
        if kept.is_empty() {
            record.links.store(None);
            self.release(rules, target);
            return;
        }
        let smaller = room_for(kept.len() + kept.len() / 2 + 1);
        kept.into_iter().for_each(|entry| {
            push(&smaller, entry);
        });
        record.links.store(Some(smaller));
    }

    /// Whether the entry's object is still the one that was meant, and there.
    fn is_somebody(&self, entry: u64) -> bool {
        self.row_of(entry).is_some()
    }

    /// The newest row of the entry's object, if that is still the one that was meant.
    #[inline]
    fn row_of(&self, entry: u64) -> Option<RowAddress> {
        row_of(entry, |number| self.record(number))
    }

    /// The associations that may refer to an object, and the newest row of each.
    pub(super) fn links(
        &self,
        number: ObjectNumber,
    ) -> impl Iterator<Item = (ObjectNumber, RowAddress)> {
        let links = self.record(number).and_then(|record| record.links.load_full());
        let len = links.as_ref().map_or(0, |l| l.header.header.len.load(Ordering::Acquire));
        (0..len as usize).filter_map(move |at| {
            let entry = links.as_ref()?.slice.get(at)?.load(Ordering::Relaxed);
            Some((entry as u32, self.row_of(entry)?))
        })
    }

    /// Asks for the memory of an object that is going to be looked at.
    #[inline]
    pub(super) fn expect(&self, number: ObjectNumber) {
        if let Some(record) = self.record(number) {
            prefetch(record);
        }
    }

    /// Says where the newest rows of objects are, in their order; for one that has none, an
    /// address where no row is.
    #[inline(never)]
    pub(super) fn rows_of(
        &self,
        objects: impl Iterator<Item = ObjectNumber>,
        rows: &mut [RowAddress],
    ) {
        let Some(mut records) = self.records.get().map(Growing::cursor) else { return };
        for (row, object) in rows.iter_mut().zip(objects) {
            let record = object.checked_sub(1).and_then(|number| records.get(number));
            let word = record.map_or(NO_ROW, |record| record.row.load(Ordering::Acquire));
            *row = RowAddress::from_word(word);
        }
    }

    /// Shows the associations that may refer to an object, and the newest row of each, at
    /// most [`FOLLOWED_TOGETHER`] at a time.
    #[inline]
    pub(super) fn follow_links<E>(
        &self,
        number: ObjectNumber,
        mut show: impl FnMut(&[ObjectNumber], &[RowAddress]) -> Result<(), E>,
    ) -> Result<(), E> {
        let (Some(records), Some(record)) = (self.records.get(), self.record(number)) else {
            return Ok(());
        };
        let links = record.links.load();
        let Some(links) = links.as_ref() else { return Ok(()) };
        let len = links.header.header.len.load(Ordering::Acquire) as usize;
        let mut numbers = [0; FOLLOWED_TOGETHER];
        let mut rows = [RowAddress::MIN; FOLLOWED_TOGETHER];
        for some in links.slice.get(..len).unwrap_or_default().chunks(FOLLOWED_TOGETHER) {
            let there = ..newest_rows(records, some, &mut numbers, &mut rows);
            show(numbers.get(there).unwrap_or_default(), rows.get(there).unwrap_or_default())?;
        }
        Ok(())
    }

    /// How many objects there are.
    #[cfg(test)]
    pub(super) fn count(&self) -> usize {
        self.records.get().map_or(0, |all| all.len() as usize) - self.free.lock().len()
    }

    pub(super) fn heap_bytes(&self) -> usize {
        let records = self.records.get();
        let links = |record: &Record| {
            record.links.load().as_ref().map_or(0, |l| size_of_val::<[_]>(&l.slice))
        };
        records.map_or(0, |all| {
            all.len() as usize * size_of::<Record>() + all.iter().map(links).sum::<usize>()
        }) + self.by_path.heap_bytes()
    }
}

/// Puts down which objects are meant by entries, and the newest row of each; how many are
/// still there.
#[inline(never)]
fn newest_rows(
    records: &Growing<Record>,
    entries: &[AtomicU64],
    numbers: &mut [ObjectNumber; FOLLOWED_TOGETHER],
    rows: &mut [RowAddress; FOLLOWED_TOGETHER],
) -> usize {
    let (mut records, mut count) = (records.cursor(), 0);
    for entry in entries {
        let entry = entry.load(Ordering::Relaxed);
        if let Some(found) = row_of(entry, |number| records.get(number.checked_sub(1)?))
            && let (Some(number), Some(row)) = (numbers.get_mut(count), rows.get_mut(count))
        {
            (*number, *row) = (entry as u32, found);
            count += 1;
        }
    }
    count
}

/// The newest row of the entry's object, if that is still the one that was meant.
#[inline]
fn row_of<'r>(
    entry: u64,
    record: impl FnOnce(ObjectNumber) -> Option<&'r Record>,
) -> Option<RowAddress> {
    let (number, generation) = (entry as u32, (entry >> 32) as u32);
    let record = record(number)?;
    let row = record.row.load(Ordering::Acquire);
    let is_meant = record.generation.load(Ordering::Relaxed) == generation && row != NO_ROW;
    is_meant.then(|| RowAddress::from_word(row))
}

/// Whether what a path names may come to be here: not in another namespace.
fn may_be_created(rules: &KeyRules, path: &ObjectPath) -> bool {
    path.is_instance() && rules.references().location().holds(path)
}

fn hash_of(rules: &KeyRules, path: &Arc<ObjectPath>) -> u64 {
    rules.hash(std::iter::once(ValueView::Reference(path)))
}
