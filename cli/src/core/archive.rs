//! Opening archives, with the failures that people are to read.

use super::reads;
use crate::failure::Failure;
use cimarron_model::Status;
use cimarron_mof::Compiled;
use cimarron_schema::{Archive, ArchiveBytes, OpenError, WriteError};
use std::io;
use std::path::Path;

/// Opens an archive.
pub(crate) fn open_archive(path: &Path) -> Result<Archive, Failure> {
    reads::note(path);
    if path.is_dir() {
        // Systems have many words for trying to read one as a file.
        let message = format!("`{}` is a directory, and no archive", path.display());
        return Err(Failure::input(Status::InvalidParameter, message)
            .with_help("compile MOF with -o for an archive; --data takes a data directory"));
    }
    Archive::open(path).map_err(|error| {
        let status = match &error {
            OpenError::Io(io) if io.kind() == io::ErrorKind::NotFound => Status::NotFound,
            other => other.status(),
        };
        Failure::input(status, format!("`{}`: {error}", path.display()))
    })
}

/// Whether a path is named as an archive.
fn is_named_so(path: &Path) -> bool {
    path.extension().is_some_and(|e| e.eq_ignore_ascii_case("cimar"))
}

/// Whether a path is named as an archive, and one is there, sound or not.
pub(super) fn is_there(path: &Path) -> bool {
    is_named_so(path)
        && path.is_file()
        && !matches!(Archive::open(path), Err(OpenError::NotAnArchive | OpenError::Io(_)))
}

/// The archive at a path; `None` where there is something that is no archive, which is
/// read as MOF then. What is named as an archive must be one.
pub(crate) fn archive_at(path: &Path) -> Result<Option<Archive>, Failure> {
    if is_named_so(path) {
        return open_archive(path).map(Some);
    }
    if !path.is_file() {
        // Opening a pipe would take from it. Reading it as MOF says what is wrong, if anything.
        return Ok(None);
    }
    match Archive::open(path) {
        Ok(archive) => {
            reads::note(path);
            Ok(Some(archive))
        }
        Err(OpenError::NotAnArchive | OpenError::Io(_)) => Ok(None),
        // Opened again for the failure to be spelled as everywhere.
        Err(_) => open_archive(path).map(Some),
    }
}

/// The archive of what was compiled.
pub(crate) fn archive_of(compiled: &Compiled) -> Result<Archive, Failure> {
    archive_from(archive_bytes(compiled)?)
}

/// The bytes of an archive of what was compiled.
pub(crate) fn archive_bytes(compiled: &Compiled) -> Result<ArchiveBytes, Failure> {
    within_limits(compiled.archive())
}

/// An archive, unless its schema is beyond the limits of one.
pub(crate) fn within_limits<T>(made: Result<T, WriteError>) -> Result<T, Failure> {
    made.map_err(|error| Failure::input(Status::ServerLimits, error.to_string()))
}

/// An archive that was just made.
pub(crate) fn archive_from(bytes: ArchiveBytes) -> Result<Archive, Failure> {
    Archive::from_bytes(bytes).map_err(|e| Failure::input(e.status(), e.to_string()))
}
