//! Finding rows by their keys.

use super::address::RowAddress;
use super::chunk::Chunk;
use super::found::Found;
use super::root::Root;
use super::rows::Store;
use super::snapshot::Seen;
use crate::schema::ClassId;
use crate::view::ValueView;
use std::sync::Arc;

impl Store {
    /// Asks for the memory where a key is looked up that will be soon.
    #[inline]
    pub(crate) fn expect(&self, root: &Root, key_root: ClassId, hash: u64) {
        if let Some(index) = root.index(key_root) {
            index.expect(hash);
        }
    }

    /// The row of this key under a key root whose class is accepted.
    pub(crate) fn find(
        &self,
        root: &Root,
        key_root: ClassId,
        key: (u64, &[ValueView<'_>]),
        seen: Seen,
        accept: impl Fn(ClassId) -> bool,
    ) -> Option<Found> {
        self.find_with(root, key_root, key, seen, accept, |chunk, row| Found {
            chunk: chunk.clone(),
            row,
        })
    }

    /// What `take` makes of the row of this key under a key root whose class is accepted,
    /// in the form that the readers of the root see.
    #[inline]
    pub(crate) fn find_with<T>(
        &self,
        root: &Root,
        key_root: ClassId,
        key: (u64, &[ValueView<'_>]),
        seen: Seen,
        accept: impl Fn(ClassId) -> bool,
        take: impl Fn(&Arc<Chunk>, usize) -> T,
    ) -> Option<T> {
        let accept = |chunk: &Chunk, _| accept(chunk.layout().id);
        self.take_row(root, key_root, key, seen, accept, |chunk, row| {
            if self.is_newest_form(root) {
                return Some(take(chunk, row));
            }
            Some(take(&Self::form_in(root, chunk)?, row))
        })
    }

    /// The row of this key under a key root that is accepted.
    #[inline]
    pub(crate) fn find_row(
        &self,
        root: &Root,
        key_root: ClassId,
        key: (u64, &[ValueView<'_>]),
        seen: Seen,
        accept: impl Fn(&Chunk, usize) -> bool,
    ) -> Option<Found> {
        self.take_row(root, key_root, key, seen, accept, |chunk, row| {
            self.row_for(root, chunk, row)
        })
    }

    /// Reads one value of the row of this key under a key root whose class is accepted,
    /// without keeping the row.
    #[inline]
    pub(crate) fn read_value<T>(
        &self,
        root: &Root,
        key_root: ClassId,
        key: (u64, &[ValueView<'_>]),
        seen: Seen,
        accept: impl Fn(ClassId) -> bool,
        (slot, read): (u32, impl Fn(ValueView<'_>) -> T),
    ) -> Option<T> {
        let accept = |chunk: &Chunk, row| {
            // The value and the key lie in memory that is far away: asked for at once, both
            // come in the time of one.
            std::hint::black_box(chunk.value(row, slot));
            accept(chunk.layout().id)
        };
        self.take_row(root, key_root, key, seen, accept, |chunk, row| {
            if self.is_newest_form(root) {
                return Some(read(chunk.value(row, slot)));
            }
            let found = self.row_for(root, chunk, row)?;
            Some(read(found.chunk.value(row, slot)))
        })
    }

    /// What `take` makes of the row of this key under a key root that is accepted.
    #[inline]
    fn take_row<T>(
        &self,
        root: &Root,
        key_root: ClassId,
        (hash, keys): (u64, &[ValueView<'_>]),
        seen: Seen,
        accept: impl Fn(&Chunk, usize) -> bool,
        take: impl Fn(&Arc<Chunk>, usize) -> Option<T>,
    ) -> Option<T> {
        let mut taken = None;
        root.index(key_root)?.find(hash, |address: RowAddress| {
            let guard = self.directory.get(address);
            let Some(chunk) = guard.as_ref().and_then(|c| c.as_ref()) else { return false };
            let row = address.row();
            let is_it = row < chunk.len()
                && accept(chunk, row)
                && self.has_key(chunk, row, keys)
                && seen.has(chunk, row);
            if is_it {
                taken = take(chunk, row);
            }
            taken.is_some()
        });
        taken
    }

    #[inline]
    pub(super) fn has_key(&self, chunk: &Chunk, row: usize, keys: &[ValueView<'_>]) -> bool {
        match (chunk.layout().keys.as_slice(), keys) {
            // Nearly always a text that is written alike.
            ([slot], [ValueView::String(text)]) if chunk.is_text(row, *slot, text) => true,
            ([slot], [key]) => self.rules.same_value(chunk.value(row, *slot), *key),
            _ => self.rules.same(chunk.keys(row), keys.iter().copied()),
        }
    }

    /// Every row of this key under a key root whose class is accepted: at most one a class.
    /// A row may be missing that is moved meanwhile.
    pub(crate) fn find_all(
        &self,
        root: &Root,
        key_root: ClassId,
        key: (u64, &[ValueView<'_>]),
        seen: Seen,
        accept: impl Fn(ClassId) -> bool,
    ) -> Vec<Found> {
        let mut all: Vec<Found> = Vec::new();
        while let Some(found) = self.find(root, key_root, key, seen, |id| {
            accept(id) && all.iter().all(|there| there.class() != id)
        }) {
            all.push(found);
        }
        all
    }
}
