//! The visible commit, and which commits somebody still reads.
//!
//! A commit is one store: [`Registry::publish`]. A reader loads that number and has its snapshot.
//! A long reader registers, so that the writer does not reclaim what it may still come to.
//!
//! **Protocol.** A reader claims a slot with "pending, not before the commit that was visible a
//! moment ago", then loads the visible number, then puts that in the slot. The writer publishes,
//! then looks at the slots. With a full fence between the two steps on each side one of them sees
//! the other: either the writer finds the reader pending or registered, or the reader finds
//! the new number visible and has no use for what died up to it. A pending reader counts
//! as a reader of everything from its lower bound on.
//!
//! Fences rather than sequentially consistent loads and stores: publishing stays a plain store,
//! the one who looks pays, and loom knows fences exactly.
//!
//! When all slots are taken, readers go to a map behind a lock, which is their order.

use crate::sync::{AtomicU64, AtomicUsize, Mutex, Ordering, fence};
use std::collections::BTreeMap;
use std::ops::{Deref, Range};
use std::sync::PoisonError;

/// How many readers register without a lock.
#[cfg(not(loom))]
const SLOTS: usize = 64;
#[cfg(loom)]
const SLOTS: usize = 1;

/// Where readers begin to look for a slot, so that few of them meet and the writer need not look
/// far either.
const SPREAD: usize = SLOTS.div_ceil(8);

/// The content of a slot that nobody has.
const FREE: u64 = u64::MAX;

/// Set in a slot beside the lower bound of a reader that does not have its number yet.
const PENDING: u64 = 1 << 63;

/// A cache line of its own, and the one that the processor fetches with it.
#[derive(Debug)]
#[repr(align(128))]
struct Alone<T>(T);

/// The visible commit number and who reads which commit.
#[derive(Debug)]
pub struct Registry {
    visible: Alone<AtomicU64>,
    /// No slot from here on was ever claimed.
    used: AtomicUsize,
    slots: Box<[Alone<AtomicU64>]>,
    /// How many of the readers that found no slot read which commit.
    rest: Mutex<BTreeMap<u64, usize>>,
}

impl Registry {
    /// Nobody registered, and commit `visible` visible.
    pub fn new(visible: u64) -> Self {
        Self {
            visible: Alone(AtomicU64::new(visible)),
            used: AtomicUsize::new(0),
            slots: (0..SLOTS).map(|_| Alone(AtomicU64::new(FREE))).collect(),
            rest: Mutex::new(BTreeMap::new()),
        }
    }

    /// The newest commit that readers see. Whoever loads *n* here sees everything that was
    /// written before *n* was published.
    #[inline]
    pub fn visible(&self) -> u64 {
        self.visible.0.load(Ordering::Acquire)
    }

    /// Makes a commit visible, and with it everything written before. Numbers only go up, and
    /// have 63 bits. For the writer only: two at once could make the number go down.
    #[inline]
    pub fn publish(&self, number: u64) {
        debug_assert!(number < PENDING && number >= self.visible.0.load(Ordering::Relaxed));
        self.visible.0.store(number, Ordering::Release);
    }

    /// Registers a reader of the visible commit, through a `&Registry` or an `Arc<Registry>`.
    pub fn register<R: Deref<Target = Self>>(this: R) -> Registered<R> {
        let (place, number) = this.claim();
        Registered { registry: this, place, number }
    }

    fn claim(&self) -> (Place, u64) {
        let bound = self.visible();
        let first = first_slot();
        for at in (first..self.slots.len()).chain(0..first) {
            let Some(Alone(slot)) = self.slots.get(at) else { continue };
            if slot.load(Ordering::Relaxed) != FREE {
                continue;
            }
            if self.used.load(Ordering::Relaxed) <= at {
                self.used.fetch_max(at + 1, Ordering::Relaxed);
            }
            // Acquire: what the slot's last reader did comes before what we say with it.
            let (success, failure) = (Ordering::AcqRel, Ordering::Relaxed);
            if slot.compare_exchange(FREE, PENDING | bound, success, failure).is_ok() {
                fence(Ordering::SeqCst); // see the protocol
                let number = self.visible();
                slot.store(number, Ordering::Release);
                return (Place::Slot(at), number);
            }
        }
        let mut rest = self.rest.lock().unwrap_or_else(PoisonError::into_inner);
        // Either we have the lock before the writer, which then finds us, or after it, and then
        // we see what it has published.
        let number = self.visible();
        *rest.entry(number).or_insert(0) += 1;
        (Place::Rest, number)
    }

    fn release(&self, place: Place, number: u64) {
        match place {
            Place::Slot(at) => {
                if let Some(Alone(slot)) = self.slots.get(at) {
                    // Release: whoever finds it free knows that we are done.
                    slot.store(FREE, Ordering::Release);
                }
            }
            Place::Rest => {
                let mut rest = self.rest.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(readers) = rest.get_mut(&number) {
                    *readers -= 1;
                    if *readers == 0 {
                        rest.remove(&number);
                    }
                }
            }
        }
    }

    /// Which commits are being read now, in `live`, whose memory is used again.
    pub fn look(&self, live: &mut Live) {
        live.numbers.clear();
        live.pending = None;
        live.visible = self.visible();
        self.each_reader(|reader| match reader {
            Reader::Of(number) => live.numbers.push(number),
            Reader::NotBefore(bound) => {
                live.pending = Some(live.pending.map_or(bound, |other| other.min(bound)));
            }
        });
        live.numbers.sort_unstable();
    }

    /// The oldest commit that anybody reads or may come to read: no version that died up to it
    /// is seen any more.
    pub fn horizon(&self) -> u64 {
        let mut oldest = self.visible();
        self.each_reader(|reader| {
            let (Reader::Of(number) | Reader::NotBefore(number)) = reader;
            oldest = oldest.min(number);
        });
        oldest
    }

    /// Finds everybody who may read a commit older than the one that was visible before.
    fn each_reader(&self, mut found: impl FnMut(Reader)) {
        fence(Ordering::SeqCst); // see the protocol
        let used = self.used.load(Ordering::Relaxed);
        for Alone(slot) in self.slots.iter().take(used) {
            match slot.load(Ordering::Acquire) {
                FREE => {}
                pending if pending & PENDING != 0 => {
                    found(Reader::NotBefore(pending & !PENDING));
                }
                number => found(Reader::Of(number)),
            }
        }
        let rest = self.rest.lock().unwrap_or_else(PoisonError::into_inner);
        rest.keys().for_each(|number| found(Reader::Of(*number)));
    }
}

/// What the writer finds out about a reader.
enum Reader {
    /// It reads this commit.
    Of(u64),
    /// It is about to read this commit or a later one.
    NotBefore(u64),
}

/// Where a reader registered.
#[derive(Clone, Copy, Debug)]
enum Place {
    Slot(usize),
    Rest,
}

/// Where a thread begins to look for a slot: threads have their stacks at different places.
#[cfg(not(loom))]
fn first_slot() -> usize {
    let here = 0_u8;
    let stack = std::ptr::from_ref(&here).addr() as u64 >> 12;
    (stack.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize % SPREAD
}

/// Stacks are elsewhere in each run, and a model must take the same way again.
#[cfg(loom)]
fn first_slot() -> usize {
    0 % SPREAD
}

/// A reader that is registered until this is dropped: no version that its commit sees is
/// reclaimed meanwhile.
#[derive(Debug)]
pub struct Registered<R: Deref<Target = Registry>> {
    registry: R,
    place: Place,
    number: u64,
}

impl<R: Deref<Target = Registry>> Registered<R> {
    /// The commit that it reads.
    #[inline]
    pub fn number(&self) -> u64 {
        self.number
    }
}

impl<R: Deref<Target = Registry>> Drop for Registered<R> {
    fn drop(&mut self) {
        self.registry.release(self.place, self.number);
    }
}

/// Which commits were being read when the writer looked ([`Registry::look`]). What it calls
/// reclaimable stays so: readers that come later see a newer commit.
#[derive(Clone, Debug, Default)]
pub struct Live {
    /// In order.
    numbers: Vec<u64>,
    /// The lowest bound of those that had no number yet.
    pending: Option<u64>,
    visible: u64,
}

impl Live {
    /// Whether anybody reads, or may be about to, a commit of the range.
    pub fn reads_any(&self, commits: Range<u64>) -> bool {
        if commits.is_empty() {
            return false;
        }
        let first = self.numbers.partition_point(|number| *number < commits.start);
        self.numbers.get(first).is_some_and(|number| *number < commits.end)
            || self.pending.is_some_and(|bound| bound < commits.end)
    }

    /// Whether nobody sees the version with this life and nobody will.
    pub fn is_reclaimable(&self, birth: u64, death: u64) -> bool {
        death <= self.visible && !self.reads_any(birth..death)
    }

    /// The oldest commit that somebody was registered with.
    pub fn oldest(&self) -> Option<u64> {
        let oldest = self.numbers.first().copied();
        oldest.into_iter().chain(self.pending).min()
    }

    /// The oldest commit that anybody read or may come to read.
    pub fn horizon(&self) -> u64 {
        self.oldest().map_or(self.visible, |oldest| oldest.min(self.visible))
    }

    /// The commit that was visible.
    pub fn visible(&self) -> u64 {
        self.visible
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use std::sync::Arc;

    fn live(registry: &Registry) -> Live {
        let mut live = Live::default();
        registry.look(&mut live);
        assert_eq!(live.horizon(), registry.horizon());
        live
    }

    #[test]
    fn readers_keep_what_they_see() {
        let registry = Arc::new(Registry::new(3));
        assert_eq!((live(&registry).oldest(), registry.horizon()), (None, 3));
        let third = Registry::register(&*registry);
        registry.publish(6);
        let sixth = Registry::register(registry.clone());
        registry.publish(9);
        assert_eq!((third.number(), sixth.number(), registry.visible()), (3, 6, 9));

        let seen = live(&registry);
        assert_eq!((seen.oldest(), seen.horizon(), seen.visible()), (Some(3), 3, 9));
        let cases = [
            (0, 3, true),  // dead when the first came
            (0, 4, false), // seen by it
            (3, 4, false),
            (4, 6, true), // born after the one, dead before the other
            (4, 7, false),
            (6, 7, false),
            (7, 9, true),
            (7, 10, false), // not dead yet for who comes now
            (5, 5, true),   // never lived
        ];
        for (birth, death, reclaimable) in cases {
            assert_eq!(seen.is_reclaimable(birth, death), reclaimable, "{birth}..{death}");
        }
        drop(third);
        assert_eq!((registry.horizon(), live(&registry).is_reclaimable(0, 4)), (6, true));
        drop(sixth);
        assert_eq!(registry.horizon(), 9);
    }

    #[test]
    fn more_readers_than_slots() {
        let registry = Registry::new(0);
        let mut readers = Vec::new();
        for number in 0..SLOTS as u64 * 2 {
            registry.publish(number);
            readers.push(Registry::register(&registry));
            readers.push(Registry::register(&registry));
        }
        let seen = live(&registry);
        for number in 0..SLOTS as u64 * 2 {
            assert!(seen.reads_any(number..number + 1), "{number}");
        }
        // Each pair leaves one by one; what its commit sees goes with the second.
        for number in 0..SLOTS as u64 * 2 {
            assert_eq!(registry.horizon(), number);
            drop(readers.remove(0));
            assert_eq!(registry.horizon(), number);
            drop(readers.remove(0));
        }
        assert_eq!(live(&registry).oldest(), None);
        let again = Registry::register(&registry);
        assert!(matches!(again.place, Place::Slot(_)), "slots are used again");
    }

    #[test]
    fn a_pending_reader_may_read_anything_from_its_bound_on() {
        let registry = Registry::new(9);
        registry.slots[0].0.store(PENDING | 5, Ordering::Relaxed);
        registry.used.store(1, Ordering::Relaxed);
        let seen = live(&registry);
        assert_eq!((seen.oldest(), seen.horizon()), (Some(5), 5));
        for (birth, death, reclaimable) in [(2, 5, true), (2, 6, false), (7, 8, false)] {
            assert_eq!(seen.is_reclaimable(birth, death), reclaimable, "{birth}..{death}");
        }
    }
}
