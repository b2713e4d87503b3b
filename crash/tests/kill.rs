//! Processes that are killed while they work.
#![allow(clippy::panic, reason = "a failure is told whole")]

use cimarron_crash::kill;
use std::path::Path;

/// More of them: `cargo xtask crash`.
const KILLS: u64 = 50;

#[test]
fn nothing_acknowledged_is_lost_when_the_process_is_killed() {
    let program = Path::new(env!("CARGO_BIN_EXE_cimarron-crash"));
    let tally = match kill::run(program, (KILLS, 0xc1_3a), |_| {}) {
        Ok(tally) => tally,
        Err(failure) => panic!("{failure}"),
    };
    assert_eq!(tally.kills, KILLS);
    assert!(tally.operations > KILLS * 10, "{tally:?}");
    assert!(tally.commits > KILLS * 10, "{tally:?}");
}
