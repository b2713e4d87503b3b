//! Many rows of one class, which come as columns: a prepared inserter's, or those of a log.
//!
//! Columns that make a chunk of their own join the store as they are; a few rows are copied,
//! column by column, to the chunk that the class is filling.

use super::address::RowAddress;
use super::arrange::Given;
use super::chunk::Chunk;
use super::column::{Column, Columns};
use super::table::Table;
use super::transaction::{Adopted, Transaction};
use super::versions::Births;
use super::{Recorded, Store};
use crate::error::EngineError;
use crate::schema::Layout;
use crate::view::ValueView;
use smallvec::SmallVec;
use std::sync::Arc;

/// How many rows ahead the memory of the index is asked for.
const AHEAD: usize = 8;

/// How many rows are copied before it is seen whether the text of more has room.
const STEP: usize = 128;

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
        check: impl Fn(u64, &[ValueView<'_>]) -> Result<(), EngineError>,
    ) -> Result<(), EngineError> {
        let mut done = 0;
        while let Some(left) = hashes.get(done..).filter(|left| !left.is_empty()) {
            self.open_run(store, table, layout)?;
            let run = self.added.open().ok_or(EngineError::StoreFull)?;
            let (chunk, first) = (run.chunk.clone(), run.chunk.len());
            let hashes = left.get(..chunk.room().min(STEP)).unwrap_or(left);
            let hashes = before_twin(hashes);
            for (row, hash) in (done..).zip(hashes) {
                let key = layout.keys.iter().map(|slot| columns.get(*slot as usize));
                let key = key.map(|column| column.map_or(ValueView::Null, |c| c.get(row)));
                check(*hash, &key.collect::<SmallVec<[ValueView<'_>; 4]>>())?;
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
            (first..first + count).for_each(|row| table.ordered.enter(&chunk, row));
            self.record_new(store, count);
            done += count;
        }
        Ok(())
    }
}

/// Those before the first that is there twice: whether two keys are one can be seen when the
/// first of them is in the index.
fn before_twin(hashes: &[u64]) -> &[u64] {
    let is_twin = |at: &usize| hashes.split_at(*at).0.contains(hashes.get(*at).unwrap_or(&0));
    let end = (1..hashes.len()).find(is_twin).unwrap_or(hashes.len());
    hashes.split_at(end).0
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
