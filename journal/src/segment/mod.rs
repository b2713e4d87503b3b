//! Segments: files of blobs, written once and never changed.
//!
//! ```text
//!   0  magic               16 bytes
//!  16  format version      u32
//!  20  number              u32
//!  24  zero                8 bytes
//!  32  blobs, each at a multiple of 16, zeros between
//!      per blob            offset u64, length u64, BLAKE3 32 bytes; at a multiple of 16
//!      table's offset      u64
//!      blobs               u32
//!      zero                u32
//!      seal                32 bytes: BLAKE3 of the header, the table and the 16 bytes before
//! ```
//!
//! The manifest holds the seal, so a segment cannot be exchanged for another. Opening reads the
//! table only; each blob is verified when it is read.

mod writer;

pub use writer::SegmentWriter;

use crate::bytes::Fields;
use crate::error::{JournalError, Result};
use crate::manifest::SegmentRecord;
use crate::medium::{Medium, ReadAt};
use crate::names;
use rkyv::util::AlignedVec;

const MAGIC: [u8; 16] = *b"CIMARRON SEGM\r\n\x1a";
/// The newest format of segments that is known.
const FORMAT: u32 = 1;
const HEADER: usize = 32;
const ENTRY: usize = 48;
const FOOTER: usize = 48;
/// Blobs are aligned so, in the file and in memory.
const ALIGNMENT: u64 = 16;
/// Verifying reads so much at once.
const PIECE: usize = 1 << 20;

/// Which blob of which segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BlobId {
    /// The segment's number.
    pub segment: u32,
    /// The blob's place in it.
    pub index: u32,
}

/// A blob as its segment's table has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Entry {
    offset: u64,
    length: u64,
    hash: [u8; 32],
}

/// A segment that is read.
#[derive(Debug)]
pub(crate) struct Segment {
    number: u32,
    /// For messages.
    path: String,
    file: Box<dyn ReadAt>,
    length: u64,
    seal: [u8; 32],
    entries: Vec<Entry>,
}

fn header(number: u32) -> [u8; HEADER] {
    let mut header = [0; HEADER];
    let fields = MAGIC.into_iter().chain(FORMAT.to_le_bytes()).chain(number.to_le_bytes());
    for (place, byte) in header.iter_mut().zip(fields) {
        *place = byte;
    }
    header
}

/// The table, what stands after it but for the seal, and the seal.
fn seal(number: u32, entries: &[Entry], table: u64) -> Option<(Vec<u8>, [u8; 32])> {
    let count = u32::try_from(entries.len()).ok()?;
    let mut bytes = Vec::with_capacity(entries.len() * ENTRY + FOOTER);
    for entry in entries {
        bytes.extend_from_slice(&entry.offset.to_le_bytes());
        bytes.extend_from_slice(&entry.length.to_le_bytes());
        bytes.extend_from_slice(&entry.hash);
    }
    bytes.extend_from_slice(&table.to_le_bytes());
    bytes.extend_from_slice(&count.to_le_bytes());
    bytes.extend_from_slice(&0u32.to_le_bytes());
    let mut hasher = blake3::Hasher::new();
    hasher.update(&header(number)).update(&bytes);
    Some((bytes, *hasher.finalize().as_bytes()))
}

impl Segment {
    /// Opens the segment that a manifest names.
    pub(crate) fn open(medium: &dyn Medium, record: &SegmentRecord) -> Result<Self> {
        let name = names::segment(record.number);
        let path = medium.path(&name);
        let file = medium.open(&name).map_err(|e| JournalError::reading(&path, e))?;
        let segment = Self::read(record.number, path, file)?;
        if segment.record() != *record {
            return Err(JournalError::damaged(
                segment.path,
                "it is not the segment that the manifest names",
            ));
        }
        Ok(segment)
    }

    /// Reads header and table.
    fn read(number: u32, path: String, file: Box<dyn ReadAt>) -> Result<Self> {
        let damaged = |problem: &str| JournalError::damaged(path.as_str(), problem);
        let reading = |error| JournalError::reading(path.as_str(), error);
        let length = file.size().map_err(reading)?;
        let mut found = [0; HEADER];
        file.read_exact_at(0, &mut found).map_err(reading)?;
        let mut fields = Fields(&found);
        if fields.array() != Some(MAGIC) {
            return Err(damaged("it does not begin as a segment does"));
        }
        let version = fields.u32().unwrap_or_default();
        if version > FORMAT {
            // The seal of a newer format is not known, but its place in the manifest is.
            let file = path;
            return Err(JournalError::NewerFormat { file, found: version, known: FORMAT });
        }
        if found != header(number) {
            return Err(damaged("its header is not that of a segment of this number"));
        }
        let (bytes, table) = Self::read_table(&*file, length)
            .map_err(reading)?
            .ok_or_else(|| damaged("its table is not where its end says"))?;
        let (entries, found) =
            parse_table(&bytes, table).ok_or_else(|| damaged("its table contradicts itself"))?;
        let seal = seal(number, &entries, table).map(|(_, seal)| seal);
        if seal != Some(found) {
            return Err(damaged("its table does not match its hash"));
        }
        Ok(Self { number, path, file, length, seal: found, entries })
    }

    /// Everything from the table on, and where that begins; `None` if that cannot be.
    fn read_table(file: &dyn ReadAt, length: u64) -> std::io::Result<Option<(Vec<u8>, u64)>> {
        let Some(at) = length.checked_sub(FOOTER as u64) else { return Ok(None) };
        let mut footer = [0; FOOTER];
        file.read_exact_at(at, &mut footer)?;
        let mut fields = Fields(&footer);
        let (Some(table), Some(count), Some(0)) = (fields.u64(), fields.u32(), fields.u32()) else {
            return Ok(None);
        };
        let size = u64::from(count) * ENTRY as u64;
        // So the file itself is as large as what is allocated here.
        if table < HEADER as u64 || table.checked_add(size) != Some(at) {
            return Ok(None);
        }
        let Ok(size) = usize::try_from(length - table) else { return Ok(None) };
        let mut bytes = vec![0; size];
        file.read_exact_at(table, &mut bytes)?;
        Ok(Some((bytes, table)))
    }

    pub(crate) fn number(&self) -> u32 {
        self.number
    }

    pub(crate) fn record(&self) -> SegmentRecord {
        SegmentRecord {
            number: self.number,
            // The table was made from, or checked against, such a number.
            blobs: u32::try_from(self.entries.len()).unwrap_or(u32::MAX),
            length: self.length,
            seal: self.seal,
        }
    }

    pub(crate) fn lengths(&self) -> impl ExactSizeIterator<Item = u64> + '_ {
        self.entries.iter().map(|entry| entry.length)
    }

    /// Puts a blob into `buffer`, in place of what is there, and verifies it.
    pub(crate) fn blob(&self, index: u32, buffer: &mut AlignedVec<16>) -> Result<()> {
        let entry = usize::try_from(index).ok().and_then(|index| self.entries.get(index));
        let entry = entry.ok_or_else(|| {
            JournalError::damaged(&*self.path, format!("there is no blob {index} in it"))
        })?;
        let length = usize::try_from(entry.length)
            .map_err(|_| JournalError::damaged(&*self.path, "a blob is larger than memory"))?;
        buffer.clear();
        buffer.resize(length, 0);
        self.file
            .read_exact_at(entry.offset, buffer)
            .map_err(|error| JournalError::reading(&*self.path, error))?;
        if blake3::hash(buffer) != entry.hash {
            return Err(self.wrong(index));
        }
        Ok(())
    }

    fn wrong(&self, index: u32) -> JournalError {
        JournalError::damaged(&*self.path, format!("blob {index} does not match its hash"))
    }

    /// Reads and verifies every blob.
    pub(crate) fn verify(&self) -> Result<()> {
        let mut piece = vec![0; PIECE];
        for (index, entry) in (0..).zip(&self.entries) {
            let mut hasher = blake3::Hasher::new();
            self.pieces(entry.offset, entry.length, &mut piece, &mut |bytes| {
                hasher.update(bytes);
                Ok(())
            })?;
            if hasher.finalize() != entry.hash {
                return Err(self.wrong(index));
            }
        }
        Ok(())
    }

    /// Copies the whole file and makes it durable but for its name.
    pub(crate) fn copy_to(&self, target: &dyn Medium) -> Result<()> {
        let name = names::segment(self.number);
        let path = target.path(&name);
        let failed = |operation, error| JournalError::io(path.as_str(), operation, error);
        let mut file = target.create(&name).map_err(|e| failed("create", e))?;
        self.pieces(0, self.length, &mut vec![0; PIECE], &mut |bytes| {
            file.append(bytes).map_err(|e| failed("write", e))
        })?;
        file.sync().map_err(|e| failed("sync", e))?;
        Self::open(target, &self.record())?.verify()
    }

    /// Gives `length` bytes from `offset` on to `take`, `buffer` by `buffer`.
    fn pieces(
        &self,
        mut offset: u64,
        mut length: u64,
        buffer: &mut [u8],
        take: &mut dyn FnMut(&[u8]) -> Result<()>,
    ) -> Result<()> {
        while length > 0 {
            let size = usize::try_from(length).map_or(buffer.len(), |left| left.min(buffer.len()));
            let (piece, _) = buffer.split_at_mut(size);
            self.file
                .read_exact_at(offset, piece)
                .map_err(|error| JournalError::reading(&*self.path, error))?;
            take(piece)?;
            offset += size as u64;
            length -= size as u64;
        }
        Ok(())
    }
}

/// The entries and the seal of a table at `table`, each checked to lie before it.
fn parse_table(bytes: &[u8], table: u64) -> Option<(Vec<Entry>, [u8; 32])> {
    let entries = bytes.len().checked_sub(FOOTER)?;
    let mut fields = Fields(bytes);
    let mut rows = Fields(fields.slice(entries)?);
    let mut parsed = Vec::with_capacity(entries / ENTRY);
    while !rows.0.is_empty() {
        let entry = Entry { offset: rows.u64()?, length: rows.u64()?, hash: rows.array()? };
        let end = entry.offset.checked_add(entry.length)?;
        if entry.offset < HEADER as u64 || !entry.offset.is_multiple_of(ALIGNMENT) || end > table {
            return None;
        }
        parsed.push(entry);
    }
    fields.slice(FOOTER - 32)?;
    Some((parsed, fields.array()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulated::SimulatedMedium;
    use crate::{Options, open};
    use proptest::prelude::*;
    use std::sync::Arc;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn what_is_written_is_read(
            blobs in prop::collection::vec(
                prop_oneof![
                    prop::collection::vec(any::<u8>(), 0..70),
                    (0..3_000_000usize, any::<u8>()).prop_map(|(size, byte)| vec![byte; size]),
                ],
                0..6,
            ),
        ) {
            let medium = SimulatedMedium::new();
            let opened = open(Arc::new(medium.clone()), Options::default()).unwrap();
            let mut writer = opened.journal.new_segments().unwrap();
            let ids: Vec<_> = blobs.iter().map(|blob| writer.add(blob).unwrap()).collect();
            let segments = writer.finish().unwrap();
            opened.journal.install(0, Vec::new(), &segments, 1).unwrap();
            drop(opened);

            let opened = open(Arc::new(medium.clone()), Options::default()).unwrap();
            let checkpoint = opened.checkpoint.unwrap();
            let mut buffer = AlignedVec::new();
            for (id, blob) in ids.iter().zip(&blobs) {
                checkpoint.read(*id, &mut buffer).unwrap();
                prop_assert!(buffer.as_slice() == blob.as_slice());
            }
            for number in segments {
                checkpoint.segments().verify(number).unwrap();
                let length = medium.bytes(&names::segment(number)).unwrap().len();
                prop_assert_eq!(length % 16, 0);
            }
        }

        #[test]
        fn a_table_of_any_bytes(
            rows in prop::collection::vec((0..200u64, 0..200u64, any::<[u8; 32]>()), 0..4),
            more in prop::collection::vec(any::<u8>(), 0..60),
            table in 0..300u64,
        ) {
            let mut bytes = Vec::new();
            for (offset, length, hash) in rows {
                bytes.extend_from_slice(&offset.to_le_bytes());
                bytes.extend_from_slice(&length.to_le_bytes());
                bytes.extend_from_slice(&hash);
            }
            bytes.extend_from_slice(&more);
            if let Some((entries, _)) = parse_table(&bytes, table) {
                prop_assert_eq!(entries.len() * ENTRY + FOOTER, bytes.len());
                for entry in entries {
                    prop_assert!(entry.offset >= 32 && entry.offset + entry.length <= table);
                    prop_assert!(entry.offset.is_multiple_of(16));
                }
            }
        }
    }
}
