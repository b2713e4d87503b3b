//! Proof that a data directory keeps what was acknowledged.
//!
//! ```text
//! operations ──┬─> repository in a data directory ── killed, cut off, damaged ── opened ─┐
//!  (a seed)    └─> Mirror, a repository in memory ───────────────────────── picture ═══ picture
//! ```
//!
//! | module | |
//! | --- | --- |
//! | `numbers`, `lane`, `operations` | random work that a seed decides, in lanes of their own |
//! | `picture`, `mirror` | what a repository holds, as text, and what it should hold |
//! | `child`, `kill` | work in a process that is killed, and who kills it |
//! | `simulated` | work on a medium that forgets and fails |
//!
//! The mirror is an engine too, but one without log, checkpoint, codec and images: what these
//! get wrong shows.

pub mod child;
pub mod kill;
pub mod lane;
pub mod mirror;
pub mod numbers;
pub mod operations;
pub mod picture;
pub mod simulated;
