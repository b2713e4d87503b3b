//! What is done to the data directory and not to what it holds.

use super::At;
use cimarron_engine::EngineError;
use std::path::{Path, PathBuf};

/// The folder of a backup.
pub(super) fn folder(backups: &Path, seed: u64) -> PathBuf {
    backups.join(format!("{seed:016x}"))
}

/// Copies the directory, where there is a place for copies.
pub(super) fn backup(at: At<'_>, seed: u64) -> Result<(), EngineError> {
    at.backups.map_or(Ok(()), |backups| at.repository.backup(folder(backups, seed)))
}
