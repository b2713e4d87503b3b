//! The files of an archive by their paths.
//!
//! Thousands are known at once and none comes later: a vector in order, with a table of the
//! places in it, is made in a third of the time of a tree, and asked in a fifth.

use super::fs::{EntryKind, missing, normal};
use hashbrown::{DefaultHashBuilder, HashTable};
use std::cmp::Ordering;
use std::hash::BuildHasher;
use std::io;
use std::path::{Path, PathBuf};

/// Files by their paths; directories are what these have in common.
pub(super) struct Listing<T> {
    /// With their normal paths (`/` between the parts), in path order.
    files: Vec<(String, T)>,
    /// Places in `files` by the hash of the path. Whoever makes an archive chooses the paths,
    /// so the hash is seeded.
    places: HashTable<usize>,
    hasher: DefaultHashBuilder,
}

impl<T> Listing<T> {
    /// Files with their normal paths, or a path that two of them have.
    pub(super) fn new(mut files: Vec<(String, T)>) -> Result<Self, String> {
        files.sort_by(|(a, _), (b, _)| path_order(a, b));
        if let Some([(twice, _), _]) = files.array_windows().find(|[a, b]| a.0 == b.0) {
            return Err(twice.clone());
        }
        let hasher = DefaultHashBuilder::default();
        let hash_at =
            |place: &usize| files.get(*place).map_or(0, |(path, _)| hasher.hash_one(path));
        let mut places = HashTable::with_capacity(files.len());
        for place in 0..files.len() {
            places.insert_unique(hash_at(&place), place, hash_at);
        }
        Ok(Self { files, places, hasher })
    }

    /// All files with their paths, in path order.
    pub(super) fn iter_mut(&mut self) -> impl ExactSizeIterator<Item = (&str, &mut T)> {
        self.files.iter_mut().map(|(path, file)| (path.as_str(), file))
    }

    /// The path of the file at a place in that order.
    pub(super) fn path(&self, place: usize) -> Option<&str> {
        self.files.get(place).map(|(path, _)| path.as_str())
    }

    /// The file under a normal path.
    pub(super) fn get(&self, path: &str) -> Option<&T> {
        let hash = self.hasher.hash_one(path);
        let place = self.places.find(hash, |place| self.path(*place) == Some(path))?;
        self.files.get(*place).map(|(_, file)| file)
    }

    /// The file under a path.
    pub(super) fn find(&self, path: &Path) -> io::Result<&T> {
        normal(path).and_then(|path| self.get(&path)).ok_or_else(|| missing(path))
    }

    pub(super) fn kind(&self, path: &Path) -> Option<EntryKind> {
        let path = normal(path)?;
        if self.get(&path).is_some() {
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
        let start = self.files.partition_point(|(path, _)| path_order(path, &prefix).is_lt());
        let rest = self.files.get(start..).unwrap_or_default();
        rest.iter().map_while(move |(path, _)| path.strip_prefix(prefix.as_str()))
    }
}

/// The order of [`Path`], for normal paths: the files of a directory stand together.
fn path_order(a: &str, b: &str) -> Ordering {
    let same = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    // A separator is below all that may stand in a name.
    let rank =
        |path: &str| path.as_bytes().get(same).map(|byte| if *byte == b'/' { 0 } else { *byte });
    rank(a).cmp(&rank(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listing(paths: &[&str]) -> Result<Listing<usize>, String> {
        Listing::new(paths.iter().enumerate().map(|(n, path)| ((*path).to_owned(), n)).collect())
    }

    #[test]
    fn files_are_found_and_directories_listed() {
        let files = listing(&["a/b.mof", "a-b.mof", "b.mof", "a/c/d.mof", "a.mof"]).unwrap();
        let paths: Vec<_> = (0..).map_while(|place| files.path(place)).collect();
        assert_eq!(paths, ["a/b.mof", "a/c/d.mof", "a-b.mof", "a.mof", "b.mof"]);
        for (path, file) in [("a/b.mof", Some(0)), ("./b.mof", Some(2)), ("a", None), ("", None)] {
            assert_eq!(files.find(Path::new(path)).ok().copied(), file, "{path}");
        }
        for (path, kind) in [
            ("", Some(EntryKind::Directory)),
            ("a/c/", Some(EntryKind::Directory)),
            ("a/../a/./b.mof", Some(EntryKind::File)),
            ("a/b", None),
            ("..", None),
        ] {
            assert_eq!(files.kind(Path::new(path)), kind, "{path}");
        }
        let names = |path: &str| files.list(Path::new(path)).unwrap();
        assert_eq!(names("a"), [Path::new("b.mof"), Path::new("c")]);
        assert_eq!(names("").len(), 4);
        assert_eq!(names("b").len(), 0);
        assert_eq!(listing(&["b.mof", "a.mof", "b.mof"]).err().as_deref(), Some("b.mof"));
    }

    #[test]
    fn the_order_is_that_of_paths() {
        let paths = ["a", "a/b", "a/bc", "a-", "a-/b", "ab", "a/b/c", "b", "a\u{e9}/a", "a!"];
        for a in paths {
            for b in paths {
                assert_eq!(path_order(a, b), Path::new(a).cmp(Path::new(b)), "{a} {b}");
            }
        }
    }
}
