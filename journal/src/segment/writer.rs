//! Writing segments. They stand under their own names from the beginning: one that no manifest
//! names is removed when the directory is opened.

use super::{ALIGNMENT, BlobId, Entry, HEADER, Segment, header, seal};
use crate::error::{JournalError, Result};
use crate::journal::Shared;
use crate::medium::WriteFile;
use crate::names;
use std::sync::Arc;

/// A blob that would make a segment larger than this goes into the next one.
const FULL: u64 = 64 << 20;
/// Small blobs are collected up to so many bytes before they are written.
const BUFFER: usize = 1 << 20;

/// Writes blobs into new segments. Dropped before [`SegmentWriter::finish`], it removes them.
#[derive(Debug)]
pub struct SegmentWriter {
    shared: Arc<Shared>,
    /// Those that are full: written and synced.
    full: Vec<Segment>,
    open: Option<Open>,
    /// Something could not be written, so positions do not hold any more.
    failed: bool,
}

/// The segment that is being written.
#[derive(Debug)]
struct Open {
    number: u32,
    path: String,
    file: Box<dyn WriteFile>,
    buffer: Vec<u8>,
    /// Where the next byte goes, the buffer counted.
    position: u64,
    entries: Vec<Entry>,
}

impl SegmentWriter {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { shared, full: Vec::new(), open: None, failed: false }
    }

    /// Adds a blob and says where it is. Nothing is durable before [`SegmentWriter::finish`].
    ///
    /// # Errors
    /// When the medium refuses; nothing more can be added then.
    pub fn add(&mut self, bytes: &[u8]) -> Result<BlobId> {
        if self.failed {
            return Err(JournalError::refused("a segment that could not be written goes on"));
        }
        let added = self.try_add(bytes);
        self.failed = added.is_err();
        added
    }

    fn try_add(&mut self, bytes: &[u8]) -> Result<BlobId> {
        if self.open.as_ref().is_some_and(|open| open.is_full_for(bytes.len() as u64)) {
            self.close()?;
        }
        let open = match &mut self.open {
            Some(open) => open,
            none => none.insert(Open::begin(&self.shared)?),
        };
        open.add(bytes)
    }

    /// Makes the segments durable, and gives their numbers, for a checkpoint to name them.
    ///
    /// # Errors
    /// When the medium refuses; no segment is left then.
    pub fn finish(mut self) -> Result<Vec<u32>> {
        if self.failed {
            return Err(JournalError::refused("a segment that could not be written is used"));
        }
        self.close()?;
        if self.full.is_empty() {
            return Ok(Vec::new());
        }
        self.shared.sync_folder()?;
        let segments = std::mem::take(&mut self.full);
        let numbers = segments.iter().map(Segment::number).collect();
        self.shared.finished(segments);
        Ok(numbers)
    }

    /// Ends the segment that is being written, if there is one.
    fn close(&mut self) -> Result<()> {
        if let Some(open) = &mut self.open {
            let segment = open.end(&self.shared)?;
            self.full.push(segment);
            self.open = None;
        }
        Ok(())
    }
}

impl Drop for SegmentWriter {
    fn drop(&mut self) {
        let open = self.open.take().map(|open| open.number);
        for number in self.full.drain(..).map(|segment| segment.number()).chain(open) {
            // What stays is removed when the directory is opened next.
            let _ = self.shared.medium.remove(&names::segment(number));
        }
    }
}

impl Open {
    fn begin(shared: &Shared) -> Result<Self> {
        let number = shared.next_segment()?;
        let name = names::segment(number);
        let path = shared.medium.path(&name);
        let file = shared
            .medium
            .create(&name)
            .map_err(|error| JournalError::io(path.as_str(), "create", error))?;
        let buffer = header(number).to_vec();
        Ok(Self { number, path, file, buffer, position: HEADER as u64, entries: Vec::new() })
    }

    fn is_full_for(&self, length: u64) -> bool {
        !self.entries.is_empty() && self.position.saturating_add(length) > FULL
    }

    fn add(&mut self, bytes: &[u8]) -> Result<BlobId> {
        let index = u32::try_from(self.entries.len())
            .map_err(|_| JournalError::refused("too many blobs in one segment"))?;
        let hash = *blake3::hash(bytes).as_bytes();
        self.entries.push(Entry { offset: self.position, length: bytes.len() as u64, hash });
        self.append(bytes)?;
        let padding = self.position.next_multiple_of(ALIGNMENT) - self.position;
        self.append([0; ALIGNMENT as usize].get(..padding as usize).unwrap_or_default())?;
        Ok(BlobId { segment: self.number, index })
    }

    fn append(&mut self, bytes: &[u8]) -> Result<()> {
        self.position += bytes.len() as u64;
        if self.buffer.len() + bytes.len() <= BUFFER {
            self.buffer.extend_from_slice(bytes);
            return Ok(());
        }
        self.flush()?;
        if bytes.len() < BUFFER {
            self.buffer.extend_from_slice(bytes);
            return Ok(());
        }
        self.file.append(bytes).map_err(|error| self.failed("write", error))
    }

    fn flush(&mut self) -> Result<()> {
        if let Err(error) = self.file.append(&self.buffer) {
            return Err(self.failed("write", error));
        }
        self.buffer.clear();
        Ok(())
    }

    /// Writes the table, syncs, and opens for reading what was written.
    fn end(&mut self, shared: &Shared) -> Result<Segment> {
        let (table, seal) = seal(self.number, &self.entries, self.position)
            .ok_or_else(|| JournalError::refused("too many blobs in one segment"))?;
        self.append(&table)?;
        self.append(&seal)?;
        self.flush()?;
        self.file.sync().map_err(|error| self.failed("sync", error))?;
        let file = shared
            .medium
            .open(&names::segment(self.number))
            .map_err(|error| self.failed("open", error))?;
        Ok(Segment {
            number: self.number,
            path: self.path.clone(),
            file,
            length: self.position,
            seal,
            entries: std::mem::take(&mut self.entries),
        })
    }

    fn failed(&self, operation: &'static str, error: std::io::Error) -> JournalError {
        JournalError::io(self.path.as_str(), operation, error)
    }
}
