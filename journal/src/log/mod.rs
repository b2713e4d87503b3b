//! A log: entries, in the order in which they were added, until the next checkpoint takes their
//! place. It is a redb database, whose rows are never changed or removed, so that the file never needs
//! to be compacted; and beside it a file that the newest entries are in (`ahead`).
//!
//! A transaction is committed in one phase: redb writes the new pages and a header that names
//! them and their checksums, then syncs once. After a crash the checksums tell whether all of it
//! arrived, and if not the header's other half still names the transaction before. Opening always
//! verifies every page's checksum; a file that was closed has a two-phase commit as its last, and
//! there nothing may be missing.
//!
//! The first row, with the key `(0, 0)`, is the log's header: format version u32, directory 16
//! bytes, the log's number u64. A log gets its name only when that is durable, and the file beside
//! it. A log of format 1 has no such file: its entries go into the database one by one.

mod ahead;
mod backend;
mod frame;
mod tail;
#[cfg(test)]
mod tests;

pub use tail::{Entry, Tail};

use crate::bytes::Fields;
use crate::error::{JournalError, Result};
use crate::journal::Options;
use crate::manifest::DirectoryId;
use crate::medium::Medium;
use crate::names;
use ahead::{Ahead, Held, Piece};
use backend::{Backend, guarded};
use frame::{Key, PART, Part};
use parking_lot::Mutex;
use redb::{Builder, Database, ReadableDatabase, ReadableTable, StorageBackend, TableDefinition};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The newest format of logs that is known. It is that of the file beside the database, as formats
/// 2 and 3 were; entries have kinds of changes that those of older formats did not.
pub const LOG_FORMAT: u32 = 4;
/// The last format of logs without a file beside the database.
const ALONE: u32 = 1;
/// Of redb. The pages that an append changes are few, and reading is one pass.
const CACHE: usize = 4 << 20;

const ENTRIES: TableDefinition<'_, Key, &[u8]> = TableDefinition::new("entries");
const HEADER_KEY: Key = (0, 0);
/// The header stands where the entry of these commits would.
const HEADER_COMMITS: (u64, u64) = (0, 0);

/// A log that is open.
#[derive(Debug)]
pub(crate) struct Log {
    number: u64,
    format: u32,
    path: String,
    database: Database,
    ahead: Option<Mutex<Ahead>>,
    /// Held by whoever brings entries from there into the database; before the other lock.
    settling: Mutex<()>,
    /// Whether syncs reach the medium.
    syncing: Arc<AtomicBool>,
    given_up: AtomicBool,
}

impl Log {
    /// Makes a log without entries. It is durable when this returns, whatever the options say of
    /// the entries.
    pub(crate) fn create(
        medium: &dyn Medium,
        directory: &DirectoryId,
        number: u64,
        options: Options,
    ) -> Result<Self> {
        let name = names::log(number);
        let path = medium.path(&name);
        let new = names::new(&name);
        let ahead_name = names::ahead(number);
        let failed = |operation| {
            let path = path.clone();
            move |error| JournalError::io(path, operation, error)
        };
        // One that an attempt left which could not make its name durable. It must not be found with
        // half a file beside it.
        match medium.remove(&name) {
            Ok(()) => medium.sync().map_err(failed("sync the folder of"))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed("remove")(error)),
        }
        let made = Self::make((medium, &new, &ahead_name), directory, number, options);
        let log = made.inspect_err(|_| {
            // The disk may be full, and commits that still fit need the room.
            let _ = medium.remove(&new);
            let _ = medium.remove(&ahead_name);
        })?;
        medium.rename(&new, &name).map_err(failed("rename"))?;
        medium.sync().map_err(failed("sync the folder of"))?;
        log.syncing.store(options.sync, Ordering::Relaxed);
        Ok(log)
    }

    /// Makes both files, the database's under the name that it has until it is whole, durably.
    fn make(
        (medium, new, ahead_name): (&dyn Medium, &str, &str),
        directory: &DirectoryId,
        number: u64,
        options: Options,
    ) -> Result<Self> {
        let path = medium.path(&names::log(number));
        let ahead =
            Ahead::create((medium, ahead_name), options.ahead, ((directory, number), options.sync));
        let ahead =
            ahead.map_err(|error| JournalError::io(medium.path(ahead_name), "create", error))?;
        let syncing = Arc::new(AtomicBool::new(true));
        let file =
            medium.log(new, true).map_err(|error| JournalError::io(&*path, "create", error))?;
        let database = open_database(&path, "create", file, &syncing)?;
        let log = Self::new(number, path, database, syncing, Some(ahead));
        let (first, last) = HEADER_COMMITS;
        log.write("write", &[Piece { first, last, bytes: &header(directory, number) }])?;
        // With the log's name the other file's must be there.
        let synced = medium.sync();
        synced.map_err(|error| JournalError::io(&*log.path, "sync the folder of", error))?;
        Ok(log)
    }

    fn new(
        number: u64,
        path: String,
        database: Database,
        syncing: Arc<AtomicBool>,
        ahead: Option<Ahead>,
    ) -> Self {
        Self {
            number,
            format: LOG_FORMAT,
            path,
            database,
            ahead: ahead.map(Mutex::new),
            settling: Mutex::default(),
            syncing,
            given_up: AtomicBool::new(false),
        }
    }

    /// Opens a log and verifies that all of it is as it was written.
    pub(crate) fn open(
        medium: &dyn Medium,
        directory: &DirectoryId,
        number: u64,
        sync: bool,
    ) -> Result<Self> {
        let (log, of) = Self::open_any(medium, number, sync)?;
        if of != (*directory, number) {
            return Err(JournalError::damaged(
                &*log.path,
                "it is a log of another directory, or another log of this one",
            ));
        }
        Ok(log)
    }

    /// As [`Log::open`], whatever directory and number the log has.
    pub(crate) fn open_any(
        medium: &dyn Medium,
        number: u64,
        sync: bool,
    ) -> Result<(Self, (DirectoryId, u64))> {
        let name = names::log(number);
        let path = medium.path(&name);
        let file = medium.log(&name, false).map_err(|e| JournalError::reading(&path, e))?;
        // redb would make a new database of it.
        if file.len().map_err(|e| JournalError::reading(&path, e))? == 0 {
            return Err(JournalError::damaged(path, "it is empty"));
        }
        let syncing = Arc::new(AtomicBool::new(sync));
        let database = open_database(&path, "open", file, &syncing)?;
        let mut log = Self::new(number, path, database, syncing, None);
        let (version, directory, of) = log.header()?;
        log.format = version;
        if version != ALONE {
            let name = names::ahead(number);
            let of_log = ((&directory, of), sync);
            let ahead = Ahead::open((medium, &name), log.last()?, of_log)
                .map_err(|error| JournalError::reading(medium.path(&name), error))?;
            log.ahead = Some(Mutex::new(ahead));
        }
        Ok((log, (directory, of)))
    }

    /// Whether a log that is not there had entries, as the file beside it tells.
    pub(crate) fn is_lost(
        medium: &dyn Medium,
        directory: &DirectoryId,
        number: u64,
    ) -> Result<bool> {
        let name = names::ahead(number);
        Ahead::was_used((medium, &name), (directory, number))
            .map_err(|error| JournalError::reading(medium.path(&name), error))
    }

    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    pub(crate) const fn format(&self) -> u32 {
        self.format
    }

    /// Says that the file is going to be removed: closing it need not wait for the medium.
    pub(crate) fn give_up(&self) {
        self.given_up.store(true, Ordering::Relaxed);
        self.syncing.store(false, Ordering::Relaxed);
    }

    /// Whether nobody needs it any more.
    pub(crate) fn is_given_up(&self) -> bool {
        self.given_up.load(Ordering::Relaxed)
    }

    /// Adds an entry, which is durable on return.
    pub(crate) fn append(&self, first: u64, last: u64, bytes: &[u8]) -> Result<()> {
        let piece = Piece { first, last, bytes };
        let Some(ahead) = &self.ahead else { return self.write("append to", &[piece]) };
        let mut half = ahead.lock();
        if !half.fits_ever(bytes.len()) {
            drop(half);
            return self.settle_all(ahead, Some(piece));
        }
        if !half.fits(bytes.len()) {
            if half.full().is_some() {
                drop(half);
                self.settle()?;
                half = ahead.lock();
            }
            half.turn();
        }
        half.append(piece).map_err(|error| JournalError::io(half.path(), "append to", error))
    }

    /// Whether [`Log::settle`] has something to do.
    pub(crate) fn unsettled(&self) -> bool {
        self.ahead.as_ref().is_some_and(|ahead| ahead.lock().full().is_some())
    }

    /// Brings the half of the file beside the database that is full, if one is, into the database.
    /// Another thread may append meanwhile.
    pub(crate) fn settle(&self) -> Result<()> {
        let Some(ahead) = &self.ahead else { return Ok(()) };
        let _one = self.settling.lock();
        let full = ahead.lock().full().cloned();
        let Some(full) = full else { return Ok(()) };
        self.write("append to", &[full.piece()])?;
        // Whoever has it last keeps its memory for the next half.
        drop(full);
        ahead.lock().settled();
        Ok(())
    }

    /// Brings everything into the database, and an entry that has no room beside it.
    fn settle_all(&self, ahead: &Mutex<Ahead>, more: Option<Piece<'_>>) -> Result<()> {
        let _one = self.settling.lock();
        let mut ahead = ahead.lock();
        let pieces: Vec<_> = ahead.held().map(Held::piece).chain(more).collect();
        if pieces.is_empty() {
            return Ok(());
        }
        self.write("append to", &pieces)?;
        drop(pieces);
        ahead.settled_all();
        Ok(())
    }

    /// One transaction, which is durable on return.
    fn write(&self, operation: &'static str, pieces: &[Piece<'_>]) -> Result<()> {
        guarded(&self.path, operation, || {
            let transaction = self.database.begin_write()?;
            let mut table = transaction.open_table(ENTRIES)?;
            let mut value = Vec::new();
            for Piece { first, last, bytes } in pieces {
                // Fewer than the bytes, of which a process holds no more than an address space.
                let parts = u32::try_from(bytes.len().div_ceil(PART).max(1)).unwrap_or(u32::MAX);
                let mut rest = *bytes;
                for part in 0..parts {
                    let (head, tail) = rest.split_at(rest.len().min(PART));
                    rest = tail;
                    let key = (*first, part);
                    Part { last: *last, parts, bytes: head }.encode(key, &mut value);
                    table.insert(key, value.as_slice())?;
                }
            }
            drop(table);
            transaction.commit()?;
            Ok(())
        })
    }

    /// Something of all that stands beside the database, in the order of commits.
    fn held<T>(&self, of: impl FnMut(&Held) -> T) -> Vec<T> {
        let ahead = self.ahead.as_ref().map(|ahead| ahead.lock());
        ahead.iter().flat_map(|ahead| ahead.held()).map(of).collect()
    }

    /// The last commit in the log; `None` when it has no entry.
    pub(crate) fn last(&self) -> Result<Option<u64>> {
        let held = self.held(|held| held.piece().last);
        if let Some(last) = held.last() {
            return Ok(Some(*last));
        }
        let found = guarded(&self.path, "read", || {
            let table = self.database.begin_read()?.open_table(ENTRIES)?;
            let last = table.last()?;
            Ok(last.map(|(key, value)| {
                let key = key.value();
                (key, Part::decode(key, value.value()).map(|part| part.last))
            }))
        })?;
        match found {
            Some((HEADER_KEY, Some(_))) => Ok(None),
            Some((_, Some(last))) => Ok(Some(last)),
            _ => Err(JournalError::damaged(&*self.path, "its last entry is not as written")),
        }
    }

    /// About how many bytes its entries have.
    pub(crate) fn bytes(&self) -> Result<u64> {
        let ahead = self.held(|held| held.piece().bytes.len() as u64);
        let stored = guarded(&self.path, "read", || {
            let table = self.database.begin_read()?.open_table(ENTRIES)?;
            let statistics = redb::ReadableTableMetadata::stats(&table)?;
            Ok(statistics.stored_bytes())
        })?;
        Ok(ahead.iter().fold(stored, |sum, bytes| sum.saturating_add(*bytes)))
    }

    /// The format, the directory and the number in the header.
    fn header(&self) -> Result<(u32, DirectoryId, u64)> {
        let bytes = guarded(&self.path, "read", || {
            let table = self.database.begin_read()?.open_table(ENTRIES)?;
            let value = table.get(HEADER_KEY)?;
            Ok(value.and_then(|value| {
                Part::decode(HEADER_KEY, value.value()).map(|part| part.bytes.to_vec())
            }))
        })?;
        let mut fields = Fields(bytes.as_deref().unwrap_or_default());
        let version = fields.u32();
        if let Some(found) = version.filter(|found| *found > LOG_FORMAT) {
            return Err(JournalError::NewerFormat {
                file: self.path.clone(),
                found,
                known: LOG_FORMAT,
            });
        }
        match (version, fields.array(), fields.u64()) {
            (Some(version @ ALONE..=LOG_FORMAT), Some(directory), Some(number)) => {
                Ok((version, directory, number))
            }
            _ => Err(JournalError::damaged(&*self.path, "it has no header")),
        }
    }
}

impl Drop for Log {
    /// A log that is closed has everything in its database, unless nobody needs it any more.
    fn drop(&mut self) {
        if !self.is_given_up()
            && let Some(ahead) = self.ahead.take()
        {
            // Where that fails it stays where it is, and is found by whoever opens the log.
            let _ = self.settle_all(&ahead, None);
        }
    }
}

fn header(directory: &DirectoryId, number: u64) -> Vec<u8> {
    let mut header = LOG_FORMAT.to_le_bytes().to_vec();
    header.extend_from_slice(directory);
    header.extend_from_slice(&number.to_le_bytes());
    header
}

fn open_database(
    path: &str,
    operation: &'static str,
    file: Box<dyn StorageBackend>,
    sync: &Arc<AtomicBool>,
) -> Result<Database> {
    let backend = Backend::new(file, Arc::clone(sync));
    guarded(path, operation, || {
        let database = Builder::new()
            .set_cache_size(CACHE)
            .set_check_integrity_on_open(true)
            .create_with_backend(backend)?;
        Ok(database)
    })
}
