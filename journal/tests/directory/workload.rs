//! What the tests write, and how they look at what is found.

use cimarron_journal::{
    AlignedVec, BlobId, Entry, Journal, JournalError, LOG_FORMAT, Medium, Opened,
};
use cimarron_journal::{Options, open};
use std::sync::Arc;

/// Room for a few entries, so that logs bring some into their databases.
pub(crate) const OPTIONS: Options = Options { sync: true, ahead: 16 << 10 };

pub(crate) fn try_open(medium: &(impl Medium + Clone + 'static)) -> Result<Opened, JournalError> {
    open(Arc::new(medium.clone()), OPTIONS)
}

/// The bytes that the entry of these commits has, so that any entry can be told to be whole.
pub(crate) fn entry(first: u64, last: u64) -> Entry {
    let of = |commit: u64| {
        let length = commit * 7919 % 2003;
        (0..length).map(move |at| (at * (commit + 2) + commit) as u8)
    };
    Entry { first, last, bytes: (first..=last).flat_map(of).collect(), format: LOG_FORMAT }
}

pub(crate) fn append(journal: &Journal, first: u64, last: u64) -> Result<(), JournalError> {
    journal.append(first, last, &entry(first, last).bytes)
}

/// The blobs of the checkpoint at `commit`.
pub(crate) fn blobs(commit: u64) -> Vec<Vec<u8>> {
    let some = |length: u64| (0..length).map(|at| (at * 31 + commit) as u8).collect();
    vec![some(commit * 100), Vec::new(), some(3_000), some(17)]
}

/// The state of the checkpoint at `commit` says where its blobs are.
pub(crate) fn state(ids: &[BlobId]) -> Vec<u8> {
    ids.iter().flat_map(|id| [id.segment.to_le_bytes(), id.index.to_le_bytes()].concat()).collect()
}

/// Makes a checkpoint at `commit`, all of it in new segments.
pub(crate) fn checkpoint(journal: &Journal, commit: u64) -> Result<(), JournalError> {
    let log = journal.switch(journal.prepare_log()?)?;
    let mut writer = journal.new_segments()?;
    let mut ids = Vec::new();
    for blob in blobs(commit) {
        ids.push(writer.add(&blob)?);
    }
    let segments = writer.finish()?;
    journal.install(commit, state(&ids), &segments, log)
}

/// Everything that a directory holds, read to the end.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Read {
    pub(crate) checkpoint: u64,
    pub(crate) last: u64,
}

/// Reads everything, and asserts that it is what these functions write.
pub(crate) fn read(opened: Opened) -> Result<Read, JournalError> {
    let mut last = 0;
    if let Some(checkpoint) = &opened.checkpoint {
        last = checkpoint.commit;
        let mut buffer = AlignedVec::new();
        let ids: Vec<BlobId> = checkpoint.state.chunks_exact(8).map(blob_id).collect();
        assert_eq!(ids.len(), blobs(last).len(), "the state is another");
        for (id, blob) in ids.iter().zip(blobs(last)) {
            checkpoint.read(*id, &mut buffer)?;
            assert_eq!(buffer.as_slice(), blob, "{id:?} is not what was written");
        }
    }
    let checkpoint = last;
    for found in opened.tail {
        let found = found?;
        assert_eq!(found.first, last + 1);
        assert!(found == entry(found.first, found.last), "commit {} is another", found.first);
        last = found.last;
    }
    assert_eq!(opened.journal.last_commit(), last);
    Ok(Read { checkpoint, last })
}

fn blob_id(bytes: &[u8]) -> BlobId {
    let number = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
    BlobId { segment: number(0), index: number(4) }
}
