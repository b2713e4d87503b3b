//! The machine stops at every operation, and the disk dies at every operation.

use crate::workload::{OPTIONS, append, checkpoint, entry, read, try_open};
use cimarron_journal::simulated::{Crash, SimulatedMedium};
use cimarron_journal::{JournalError, Medium, Options, open};
use std::sync::Arc;

/// Appends, switches and checkpoints, and opens in between. Says in `acknowledged` what was.
fn work(medium: &SimulatedMedium, acknowledged: &mut u64) -> Result<(), JournalError> {
    for round in 0..3 {
        let opened = try_open(medium)?;
        let journal = opened.journal.clone();
        let found = read(opened)?;
        assert_eq!(found.last, *acknowledged);
        for step in 0..9 {
            let first = *acknowledged + 1;
            let last = first + step % 3;
            append(&journal, first, last)?;
            *acknowledged = last;
            if journal.unsettled() && step % 2 == 0 {
                journal.settle()?;
            }
            match (round, step) {
                // A log that nobody goes on in, and one that no checkpoint follows.
                (0, 1) => drop(journal.prepare_log()?),
                (0 | 2, 2) => drop(journal.switch(journal.prepare_log()?)?),
                (0 | 1, 4) | (1, 1) => checkpoint(&journal, *acknowledged)?,
                _ => {}
            }
        }
    }
    Ok(())
}

/// The number of operations of the workload when nothing happens.
fn operations() -> u64 {
    let medium = SimulatedMedium::new();
    work(&medium, &mut 0).unwrap();
    medium.operations()
}

#[test]
fn every_cut_point() {
    let all = operations();
    assert!(all > 200, "{all}");
    for cut in 1..=all {
        let medium = SimulatedMedium::new();
        medium.crash_at(cut);
        let mut acknowledged = 0;
        // What is done after the workload, closing, is operations too.
        let worked = work(&medium, &mut acknowledged);
        let crashes = [Crash::Nothing, Crash::Everything, Crash::Some(cut), Crash::Some(!cut)];
        for crash in crashes {
            let found = medium.crash(crash);
            let opened =
                try_open(&found).unwrap_or_else(|error| panic!("cut {cut}, {crash:?}: {error}"));
            let journal = opened.journal.clone();
            let found =
                read(opened).unwrap_or_else(|error| panic!("cut {cut}, {crash:?}: {error}"));
            // An append that was under way may be there whole; it has at most three commits.
            assert!(
                (acknowledged..=acknowledged + 3).contains(&found.last),
                "cut {cut}, {crash:?}: {acknowledged} acknowledged, {found:?} found, {worked:?}"
            );
            append(&journal, found.last + 1, found.last + 1).unwrap();
        }
    }
}

#[test]
fn a_crash_while_recovering() {
    let medium = SimulatedMedium::new();
    let mut acknowledged = 0;
    work(&medium, &mut acknowledged).unwrap();
    let opened = try_open(&medium).unwrap();
    append(&opened.journal, acknowledged + 1, acknowledged + 1).unwrap();
    // Still open, so closing is not what makes it sound.
    let crashed = || medium.crash(Crash::Some(7));
    let first = crashed();
    read(try_open(&first).unwrap()).unwrap();
    for cut in 1..=first.operations() {
        let again = crashed();
        again.crash_at(cut);
        let _ = try_open(&again).and_then(read);
        for crash in [Crash::Nothing, Crash::Everything, Crash::Some(cut)] {
            let found = read(try_open(&again.crash(crash)).unwrap()).unwrap();
            assert_eq!(found.last, acknowledged + 1, "cut {cut}, {crash:?}");
        }
    }
    drop(opened);
}

/// The process is killed at every operation, another opens what it left with the system, and
/// then the machine stops.
#[test]
fn a_crash_after_a_kill() {
    for kill in 1..=operations() {
        let medium = SimulatedMedium::new();
        medium.fail_at(kill);
        let mut acknowledged = 0;
        let _ = work(&medium, &mut acknowledged);
        medium.mend();
        let opened = try_open(&medium).unwrap_or_else(|error| panic!("kill {kill}: {error}"));
        let journal = opened.journal.clone();
        let found = read(opened).unwrap_or_else(|error| panic!("kill {kill}: {error}"));
        assert!((acknowledged..=acknowledged + 3).contains(&found.last), "kill {kill}: {found:?}");
        let next = found.last + 1;
        append(&journal, next, next).unwrap();
        for crash in [Crash::Nothing, Crash::Everything, Crash::Some(kill), Crash::Some(!kill)] {
            let found = try_open(&medium.crash(crash)).and_then(read);
            let found = found.unwrap_or_else(|error| panic!("kill {kill}, {crash:?}: {error}"));
            assert_eq!(found.last, next, "kill {kill}, {crash:?}");
        }
    }
}

/// The machine stops when a directory that is begun has its log and no manifest yet, and again while
/// that is done anew.
#[test]
fn a_beginning_that_is_cut_short_twice() {
    let begun = |cut: u64| {
        let medium = SimulatedMedium::new();
        medium.crash_at(cut);
        assert!(try_open(&medium).is_err());
        medium.crash(Crash::Everything)
    };
    let has_log = |medium: &SimulatedMedium| medium.bytes("log-00000001.redb").is_some();
    let begun = (1..).map(begun).find(has_log).unwrap();
    let whole = begun.crash(Crash::Everything);
    let opened = try_open(&whole).unwrap();
    for cut in 1..=whole.operations() {
        let medium = begun.crash(Crash::Everything);
        medium.crash_at(cut);
        let _ = try_open(&medium);
        for seed in 0..8 {
            let found = try_open(&medium.crash(Crash::Some(seed * 97 + cut))).and_then(read);
            let found = found.unwrap_or_else(|error| panic!("cut {cut}, {seed}: {error}"));
            assert_eq!(found.last, 0);
        }
    }
    drop(opened);
}

/// A log got its name, and the folder could not be synced. The next attempt makes both its files
/// anew, and the machine stops meanwhile.
#[test]
fn a_log_that_is_made_again() {
    let made = |medium: &SimulatedMedium| {
        let before = medium.operations();
        let opened = try_open(medium).unwrap();
        append(&opened.journal, 1, 1).unwrap();
        (opened, medium.operations() - before)
    };
    let medium = SimulatedMedium::new();
    let (opened, before) = made(&medium);
    let prepared = opened.journal.prepare_log().unwrap();
    let needed = medium.operations() - before;
    drop((prepared, opened));
    for cut in 1..=needed + 3 {
        let medium = SimulatedMedium::new();
        let (opened, before) = made(&medium);
        medium.fail_at(before + needed);
        assert!(opened.journal.prepare_log().is_err());
        medium.mend();
        medium.crash_at(medium.operations() + cut);
        let _ = opened.journal.prepare_log();
        for crash in [Crash::Nothing, Crash::Everything, Crash::Some(cut), Crash::Some(!cut)] {
            let found = try_open(&medium.crash(crash)).and_then(read);
            let found = found.unwrap_or_else(|error| panic!("cut {cut}, {crash:?}: {error}"));
            assert_eq!(found.last, 1);
        }
    }
}

/// A directory whose manifest is lost is refused, and whole again with it.
#[test]
fn a_crash_after_a_refusal() {
    let medium = SimulatedMedium::new();
    let opened = try_open(&medium).unwrap();
    (1..=9).try_for_each(|commit| append(&opened.journal, commit, commit)).unwrap();
    let manifest = medium.bytes("MANIFEST").unwrap();
    for seed in 0..200 {
        let medium = medium.crash(Crash::Everything);
        medium.remove("MANIFEST").unwrap();
        assert!(try_open(&medium).is_err());
        let medium = medium.crash(Crash::Some(seed));
        medium.put("MANIFEST", manifest.clone());
        let found = try_open(&medium).and_then(read);
        assert_eq!(found.unwrap_or_else(|error| panic!("{seed}: {error}")).last, 9);
    }
}

#[test]
fn what_is_appended_later_is_not_read() {
    let medium = SimulatedMedium::new();
    let opened = try_open(&medium).unwrap();
    (1..=3).try_for_each(|commit| append(&opened.journal, commit, commit)).unwrap();
    for settle in [false, true] {
        let found = try_open(&medium.crash(Crash::Nothing)).unwrap();
        let mut next = 4;
        while !settle && next < 9 || settle && !found.journal.unsettled() {
            append(&found.journal, next, next).unwrap();
            next += 1;
        }
        found.journal.settle().unwrap();
        let read: Vec<_> = found.tail.map(Result::unwrap).collect();
        assert!(read == [entry(1, 3)], "{:?}", read.last().map(|entry| entry.last));
    }
}

#[test]
fn a_dying_disk_stops_writes_only() {
    for fail in 1..=operations() {
        let medium = SimulatedMedium::new();
        medium.fail_at(fail);
        let mut acknowledged = 0;
        let _ = work(&medium, &mut acknowledged);
        for crash in [Crash::Nothing, Crash::Everything] {
            let found = read(try_open(&medium.crash(crash)).unwrap()).unwrap();
            assert!(
                (acknowledged..=acknowledged + 3).contains(&found.last),
                "fail {fail}, {crash:?}: {acknowledged} acknowledged, {found:?} found"
            );
        }
    }
}

#[test]
fn after_a_failed_append_all_writing_fails_with_its_cause() {
    let medium = SimulatedMedium::new();
    let opened = try_open(&medium).unwrap();
    let journal = &opened.journal;
    append(journal, 1, 1).unwrap();
    let prepared = journal.prepare_log().unwrap();
    medium.fail_at(medium.operations() + 2);
    let broken = [
        append(journal, 2, 2),
        append(journal, 2, 2),
        journal.prepare_log().map(drop),
        journal.switch(prepared).map(drop),
        journal.new_segments().map(drop),
        journal.install(1, Vec::new(), &[], 1),
    ];
    for result in broken {
        let message = result.as_ref().unwrap_err().to_string();
        assert!(matches!(result, Err(JournalError::Broken { .. })), "{message}");
        assert!(message.contains("the disk died"), "{message}");
        assert!(message.contains("log-00000001.ahead: cannot append to"), "{message}");
    }
    assert_eq!(journal.last_commit(), 1);
}

#[test]
fn a_full_disk_loses_nothing() {
    for limit in (50_000..700_000).step_by(38_271) {
        let medium = SimulatedMedium::new();
        medium.limit(limit);
        let mut acknowledged = 0;
        let filled = fill(&medium, &mut acknowledged);
        assert!(filled.is_err(), "{limit}");
        let freed = medium.crash(Crash::Nothing);
        let found = read(try_open(&freed).unwrap()).unwrap();
        assert!((acknowledged..=acknowledged + 1).contains(&found.last), "{limit}: {found:?}");
    }
}

fn fill(medium: &SimulatedMedium, acknowledged: &mut u64) -> Result<(), JournalError> {
    let opened = try_open(medium)?;
    while *acknowledged < 2_000 {
        append(&opened.journal, *acknowledged + 1, *acknowledged + 1)?;
        *acknowledged += 1;
        if acknowledged.is_multiple_of(100) {
            checkpoint(&opened.journal, *acknowledged)?;
        }
    }
    Ok(())
}

#[test]
fn without_syncs_the_end_of_the_process_loses_nothing() {
    let medium = SimulatedMedium::new();
    let opened = open(Arc::new(medium.clone()), Options { sync: false, ..OPTIONS }).unwrap();
    let before = medium.crash(Crash::Nothing);
    for commit in 1..20 {
        append(&opened.journal, commit, commit).unwrap();
    }
    let found = read(try_open(&medium.crash(Crash::Everything)).unwrap()).unwrap();
    assert_eq!(found.last, 19);
    assert_eq!(read(try_open(&before).unwrap()).unwrap().last, 0);
    // What a checkpoint has is on the medium all the same.
    checkpoint(&opened.journal, 19).unwrap();
    append(&opened.journal, 20, 20).unwrap();
    let found = read(try_open(&medium.crash(Crash::Nothing)).unwrap()).unwrap();
    assert_eq!((found.checkpoint, found.last), (19, 19));
}
