//! What somebody reads or is about to read is never called reclaimable.
#![allow(unsafe_code, reason = "loom's cells are not `Sync`; whether they are used as if is asked")]

use crate::model;
use cimarron_cells::{Live, Registry};
use loom::cell::UnsafeCell;
use loom::thread;
use std::sync::Arc;

/// The last commit of a model. The registry has one slot under loom, so the second reader may
/// have to go to the map.
const LAST: usize = 2;

/// Commit *n* sees version *n*, which lives from *n* to *n + 1*. A version that is reclaimed is
/// overwritten; loom stops at a read that is not ordered before that.
struct Store {
    registry: Registry,
    versions: [UnsafeCell<bool>; LAST + 1],
}

// SAFETY: nothing but the registry orders the accesses of the threads, and loom stops the model
// when it does not.
unsafe impl Sync for Store {}

impl Store {
    fn new() -> Arc<Self> {
        let versions = std::array::from_fn(|_| UnsafeCell::new(true));
        Arc::new(Self { registry: Registry::new(0), versions })
    }

    /// Reads, registered, what its commit sees, twice.
    fn read(&self) -> u64 {
        let registered = Registry::register(&self.registry);
        let number = registered.number();
        for _ in 0..2 {
            // SAFETY: see `Sync`.
            let there = self.versions[number as usize].with(|version| unsafe { *version });
            assert!(there, "version {number} is gone");
        }
        number
    }

    fn overwrite(&self, version: usize) {
        // SAFETY: see `Sync`.
        self.versions[version].with_mut(|version| unsafe { *version = false });
    }

    /// Commits all there is, reclaiming what can be after each.
    fn write(&self) {
        let mut live = Live::default();
        let mut kept = Vec::new();
        for commit in 1..=LAST {
            kept.push(commit - 1);
            self.registry.publish(commit as u64);
            self.registry.look(&mut live);
            assert!(!live.is_reclaimable(commit as u64, commit as u64 + 1));
            kept.retain(|&version| {
                let gone = live.is_reclaimable(version as u64, version as u64 + 1);
                if gone {
                    self.overwrite(version);
                }
                !gone
            });
        }
    }
}

#[test]
fn one_reader() {
    model(|| {
        let store = Store::new();
        let reader = thread::spawn({
            let store = store.clone();
            move || assert!(store.read() <= store.read())
        });
        store.write();
        reader.join().unwrap();
    });
}

#[test]
fn two_readers_and_one_slot() {
    model(|| {
        let store = Store::new();
        let readers = [(); 2].map(|()| {
            let store = store.clone();
            thread::spawn(move || store.read())
        });
        store.write();
        for reader in readers {
            reader.join().unwrap();
        }
        assert_eq!(store.registry.horizon(), LAST as u64);
    });
}

/// The same by the horizon alone: what died up to it is gone for all.
#[test]
fn horizon() {
    model(|| {
        let store = Store::new();
        let reader = thread::spawn({
            let store = store.clone();
            move || store.read()
        });
        let mut reclaimed = 0;
        for commit in 1..=LAST {
            store.registry.publish(commit as u64);
            let horizon = store.registry.horizon() as usize;
            assert!(horizon <= commit);
            (reclaimed..horizon).for_each(|version| store.overwrite(version));
            reclaimed = horizon;
        }
        reader.join().unwrap();
    });
}
