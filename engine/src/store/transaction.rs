//! One commit in the making.
//!
//! A transaction holds the repository's writer. What it adds and kills carries a
//! number that is not published yet, so no reader sees any of it; the writer
//! itself sees the newest rows. [`Transaction::commit`] publishes the number. A
//! transaction that is dropped without that takes everything back.

use super::added::Added;
use super::address::RowAddress;
use super::arrange::Given;
use super::beside::Beside;
use super::changes::Recorded;
use super::chunk::Chunk;
use super::commits::{Commits, WriterState};
use super::index_list::Wanted;
use super::migrate::Migration;
use super::objects::ObjectNumber;
use super::root::Root;
use super::table::Table;
use super::versions::Commit;
use super::{Found, Store};
use crate::error::EngineError;
use crate::schema::{Layout, Schema};
use crate::view::ValueView;
use cimarron_model::{Dialect, Name, ObjectPath};
use parking_lot::MutexGuard;
use smallvec::SmallVec;
use std::sync::Arc;

/// Where a row is, and how its index finds it.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) store: Arc<Store>,
    pub(super) table: Arc<Table>,
    pub(super) address: RowAddress,
    pub(super) hash: u64,
}

/// A row that died.
#[derive(Clone, Debug)]
pub(super) struct Dead {
    pub(super) place: Place,
    pub(super) birth: Commit,
    pub(super) death: Commit,
}

/// A chunk that joined a table as a whole.
pub(super) struct Adopted {
    pub(super) store: Arc<Store>,
    pub(super) table: Arc<Table>,
    pub(super) chunk: Arc<Chunk>,
    /// Those of its rows that are in the index.
    pub(super) entered: Given,
}

pub(crate) struct Transaction<'r> {
    pub(super) commits: &'r Commits,
    pub(super) state: MutexGuard<'r, WriterState>,
    pub(super) number: Commit,
    /// Namespaces whose schema changes.
    pub(super) roots: Vec<(Arc<Store>, Arc<Root>)>,
    pub(super) added: Added,
    pub(super) killed: SmallVec<[Dead; 1]>,
    pub(super) adopted: Vec<Adopted>,
    /// How many of those have their rows in ordered indexes.
    pub(super) ordered: usize,
    /// Tables whose chunks went to others.
    pub(super) migrated: Vec<(Arc<Store>, Arc<Table>)>,
    /// Objects that were made for paths that lead nowhere yet.
    pub(super) named: Vec<(Arc<Store>, ObjectNumber)>,
    /// What else is to be taken back when this is, and what to be done once it is published.
    pub(super) undo: Vec<Box<dyn FnOnce() + 'r>>,
    pub(super) then: Vec<Box<dyn FnOnce() + Send>>,
    /// What is to be recorded; `None` when nobody listens.
    pub(super) changes: Option<Vec<Recorded>>,
    /// Whether rows are written again that are the same instances as before.
    pub(super) is_moving: bool,
    /// Whether something changed that is not among the rows and schemas.
    pub(super) is_noted: bool,
    /// Whether it has to do with instances that make the engine do something.
    pub(super) is_standing: bool,
    pub(super) done: bool,
}

impl<'r> Transaction<'r> {
    /// Waits for its turn to write.
    ///
    /// # Errors
    /// When nothing can be written any more.
    pub(crate) fn begin(commits: &'r Commits) -> Result<Self, EngineError> {
        commits.before_write();
        let transaction = Self::in_memory(commits);
        if let Some(sink) = commits.sink() {
            sink.check()?;
        }
        Ok(transaction)
    }

    /// Waits for its turn to make something out of what is there that no log has, so that it
    /// goes on where nothing can be written any more. Nothing of it is committed.
    pub(crate) fn in_memory(commits: &'r Commits) -> Self {
        let state = commits.lock();
        Self {
            commits,
            number: state.last + 1,
            state,
            roots: Vec::new(),
            added: Added::default(),
            killed: SmallVec::new(),
            adopted: Vec::new(),
            ordered: 0,
            migrated: Vec::new(),
            named: Vec::new(),
            undo: Vec::new(),
            then: Vec::new(),
            changes: commits.is_heard().then(Vec::new),
            is_moving: false,
            is_noted: false,
            is_standing: false,
            done: false,
        }
    }

    /// The number that this is going to have.
    pub(crate) const fn number(&self) -> Commit {
        self.number
    }

    /// Takes what was recorded so far, if anything is recorded at all.
    pub(crate) fn take_changes(&mut self) -> Option<Vec<Recorded>> {
        self.changes.as_mut().map(std::mem::take)
    }

    /// Records nothing any more, for that was taken.
    pub(crate) fn record_no_more(&mut self) {
        self.changes = None;
    }

    /// Says that rows go and come from now on that are the same instances, or that they no
    /// longer do.
    pub(crate) const fn set_moving(&mut self, moving: bool) {
        self.is_moving = moving;
    }

    /// Takes another number, later than before.
    pub(crate) const fn renumber(&mut self, number: Commit) {
        self.number = number;
    }

    /// The schema and tables as this transaction has them.
    pub(crate) fn root(&self, store: &Arc<Store>) -> Arc<Root> {
        let own = self.roots.iter().find(|(s, _)| Arc::ptr_eq(s, store));
        own.map_or_else(|| store.newest_root(), |(_, root)| root.clone())
    }

    /// Replaces a schema. Classes of another version than before start without rows.
    pub(crate) fn set_schema(&mut self, store: &Arc<Store>, schema: Arc<Schema>) -> Arc<Root> {
        self.set_root(store, schema, None)
    }

    /// Says which ordered indexes are asked for. New ones are still to be built.
    pub(crate) fn set_indexes(&mut self, store: &Arc<Store>, wanted: &[Wanted]) -> Arc<Root> {
        let schema = self.root(store).schema.clone();
        self.set_root(store, schema, Some(wanted))
    }

    fn set_root(
        &mut self,
        store: &Arc<Store>,
        schema: Arc<Schema>,
        wanted: Option<&[Wanted]>,
    ) -> Arc<Root> {
        let before = self.root(store);
        if let (Some(changes), None) = (&mut self.changes, wanted) {
            let (old, new) = (before.schema.clone(), schema.clone());
            changes.push(Recorded::Schema { namespace: store.namespace(), old, new });
        }
        let root = before.next(schema, self.number, store.rules.references(), wanted);
        root.attach_indexes();
        if wanted.is_none() {
            root.fill_indexes(&before);
        } else if let Some(changes) = &mut self.changes {
            changes.extend(root.index_changes(&before, &store.namespace()));
        }
        let root = Arc::new(root);
        match self.roots.iter_mut().find(|(s, _)| Arc::ptr_eq(s, store)) {
            Some((_, old)) => {
                // Nobody saw the one in between.
                root.before.store(old.before.load_full());
                *old = root.clone();
            }
            None => self.roots.push((store.clone(), root.clone())),
        }
        root
    }

    /// Takes all rows of a table over to that of a later version of the class.
    pub(crate) fn migrate(
        &mut self,
        store: &Arc<Store>,
        from: &Arc<Table>,
        to: &Arc<Table>,
        migration: &Migration<'_>,
    ) {
        self.close_tail(store, from);
        store.announce_migration(self.number);
        let chunks = from.all_chunks();
        let migrated = chunks.iter().map(|chunk| {
            let columns = migration.columns(chunk);
            Arc::new(chunk.migrated(migration.layout, columns, self.number))
        });
        let migrated: Vec<Arc<Chunk>> = migrated.collect();
        for chunk in &migrated {
            store.directory.put(chunk);
            to.ordered.enter_new(&from.ordered, chunk);
        }
        to.set_chunks(migrated);
        to.count(from.live() as isize);
        from.set_successor(Some(to.clone()));
        self.migrated.push((store.clone(), from.clone()));
        if let Some(changes) = &mut self.changes {
            let class = migration.layout.id;
            changes.push(Recorded::Taken { namespace: store.namespace(), class });
        }
    }

    /// Adds a row whose key is free.
    pub(crate) fn insert<'a>(
        &mut self,
        store: &Arc<Store>,
        table: &Arc<Table>,
        layout: &Arc<Layout>,
        hash: u64,
        cells: impl Iterator<Item = (u32, ValueView<'a>)>,
        beside: Beside,
    ) -> Result<(), EngineError> {
        self.add(store, table, layout, hash, cells, beside, &[])?;
        if self.is_moving {
            self.record(store, None, self.added.newest());
        } else {
            self.record_new(store, 1);
        }
        Ok(())
    }

    /// Adds a row in the place of one with the same key and class, whose object and
    /// whatever links are not given it takes over.
    pub(crate) fn replace<'a>(
        &mut self,
        store: &Arc<Store>,
        table: &Arc<Table>,
        layout: &Arc<Layout>,
        old: &Found,
        cells: impl Iterator<Item = (u32, ValueView<'a>)>,
        mut beside: Beside,
    ) -> Result<(), EngineError> {
        let hash = store.rules.hash(old.chunk.keys(old.row));
        let links: SmallVec<[ObjectNumber; 2]> = old.chunk.links(old.row).collect();
        beside.object = old.chunk.object(old.row);
        self.kill(store, table, old, hash);
        self.add(store, table, layout, hash, cells, beside, &links)?;
        self.record(store, Some(old), self.added.newest());
        Ok(())
    }

    #[expect(clippy::too_many_arguments, reason = "where, as what, and what")]
    fn add<'a>(
        &mut self,
        store: &Arc<Store>,
        table: &Arc<Table>,
        layout: &Arc<Layout>,
        hash: u64,
        cells: impl Iterator<Item = (u32, ValueView<'a>)>,
        mut beside: Beside,
        links_before: &[ObjectNumber],
    ) -> Result<(), EngineError> {
        self.open_run(store, table, layout)?;
        let run = self.added.open().ok_or(EngineError::StoreFull)?;
        // One that was there before may have links of then.
        let may_be_linked = beside.object != 0;
        if beside.object == 0 && !beside.links.is_empty() {
            beside.object = store.objects.add(&self.state.token);
        }
        let row = run.chunk.append(&self.state.token, cells, &beside, self.number);
        run.rows.end = row + 1;
        let address = RowAddress::new(run.chunk.number(), row);
        if beside.object != 0 {
            store.objects.bind(beside.object, address);
            for (at, link) in beside.links.iter().enumerate() {
                let is_known = links_before.get(at) == Some(link)
                    || beside.links.iter().take(at).any(|other| other == link);
                if !is_known {
                    store.objects.link(*link, beside.object, may_be_linked);
                }
            }
        }
        if let Some(index) = &table.index {
            index.insert(hash, address, store.hashes());
        }
        table.ordered.enter(&run.chunk, row);
        table.count(1);
        Ok(())
    }

    /// Sees to it that there is a tail which rows of a class are added to.
    pub(super) fn open_run(
        &mut self,
        store: &Arc<Store>,
        table: &Arc<Table>,
        layout: &Arc<Layout>,
    ) -> Result<(), EngineError> {
        if !self.added.is_open_for(table, layout) {
            let chunk = match table.open_tail(layout) {
                Some(chunk) => chunk,
                None => self.new_tail(store, table, layout)?,
            };
            self.added.begin(store, table, chunk);
        }
        Ok(())
    }

    /// The object number of a row that a reference names; `path` says where it is.
    pub(crate) fn object_of(
        &mut self,
        store: &Arc<Store>,
        found: &Found,
        path: impl FnOnce() -> ObjectPath,
    ) -> ObjectNumber {
        let mut number = found.chunk.object(found.row);
        if number == 0 {
            number = store.objects.add(&self.state.token);
            store.objects.bind(number, found.address());
            found.chunk.set_object(found.row, number);
        }
        if store.objects.path(number).is_none() {
            store.objects.name(&store.rules, number, &Arc::new(path()), true);
        }
        number
    }

    /// The object number of a path that leads to no row here.
    pub(crate) fn object_at(&mut self, store: &Arc<Store>, path: &Arc<ObjectPath>) -> ObjectNumber {
        if let Some(number) = store.object_at(path) {
            return number;
        }
        let number = store.objects.add(&self.state.token);
        store.objects.name(&store.rules, number, path, false);
        self.named.push((store.clone(), number));
        number
    }

    /// Marks a row as gone.
    pub(crate) fn delete(&mut self, store: &Arc<Store>, table: &Arc<Table>, found: &Found) {
        let object = found.chunk.object(found.row);
        if object != 0 {
            store.objects.unbind(object);
        }
        let hash = store.rules.hash(found.chunk.keys(found.row));
        self.kill(store, table, found, hash);
        self.record(store, Some(found), None);
    }

    /// Records the rows that were added last.
    pub(super) fn record_new(&mut self, store: &Store, count: usize) {
        let Some((chunk, last)) = self.added.last() else { return };
        let added = last + 1 - count..last + 1;
        self.is_standing |= chunk.layout().standing.is_some();
        let Some(changes) = &mut self.changes else { return };
        if let Some(Recorded::Rows { chunk: before, rows, .. }) = changes.last_mut()
            && Arc::ptr_eq(before, chunk)
            && rows.grow(&added)
        {
            return;
        }
        let (namespace, chunk) = (store.namespace(), chunk.clone());
        let rows = Given::as_they_lie(added);
        changes.push(Recorded::Rows { namespace, chunk, rows });
    }

    fn record(&mut self, store: &Store, old: Option<&Found>, new: Option<Found>) {
        let known = new.as_ref().or(old);
        self.is_standing |= known.is_some_and(|known| known.chunk.layout().standing.is_some());
        if let Some(changes) = &mut self.changes {
            let (old, moved) = (old.cloned(), self.is_moving);
            changes.push(Recorded::Row { namespace: store.namespace(), old, new, moved });
        }
    }

    /// Notes that a namespace came, with the schema that it starts with, or went; whoever changes the list of namespaces does,
    /// and says how to take that back and what to do once it is published.
    pub(crate) fn note_namespace(
        &mut self,
        (name, dialect, start): (&Name, Dialect, Option<Arc<Schema>>),
        undo: impl FnOnce() + 'r,
        then: Option<Box<dyn FnOnce() + Send>>,
    ) {
        self.is_noted = true;
        self.undo.push(Box::new(undo));
        self.then.extend(then);
        if let Some(changes) = &mut self.changes {
            changes.push(Recorded::Namespace { name: name.clone(), dialect, start });
        }
    }

    fn kill(&mut self, store: &Arc<Store>, table: &Arc<Table>, found: &Found, hash: u64) {
        let Found { chunk, row } = found;
        if !chunk.is_current(*row) {
            return;
        }
        chunk.kill(&self.state.token, *row, self.number);
        table.count(-1);
        let (store, table, address) = (store.clone(), table.clone(), found.address());
        let place = Place { store, table, address, hash };
        self.killed.push(Dead { place, birth: chunk.birth(*row), death: self.number });
    }

    /// Marks all rows of a table as gone.
    pub(crate) fn clear(&mut self, store: &Arc<Store>, table: &Arc<Table>) {
        for chunk in table.all_chunks().iter() {
            for row in 0..chunk.len() {
                let found = Found { chunk: chunk.clone(), row };
                if chunk.is_current(row) {
                    self.delete(store, table, &found);
                }
            }
        }
    }

    /// A new chunk to add rows to.
    fn new_tail(
        &mut self,
        store: &Store,
        table: &Table,
        layout: &Arc<Layout>,
    ) -> Result<Arc<Chunk>, EngineError> {
        self.close_tail(store, table);
        let number = store.directory.take_number().ok_or(EngineError::StoreFull)?;
        let capacity = table.next_capacity();
        let chunk = Arc::new(Chunk::tail(&self.state.token, number, layout.clone(), capacity));
        store.directory.put(&chunk);
        let mut chunks = table.all_chunks().to_vec();
        chunks.push(chunk.clone());
        table.set_chunks(chunks);
        Ok(chunk)
    }

    /// Seals the last chunk of a table, and lets go of births that no longer matter.
    pub(super) fn close_tail(&mut self, store: &Store, table: &Table) {
        self.added.close();
        let chunks = table.all_chunks();
        let recent = chunks.len().saturating_sub(RECENT);
        let is_due = |c: &Arc<Chunk>| !c.is_sealed() || c.births().is_some();
        if !chunks.iter().skip(recent).any(is_due) {
            return;
        }
        self.commits.registry.look(&mut self.state.live);
        let horizon = self.state.live.horizon();
        let mut next = chunks.to_vec();
        for chunk in next.iter_mut().skip(recent).filter(|c| is_due(c)) {
            let settled = chunk.last_birth() <= horizon;
            if settled || !chunk.is_sealed() {
                *chunk = Arc::new(chunk.sealed(&self.state.token, settled));
                store.directory.put(chunk);
            }
        }
        let emptied = |c: &Arc<Chunk>| c.deaths().gone() == c.len();
        for chunk in next.iter().filter(|c| emptied(c)) {
            store.directory.remove(chunk.number());
        }
        next.retain(|c| !emptied(c));
        table.set_chunks(next);
    }
}

/// How many of a table's last chunks are looked at when one is sealed.
const RECENT: usize = 4;
