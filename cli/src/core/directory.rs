//! A directory that the program keeps: files that it wrote, and none besides unless
//! the user wants that.
//!
//! A file in it, `.cimarron-doc`, lists what was written. Without it a directory with
//! anything in it is somebody else's, and is left alone. What is written goes to a
//! directory inside first and is moved into place when all of it is there, file by
//! file, so that no reader sees half a file and a failure leaves the old site. Files
//! that are the same already are not touched.

use super::files::{place_of, write_failure};
use super::reads::read_below;
use crate::args::usage;
use crate::failure::Failure;
use cimarron_model::Status;
use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const MARKER: &str = ".cimarron-doc";
const HEADING: &str = "cimarron doc 1";
/// A marker beyond this is none of ours.
const MARKER_LIMIT: u64 = 64 << 20;

/// Files on their way into a directory.
pub(crate) struct Directory {
    path: PathBuf,
    stage: TempDir,
    /// The directories under `stage` that are there.
    made: HashSet<PathBuf>,
    /// Everything that the directory is to hold.
    files: BTreeSet<String>,
    /// What of it has to be moved into place.
    staged: Vec<String>,
    /// What the last run wrote.
    old: BTreeSet<String>,
    /// What this run has read or written in it besides, by the paths from here.
    taken: HashSet<PathBuf>,
    bytes: u64,
}

/// What became of the files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) files: usize,
    pub(crate) written: usize,
    pub(crate) removed: usize,
    pub(crate) bytes: u64,
}

impl Directory {
    /// Takes a directory, made where it is not there.
    pub(crate) fn open(path: &Path, force: bool) -> Result<Self, Failure> {
        let failure = |error: io::Error| write_failure(path, &error);
        if fs::metadata(path).is_ok_and(|metadata| !metadata.is_dir()) {
            let message = format!("`{}` is a file; the site needs a directory", path.display());
            return Err(Failure::input(Status::InvalidParameter, message));
        }
        fs::create_dir_all(path).map_err(failure)?;
        let old = match read_marker(&path.join(MARKER)).map_err(failure)? {
            Some(files) => files,
            None if !force && fs::read_dir(path).map_err(failure)?.next().is_some() => {
                return Err(foreign(path));
            }
            None => BTreeSet::new(),
        };
        let stage = tempfile::Builder::new().prefix(".cimarron-doc-").tempdir_in(path);
        Ok(Self {
            path: path.to_owned(),
            stage: stage.map_err(failure)?,
            made: HashSet::new(),
            files: BTreeSet::new(),
            staged: Vec::new(),
            old,
            taken: read_below(path),
            bytes: 0,
        })
    }

    /// Takes a file, by a path with `/` between its parts.
    pub(crate) fn put(&mut self, name: &str, content: &[u8]) -> io::Result<()> {
        self.files.insert(name.to_owned());
        self.bytes += content.len() as u64;
        if is_same(&self.path.join(name), content) {
            return Ok(());
        }
        let target = self.stage.path().join(name);
        if let Some(parent) = target.parent()
            && !self.made.contains(parent)
        {
            fs::create_dir_all(parent)?;
            self.made.insert(parent.to_owned());
        }
        fs::write(&target, content)?;
        self.staged.push(name.to_owned());
        Ok(())
    }

    /// Keeps its hands off a file that lies in it.
    pub(crate) fn spare(&mut self, path: &Path) {
        let rest = place_of(path).strip_prefix(place_of(&self.path)).map(Path::to_owned);
        self.taken.extend(rest);
    }

    /// Moves the files into place and removes those of the last run that are no more.
    pub(crate) fn finish(self) -> Result<Kept, Failure> {
        let mut ours = self.files.union(&self.old);
        if let Some(name) = ours.find(|name| self.taken.contains(Path::new(name))) {
            let file = self.path.join(name);
            let message = format!("`{}` is a file of the site and another one too", file.display());
            return Err(usage(message)
                .with_help("inputs and --report lie elsewhere")
                .sparing_report());
        }
        self.settle().map_err(|error| write_failure(&self.path, &error))
    }

    fn settle(&self) -> io::Result<Kept> {
        // Until all is in place both runs' files are ours.
        let both: BTreeSet<String> = self.old.union(&self.files).cloned().collect();
        if both != self.old {
            self.write_marker(&both)?;
        }
        let mut made = HashSet::new();
        for name in &self.staged {
            let target = self.path.join(name);
            if let Some(parent) = target.parent()
                && made.insert(parent.to_owned())
            {
                fs::create_dir_all(parent)?;
            }
            fs::rename(self.stage.path().join(name), target)?;
        }
        let mut removed = 0;
        for name in self.old.difference(&self.files) {
            removed += usize::from(remove(&self.path, name)?);
        }
        if both != self.files {
            self.write_marker(&self.files)?;
        }
        let (files, written) = (self.files.len(), self.staged.len());
        Ok(Kept { files, written, removed, bytes: self.bytes })
    }

    fn write_marker(&self, files: &BTreeSet<String>) -> io::Result<()> {
        let mut text = format!("{HEADING}\n");
        for file in files {
            text.push_str(file);
            text.push('\n');
        }
        let staged = self.stage.path().join(MARKER);
        fs::write(&staged, text)?;
        fs::rename(staged, self.path.join(MARKER))
    }
}

fn foreign(path: &Path) -> Failure {
    let message = format!("`{}` holds files that `cimarron doc` did not write", path.display());
    Failure::input(Status::AlreadyExists, message).with_help(
        "choose another directory, or say --force: files of the same names are then replaced, and others stay",
    )
}

/// What the marker lists; `None` where there is none, or one that is not ours.
fn read_marker(path: &Path) -> io::Result<Option<BTreeSet<String>>> {
    let file = match fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut text = String::new();
    if file.take(MARKER_LIMIT).read_to_string(&mut text).is_err() {
        return Ok(None);
    }
    let Some(names) = text.strip_prefix(HEADING).and_then(|rest| rest.strip_prefix('\n')) else {
        return Ok(None);
    };
    Ok(Some(names.lines().filter(|name| is_ours(name)).map(str::to_owned).collect()))
}

/// Whether a name is of the form that sites have. A marker that somebody changed
/// must not lead out of its directory.
fn is_ours(name: &str) -> bool {
    let part = |part: &str| {
        !part.trim_start_matches('.').is_empty()
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'))
    };
    name.split('/').all(part)
}

fn is_same(path: &Path, content: &[u8]) -> bool {
    let size = fs::symlink_metadata(path).ok().filter(fs::Metadata::is_file).map(|m| m.len());
    size == Some(content.len() as u64) && fs::read(path).is_ok_and(|old| old == content)
}

/// Removes a file of the last run, and the directories that it leaves empty.
fn remove(root: &Path, name: &str) -> io::Result<bool> {
    let removed = match fs::remove_file(root.join(name)) {
        Ok(()) => true,
        Err(error) if error.kind() == io::ErrorKind::NotFound => false,
        Err(error) => return Err(error),
    };
    let mut parent = Path::new(name).parent();
    while let Some(inner) = parent.filter(|inner| !inner.as_os_str().is_empty()) {
        // A directory that is not empty stays, which is how this ends.
        if fs::remove_dir(root.join(inner)).is_err() {
            break;
        }
        parent = inner.parent();
    }
    Ok(removed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_inside_are_ours() {
        for (name, ours) in [
            ("index.html", true),
            ("class/CIM_Fan.html", true),
            ("ns/root.cimv2/class/X-c3.html", true),
            ("../index.html", false),
            ("/etc/passwd", false),
            ("class/../../x", false),
            ("class//x", false),
            (".", false),
            ("", false),
            ("a\\b", false),
            ("C:x", false),
        ] {
            assert_eq!(is_ours(name), ours, "{name}");
        }
    }
}
