//! The machine stops: what was synced is there, and of everything else anything may be.

use crate::history;
use cimarron_crash::mirror::Stream;
use cimarron_crash::numbers::Numbers;
use cimarron_crash::operations::{Kind, Load};
use cimarron_crash::simulated::{History, LANE, commit, open};
use cimarron_engine::SyncPolicy;
use cimarron_journal::simulated::{Crash, SimulatedMedium};

/// What a crash may leave.
fn outcomes(seed: u64) -> [Crash; 4] {
    [Crash::Nothing, Crash::Everything, Crash::Some(seed), Crash::Some(!seed)]
}

/// Stops in an operation of the medium, and looks at what may be left of it.
fn stop_at(history: &History, operation: u64, outcomes: &[Crash]) {
    let medium = SimulatedMedium::new();
    medium.crash_at(operation);
    let worked = history.work_on(&medium, SyncPolicy::Always);
    let prepared = worked.repository.is_some();
    let acknowledged = history.commit_after(worked.acks);
    drop(worked.repository);
    for crash in outcomes {
        let place = format!("operation {operation}, {crash:?}, {} acknowledged", worked.acks);
        let left = medium.crash(*crash);
        let found = open(&left, SyncPolicy::Always).unwrap_or_else(|e| panic!("{place}: {e}"));
        let last = history.compare(&found).unwrap_or_else(|why| panic!("{place}: {why}"));
        if prepared {
            assert!(last >= acknowledged, "{place}: {last} found of {acknowledged}");
            assert!(last <= acknowledged + 1, "{place}: {last} found of {acknowledged}");
        }
    }
}

#[test]
fn at_every_operation_of_a_small_log() {
    // Work with a checkpoint in its midst.
    let has_checkpoint = |seed: &u64| {
        let stream = Stream { lane: LANE, seed: *seed, load: Load::Light };
        (4..10).any(|place| stream.at(place).kind == Kind::Checkpoint)
    };
    let history = history((7..).find(has_checkpoint).unwrap(), 14);
    let (begun, all) = (history.prepared, history.operations);
    assert!(all > begun + 20, "{all} {begun}");
    // The first operations are those of opening, then come the preparations.
    for operation in (1..=40).chain(begun..=all) {
        stop_at(&history, operation, &[Crash::Nothing, Crash::Some(operation)]);
    }
}

#[test]
fn at_random_operations_of_long_work() {
    for seed in 0..4 {
        let history = history(seed, 70);
        let mut numbers = Numbers::of(seed, 1);
        for _ in 0..9 {
            let operation = 1 + numbers.below(history.operations);
            stop_at(&history, operation, &outcomes(numbers.number()));
        }
    }
}

#[test]
fn the_end_of_the_process_leaves_a_prefix_under_every_policy() {
    for sync in [SyncPolicy::Every(std::time::Duration::from_secs(3600)), SyncPolicy::Never] {
        for seed in 10..13 {
            let history = history(seed, 50);
            let mut numbers = Numbers::of(seed, 2);
            for _ in 0..6 {
                let operation = 1 + numbers.below(history.operations);
                let medium = SimulatedMedium::new();
                medium.crash_at(operation);
                let worked = history.work_on(&medium, sync);
                let shown = worked.repository.as_ref().map(commit);
                drop(worked);
                let left = medium.crash(Crash::Everything);
                let found = open(&left, sync).unwrap();
                let last = history.compare(&found).unwrap();
                assert!(shown.is_none_or(|shown| last <= shown + 1), "{last} of {shown:?}");
            }
        }
    }
}
