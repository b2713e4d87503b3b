//! What a log has beside its database: a file of fixed size that entries go to first, one behind the
//! other.
//!
//! A transaction of a database writes pages at several places, and a sync that has to bring many
//! small pieces to the disk takes twice as long as one that brings a single piece. So an entry is
//! written here, in one piece to space that the file system need not find any more, and is
//! durable after one request. The file has two halves. When one is full, the other is gone on in,
//! and meanwhile everything of the full one goes into the database, in one transaction.
//!
//! ```text
//! block 0:
//!      0  directory     16 bytes
//!     16  log number    u64
//!     24  length        u32   of the file
//!     28  CRC-32        u32   of all before
//! the first half, the second half
//!
//! frame, at a multiple of 8:
//!      0  CRC-32        u32   of the file's header and of all that follows here
//!      4  length        u32   of the bytes
//!      8  base          u64   the last commit before this half was begun
//!     16  first commit  u64
//!     24  last commit   u64
//!     32  bytes, and zeros up to a multiple of 8
//! ```
//!
//! A half that is begun anew is not erased: what it had before is of an older base than the last
//! commit of the database, and means nothing. So a crash while a half goes into the database
//! leaves the one or the other. The first frame that is not whole ends a half. It is the last one that was
//! begun, unless a whole one follows that the database does not have: then something that was durable is
//! damaged.

use super::Entry;
use crate::bytes::Fields;
use crate::manifest::DirectoryId;
use crate::medium::{BLOCK, BlockFile, Medium};
use rkyv::util::AlignedVec;
use std::io;
use std::sync::Arc;

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

/// The log's file of entries that are not in its database.
#[derive(Debug)]
pub(super) struct Ahead {
    path: String,
    file: Box<dyn BlockFile>,
    header: [u8; HEADER],
    /// How long a half is: whole blocks.
    half: usize,
    /// Whether it is the second one that is written.
    second: bool,
    /// Where in it the next frame goes.
    at: usize,
    /// What stands there before, from the last block's beginning on.
    block: AlignedVec<BLOCK>,
    /// What the half that is written has.
    held: Option<Held>,
    /// What the other half has and the database may not.
    full: Option<Arc<Held>>,
    /// Memory for the next half.
    spare: Vec<u8>,
}

/// All entries of a half, one behind the other.
#[derive(Debug)]
pub(super) struct Held {
    first: u64,
    last: u64,
    bytes: Vec<u8>,
}

impl Held {
    pub(super) fn piece(&self) -> Piece<'_> {
        Piece { first: self.first, last: self.last, bytes: &self.bytes }
    }

    pub(super) fn entry(&self, format: u32) -> Entry {
        Entry { first: self.first, last: self.last, bytes: self.bytes.clone(), format }
    }
}

impl Ahead {
    /// A new file of about so many bytes, at least a block for each half. Its content is durable
    /// on return.
    pub(super) fn create(
        (medium, name): (&dyn Medium, &str),
        bytes: u32,
        (log, durable): ((&DirectoryId, u64), bool),
    ) -> io::Result<Self> {
        static ZEROS: [u8; 16 * BLOCK] = [0; 16 * BLOCK];
        // A length below 4 GiB, of whole blocks.
        let blocks = (bytes as usize / BLOCK / 2).max(1) * 2 + 1;
        let length = u32::try_from(blocks * BLOCK).map_err(io::Error::other)?;
        let header = header(log, length);
        let mut first = [0; BLOCK];
        first.iter_mut().zip(header).for_each(|(place, byte)| *place = byte);
        // Written, and not only said to be there: a place on the disk that is given when it is
        // first written would have every sync bring the file system's records of that too.
        let mut file = medium.create(name)?;
        file.append(&first)?;
        for at in (1..blocks).step_by(ZEROS.len() / BLOCK) {
            let left = (blocks - at) * BLOCK;
            file.append(ZEROS.get(..left).unwrap_or(&ZEROS))?;
        }
        file.sync()?;
        Ok(Self::new((medium.path(name), medium.blocks(name, durable)?), header, length))
    }

    /// The file that is there, with what it has after the last commit of the log's database, if
    /// that has any.
    pub(super) fn open(
        (medium, name): (&dyn Medium, &str),
        database: Option<u64>,
        (log, durable): ((&DirectoryId, u64), bool),
    ) -> io::Result<Self> {
        let file = medium.blocks(name, durable)?;
        // What a process wrote and did not sync any more is read, and told, as if it were safe.
        if durable {
            file.sync()?;
        }
        let (header, content) = read((medium, name), log)?;
        // It was one when it was read.
        let length = u32::try_from(content.len()).map_err(io::Error::other)?;
        let mut ahead = Self::new((medium.path(name), file), header, length);
        ahead.recover(&content, database)?;
        Ok(ahead)
    }

    /// Whether a file whose log is not there ever had an entry.
    pub(super) fn was_used(of: (&dyn Medium, &str), log: (&DirectoryId, u64)) -> io::Result<bool> {
        let (header, content) = match read(of, log) {
            Ok(found) => found,
            // It was not made to the end.
            Err(error) if error.kind() == io::ErrorKind::InvalidData => return Ok(false),
            Err(error) => return Err(error),
        };
        let is_frame = |at| content.get(at..).is_some_and(|bytes| decode(&header, bytes).is_some());
        Ok((BLOCK..content.len()).step_by(STEP).any(is_frame))
    }

    fn new((path, file): (String, Box<dyn BlockFile>), header: [u8; HEADER], length: u32) -> Self {
        let half = (length as usize).saturating_sub(BLOCK) / 2 / BLOCK * BLOCK;
        let block = AlignedVec::new();
        let (held, full, spare) = (None, None, Vec::new());
        Self { path, file, header, half, second: false, at: 0, block, held, full, spare }
    }

    /// How messages name the file.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// What the database does not have, in the order of commits.
    pub(super) fn held(&self) -> impl Iterator<Item = &Held> {
        self.full.as_deref().into_iter().chain(&self.held)
    }

    /// The half that waits for the database.
    pub(super) fn full(&self) -> Option<&Arc<Held>> {
        self.full.as_ref()
    }

    /// The database has the half that waited for it.
    pub(super) fn settled(&mut self) {
        if let Some(Held { bytes, .. }) = self.full.take().and_then(Arc::into_inner) {
            self.spare = bytes;
            self.spare.clear();
        }
    }

    /// The database has everything.
    pub(super) fn settled_all(&mut self) {
        self.settled();
        self.turn();
        self.settled();
    }

    /// Whether there is room for an entry of so many bytes in the half that is written.
    pub(super) fn fits(&self, bytes: usize) -> bool {
        self.half.checked_sub(self.at).is_some_and(|room| framed(bytes) <= room)
    }

    /// Whether there would be in a half with nothing else.
    pub(super) fn fits_ever(&self, bytes: usize) -> bool {
        framed(bytes) <= self.half
    }

    /// Goes on in the other half, whose content the database has. This one waits for it then.
    pub(super) fn turn(&mut self) {
        debug_assert!(self.full.is_none(), "the database has not taken it yet");
        self.full = self.held.take().map(Arc::new);
        self.second = !self.second;
        self.at = 0;
        self.block.clear();
    }

    /// Adds an entry that [fits](Self::fits). It is durable on return, if the file was opened so.
    pub(super) fn append(&mut self, piece: Piece<'_>) -> io::Result<()> {
        let base = self.held.as_ref().map_or(piece.first.saturating_sub(1), Held::base);
        let before = self.block.len();
        encode(&self.header, base, piece, &mut self.block);
        let end = self.block.len();
        self.block.resize(end.next_multiple_of(BLOCK), 0);
        let half = if self.second { self.half } else { 0 };
        let offset = BLOCK + half + self.at - before;
        debug_assert!((offset | self.block.len()).is_multiple_of(BLOCK), "whole blocks");
        self.file.write(offset as u64, &self.block)?;
        self.at += end - before;
        // What the last block has is written again with the next frame.
        let kept = end / BLOCK * BLOCK;
        self.block.copy_within(kept..end, 0);
        self.block.resize(end - kept, 0);
        if self.held.is_none() {
            let bytes = std::mem::take(&mut self.spare);
            self.held = Some(Held { first: piece.first, last: piece.last, bytes });
        }
        hold(&mut self.held, piece);
        Ok(())
    }

    fn recover(&mut self, content: &[u8], database: Option<u64>) -> io::Result<()> {
        let mut found = Vec::new();
        let halves = content.get(BLOCK..).unwrap_or_default().chunks(self.half.max(1)).take(2);
        for (second, half) in halves.enumerate() {
            if let Some((at, held)) = self.recover_half(half, database)? {
                found.push((second > 0, at, held));
            }
        }
        found.sort_by_key(|(_, _, held)| held.first);
        let mut base = database;
        for (second, at, held) in found {
            if base.is_some_and(|base| held.base() != base) {
                return Err(missing(held.first));
            }
            base = Some(held.last);
            self.turn();
            self.second = second;
            self.at = at;
            let block = self.at / BLOCK * BLOCK;
            let start = BLOCK + if second { self.half } else { 0 };
            self.block
                .extend_from_slice(content.get(start + block..start + at).unwrap_or_default());
            self.held = Some(held);
        }
        Ok(())
    }

    /// What a half has that the database does not, and where it ends.
    fn recover_half(
        &self,
        half: &[u8],
        database: Option<u64>,
    ) -> io::Result<Option<(usize, Held)>> {
        let live = |base: u64| database.is_none_or(|last| base >= last);
        let mut at = 0;
        let mut held: Option<Held> = None;
        while let Some((base, piece)) = decode(&self.header, half.get(at..).unwrap_or_default())
            && live(base)
            && piece.first.checked_sub(1) == Some(held.as_ref().map_or(base, |held| held.last))
            && held.as_ref().is_none_or(|held| held.base() == base)
        {
            at += framed(piece.bytes.len());
            hold(&mut held, piece);
        }
        let mut behind = at;
        while let Some(bytes) = half.get(behind..).filter(|bytes| !bytes.is_empty()) {
            behind += match decode(&self.header, bytes) {
                Some((base, piece)) if live(base) => return Err(missing(piece.first)),
                // Nothing begins within a frame that is whole.
                Some((_, piece)) => framed(piece.bytes.len()),
                None => STEP,
            };
        }
        Ok(held.map(|held| (at, held)))
    }
}

impl Held {
    /// The last commit before.
    fn base(&self) -> u64 {
        self.first.saturating_sub(1)
    }
}

fn hold(held: &mut Option<Held>, Piece { first, last, bytes }: Piece<'_>) {
    let held = held.get_or_insert_with(|| Held { first, last, bytes: Vec::new() });
    held.last = last;
    held.bytes.extend_from_slice(bytes);
}

/// The header that the file has, and all of it.
fn read(
    (medium, name): (&dyn Medium, &str),
    log: (&DirectoryId, u64),
) -> io::Result<([u8; HEADER], Vec<u8>)> {
    let reader = medium.open(name)?;
    let other = || damaged("it is not the file that was made beside the log");
    let length = u32::try_from(reader.size()?).map_err(|_| other())?;
    let header = header(log, length);
    // Before there is memory for all of what may be anything.
    let mut found = [0; HEADER];
    if (length as usize) < HEADER {
        return Err(other());
    }
    reader.read_exact_at(0, &mut found)?;
    if found != header {
        return Err(other());
    }
    let mut content = vec![0; length as usize];
    reader.read_exact_at(0, &mut content)?;
    Ok((header, content))
}

fn damaged(problem: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, problem.into())
}

fn missing(commit: u64) -> io::Error {
    damaged(format!("commit {commit} is whole, and what comes before it is not"))
}

fn header((directory, number): (&DirectoryId, u64), length: u32) -> [u8; HEADER] {
    let mut header = [0; HEADER];
    let (fields, sum) = header.split_at_mut(HEADER - 4);
    let content = directory.iter().copied().chain(number.to_le_bytes()).chain(length.to_le_bytes());
    fields.iter_mut().zip(content).for_each(|(place, byte)| *place = byte);
    sum.copy_from_slice(&crc32fast::hash(fields).to_le_bytes());
    header
}

/// How long the frame of so many bytes is.
fn framed(bytes: usize) -> usize {
    bytes.saturating_add(FRAME + STEP - 1) / STEP * STEP
}

/// Adds a frame to `block`.
fn encode(
    header: &[u8; HEADER],
    base: u64,
    Piece { first, last, bytes }: Piece<'_>,
    block: &mut AlignedVec<BLOCK>,
) {
    let start = block.len();
    block.reserve(framed(bytes.len()) + BLOCK);
    block.extend_from_slice(&[0; 4]);
    // It fits into a file whose length is a u32.
    block.extend_from_slice(&u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_le_bytes());
    for field in [base, first, last] {
        block.extend_from_slice(&field.to_le_bytes());
    }
    block.extend_from_slice(bytes);
    if let Some((sum, content)) = block.get_mut(start..).and_then(<[u8]>::split_first_chunk_mut) {
        *sum = checksum(header, content).to_le_bytes();
    }
    block.resize(start + framed(bytes.len()), 0);
}

/// The base and the entry of the frame that `bytes` begins with, if it is whole.
fn decode<'b>(header: &[u8; HEADER], bytes: &'b [u8]) -> Option<(u64, Piece<'b>)> {
    let mut fields = Fields(bytes);
    let sum = fields.u32()?;
    let content = fields.0;
    let length = usize::try_from(fields.u32()?).ok()?;
    let (base, first, last) = (fields.u64()?, fields.u64()?, fields.u64()?);
    let piece = Piece { first, last, bytes: fields.0.get(..length)? };
    // Most of what is not a frame is found out before it is summed up.
    let likely = base < first && first <= last;
    let sound = likely && checksum(header, content.get(..FRAME - 4 + length)?) == sum;
    sound.then_some((base, piece))
}

fn checksum(header: &[u8; HEADER], framed: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(header);
    hasher.update(framed);
    hasher.finalize()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::LOG_FORMAT;
    use crate::simulated::{Crash, SimulatedMedium};
    use proptest::prelude::*;

    const LOG: (&DirectoryId, u64) = (&[7; 16], 3);
    const NAME: &str = "log-00000003.ahead";

    fn open(medium: &SimulatedMedium, database: Option<u64>) -> io::Result<Ahead> {
        Ahead::open((medium, NAME), database, (LOG, true))
    }

    fn held(ahead: &Ahead) -> Vec<Entry> {
        ahead.held().map(|held| held.entry(LOG_FORMAT)).collect()
    }

    /// A commit for each length, from 1 on. Where `settle` says so, the database takes the full
    /// half before there is need. Returns what it has then.
    fn fill(ahead: &mut Ahead, lengths: &[(usize, bool)]) -> Option<u64> {
        let mut database = None;
        for (commit, (length, settle)) in (1..).zip(lengths) {
            if !ahead.fits(*length) || *settle {
                database = ahead.full().map(|full| full.last).or(database);
                ahead.settled();
            }
            if !ahead.fits(*length) {
                ahead.turn();
            }
            let bytes: Vec<u8> = (0..*length).map(|at| (at as u64 * 31 + commit) as u8).collect();
            ahead.append(Piece { first: commit, last: commit, bytes: &bytes }).unwrap();
        }
        database
    }

    fn lengths() -> impl Strategy<Value = Vec<(usize, bool)>> {
        prop::collection::vec((0..3_000usize, prop::bool::weighted(0.2)), 0..16)
    }

    #[test]
    fn what_looks_like_a_frame_within_one_is_none() {
        let medium = SimulatedMedium::new();
        let mut ahead = Ahead::create((&medium, NAME), 16_384, (LOG, true)).unwrap();
        let mut bytes = AlignedVec::new();
        let within = Piece { first: 101, last: 101, bytes: b"of a copy of such a file" };
        encode(&ahead.header, 100, within, &mut bytes);
        ahead.append(Piece { first: 1, last: 1, bytes: &bytes }).unwrap();
        assert_eq!(held(&open(&medium, None).unwrap()), held(&ahead));
        assert_eq!(held(&open(&medium, Some(1)).unwrap()), []);
    }

    proptest! {
        #[test]
        fn what_the_database_does_not_have_is_found_again(
            bytes in 0..20_000u32, lengths in lengths(),
        ) {
            let medium = SimulatedMedium::new();
            let mut ahead = Ahead::create((&medium, NAME), bytes, (LOG, true)).unwrap();
            let database = fill(&mut ahead, &lengths);
            medium.sync().unwrap();
            for crash in [Crash::Nothing, Crash::Everything] {
                let found = open(&medium.crash(crash), database).unwrap();
                prop_assert_eq!(held(&found), held(&ahead));
                prop_assert_eq!((found.second, found.at), (ahead.second, ahead.at));
                prop_assert_eq!(found.block.as_slice(), ahead.block.as_slice());
            }
            // One that is full went into the database while nobody was told yet.
            if let Some(full) = ahead.full().map(|full| full.last) {
                ahead.settled();
                let found = open(&medium.crash(Crash::Nothing), Some(full)).unwrap();
                prop_assert_eq!(held(&found), held(&ahead));
            }
            let all = open(&medium.crash(Crash::Nothing), Some(lengths.len() as u64)).unwrap();
            prop_assert!(lengths.is_empty() || held(&all).is_empty());
        }

        #[test]
        fn a_changed_byte_is_noticed_or_in_the_last_entry_or_harmless(
            lengths in lengths(), at: prop::sample::Index, change in 1..=255u8,
        ) {
            let medium = SimulatedMedium::new();
            let mut ahead = Ahead::create((&medium, NAME), 16_384, (LOG, true)).unwrap();
            let database = fill(&mut ahead, &lengths);
            let mut changed = medium.bytes(NAME).unwrap();
            let at = at.index(changed.len());
            changed[at] ^= change;
            medium.put(NAME, changed);
            let Ok(found) = open(&medium, database) else { return Ok(()) };
            let bytes = |ahead: &Ahead| -> Vec<u8> {
                held(ahead).into_iter().flat_map(|entry| entry.bytes).collect()
            };
            prop_assert!(bytes(&ahead).starts_with(&bytes(&found)));
            let last = held(&found).last().map(|entry| entry.last).or(database).unwrap_or(0);
            prop_assert!(last + 1 >= lengths.len() as u64, "{last} of {}", lengths.len());
        }
    }
}
