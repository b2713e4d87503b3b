//! The files of the operating system, without asking it thousands of times.

use super::fs::{EntryKind, FileSystem, OsFileSystem, current_if_empty, read_on};
use rustc_hash::FxHashMap;
use std::fs::{DirEntry, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf, is_separator};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The files of the operating system, for as long as one load of sources takes.
///
/// The includes of a schema are looked for one by one, and each question takes the system
/// longer than the file takes to compile. A directory that many paths are asked for is
/// listed instead, once, and what the list says of its files is not asked again. What it
/// does not have, and where its links lead, is.
#[derive(Debug, Default)]
pub struct CachingFileSystem {
    directories: Mutex<FxHashMap<String, Directory>>,
    /// Where files are read to, so that their lengths need not be asked for.
    room: Mutex<Vec<u8>>,
}

/// What is known of a directory.
#[derive(Debug, Default)]
struct Directory {
    /// How many of its entries were asked for.
    asked: u32,
    /// Its entries but for links, once it was listed.
    entries: Option<FxHashMap<String, EntryKind>>,
    /// Its canonical path, once that was asked for.
    place: Option<PathBuf>,
}

/// How many entries are asked for one by one: a directory may have many more than are used.
const ONE_BY_ONE: u32 = 8;

/// How long the files are for which there is room.
const ROOM: usize = 64 << 10;

impl CachingFileSystem {
    /// Nothing is known yet.
    pub fn new() -> Self {
        Self::default()
    }

    fn lock(&self) -> MutexGuard<'_, FxHashMap<String, Directory>> {
        self.directories.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the directory of a path says of it, if that is known.
    fn entry<T>(
        &self,
        path: &Path,
        answer: impl FnOnce(&mut Directory, EntryKind) -> T,
    ) -> Option<T> {
        let (directory, name) = parted(path)?;
        let mut directories = self.lock();
        if !directories.contains_key(directory) {
            directories.insert(directory.to_owned(), Directory::default());
        }
        let known = directories.get_mut(directory)?;
        known.asked = known.asked.saturating_add(1);
        if known.entries.is_none() && known.asked > ONE_BY_ONE {
            // One that cannot be listed is asked for each entry, which tells why.
            known.entries = Some(
                listed(directory.as_ref())
                    .map_or_else(|_| FxHashMap::default(), |listed| kinds(&listed)),
            );
        }
        let kind = *known.entries.as_ref()?.get(name)?;
        Some(answer(known, kind))
    }
}

impl FileSystem for CachingFileSystem {
    fn kind(&self, path: &Path) -> io::Result<Option<EntryKind>> {
        match self.entry(path, |_, kind| kind) {
            Some(kind) => Ok(Some(kind)),
            None => OsFileSystem.kind(path),
        }
    }

    fn read(&self, path: &Path, limit: u64) -> io::Result<Vec<u8>> {
        let mut file = File::open(path)?;
        let mut room = self.room.lock().unwrap_or_else(PoisonError::into_inner);
        room.resize(ROOM, 0);
        let (length, ended) = fill(&mut file, &mut room)?;
        let mut bytes = room.get(..length).unwrap_or_default().to_vec();
        drop(room);
        if !ended {
            read_on(file, limit, &mut bytes)?;
        }
        Ok(bytes)
    }

    fn list(&self, directory: &Path) -> io::Result<Vec<PathBuf>> {
        let listed = listed(directory)?;
        // By the name that its entries are asked for with.
        if let Some((name, _)) = parted(&directory.join("entry")) {
            self.lock().entry(name.to_owned()).or_default().entries = Some(kinds(&listed));
        }
        Ok(listed.into_iter().map(|entry| entry.file_name().into()).collect())
    }

    fn canonical(&self, path: &Path) -> io::Result<PathBuf> {
        let known = self.entry(path, |directory, _| {
            let (above, name) = parted(path)?;
            if directory.place.is_none() {
                directory.place = OsFileSystem.canonical(above.as_ref()).ok();
            }
            Some(directory.place.as_ref()?.join(name))
        });
        known.flatten().map_or_else(|| OsFileSystem.canonical(path), Ok)
    }
}

/// Reads until there is no more room; says how much, and whether there is no more to read.
fn fill(file: &mut File, room: &mut [u8]) -> io::Result<(usize, bool)> {
    let mut length = 0;
    while let Some(rest) = room.get_mut(length..).filter(|rest| !rest.is_empty()) {
        match file.read(rest) {
            Ok(0) => return Ok((length, true)),
            Ok(more) => length += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok((length, false))
}

fn listed(directory: &Path) -> io::Result<Vec<DirEntry>> {
    std::fs::read_dir(current_if_empty(directory))?.collect()
}

/// What a directory lists, but for links, and names that are not Unicode.
fn kinds(listed: &[DirEntry]) -> FxHashMap<String, EntryKind> {
    let kind = |entry: &DirEntry| {
        let found = entry.file_type().ok()?;
        let kind = if found.is_dir() {
            EntryKind::Directory
        } else if found.is_file() {
            EntryKind::File
        } else {
            return None;
        };
        Some((entry.file_name().into_string().ok()?, kind))
    };
    listed.iter().filter_map(kind).collect()
}

/// The directory of a path and its name there, where both are plain.
fn parted(path: &Path) -> Option<(&str, &str)> {
    let path = path.to_str()?;
    let (directory, name) = match path.rfind(is_separator) {
        Some(at) => (path.get(..at)?, path.get(at + 1..)?),
        None => ("", path),
    };
    // A root is nothing, or a drive, without its separator, and means something else then.
    let is_root = directory.is_empty() && path != name || directory.ends_with(':');
    let is_plain = !matches!(name, "" | "." | "..") && !name.contains(':');
    (is_plain && !is_root).then_some((directory, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every question twice, so that the second is answered by what the first left.
    fn same_as_the_system(fs: &CachingFileSystem, path: &Path) {
        for _ in 0..2 {
            assert_eq!(fs.kind(path).ok(), OsFileSystem.kind(path).ok(), "{}", path.display());
            assert_eq!(
                fs.canonical(path).ok(),
                OsFileSystem.canonical(path).ok(),
                "{}",
                path.display()
            );
        }
    }

    #[test]
    fn answers_as_the_system_does() {
        let root = tempfile::tempdir().unwrap();
        let at = |path: &str| root.path().join(path);
        std::fs::create_dir_all(at("lib/deep")).unwrap();
        for n in 0..20 {
            std::fs::write(at(&format!("lib/{n}.mof")), "").unwrap();
        }
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(at("lib/1.mof"), at("lib/link.mof")).unwrap();
            std::os::unix::fs::symlink(at("nowhere"), at("lib/broken.mof")).unwrap();
            std::os::unix::fs::symlink(at("lib"), at("also")).unwrap();
        }
        let names = [
            "",
            ".",
            "..",
            "deep",
            "deep/",
            "none.mof",
            "link.mof",
            "broken.mof",
            "0.mof/x",
            "../lib/3.mof",
        ];
        for listed_first in [false, true] {
            let fs = CachingFileSystem::new();
            if listed_first {
                let linked = cfg!(unix).then_some("also");
                for directory in ["lib", "lib/"].into_iter().chain(linked) {
                    let mut ours = fs.list(&at(directory)).unwrap();
                    let mut theirs = OsFileSystem.list(&at(directory)).unwrap();
                    ours.sort();
                    theirs.sort();
                    assert_eq!(ours, theirs);
                }
            }
            for directory in ["lib", "also", "lib/../lib", "lib/."] {
                for n in 0..20 {
                    same_as_the_system(&fs, &at(&format!("{directory}/{n}.mof")));
                }
                for name in names {
                    same_as_the_system(&fs, &at(directory).join(name));
                }
            }
        }
        assert!(CachingFileSystem::new().list(&at("none")).is_err());
    }

    #[test]
    fn the_root_is_not_the_current_directory() {
        let fs = CachingFileSystem::new();
        let root = std::env::current_dir().unwrap().ancestors().last().unwrap().to_owned();
        fs.list(&root).unwrap();
        for name in OsFileSystem.list(&root).unwrap() {
            for path in [name.clone(), root.join(&name)] {
                same_as_the_system(&fs, &path);
            }
        }
        for (path, parts) in [
            ("a/b.mof", Some(("a", "b.mof"))),
            ("b.mof", Some(("", "b.mof"))),
            ("/b.mof", None),
            ("C:/b.mof", None),
            ("C:b.mof", None),
            ("a/", None),
            ("a/..", None),
        ] {
            assert_eq!(parted(path.as_ref()), parts, "{path}");
        }
    }

    #[test]
    fn reads_what_there_is() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("a.mof");
        let fs = CachingFileSystem::new();
        for length in [0, 1, 3 * ROOM, ROOM - 1, ROOM, ROOM + 1, 5] {
            let contents: Vec<u8> = (0..length).map(|at| (at % 251) as u8).collect();
            std::fs::write(&path, &contents).unwrap();
            for limit in [length as u64, u64::MAX] {
                assert!(fs.read(&path, limit).unwrap() == contents, "{length} of {limit}");
            }
            let limit = length as u64 / 2;
            assert!(fs.read(&path, limit).unwrap().len() as u64 > limit || length == 0);
        }
        assert!(fs.read(root.path(), 9).is_err());
    }

    #[test]
    fn what_comes_later_is_found() {
        let root = tempfile::tempdir().unwrap();
        let fs = CachingFileSystem::new();
        let late = root.path().join("late.mof");
        for _ in 0..20 {
            assert_eq!(fs.kind(&late).unwrap(), None);
        }
        std::fs::write(&late, "class X_A {};").unwrap();
        assert_eq!(fs.kind(&late).unwrap(), Some(EntryKind::File));
        assert_eq!(fs.read(&late, 99).unwrap(), b"class X_A {};");
    }
}
