//! The directory while it is open: appending, going on in another log, and installing checkpoints.

use crate::checkpoint::{Pinned, Segments};
use crate::error::{JournalError, Result};
use crate::log::Log;
use crate::manifest::{CheckpointRecord, DirectoryId, Manifest};
use crate::medium::{Held, Medium};
use crate::names;
use crate::segment::{Segment, SegmentWriter};
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

/// How a directory is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Whether an entry is on the medium when [`Journal::append`] returns. Without it entries are
    /// with the system: they survive the end of the process, not the end of the machine.
    /// Checkpoints are always on the medium before what they replace is removed.
    pub sync: bool,
    /// How many bytes of entries each new log has room for before they go into its database. Up to
    /// so many are kept in memory, too.
    pub ahead: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self { sync: true, ahead: 2 << 20 }
    }
}

/// An open data directory. Clones are the same directory; it is closed when all of them and all
/// that was got from them are gone.
#[derive(Debug, Clone)]
pub struct Journal {
    pub(crate) shared: Arc<Shared>,
}

/// What all handles share. The fields are dropped in this order: the lock last.
#[derive(Debug)]
pub(crate) struct Shared {
    current: Mutex<Current>,
    log_bytes: AtomicU64,
    /// The first failure of an append.
    broken: OnceLock<Arc<JournalError>>,
    spare: Mutex<Spare>,
    /// Logs that were switched away from and are still open, because closing takes time.
    retired: Mutex<Vec<Arc<Log>>>,
    pub(crate) files: Mutex<Files>,
    next_segment: AtomicU32,
    pub(crate) directory: DirectoryId,
    options: Options,
    pub(crate) medium: Arc<dyn Medium>,
    _held: Box<dyn Held>,
}

/// The log that entries go to.
#[derive(Debug)]
struct Current {
    log: Arc<Log>,
    /// The commit that the next entry begins with.
    next: u64,
}

/// The log that comes after the current one.
#[derive(Debug)]
enum Spare {
    None,
    Ready(Arc<Log>),
    /// Somebody has it as a [`PreparedLog`].
    Out,
}

/// What the manifest names, and what else there is.
#[derive(Debug)]
pub(crate) struct Files {
    /// The commit of the checkpoint; `None` without one.
    pub(crate) checkpoint: Option<u64>,
    first_log: u64,
    pub(crate) segments: Arc<BTreeMap<u32, Arc<Segment>>>,
    /// Segments that are durable and that no manifest has named yet.
    finished: BTreeMap<u32, Arc<Segment>>,
    /// Segments that no manifest names any more.
    doomed: Vec<Arc<Segment>>,
}

/// A log without entries that can take the current one's place.
#[derive(Debug)]
pub struct PreparedLog {
    log: Option<Arc<Log>>,
    shared: Arc<Shared>,
}

/// What opening found, for [`Shared::new`].
pub(crate) struct Found {
    pub(crate) medium: Arc<dyn Medium>,
    pub(crate) held: Box<dyn Held>,
    pub(crate) options: Options,
    pub(crate) directory: DirectoryId,
    pub(crate) log: Arc<Log>,
    pub(crate) next: u64,
    pub(crate) first_log: u64,
    pub(crate) checkpoint: Option<u64>,
    pub(crate) segments: Arc<BTreeMap<u32, Arc<Segment>>>,
}

impl Shared {
    pub(crate) fn new(found: Found) -> Result<Self> {
        let bytes = found.log.bytes()?;
        let last = found.segments.last_key_value().map_or(0, |(number, _)| *number);
        Ok(Self {
            current: Mutex::new(Current { log: found.log, next: found.next }),
            log_bytes: AtomicU64::new(bytes),
            broken: OnceLock::new(),
            spare: Mutex::new(Spare::None),
            retired: Mutex::new(Vec::new()),
            files: Mutex::new(Files {
                checkpoint: found.checkpoint,
                first_log: found.first_log,
                segments: found.segments,
                finished: BTreeMap::new(),
                doomed: Vec::new(),
            }),
            next_segment: AtomicU32::new(last.saturating_add(1)),
            directory: found.directory,
            options: found.options,
            medium: found.medium,
            _held: found.held,
        })
    }

    fn writable(&self) -> Result<()> {
        match self.broken.get() {
            Some(cause) => Err(JournalError::Broken { cause: Arc::clone(cause) }),
            None => Ok(()),
        }
    }

    /// Stops all writing, for a reason.
    fn break_off(&self, error: JournalError) -> JournalError {
        let cause = Arc::clone(self.broken.get_or_init(|| Arc::new(error)));
        JournalError::Broken { cause }
    }

    pub(crate) fn next_segment(&self) -> Result<u32> {
        self.next_segment
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |number| number.checked_add(1))
            .map_err(|_| JournalError::refused("a segment after the last possible number"))
    }

    pub(crate) fn sync_folder(&self) -> Result<()> {
        self.medium
            .sync()
            .map_err(|error| JournalError::io(self.medium.path(""), "sync the folder", error))
    }

    /// Keeps segments that are durable for a manifest to name.
    pub(crate) fn finished(&self, segments: Vec<Segment>) {
        let mut files = self.files.lock();
        for segment in segments {
            files.finished.insert(segment.number(), Arc::new(segment));
        }
    }

    /// Removes the segments that no manifest names and nobody reads.
    pub(crate) fn sweep(&self) {
        self.files.lock().sweep(&*self.medium);
    }
}

impl Files {
    fn sweep(&mut self, medium: &dyn Medium) {
        self.doomed.retain(|segment| {
            let read = Arc::strong_count(segment) > 1;
            if !read {
                // One that stays is removed when the directory is opened next.
                let _ = medium.remove(&names::segment(segment.number()));
            }
            read
        });
    }
}

impl Journal {
    /// Adds an entry: the commits `first` to `last`, and what is to be known of them. It is on the
    /// medium when this returns ([`Options::sync`]). One thread at a time appends; others wait.
    ///
    /// # Errors
    /// [`JournalError::Refused`] unless `first` is one more than the last commit and not above
    /// `last`. Any other failure leaves unknown what the medium holds: this and all later calls
    /// that write give [`JournalError::Broken`] with it.
    pub fn append(&self, first: u64, last: u64, bytes: &[u8]) -> Result<()> {
        let shared = &*self.shared;
        let mut current = shared.current.lock();
        shared.writable()?;
        let next = last.checked_add(1).filter(|_| first == current.next && first <= last);
        let Some(next) = next else {
            let what = format!("commits {first} to {last}, where {} is next", current.next);
            return Err(JournalError::refused(what));
        };
        current.log.append(first, last, bytes).map_err(|error| shared.break_off(error))?;
        current.next = next;
        shared.log_bytes.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        Ok(())
    }

    /// Whether entries wait for [`Journal::settle`].
    #[must_use]
    pub fn unsettled(&self) -> bool {
        self.shared.current.lock().log.unsettled()
    }

    /// Brings entries into the log's database, if it is time for that, so that no append has to.
    /// Appending goes on meanwhile.
    ///
    /// # Errors
    /// As [`Journal::append`], for all later calls that write too.
    pub fn settle(&self) -> Result<()> {
        let shared = &*self.shared;
        shared.writable()?;
        let log = Arc::clone(&shared.current.lock().log);
        match log.settle() {
            // A checkpoint has taken its place meanwhile.
            Err(_) if log.is_given_up() => Ok(()),
            settled => settled.map_err(|error| shared.break_off(error)),
        }
    }

    /// The random number that tells the directory from all others; a copy has it too.
    #[must_use]
    pub fn directory(&self) -> [u8; 16] {
        self.shared.directory
    }

    /// The last commit that is in the directory; 0 when there is none.
    #[must_use]
    pub fn last_commit(&self) -> u64 {
        self.shared.current.lock().next - 1
    }

    /// The format of the current log. Entries may have what its readers know: whoever appends
    /// what earlier formats did not have asks.
    #[must_use]
    pub fn log_format(&self) -> u32 {
        self.shared.current.lock().log.format()
    }

    /// How many bytes of entries the current log has. After opening it is a little more than was
    /// appended, because it counts their frames too.
    #[must_use]
    pub fn log_bytes(&self) -> u64 {
        self.shared.log_bytes.load(Ordering::Relaxed)
    }

    /// Makes the log that comes next, durably, so that [`Journal::switch`] need not wait. One that
    /// is dropped is given again.
    ///
    /// # Errors
    /// When the medium refuses, or another prepared log is still in use.
    pub fn prepare_log(&self) -> Result<PreparedLog> {
        let shared = &self.shared;
        shared.writable()?;
        // Closes them, if no checkpoint has made that unnecessary.
        let retired = std::mem::take(&mut *shared.retired.lock());
        drop(retired);
        // Held while the log is made, and the current log's number is asked for under it: only who
        // has a prepared log can change that, and as long as none is out nobody has.
        let mut spare = shared.spare.lock();
        let log = match std::mem::replace(&mut *spare, Spare::Out) {
            Spare::Ready(log) => log,
            Spare::Out => return Err(JournalError::refused("a second log in advance")),
            Spare::None => {
                *spare = Spare::None;
                let number = shared.current.lock().log.number().checked_add(1);
                let number =
                    number.ok_or_else(|| JournalError::refused("a log after the last number"))?;
                let log = Log::create(&*shared.medium, &shared.directory, number, shared.options)?;
                *spare = Spare::Out;
                Arc::new(log)
            }
        };
        Ok(PreparedLog { log: Some(log), shared: Arc::clone(shared) })
    }

    /// Goes on in a prepared log and gives its number. Touches no file. The caller sees to it that
    /// all commits of the state that it is going to store are appended before, and no other.
    ///
    /// # Errors
    /// When an append failed before, or the log was prepared by another directory.
    pub fn switch(&self, mut prepared: PreparedLog) -> Result<u64> {
        let shared = &self.shared;
        if !Arc::ptr_eq(shared, &prepared.shared) {
            return Err(JournalError::refused("another directory's log"));
        }
        let mut current = shared.current.lock();
        shared.writable()?;
        if let Some(log) = prepared.log.take() {
            let old = std::mem::replace(&mut current.log, log);
            shared.log_bytes.store(0, Ordering::Relaxed);
            shared.retired.lock().push(old);
            *shared.spare.lock() = Spare::None;
        }
        Ok(current.log.number())
    }

    /// Begins new segments.
    ///
    /// # Errors
    /// When an append failed before.
    pub fn new_segments(&self) -> Result<SegmentWriter> {
        self.shared.writable()?;
        Ok(SegmentWriter::new(Arc::clone(&self.shared)))
    }

    /// Makes a checkpoint the one that holds: the state after `commit`, in `state` and in
    /// `segments`, with the entries from the log `first_log` on to follow. Then removes the logs
    /// before, and the segments that are not named and that nobody has pinned, those too that were
    /// finished for a checkpoint that was given up.
    ///
    /// # Errors
    /// [`JournalError::Refused`] when a segment or log does not exist or the checkpoint is older
    /// than the one that holds. When the medium refuses, nothing is removed, and one of the two
    /// checkpoints will be found.
    pub fn install(
        &self,
        commit: u64,
        state: Vec<u8>,
        segments: &[u32],
        first_log: u64,
    ) -> Result<()> {
        let shared = &*self.shared;
        shared.writable()?;
        let (current, last) = {
            let current = shared.current.lock();
            (current.log.number(), current.next - 1)
        };
        let mut files = shared.files.lock();
        if !(files.first_log..=current).contains(&first_log) {
            return Err(JournalError::refused(format!("a checkpoint before log {first_log}")));
        }
        if commit > last || files.checkpoint.is_some_and(|held| commit < held) {
            return Err(JournalError::refused(format!("a checkpoint at commit {commit}")));
        }
        let named = files.named(segments)?;
        let manifest = Manifest {
            directory: shared.directory,
            first_log,
            checkpoint: Some(CheckpointRecord {
                commit,
                state,
                segments: named.values().map(|segment| segment.record()).collect(),
            }),
        };
        manifest.write(&*shared.medium)?;

        files.checkpoint = Some(commit);
        let old = std::mem::replace(&mut files.segments, Arc::new(named));
        let finished = std::mem::take(&mut files.finished);
        for (number, segment) in old.iter().chain(&finished) {
            if !files.segments.contains_key(number) {
                files.doomed.push(Arc::clone(segment));
            }
        }
        drop((old, finished));
        files.sweep(&*shared.medium);
        let retired = std::mem::take(&mut *shared.retired.lock());
        let (kept, given_up): (Vec<_>, Vec<_>) =
            retired.into_iter().partition(|log| log.number() >= first_log);
        shared.retired.lock().extend(kept);
        given_up.iter().for_each(|log| log.give_up());
        drop(given_up);
        for number in files.first_log..first_log {
            // One that stays is removed when the directory is opened next.
            let _ = shared.medium.remove(&names::log(number));
            let _ = shared.medium.remove(&names::ahead(number));
        }
        files.first_log = first_log;
        Ok(())
    }

    /// The files of the checkpoint that holds, which stay until the result is dropped.
    #[must_use]
    pub fn pin(&self) -> Pinned {
        let files = self.shared.files.lock();
        let segments = Segments::new(Arc::clone(&files.segments), Arc::clone(&self.shared));
        Pinned { commit: files.checkpoint, segments }
    }
}

impl Files {
    /// The segments of these numbers.
    fn named(&self, numbers: &[u32]) -> Result<BTreeMap<u32, Arc<Segment>>> {
        let find = |number: &u32| {
            let segment = self.segments.get(number).or_else(|| self.finished.get(number));
            match segment {
                Some(segment) => Ok((*number, Arc::clone(segment))),
                None => Err(JournalError::refused(format!("a checkpoint of segment {number}"))),
            }
        };
        numbers.iter().map(find).collect()
    }
}

impl PreparedLog {
    /// Its number.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.log.as_ref().map_or(0, |log| log.number())
    }
}

impl Drop for PreparedLog {
    fn drop(&mut self) {
        if let Some(log) = self.log.take() {
            *self.shared.spare.lock() = Spare::Ready(log);
        }
    }
}
