//! What loading asked of a file system, and whether it would be answered the same.
//!
//! Everything that loading sources does follows from the answers of its
//! [`FileSystem`]: contents of files, names in directories, files looked for and
//! not found. Where every answer is what it was, the sources are what they were,
//! without reading a line of MOF to find its includes again.

use super::fs::{EntryKind, FileSystem};
use super::walk::in_path_order;
use rustc_hash::FxHashMap;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// The questions that a path was asked, as bits.
const KIND: u8 = 1;
const READ: u8 = 2;
const LIST: u8 = 4;
const CANONICAL: u8 = 8;

/// A file system that remembers what it was asked and what it answered.
pub struct TracingFileSystem<'fs> {
    inner: &'fs dyn FileSystem,
    ignored: Vec<OsString>,
    noted: Mutex<Noted>,
}

/// What was asked until now.
#[derive(Default)]
struct Noted {
    answers: FxHashMap<OsString, Answers>,
    broken: bool,
}

/// The questions asked of a [`TracingFileSystem`], with what was answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    /// In the order of the paths.
    answers: Vec<(PathBuf, Answers)>,
    /// Whether a question failed or was answered differently the second time;
    /// such a trace holds never again.
    broken: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Answers {
    asked: u8,
    kind: Option<EntryKind>,
    content: Digest,
    names: Digest,
    canonical: PathBuf,
}

type Digest = [u8; 32];

impl<'fs> TracingFileSystem<'fs> {
    /// Passes everything on to `inner`.
    pub fn new(inner: &'fs dyn FileSystem) -> Self {
        Self { inner, ignored: Vec::new(), noted: Mutex::default() }
    }

    /// Takes names for none of the directories' own: those of files that are made
    /// from what is read, and may lie beside it.
    #[must_use]
    pub fn ignoring(mut self, names: impl IntoIterator<Item = OsString>) -> Self {
        self.ignored.extend(names);
        self
    }

    /// What was asked until now.
    pub fn into_trace(self) -> Trace {
        let noted = self.noted.into_inner().unwrap_or_else(PoisonError::into_inner);
        let path = |(path, answers)| (PathBuf::from(path), answers);
        let mut answers: Vec<_> = noted.answers.into_iter().map(path).collect();
        // On Windows two spellings of one path are in the same place, but for their texts.
        answers
            .sort_by_cached_key(|(path, _)| (in_path_order(path), path.clone().into_os_string()));
        Trace { answers, broken: noted.broken }
    }

    /// Notes an answer. `part` is where it is kept.
    fn note<T, A: PartialEq>(
        &self,
        path: &Path,
        question: u8,
        answer: io::Result<T>,
        part: fn(&mut Answers) -> &mut A,
        kept: impl FnOnce(&T) -> A,
    ) -> io::Result<T> {
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        let noted = &mut *noted;
        let Ok(value) = &answer else {
            noted.broken = true;
            return answer;
        };
        let known = match noted.answers.get_mut(path.as_os_str()) {
            Some(known) => known,
            None => noted.answers.entry(path.as_os_str().to_owned()).or_default(),
        };
        let before = std::mem::replace(part(known), kept(value));
        noted.broken |= known.asked & question != 0 && before != *part(known);
        known.asked |= question;
        answer
    }
}

impl FileSystem for TracingFileSystem<'_> {
    fn kind(&self, path: &Path) -> io::Result<Option<EntryKind>> {
        let kind = self.inner.kind(path);
        self.note(path, KIND, kind, |answers| &mut answers.kind, |kind| *kind)
    }

    fn read(&self, path: &Path, limit: u64) -> io::Result<Vec<u8>> {
        let read = self.inner.read(path, limit);
        self.note(path, READ, read, |answers| &mut answers.content, |bytes| hash(bytes))
    }

    fn list(&self, directory: &Path) -> io::Result<Vec<PathBuf>> {
        let list = self.inner.list(directory);
        let names = |names: &Vec<PathBuf>| hash_names(names, &self.ignored);
        self.note(directory, LIST, list, |answers| &mut answers.names, names)
    }

    fn canonical(&self, path: &Path) -> io::Result<PathBuf> {
        let canonical = self.inner.canonical(path);
        self.note(path, CANONICAL, canonical, |answers| &mut answers.canonical, PathBuf::clone)
    }
}

fn hash(bytes: &[u8]) -> Digest {
    blake3::hash(bytes).into()
}

/// Directories list their entries in any order.
fn hash_names(names: &[PathBuf], ignored: &[OsString]) -> Digest {
    let counts = |name: &&PathBuf| !ignored.iter().any(|ignored| ignored == name.as_os_str());
    let mut names: Vec<&[u8]> = names.iter().filter(counts).map(|name| path_bytes(name)).collect();
    names.sort_unstable();
    let mut hasher = blake3::Hasher::new();
    for name in names {
        feed(&mut hasher, name);
    }
    hasher.finalize().into()
}

fn path_bytes(path: &Path) -> &[u8] {
    path.as_os_str().as_encoded_bytes()
}

/// Feeds a field so that no other sequence of fields gives the same bytes.
fn feed(hasher: &mut blake3::Hasher, field: &[u8]) {
    hasher.update(&(field.len() as u64).to_le_bytes()).update(field);
}

impl Trace {
    /// The files whose contents were read, in the order of their paths.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        self.asked(READ)
    }

    /// The directories whose names were listed, in the order of their paths.
    pub fn directories(&self) -> impl Iterator<Item = &Path> {
        self.asked(LIST)
    }

    fn asked(&self, question: u8) -> impl Iterator<Item = &Path> {
        let asked = self.answers.iter().filter(move |(_, a)| a.asked & question != 0);
        asked.map(|(path, _)| path.as_path())
    }

    /// The questions: each path, and which of them it was asked. `None` when a
    /// question failed, was answered in two ways, or is about a path that is not
    /// Unicode, so that it cannot be asked again.
    pub fn questions(&self) -> Option<Vec<(String, u8)>> {
        if self.broken {
            return None;
        }
        let question =
            |(path, answers): &(PathBuf, Answers)| Some((path.to_str()?.to_owned(), answers.asked));
        self.answers.iter().map(question).collect()
    }

    /// One hash over all questions and their answers.
    pub fn digest(&self) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new();
        for (path, answers) in &self.answers {
            feed(&mut hasher, path_bytes(path));
            let kind = match answers.kind {
                None => 0,
                Some(EntryKind::File) => 1,
                Some(EntryKind::Directory) => 2,
            };
            hasher.update(&[answers.asked, kind]).update(&answers.content).update(&answers.names);
            feed(&mut hasher, path_bytes(&answers.canonical));
        }
        hasher.finalize().into()
    }

    /// Asks the questions of an earlier trace again. `None` when one of them
    /// fails now.
    pub fn again(
        fs: TracingFileSystem<'_>,
        questions: &[(String, u8)],
        limit: u64,
    ) -> Option<Self> {
        for (path, asked) in questions {
            let path = Path::new(path);
            // A failure is in the trace.
            let asks = |question| asked & question != 0;
            let failed = (asks(KIND) && fs.kind(path).is_err())
                || (asks(READ) && fs.read(path, limit).is_err())
                || (asks(LIST) && fs.list(path).is_err())
                || (asks(CANONICAL) && fs.canonical(path).is_err());
            if failed {
                return None;
            }
        }
        Some(fs.into_trace())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Diagnostics;
    use crate::source::{Loader, MemoryFileSystem};

    fn files(contents: &[(&str, &str)]) -> MemoryFileSystem {
        let mut fs = MemoryFileSystem::new();
        for (path, text) in contents {
            fs.insert(path, *text);
        }
        fs
    }

    const TREE: [(&str, &str); 4] = [
        ("a/main.mof", "#pragma include (\"base.mof\")"),
        ("a/other.mof", ""),
        ("lib/base.mof", "class X_A {};"),
        ("lib/unused.mof", ""),
    ];

    fn load(fs: &MemoryFileSystem) -> Trace {
        let fs = TracingFileSystem::new(fs);
        let mut loader = Loader::new(&fs).with_include_dir("lib");
        loader.add_path("a").unwrap();
        loader.finish(&mut Diagnostics::new());
        fs.into_trace()
    }

    #[test]
    fn names_the_files_and_directories() {
        let trace = load(&files(&TREE));
        let files: Vec<&Path> = trace.files().collect();
        assert_eq!(files, ["a/main.mof", "a/other.mof", "lib/base.mof"].map(Path::new));
        assert!(trace.directories().any(|path| path == Path::new("a")));
    }

    #[test]
    fn holds_until_an_answer_changes() {
        let trace = load(&files(&TREE));
        let questions = trace.questions().unwrap();
        let holds = |fs: &MemoryFileSystem| {
            let fs = TracingFileSystem::new(fs).ignoring(["out.cimar".into()]);
            let now = Trace::again(fs, &questions, 1 << 20);
            now.is_some_and(|now| now.digest() == trace.digest())
        };
        assert!(holds(&files(&TREE)));
        let with = |path: &str, text: &str| {
            let mut fs = files(&TREE);
            fs.insert(path, text);
            fs
        };
        for (fs, same, what) in [
            (with("elsewhere.mof", ""), true, "a file that nothing asked for"),
            (with("lib/unused.mof", "x"), true, "a file that was not read"),
            (with("a/out.cimar", "x"), true, "what was made of it"),
            (with("a/other.cimar", "x"), false, "a file whose name was listed"),
            (with("a/other.mof", " "), false, "a changed file"),
            (with("lib/base.mof", ""), false, "a changed include"),
            (with("a/base.mof", ""), false, "an include that now comes first"),
            (with("a/deep/new.mof", ""), false, "a new file below the directory"),
            (files(&TREE[1..]), false, "a file that is gone"),
            (files(&[]), false, "nothing at all"),
        ] {
            assert_eq!(holds(&fs), same, "{what}");
        }
    }

    #[test]
    fn what_cannot_be_asked_again_gives_no_questions() {
        let memory = files(&TREE);
        let fs = TracingFileSystem::new(&memory);
        assert!(fs.read(Path::new("none.mof"), 9).is_err());
        assert_eq!(fs.into_trace().questions(), None);
    }
}
