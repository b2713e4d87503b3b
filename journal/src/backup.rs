//! Copying the checkpoint that holds into another folder, while everything goes on.

use crate::error::{JournalError, Result};
use crate::journal::Journal;
use crate::log::Log;
use crate::manifest::Manifest;
use crate::medium::{LockError, Medium};
use crate::names::{LOCK, MANIFEST};
use crate::open::new_directory;

/// What a backup has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BackupReport {
    /// The last commit; `None` when there was no checkpoint, and the copy is empty.
    pub commit: Option<u64>,
    /// How many segments were copied.
    pub segments: usize,
    /// Their bytes.
    pub bytes: u64,
}

impl Journal {
    /// Makes `target`, an empty folder, a data directory of its own that holds the checkpoint that
    /// holds here. Entries after it are not copied: whoever wants them makes a checkpoint first.
    /// Every copied blob is read back and verified. A copy that was not completed has no manifest
    /// and is refused when it is opened.
    ///
    /// # Errors
    /// [`JournalError::NotEmpty`]; when either medium refuses, or a segment is damaged.
    pub fn backup(&self, target: &dyn Medium) -> Result<BackupReport> {
        let _held = target.lock().map_err(|error| match error {
            LockError::Taken(by) => JournalError::Locked { file: target.path(LOCK), by },
            LockError::Io(error) => JournalError::io(target.path(LOCK), "lock", error),
        })?;
        let names =
            target.list().map_err(|error| JournalError::io(target.path(""), "list", error))?;
        if let Some(name) = names.iter().find(|name| *name != LOCK) {
            return Err(JournalError::NotEmpty { file: target.path(name) });
        }

        let (mut manifest, pinned) = self.manifest_and_files()?;
        // Another directory from here on: its commits will be others than ours.
        manifest.directory = new_directory()?;
        let bytes = pinned.segments.copy_to(target)?;
        let (directory, number) = (&manifest.directory, manifest.first_log);
        // Its names become durable too, and with them those of the segments.
        drop(Log::create(target, directory, number, true)?);
        manifest.write(target)?;
        let segments = manifest.checkpoint.map_or(0, |checkpoint| checkpoint.segments.len());
        Ok(BackupReport { commit: pinned.commit, segments, bytes })
    }

    /// The manifest that holds, and its files pinned.
    fn manifest_and_files(&self) -> Result<(Manifest, crate::Pinned)> {
        let shared = &self.shared;
        // No other manifest is installed between reading it and pinning its files.
        let files = shared.files.lock();
        let manifest = Manifest::read(&*shared.medium)?;
        let commit = manifest.checkpoint.as_ref().map(|checkpoint| checkpoint.commit);
        let records = manifest.checkpoint.iter().flat_map(|checkpoint| &checkpoint.segments);
        let ours = files.segments.values().map(|segment| segment.record());
        if commit != files.checkpoint || !records.copied().eq(ours) {
            return Err(JournalError::damaged(
                shared.medium.path(MANIFEST),
                "it is not the one that was written",
            ));
        }
        let segments = crate::Segments::new(
            std::sync::Arc::clone(&files.segments),
            std::sync::Arc::clone(shared),
        );
        drop(files);
        Ok((manifest, crate::Pinned { commit, segments }))
    }
}
