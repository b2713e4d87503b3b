//! Many rows of one class, which come as columns: a prepared inserter's, or those of a log.
//!
//! Columns that make a chunk of their own join the store as they are; a few rows are copied,
//! column by column, to the chunk that the class is filling.

use super::address::RowAddress;
use super::arrange::Given;
use super::chunk::Chunk;
use super::column::{Column, Columns};
use super::key_index::{AHEAD, KeptShards};
use super::root::Root;
use super::table::Table;
use super::transaction::{Adopted, Transaction};
use super::versions::Births;
use super::{Recorded, Store};
use crate::error::EngineError;
use crate::schema::{ClassId, Layout};
use crate::view::ValueView;
use smallvec::SmallVec;
use std::sync::Arc;

/// How many bits of a hash are looked at before all of it.
const BEGINNING: u32 = 12;

/// How many rows are copied before it is seen whether the text of more has room.
const STEP: usize = 128;

/// The keys under a key root, for who asks of many whether they are free.
#[derive(Debug)]
pub(crate) struct KnownKeys(Option<KeptShards>);

impl KnownKeys {
    pub(crate) fn of(root: &Root, key_root: Option<ClassId>) -> Self {
        Self(key_root.and_then(|key_root| root.index(key_root)).cloned().map(KeptShards::of))
    }

    /// Has a key checked, unless no row has one with this hash.
    #[inline]
    pub(crate) fn check(
        &mut self,
        hash: u64,
        check: impl FnOnce() -> Result<(), EngineError>,
    ) -> Result<(), EngineError> {
        let may_have = self.0.as_mut().is_none_or(|shards| shards.may_have(hash));
        if may_have { check() } else { Ok(()) }
    }
}

impl Transaction<'_> {
    /// Makes room for many rows that are going to be added.
    pub(crate) fn reserve(&self, store: &Store, table: &Table, rows: usize) {
        if let Some(index) = &table.index {
            index.reserve(rows, store.hashes());
        }
    }

    /// Adds a chunk of finished columns whose keys are free; `is_free` is asked about
    /// each row before it joins the index, in the order in which they were given. Its rows are
    /// still to be [entered](Transaction::enter_adopted) in ordered indexes.
    pub(crate) fn adopt(
        &mut self,
        store: &Arc<Store>,
        table: &Arc<Table>,
        layout: &Arc<Layout>,
        (columns, hashes, given): (Columns, &[u64], &Given),
        is_free: impl Fn(&Chunk, usize, u64) -> Result<(), EngineError>,
    ) -> Result<(), EngineError> {
        self.close_tail(store, table);
        let number = store.directory.take_number().ok_or(EngineError::StoreFull)?;
        let births = Births::all(self.number);
        let chunk = Chunk::finished(number, layout.clone(), hashes.len(), columns, births);
        let chunk = Arc::new(chunk);
        store.directory.put(&chunk);
        let mut chunks = table.all_chunks().to_vec();
        chunks.push(chunk.clone());
        table.set_chunks(chunks);
        let (entered, outcome) = enter((store, table), &chunk, (hashes, given), is_free);
        table.count(entered as isize);
        self.adopted.push(Adopted {
            store: store.clone(),
            table: table.clone(),
            chunk: chunk.clone(),
            entered: given.first(entered),
        });
        outcome?;
        self.is_standing |= layout.standing.is_some();
        if let Some(changes) = &mut self.changes {
            let rows = given.clone();
            changes.push(Recorded::Rows { namespace: store.namespace(), chunk, rows });
        }
        Ok(())
    }

    /// Adds the rows of columns, by slot, that have neither references nor objects, with the
    /// hashes of their keys; `check` is asked about each before any of those with it is added.
    pub(crate) fn copy_in(
        &mut self,
        store: &Arc<Store>,
        table: &Arc<Table>,
        layout: &Arc<Layout>,
        (columns, hashes): (&[Column], &[u64]),
        mut check: impl FnMut(u64, &[ValueView<'_>]) -> Result<(), EngineError>,
    ) -> Result<(), EngineError> {
        let keys = layout.keys.iter().map(|slot| columns.get(*slot as usize));
        let keys: SmallVec<[Option<&Column>; 4]> = keys.collect();
        let mut done = 0;
        while let Some(left) = hashes.get(done..).filter(|left| !left.is_empty()) {
            self.open_run(store, table, layout)?;
            let run = self.added.open().ok_or(EngineError::StoreFull)?;
            let (chunk, first) = (run.chunk.clone(), run.chunk.len());
            let hashes = left.get(..chunk.room().min(STEP)).unwrap_or(left);
            let hashes = before_twin(hashes);
            if let Some(index) = &table.index {
                index.expect_all(hashes);
            }
            for (row, hash) in (done..).zip(hashes) {
                if let [only] = keys.as_slice() {
                    check(*hash, &[value(*only, row)])?;
                    continue;
                }
                let key: SmallVec<[_; 4]> = keys.iter().map(|key| value(*key, row)).collect();
                check(*hash, &key)?;
            }
            let count = hashes.len();
            chunk.append_rows(&self.state.token, (columns, done..done + count), self.number);
            run.rows.end = first + count;
            table.count(count as isize);
            if let Some(index) = &table.index {
                let address = |row| RowAddress::new(chunk.number(), row);
                let entries = hashes.iter().copied().zip((first..).map(address));
                index.insert_all(entries, store.hashes());
            }
            table.ordered.enter_rows(&chunk, first..first + count);
            self.record_new(store, count);
            done += count;
        }
        Ok(())
    }
}

fn value(column: Option<&Column>, row: usize) -> ValueView<'_> {
    column.map_or(ValueView::Null, |column| column.get(row))
}

/// Those before the first that is there twice: whether two keys are one can be seen when the
/// first of them is in the index.
fn before_twin(hashes: &[u64]) -> &[u64] {
    // A bit for all hashes that begin alike: few begin as another does.
    let mut begun = [0_u64; (1 << BEGINNING) / 64];
    let is_twin = |(at, hash): (usize, &u64)| {
        let beginning = hash >> (64 - BEGINNING);
        let bit = 1 << (beginning % 64);
        let word = begun.get_mut((beginning / 64) as usize)?;
        let is_alone = *word & bit == 0;
        *word |= bit;
        let before = hashes.split_at(at).0;
        (!is_alone && before.contains(hash)).then_some(before)
    };
    hashes.iter().enumerate().find_map(is_twin).unwrap_or(hashes)
}

/// Enters the keys of a chunk's rows in the index, as long as they are free; how many, and why
/// no more.
fn enter(
    (store, table): (&Store, &Table),
    chunk: &Chunk,
    (hashes, given): (&[u64], &Given),
    is_free: impl Fn(&Chunk, usize, u64) -> Result<(), EngineError>,
) -> (usize, Result<(), EngineError>) {
    let Some(index) = &table.index else { return (hashes.len(), Ok(())) };
    let mut later = given.rows().skip(AHEAD);
    for (nth, row) in given.rows().enumerate() {
        if let Some(later) = later.next().and_then(|row| hashes.get(row)) {
            index.expect(*later);
        }
        let Some(hash) = hashes.get(row) else { continue };
        if let Err(error) = is_free(chunk, row, *hash) {
            return (nth, Err(error));
        }
        index.insert(*hash, RowAddress::new(chunk.number(), row), store.hashes());
    }
    (hashes.len(), Ok(()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_end_before_the_first_whose_hash_was_there() {
        // Some begin alike, and some of those are the same.
        let hashes = |n: u64| (0..n).map(|at| ((at % 5) << 60) | (at / 5 % 9)).collect::<Vec<_>>();
        for count in 0..128 {
            let all = hashes(count);
            let naive = (0..all.len()).find(|at| all[..*at].contains(&all[*at]));
            assert_eq!(before_twin(&all), &all[..naive.unwrap_or(all.len())], "{count}");
        }
    }
}
