//! A checkpoint as it is read: what the engine stored of itself, and blobs in segments.

use crate::error::{JournalError, Result};
use crate::journal::Shared;
use crate::segment::{BlobId, Segment};
use rkyv::util::AlignedVec;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The checkpoint that was found when the directory was opened.
#[derive(Debug)]
pub struct Checkpoint {
    /// The last commit that it has.
    pub commit: u64,
    /// What the engine gave with it.
    pub state: Vec<u8>,
    pub(crate) segments: Segments,
}

impl Checkpoint {
    /// Its segments.
    #[must_use]
    pub fn segments(&self) -> &Segments {
        &self.segments
    }

    /// As [`Segments::read`].
    ///
    /// # Errors
    /// As there.
    pub fn read(&self, blob: BlobId, buffer: &mut AlignedVec<16>) -> Result<()> {
        self.segments.read(blob, buffer)
    }
}

/// The files of a checkpoint, which stay while this is there.
#[derive(Debug, Clone)]
pub struct Pinned {
    pub(crate) commit: Option<u64>,
    pub(crate) segments: Segments,
}

impl Pinned {
    /// The last commit that the checkpoint has; `None` as long as there is no checkpoint.
    #[must_use]
    pub fn commit(&self) -> Option<u64> {
        self.commit
    }

    /// Its segments.
    #[must_use]
    pub fn segments(&self) -> &Segments {
        &self.segments
    }
}

/// The segments of one checkpoint. Their files stay while this or a clone is there.
#[derive(Debug, Clone)]
pub struct Segments {
    // Before what sweeps: it must be gone by then.
    segments: Arc<BTreeMap<u32, Arc<Segment>>>,
    _sweep: Sweep,
}

/// Removes, when dropped, what only the one who drops it still needed.
#[derive(Debug, Clone)]
struct Sweep(Arc<Shared>);

impl Drop for Sweep {
    fn drop(&mut self) {
        self.0.sweep();
    }
}

/// What is known of a segment without reading its blobs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentFacts {
    /// Its number.
    pub number: u32,
    /// The length of its file.
    pub bytes: u64,
    /// The length of each of its blobs.
    pub blobs: Vec<u64>,
}

impl Segments {
    pub(crate) fn new(segments: Arc<BTreeMap<u32, Arc<Segment>>>, shared: Arc<Shared>) -> Self {
        Self { segments, _sweep: Sweep(shared) }
    }

    /// What is in each segment, in the order of their numbers.
    pub fn facts(&self) -> impl Iterator<Item = SegmentFacts> + '_ {
        self.segments.values().map(|segment| SegmentFacts {
            number: segment.number(),
            bytes: segment.record().length,
            blobs: segment.lengths().collect(),
        })
    }

    /// Puts a blob into `buffer`, in place of what is there. Any number of threads may read.
    ///
    /// # Errors
    /// When the medium refuses, there is no such blob or it is not as it was written; `buffer`
    /// holds anything then.
    pub fn read(&self, blob: BlobId, buffer: &mut AlignedVec<16>) -> Result<()> {
        match self.segments.get(&blob.segment) {
            Some(segment) => segment.blob(blob.index, buffer),
            None => Err(JournalError::refused(format!(
                "a blob of segment {}, which the checkpoint does not have",
                blob.segment
            ))),
        }
    }

    /// Reads all blobs of a segment and verifies them.
    ///
    /// # Errors
    /// As [`Segments::read`], for the first blob that cannot be read.
    pub fn verify(&self, number: u32) -> Result<()> {
        match self.segments.get(&number) {
            Some(segment) => segment.verify(),
            None => Err(JournalError::refused(format!(
                "segment {number}, which the checkpoint does not have"
            ))),
        }
    }

    pub(crate) fn copy_to(&self, target: &dyn crate::Medium) -> Result<u64> {
        let mut bytes = 0;
        for segment in self.segments.values() {
            segment.copy_to(target)?;
            bytes += segment.record().length;
        }
        Ok(bytes)
    }
}
