//! Source texts: where they come from and where a byte of them stands.
//!
//! All texts are loaded before anything is parsed. A [`SourceMap`] then owns
//! them unchanged, so syntax trees of all files can borrow from it at once and
//! no stage has to interleave reading with parsing. Reading goes through the
//! [`FileSystem`] that the caller hands in; nothing here opens a file on its own.

mod archive;
mod cache;
mod comments;
mod directives;
mod directory;
mod encoding;
mod error;
mod fs;
mod include;
mod limits;
mod listing;
mod loader;
mod map;
mod place;
mod search;
mod sources;
mod span;
mod text;
mod trace;
mod visit;
mod walk;

#[cfg(test)]
mod tests;

pub use archive::{ArchiveError, is_zip};
pub use cache::CachingFileSystem;
pub use encoding::{DecodeError, Encoding, decode};
pub use error::SourceError;
pub(crate) use fs::current_if_empty;
pub use fs::{EntryKind, FileSystem, MemoryFileSystem, OsFileSystem};
pub use limits::Limits;
pub use loader::Loader;
pub use map::{FileId, Position, SourceFile, SourceMap, TooLong};
pub use sources::{Include, Sources};
pub use span::Span;
pub use trace::{Trace, TracingFileSystem};
pub use walk::files_below;
