//! Taking away rows that nobody can see any more, and moving together what is left.
//!
//! An index entry goes first, so nobody comes to the row any more. A chunk without rows is
//! dropped; one that has lost most of its rows is written again.
//! Readers that hold a dropped chunk keep it until they are done.

use super::Store;
use super::address::{CAPACITY, RowAddress};
use super::arrange::Arrangement;
use super::chunk::Chunk;
use super::column::Column;
use super::commits::Commits;
use super::key_index::{AHEAD, KeyIndex};
use super::objects::{Forgotten, ObjectNumber};
use super::ordered::KeyForm;
use super::table::Table;
use super::transaction::{Place, Transaction};
use super::versions::{Births, Commit};
use cimarron_cells::Writer;
use cimarron_model::Name;
use smallvec::SmallVec;
use std::sync::Arc;

/// A chunk with more rows gone than one in this many is written again without them.
const SPARSE: usize = 2;

/// So many rows of a chunk are worth laying out.
const MANY: usize = CAPACITY / 4;

impl Place {
    /// Takes a row away that is dead for everybody. Nobody reads a commit before the
    /// horizon.
    pub(super) fn take_away(&self, commits: &Commits, writer: &Writer, horizon: Commit) {
        let Self { store, table, address, hash } = self;
        let table = &table.newest();
        if let Some(index) = &table.index {
            index.remove(*hash, *address);
        }
        let Some(chunk) = store.chunk(*address) else { return };
        let row = address.row();
        table.ordered.leave(&chunk, row);
        let object = chunk.object(row);
        if object != 0 {
            self.leave_object(table, &chunk, object);
        }
        let gone = chunk.take_away(row);
        if gone == chunk.len() {
            // A tail takes more rows, unless its class is gone or has another table.
            if chunk.is_sealed() || !store.newest_root().has_table(chunk.layout().id, table) {
                drop_chunk(commits, store, table, &chunk, None);
            }
        } else if chunk.is_sealed()
            && gone > chunk.len() / SPARSE
            && chunk.migrated_at() <= horizon
            && !chunk.deaths().are_awaited()
        {
            // As they lie: what is read from the disk again lies so, too.
            let left: Vec<usize> =
                (0..chunk.len()).filter(|row| !chunk.deaths().is_gone(*row)).collect();
            move_rows((commits, writer, horizon), store, table, &chunk, &left);
        }
    }
}

impl Place {
    /// Lets go of the object whose row this was. Another version that somebody may still
    /// see takes the row's place, and keeps what it refers to itself.
    fn leave_object(&self, table: &Table, chunk: &Chunk, object: ObjectNumber) {
        let Self { store, address, .. } = self;
        let objects = &store.objects;
        let others = self.other_versions(table, object);
        let forgotten = match others.first() {
            Some(other) => {
                let is_dead = |chunk: Arc<Chunk>| !chunk.is_current(other.row());
                if objects.move_row(object, *address, *other)
                    && store.chunk(*other).is_some_and(is_dead)
                {
                    // An undone row was to be the object's.
                    objects.unbind(object);
                }
                Forgotten::Row
            }
            None => objects.forget_row(&store.rules, object, *address),
        };
        if forgotten == Forgotten::Elsewhere {
            return;
        }
        let mut left: SmallVec<[ObjectNumber; 2]> = SmallVec::new();
        for target in chunk.links(address.row()) {
            if target == 0 || left.contains(&target) {
                continue;
            }
            left.push(target);
            if forgotten == Forgotten::Object {
                objects.unlink(&store.rules, target);
            } else if !others.iter().any(|other| refers(store, *other, target)) {
                objects.unlink_one(&store.rules, target, object);
            }
        }
    }

    /// The rows of an object that are not taken away, but for this one.
    fn other_versions(&self, table: &Table, object: ObjectNumber) -> SmallVec<[RowAddress; 2]> {
        let Self { store, address, hash, .. } = self;
        let mut others = SmallVec::new();
        let Some(index) = &table.index else {
            // A singleton: few rows.
            for chunk in table.chunks().iter() {
                let rows = 0..chunk.len();
                let of_it = rows
                    .filter(|row| chunk.object(*row) == object && !chunk.deaths().is_gone(*row));
                let found = of_it.map(|row| RowAddress::new(chunk.number(), row));
                others.extend(found.filter(|other| other != address));
            }
            return others;
        };
        index.find(*hash, |other: RowAddress| {
            let is_it = other != *address
                && store.chunk(other).is_some_and(|c| c.object(other.row()) == object);
            if is_it {
                others.push(other);
            }
            false
        });
        others
    }
}

/// Whether an association's row refers to an object.
fn refers(store: &Store, row: RowAddress, target: ObjectNumber) -> bool {
    store.chunk(row).is_some_and(|chunk| chunk.links(row.row()).any(|link| link == target))
}

/// Entries with these hashes, before each of which the memory of a later one is asked for.
fn expecting<T>(
    index: &KeyIndex,
    hashes: &[u64],
    entries: impl Iterator<Item = T>,
) -> impl Iterator<Item = T> {
    let later = hashes.iter().skip(AHEAD).map(Some).chain(std::iter::repeat(None));
    entries.zip(later).map(|(entry, later)| {
        if let Some(later) = later {
            index.expect(*later);
        }
        entry
    })
}

/// Takes a chunk out of its table, or puts another in its place.
fn drop_chunk(
    commits: &Commits,
    store: &Store,
    table: &Table,
    chunk: &Arc<Chunk>,
    by: Option<&Arc<Chunk>>,
) {
    let replaced = |c: &Arc<Chunk>| match c.number() == chunk.number() {
        true => by.cloned(),
        false => Some(c.clone()),
    };
    let next = table.chunks().iter().filter_map(replaced).collect();
    table.set_chunks(next);
    store.directory.remove(chunk.number());
    commits.retire(chunk);
}

impl Transaction<'_> {
    /// Writes the rows of a chunk again in the order of a property, when they lie in another,
    /// unless they are in ordered indexes already. A chunk with few rows stays, and so does one
    /// with rows that somebody may wait for.
    pub(crate) fn lay_out(
        &mut self,
        store: &Arc<Store>,
        listed: &Chunk,
        (property, form): (&Name, &KeyForm),
    ) {
        let (root, class) = (self.root(store), listed.layout().id);
        let table = root.table(class).filter(|table| table.ordered.indexes().is_empty());
        let chunk = store.chunk(RowAddress::new(listed.number(), 0));
        let chunk = chunk.filter(|chunk| chunk.is_form_of(listed));
        let Some((table, chunk)) = table.zip(chunk) else { return };
        let Some(slot) = chunk.layout().slot_of(property.as_str(), 0) else { return };
        let state = &mut *self.state;
        self.commits.registry.look(&mut state.live);
        let horizon = state.live.horizon();
        // Before an index that was dropped is gone for those who read, it names rows that stay.
        let is_ahead = root.commit > state.live.visible();
        let is_old = chunk.migrated_at() > 0 && chunk.migrated_at() > horizon;
        let is_fixed = is_ahead || is_old || chunk.deaths().are_awaited();
        if is_fixed || !chunk.is_sealed() || chunk.len() < MANY {
            return;
        }
        let there = (0..chunk.len()).filter(|row| !chunk.deaths().is_gone(*row));
        let there: Vec<usize> = there.collect();
        let by = Arrangement { slot, form: form.clone() };
        if let Some(order) = by.order_of(there.iter().map(|row| chunk.value(*row, slot))) {
            let row = |at: &u16| there.get(usize::from(*at)).copied();
            let rows: Vec<usize> = order.iter().filter_map(row).collect();
            move_rows((self.commits, &state.token, horizon), store, table, &chunk, &rows);
        }
    }
}

/// Writes rows of a chunk, which are those that are left, to a new one. None of the others is
/// waited for.
fn move_rows(
    (commits, writer, horizon): (&Commits, &Writer, Commit),
    store: &Store,
    table: &Table,
    chunk: &Arc<Chunk>,
    rows: &[usize],
) {
    let Some(number) = store.directory.take_number() else { return };
    let columns = (0..chunk.layout().slots.len() as u32).map(|slot| {
        let mut column = Column::default();
        for (to, from) in rows.iter().enumerate() {
            column.set_at_end(to, chunk.value(*from, slot));
        }
        column.seal().map(Arc::new)
    });
    let births: Vec<Commit> = rows.iter().map(|row| chunk.birth(*row)).collect();
    let is_settled = births.iter().all(|birth| *birth <= horizon);
    let births = Births::list(writer, &births);
    let columns = columns.collect();
    let mut moved = Chunk::finished(number, chunk.layout().clone(), rows.len(), columns, births);
    for (to, from) in rows.iter().enumerate() {
        moved.put_beside(to, &chunk.beside(*from));
    }
    if is_settled {
        moved = moved.sealed(writer, true);
    }
    let moved = Arc::new(moved);
    store.directory.put(&moved);
    let old = |row: &usize| RowAddress::new(chunk.number(), *row);
    let new = (0..rows.len()).map(|row| RowAddress::new(number, row));
    let keyed = table.index.as_ref().map(|index| {
        let hash = |row: &usize| store.rules.hash(chunk.keys(*row));
        (index, rows.iter().map(hash).collect::<Vec<_>>())
    });
    if let Some((index, hashes)) = &keyed {
        let entries = hashes.iter().copied().zip(new.clone());
        index.insert_all(expecting(index, hashes, entries), |a| store.hash_at(a));
    }
    for (row, new) in rows.iter().zip(new) {
        store.objects.move_row(chunk.object(*row), old(row), new);
    }
    table.ordered.relocate(chunk, rows, number);
    commits.announce_move();
    if let Some((index, hashes)) = &keyed {
        let entries = hashes.iter().zip(rows.iter().map(old));
        for (hash, old) in expecting(index, hashes, entries) {
            index.remove(*hash, old);
        }
    }
    drop_chunk(commits, store, table, chunk, Some(&moved));
}
