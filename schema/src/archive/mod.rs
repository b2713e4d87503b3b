//! The archive file: its bytes, its header, and opening it.
//!
//! ```text
//! 0        8         12      16               24              56      64
//! | magic  | version | flags | payload length | BLAKE3-256    | zeros | payload ...
//! ```
//!
//! All numbers are little-endian. The payload is one rkyv archive (`format`),
//! aligned to 16 bytes in the file and in memory. An archive file never changes
//! once it is there: writing goes to a temporary file beside it that is synced
//! and renamed, so a mapping of the old one stays whole.

mod by_name;
mod check;
mod file;
pub(crate) mod format;
mod header;
mod include;
mod members;
mod memory;
mod objects;
mod payload;
mod symbols;
mod text;
mod values;
mod write;

pub use file::{Archive, OpenError};
pub use include::Aligned;
pub use memory::ArchiveBytes;
pub use payload::WrittenArchive;
pub use write::WriteError;
pub(crate) use write::{to_bytes, write_to};
