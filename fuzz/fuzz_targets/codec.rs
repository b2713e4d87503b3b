//! Any bytes, read as what a log or a checkpoint may hold: never a panic, and what was read is
//! written again as the same bytes.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| cimarron_engine::testing::read_durable(bytes));
