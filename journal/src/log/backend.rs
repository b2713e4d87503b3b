//! What stands between redb and the medium: syncs that can be left out, and redb's panics.

use crate::error::{JournalError, Result};
use redb::StorageBackend;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A medium's file for redb. It takes no locks: the directory's covers it.
#[derive(Debug)]
pub(super) struct Backend {
    file: Box<dyn StorageBackend>,
    sync: Arc<AtomicBool>,
}

impl Backend {
    /// Syncs as long as `sync` says so.
    pub(super) fn new(file: Box<dyn StorageBackend>, sync: Arc<AtomicBool>) -> Self {
        Self { file, sync }
    }
}

impl StorageBackend for Backend {
    fn len(&self) -> io::Result<u64> {
        self.file.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.file.read(offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.file.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        if self.sync.load(Ordering::Relaxed) { self.file.sync_data() } else { Ok(()) }
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.file.write(offset, data)
    }

    fn close(&self) -> io::Result<()> {
        self.file.close()
    }
}

/// Runs something of redb on the log `path`. redb checks its files, but a file that was changed
/// behind it can still meet an assertion: that is the file's damage, not the program's end.
pub(super) fn guarded<T>(
    path: &str,
    operation: &'static str,
    run: impl FnOnce() -> Result<T, redb::Error>,
) -> Result<T> {
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(translated(path, operation, error)),
        Err(panic) => {
            let message = panic
                .downcast_ref::<String>()
                .map(String::as_str)
                .or_else(|| panic.downcast_ref().copied())
                .unwrap_or("an assertion of the log's reader failed");
            Err(JournalError::damaged(path, message))
        }
    }
}

fn translated(path: &str, operation: &'static str, error: redb::Error) -> JournalError {
    match error {
        redb::Error::Io(error) => match error.kind() {
            io::ErrorKind::InvalidData => JournalError::damaged(path, error.to_string()),
            io::ErrorKind::UnexpectedEof => JournalError::damaged(path, "the file ends too early"),
            _ => JournalError::io(path, operation, error),
        },
        redb::Error::Corrupted(problem) => JournalError::damaged(path, problem),
        redb::Error::TableDoesNotExist(_)
        | redb::Error::TableTypeMismatch { .. }
        | redb::Error::TypeDefinitionChanged { .. }
        | redb::Error::UpgradeRequired(_) => JournalError::damaged(path, error.to_string()),
        error => JournalError::io(path, operation, io::Error::other(error)),
    }
}
