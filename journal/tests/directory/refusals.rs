//! What is refused: files in the place of others, and calls that make no sense.

use crate::workload::{append, checkpoint, try_open};
use cimarron_journal::simulated::{Crash, SimulatedMedium};
use cimarron_journal::{Folder, JournalError, Medium, Options, open, rescue};
use std::fs;
use std::sync::Arc;

/// A directory with a checkpoint, and two logs behind it.
fn directory() -> SimulatedMedium {
    let medium = SimulatedMedium::new();
    let opened = try_open(&medium).unwrap();
    append(&opened.journal, 1, 1).unwrap();
    checkpoint(&opened.journal, 1).unwrap();
    append(&opened.journal, 2, 2).unwrap();
    for commit in 3..5 {
        opened.journal.switch(opened.journal.prepare_log().unwrap()).unwrap();
        append(&opened.journal, commit, commit).unwrap();
    }
    drop(opened);
    medium.crash(Crash::Everything)
}

#[track_caller]
fn damaged(medium: &SimulatedMedium, words: [&str; 2]) {
    let error = try_open(medium).map(drop).unwrap_err();
    assert!(matches!(error, JournalError::Damaged { .. }), "{error}");
    let text = error.to_string();
    assert!(words.iter().all(|word| text.contains(word)), "{text}");
}

#[test]
fn files_of_another_directory() {
    for names in [
        ["log-00000003.redb", "log-00000003.ahead"].as_slice(),
        ["log-00000004.redb", "log-00000004.ahead"].as_slice(),
    ] {
        let (medium, other) = (directory(), directory());
        names.iter().for_each(|name| medium.put(name, other.bytes(name).unwrap()));
        damaged(&medium, [names[0], "a log of another directory"]);
    }
    let medium = directory();
    let other = SimulatedMedium::new();
    let opened = try_open(&other).unwrap();
    append(&opened.journal, 1, 2).unwrap();
    checkpoint(&opened.journal, 2).unwrap();
    let name = "segment-00000001";
    medium.put(name, other.bytes(name).unwrap());
    damaged(&medium, [name, "not the segment that the manifest names"]);
}

#[test]
fn a_log_between_others_that_is_gone() {
    let medium = directory();
    ["log-00000003.redb", "log-00000003.ahead"].iter().for_each(|name| {
        medium.remove(name).unwrap();
    });
    damaged(&medium, ["log-00000003.redb", "the file is missing"]);
}

#[test]
fn another_manifest_behind_an_open_directory() {
    let (medium, other) = (directory(), directory());
    let opened = try_open(&medium).unwrap();
    checkpoint(&opened.journal, 4).unwrap();
    medium.put("MANIFEST", other.bytes("MANIFEST").unwrap());
    let target = SimulatedMedium::new();
    let error = opened.journal.backup(&target).unwrap_err();
    assert!(error.to_string().contains("it is not the one that was written"), "{error}");
    assert!(target.list().unwrap().is_empty());
}

#[test]
fn calls_that_make_no_sense() {
    let (medium, other) = (directory(), directory());
    let (opened, second) = (try_open(&medium).unwrap(), try_open(&other).unwrap());
    let locked = try_open(&medium).map(drop).unwrap_err();
    assert!(matches!(locked, JournalError::Locked { by: None, .. }), "{locked}");
    assert!(!locked.to_string().contains("process"), "{locked}");
    let foreign = opened.journal.switch(second.journal.prepare_log().unwrap());
    assert!(matches!(foreign, Err(JournalError::Refused { .. })), "{foreign:?}");
    // It is still there for its own.
    second.journal.switch(second.journal.prepare_log().unwrap()).unwrap();
    let unknown = opened.journal.pin().segments().verify(77);
    assert!(matches!(unknown, Err(JournalError::Refused { .. })), "{unknown:?}");
}

/// What has the name of a file and is none.
#[test]
fn folders_in_the_place_of_files() {
    for name in
        ["LOCK", "MANIFEST", "log-00000001.redb", "log-00000001.ahead", "log-00000002.ahead"]
    {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        drop(open(Arc::new(Folder::new(path).unwrap()), Options::default()).unwrap());
        let file = path.join(name);
        if file.exists() {
            fs::remove_file(&file).unwrap();
        }
        fs::create_dir(&file).unwrap();
        let medium = Folder::new(path).unwrap();
        let error = open(Arc::new(medium), Options::default()).map(drop).unwrap_err();
        assert!(matches!(error, JournalError::Io { .. }), "{name}: {error:?}");
        assert!(error.to_string().contains(name), "{name}: {error}");
        assert!(file.is_dir(), "{name}");
    }
    let (folder, target) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fs::create_dir(folder.path().join("LOCK")).unwrap();
    let [source, target] = [folder.path(), target.path()].map(|path| Folder::new(path).unwrap());
    let error = rescue(&source, &target).unwrap_err();
    assert!(matches!(error, JournalError::Io { operation: "lock", .. }), "{error:?}");
}
