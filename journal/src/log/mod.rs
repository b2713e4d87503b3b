//! A log: a redb file to whose end entries are added, one transaction each, until the next
//! checkpoint takes its place. Rows are never changed or removed, so the file never needs to be
//! compacted.
//!
//! A transaction is committed in one phase: redb writes the new pages and a header that names
//! them and their checksums, then syncs once. After a crash the checksums tell whether all of it
//! arrived, and if not the header's other half still names the transaction before. Opening always
//! verifies every page's checksum; a file that was closed has a two-phase commit as its last, and
//! there nothing may be missing.
//!
//! The first row, with the key `(0, 0)`, is the log's header: format version u32, directory 16
//! bytes, the log's number u64. A log gets its name only when that is durable.

mod backend;
mod frame;
mod tail;

pub use tail::{Entry, Tail};

use crate::bytes::Fields;
use crate::error::{JournalError, Result};
use crate::manifest::DirectoryId;
use crate::medium::Medium;
use crate::names;
use backend::{Backend, guarded};
use frame::{Key, PART, Part};
use redb::{Builder, Database, ReadableDatabase, ReadableTable, StorageBackend, TableDefinition};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The newest format of logs that is known.
const FORMAT: u32 = 1;
/// Of redb. The pages that an append changes are few, and reading is one pass.
const CACHE: usize = 4 << 20;

const ENTRIES: TableDefinition<'_, Key, &[u8]> = TableDefinition::new("entries");
const HEADER_KEY: Key = (0, 0);

/// A log that is open.
#[derive(Debug)]
pub(crate) struct Log {
    number: u64,
    path: String,
    database: Database,
    /// Whether syncs reach the medium.
    syncing: Arc<AtomicBool>,
}

impl Log {
    /// Makes a log without entries. It is durable when this returns, whatever `sync` says of the
    /// entries.
    pub(crate) fn create(
        medium: &dyn Medium,
        directory: &DirectoryId,
        number: u64,
        sync: bool,
    ) -> Result<Self> {
        let name = names::log(number);
        let path = medium.path(&name);
        let new = names::new(&name);
        let failed = |operation| {
            let path = path.clone();
            move |error| JournalError::io(path, operation, error)
        };
        let file = medium.log(&new, true).map_err(failed("create"))?;
        let syncing = Arc::new(AtomicBool::new(true));
        let database = open_database(&path, "create", file, &syncing)?;
        let log = Self { number, path: path.clone(), database, syncing };
        let header = header(directory, number);
        log.write("write", HEADER_KEY.0, HEADER_KEY.0, &header)?;
        medium.rename(&new, &name).map_err(failed("rename"))?;
        medium.sync().map_err(failed("sync the folder of"))?;
        log.syncing.store(sync, Ordering::Relaxed);
        Ok(log)
    }

    /// Opens a log and verifies that all of it is as it was written.
    pub(crate) fn open(
        medium: &dyn Medium,
        directory: &DirectoryId,
        number: u64,
        sync: bool,
    ) -> Result<Self> {
        let log = Self::open_any(medium, number, sync)?;
        let (found, of) = log.header()?;
        if found != *directory || of != number {
            return Err(JournalError::damaged(
                log.path,
                "it is a log of another directory, or another log of this one",
            ));
        }
        Ok(log)
    }

    /// As [`Log::open`], whatever directory the log belongs to.
    pub(crate) fn open_any(medium: &dyn Medium, number: u64, sync: bool) -> Result<Self> {
        let name = names::log(number);
        let path = medium.path(&name);
        let file = medium.log(&name, false).map_err(|e| JournalError::reading(&path, e))?;
        // redb would make a new database of it.
        if file.len().map_err(|e| JournalError::reading(&path, e))? == 0 {
            return Err(JournalError::damaged(path, "it is empty"));
        }
        let syncing = Arc::new(AtomicBool::new(sync));
        let database = open_database(&path, "open", file, &syncing)?;
        Ok(Self { number, path, database, syncing })
    }

    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// Says that the file is going to be removed: closing it need not wait for the medium.
    pub(crate) fn give_up(&self) {
        self.syncing.store(false, Ordering::Relaxed);
    }

    /// Adds an entry, in one transaction that is durable on return.
    pub(crate) fn append(&self, first: u64, last: u64, bytes: &[u8]) -> Result<()> {
        self.write("append to", first, last, bytes)
    }

    fn write(&self, operation: &'static str, first: u64, last: u64, bytes: &[u8]) -> Result<()> {
        let parts = u32::try_from(bytes.len().div_ceil(PART).max(1))
            .map_err(|_| JournalError::refused("an entry of too many bytes"))?;
        guarded(&self.path, operation, || {
            let transaction = self.database.begin_write()?;
            let mut table = transaction.open_table(ENTRIES)?;
            let mut rest = bytes;
            let mut value = Vec::new();
            for part in 0..parts {
                let (head, tail) = rest.split_at(rest.len().min(PART));
                rest = tail;
                let key = (first, part);
                Part { last, parts, bytes: head }.encode(key, &mut value);
                table.insert(key, value.as_slice())?;
            }
            drop(table);
            transaction.commit()?;
            Ok(())
        })
    }

    /// The last commit in the log; `None` when it has no entry.
    pub(crate) fn last(&self) -> Result<Option<u64>> {
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
        guarded(&self.path, "read", || {
            let table = self.database.begin_read()?.open_table(ENTRIES)?;
            let statistics = redb::ReadableTableMetadata::stats(&table)?;
            Ok(statistics.stored_bytes())
        })
    }

    /// The directory and the number in the header.
    fn header(&self) -> Result<(DirectoryId, u64)> {
        let bytes = guarded(&self.path, "read", || {
            let table = self.database.begin_read()?.open_table(ENTRIES)?;
            let value = table.get(HEADER_KEY)?;
            Ok(value.and_then(|value| {
                Part::decode(HEADER_KEY, value.value()).map(|part| part.bytes.to_vec())
            }))
        })?;
        let mut fields = Fields(bytes.as_deref().unwrap_or_default());
        let version = fields.u32();
        if let Some(found) = version.filter(|found| *found > FORMAT) {
            return Err(JournalError::NewerFormat {
                file: self.path.clone(),
                found,
                known: FORMAT,
            });
        }
        match (version, fields.array(), fields.u64()) {
            (Some(FORMAT), Some(directory), Some(number)) => Ok((directory, number)),
            _ => Err(JournalError::damaged(&*self.path, "it has no header")),
        }
    }
}

fn header(directory: &DirectoryId, number: u64) -> Vec<u8> {
    let mut header = FORMAT.to_le_bytes().to_vec();
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
