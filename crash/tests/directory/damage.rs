//! Bits that flip and files that end too early, under a whole repository.

use crate::history;
use cimarron_crash::numbers::Numbers;
use cimarron_crash::operations::At;
use cimarron_crash::simulated::{History, LANE, commit, open};
use cimarron_engine::{EngineError, SyncPolicy};
use cimarron_journal::Medium;
use cimarron_journal::simulated::{Crash, SimulatedMedium};

/// So many places of each file are tried.
const PLACES: u64 = 50;

/// A directory with a checkpoint and a log behind it, left open or closed.
fn directory(history: &History, close: bool) -> SimulatedMedium {
    let medium = SimulatedMedium::new();
    let repository = open(&medium, SyncPolicy::Always).unwrap();
    cimarron_crash::lane::prepare(&repository, 1).unwrap();
    let count = history.acks.len() as u64;
    for place in 0..count {
        if place == count / 2 {
            repository.checkpoint().unwrap();
        }
        let at = At { repository: &repository, lane: LANE, backups: None };
        let _ = history.stream.at(place).apply(at);
    }
    if close {
        repository.close().unwrap();
        medium.crash(Crash::Everything)
    } else {
        medium.crash(Crash::Nothing)
    }
}

/// Opens what somebody has had fingers in: the last commit, or a message that names the file.
fn look(history: &History, medium: &SimulatedMedium, name: &str, place: &str) -> Option<u64> {
    match open(medium, SyncPolicy::Always) {
        Ok(found) => {
            let same = history.compare(&found);
            Some(same.unwrap_or_else(|why| panic!("{place}: {why}")))
        }
        Err(error @ (EngineError::Storage(_) | EngineError::DataDamaged { .. })) => {
            let text = error.to_string();
            let named = text.contains(name) || text.contains("log-") || text.contains("segment-");
            assert!(named || text.contains("commit "), "{place}: {text}");
            let remedy = ["backup", "newer version", "permissions", "another directory"];
            assert!(remedy.iter().any(|remedy| text.contains(remedy)), "{place}: {text}");
            None
        }
        Err(other) => panic!("{place}: {other}"),
    }
}

fn flips(seed: u64, close: bool) {
    let history = history(seed, 30);
    let sound = directory(&history, close);
    let whole = commit(&open(&sound.crash(Crash::Everything), SyncPolicy::Always).unwrap());
    assert_eq!(whole, history.commit_after(30));
    let (mut noticed, mut tried) = (0, 0);
    let mut numbers = Numbers::of(seed, 5);
    for name in sound.list().unwrap() {
        let bytes = sound.bytes(&name).unwrap();
        for n in 0..PLACES.min(bytes.len() as u64) {
            // Both ends, where headers and tables are, and a spread.
            let length = bytes.len() as u64;
            let at = match n % 4 {
                0 => numbers.below(length.min(4096)),
                1 => length - 1 - numbers.below(length.min(4096)),
                _ => numbers.below(length),
            } as usize;
            let mut flipped = bytes.clone();
            flipped[at] ^= 1 << numbers.below(8);
            let medium = sound.crash(Crash::Everything);
            medium.put(&name, flipped);
            tried += 1;
            match look(&history, &medium, &name, &format!("seed {seed}, {name} at {at}")) {
                Some(last) if close => assert_eq!(last, whole, "{name} at {at}"),
                // What a torn last transaction looks like cannot be told from what it is.
                Some(last) => assert!((whole - 1..=whole).contains(&last), "{name} at {at}"),
                None => noticed += 1,
            }
        }
    }
    assert!(noticed * 5 > tried, "{noticed} of {tried} were noticed");
}

#[test]
fn a_flipped_bit_in_a_closed_directory_is_noticed_or_harmless() {
    flips(50, true);
}

#[test]
fn a_flipped_bit_after_a_crash_is_noticed_or_harmless() {
    flips(51, false);
}

#[test]
fn a_file_that_ends_too_early_is_refused() {
    let history = history(52, 30);
    let sound = directory(&history, true);
    for name in sound.list().unwrap() {
        let bytes = sound.bytes(&name).unwrap();
        for part in [0, 1, 3, 7] {
            let length = bytes.len() * part / 8;
            if length == bytes.len() {
                continue;
            }
            let medium = sound.crash(Crash::Everything);
            medium.put(&name, bytes[..length].to_vec());
            let place = format!("{name}, {length} of {} bytes", bytes.len());
            assert_eq!(look(&history, &medium, &name, &place), None, "{place}");
        }
    }
}

#[test]
fn a_missing_or_exchanged_file_is_refused() {
    let history = history(53, 30);
    let (sound, other) = (directory(&history, true), directory(&history, true));
    for name in sound.list().unwrap() {
        let medium = sound.crash(Crash::Everything);
        medium.remove(&name).unwrap();
        assert_eq!(look(&history, &medium, &name, &format!("without {name}")), None);
        if name != "MANIFEST" && other.bytes(&name).is_some_and(|b| sound.bytes(&name) != Some(b)) {
            let medium = sound.crash(Crash::Everything);
            medium.put(&name, other.bytes(&name).unwrap());
            assert_eq!(look(&history, &medium, &name, &format!("another's {name}")), None);
        }
    }
}
