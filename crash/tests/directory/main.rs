//! Data directories that lose power, disk, bits and files, through the engine's door.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper that fails fails its test"
)]

mod damage;
mod dying;
mod power;
mod refusals;

use cimarron_crash::mirror::Stream;
use cimarron_crash::operations::Load;
use cimarron_crash::simulated::{History, LANE};

/// A history of so many operations.
fn history(seed: u64, operations: u64) -> History {
    let stream = Stream { lane: LANE, seed, load: Load::Light };
    History::new(stream, operations).unwrap_or_else(|why| panic!("seed {seed}: {why}"))
}
