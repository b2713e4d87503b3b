//! What a checkpoint has of a chunk, and chunks that were read from one.

use super::{Chunk, Stored};
use crate::schema::Layout;
use crate::store::image::{Damaged, Image};
use crate::store::versions::{Births, UNDONE};
use cimarron_cells::Writer;
use cimarron_journal::BlobId;
use parking_lot::RwLock;
use std::sync::Arc;

impl Chunk {
    /// Rows that were read from an image, which everybody sees but for those that are marked,
    /// 64 a word: those are gone, and nobody ever sees them.
    ///
    /// # Errors
    /// When rows are marked that are not there.
    pub(crate) fn of_image(
        writer: &Writer,
        number: u32,
        layout: Arc<Layout>,
        image: Image,
        gone: &[u64],
    ) -> Result<Self, Damaged> {
        let Image { rows, columns, qualifiers } = image;
        let chunk =
            Self { births: None, ..Self::finished(number, layout, rows, columns, Births::all(0)) };
        if !qualifiers.is_empty() {
            chunk.shared.qualifiers.get_or_init(RwLock::default).write().extend(qualifiers);
        }
        for (at, word) in gone.iter().enumerate() {
            for bit in (0..64).filter(|bit| word >> bit & 1 == 1) {
                let row = at * 64 + bit;
                if row >= rows {
                    return Err(Damaged::new(format!("row {row} of {rows} is dead")));
                }
                chunk.kill(writer, row, UNDONE);
                chunk.take_away(row);
            }
        }
        Ok(chunk)
    }

    /// Where a checkpoint has the first so many rows, if one has them as they are.
    pub(crate) fn stored(&self, rows: usize) -> Option<BlobId> {
        let stored = (*self.shared.stored.lock())?;
        let is_same = stored.rows as usize == rows && stored.version == self.layout.version;
        is_same.then_some(stored.blob)
    }

    /// Says where a checkpoint has the first so many rows.
    pub(crate) fn set_stored(&self, blob: BlobId, rows: usize) {
        let (rows, version) = (rows as u32, self.layout.version);
        *self.shared.stored.lock() = Some(Stored { blob, rows, version });
    }
}
