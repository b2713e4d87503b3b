//! Copying the checkpoint that holds into another folder, while everything goes on.

use crate::error::{JournalError, Result};
use crate::journal::{Journal, Options};
use crate::log::Log;
use crate::manifest::Manifest;
use crate::medium::{Held, LockError, Medium};
use crate::names::{LOCK, MANIFEST};
use crate::open::new_directory;
use crate::segment::Segment;

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
        let target = Target::take(target)?;
        let (manifest, pinned) = self.manifest_and_files()?;
        let bytes = pinned.segments.copy_to(target.medium)?;
        target.finish(manifest, bytes)
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

/// Makes `target`, an empty folder, a data directory that holds the checkpoint of `source`, which
/// nobody has open, whatever became of the logs behind it: what is left of a directory that is
/// refused for a damaged log. `source` is not changed.
///
/// # Errors
/// As [`Journal::backup`]; when `source` is in use, or no manifest of it can be read.
pub fn rescue(source: &dyn Medium, target: &dyn Medium) -> Result<BackupReport> {
    let _held = hold(source)?;
    let manifest = Manifest::read(source)?;
    let target = Target::take(target)?;
    let mut bytes = 0;
    for record in manifest.checkpoint.iter().flat_map(|checkpoint| &checkpoint.segments) {
        Segment::open(source, record)?.copy_to(target.medium)?;
        bytes += record.length;
    }
    target.finish(manifest, bytes)
}

fn hold(medium: &dyn Medium) -> Result<Box<dyn Held>> {
    medium.lock().map_err(|error| match error {
        LockError::Taken(by) => JournalError::Locked { file: medium.path(LOCK), by },
        LockError::Io(error) => JournalError::io(medium.path(LOCK), "lock", error),
    })
}

/// A folder that becomes a copy.
struct Target<'m> {
    medium: &'m dyn Medium,
    _held: Box<dyn Held>,
}

impl<'m> Target<'m> {
    /// Takes a folder that is empty.
    fn take(medium: &'m dyn Medium) -> Result<Self> {
        let held = hold(medium)?;
        let names =
            medium.list().map_err(|error| JournalError::io(medium.path(""), "list", error))?;
        match names.iter().find(|name| *name != LOCK) {
            Some(name) => Err(JournalError::NotEmpty { file: medium.path(name) }),
            None => Ok(Self { medium, _held: held }),
        }
    }

    /// Adds what a directory has beside its segments, the manifest last.
    fn finish(self, mut manifest: Manifest, bytes: u64) -> Result<BackupReport> {
        // Another directory from here on: its commits will be others than ours.
        manifest.directory = new_directory()?;
        // Its names become durable too, and with them those of the segments.
        let options = Options::default();
        drop(Log::create(self.medium, &manifest.directory, manifest.first_log, options)?);
        manifest.write(self.medium)?;
        let checkpoint = manifest.checkpoint.as_ref();
        Ok(BackupReport {
            commit: checkpoint.map(|checkpoint| checkpoint.commit),
            segments: checkpoint.map_or(0, |checkpoint| checkpoint.segments.len()),
            bytes,
        })
    }
}
