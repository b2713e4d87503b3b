//! What a prepared reader keeps of a store from one read to the next.
//!
//! Root, shards and chunks are replaced now and then, and a reader that may meet the writer
//! at that has to take each of them with care, which costs more than what it then does with
//! them. One that keeps them only has to see that they are still the newest: three loads of
//! places that are written when something is replaced, and not by each commit.
//!
//! **Why the newest is enough.** Whatever was replaced before commit *n* was published shows
//! to whoever has seen *n* published, so *n* is asked for first. What is replaced after that
//! is what any reader may have taken a moment before: rows never change, and their stamps are
//! shared by all forms of a chunk.
//!
//! One thread at a time uses what is kept. A second one does not wait but goes the way that
//! keeps nothing, as does whoever needs what is not the newest. What is kept keeps no more
//! than a few chunks that the store has given up: see [`Commits::let_go`].

use super::address::RowAddress;
use super::chunk::Chunk;
use super::key_index::KeptShards;
use super::versions::Commit;
use super::{Commits, Root, Seen, Store};
use crate::schema::ClassId;
use crate::view::ValueView;
use arc_swap::{ArcSwap, Cache};
use parking_lot::Mutex;
use std::ops::Deref;
use std::sync::Arc;

/// What is kept for the reads of one key root.
#[derive(Debug)]
pub(crate) struct Near {
    kept: Mutex<Kept>,
}

/// What was looked for, as far as what is kept can tell.
pub(crate) enum Look<T> {
    Found(T),
    /// It is not there.
    Missing,
    /// It has to be looked for in the other way.
    Elsewhere,
}

#[derive(Debug)]
struct Kept {
    store: Arc<Store>,
    root: Cache<RootOf, Arc<Root>>,
    key_root: ClassId,
    /// The index of the key root, in the root that it is of.
    index: Option<(Arc<Root>, KeptShards)>,
    /// By number: those that were come to.
    chunks: Vec<Option<Arc<Chunk>>>,
    /// How many changes of the directory they show.
    changes: u64,
}

/// Where the newest root is.
#[derive(Debug)]
struct RootOf(Arc<Store>);

impl Deref for RootOf {
    type Target = ArcSwap<Root>;

    fn deref(&self) -> &ArcSwap<Root> {
        &self.0.root
    }
}

impl Near {
    /// Nothing is kept yet.
    pub(super) fn new(store: &Arc<Store>, key_root: ClassId) -> Self {
        let root = Cache::new(RootOf(store.clone()));
        let kept = Kept {
            store: store.clone(),
            root,
            key_root,
            index: None,
            chunks: Vec::new(),
            changes: 0,
        };
        Self { kept: Mutex::new(kept) }
    }

    /// Looks for the row with a key whose class is accepted, at the newest commit, if its root
    /// fits. `come` is told of rows that may be it, before their keys are looked at.
    #[inline]
    pub(crate) fn look<T>(
        &self,
        (store, commits): (&Store, &Commits),
        (hash, keys): (u64, &[ValueView<'_>]),
        (fits, accept): (impl Fn(&Root) -> bool, impl Fn(&Root, ClassId) -> bool),
        come: impl Fn(&Chunk, usize),
        take: impl Fn(&Arc<Chunk>, usize) -> T,
    ) -> Look<T> {
        let Some(mut kept) = self.kept.try_lock() else { return Look::Elsewhere };
        let kept = &mut *kept;
        let moment = commits.moment();
        let seen = Seen::At(moment.1);
        if !kept.is_newest(store, moment.1) && !kept.renew(store, moment.1) {
            return Look::Elsewhere;
        }
        let Kept { index: Some((root, shards)), chunks, .. } = kept else {
            return Look::Elsewhere;
        };
        if !fits(root) {
            return Look::Elsewhere;
        }
        let (mut found, mut is_elsewhere) = (None, false);
        shards.find(hash, |address: RowAddress| {
            let number = address.chunk() as usize;
            if !matches!(chunks.get(number), Some(Some(_))) {
                is_elsewhere = !keep(chunks, (store, root), address);
            }
            let Some(Some(chunk)) = chunks.get(number) else { return is_elsewhere };
            let row = address.row();
            come(chunk, row);
            let is_it = row < chunk.len()
                && seen.has(chunk, row)
                && store.has_key(chunk, row, keys)
                && accept(root, chunk.layout().id);
            if is_it {
                found = Some(take(chunk, row));
            }
            is_it
        });
        match found {
            Some(found) => Look::Found(found),
            None if !is_elsewhere && commits.moment() == moment => Look::Missing,
            None => Look::Elsewhere,
        }
    }

    /// Lets go of what the store has replaced, unless somebody reads just now, who will let
    /// go of it with the next read.
    pub(super) fn let_go(&self) {
        let Some(mut kept) = self.kept.try_lock() else { return };
        let Kept { store, root, index, chunks, changes, .. } = &mut *kept;
        let newest = root.load();
        let is_old = index.as_ref().is_some_and(|(known, _)| !Arc::ptr_eq(known, newest));
        if is_old || *changes != store.directory.changes() {
            *index = None;
            *chunks = Vec::new();
        }
    }
}

/// Keeps the chunk of an address, if there is one; `false` when it may have another form
/// than the root's readers see.
#[cold]
fn keep(
    chunks: &mut Vec<Option<Arc<Chunk>>>,
    (store, root): (&Store, &Root),
    address: RowAddress,
) -> bool {
    let chunk = store.chunk(address);
    if !store.is_newest_form(root) {
        return false;
    }
    let number = address.chunk() as usize;
    if chunks.len() <= number {
        chunks.resize(number + 1, None);
    }
    if let Some(place) = chunks.get_mut(number) {
        *place = chunk;
    }
    true
}

impl Kept {
    /// Whether what is kept is what the store has, and can be seen at a commit.
    #[inline]
    fn is_newest(&mut self, store: &Store, at: Commit) -> bool {
        let newest = self.root.load();
        let known = self.index.as_ref();
        known.is_some_and(|(root, _)| Arc::ptr_eq(root, newest) && root.commit <= at)
            && store.directory.changes() == self.changes
    }

    /// Takes what the store has now; `false` when it cannot be seen at a commit.
    #[cold]
    fn renew(&mut self, store: &Store, at: Commit) -> bool {
        // Asked for before the chunks: they show that many or more.
        self.changes = store.directory.changes();
        self.chunks.clear();
        let root = self.root.load();
        if root.commit > at {
            return false;
        }
        if self.index.as_ref().is_none_or(|(known, _)| !Arc::ptr_eq(known, root)) {
            let index = root.index(self.key_root);
            self.index = index.map(|index| (root.clone(), KeptShards::of(index.clone())));
        }
        self.index.is_some()
    }
}
