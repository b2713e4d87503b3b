//! Finding the rows of objects that references name, and what refers to them.

use super::address::RowAddress;
use super::found::Found;
#[cfg(doc)]
use super::objects::FOLLOWED_TOGETHER;
use super::objects::ObjectNumber;
use super::root::Root;
use super::rows::Store;
use super::snapshot::Seen;
use crate::view::ValueView;
use cimarron_model::ObjectPath;
use smallvec::SmallVec;
use std::sync::Arc;

impl Store {
    /// Whether a new instance may be what some reference already names.
    pub(crate) fn has_unbound_objects(&self) -> bool {
        self.objects.has_unbound()
    }

    /// The object of a path that some reference names.
    pub(crate) fn object_at(&self, path: &Arc<ObjectPath>) -> Option<ObjectNumber> {
        self.objects.find(&self.rules, path)
    }

    /// The associations that may refer to an object, and the newest row of each.
    pub(crate) fn links_of(
        &self,
        object: ObjectNumber,
    ) -> impl Iterator<Item = (ObjectNumber, RowAddress)> {
        self.objects.links(object)
    }

    /// Shows the associations that may refer to an object, and the newest row of each, at
    /// most [`FOLLOWED_TOGETHER`] at a time.
    #[inline]
    pub(crate) fn follow_links<E>(
        &self,
        object: ObjectNumber,
        show: impl FnMut(&[ObjectNumber], &[RowAddress]) -> Result<(), E>,
    ) -> Result<(), E> {
        self.objects.follow_links(object, show)
    }

    /// Asks for the memory of an object that is going to be looked at.
    #[inline]
    pub(crate) fn expect_object(&self, object: ObjectNumber) {
        self.objects.expect(object);
    }

    /// Says where the newest rows of objects are, in their order; for one that has none, an
    /// address where no row is.
    #[inline]
    pub(crate) fn newest_addresses(
        &self,
        objects: impl Iterator<Item = ObjectNumber>,
        addresses: &mut [RowAddress],
    ) {
        self.objects.rows_of(objects, addresses);
    }

    /// The row of an object.
    #[inline]
    pub(crate) fn object_row(
        &self,
        root: &Root,
        object: ObjectNumber,
        seen: Seen,
    ) -> Option<Found> {
        let newest = self.newest_row(object)?;
        if seen.has(&newest.chunk, newest.row) {
            return self.row_for(root, &newest.chunk, newest.row);
        }
        self.older_row(root, object, &newest, seen)
    }

    /// The newest row of an object.
    fn newest_row(&self, object: ObjectNumber) -> Option<Found> {
        let mut address = self.objects.row(object)?;
        loop {
            let guard = self.directory.get(address)?;
            let row = address.row();
            let there = guard.as_ref().filter(|c| row < c.len() && c.object(row) == object);
            if let Some(chunk) = there {
                return Some(Found { chunk: chunk.clone(), row });
            }
            // It was moved between the two looks, or is gone.
            let now = self.objects.row(object).filter(|now| *now != address)?;
            address = now;
        }
    }

    /// A version of an object before its newest.
    #[cold]
    fn older_row(
        &self,
        root: &Root,
        object: ObjectNumber,
        newest: &Found,
        seen: Seen,
    ) -> Option<Found> {
        let schema = &root.schema;
        // Its class may have been made again since, under another number.
        let class = schema.by_id(newest.class()).or_else(|| {
            let path = self.objects.path(object)?;
            schema.class(path.class.as_ref()?.as_str())
        })?;
        let Some(key_root) = class.key_root() else {
            let found = self.first(root, class.def().id, seen)?;
            return (found.chunk.object(found.row) == object).then_some(found);
        };
        let keys: SmallVec<[ValueView<'_>; 4]> = newest.chunk.keys(newest.row).collect();
        let hash = self.rules.hash(keys.iter().copied());
        self.find_row(root, key_root, (hash, &keys), seen, |chunk, row| chunk.object(row) == object)
    }
}
