//! A small data directory in memory, for the targets that change its files.

use cimarron_journal::simulated::{Crash, SimulatedMedium};
use cimarron_journal::{AlignedVec, BlobId, Entry, JournalError, Options, open};
use std::sync::{Arc, LazyLock};

/// The first entries go into the log's database, the last two stand beside it.
const OPTIONS: Options = Options { sync: true, ahead: 16 << 10 };

/// How many entries follow the checkpoint, which is at commit 1.
pub const ENTRIES: u64 = 5;

/// What the entry of a commit holds.
pub fn entry(commit: u64) -> Vec<u8> {
    vec![commit as u8; commit as usize * 700]
}

/// A copy of a directory with a checkpoint of one segment, and entries after it in log 2, which
/// was open when the process ended.
pub fn sound() -> SimulatedMedium {
    static SOUND: LazyLock<SimulatedMedium> = LazyLock::new(|| {
        // redb's assertions are caught and told as damage. The fuzzer's hook would end the process
        // before that; panics that nobody catches end it all the same.
        std::panic::set_hook(Box::new(|_| {}));
        let medium = SimulatedMedium::new();
        let opened = open(Arc::new(medium.clone()), OPTIONS).expect("it is empty");
        let journal = &opened.journal;
        let made = || -> Result<(), JournalError> {
            journal.append(1, 1, b"before")?;
            let log = journal.switch(journal.prepare_log()?)?;
            let mut writer = journal.new_segments()?;
            for blob in [&b"first"[..], b"", &[9; 300]] {
                writer.add(blob)?;
            }
            journal.install(1, b"state".to_vec(), &writer.finish()?, log)?;
            (2..2 + ENTRIES)
                .try_for_each(|commit| journal.append(commit, commit, &entry(commit)))?;
            assert!(journal.unsettled(), "there is something for the database");
            journal.settle()
        };
        made().expect("memory takes all");
        medium.crash(Crash::Nothing)
    });
    SOUND.crash(Crash::Everything)
}

/// Everything that the directory holds, and its entries.
pub fn read(medium: &SimulatedMedium) -> Result<Vec<Entry>, JournalError> {
    let opened = open(Arc::new(medium.clone()), OPTIONS)?;
    if let Some(checkpoint) = &opened.checkpoint {
        let mut buffer = AlignedVec::new();
        for facts in checkpoint.segments().facts() {
            for (index, length) in (0..).zip(facts.blobs) {
                let blob = BlobId { segment: facts.number, index };
                if checkpoint.read(blob, &mut buffer).is_ok() {
                    assert_eq!(buffer.len() as u64, length);
                }
            }
            let _ = checkpoint.segments().verify(facts.number);
        }
    }
    opened.tail.collect()
}

/// The bytes, and the hash that vouches for them.
pub fn sealed(body: &[u8]) -> Vec<u8> {
    [body, blake3::hash(body).as_bytes()].concat()
}

/// Each five bytes are a place and two bytes to put there.
pub fn change(bytes: &mut [u8], changes: &[u8]) {
    let places = bytes.len() - 1;
    for change in changes.chunks_exact(5) {
        let [a, b, c, one, two] = *change else { continue };
        let place = u32::from_le_bytes([a, b, c, 0]) as usize % places;
        bytes[place] = one;
        bytes[place + 1] = two;
    }
}
