//! The instances of a namespace, in as many versions as somebody may still see.
//!
//! ```text
//! Commits ── the order of all commits; the one writer; who reads which snapshot
//! Store ──┬── Root ──── schema, Table (chunks of one class), KeyIndex (one a key root)
//!         │            and OrderedIndex (one a property that has one)
//!         ├── Directory ── chunks by number: Tail (growing) or Column by Column (sealed)
//!         └── Objects ── what associations join, and the links of each
//! Transaction ── a commit in the making
//! ```
//!
//! Invariants:
//!
//! * A row never changes. A modify adds a whole row and stamps the death of the old
//!   one; births and deaths carry the number of their commit, and a reader of
//!   commit *n* sees what was born up to *n* and had not died by then.
//! * Every row that somebody may still see is in the index of its key root, once;
//!   whoever finds it there checks that they see it. So neither a modify nor a
//!   snapshot makes a chain to walk.
//! * A reader that finds nothing looks again if rows were moved meanwhile, and so does one
//!   that keeps no view if another commit was published.
//! * A chunk's rows follow the chunk's layout, which is that of the class version
//!   they were written with, or taken over to. The directory has the newest form of each
//!   chunk; who reads an older schema finds theirs in that schema's table.
//! * Every row that somebody may still see is in each ordered index over its class, once,
//!   unless its property is NULL. Under the index's lock an entry always leads to its row.
//! * A scan holds the chunks that it started with and needs nothing else from here.

mod added;
mod address;
mod arrange;
mod bits;
mod changes;
mod chunk;
mod column;
mod commits;
mod directory;
mod extent;
mod filled;
mod gather;
mod given;
pub(crate) mod image;
mod incoming;
mod index_list;
mod key_index;
mod keys;
mod migrate;
mod near;
mod objects;
mod ordered;
mod ordered_fill;
mod ordered_key;
mod ordered_set;
mod outcome;
mod reclaim;
mod restore;
mod root;
mod snapshot;
mod strings;
mod table;
mod tail;
mod transaction;
mod versions;
mod visit;

pub(crate) use address::RowAddress;
pub(crate) use arrange::{Arrangement, Given};
pub(crate) use changes::{ChangeLog, Listener, Moment, Next, Record, Recorded};
pub(crate) use chunk::{Beside, CAPACITY, Chunk, RowLinks, RowQualifiers};
pub(crate) use column::{Column, Columns};
pub(crate) use commits::{Applied, Commits, Sink, Woken, WriterPlace};
pub(crate) use gather::Gathered;
pub(crate) use incoming::KnownKeys;
pub(crate) use index_list::{Known, Wanted, form};
pub(crate) use keys::KeyRules;
pub(crate) use migrate::{Migration, can_take, loses_values};
pub(crate) use near::{Look, Near};
pub(crate) use objects::{FOLLOWED_TOGETHER, ObjectNumber};
pub(crate) use ordered::OrderedIndex;
pub(crate) use ordered_fill::FILLED_TOGETHER;
pub(crate) use ordered_key::{KeyForm, KeyKind, KeyRange, OrderedKey};
pub(crate) use root::Root;
pub(crate) use snapshot::{FrozenChunk, Seen, Snapshot, View};
pub(crate) use table::Table;
pub(crate) use transaction::Transaction;
pub(crate) use versions::Commit;
pub(crate) use visit::{CHUNKS_KEPT, Visit};

use crate::schema::{ClassId, Schema};
use crate::view::ValueView;
use arc_swap::ArcSwap;
use cimarron_model::{Name, ObjectPath};
use directory::Directory;
use objects::Objects;
use smallvec::SmallVec;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The rows of one namespace.
#[derive(Debug)]
pub(crate) struct Store {
    directory: Directory,
    rules: KeyRules,
    root: ArcSwap<Root>,
    objects: Objects,
    /// The last commit that gave chunks another form.
    migrated: AtomicU64,
}

impl Store {
    /// A store without rows.
    pub(crate) fn new(rules: KeyRules, schema: Arc<Schema>) -> Self {
        let root = Root::start(schema, rules.references());
        root.attach_indexes();
        let root = ArcSwap::new(Arc::new(root));
        Self {
            directory: Directory::default(),
            rules,
            root,
            objects: Objects::default(),
            migrated: AtomicU64::new(0),
        }
    }

    pub(crate) const fn rules(&self) -> &KeyRules {
        &self.rules
    }

    /// The namespace whose rows these are.
    fn namespace(&self) -> Name {
        self.rules.references().location().namespace.clone()
    }

    /// The root that the writer left.
    pub(crate) fn newest_root(&self) -> Arc<Root> {
        self.root.load_full()
    }

    fn set_root(&self, root: Arc<Root>) {
        self.root.store(root);
    }

    /// The root that a commit sees, or a later one that was published meanwhile.
    pub(crate) fn root_at(&self, at: Commit) -> Arc<Root> {
        let mut root = self.root.load_full();
        while root.commit > at
            && let Some(before) = root.before.load_full()
        {
            root = before;
        }
        root
    }

    /// Reads the root of [`Store::root_at`], without keeping it.
    #[inline]
    pub(crate) fn with_root_at<T>(&self, at: Commit, read: impl FnOnce(&Root) -> T) -> T {
        let newest = self.root.load();
        if newest.commit <= at { read(&newest) } else { read(&self.root_at(at)) }
    }

    /// Says that chunks get the forms of a commit that is not published.
    fn announce_migration(&self, commit: Commit) {
        self.migrated.store(commit, Ordering::Release);
    }

    /// A row of a chunk as the readers of a root see it, when they do; see
    /// [`Store::form_for`].
    #[inline]
    fn row_for(&self, root: &Root, chunk: &Arc<Chunk>, row: usize) -> Option<Found> {
        Some(Found { chunk: self.form_for(root, chunk)?, row })
    }

    /// A chunk as the readers of a root see it, when they do. The directory has
    /// the newest forms of chunks; who reads an older schema takes the form that its
    /// table has. To be called with what the directory gave, since it gives new forms
    /// only after the word about them.
    #[inline]
    fn form_for(&self, root: &Root, chunk: &Arc<Chunk>) -> Option<Arc<Chunk>> {
        if self.is_newest_form(root) { Some(chunk.clone()) } else { Self::form_in(root, chunk) }
    }

    #[inline]
    fn is_newest_form(&self, root: &Root) -> bool {
        root.commit >= self.migrated.load(Ordering::Acquire)
    }

    #[cold]
    fn form_in(root: &Root, chunk: &Arc<Chunk>) -> Option<Arc<Chunk>> {
        let table = root.table(chunk.layout().id)?;
        if table.version == chunk.layout().version {
            return Some(chunk.clone());
        }
        table.chunks().iter().find(|form| form.is_form_of(chunk)).cloned()
    }

    /// The chunk that an address leads to.
    pub(crate) fn chunk(&self, address: RowAddress) -> Option<Arc<Chunk>> {
        Option::clone(&*self.directory.get(address)?)
    }

    /// The hash of a row's key.
    fn hash_at(&self, address: RowAddress) -> u64 {
        let chunk = self.directory.get(address);
        let chunk = chunk.as_ref().and_then(|c| c.as_ref());
        chunk.map_or(0, |chunk| self.rules.hash(chunk.keys(address.row())))
    }

    /// The hashes of rows' keys, asked for one chunk after the other.
    fn hashes(&self) -> impl FnMut(RowAddress) -> u64 {
        let mut last: Option<Arc<Chunk>> = None;
        move |address| {
            if last.as_ref().is_none_or(|chunk| chunk.number() != address.chunk()) {
                last = self.chunk(address);
            }
            last.as_ref().map_or(0, |chunk| self.rules.hash(chunk.keys(address.row())))
        }
    }

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
    fn has_key(&self, chunk: &Chunk, row: usize, keys: &[ValueView<'_>]) -> bool {
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

    /// The first row that a class itself has.
    pub(crate) fn first(&self, root: &Root, class: ClassId, seen: Seen) -> Option<Found> {
        let chunks = root.table(class)?.all_chunks();
        chunks.iter().find_map(|chunk| {
            let row = (0..chunk.len()).find(|row| seen.has(chunk, *row))?;
            Some(Found { chunk: chunk.clone(), row })
        })
    }

    /// How many objects there are, and how many chunks.
    #[cfg(test)]
    pub(crate) fn held(&self) -> (usize, usize) {
        (self.objects.count(), self.directory.count())
    }

    /// Bytes allocated for rows and indexes; see [`Chunk::heap_bytes`].
    pub(crate) fn heap_bytes(&self) -> usize {
        let root = self.newest_root();
        let chunks = root
            .tables()
            .map(|table| table.chunks().iter().map(|chunk| chunk.heap_bytes()).sum::<usize>());
        self.directory.heap_bytes()
            + self.objects.heap_bytes()
            + chunks.sum::<usize>()
            + root.indexes().map(|index| index.heap_bytes()).sum::<usize>()
            + root.ordered().iter().map(|known| known.index.heap_bytes()).sum::<usize>()
    }
}

/// A row that was looked for.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) chunk: Arc<Chunk>,
    pub(crate) row: usize,
}

impl Found {
    pub(crate) fn address(&self) -> RowAddress {
        RowAddress::new(self.chunk.number(), self.row)
    }

    /// The row's own class.
    pub(crate) fn class(&self) -> ClassId {
        self.chunk.layout().id
    }
}

#[cfg(test)]
mod tests;
