//! The lock-free cells of one writer and many readers.
//!
//! The store has one writer at a time and readers that take no lock. What they share is made of
//! the cells of this crate, and all `unsafe` code of the engine is here:
//!
//! ```text
//! Writer ──writes──┬── RowCount + Slots, Bits, Stamps   columns of a chunk, one count for all
//!                  ├── Published, Growing               lists that are only added to
//!                  ├── TextArea                         text that is only added to
//!                  └── Registry                         the visible commit, and who reads which
//! ```
//!
//! **The rule.** An element is written before the count that covers it is published (Release), is
//! read only below a count that was loaded (Acquire), and is never written again while it is
//! covered. So a reader's `&[T]` is a plain slice, and a write is a plain store.
//!
//! **Why safe code cannot break it.** Every write takes a `&Writer`. A [`Writer`] cannot be cloned
//! and is not `Sync`, so no two threads have it at once, and a cell takes only the writer that it
//! was made with. A wrong writer or a row that is out already is a mistake of the program, never
//! of its input: the methods panic, as slice indexing does.
//!
//! | module | `unsafe` for |
//! | --- | --- |
//! | `storage` | elements that one thread writes while others read those before them |
//! | `blocks` | the same, in blocks that are added and never move |
//! | `prefetch` | a hint to the processor |
//! | `texts` | texts that were judged once and are not judged again |
//! | `rows`, `published`, `growing`, `text` | calling those two, by the rule |
//!
//! How that is checked:
//!
//! * **loom** runs the models in `tests/model` through every order of events, with the cells'
//!   own code: `cargo xtask model`.
//! * **Miri**: `cargo +nightly miri test -p cimarron-cells` runs the unit tests and, on fewer rows,
//!   `tests/threads`.
//! * **Sanitizers**: `RUSTFLAGS=-Zsanitizer=address cargo +nightly test -p cimarron-cells --tests
//!   --target TRIPLE`. `thread` also wants `-Cunsafe-allow-abi-mismatch=sanitizer` when the
//!   standard library is not rebuilt for it, and then reports how that frees what it shares
//!   between threads; a race of ours has `cells` in its first lines.
//! * **valgrind** runs the test programs as they are.

mod bits;
mod blocks;
mod growing;
mod prefetch;
mod published;
mod registry;
mod rows;
mod stamps;
mod storage;
mod sync;
mod text;
mod texts;
mod writer;

pub use bits::Bits;
pub use growing::{Cursor, Growing};
pub use prefetch::prefetch;
pub use published::Published;
pub use registry::{Live, Registered, Registry};
pub use rows::{RowCount, Rows, Slots};
pub use stamps::Stamps;
pub use text::{Text, TextArea};
pub use texts::{EvenTexts, UnevenTexts};
pub use writer::Writer;
