//! The directory on disk: what is found again, and what is refused.

use cimarron_journal::simulated::SimulatedMedium;
use cimarron_journal::{
    AlignedVec, BLOCK, BlobId, Entry, Folder, Journal, JournalError, LOG_FORMAT, Medium, Opened,
    Options, open,
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
    Entry { first, last, bytes: vec![first as u8; length], format: LOG_FORMAT }
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
    // What closing brought into the database together is one entry.
    let together = [entry(1, 1), entry(2, 9), entry(10, 10)].map(|entry| entry.bytes).concat();
    assert_eq!(
        entries(second),
        [Entry { first: 1, last: 10, bytes: together, format: LOG_FORMAT }]
    );
    assert_eq!(entries(opened(path)).last(), Some(&entry(11, 12)));
}

/// What the system does not write past its cache goes through it.
#[test]
fn blocks_from_anywhere_in_memory_are_written() {
    let folder = tempfile::tempdir().unwrap();
    let medium = Folder::new(folder.path()).unwrap();
    fs::write(folder.path().join("blocks"), [0; 3 * BLOCK]).unwrap();
    let blocks = medium.blocks("blocks", true).unwrap();
    let memory = vec![7; BLOCK + 1];
    for at in 0..2 {
        blocks.write((at + 1) * BLOCK as u64, &memory[1..]).unwrap();
    }
    let expected = [vec![0; BLOCK], vec![7; 2 * BLOCK]].concat();
    assert!(fs::read(folder.path().join("blocks")).unwrap() == expected);
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
    assert!(found[1] == Entry { first: 2, last: 3, bytes, format: LOG_FORMAT });
    assert_eq!(found[2], Entry { first: 4, last: 4, bytes: Vec::new(), format: LOG_FORMAT });
}

#[test]
fn a_checkpoint_takes_the_place_of_logs() {
    let folder = tempfile::tempdir().unwrap();
    let first = opened(folder.path());
    append(&first.journal, 1, 5);
    let ids = checkpoint(&first.journal, 5);
    append(&first.journal, 6, 6);
    drop(first);
    let logs = ["log-00000002.ahead", "log-00000002.redb"];
    let expected = ["LOCK", "MANIFEST", logs[0], logs[1], "segment-00000001"];
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

#[test]
fn a_second_opener_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let first = opened(folder.path());
    let refused = try_open(folder.path()).unwrap_err();
    let own = std::process::id().to_string();
    assert!(matches!(&refused, JournalError::Locked { by: Some(by), .. } if *by == own));
    assert!(refused.to_string().contains("in use by process"), "{refused}");
    // Whatever was got from it keeps the directory.
    let tail = first.tail;
    drop(first.journal);
    assert!(try_open(folder.path()).is_err());
    drop(tail);
    opened(folder.path());
}

#[test]
fn a_folder_of_somebody_else_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("notes.txt"), "mine").unwrap();
    let refused = try_open(folder.path()).unwrap_err();
    assert!(matches!(refused, JournalError::NotADataDirectory { .. }), "{refused}");
    assert!(refused.to_string().contains("notes.txt"), "{refused}");
    assert_eq!(names(folder.path()), ["notes.txt"]);

    // In a data directory it does not matter.
    let folder = tempfile::tempdir().unwrap();
    drop(opened(folder.path()));
    fs::write(folder.path().join("notes.txt"), "mine").unwrap();
    drop(opened(folder.path()));
    assert!(names(folder.path()).contains(&"notes.txt".to_owned()));
}

#[test]
fn a_newer_version_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    drop(opened(folder.path()));
    let manifest = folder.path().join("MANIFEST");
    let mut bytes = fs::read(&manifest).unwrap();
    bytes.truncate(bytes.len() - 32);
    bytes[16] = 9;
    bytes.extend_from_slice(b"and something new");
    let hash = blake3::hash(&bytes);
    bytes.extend_from_slice(hash.as_bytes());
    fs::write(&manifest, bytes).unwrap();
    let refused = try_open(folder.path()).unwrap_err();
    assert!(matches!(refused, JournalError::NewerFormat { found: 9, known: 1, .. }), "{refused}");
}

#[test]
fn a_lost_manifest_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    // Without commits it is a directory that was not begun to the end.
    drop(opened(folder.path()));
    fs::remove_file(folder.path().join("MANIFEST")).unwrap();
    append(&opened(folder.path()).journal, 1, 1);
    fs::remove_file(folder.path().join("MANIFEST")).unwrap();
    let refused = try_open(folder.path()).unwrap_err();
    assert!(matches!(refused, JournalError::Damaged { .. }), "{refused}");
    assert!(refused.to_string().contains("log-00000001.redb with commits"), "{refused}");
}

#[test]
fn what_is_left_over_is_removed() {
    let folder = tempfile::tempdir().unwrap();
    let first = opened(folder.path());
    append(&first.journal, 1, 1);
    checkpoint(&first.journal, 1);
    drop(first);
    let expected = names(folder.path());
    let left = ["MANIFEST.new", "log-00000009.redb.new", "log-00000009.ahead", "segment-00000077"];
    for name in left.into_iter().chain(["log-00000001.redb", "log-00000001.ahead"]) {
        fs::write(folder.path().join(name), "left over").unwrap();
    }
    drop(opened(folder.path()));
    assert_eq!(names(folder.path()), expected);
}

#[test]
fn a_pinned_checkpoint_stays() {
    let folder = tempfile::tempdir().unwrap();
    let Opened { journal, .. } = opened(folder.path());
    append(&journal, 1, 1);
    let ids = checkpoint(&journal, 1);
    let pinned = journal.pin();
    assert_eq!(pinned.commit(), Some(1));
    append(&journal, 2, 2);
    checkpoint(&journal, 2);
    assert!(names(folder.path()).contains(&"segment-00000001".to_owned()));
    let mut buffer = AlignedVec::new();
    pinned.segments().read(ids[0], &mut buffer).unwrap();
    assert_eq!(buffer.as_slice(), b"first");
    drop(pinned);
    assert!(!names(folder.path()).contains(&"segment-00000001".to_owned()));
}

#[test]
fn a_checkpoint_keeps_the_segments_that_it_names_again() {
    let folder = tempfile::tempdir().unwrap();
    let Opened { journal, .. } = opened(folder.path());
    append(&journal, 1, 1);
    let ids = checkpoint(&journal, 1);
    append(&journal, 2, 2);
    let log = journal.switch(journal.prepare_log().unwrap()).unwrap();
    let mut given_up = journal.new_segments().unwrap();
    given_up.add(b"given up").unwrap();
    drop(given_up);
    let mut writer = journal.new_segments().unwrap();
    let blob = writer.add(b"more").unwrap();
    let mut segments = writer.finish().unwrap();
    segments.push(ids[0].segment);
    journal.install(2, Vec::new(), &segments, log).unwrap();
    drop(journal);

    let Opened { checkpoint, .. } = opened(folder.path());
    let checkpoint = checkpoint.unwrap();
    let mut buffer = AlignedVec::new();
    checkpoint.read(ids[3], &mut buffer).unwrap();
    assert_eq!(buffer.as_slice(), b"last");
    checkpoint.read(blob, &mut buffer).unwrap();
    assert_eq!(buffer.as_slice(), b"more");
    assert_eq!(checkpoint.segments().facts().count(), 2);
    assert!(checkpoint.read(BlobId { segment: blob.segment, index: 1 }, &mut buffer).is_err());
    assert!(checkpoint.read(BlobId { segment: 99, index: 0 }, &mut buffer).is_err());
}

#[test]
fn impossible_checkpoints_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let Opened { journal, .. } = opened(folder.path());
    append(&journal, 1, 4);
    checkpoint(&journal, 4);
    let refused = [
        journal.install(5, Vec::new(), &[], 2),
        journal.install(3, Vec::new(), &[], 2),
        journal.install(4, Vec::new(), &[], 1),
        journal.install(4, Vec::new(), &[], 3),
        journal.install(4, Vec::new(), &[8], 2),
    ];
    for result in refused {
        assert!(matches!(result, Err(JournalError::Refused { .. })), "{result:?}");
    }
    let prepared = journal.prepare_log().unwrap();
    assert!(matches!(journal.prepare_log(), Err(JournalError::Refused { .. })));
    let number = prepared.number();
    drop(prepared);
    assert_eq!(journal.prepare_log().unwrap().number(), number);
    append(&journal, 5, 5);
}

#[test]
fn blobs_go_on_in_the_next_segment() {
    let medium = SimulatedMedium::new();
    let Opened { journal, .. } = open(Arc::new(medium), Options::default()).unwrap();
    let mut writer = journal.new_segments().unwrap();
    let before = writer.add(b"before").unwrap();
    let large = writer.add(&vec![1; 63 << 20]).unwrap();
    let next = writer.add(&vec![2; 2 << 20]).unwrap();
    let small = writer.add(b"small").unwrap();
    let places = [before, large, next, small].map(|id| (id.segment, id.index));
    assert_eq!(places, [(1, 0), (1, 1), (2, 0), (2, 1)]);
    assert_eq!(writer.finish().unwrap(), [1, 2]);
}

#[test]
fn a_backup_is_a_directory_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let target = tempfile::tempdir().unwrap();
    let Opened { journal, .. } = opened(folder.path());
    append(&journal, 1, 6);
    let ids = checkpoint(&journal, 6);
    append(&journal, 7, 7);
    let report = journal.backup(&Folder::new(target.path()).unwrap()).unwrap();
    assert_eq!((report.commit, report.segments), (Some(6), 1));
    assert!(report.bytes > 3_000_000);
    let again = journal.backup(&Folder::new(target.path()).unwrap()).unwrap_err();
    assert!(matches!(again, JournalError::NotEmpty { .. }), "{again}");
    let own = journal.backup(&Folder::new(folder.path()).unwrap()).unwrap_err();
    assert!(matches!(own, JournalError::Locked { .. }), "{own}");

    let copy = opened(target.path());
    let checkpoint = copy.checkpoint.as_ref().unwrap();
    let mut buffer = AlignedVec::new();
    checkpoint.read(ids[2], &mut buffer).unwrap();
    assert_eq!(buffer.as_slice(), blobs()[2]);
    append(&copy.journal, 7, 9);
    drop(copy);
    // Its logs are not those of the original.
    drop(journal);
    let log = "log-00000002.redb";
    fs::copy(target.path().join(log), folder.path().join(log)).unwrap();
    assert!(matches!(try_open(folder.path()), Err(JournalError::Damaged { .. })));
    assert_eq!(entries(opened(target.path())), [entry(7, 9)]);
}

#[test]
fn a_backup_that_was_cut_short_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let target = tempfile::tempdir().unwrap();
    let Opened { journal, .. } = opened(folder.path());
    append(&journal, 1, 1);
    checkpoint(&journal, 1);
    journal.backup(&Folder::new(target.path()).unwrap()).unwrap();
    fs::remove_file(target.path().join("MANIFEST")).unwrap();
    let refused = try_open(target.path()).unwrap_err();
    assert!(matches!(refused, JournalError::Damaged { .. }), "{refused}");
}
