//! Putting rows in place that were there before the program began.

use super::address::RowAddress;
use super::beside::Beside;
use super::chunk::Chunk;
use super::image::{Damaged, Image};
use super::key_index::AHEAD;
use super::objects::ObjectNumber;
#[cfg(doc)]
use super::ordered::OrderedIndex;
use super::table::Table;
use super::transaction::Transaction;
use super::{Found, Store};
use crate::schema::Layout;
use smallvec::SmallVec;
use std::sync::Arc;

/// Why rows cannot be put in place.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unfit {
    #[error(transparent)]
    Damaged(#[from] Damaged),
    #[error("the namespace holds as many rows as it can")]
    Full,
}

impl Transaction<'_> {
    /// Adds rows of an image, of which those that are gone are not there, to the key index;
    /// the chunk, which is still to be [given](Self::restore_chunks) to its table.
    pub(crate) fn restore(
        &mut self,
        store: &Arc<Store>,
        table: &Table,
        layout: &Arc<Layout>,
        (image, gone, hashes): (Image, &[u64], &[u64]),
    ) -> Result<Arc<Chunk>, Unfit> {
        let number = store.directory.take_number().ok_or(Unfit::Full)?;
        let chunk = Chunk::of_image(&self.state.token, number, layout.clone(), image, gone)?;
        let chunk = Arc::new(chunk);
        store.directory.put(&chunk);
        let mut live = 0;
        for (row, hash) in hashes.iter().enumerate() {
            if !chunk.is_current(row) {
                continue;
            }
            live += 1;
            if let Some(index) = &table.index {
                if let Some(hash) = hashes.get(row + AHEAD) {
                    index.expect(*hash);
                }
                index.insert(*hash, RowAddress::new(number, row), store.hashes());
            }
        }
        table.count(live);
        Ok(chunk)
    }

    /// Gives a table all its chunks. Their rows are still to be
    /// [entered](OrderedIndex::build) in ordered indexes.
    pub(crate) fn restore_chunks(&self, table: &Table, chunks: Vec<Arc<Chunk>>) {
        table.set_chunks(chunks);
    }

    /// Notes what a row refers to.
    pub(crate) fn link(
        &mut self,
        store: &Store,
        found: &Found,
        links: SmallVec<[ObjectNumber; 2]>,
    ) {
        let Found { chunk, row } = found;
        let mut object = chunk.object(*row);
        if object == 0 {
            object = store.objects.add(&self.state.token);
            store.objects.bind(object, found.address());
        }
        for (at, link) in links.iter().enumerate() {
            if !links.iter().take(at).any(|other| other == link) {
                store.objects.link(*link, object, false);
            }
        }
        chunk.put_beside(*row, &Beside { object, links, qualifiers: None });
    }
}
