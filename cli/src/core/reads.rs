//! What this run has read, so that nothing it writes takes the place of that.
//!
//! A process reads for one command only, and what that read is asked for where something is
//! written, far from where it was read: this is the program's one piece of global state.

use cimarron_mof::OsFileSystem;
use cimarron_mof::source::{EntryKind, FileSystem};
use std::collections::{HashMap, HashSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

static READ: LazyLock<Mutex<Reads>> = LazyLock::new(Mutex::default);

#[derive(Default)]
struct Reads {
    /// Files, and directories that count with all that is in them, as they were named.
    paths: HashSet<PathBuf>,
    /// Where paths lead, as far as somebody asked: asking again for thousands takes time.
    places: HashMap<PathBuf, PathBuf>,
}

fn reads() -> MutexGuard<'static, Reads> {
    READ.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes note of a file that is read, or a directory that is with all that is in it.
pub(crate) fn note(path: &Path) {
    reads().paths.insert(path.to_owned());
}

/// Whether what is at a place, given without links, was read by whatever name.
pub(super) fn was_read(place: &Path) -> bool {
    reads().places().any(|read| place.starts_with(read))
}

/// What was read at and below a directory, by the rest of its path.
pub(super) fn read_below(directory: &Path) -> HashSet<PathBuf> {
    let Ok(directory) = fs::canonicalize(directory) else { return HashSet::new() };
    let rest = |read: PathBuf| read.strip_prefix(&directory).map(Path::to_owned).ok();
    reads().places().filter_map(rest).collect()
}

impl Reads {
    /// Where the paths lead.
    fn places(&self) -> impl Iterator<Item = PathBuf> {
        self.paths.iter().filter_map(|path| match self.places.get(path) {
            Some(place) => Some(place.clone()),
            None => fs::canonicalize(path).ok(),
        })
    }
}

/// The files of the operating system, each noted when it is read.
pub(super) struct NotingFileSystem;

impl FileSystem for NotingFileSystem {
    fn kind(&self, path: &Path) -> io::Result<Option<EntryKind>> {
        OsFileSystem.kind(path)
    }

    fn read(&self, path: &Path, limit: u64) -> io::Result<Vec<u8>> {
        note(path);
        OsFileSystem.read(path, limit)
    }

    fn list(&self, directory: &Path) -> io::Result<Vec<PathBuf>> {
        OsFileSystem.list(directory)
    }

    fn canonical(&self, path: &Path) -> io::Result<PathBuf> {
        let place = OsFileSystem.canonical(path)?;
        reads().places.insert(path.to_owned(), place.clone());
        Ok(place)
    }
}
