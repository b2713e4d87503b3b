//! The rows of one namespace: the chunks that hold them, what finds them, and which form of a
//! chunk belongs to which schema.

use super::address::RowAddress;
use super::chunk::Chunk;
use super::directory::Directory;
use super::found::Found;
use super::keys::KeyRules;
use super::objects::Objects;
use super::root::Root;
use super::snapshot::Seen;
use super::versions::Commit;
use crate::schema::{ClassId, Schema};
use arc_swap::ArcSwap;
use cimarron_model::Name;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The rows of one namespace.
#[derive(Debug)]
pub(crate) struct Store {
    pub(super) directory: Directory,
    pub(super) rules: KeyRules,
    pub(super) root: ArcSwap<Root>,
    pub(super) objects: Objects,
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
    pub(super) fn namespace(&self) -> Name {
        self.rules.references().location().namespace.clone()
    }

    /// The root that the writer left.
    pub(crate) fn newest_root(&self) -> Arc<Root> {
        self.root.load_full()
    }

    pub(super) fn set_root(&self, root: Arc<Root>) {
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
    pub(super) fn announce_migration(&self, commit: Commit) {
        self.migrated.store(commit, Ordering::Release);
    }

    /// A row of a chunk as the readers of a root see it, when they do; see
    /// [`Store::form_for`].
    #[inline]
    pub(super) fn row_for(&self, root: &Root, chunk: &Arc<Chunk>, row: usize) -> Option<Found> {
        Some(Found { chunk: self.form_for(root, chunk)?, row })
    }

    /// A chunk as the readers of a root see it, when they do. The directory has
    /// the newest forms of chunks; who reads an older schema takes the form that its
    /// table has. To be called with what the directory gave, since it gives new forms
    /// only after the word about them.
    #[inline]
    pub(super) fn form_for(&self, root: &Root, chunk: &Arc<Chunk>) -> Option<Arc<Chunk>> {
        if self.is_newest_form(root) { Some(chunk.clone()) } else { Self::form_in(root, chunk) }
    }

    #[inline]
    pub(super) fn is_newest_form(&self, root: &Root) -> bool {
        root.commit >= self.migrated.load(Ordering::Acquire)
    }

    #[cold]
    pub(super) fn form_in(root: &Root, chunk: &Arc<Chunk>) -> Option<Arc<Chunk>> {
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
    pub(super) fn hash_at(&self, address: RowAddress) -> u64 {
        let chunk = self.directory.get(address);
        let chunk = chunk.as_ref().and_then(|c| c.as_ref());
        chunk.map_or(0, |chunk| self.rules.hash(chunk.keys(address.row())))
    }

    /// The hashes of rows' keys, asked for one chunk after the other.
    pub(super) fn hashes(&self) -> impl FnMut(RowAddress) -> u64 {
        let mut last: Option<Arc<Chunk>> = None;
        move |address| {
            if last.as_ref().is_none_or(|chunk| chunk.number() != address.chunk()) {
                last = self.chunk(address);
            }
            last.as_ref().map_or(0, |chunk| self.rules.hash(chunk.keys(address.row())))
        }
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
