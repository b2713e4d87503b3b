//! What goes wrong with a data directory. Every message names the file, the cause and what to do.

use std::io;
use std::sync::Arc;

/// Why the data directory cannot be opened, read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JournalError {
    /// Another program, or this one, has the directory open.
    #[error(
        "{file}: the data directory is in use{}; end that program or give another directory",
        by.as_ref().map(|by| format!(" by process {by}")).unwrap_or_default()
    )]
    Locked {
        /// The lock file.
        file: String,
        /// Its process id, where that can be read.
        by: Option<String>,
    },
    /// The folder has files that no data directory has, and no manifest.
    #[error(
        "{file}: not a file of a data directory, and the folder has no MANIFEST; \
         give an empty folder or a data directory"
    )]
    NotADataDirectory {
        /// The first file that is none of ours.
        file: String,
    },
    /// A backup was to go into a folder that has files.
    #[error("{file}: a backup needs an empty folder; give another or empty this one")]
    NotEmpty {
        /// The first file that is there.
        file: String,
    },
    /// The file was written by a newer version.
    #[error(
        "{file}: format {found} is newer than format {known}, the newest that this version reads; \
         open the directory with a newer version"
    )]
    NewerFormat {
        /// The file.
        file: String,
        /// Its format.
        found: u32,
        /// The newest format that this version reads.
        known: u32,
    },
    /// The file is not what was written.
    #[error(
        "{file}: damaged: {problem}; restore a backup, or what the last checkpoint has \
         (`cimarron data restore --checkpoint`)"
    )]
    Damaged {
        /// The file.
        file: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The system refused an operation.
    #[error("{file}: cannot {operation}: {source}; check the disk and the folder's permissions")]
    Io {
        /// The file, or the folder.
        file: String,
        /// What was tried, as a verb.
        operation: &'static str,
        /// The system's reason.
        source: io::Error,
    },
    /// Writing failed before, so what the medium holds is not known: nothing is written any more.
    #[error("nothing is written any more, because writing failed: {cause}; then open it again")]
    Broken {
        /// The first failure.
        cause: Arc<JournalError>,
    },
    /// The caller asked for something that would make the directory unreadable. Nothing was done.
    #[error("refused: {what}")]
    Refused {
        /// What was asked.
        what: String,
    },
}

/// A result whose error is a [`JournalError`].
pub type Result<T, E = JournalError> = std::result::Result<T, E>;

impl JournalError {
    pub(crate) fn damaged(file: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Damaged { file: file.into(), problem: problem.into() }
    }

    pub(crate) fn io(file: impl Into<String>, operation: &'static str, source: io::Error) -> Self {
        Self::Io { file: file.into(), operation, source }
    }

    pub(crate) fn refused(what: impl Into<String>) -> Self {
        Self::Refused { what: what.into() }
    }

    /// As [`JournalError::io`], but a file that ends too early is damaged, not refused.
    pub(crate) fn reading(file: impl Into<String>, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::UnexpectedEof => Self::damaged(file, "the file ends too early"),
            io::ErrorKind::NotFound => Self::damaged(file, "the file is missing"),
            io::ErrorKind::InvalidData => Self::damaged(file, source.to_string()),
            _ => Self::io(file, "read", source),
        }
    }
}
