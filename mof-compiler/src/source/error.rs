//! Why sources cannot be loaded.

use super::archive::ArchiveError;
use std::io;

/// What the caller asked for cannot be read. What files ask for, by including,
/// is reported as a diagnostic instead.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SourceError {
    /// There is no such file or directory.
    #[error("`{0}` does not exist")]
    NotFound(String),
    /// A directory or archive holds nothing to compile.
    #[error("`{0}` holds no MOF files (*.mof)")]
    NoMof(String),
    /// Reading failed.
    #[error("`{name}` cannot be read: {error}")]
    Io {
        /// The file or directory.
        name: String,
        /// What the file system reported.
        error: io::Error,
    },
    /// An archive cannot be used.
    #[error("`{name}`: {error}")]
    Archive {
        /// The archive.
        name: String,
        /// Why not.
        error: ArchiveError,
    },
    /// A limit of [`Limits`](super::Limits) is exceeded.
    #[error("`{name}` exceeds the limit of {limit} {unit}")]
    Limit {
        /// The file that would exceed it.
        name: String,
        /// The limit.
        limit: u64,
        /// What it counts.
        unit: &'static str,
    },
}

pub(super) fn io_error(name: &str, error: io::Error) -> SourceError {
    SourceError::Io { name: name.to_owned(), error }
}
