//! Where files are read from.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::File;
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

/// The files of the operating system. A schema in many files is loaded sooner through a
/// [`CachingFileSystem`](super::CachingFileSystem).
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
        let mut bytes = Vec::new();
        read_on(File::open(path)?, limit, &mut bytes)?;
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

/// Reads what is left of a file, and all of it up to `limit + 1` bytes at least.
pub(super) fn read_on(file: File, limit: u64, bytes: &mut Vec<u8>) -> io::Result<()> {
    // A byte more than it says, so that the end is met without growing. What a file says is
    // a hint, trusted for ordinary sizes only.
    let size = file.metadata().map_or(0, |found| found.len()).min(limit).min(64 << 20);
    let size = usize::try_from(size).unwrap_or_default();
    bytes.reserve_exact((size + 1).saturating_sub(bytes.len()));
    file.take(limit.saturating_add(1)).read_to_end(bytes).map(drop)
}

pub(crate) fn current_if_empty(path: &Path) -> &Path {
    if path.as_os_str().is_empty() { Path::new(".") } else { path }
}

/// Files in memory: tests, fixtures, and the empty one for embedders that grant no
/// files. Paths are relative to its root and cannot leave it.
#[derive(Clone, Debug, Default)]
pub struct MemoryFileSystem {
    /// By normal path, with `/` between its parts; directories are what these have in common.
    files: BTreeMap<String, Vec<u8>>,
}

impl MemoryFileSystem {
    /// A file system without files.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds or replaces a file. Says whether it did: a path that leaves the
    /// root, or is not Unicode, names no file.
    pub fn insert(&mut self, path: impl AsRef<Path>, contents: impl Into<Vec<u8>>) -> bool {
        match normal(path.as_ref()) {
            Some(path) if !path.is_empty() => {
                self.files.insert(path.into_owned(), contents.into());
                true
            }
            _ => false,
        }
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

impl FileSystem for MemoryFileSystem {
    fn kind(&self, path: &Path) -> io::Result<Option<EntryKind>> {
        let Some(path) = normal(path) else { return Ok(None) };
        if self.files.contains_key(&*path) {
            return Ok(Some(EntryKind::File));
        }
        let is_directory = path.is_empty() || self.below(&path).next().is_some();
        Ok(is_directory.then_some(EntryKind::Directory))
    }

    fn read(&self, path: &Path, _limit: u64) -> io::Result<Vec<u8>> {
        let file = normal(path).and_then(|path| self.files.get(&*path));
        file.cloned().ok_or_else(|| missing(path))
    }

    fn list(&self, directory: &Path) -> io::Result<Vec<PathBuf>> {
        let directory = normal(directory).ok_or_else(|| missing(directory))?;
        let mut names: Vec<&str> =
            self.below(&directory).filter_map(|rest| rest.split('/').next()).collect();
        names.dedup();
        Ok(names.into_iter().map(PathBuf::from).collect())
    }

    fn canonical(&self, path: &Path) -> io::Result<PathBuf> {
        canonical(path)
    }
}

/// The normal path as a path.
pub(super) fn canonical(path: &Path) -> io::Result<PathBuf> {
    normal(path).map(|path| PathBuf::from(path.into_owned())).ok_or_else(|| missing(path))
}

pub(super) fn missing(path: &Path) -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, format!("no file `{}`", path.display()))
}

/// The path without `.` and `..`, `/` between its parts; `None` when it leaves
/// the root or is not Unicode.
pub(super) fn normal(path: &Path) -> Option<Cow<'_, str>> {
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
pub(super) fn is_normal(path: &str) -> bool {
    let bytes = path.as_bytes();
    let mut start = 0;
    memchr::memchr2(b'\\', b':', bytes).is_none()
        && memchr::memchr_iter(b'/', bytes).chain([bytes.len()]).all(|end| {
            let part = bytes.get(start..end);
            start = end + 1;
            !matches!(part, None | Some(b"" | b"." | b".."))
        })
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
