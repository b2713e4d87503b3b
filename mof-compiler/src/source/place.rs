//! Where files lie.

use super::FileId;
use super::archive::ZipFileSystem;
use super::error::SourceError;
use super::include::Directories;
use std::path::{Path, PathBuf};

/// Where a loaded file lies.
pub(super) enum Origin {
    /// In an archive, both by number.
    Entry { archive: usize, entry: usize },
    /// In this directory of the caller's file system.
    Directory(PathBuf),
    /// Nowhere: a text that is no file.
    Nowhere,
}

/// A directory to look for included files in, and the archive, by number, that it is of;
/// `None`: the caller's file system.
pub(super) type Place = (Option<usize>, PathBuf);

/// An archive of files.
pub(super) struct Archive {
    pub(super) name: String,
    pub(super) files: ZipFileSystem,
    pub(super) directories: Directories,
}

impl Archive {
    /// The file under a canonical path; all of an archive are loaded when it is added.
    pub(super) fn file(&self, key: &Path) -> Result<FileId, SourceError> {
        let missing = || SourceError::NotFound(format!("{}/{}", self.name, key.display()));
        self.files.file(key).ok_or_else(missing)
    }
}
