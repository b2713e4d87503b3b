//! The data directory as its users see it: on disk, and on a medium that crashes and dies.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper that fails fails its test"
)]

mod crashes;
mod damage;
mod disk;
mod full;
mod refusals;
mod workload;
