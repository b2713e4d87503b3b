//! The instances of a namespace, in as many versions as somebody may still see.
//!
//! ```text
//! Commits ── the order of all commits; the one writer; who reads which snapshot
//! Store ──┬── Root ──── schema, Table (chunks of one class), KeyIndex (one a key root)
//!         │            and OrderedIndex (one a property that has one)
//!         ├── Directory ── chunks by number: Tail (growing) or Column by Column (sealed)
//!         └── Objects ── what associations join, and the links of each
//! Transaction ── a commit in the making
//! ```
//!
//! Invariants:
//!
//! * A row never changes. A modify adds a whole row and stamps the death of the old
//!   one; births and deaths carry the number of their commit, and a reader of
//!   commit *n* sees what was born up to *n* and had not died by then.
//! * Every row that somebody may still see is in the index of its key root, once;
//!   whoever finds it there checks that they see it. So neither a modify nor a
//!   snapshot makes a chain to walk.
//! * A reader that finds nothing looks again if rows were moved meanwhile, and so does one
//!   that keeps no view if another commit was published.
//! * A chunk's rows follow the chunk's layout, which is that of the class version
//!   they were written with, or taken over to. The directory has the newest form of each
//!   chunk; who reads an older schema finds theirs in that schema's table.
//! * Every row that somebody may still see is in each ordered index over its class, once,
//!   unless its property is NULL. Under the index's lock an entry always leads to its row.
//! * A scan holds the chunks that it started with and needs nothing else from here.

mod added;
mod address;
mod arrange;
mod beside;
mod bits;
mod by_key;
mod by_object;
mod changes;
mod chunk;
mod column;
mod commits;
mod directory;
mod extent;
mod filled;
mod found;
mod gather;
mod given;
pub(crate) mod image;
mod incoming;
mod index_list;
mod key_index;
mod keys;
mod migrate;
mod near;
mod objects;
mod ordered;
mod outcome;
mod reclaim;
mod restore;
mod root;
mod rows;
mod snapshot;
mod strings;
mod table;
mod tail;
mod transaction;
mod versions;
mod visit;

pub(crate) use address::{CAPACITY, RowAddress};
pub(crate) use arrange::{Arrangement, Given};
pub(crate) use beside::{Beside, RowLinks};
pub(crate) use changes::{ChangeLog, Listener, Moment, Next, Record, Recorded};
pub(crate) use chunk::Chunk;
pub(crate) use column::{Column, Columns};
pub(crate) use commits::{Applied, Commits, Sink, Woken, WriterPlace};
pub(crate) use found::Found;
pub(crate) use gather::Gathered;
pub(crate) use incoming::KnownKeys;
pub(crate) use index_list::{Known, Wanted, form};
pub(crate) use keys::KeyRules;
pub(crate) use migrate::{Migration, can_take, loses_values};
pub(crate) use near::{Look, Near};
pub(crate) use objects::{FOLLOWED_TOGETHER, ObjectNumber};
pub(crate) use ordered::{FILLED_TOGETHER, KeyForm, KeyKind, KeyRange, OrderedIndex, OrderedKey};
pub(crate) use root::Root;
pub(crate) use rows::Store;
pub(crate) use snapshot::{FrozenChunk, Seen, Snapshot, View};
pub(crate) use table::Table;
pub(crate) use transaction::Transaction;
pub(crate) use versions::Commit;
pub(crate) use visit::{CHUNKS_KEPT, Visit};

#[cfg(test)]
mod tests;
