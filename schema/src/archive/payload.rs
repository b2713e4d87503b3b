//! The bytes of an archive while they are made.
//!
//! More than half of an archive is text, and that is whole before anything else is laid out.
//! An archive that goes to a file is therefore hashed and written piece by piece, each as long
//! as it is in the cache: fresh memory for all of it, and reading it again, cost more than
//! everything that is done to find out what it says.

use super::ArchiveBytes;
use super::header::{self, LEN};
use rkyv::rancor::{Source, fail};
use rkyv::ser::{Positional, Writer};
use rkyv::util::AlignedVec;
use std::io::{self, Seek, Write};

/// How many bytes are hashed and written at once. A power of two suits BLAKE3's tree and, where
/// pieces begin at multiples of it, the pages of the file: the file's are as far behind those
/// that are hashed as the header is long.
const PIECE: usize = 128 << 10;

/// The most bytes that an archive's 31-bit offsets reach over, its last record included.
const MOST: usize = (i32::MAX as usize) - (64 << 10);

/// Where an archive can be written: its header is known last and comes first.
pub(super) trait Target: Write + Seek {}

impl<T: Write + Seek> Target for T {}

/// The bytes of an archive, as far as they are known.
pub(super) struct Payload<'o> {
    /// What has not been written yet. The first bytes are room for the header, or the last of
    /// those that have been hashed.
    bytes: AlignedVec<16>,
    /// How many there may be before a piece is written.
    limit: usize,
    file: Option<Outgoing<'o>>,
}

/// The part of an archive that was written.
struct Outgoing<'o> {
    target: &'o mut dyn Target,
    hasher: blake3::Hasher,
    bytes: usize,
    /// What went wrong first; nothing is written after that.
    failed: Option<io::Error>,
}

/// What there is to know of an archive that was written to a file.
#[derive(Clone, Copy, Debug)]
pub struct WrittenArchive {
    header: [u8; LEN],
    hash: [u8; 32],
    bytes: u64,
}

impl WrittenArchive {
    /// The bytes before those that are hashed.
    pub const fn header(&self) -> &[u8; LEN] {
        &self.header
    }

    /// The BLAKE3 hash of what follows the header.
    pub const fn hash(&self) -> [u8; 32] {
        self.hash
    }

    /// How many bytes the archive has.
    #[expect(clippy::len_without_is_empty, reason = "there is always a header")]
    pub const fn len(&self) -> u64 {
        self.bytes
    }
}

impl<'o> Payload<'o> {
    /// Bytes that stay in memory, about so many.
    pub(super) fn in_memory(expected: usize) -> Self {
        Self { bytes: begun(expected), limit: usize::MAX, file: None }
    }

    /// Bytes that go to a target, from its start on.
    pub(super) fn to(target: &'o mut dyn Target) -> Self {
        let hasher = blake3::Hasher::new();
        let file = Some(Outgoing { target, hasher, bytes: 0, failed: None });
        Self { bytes: begun(PIECE), limit: LEN + PIECE, file }
    }

    /// How many bytes there are, but for the header's.
    pub(super) fn len(&self) -> usize {
        self.pos() - LEN
    }

    /// Appends bytes.
    #[inline]
    pub(super) fn push(&mut self, bytes: &[u8]) {
        if bytes.len() < self.limit - self.bytes.len() {
            self.bytes.extend_from_slice(bytes);
        } else {
            self.push_pieces(bytes);
        }
    }

    /// Appends bytes that complete a piece.
    fn push_pieces(&mut self, mut bytes: &[u8]) {
        loop {
            let room = self.limit - self.bytes.len();
            let (now, later) = bytes.split_at(room.min(bytes.len()));
            self.bytes.extend_from_slice(now);
            bytes = later;
            if self.bytes.len() < self.limit {
                break;
            }
            if let Some(file) = &mut self.file {
                let last = file.pass_on(&self.bytes, PIECE);
                self.bytes.clear();
                self.bytes.extend_from_slice(&last);
            }
        }
    }

    /// Takes back all bytes, where there are at most as many as `N`; the others are 0xff.
    pub(super) fn take_short<const N: usize>(&mut self) -> Option<[u8; N]> {
        let mut taken = [0xff; N];
        let payload = self.bytes.get(LEN..).filter(|_| self.len() <= N)?;
        taken.get_mut(..payload.len())?.copy_from_slice(payload);
        self.bytes.resize(LEN, 0);
        Some(taken)
    }

    /// Fills in the header, which is known last. What is not in memory is written.
    pub(super) fn finish(mut self) -> io::Result<(ArchiveBytes, WrittenArchive)> {
        let bytes = self.pos();
        let hash = match &mut self.file {
            None => blake3::hash(self.bytes.get(LEN..).unwrap_or_default()),
            Some(file) => {
                file.pass_on(&self.bytes, self.bytes.len());
                file.hasher.finalize()
            }
        };
        let hash = hash.into();
        let header = header::of((bytes - LEN) as u64, hash);
        if let Some(Outgoing { target, failed, .. }) = self.file {
            failed.map_or(Ok(()), Err)?;
            target.rewind()?;
            target.write_all(&header)?;
        } else if let Some(place) = self.bytes.first_chunk_mut() {
            *place = header;
        }
        let written = WrittenArchive { header, hash, bytes: bytes as u64 };
        Ok((ArchiveBytes::new(self.bytes), written))
    }
}

impl Outgoing<'_> {
    /// Hashes what comes after the first bytes, writes so many and gives the last ones.
    fn pass_on(&mut self, bytes: &[u8], written: usize) -> [u8; LEN] {
        self.hasher.update(bytes.get(LEN..).unwrap_or_default());
        let (piece, _) = bytes.split_at_checked(written).unwrap_or((bytes, &[]));
        self.bytes += piece.len();
        if self.failed.is_none() {
            self.failed = self.target.write_all(piece).err();
        }
        bytes.last_chunk().copied().unwrap_or([0; LEN])
    }
}

/// An archive would have more bytes than its offsets reach over.
#[derive(Debug, thiserror::Error)]
#[error("it would have more than 2 GiB")]
struct TooLong;

impl Positional for Payload<'_> {
    fn pos(&self) -> usize {
        self.file.as_ref().map_or(0, |file| file.bytes) + self.bytes.len()
    }
}

impl<E: Source> Writer<E> for Payload<'_> {
    fn write(&mut self, bytes: &[u8]) -> Result<(), E> {
        if self.pos() + bytes.len() > MOST {
            fail!(TooLong);
        }
        self.push(bytes);
        Ok(())
    }
}

/// A buffer that begins with room for the header, and has some for a payload.
fn begun(expected: usize) -> AlignedVec<16> {
    let mut bytes = AlignedVec::with_capacity(LEN + expected);
    bytes.extend_from_slice(&[0; LEN]);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Archive, SchemaBuilder, WriteError};
    use cimarron_model::{Class, Dialect, Qualifier};
    use std::io::{Cursor, SeekFrom};

    fn of_classes(names: &[String]) -> SchemaBuilder {
        let mut builder = SchemaBuilder::new(Dialect::Dmtf);
        for name in names {
            let mut class = Class::new(name.as_str());
            class.qualifiers.push_new(Qualifier::new("Description", name.repeat(30)));
            builder.namespace("n").add_class(class).unwrap();
        }
        builder
    }

    #[test]
    fn files_get_the_bytes() {
        let short = |n: usize| (0..n).map(|i| format!("X{i}")).collect::<Vec<_>>();
        let long = vec!["A_".repeat(100_000), "B_".repeat(PIECE / 60), "C".to_owned()];
        for names in [short(0), short(1), short(2), short(2000), long] {
            let builder = of_classes(&names);
            let bytes = builder.finish().unwrap();
            let mut file = Cursor::new(Vec::new());
            let written = builder.write_to(&mut file).unwrap();
            assert!(*file.into_inner() == *bytes, "{} names", names.len());
            assert_eq!(written.len(), bytes.len() as u64);
            let opened = Archive::from_bytes(bytes).unwrap();
            assert_eq!(opened.content_hash(), written.hash());
            assert_eq!(opened.namespaces().count(), usize::from(!names.is_empty()));
        }
    }

    /// Has room for so many bytes.
    struct Full(usize);

    impl Write for Full {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 = self.0.checked_sub(bytes.len()).ok_or(io::ErrorKind::StorageFull)?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Seek for Full {
        fn seek(&mut self, _: SeekFrom) -> io::Result<u64> {
            Ok(0)
        }
    }

    #[test]
    fn what_cannot_be_written_is_told() {
        let builder = of_classes(&["A_".repeat(20_000)]);
        for room in [0, PIECE, 4 * PIECE] {
            let failed = builder.write_to(&mut Full(room)).unwrap_err();
            let WriteError::Io(error) = failed else { panic!("{failed}") };
            assert_eq!(error.kind(), io::ErrorKind::StorageFull);
        }
        builder.write_to(&mut Full(50 * PIECE)).unwrap();
    }
}
