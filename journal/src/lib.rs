//! The data directory as bytes: lock, manifest, segments and logs. What the bytes mean is the
//! engine's; nothing here knows of classes or instances.
//!
//! ```text
//! LOCK                 held while the directory is open, by the system; ends with its holder
//! MANIFEST             which checkpoint holds, which segments it uses, which log goes on
//! segment-00000007     blobs, written once, each with its hash
//! log-00000003.redb    the entries since the checkpoint
//! log-00000003.ahead   the newest of them
//! *.new                files being written
//! ```
//!
//! **Life of an entry.** [`Journal::append`] makes it durable in the current log. A checkpoint
//! goes on in another log ([`Journal::prepare_log`], [`Journal::switch`]), writes what the engine
//! holds as blobs ([`Journal::new_segments`]) and names them in a new manifest
//! ([`Journal::install`]), after which the logs before are removed. [`open()`] gives the checkpoint
//! that holds and, as [`Tail`], all entries after it.
//!
//! **Invariants.**
//! * The manifest is replaced in one step, when every file that it names is durable. A file is
//!   removed only after a durable manifest no longer names it.
//! * A log has its name only when its header is durable. Logs are numbered without gaps, and
//!   commits are numbered without gaps through all of them.
//! * After an append failed nothing is written: what the medium holds of it is not known.
//!
//! | module | |
//! | --- | --- |
//! | `medium`, `folder`, `simulated` | what files are kept on: the disk, or memory that crashes |
//! | `names`, `manifest`, `segment`, `log` | the files |
//! | `open`, `journal`, `checkpoint`, `backup` | the directory |

mod backup;
mod bytes;
mod checkpoint;
mod error;
mod folder;
mod journal;
mod log;
mod manifest;
mod medium;
mod names;
mod open;
mod segment;
#[cfg(feature = "testing")]
pub mod simulated;

pub use backup::{BackupReport, rescue};
pub use checkpoint::{Checkpoint, Pinned, SegmentFacts, Segments};
pub use error::{JournalError, Result};
pub use folder::Folder;
pub use journal::{Journal, Options, PreparedLog};
pub use log::{Entry, LOG_FORMAT, Tail};
pub use medium::{BLOCK, BlockFile, Held, LockError, Medium, ReadAt, WriteFile};
pub use open::{Opened, open};
pub use redb::StorageBackend;
pub use rkyv::util::AlignedVec;
pub use segment::{BlobId, SegmentWriter};
