//! The manifest: which checkpoint holds and which files it uses. It is small, is written whole
//! beside the one that holds and then takes its name, so there is always exactly one that holds.
//!
//! ```text
//!   0  magic               16 bytes
//!  16  format version      u32
//!  20  flags               u32   bit 0: there is a checkpoint
//!  24  directory           16 bytes, random; in the header of every log too
//!  40  commit              u64   the last one that the checkpoint has; 0 without one
//!  48  first log           u64   the log that goes on from there
//!  56  segments            u32
//!  60  zero                u32
//!  64  state's length      u64
//!  72  per segment         number u32, blobs u32, length u64, seal 32 bytes
//!      state               bytes that mean something to the engine
//!      BLAKE3 of all before
//! ```

use crate::bytes::Fields;
use crate::error::{JournalError, Result};
use crate::medium::Medium;
use crate::names::{self, MANIFEST};

/// The newest format of manifests, and with them of data directories, that is known.
pub(crate) const FORMAT: u32 = 1;

const MAGIC: [u8; 16] = *b"CIMARRON DATA\r\n\x1a";
/// Magic, version: what every format, the newer ones too, begins with.
const PREFIX: usize = 20;
const HEADER: usize = 72;
const HASH: usize = 32;
/// No manifest is larger: what a file says of its length is not believed beyond it.
const MOST_BYTES: u64 = 1 << 30;
const HAS_CHECKPOINT: u32 = 1;

/// What tells this data directory from others.
pub(crate) type DirectoryId = [u8; 16];

/// What the manifest says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Manifest {
    pub(crate) directory: DirectoryId,
    pub(crate) first_log: u64,
    pub(crate) checkpoint: Option<CheckpointRecord>,
}

/// What it says of the checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CheckpointRecord {
    pub(crate) commit: u64,
    pub(crate) state: Vec<u8>,
    /// In ascending order of their numbers.
    pub(crate) segments: Vec<SegmentRecord>,
}

/// What it says of a segment: enough to know that the file is the one that was meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SegmentRecord {
    pub(crate) number: u32,
    pub(crate) blobs: u32,
    pub(crate) length: u64,
    pub(crate) seal: [u8; 32],
}

impl Manifest {
    /// Its bytes.
    pub(crate) fn encode(&self) -> Result<Vec<u8>> {
        let (flags, commit, state, segments) = match &self.checkpoint {
            Some(checkpoint) => (
                HAS_CHECKPOINT,
                checkpoint.commit,
                checkpoint.state.as_slice(),
                checkpoint.segments.as_slice(),
            ),
            None => (0, 0, [].as_slice(), [].as_slice()),
        };
        let count = u32::try_from(segments.len())
            .map_err(|_| JournalError::refused("a checkpoint of too many segments"))?;
        let mut bytes = Vec::with_capacity(HEADER + segments.len() * 48 + state.len() + HASH);
        bytes.extend_from_slice(&MAGIC);
        bytes.extend_from_slice(&FORMAT.to_le_bytes());
        bytes.extend_from_slice(&flags.to_le_bytes());
        bytes.extend_from_slice(&self.directory);
        bytes.extend_from_slice(&commit.to_le_bytes());
        bytes.extend_from_slice(&self.first_log.to_le_bytes());
        bytes.extend_from_slice(&count.to_le_bytes());
        bytes.extend_from_slice(&0u32.to_le_bytes());
        bytes.extend_from_slice(&(state.len() as u64).to_le_bytes());
        for segment in segments {
            bytes.extend_from_slice(&segment.number.to_le_bytes());
            bytes.extend_from_slice(&segment.blobs.to_le_bytes());
            bytes.extend_from_slice(&segment.length.to_le_bytes());
            bytes.extend_from_slice(&segment.seal);
        }
        bytes.extend_from_slice(state);
        let hash = blake3::hash(&bytes);
        bytes.extend_from_slice(hash.as_bytes());
        if bytes.len() as u64 > MOST_BYTES {
            return Err(JournalError::refused(format!(
                "a manifest of {} bytes; {MOST_BYTES} is the most",
                bytes.len()
            )));
        }
        Ok(bytes)
    }

    /// What `bytes`, the content of `file`, say.
    pub(crate) fn decode(file: &str, bytes: &[u8]) -> Result<Self> {
        let damaged = |problem: &str| JournalError::damaged(file, problem);
        let mut prefix = Fields(bytes);
        if prefix.array() != Some(MAGIC) {
            return Err(damaged("it does not begin as a manifest does"));
        }
        let version = prefix.u32().ok_or_else(|| damaged("it ends too early"))?;
        // The hash stands at the end in every format, so that a flipped bit of the version is
        // not taken for a newer one.
        let (body, hash) = bytes
            .split_last_chunk::<HASH>()
            .filter(|(body, _)| body.len() >= PREFIX)
            .ok_or_else(|| damaged("it ends too early"))?;
        if blake3::hash(body) != *hash {
            return Err(damaged("its content does not match its hash"));
        }
        if version > FORMAT {
            let file = file.to_owned();
            return Err(JournalError::NewerFormat { file, found: version, known: FORMAT });
        }
        if version != FORMAT {
            return Err(damaged("it has a format that never was"));
        }
        Self::fields(Fields(body)).ok_or_else(|| damaged("its fields contradict each other"))
    }

    /// What stands after the version; `None` if that cannot be.
    fn fields(mut fields: Fields<'_>) -> Option<Self> {
        // The prefix has been looked at.
        fields.slice(PREFIX)?;
        let flags = fields.u32()?;
        let directory = fields.array()?;
        let commit = fields.u64()?;
        let first_log = fields.u64()?;
        let count = usize::try_from(fields.u32()?).ok()?;
        let zero = fields.u32()?;
        let state = usize::try_from(fields.u64()?).ok()?;
        // 48 bytes each, so the file's own length bounds what is allocated.
        let mut records = Fields(fields.slice(count.checked_mul(48)?)?);
        let mut segments = Vec::with_capacity(count);
        for _ in 0..count {
            segments.push(SegmentRecord {
                number: records.u32()?,
                blobs: records.u32()?,
                length: records.u64()?,
                seal: records.array()?,
            });
        }
        let state = fields.slice(state)?.to_vec();
        let ascending = segments.windows(2).all(|pair| match pair {
            [one, next] => one.number < next.number,
            _ => true,
        });
        if !fields.0.is_empty() || zero != 0 || first_log == 0 || !ascending {
            return None;
        }
        let checkpoint = match flags {
            HAS_CHECKPOINT => Some(CheckpointRecord { commit, state, segments }),
            0 if commit == 0 && segments.is_empty() && state.is_empty() => None,
            _ => return None,
        };
        Some(Self { directory, first_log, checkpoint })
    }

    /// Reads the manifest of a directory that has one.
    pub(crate) fn read(medium: &dyn Medium) -> Result<Self> {
        let file = medium.path(MANIFEST);
        let reader = medium.open(MANIFEST).map_err(|e| JournalError::reading(&file, e))?;
        let length = reader.size().map_err(|e| JournalError::reading(&file, e))?;
        let length = usize::try_from(length)
            .ok()
            .filter(|_| length <= MOST_BYTES)
            .ok_or_else(|| JournalError::damaged(&file, "it is too large for a manifest"))?;
        let mut bytes = vec![0; length];
        reader.read_exact_at(0, &mut bytes).map_err(|e| JournalError::reading(&file, e))?;
        Self::decode(&file, &bytes)
    }

    /// Makes this the manifest that holds. All files that it names must be durable already. When
    /// this fails, either the old one or this one holds.
    pub(crate) fn write(&self, medium: &dyn Medium) -> Result<()> {
        let bytes = self.encode()?;
        let new = names::new(MANIFEST);
        let failed = |operation| {
            let file = medium.path(&new);
            move |error| JournalError::io(file, operation, error)
        };
        let mut file = medium.create(&new).map_err(failed("create"))?;
        file.append(&bytes).map_err(failed("write"))?;
        file.sync().map_err(failed("sync"))?;
        drop(file);
        medium.rename(&new, MANIFEST).map_err(failed("rename"))?;
        medium.sync().map_err(failed("sync the folder of"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn manifests() -> impl Strategy<Value = Manifest> {
        let segment = (any::<u32>(), any::<u32>(), any::<u64>(), any::<[u8; 32]>());
        let checkpoint = (
            any::<u64>(),
            prop::collection::vec(any::<u8>(), 0..200),
            prop::collection::vec(segment, 0..5),
        );
        (any::<DirectoryId>(), 1..=u64::MAX, prop::option::of(checkpoint)).prop_map(
            |(directory, first_log, checkpoint)| Manifest {
                directory,
                first_log,
                checkpoint: checkpoint.map(|(commit, state, segments)| CheckpointRecord {
                    commit,
                    state,
                    segments: ascending(segments),
                }),
            },
        )
    }

    fn ascending(mut segments: Vec<(u32, u32, u64, [u8; 32])>) -> Vec<SegmentRecord> {
        segments.sort_unstable();
        segments.dedup_by_key(|segment| segment.0);
        let record = |(number, blobs, length, seal)| SegmentRecord { number, blobs, length, seal };
        segments.into_iter().map(record).collect()
    }

    fn sealed(body: &[u8]) -> Vec<u8> {
        [body, blake3::hash(body).as_bytes()].concat()
    }

    fn decode(bytes: &[u8]) -> Result<Manifest> {
        Manifest::decode("MANIFEST", bytes)
    }

    fn is_damaged(result: &Result<Manifest>) -> bool {
        matches!(result, Err(JournalError::Damaged { .. }))
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(manifest in manifests()) {
            prop_assert_eq!(decode(&manifest.encode().unwrap()).unwrap(), manifest);
        }

        #[test]
        fn any_other_bytes_are_noticed(
            manifest in manifests(), bit: prop::sample::Index, end: prop::sample::Index,
        ) {
            let bytes = manifest.encode().unwrap();
            let mut flipped = bytes.clone();
            let bit = bit.index(bytes.len() * 8);
            flipped[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(is_damaged(&decode(&flipped)));
            let shorter = &bytes[..end.index(bytes.len())];
            prop_assert!(is_damaged(&decode(shorter)));
            let longer = [&bytes[..], &[0]].concat();
            prop_assert!(is_damaged(&decode(&longer)));
        }

        /// A hash that vouches for nonsense: it is refused, or it is exactly what would be written.
        #[test]
        fn nothing_is_read_that_is_not_written(
            manifest in manifests(),
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        ) {
            let mut body = manifest.encode().unwrap();
            body.truncate(body.len() - HASH);
            for (at, byte) in changes {
                let at = at.index(body.len() - MAGIC.len()) + MAGIC.len();
                body[at] = byte;
            }
            let bytes = sealed(&body);
            if let Ok(read) = decode(&bytes) {
                prop_assert_eq!(read.encode().unwrap(), bytes);
            }
        }
    }

    #[test]
    fn newer_and_older_formats() {
        let manifest = Manifest { directory: [7; 16], first_log: 1, checkpoint: None };
        let of_format = |format: u32| {
            let mut body = manifest.encode().unwrap();
            body.truncate(body.len() - HASH);
            body[16..20].copy_from_slice(&format.to_le_bytes());
            // A newer format may have any fields.
            body.extend_from_slice(&[1, 2, 3]);
            decode(&sealed(&body)).unwrap_err()
        };
        assert!(matches!(of_format(2), JournalError::NewerFormat { found: 2, known: 1, .. }));
        assert!(matches!(of_format(0), JournalError::Damaged { .. }));
    }
}
