//! The directory on disk: what is found again, and what is refused.

use cimarron_journal::{
    AlignedVec, BlobId, Entry, Folder, Journal, JournalError, Opened, Options, open,
};
use std::fs;
use std::path::Path;
use std::sync::Arc;

fn opened(path: &Path) -> Opened {
    try_open(path).unwrap()
}

fn try_open(path: &Path) -> Result<Opened, JournalError> {
    open(Arc::new(Folder::new(path).unwrap()), Options::default())
}

/// The entry that commits `first` to `last` are given in these tests.
fn entry(first: u64, last: u64) -> Entry {
    let length = usize::try_from(first % 7 * 900).unwrap();
    Entry { first, last, bytes: vec![first as u8; length] }
}

fn append(journal: &Journal, first: u64, last: u64) {
    journal.append(first, last, &entry(first, last).bytes).unwrap();
}

fn entries(opened: Opened) -> Vec<Entry> {
    opened.tail.map(Result::unwrap).collect()
}

fn blobs() -> Vec<Vec<u8>> {
    vec![b"first".to_vec(), Vec::new(), vec![9; 3_000_000], b"last".to_vec()]
}

/// A checkpoint of the blobs above.
fn checkpoint(journal: &Journal, commit: u64) -> Vec<BlobId> {
    let log = journal.switch(journal.prepare_log().unwrap()).unwrap();
    let mut writer = journal.new_segments().unwrap();
    let ids = blobs().iter().map(|blob| writer.add(blob).unwrap()).collect();
    let segments = writer.finish().unwrap();
    journal.install(commit, b"state".to_vec(), &segments, log).unwrap();
    ids
}

fn names(path: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(path)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort_unstable();
    names
}

#[test]
fn entries_are_found_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = &folder.path().join("not/there/yet");
    let first = opened(path);
    assert!(first.checkpoint.is_none());
    append(&first.journal, 1, 1);
    append(&first.journal, 2, 9);
    let refused = first.journal.append(11, 11, b"");
    assert!(matches!(refused, Err(JournalError::Refused { .. })), "{refused:?}");
    append(&first.journal, 10, 10);
    assert_eq!(first.journal.last_commit(), 10);
    drop(first);

    let second = opened(path);
    assert_eq!(second.journal.last_commit(), 10);
    append(&second.journal, 11, 12);
    assert_eq!(entries(second), [entry(1, 1), entry(2, 9), entry(10, 10)]);
    assert_eq!(entries(opened(path)).last(), Some(&entry(11, 12)));
}

#[test]
fn an_entry_of_many_parts_is_one() {
    let folder = tempfile::tempdir().unwrap();
    let first = opened(folder.path());
    let bytes: Vec<u8> = (0..9_000_000u32).map(|i| (i / 7) as u8).collect();
    first.journal.append(1, 1, b"before").unwrap();
    first.journal.append(2, 3, &bytes).unwrap();
    first.journal.append(4, 4, b"").unwrap();
    drop(first);
    let found = entries(opened(folder.path()));
    assert_eq!(found.len(), 3);
    assert!(found[1] == Entry { first: 2, last: 3, bytes });
    assert_eq!(found[2], Entry { first: 4, last: 4, bytes: Vec::new() });
}

#[test]
fn a_checkpoint_takes_the_place_of_logs() {
    let folder = tempfile::tempdir().unwrap();
    let first = opened(folder.path());
    append(&first.journal, 1, 5);
    let ids = checkpoint(&first.journal, 5);
    append(&first.journal, 6, 6);
    drop(first);
    let expected = ["LOCK", "MANIFEST", "log-00000002.redb", "segment-00000001"];
    assert_eq!(names(folder.path()), expected);

    let second = opened(folder.path());
    let checkpoint = second.checkpoint.as_ref().unwrap();
    assert_eq!((checkpoint.commit, checkpoint.state.as_slice()), (5, b"state".as_slice()));
    let mut buffer = AlignedVec::new();
    for (id, blob) in ids.iter().zip(blobs()) {
        checkpoint.read(*id, &mut buffer).unwrap();
        assert_eq!(buffer.as_slice(), blob);
    }
    let facts: Vec<_> = checkpoint.segments().facts().collect();
    assert_eq!(facts.len(), 1);
    assert_eq!(facts[0].blobs, [5, 0, 3_000_000, 4]);
    assert_eq!(entries(second), [entry(6, 6)]);
}
