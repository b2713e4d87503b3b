//! Doing again what the log says was done.
//!
//! Nothing is checked that was checked when it was done; what cannot be done again means that
//! the log is damaged. A whole entry is one transaction here: nobody reads yet.

use super::record::{LAID_OUT_SINCE, ROWS_SINCE, dialect, kind};
use super::schema::{Archives, change};
use crate::clock::WallTime;
use crate::codec::{Cell, Damaged, Decoder};
use crate::context::Principal;
use crate::error::EngineError;
use crate::namespace::Namespace;
use crate::namespace_name::is_normal;
use crate::repository::Repository;
use crate::row_qualifiers::RowQualifiers;
use crate::schema::{ClassId, ClassRef, Layout, Schema, Slot};
use crate::session::{add_columns, join, rejoin, slot_map, take_over};
use crate::store::{
    Beside, CAPACITY, Column, Commit, Found, Given, Moment, Record, Root, Seen, Table, Transaction,
    Wanted, image,
};
use crate::view::ValueView;
use cimarron_model::{CimType, Name};
use rkyv::util::AlignedVec;
use smallvec::SmallVec;
use std::sync::Arc;

/// Does entries of a log again.
pub(super) struct Replay<'r> {
    repository: &'r Repository,
    archives: Archives,
    image: AlignedVec<16>,
    /// The last commit that was done.
    last: Commit,
    /// When the commit was that is being done.
    time: u64,
    /// The format of the log.
    format: u32,
}

/// Why something cannot be done again.
enum Problem {
    Damaged(Damaged),
    Engine(EngineError),
}

impl From<Damaged> for Problem {
    fn from(damaged: Damaged) -> Self {
        Self::Damaged(damaged)
    }
}

impl From<EngineError> for Problem {
    fn from(error: EngineError) -> Self {
        Self::Engine(error)
    }
}

type Done<T = ()> = Result<T, Problem>;

/// Where the changes are that come.
struct Within {
    namespace: Arc<Namespace>,
    root: Arc<Root>,
    /// The root before the last change of the schema.
    before: Arc<Root>,
    /// The class of the last row.
    class: Option<(ClassId, Arc<Layout>, Arc<Table>)>,
}

type Keys<'a> = SmallVec<[ValueView<'a>; 4]>;

/// The values of a row by slot, as they lie in the log.
type Row<'a> = SmallVec<[(u32, Cell<'a>); 12]>;

impl<'r> Replay<'r> {
    /// Goes on behind a commit.
    pub(super) fn new(repository: &'r Repository, archives: Archives, last: Commit) -> Self {
        Self { repository, archives, image: AlignedVec::new(), last, time: 0, format: 0 }
    }

    /// Does an entry again, of a log of a format.
    pub(super) fn entry(&mut self, bytes: &[u8], format: u32) -> Result<(), EngineError> {
        self.format = format;
        let mut decoder = Decoder::new(bytes);
        let commits = self.repository.commits();
        let mut transaction = Transaction::begin(commits)?;
        let mut records = Vec::new();
        let done = self.records(&mut decoder, &mut transaction, &mut records);
        let problem = match done {
            Ok(by) => {
                transaction.record_no_more();
                transaction.commit(&by)?;
                commits.remember(records);
                return Ok(());
            }
            Err(Problem::Engine(error)) => error.to_string(),
            Err(Problem::Damaged(damaged)) => damaged.to_string(),
        };
        Err(EngineError::DataDamaged { place: format!("commit {}", self.last + 1), problem })
    }

    fn records(
        &mut self,
        decoder: &mut Decoder<'_>,
        transaction: &mut Transaction<'r>,
        records: &mut Vec<Record>,
    ) -> Done<Principal> {
        let mut by = Principal::system();
        let mut within = None;
        while decoder.remaining() > 0 {
            let commit = decoder.u64()?;
            if commit != self.last + 1 {
                return Err(wrong(decoder, "a commit out of order"));
            }
            let name = decoder.text()?;
            if by.name() != name {
                by = Principal::new(name);
            }
            transaction.renumber(commit);
            while self.change(decoder, transaction, &mut within)? {}
            self.last = commit;
            // Those who want to know of one commit do not want to know of the entry.
            if let Some(changes) = transaction.take_changes() {
                let now = self.repository.commits().moment_of_clock();
                let wall = WallTime { ticks: self.time, ..now.wall };
                let at = Moment { wall, ..now };
                records.push(Record { commit, raised: 0, at, by: by.clone(), changes });
            }
        }
        Ok(by)
    }

    /// Does one change again; `false` at the end of the record.
    fn change(
        &mut self,
        decoder: &mut Decoder<'_>,
        transaction: &mut Transaction<'r>,
        within: &mut Option<Within>,
    ) -> Done<bool> {
        match decoder.u8()? {
            kind::END => return Ok(false),
            kind::TIME => self.time = decoder.u64()?,
            kind::MOVED => transaction.set_moving(true),
            kind::WITHIN => {
                let name = decoder.text()?;
                // Nearly always that of the commit before.
                let is_there = |within: &Within| within.namespace.name.as_str() == name;
                if !within.as_ref().is_some_and(is_there) {
                    let found = self.repository.current(&Name::new(name));
                    let namespace = found.ok_or_else(|| wrong(decoder, "an unknown namespace"))?;
                    let root = transaction.root(&namespace.store);
                    *within = Some(Within { namespace, before: root.clone(), root, class: None });
                }
            }
            kind::ARCHIVE => {
                let bytes = decoder.bytes()?;
                self.archives.add(bytes).map_err(|_| wrong(decoder, "a broken archive"))?;
            }
            kind::NAMESPACE => {
                let name = decoder.name()?;
                let dialect = dialect(decoder.u8()?);
                let dialect = dialect.ok_or_else(|| wrong(decoder, "an unknown dialect"))?;
                let start = change(decoder, &Schema::default(), &self.archives)?;
                let start = shared_start(&name, dialect, start);
                *within = None;
                may_come(self.repository, &name).map_err(|what| wrong(decoder, what))?;
                self.repository.install(transaction, &name, dialect, start);
            }
            kind::NO_NAMESPACE => {
                let found = self.repository.current(&decoder.name()?);
                *within = None;
                let namespace = found.ok_or_else(|| wrong(decoder, "an unknown namespace"))?;
                self.repository.uninstall(transaction, &namespace);
            }
            kind => {
                let nowhere = || wrong(decoder, "a change outside of every namespace");
                let within = within.as_mut().ok_or_else(nowhere)?;
                self.inside(kind, decoder, transaction, within)?;
                transaction.set_moving(false);
            }
        }
        Ok(true)
    }

    /// Does a change to what a namespace holds again.
    fn inside(
        &mut self,
        kind: u8,
        decoder: &mut Decoder<'_>,
        transaction: &mut Transaction<'r>,
        within: &mut Within,
    ) -> Done {
        match kind {
            kind::INSERT => within.insert(decoder, transaction),
            kind::REPLACE => within.replace(decoder, transaction),
            kind::DELETE => within.delete(decoder, transaction),
            kind::CHUNK => self.adopt(decoder, transaction, within, false),
            // An older program, whose log it is, would refuse it.
            kind::LAID_OUT if self.format >= LAID_OUT_SINCE => {
                self.adopt(decoder, transaction, within, true)
            }
            kind::ROWS if self.format >= ROWS_SINCE => within.rows(decoder, transaction),
            kind::SCHEMA => {
                let schema = change(decoder, &within.root.schema, &self.archives)?;
                within.before = within.root.clone();
                let store = &within.namespace.store;
                within.root = transaction.set_schema(store, Arc::new(schema));
                within.class = None;
                Ok(())
            }
            kind::TAKEN => self.take(decoder, transaction, within),
            kind::INDEX => within.index(decoder, transaction),
            _ => Err(wrong(decoder, "an unknown kind of change")),
        }
    }

    fn adopt(
        &mut self,
        decoder: &mut Decoder<'_>,
        transaction: &mut Transaction<'r>,
        within: &mut Within,
        is_laid_out: bool,
    ) -> Done {
        let (layout, table) = within.class(decoder)?;
        self.image.clear();
        self.image.extend_from_slice(decoder.bytes()?);
        let image = image::decode(&self.image, &layout)
            .map_err(|_| wrong(decoder, "rows that do not fit their class"))?;
        let store = &within.namespace.store;
        let hashes: Vec<u64> = image.key_hashes(&layout, store.rules()).collect();
        transaction.reserve(store, &table, hashes.len());
        let given = match is_laid_out {
            true => given(decoder, hashes.len())?,
            false => Given::as_they_lie(0..hashes.len()),
        };
        let rows = (image.columns, hashes.as_slice(), &given);
        transaction.adopt(store, &table, &layout, rows, |_, _, _| Ok(()))?;
        transaction.enter_adopted();
        Ok(())
    }

    fn take(
        &self,
        decoder: &mut Decoder<'_>,
        transaction: &mut Transaction<'r>,
        within: &Within,
    ) -> Done {
        let class = ClassId(decoder.u32()?);
        let Within { namespace, root, before, .. } = within;
        let map = slot_map((&before.schema, &root.schema), class)
            .ok_or_else(|| wrong(decoder, "rows that cannot be taken over"))?;
        let limits = self.repository.limits();
        take_over((namespace, limits), transaction, (before, root), class, &map)?;
        Ok(())
    }
}

/// In which order the rows of a chunk were given.
fn given(decoder: &mut Decoder<'_>, rows: usize) -> Done<Given> {
    let (places, rest) = decoder.bytes()?.as_chunks();
    let places: Vec<u16> = places.iter().map(|bytes| u16::from_le_bytes(*bytes)).collect();
    let is_whole = rest.is_empty() && places.len() == rows;
    let given = is_whole.then(|| Given::at(places)).flatten();
    given.ok_or_else(|| wrong(decoder, "rows in no order"))
}

impl Within {
    /// The class that comes, and where its rows are.
    fn class(&mut self, decoder: &mut Decoder<'_>) -> Done<(Arc<Layout>, Arc<Table>)> {
        let id = ClassId(decoder.u32()?);
        if let Some((_, layout, table)) = self.class.as_ref().filter(|(last, ..)| *last == id) {
            return Ok((layout.clone(), table.clone()));
        }
        let found = self.root.schema.by_id(id).zip(self.root.table(id));
        let (class, table) = found.ok_or_else(|| wrong(decoder, "rows of an unknown class"))?;
        let (layout, table) = (class.layout().clone(), table.clone());
        self.class = Some((id, layout.clone(), table.clone()));
        Ok((layout, table))
    }

    fn insert(&mut self, decoder: &mut Decoder<'_>, transaction: &mut Transaction<'_>) -> Done {
        let (layout, table) = self.class(decoder)?;
        let row = row(decoder, &layout)?;
        let mut beside = Beside { qualifiers: qualifiers(decoder)?, ..Beside::default() };
        let Self { namespace, root, .. } = self;
        let value = |slot: u32| value(&row, slot);
        join(namespace, root, transaction, &layout, value, &mut beside);
        let store = &namespace.store;
        let hash = store.rules().hash(layout.keys.iter().map(|slot| value(*slot)));
        transaction.insert(store, &table, &layout, hash, cells(&row), beside)?;
        Ok(())
    }

    fn rows(&mut self, decoder: &mut Decoder<'_>, transaction: &mut Transaction<'_>) -> Done {
        let (layout, table) = self.class(decoder)?;
        let mut columns = vec![Column::default(); layout.slots.len()];
        let rows = decoder.columns(CAPACITY, |slot, row, value| {
            let fits = layout.slot(slot).is_some_and(|slot| takes(slot, value));
            let column = columns.get_mut(slot as usize).filter(|_| fits);
            column.map(|column| column.set_at_end(row, value)).is_some()
        })?;
        let Self { namespace, root, .. } = self;
        let value = |row: usize, slot: u32| columns.get(slot as usize).map(|c| c.get(row));
        let key = |row| layout.keys.iter().map(move |slot| value(row, *slot).unwrap_or_default());
        let hashes: Vec<u64> =
            (0..rows).map(|row| namespace.store.rules().hash(key(row))).collect();
        let rows = (columns.as_slice(), hashes.as_slice());
        add_columns(namespace, root, transaction, (&layout, &table), rows, |_, _| Ok(()))?;
        Ok(())
    }

    fn replace(&mut self, decoder: &mut Decoder<'_>, transaction: &mut Transaction<'_>) -> Done {
        let (layout, table) = self.class(decoder)?;
        let row = row(decoder, &layout)?;
        let mut beside = Beside { qualifiers: qualifiers(decoder)?, ..Beside::default() };
        let keys: Keys<'_> = layout.keys.iter().map(|slot| value(&row, *slot)).collect();
        let old = self.find(decoder, &layout, &keys)?;
        let Self { namespace, root, .. } = self;
        let changed = |slot: u32| {
            let new = value(&row, slot);
            (!new.is_identical(old.chunk.value(old.row, slot))).then_some(new)
        };
        rejoin(namespace, root, transaction, (&layout, &old), changed, &mut beside);
        let store = &namespace.store;
        transaction.replace(store, &table, &layout, &old, cells(&row), beside)?;
        Ok(())
    }

    fn delete(&mut self, decoder: &mut Decoder<'_>, transaction: &mut Transaction<'_>) -> Done {
        let (layout, table) = self.class(decoder)?;
        if decoder.count(1)? != layout.keys.len() {
            return Err(wrong(decoder, "a key of another class"));
        }
        let mut cells: SmallVec<[Cell<'_>; 4]> = SmallVec::new();
        for _ in &layout.keys {
            cells.push(decoder.cell()?);
        }
        let keys: Keys<'_> = cells.iter().map(Cell::view).collect();
        let old = self.find(decoder, &layout, &keys)?;
        transaction.delete(&self.namespace.store, &table, &old);
        Ok(())
    }

    /// The row of a class that has a key.
    fn find(&self, decoder: &Decoder<'_>, layout: &Layout, keys: &[ValueView<'_>]) -> Done<Found> {
        let (store, root) = (&self.namespace.store, &self.root);
        let key_root = root.schema.by_id(layout.id).and_then(ClassRef::key_root);
        let found = match key_root {
            Some(key_root) => {
                let key = (store.rules().hash(keys.iter().copied()), keys);
                store.find(root, key_root, key, Seen::Current, |class| class == layout.id)
            }
            None => store.first(root, layout.id, Seen::Current),
        };
        found.ok_or_else(|| wrong(decoder, "a change of an instance that is not there"))
    }

    fn index(&mut self, decoder: &mut Decoder<'_>, transaction: &mut Transaction<'_>) -> Done {
        let (class, property) = (decoder.name()?, decoder.name()?);
        let comes = decoder.bool()?;
        let class = self.root.schema.class(class.as_str());
        let class = class.ok_or_else(|| wrong(decoder, "an index of an unknown class"))?;
        let this: Wanted = (class.def().id, property);
        let mut wanted = self.root.wanted();
        wanted.retain(|other| *other != this);
        if comes {
            wanted.push(this.clone());
        }
        let store = &self.namespace.store;
        let root = transaction.set_indexes(store, &wanted);
        if comes {
            transaction.build_index(store, &root, &this);
        }
        self.root = root;
        Ok(())
    }
}

/// Whether a namespace of this name can be made; why not.
pub(super) fn may_come(repository: &Repository, name: &Name) -> Result<(), &'static str> {
    if !is_normal(name.as_str()) {
        return Err("an impossible name of a namespace");
    }
    match repository.current(name) {
        Some(_) => Err("a namespace that is there already"),
        None => Ok(()),
    }
}

/// A schema as namespaces start with it, in the one copy that they share when it is that of
/// this program.
pub(super) fn shared_start(
    name: &Name,
    dialect: cimarron_model::Dialect,
    start: Schema,
) -> Arc<Schema> {
    let ours = crate::system::schema(name, dialect);
    if ours.is_same_as(&start) { ours } else { Arc::new(start) }
}

/// The values of a row, each of its slot's type.
fn row<'a>(decoder: &mut Decoder<'a>, layout: &Layout) -> Done<Row<'a>> {
    let mut row = Row::new();
    for cell in decoder.cells()? {
        row.push(cell?);
    }
    let mut next = 0;
    for (slot, cell) in &row {
        let fits = layout.slot(*slot).is_some_and(|slot| takes(slot, cell.view()));
        if *slot < next || !fits {
            return Err(wrong(decoder, "a value that does not fit its property"));
        }
        next = slot + 1;
    }
    Ok(row)
}

/// Whether a property may have a value.
fn takes(slot: &Slot, value: ValueView<'_>) -> bool {
    let is_array = matches!(value, ValueView::Array(_));
    let same_type = value.cim_type().is_some_and(|of| {
        // DMTF's embedded objects may be held as text.
        of == slot.cim_type || (slot.embedded_text && of == CimType::String)
    });
    same_type && is_array == slot.array.is_array()
}

fn qualifiers(decoder: &mut Decoder<'_>) -> Done<Option<Arc<RowQualifiers>>> {
    Ok(if decoder.bool()? { Some(Arc::new(decoder.row_qualifiers()?)) } else { None })
}

fn value<'v>(row: &'v Row<'_>, slot: u32) -> ValueView<'v> {
    let found = row.iter().find(|(there, _)| *there == slot);
    found.map_or(ValueView::Null, |(_, cell)| cell.view())
}

fn cells<'v>(row: &'v Row<'_>) -> impl Iterator<Item = (u32, ValueView<'v>)> {
    row.iter().map(|(slot, cell)| (*slot, cell.view()))
}

const fn wrong(decoder: &Decoder<'_>, what: &'static str) -> Problem {
    Problem::Damaged(Damaged { what, at: decoder.position() })
}
