//! Where files are read from.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

/// What a path names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// A file.
    File,
    /// A directory.
    Directory,
}

/// The reading that loading sources needs, so that embedders decide what MOF
/// may reach.
pub trait FileSystem {
    /// What the path names; `None` when it names nothing.
    ///
    /// # Errors
    /// What the underlying system reports, such as a denied access.
    fn kind(&self, path: &Path) -> io::Result<Option<EntryKind>>;

    /// The contents of a file, of a longer one than `limit` any `limit + 1`
    /// bytes or more.
    ///
    /// # Errors
    /// What the underlying system reports.
    fn read(&self, path: &Path, limit: u64) -> io::Result<Vec<u8>>;

    /// The names of a directory's entries, in any order.
    ///
    /// # Errors
    /// What the underlying system reports.
    fn list(&self, directory: &Path) -> io::Result<Vec<PathBuf>>;

    /// The one spelling of a path under which a file is recognised again.
    ///
    /// # Errors
    /// What the underlying system reports.
    fn canonical(&self, path: &Path) -> io::Result<PathBuf>;
}

/// The files of the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct OsFileSystem;

impl FileSystem for OsFileSystem {
    fn kind(&self, path: &Path) -> io::Result<Option<EntryKind>> {
        match std::fs::metadata(current_if_empty(path)) {
            Ok(metadata) if metadata.is_dir() => Ok(Some(EntryKind::Directory)),
            Ok(_) => Ok(Some(EntryKind::File)),
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::NotFound
                        | io::ErrorKind::NotADirectory
                        | io::ErrorKind::InvalidFilename
                        | io::ErrorKind::InvalidInput
                ) =>
            {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    fn read(&self, path: &Path, limit: u64) -> io::Result<Vec<u8>> {
        let file = std::fs::File::open(path)?;
        // A byte more than it says, so that the end is met without growing. What a file
        // says is a hint, trusted for ordinary sizes only.
        let size = file.metadata().map_or(0, |found| found.len()).min(limit).min(64 << 20);
        let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default() + 1);
        file.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn list(&self, directory: &Path) -> io::Result<Vec<PathBuf>> {
        std::fs::read_dir(current_if_empty(directory))?
            .map(|entry| entry.map(|entry| entry.file_name().into()))
            .collect()
    }

    fn canonical(&self, path: &Path) -> io::Result<PathBuf> {
        std::fs::canonicalize(current_if_empty(path))
    }
}

fn current_if_empty(path: &Path) -> &Path {
    if path.as_os_str().is_empty() { Path::new(".") } else { path }
}

/// Files in memory: tests, fixtures, and the empty one for embedders that grant no
/// files. Paths are relative to its root and cannot leave it.
#[derive(Clone, Debug, Default)]
pub struct MemoryFileSystem(Tree<Vec<u8>>);

impl MemoryFileSystem {
    /// A file system without files.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds or replaces a file. Says whether it did: a path that leaves the
    /// root, or is not Unicode, names no file.
    pub fn insert(&mut self, path: impl AsRef<Path>, contents: impl Into<Vec<u8>>) -> bool {
        self.0.insert(path.as_ref(), contents.into())
    }
}

impl FileSystem for MemoryFileSystem {
    fn kind(&self, path: &Path) -> io::Result<Option<EntryKind>> {
        Ok(self.0.kind(path))
    }

    fn read(&self, path: &Path, _limit: u64) -> io::Result<Vec<u8>> {
        self.0.file(path).cloned()
    }

    fn list(&self, directory: &Path) -> io::Result<Vec<PathBuf>> {
        self.0.list(directory)
    }

    fn canonical(&self, path: &Path) -> io::Result<PathBuf> {
        canonical(path)
    }
}

/// A tree of files of which only the files are kept; directories are what their
/// paths have in common.
#[derive(Clone, Debug)]
pub(super) struct Tree<T> {
    /// By normal path, with `/` between its parts.
    files: BTreeMap<String, T>,
}

impl<T> Default for Tree<T> {
    fn default() -> Self {
        Self { files: BTreeMap::new() }
    }
}

impl<T> Tree<T> {
    /// Adds or replaces a file. Says whether it did: a path that leaves the
    /// root, or is not Unicode, names no file.
    pub(super) fn insert(&mut self, path: &Path, file: T) -> bool {
        match normal(path) {
            Some(path) if !path.is_empty() => {
                self.files.insert(path.into_owned(), file);
                true
            }
            _ => false,
        }
    }

    pub(super) fn file(&self, path: &Path) -> io::Result<&T> {
        normal(path).and_then(|path| self.files.get(&*path)).ok_or_else(|| missing(path))
    }

    /// All files, in the order of their paths.
    pub(super) fn files(&self) -> impl Iterator<Item = &T> {
        self.files.values()
    }

    /// The same, to be changed.
    pub(super) fn files_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.files.values_mut()
    }

    /// All files with their normal paths, in the order of these.
    pub(super) fn entries_mut(&mut self) -> impl Iterator<Item = (&str, &mut T)> {
        self.files.iter_mut().map(|(path, file)| (path.as_str(), file))
    }

    pub(super) fn kind(&self, path: &Path) -> Option<EntryKind> {
        let path = normal(path)?;
        if self.files.contains_key(&*path) {
            return Some(EntryKind::File);
        }
        let is_directory = path.is_empty() || self.below(&path).next().is_some();
        is_directory.then_some(EntryKind::Directory)
    }

    pub(super) fn list(&self, directory: &Path) -> io::Result<Vec<PathBuf>> {
        let directory = normal(directory).ok_or_else(|| missing(directory))?;
        let mut names: Vec<&str> =
            self.below(&directory).filter_map(|rest| rest.split('/').next()).collect();
        names.dedup();
        Ok(names.into_iter().map(PathBuf::from).collect())
    }

    /// The files below a directory, by what follows it.
    fn below(&self, directory: &str) -> impl Iterator<Item = &str> {
        let mut prefix = directory.to_owned();
        if !prefix.is_empty() {
            prefix.push('/');
        }
        let from = prefix.clone();
        self.files.range(from..).map_while(move |(path, _)| path.strip_prefix(prefix.as_str()))
    }
}

/// The normal path as a path.
pub(super) fn canonical(path: &Path) -> io::Result<PathBuf> {
    normal(path).map(|path| PathBuf::from(path.into_owned())).ok_or_else(|| missing(path))
}

fn missing(path: &Path) -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, format!("no file `{}`", path.display()))
}

/// The path without `.` and `..`, `/` between its parts; `None` when it leaves
/// the root or is not Unicode.
fn normal(path: &Path) -> Option<Cow<'_, str>> {
    if let Some(path) = path.to_str().filter(|path| is_normal(path)) {
        return Some(path.into());
    }
    let mut normal = String::with_capacity(path.as_os_str().len());
    for component in path.components() {
        match component {
            Component::Normal(name) => {
                if !normal.is_empty() {
                    normal.push('/');
                }
                normal.push_str(name.to_str()?);
            }
            Component::ParentDir => {
                if normal.is_empty() {
                    return None;
                }
                normal.truncate(normal.rfind('/').unwrap_or_default());
            }
            Component::CurDir | Component::RootDir => {}
            Component::Prefix(_) => return None,
        }
    }
    Some(normal.into())
}

/// Whether a path is normal already, on every system: most are, and taking one apart to
/// put it together again takes twenty times as long.
fn is_normal(path: &str) -> bool {
    let bytes = path.as_bytes();
    let mut start = 0;
    let ends_well = |start, at| !matches!(bytes.get(start..at), None | Some(b"" | b"." | b".."));
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'\\' | b':' => return false,
            b'/' if !ends_well(start, at) => return false,
            b'/' => start = at + 1,
            _ => {}
        }
    }
    ends_well(start, bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_files_form_a_tree() {
        let mut fs = MemoryFileSystem::new();
        for path in ["a/b.mof", "a/c/d.mof", "a.mof", "/e.mof"] {
            assert!(fs.insert(path, path), "{path}");
        }
        assert!(!fs.insert("../x", "") && !fs.insert("a/..", ""));
        for (path, kind) in [
            ("", Some(EntryKind::Directory)),
            ("a", Some(EntryKind::Directory)),
            ("a/c/", Some(EntryKind::Directory)),
            ("a/../a/./b.mof", Some(EntryKind::File)),
            ("e.mof", Some(EntryKind::File)),
            ("a/b", None),
            ("..", None),
        ] {
            assert_eq!(fs.kind(Path::new(path)).unwrap(), kind, "{path}");
        }
        let names = |path: &str| fs.list(Path::new(path)).unwrap();
        assert_eq!(names("a"), [Path::new("b.mof"), Path::new("c")]);
        assert_eq!(names("").len(), 3);
        assert_eq!(fs.read(Path::new("a/b.mof"), 9).unwrap(), b"a/b.mof");
        assert!(fs.read(Path::new("a"), 9).is_err());
    }
}
