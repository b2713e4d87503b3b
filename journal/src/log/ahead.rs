//! What a log has beside its database: a file of fixed size that entries go to first, one behind the
//! other.
//!
//! A transaction of a database writes pages at several places, and a sync that has to bring many
//! small pieces to the disk takes twice as long as one that brings a single piece. So an entry is
//! written here, in one piece to space that the file system need not find any more, and is
//! durable after one sync. When there is no more room, all of it goes into the database in one
//! transaction, and the file is begun anew: another *round*.
//!
//! ```text
//! header:
//!      0  directory     16 bytes
//!     16  log number    u64
//!     24  length        u32   of the file
//!     28  CRC-32        u32   of all before
//!
//! frame, at a multiple of 8 from 32 on:
//!      0  round         u32   CRC-32 of the header and the last commit in the database
//!      4  CRC-32        u32   of the round and of all that follows here
//!      8  length        u32   of the bytes
//!     12  zero          u32
//!     16  first commit  u64
//!     24  last commit   u64
//!     32  bytes, and zeros up to a multiple of 8
//! ```
//!
//! What a round has left behind is nothing to the next one: as soon as the database has a later
//! commit, the frames are of another round. So nothing needs to be erased, and a crash between
//! the two leaves either the round or what came of it. The first frame that is not whole ends the
//! round. It is the last one that was begun, unless a whole one of the same round follows: then
//! something that was synced is damaged.

use super::Entry;
use super::backend::Backend;
use crate::bytes::Fields;
use crate::manifest::DirectoryId;
use redb::StorageBackend;
use std::io;

const HEADER: usize = 32;
/// How long a frame is without its bytes.
const FRAME: usize = 32;
/// Frames begin at multiples of it.
const STEP: usize = 8;

/// Consecutive commits and what is to be known of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece<'a> {
    pub(super) first: u64,
    pub(super) last: u64,
    pub(super) bytes: &'a [u8],
}

impl Piece<'_> {
    pub(super) fn entry(&self) -> Entry {
        Entry { first: self.first, last: self.last, bytes: self.bytes.to_vec() }
    }
}

/// The log's file of entries that are not in its database.
#[derive(Debug)]
pub(super) struct Ahead {
    file: Backend,
    capacity: usize,
    /// Where the next frame goes.
    at: usize,
    header: [u8; HEADER],
    round: u32,
    held: Held,
    /// Reused: the frame that is being written.
    frame: Vec<u8>,
}

/// What the round has: all its entries, one behind the other.
#[derive(Debug, Default)]
struct Held {
    /// The first and the last commit.
    commits: Option<(u64, u64)>,
    bytes: Vec<u8>,
}

impl Ahead {
    /// A new file of so many bytes, at least its header's; it is durable on return.
    pub(super) fn create(
        file: Backend,
        capacity: u32,
        log: (&DirectoryId, u64),
    ) -> io::Result<Self> {
        let capacity = capacity.max(HEADER as u32);
        let header = header(log, capacity);
        file.set_len(u64::from(capacity))?;
        file.write(0, &header)?;
        file.sync_data()?;
        Self::new(file, header)
    }

    /// The file that is there, with what the round after the commit `last` has left in it.
    pub(super) fn open(file: Backend, last: u64, log: (&DirectoryId, u64)) -> io::Result<Self> {
        // What a process wrote and did not sync any more is read, and told, as if it were safe.
        file.sync_data()?;
        let length = u32::try_from(file.len()?).map_err(|_| damaged("it is too long"))?;
        let mut ahead = Self::new(file, header(log, length))?;
        ahead.begin(last);
        ahead.recover()?;
        Ok(ahead)
    }

    fn new(file: Backend, header: [u8; HEADER]) -> io::Result<Self> {
        let capacity = usize::try_from(file.len()?).map_err(|_| damaged("it is too long"))?;
        let (held, frame) = (Held::default(), Vec::new());
        let mut ahead = Self { file, capacity, at: HEADER, header, round: 0, held, frame };
        ahead.begin(0);
        Ok(ahead)
    }

    /// Begins a round; the database has all commits up to `last`.
    pub(super) fn begin(&mut self, last: u64) {
        let mut round = crc32fast::Hasher::new();
        round.update(&self.header);
        round.update(&last.to_le_bytes());
        self.round = round.finalize();
        self.at = HEADER;
        self.held.commits = None;
        self.held.bytes.clear();
    }

    /// What the database does not have.
    pub(super) fn held(&self) -> Option<Piece<'_>> {
        let Held { commits, bytes } = &self.held;
        commits.map(|(first, last)| Piece { first, last, bytes })
    }

    pub(super) fn held_bytes(&self) -> u64 {
        self.held.bytes.len() as u64
    }

    /// Whether there is room for an entry of so many bytes.
    pub(super) fn fits(&self, bytes: usize) -> bool {
        bytes.checked_add(FRAME).is_some_and(|frame| frame <= self.capacity.saturating_sub(self.at))
    }

    /// Adds an entry that [fits](Self::fits). It is durable on return.
    pub(super) fn append(&mut self, piece: Piece<'_>) -> io::Result<()> {
        let mut frame = std::mem::take(&mut self.frame);
        encode(self.round, piece, &mut frame);
        // What stands behind the last frame's bytes need not be written.
        let end = self.capacity.min(self.at.saturating_add(frame.len()));
        let written = frame.get(..end - self.at).unwrap_or_default();
        self.file.write(self.at as u64, written)?;
        self.file.sync_data()?;
        self.frame = frame;
        self.at = end;
        self.hold(piece);
        Ok(())
    }

    fn hold(&mut self, Piece { first, last, bytes }: Piece<'_>) {
        let begun = self.held.commits.map_or(first, |(first, _)| first);
        self.held.commits = Some((begun, last));
        self.held.bytes.extend_from_slice(bytes);
    }

    fn recover(&mut self) -> io::Result<()> {
        let mut content = vec![0; self.capacity];
        self.file.read(0, &mut content)?;
        if !content.starts_with(&self.header) {
            return Err(damaged("it is not the file that was made beside the log"));
        }
        let mut next = None;
        while let Some((piece, length)) =
            decode(self.round, content.get(self.at..).unwrap_or_default())
            && next.is_none_or(|next| next == piece.first)
        {
            next = piece.last.checked_add(1);
            self.at += length;
            self.hold(piece);
        }
        let behind = (self.at..content.len()).step_by(STEP);
        match behind.filter_map(|at| decode(self.round, content.get(at..)?)).next() {
            None => Ok(()),
            Some((piece, _)) => Err(damaged(format!(
                "commit {} is whole, and what comes before it is not",
                piece.first
            ))),
        }
    }
}

fn damaged(problem: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, problem.into())
}

fn header((directory, number): (&DirectoryId, u64), length: u32) -> [u8; HEADER] {
    let mut header = [0; HEADER];
    let (fields, sum) = header.split_at_mut(HEADER - 4);
    let content = directory.iter().copied().chain(number.to_le_bytes()).chain(length.to_le_bytes());
    fields.iter_mut().zip(content).for_each(|(place, byte)| *place = byte);
    sum.copy_from_slice(&crc32fast::hash(fields).to_le_bytes());
    header
}

/// Puts a frame into `frame`, in place of what is there.
fn encode(round: u32, Piece { first, last, bytes }: Piece<'_>, frame: &mut Vec<u8>) {
    frame.clear();
    frame.reserve(FRAME + bytes.len() + STEP);
    frame.extend_from_slice(&round.to_le_bytes());
    frame.extend_from_slice(&[0; 4]);
    // It fits into a file whose length is a u32.
    frame.extend_from_slice(&u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_le_bytes());
    frame.extend_from_slice(&[0; 4]);
    frame.extend_from_slice(&first.to_le_bytes());
    frame.extend_from_slice(&last.to_le_bytes());
    frame.extend_from_slice(bytes);
    let sum = checksum(round, frame.get(8..).unwrap_or_default());
    if let Some(place) = frame.get_mut(4..8) {
        place.copy_from_slice(&sum.to_le_bytes());
    }
    frame.resize(frame.len().next_multiple_of(STEP), 0);
}

/// The frame that `bytes` begins with, if it is whole and of this round, and how long it is.
fn decode(round: u32, bytes: &[u8]) -> Option<(Piece<'_>, usize)> {
    let mut fields = Fields(bytes);
    if fields.u32()? != round {
        return None;
    }
    let sum = fields.u32()?;
    let framed = fields.0;
    let length = usize::try_from(fields.u32()?).ok()?;
    let zero = fields.u32()?;
    let (first, last) = (fields.u64()?, fields.u64()?);
    let content = fields.0.get(..length)?;
    let framed = framed.get(..FRAME - 8 + length)?;
    let sound = zero == 0 && first <= last && checksum(round, framed) == sum;
    let length = (FRAME + length).next_multiple_of(STEP).min(bytes.len());
    sound.then_some((Piece { first, last, bytes: content }, length))
}

fn checksum(round: u32, framed: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&round.to_le_bytes());
    hasher.update(framed);
    hasher.finalize()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use redb::backends::InMemoryBackend;
    use std::sync::Arc;
    use std::sync::atomic::AtomicBool;

    const LOG: (&DirectoryId, u64) = (&[7; 16], 3);

    fn file(bytes: &[u8]) -> Backend {
        let file = InMemoryBackend::new();
        file.set_len(bytes.len() as u64).unwrap();
        file.write(0, bytes).unwrap();
        Backend::new(Box::new(file), Arc::new(AtomicBool::new(true)))
    }

    fn bytes(ahead: &Ahead) -> Vec<u8> {
        let mut bytes = vec![0; ahead.capacity];
        ahead.file.read(0, &mut bytes).unwrap();
        bytes
    }

    fn entries() -> impl Strategy<Value = Vec<Vec<u8>>> {
        prop::collection::vec(prop::collection::vec(any::<u8>(), 0..60), 0..12)
    }

    /// A commit for each entry that fits, after the commit `last`; the number of the last one.
    fn fill(ahead: &mut Ahead, last: u64, entries: &[Vec<u8>]) -> u64 {
        let mut commit = last;
        for bytes in entries {
            if ahead.fits(bytes.len()) {
                commit += 1;
                ahead.append(Piece { first: commit, last: commit, bytes }).unwrap();
            }
        }
        commit
    }

    proptest! {
        #[test]
        fn a_round_is_found_again_and_the_ones_before_are_not(
            capacity in 0..700u32, first in entries(), second in entries(),
        ) {
            let mut ahead = Ahead::create(file(&[]), capacity, LOG).unwrap();
            let last = fill(&mut ahead, 0, &first);
            ahead.begin(last);
            let newest = fill(&mut ahead, last, &second);
            let found = Ahead::open(file(&bytes(&ahead)), last, LOG).unwrap();
            prop_assert_eq!(found.held(), ahead.held());
            prop_assert_eq!(found.held().map(|piece| piece.last), (newest > last).then_some(newest));
            prop_assert_eq!(found.at, ahead.at);
            // The database has it all.
            let found = Ahead::open(file(&bytes(&ahead)), newest, LOG).unwrap();
            prop_assert_eq!(found.held().is_some(), newest == last && ahead.held().is_some());
        }

        #[test]
        fn a_changed_byte_is_noticed_or_in_the_last_entry_or_harmless(
            entries in entries(), at: prop::sample::Index, change in 1..=255u8,
        ) {
            let mut ahead = Ahead::create(file(&[]), 600, LOG).unwrap();
            let newest = fill(&mut ahead, 0, &entries);
            let mut changed = bytes(&ahead);
            let at = at.index(changed.len());
            changed[at] ^= change;
            let Ok(found) = Ahead::open(file(&changed), 0, LOG) else { return Ok(()) };
            let last = found.held().map_or(0, |piece| piece.last);
            prop_assert!(last + 1 >= newest, "{last} of {newest}");
            let held: Vec<u8> = found.held().map_or_else(Vec::new, |piece| piece.bytes.to_vec());
            let whole = ahead.held().map_or_else(Vec::new, |piece| piece.bytes.to_vec());
            prop_assert!(whole.starts_with(&held));
        }
    }
}
