//! Bits that flip, files that vanish or are exchanged.

use crate::workload::{OPTIONS, append, checkpoint, entry, read, try_open};
use cimarron_journal::simulated::{Crash, SimulatedMedium};
use cimarron_journal::{JournalError, Medium, Options, open};
use std::sync::Arc;

const COMMITS: u64 = 12;

/// A directory with a checkpoint and entries after it in two logs; closed, or not.
fn directory(close: bool) -> SimulatedMedium {
    directory_with(OPTIONS, close)
}

/// So that some entries of each log are in its database and others beside it.
const NARROW: Options = Options { ahead: 1, ..OPTIONS };

fn directory_with(options: Options, close: bool) -> SimulatedMedium {
    let medium = SimulatedMedium::new();
    let opened = open(Arc::new(medium.clone()), options).unwrap();
    for commit in 1..=COMMITS {
        append(&opened.journal, commit, commit).unwrap();
        opened.journal.settle().unwrap();
        match commit {
            4 => checkpoint(&opened.journal, 4).unwrap(),
            8 => drop(opened.journal.switch(opened.journal.prepare_log().unwrap()).unwrap()),
            _ => {}
        }
    }
    if close {
        drop(opened);
        medium.crash(Crash::Everything)
    } else {
        medium.crash(Crash::Nothing)
    }
}

fn found(medium: &SimulatedMedium) -> Result<u64, JournalError> {
    let found = read(try_open(medium)?)?;
    assert_eq!(found.checkpoint, 4);
    Ok(found.last)
}

const FILES: [&str; 6] = [
    "MANIFEST",
    "segment-00000001",
    "log-00000002.ahead",
    "log-00000002.redb",
    "log-00000003.ahead",
    "log-00000003.redb",
];

/// Positions: all in a small file, a spread with both ends in a large one.
fn positions(length: usize) -> impl Iterator<Item = usize> {
    let step = (length / 350).max(1) | 1;
    (0..length).filter(move |at| length < 600 || at % step == 0 || *at < 400)
}

fn flips(options: Options, close: bool, least: u64) {
    let sound = directory_with(options, close);
    assert_eq!(found(&sound.crash(Crash::Everything)).unwrap(), COMMITS);
    let mut noticed = 0;
    let mut tried = 0;
    for name in sound.list().unwrap() {
        let bytes = sound.bytes(&name).unwrap();
        for at in positions(bytes.len()) {
            let mut flipped = bytes.clone();
            flipped[at] ^= 1 << (at % 8);
            let medium = sound.crash(Crash::Everything);
            medium.put(&name, flipped);
            tried += 1;
            match found(&medium) {
                Ok(last) => assert!((least..=COMMITS).contains(&last), "{name} at {at}: {last}"),
                Err(error) => {
                    noticed += 1;
                    let text = error.to_string();
                    assert!(text.contains(&name) || text.contains("log-"), "{name} {at}: {text}");
                }
            }
        }
    }
    assert!(noticed * 5 > tried, "{noticed} of {tried}");
}

#[test]
fn a_flipped_bit_in_a_closed_directory() {
    flips(OPTIONS, true, COMMITS);
}

#[test]
fn a_flipped_bit_after_a_crash() {
    // What a torn last transaction looks like cannot be told from what it is.
    flips(OPTIONS, false, COMMITS - 1);
    flips(NARROW, false, COMMITS - 1);
}

#[test]
fn a_missing_file() {
    for name in FILES {
        let medium = directory(true);
        medium.remove(name).unwrap();
        let error = found(&medium).unwrap_err();
        assert!(matches!(error, JournalError::Damaged { .. }), "{error}");
        assert!(error.to_string().contains(name), "{error}");
    }
}

#[test]
fn a_shortened_file() {
    for name in FILES {
        let sound = directory(true);
        let bytes = sound.bytes(name).unwrap();
        for length in [0, 1, 19, 47, 511, 4096, bytes.len() / 2, bytes.len() - 1] {
            if length < bytes.len() {
                let medium = sound.crash(Crash::Everything);
                medium.put(name, bytes[..length].to_vec());
                let error = found(&medium).map(|last| panic!("{name} {length}: {last}"));
                assert!(matches!(error, Err(JournalError::Damaged { .. })), "{name} {error:?}");
            }
        }
    }
}

#[test]
fn a_file_of_another_directory() {
    for name in FILES.into_iter().filter(|name| name.starts_with("log")) {
        let (medium, other) = (directory(true), directory(true));
        medium.put(name, other.bytes(name).unwrap());
        assert!(matches!(found(&medium), Err(JournalError::Damaged { .. })), "{name}");
    }
    // A log in another's place.
    for end in ["redb", "ahead"] {
        let medium = directory(false);
        let other = medium.bytes(&format!("log-00000002.{end}")).unwrap();
        medium.put(&format!("log-00000003.{end}"), other);
        assert!(matches!(found(&medium), Err(JournalError::Damaged { .. })));
    }
}

/// A synced entry that is damaged is not the end of the log when others follow it.
#[test]
fn a_damaged_entry_before_others() {
    let sound = directory(false);
    let name = "log-00000003.ahead";
    let bytes = sound.bytes(name).unwrap();
    // A block for the header, then commit 9; four commits are in the file.
    for at in 4096..4096 + 32 + entry(9, 9).bytes.len() {
        let medium = sound.crash(Crash::Everything);
        let mut flipped = bytes.clone();
        flipped[at] ^= 1;
        medium.put(name, flipped);
        let error = found(&medium).unwrap_err().to_string();
        assert!(error.contains("commit 10 is whole"), "{at}: {error}");
        assert!(error.contains(name), "{at}: {error}");
    }
}
