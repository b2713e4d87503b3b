//! What stands around each part of an entry in a log.
//!
//! ```text
//! key    first commit u64, part u32
//! value  0  CRC-32       u32   of the key and of all that follows it here
//!        4  length       u32   of the bytes
//!        8  last commit  u64
//!       16  parts        u32   of the entry
//!       20  bytes
//! ```
//!
//! redb has checksums of its own. These are ours, so that no mistake of anybody between writing
//! and reading an entry can change it unnoticed.

use crate::bytes::Fields;

/// How long the frame is.
const FRAME: usize = 20;

/// The bytes of a part at most. With frame, key and redb's own fields they fill 4 MiB exactly or
/// nearly: redb gives out space in powers of two.
pub(super) const PART: usize = (4 << 20) - 4096;

/// A log's key: an entry's first commit, and the part.
pub(super) type Key = (u64, u32);

/// A part of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part<'a> {
    pub(super) last: u64,
    pub(super) parts: u32,
    pub(super) bytes: &'a [u8],
}

impl<'a> Part<'a> {
    /// Puts the value into `buffer`, in place of what is there.
    pub(super) fn encode(&self, key: Key, buffer: &mut Vec<u8>) {
        buffer.clear();
        buffer.reserve(FRAME + self.bytes.len());
        buffer.extend_from_slice(&[0; 4]);
        // A part is never longer than `PART`.
        buffer
            .extend_from_slice(&u32::try_from(self.bytes.len()).unwrap_or(u32::MAX).to_le_bytes());
        buffer.extend_from_slice(&self.last.to_le_bytes());
        buffer.extend_from_slice(&self.parts.to_le_bytes());
        buffer.extend_from_slice(self.bytes);
        if let Some((place, framed)) = buffer.split_first_chunk_mut() {
            *place = checksum(key, framed).to_le_bytes();
        }
    }

    /// The part in a value, if it is as it was written.
    pub(super) fn decode(key: Key, value: &'a [u8]) -> Option<Self> {
        let mut fields = Fields(value);
        let found = fields.u32()?;
        let framed = fields.0;
        let length = fields.u32()?;
        let last = fields.u64()?;
        let parts = fields.u32()?;
        let sound = fields.0.len() == usize::try_from(length).ok()?
            && checksum(key, framed) == found
            && last >= key.0
            && key.1 < parts;
        sound.then_some(Self { last, parts, bytes: fields.0 })
    }
}

fn checksum((first, part): Key, framed: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&first.to_le_bytes());
    hasher.update(&part.to_le_bytes());
    hasher.update(framed);
    hasher.finalize()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_written_is_read(
            first: u64, last: u64, part in 0..9u32, more in 1..9u32,
            bytes in prop::collection::vec(any::<u8>(), 0..300),
        ) {
            let (first, last) = (first.min(last), first.max(last));
            let written = Part { last, parts: part + more, bytes: &bytes };
            let mut value = vec![7; 3];
            written.encode((first, part), &mut value);
            prop_assert_eq!(Part::decode((first, part), &value), Some(written));
            prop_assert_eq!(Part::decode((first, part + 1), &value), None);
        }

        #[test]
        fn any_flipped_bit_is_noticed(
            bytes in prop::collection::vec(any::<u8>(), 0..50), bit: prop::sample::Index,
        ) {
            let mut value = Vec::new();
            Part { last: 9, parts: 1, bytes: &bytes }.encode((5, 0), &mut value);
            let bit = bit.index(value.len() * 8);
            value[bit / 8] ^= 1 << (bit % 8);
            prop_assert_eq!(Part::decode((5, 0), &value), None);
        }
    }
}
