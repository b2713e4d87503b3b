//! A disk without room.

use crate::workload::{append, read, try_open};
use cimarron_journal::simulated::{Crash, SimulatedMedium};
use cimarron_journal::{JournalError, Medium};

fn used(medium: &SimulatedMedium) -> u64 {
    let names = medium.list().unwrap();
    names.iter().filter_map(|name| medium.bytes(name)).map(|bytes| bytes.len() as u64).sum()
}

/// A log that has no room leaves what there is to the commits that still fit.
#[test]
fn a_log_that_cannot_be_made_takes_no_room() {
    let medium = SimulatedMedium::new();
    let opened = try_open(&medium).unwrap();
    append(&opened.journal, 1, 1).unwrap();
    let (names, before) = (medium.list().unwrap(), used(&medium));
    let mut refused = 0_u64;
    let mut room = 0;
    loop {
        medium.limit(before + room);
        match opened.journal.prepare_log() {
            Ok(_) => break,
            Err(error) => assert!(matches!(error, JournalError::Io { .. }), "{room}: {error}"),
        }
        assert_eq!(medium.list().unwrap(), names, "{room}");
        assert_eq!(used(&medium), before, "{room}");
        refused += 1;
        room += 4096;
    }
    assert!(refused > 5, "{refused}");
    append(&opened.journal, 2, 2).unwrap();
    assert_eq!(read(try_open(&medium.crash(Crash::Nothing)).unwrap()).unwrap().last, 2);
}

/// A segment that could not be written is not gone on with.
#[test]
fn a_segment_without_room_is_given_up() {
    let medium = SimulatedMedium::new();
    let opened = try_open(&medium).unwrap();
    let names = medium.list().unwrap();
    for blob in [10, 3 << 20] {
        medium.limit(used(&medium) + 100);
        let mut writer = opened.journal.new_segments().unwrap();
        let added = writer.add(&vec![1; blob]);
        // A small one is not written before the end.
        assert_eq!(added.is_ok(), blob == 10);
        if added.is_err() {
            let again = writer.add(b"more");
            assert!(matches!(again, Err(JournalError::Refused { .. })), "{again:?}");
        }
        let finished = writer.finish();
        let expected = if added.is_ok() { "no storage space" } else { "could not be written" };
        let text = finished.unwrap_err().to_string();
        assert!(text.contains(expected), "{text}");
        assert_eq!(medium.list().unwrap(), names);
    }
}
