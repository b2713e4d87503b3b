//! Taking away rows that nobody can see any more, and moving together what is left.
//!
//! An index entry goes first, so nobody comes to the row any more. A chunk without rows is dropped; one that has lost most of its rows is written again.
//! Readers that hold a dropped chunk keep it until they are done.

use super::Store;
use super::address::RowAddress;
use super::chunk::Chunk;
use super::column::Column;
use super::commits::Commits;
use super::objects::ObjectNumber;
use super::table::Table;
use super::transaction::{Place, SPARSE};
use super::versions::{Births, Commit, NEVER};
use cimarron_cells::Writer;
use std::sync::Arc;

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
            self.leave_object(&chunk, object);
        }
        let gone = chunk.take_away(row);
        if !chunk.is_sealed() {
            return;
        }
        if gone == chunk.len() {
            drop_chunk(commits, store, table, &chunk, None);
        } else if gone > chunk.len() / SPARSE && chunk.migrated_at() <= horizon {
            move_rows((commits, writer), store, table, &chunk);
        }
    }
}

impl Place {
    /// Lets go of the object whose row this was. An older version that somebody may still
    /// see takes the row's place.
    fn leave_object(&self, chunk: &Chunk, object: ObjectNumber) {
        let Self { store, table, address, hash } = self;
        let objects = &store.objects;
        let is_same = |other: RowAddress| {
            other != *address && store.chunk(other).is_some_and(|c| c.object(other.row()) == object)
        };
        let older = table.index.as_ref().and_then(|index| index.find(*hash, is_same));
        match older {
            Some(older) => objects.move_row(object, *address, older),
            None => {
                if objects.forget_row(&store.rules, object, *address) {
                    let targets = chunk.links(address.row());
                    targets.for_each(|target| objects.unlink(&store.rules, target));
                }
            }
        }
    }
}

/// Takes a chunk out of its table, or puts another in its place.
fn drop_chunk(
    commits: &Commits,
    store: &Store,
    table: &Table,
    chunk: &Arc<Chunk>,
    by: Option<&Arc<Chunk>>,
) {
    let chunks = table.all_chunks();
    let next = chunks.iter().filter_map(|c| match c.number() == chunk.number() {
        true => by.cloned(),
        false => Some(c.clone()),
    });
    table.set_chunks(next.collect());
    store.directory.remove(chunk.number());
    commits.retire(chunk);
}

/// Writes the rows of a chunk that are left to a new one, unless some of them are
/// dead and still waited for.
fn move_rows(
    (commits, writer): (&Commits, &Writer),
    store: &Store,
    table: &Table,
    chunk: &Arc<Chunk>,
) {
    let rows: Vec<usize> = (0..chunk.len()).filter(|row| !chunk.deaths().is_gone(*row)).collect();
    if rows.iter().any(|row| chunk.deaths().get(*row) != NEVER) {
        return;
    }
    let Some(number) = store.directory.take_number() else { return };
    let columns = (0..chunk.layout().slots.len() as u32).map(|slot| {
        let mut column = Column::default();
        for (to, from) in rows.iter().enumerate() {
            column.set_at_end(to, chunk.value(*from, slot));
        }
        column.seal().map(Arc::new)
    });
    let births: Vec<Commit> = rows.iter().map(|row| chunk.birth(*row)).collect();
    let births = Births::list(writer, &births);
    let columns = columns.collect();
    let moved = Chunk::finished(number, chunk.layout().clone(), rows.len(), columns, births);
    for (to, from) in rows.iter().enumerate() {
        moved.put_beside(to, &chunk.beside(*from));
    }
    let moved = Arc::new(moved);
    store.directory.put(&moved);
    let pairs = rows
        .iter()
        .enumerate()
        .map(|(to, from)| (RowAddress::new(chunk.number(), *from), RowAddress::new(number, to)));
    for (old, new) in pairs.clone() {
        if let Some(index) = &table.index {
            index.insert(store.hash_at(old), new, |a| store.hash_at(a));
        }
        store.objects.move_row(chunk.object(old.row()), old, new);
    }
    table.ordered.relocate(chunk, &rows, number);
    commits.announce_move();
    for (old, _) in pairs {
        if let Some(index) = &table.index {
            index.remove(store.hash_at(old), old);
        }
    }
    drop_chunk(commits, store, table, chunk, Some(&moved));
}
