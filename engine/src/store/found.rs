//! A row that was looked for.

use super::address::RowAddress;
use super::chunk::Chunk;
use crate::schema::ClassId;
use std::sync::Arc;

/// A row that was looked for.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) chunk: Arc<Chunk>,
    pub(crate) row: usize,
}

impl Found {
    pub(crate) fn address(&self) -> RowAddress {
        RowAddress::new(self.chunk.number(), self.row)
    }

    /// The row's own class.
    pub(crate) fn class(&self) -> ClassId {
        self.chunk.layout().id
    }
}
