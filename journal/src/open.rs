//! Opening a data directory: what is in the folder, which of it holds, and what is left over from
//! a process or machine that ended.

use crate::checkpoint::{Checkpoint, Segments};
use crate::error::{JournalError, Result};
use crate::journal::{Found, Journal, Options, Shared};
use crate::log::{Log, Tail};
use crate::manifest::{DirectoryId, Manifest};
use crate::medium::{LockError, Medium};
use crate::names::{self, FileName, LOCK, MANIFEST};
use crate::segment::Segment;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

/// A directory that was opened, and what it has to tell.
#[derive(Debug)]
pub struct Opened {
    /// To go on writing.
    pub journal: Journal,
    /// The checkpoint that holds, if one was ever made.
    pub checkpoint: Option<Checkpoint>,
    /// All entries after it.
    pub tail: Tail,
}

/// Opens the data directory on `medium`, or begins one on an empty folder.
///
/// # Errors
/// When it is in use, was written by a newer version, is damaged, or is no data directory; when
/// the medium refuses. Segments and logs are checked as far as opening reads them: blobs when they
/// are read, logs in whole.
pub fn open(medium: Arc<dyn Medium>, options: Options) -> Result<Opened> {
    // Before the lock too: a folder of somebody else gets no lock file.
    Listing::of(&*medium)?;
    let held = medium.lock().map_err(|error| match error {
        LockError::Taken(by) => JournalError::Locked { file: medium.path(LOCK), by },
        LockError::Io(error) => JournalError::io(medium.path(LOCK), "lock", error),
    })?;
    let mut listing = Listing::of(&*medium)?;
    if !listing.manifest {
        listing.begin(&*medium, options)?;
        listing = Listing::of(&*medium)?;
    }
    let manifest = Manifest::read(&*medium)?;
    let (first, directory) = (manifest.first_log, manifest.directory);
    let mut last_commit = 0;
    let mut segments = BTreeMap::new();
    if let Some(checkpoint) = &manifest.checkpoint {
        last_commit = checkpoint.commit;
        for record in &checkpoint.segments {
            segments.insert(record.number, Arc::new(Segment::open(&*medium, record)?));
        }
    }
    let after = last_commit.saturating_add(1);
    let last = listing.last_log(&*medium, &directory, first)?;
    let mut open = |number| {
        let log = Log::open(&*medium, &directory, number, options.sync)?;
        last_commit = log.last()?.unwrap_or(last_commit);
        Ok(Arc::new(log))
    };
    let mut log = open(first)?;
    let mut logs = VecDeque::from([Arc::clone(&log)]);
    for number in first.saturating_add(1)..=last {
        log = open(number)?;
        logs.push_back(Arc::clone(&log));
    }
    listing.tidy(&*medium, first, &segments)?;
    let segments = Arc::new(segments);
    let shared = Arc::new(Shared::new(Found {
        medium,
        held,
        options,
        directory,
        log,
        next: last_commit.saturating_add(1),
        first_log: first,
        checkpoint: manifest.checkpoint.as_ref().map(|checkpoint| checkpoint.commit),
        segments: Arc::clone(&segments),
    })?);
    let checkpoint = manifest.checkpoint.map(|record| Checkpoint {
        commit: record.commit,
        state: record.state,
        segments: Segments::new(segments, Arc::clone(&shared)),
    });
    let tail = Tail::new(logs, (after, last_commit), Arc::clone(&shared))?;
    Ok(Opened { journal: Journal { shared }, checkpoint, tail })
}

fn remove(medium: &dyn Medium, name: &str) -> Result<()> {
    medium.remove(name).map_err(|error| JournalError::io(medium.path(name), "remove", error))
}

fn sync(medium: &dyn Medium) -> Result<()> {
    medium.sync().map_err(|error| JournalError::io(medium.path(""), "sync the folder", error))
}

/// A random directory id.
pub(crate) fn new_directory() -> Result<DirectoryId> {
    let mut directory = DirectoryId::default();
    getrandom::fill(&mut directory).map_err(|error| {
        JournalError::io("the system", "give random numbers", std::io::Error::other(error))
    })?;
    Ok(directory)
}

/// Which of our files are in the folder.
#[derive(Debug, Default)]
struct Listing {
    manifest: bool,
    segments: BTreeSet<u32>,
    logs: BTreeSet<u64>,
    aheads: BTreeSet<u64>,
    /// Those that were being written.
    new: Vec<String>,
}

impl Listing {
    /// Refuses a folder that is somebody else's.
    fn of(medium: &dyn Medium) -> Result<Self> {
        let names =
            medium.list().map_err(|error| JournalError::io(medium.path(""), "list", error))?;
        let mut listing = Self::default();
        let mut foreign = None;
        for name in names {
            match FileName::parse(&name) {
                Some(FileName::Lock) => {}
                Some(FileName::Manifest) => listing.manifest = true,
                Some(FileName::Segment(number)) => {
                    listing.segments.insert(number);
                }
                Some(FileName::Log(number)) => {
                    listing.logs.insert(number);
                }
                Some(FileName::Ahead(number)) => {
                    listing.aheads.insert(number);
                }
                Some(FileName::New) => listing.new.push(name),
                None => foreign = foreign.or(Some(name)),
            }
        }
        match foreign {
            Some(name) if !listing.manifest => {
                Err(JournalError::NotADataDirectory { file: medium.path(&name) })
            }
            _ => Ok(listing),
        }
    }

    /// Begins a directory in a folder without a manifest. Beginning makes the log first, so one
    /// without entries may be left over from an attempt that was cut short; anything else had a
    /// manifest once.
    fn begin(&self, medium: &dyn Medium, options: Options) -> Result<()> {
        let lost = |file: String| {
            let problem = format!("it is missing, though there is {file}");
            Err(JournalError::damaged(medium.path(MANIFEST), problem))
        };
        if let Some(number) = self.segments.first() {
            return lost(names::segment(*number));
        }
        for number in &self.logs {
            let name = names::log(*number);
            // Closing it brings entries into its database: those of a lost manifest are to stay.
            if Log::open_any(medium, *number, true)?.0.last()?.is_some() {
                return lost(format!("{name} with commits"));
            }
            remove(medium, &name)?;
        }
        // A log that came back without the file beside it would be damaged.
        if !self.logs.is_empty() {
            sync(medium)?;
        }
        self.aheads.iter().try_for_each(|number| remove(medium, &names::ahead(*number)))?;
        let directory = new_directory()?;
        drop(Log::create(medium, &directory, 1, options)?);
        Manifest { directory, first_log: 1, checkpoint: None }.write(medium)
    }

    /// The last of the logs, which are numbered without gaps from `first` on.
    fn last_log(&self, medium: &dyn Medium, directory: &DirectoryId, first: u64) -> Result<u64> {
        let missing =
            |number| JournalError::damaged(medium.path(&names::log(number)), "the file is missing");
        let mut last = first;
        for number in self.logs.range(first..) {
            if *number > last.saturating_add(1) {
                return Err(missing(last.saturating_add(1)));
            }
            last = *number;
        }
        // One that was not made to the end has no entries yet.
        for number in self.aheads.difference(&self.logs).filter(|number| **number > last) {
            if Log::is_lost(medium, directory, *number)? {
                return Err(missing(*number));
            }
        }
        Ok(last)
    }

    /// Makes durable what the files are called, then removes what nothing names: files that were
    /// being written, logs from before the checkpoint and segments that are not in it.
    fn tidy(
        &self,
        medium: &dyn Medium,
        first: u64,
        segments: &BTreeMap<u32, Arc<Segment>>,
    ) -> Result<()> {
        let logs = self.logs.range(..first).map(|number| names::log(*number));
        let unused = |number: &&u64| **number < first || !self.logs.contains(number);
        let aheads = self.aheads.iter().filter(unused).map(|number| names::ahead(*number));
        let segments = self.segments.iter().filter(|number| !segments.contains_key(number));
        let segments = segments.map(|number| names::segment(*number));
        let left: Vec<_> =
            self.new.iter().cloned().chain(logs).chain(aheads).chain(segments).collect();
        // The manifest and the last log may have their names, and the process that gave them ended
        // before that was durable: what the manifest before names must not go yet, and nothing may
        // be told that is in a log whose name is lost when the machine stops.
        sync(medium)?;
        for name in left {
            // One that stays is tried again next time.
            let _ = medium.remove(&name);
        }
        Ok(())
    }
}
