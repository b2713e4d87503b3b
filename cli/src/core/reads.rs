//! What this run has read, so that nothing it writes takes the place of that.
//!
//! A process reads for one command only, and what that read is asked for where something is
//! written, far from where it was read: this is the program's one piece of global state.

use cimarron_mof::source::{CachingFileSystem, EntryKind, FileSystem};
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

static READ: LazyLock<Mutex<Reads>> = LazyLock::new(Mutex::default);

/// Pairs are kept as they come: few runs ask for them, and most note thousands.
#[derive(Default)]
struct Reads {
    /// Files, and directories that count with all that is in them, as they were named.
    paths: Vec<PathBuf>,
    /// Where paths lead, as far as somebody asked: asking again for thousands takes time.
    places: Vec<(PathBuf, PathBuf)>,
}

fn reads() -> MutexGuard<'static, Reads> {
    READ.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes note of a file that is read, or a directory that is with all that is in it.
pub(crate) fn note(path: &Path) {
    reads().paths.push(path.to_owned());
}

/// Whether what is at a place, given without links, was read by whatever name.
pub(super) fn was_read(place: &Path) -> bool {
    // Parts of paths are compared one by one: most are another text from the start.
    let text = place.as_os_str().as_encoded_bytes();
    let leads_there = |read: &Path| {
        text.starts_with(read.as_os_str().as_encoded_bytes()) && place.starts_with(read)
    };
    reads().places().any(|read| leads_there(&read))
}

/// What was read at and below a directory, by the rest of its path.
pub(super) fn read_below(directory: &Path) -> HashSet<PathBuf> {
    let Ok(directory) = fs::canonicalize(directory) else { return HashSet::new() };
    let rest = |read: Cow<'_, Path>| read.strip_prefix(&directory).map(Path::to_owned).ok();
    reads().places().filter_map(rest).collect()
}

impl Reads {
    /// Where the paths lead.
    fn places(&self) -> impl Iterator<Item = Cow<'_, Path>> {
        // As text: parts of paths are compared one by one.
        let pairs = self.places.iter().map(|(path, place)| (path.as_os_str(), place.as_path()));
        let known: FxHashMap<&OsStr, &Path> = pairs.collect();
        self.paths.iter().filter_map(move |path| match known.get(path.as_os_str()) {
            Some(place) => Some(Cow::Borrowed(*place)),
            None => fs::canonicalize(path).ok().map(Cow::Owned),
        })
    }
}

/// The files of the operating system, each noted when it is read.
#[derive(Default)]
pub(crate) struct NotingFileSystem(CachingFileSystem);

impl FileSystem for NotingFileSystem {
    fn kind(&self, path: &Path) -> io::Result<Option<EntryKind>> {
        self.0.kind(path)
    }

    fn read(&self, path: &Path, limit: u64) -> io::Result<Vec<u8>> {
        note(path);
        self.0.read(path, limit)
    }

    fn list(&self, directory: &Path) -> io::Result<Vec<PathBuf>> {
        self.0.list(directory)
    }

    fn canonical(&self, path: &Path) -> io::Result<PathBuf> {
        let place = self.0.canonical(path)?;
        reads().places.push((path.to_owned(), place.clone()));
        Ok(place)
    }
}
