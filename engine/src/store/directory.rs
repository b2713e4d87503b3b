//! All chunks of a namespace by number, and which of their rows are gone.
//!
//! A number is used again once its chunk is dropped: a chunk is dropped only when
//! all of its rows are gone, and no index names a row that is gone.

use super::address::RowAddress;
use super::bits::Bits;
use super::chunk::Chunk;
use crate::schema::ClassId;
use std::sync::Arc;

/// A chunk and the state of its rows.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) class: ClassId,
    pub(crate) chunk: Arc<Chunk>,
    /// The rows that are gone; allocated with the first.
    pub(crate) dead: Option<Arc<Bits>>,
    /// How many rows are not.
    pub(crate) live: usize,
}

impl Entry {
    pub(crate) fn is_live(&self, row: usize) -> bool {
        row < self.chunk.len() && !self.dead.as_ref().is_some_and(|d| d.contains(row))
    }

    /// The positions of the rows that are not gone.
    pub(crate) fn live_rows(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.chunk.len()).filter(|row| self.is_live(*row))
    }

    /// Marks a row as gone; whether it was there.
    pub(crate) fn kill(&mut self, row: usize) -> bool {
        if !self.is_live(row) {
            return false;
        }
        self.live -= 1;
        Arc::make_mut(self.dead.get_or_insert_default()).insert(row)
    }
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Directory {
    entries: Vec<Option<Entry>>,
    free: Vec<u32>,
}

impl Directory {
    pub(crate) fn add(&mut self, class: ClassId, chunk: Chunk) -> u32 {
        let entry = Some(Entry { class, chunk: Arc::new(chunk), dead: None, live: 0 });
        if let Some(number) = self.free.pop()
            && let Some(slot) = self.entries.get_mut(number as usize)
        {
            *slot = entry;
            return number;
        }
        self.entries.push(entry);
        (self.entries.len() - 1) as u32
    }

    pub(crate) fn remove(&mut self, number: u32) -> Option<Entry> {
        let entry = self.entries.get_mut(number as usize)?.take();
        if entry.is_some() {
            self.free.push(number);
        }
        entry
    }

    pub(crate) fn get(&self, number: u32) -> Option<&Entry> {
        self.entries.get(number as usize)?.as_ref()
    }

    pub(crate) fn get_mut(&mut self, number: u32) -> Option<&mut Entry> {
        self.entries.get_mut(number as usize)?.as_mut()
    }

    /// The chunk and the class of a row.
    pub(crate) fn row(&self, address: RowAddress) -> Option<&Entry> {
        self.get(address.chunk())
    }

    pub(crate) fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().flatten()
    }
}
