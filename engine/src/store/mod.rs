//! The instances of a namespace.
//!
//! Rows live in typed column chunks, one table of chunks a class; keys lead to
//! rows through one index per key root. A modify appends a whole row and marks the
//! old one as gone, so what an open snapshot holds never changes under it.
//!
//! Invariants:
//!
//! * An index names live rows only, and every live row of a class with keys is in
//!   the index of its key root exactly once.
//! * A chunk's rows follow the chunk's layout, which is that of the class version
//!   they were written with.
//! * Whoever reads holds the lock only while it collects chunks; whoever writes
//!   copies a chunk that somebody else holds.
//! * A copy of a store shares everything with it: the undo of a batch.

mod address;
mod bits;
mod chunk;
mod column;
mod directory;
mod key_index;
mod keys;
mod snapshot;

pub(crate) use address::RowAddress;
pub(crate) use chunk::{Chunk, RowQualifiers};
pub(crate) use keys::{KeyRules, Location};
pub(crate) use snapshot::Snapshot;

use crate::schema::{ClassId, ClassRef, Layout};
use crate::view::ValueView;
use chunk::CAPACITY;
use directory::{Directory, Entry};
use key_index::KeyIndex;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// A sealed chunk with fewer live rows than one in this many is emptied.
const SPARSE: usize = 4;

/// The chunks of a class.
#[derive(Clone, Debug, Default)]
struct Table {
    /// In the order of their first rows.
    chunks: Vec<u32>,
    /// The chunk that rows are appended to.
    tail: Option<u32>,
    live: usize,
}

/// What a row is written as: its class version and the index it goes into.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) layout: Arc<Layout>,
    pub(crate) key_root: Option<ClassId>,
}

impl Target {
    pub(crate) fn of(class: ClassRef<'_>) -> Self {
        Self { layout: class.layout().clone(), key_root: class.key_root() }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Store {
    directory: Directory,
    tables: FxHashMap<ClassId, Table>,
    indexes: FxHashMap<ClassId, KeyIndex>,
    rules: KeyRules,
}

impl Store {
    pub(crate) fn new(rules: KeyRules) -> Self {
        Self {
            directory: Directory::default(),
            tables: FxHashMap::default(),
            indexes: FxHashMap::default(),
            rules,
        }
    }

    pub(crate) const fn rules(&self) -> &KeyRules {
        &self.rules
    }

    /// Whether the class itself has instances.
    pub(crate) fn has_instances(&self, class: ClassId) -> bool {
        self.count(class) > 0
    }

    /// How many instances the class itself has.
    pub(crate) fn count(&self, class: ClassId) -> usize {
        self.tables.get(&class).map_or(0, |t| t.live)
    }

    /// The row of this key under a key root whose class is accepted.
    pub(crate) fn find(
        &self,
        root: ClassId,
        hash: u64,
        keys: &[ValueView<'_>],
        accept: impl Fn(ClassId) -> bool,
    ) -> Option<RowAddress> {
        self.indexes.get(&root)?.find(hash, |address| {
            self.directory.row(address).is_some_and(|entry| {
                accept(entry.class)
                    && self.rules.same(entry.chunk.keys(address.row()), keys.iter().copied())
            })
        })
    }

    /// The first instance of the class itself; that of a singleton.
    pub(crate) fn first(&self, class: ClassId) -> Option<RowAddress> {
        self.tables.get(&class)?.chunks.iter().find_map(|number| {
            let row = self.directory.get(*number)?.live_rows().next()?;
            Some(RowAddress::new(*number, row))
        })
    }

    /// The class and the chunk of a row.
    pub(crate) fn row(&self, address: RowAddress) -> Option<(ClassId, &Arc<Chunk>)> {
        self.directory.row(address).map(|e| (e.class, &e.chunk))
    }

    /// Adds a row. The caller has made sure that its key is not there.
    pub(crate) fn insert<'a>(
        &mut self,
        target: &Target,
        hash: u64,
        cells: impl Iterator<Item = (u32, ValueView<'a>)> + Clone,
        qualifiers: Option<&Arc<RowQualifiers>>,
    ) {
        let address = self.append(&target.layout, cells, qualifiers);
        if let Some(root) = target.key_root {
            let Self { directory, indexes, rules, .. } = self;
            let rehash = |a: RowAddress| hash_of(directory, rules, a);
            indexes.entry(root).or_default().insert(hash, address, rehash);
        }
    }

    /// Puts a row in the place of another one with the same key.
    pub(crate) fn replace<'a>(
        &mut self,
        old: RowAddress,
        target: &Target,
        cells: impl Iterator<Item = (u32, ValueView<'a>)> + Clone,
        qualifiers: Option<&Arc<RowQualifiers>>,
    ) {
        let address = self.append(&target.layout, cells, qualifiers);
        self.repoint(target.key_root, old, address);
        self.kill(old, target.key_root);
    }

    /// Removes a row.
    pub(crate) fn delete(&mut self, address: RowAddress, key_root: Option<ClassId>) {
        if let Some(root) = key_root {
            let hash = hash_of(&self.directory, &self.rules, address);
            if let Some(index) = self.indexes.get_mut(&root) {
                index.remove(hash, address);
            }
        }
        self.kill(address, key_root);
    }

    /// Removes all rows of a class.
    pub(crate) fn clear_class(&mut self, class: ClassId, key_root: Option<ClassId>) {
        let Some(table) = self.tables.remove(&class) else { return };
        for number in table.chunks {
            let Some(entry) = self.directory.get(number) else { continue };
            if let Some(index) = key_root.and_then(|root| self.indexes.get_mut(&root)) {
                for row in entry.live_rows() {
                    index.remove(
                        self.rules.hash(entry.chunk.keys(row)),
                        RowAddress::new(number, row),
                    );
                }
            }
            self.directory.remove(number);
        }
        if key_root == Some(class) {
            self.indexes.remove(&class);
        }
    }

    /// The chunks of a class, as they are now.
    fn chunks(&self, class: ClassId) -> impl Iterator<Item = &Entry> {
        self.tables
            .get(&class)
            .into_iter()
            .flat_map(|t| &t.chunks)
            .filter_map(|number| self.directory.get(*number))
    }

    /// Bytes allocated for rows and indexes; see [`Chunk::heap_bytes`].
    pub(crate) fn heap_bytes(&self) -> usize {
        self.directory.entries().map(|e| e.chunk.heap_bytes()).sum::<usize>()
            + self.indexes.values().map(KeyIndex::heap_bytes).sum::<usize>()
    }

    fn repoint(&mut self, key_root: Option<ClassId>, old: RowAddress, new: RowAddress) {
        if let Some(root) = key_root {
            let hash = hash_of(&self.directory, &self.rules, old);
            if let Some(index) = self.indexes.get_mut(&root) {
                index.replace(hash, old, new);
            }
        }
    }

    fn append<'a>(
        &mut self,
        layout: &Arc<Layout>,
        cells: impl Iterator<Item = (u32, ValueView<'a>)> + Clone,
        qualifiers: Option<&Arc<RowQualifiers>>,
    ) -> RowAddress {
        let text = cells.clone().filter_map(|(_, v)| v.as_str()).map(str::len).sum();
        let number = self.tail(layout, text);
        if let Some(table) = self.tables.get_mut(&layout.id) {
            table.live += 1;
        }
        let Some(entry) = self.directory.get_mut(number) else { return RowAddress::new(number, 0) };
        entry.live += 1;
        RowAddress::new(number, Arc::make_mut(&mut entry.chunk).append(cells, qualifiers))
    }

    /// The chunk to append a row of this class version to.
    fn tail(&mut self, layout: &Arc<Layout>, text_bytes: usize) -> u32 {
        let table = self.tables.entry(layout.id).or_default();
        if let Some(number) = table.tail
            && let Some(entry) = self.directory.get_mut(number)
        {
            if Arc::ptr_eq(entry.chunk.layout(), layout) && entry.chunk.has_room(text_bytes) {
                return number;
            }
            // A chunk that a snapshot holds keeps its slack rather than being copied.
            if let Some(chunk) = Arc::get_mut(&mut entry.chunk) {
                chunk.seal();
            }
        }
        let number = self.directory.add(layout.id, Chunk::new(layout.clone()));
        table.chunks.push(number);
        table.tail = Some(number);
        number
    }

    /// Marks a row as gone, and tidies up behind it.
    fn kill(&mut self, address: RowAddress, key_root: Option<ClassId>) {
        let number = address.chunk();
        let Some(entry) = self.directory.get_mut(number) else { return };
        if !entry.kill(address.row()) {
            return;
        }
        let (class, live, len) = (entry.class, entry.live, entry.chunk.len());
        let Some(table) = self.tables.get_mut(&class) else { return };
        table.live -= 1;
        let sealed = table.tail != Some(number) || len == CAPACITY;
        if live == 0 {
            self.drop_chunk(class, number);
        } else if sealed && live < len / SPARSE {
            self.empty_chunk(class, number, key_root);
        }
    }

    fn drop_chunk(&mut self, class: ClassId, number: u32) {
        self.directory.remove(number);
        if let Some(table) = self.tables.get_mut(&class) {
            table.chunks.retain(|n| *n != number);
            if table.tail == Some(number) {
                table.tail = None;
            }
            if table.chunks.is_empty() {
                self.tables.remove(&class);
            }
        }
    }

    /// Moves the last rows of a chunk to the tail and drops it.
    fn empty_chunk(&mut self, class: ClassId, number: u32, key_root: Option<ClassId>) {
        let Some(entry) = self.directory.get(number).cloned() else { return };
        if let Some(table) = self.tables.get_mut(&class) {
            if table.tail == Some(number) {
                table.tail = None;
            }
            // Appending counts the rows again.
            table.live -= entry.live;
        }
        for row in entry.live_rows() {
            let cells = entry.chunk.cells(row);
            let moved = self.append(entry.chunk.layout(), cells, entry.chunk.qualifiers(row));
            self.repoint(key_root, RowAddress::new(number, row), moved);
        }
        self.drop_chunk(class, number);
    }
}

/// The hash of a row's key.
fn hash_of(directory: &Directory, rules: &KeyRules, address: RowAddress) -> u64 {
    directory.row(address).map_or(0, |entry| rules.hash(entry.chunk.keys(address.row())))
}

#[cfg(test)]
mod tests;
