//! Finding included files.

use super::SourceError;
use super::fs::{EntryKind, FileSystem};
use crate::diagnostic::Code;
use cimarron_model::{fold, suggest};
use hashbrown::HashMap;
use std::cell::{Cell, RefCell};
use std::io;
use std::path::{Component, Path, PathBuf};

/// How many names may be compared with those of missing files: a second's work.
const MOST_COMPARISONS: usize = 1 << 22;

/// Directories of one file system as far as includes were looked for in them. Each is listed
/// once: thousands of includes may miss the same one.
#[derive(Default)]
pub(super) struct Directories {
    entries: RefCell<HashMap<PathBuf, Entries>>,
    compared: Cell<usize>,
}

/// What is in a directory.
struct Entries {
    /// The first entry, in order, of those that differ in case only.
    by_folded_name: HashMap<String, PathBuf>,
    /// The names of MOF files.
    mof: Vec<String>,
}

impl Entries {
    fn of(listed: Vec<PathBuf>) -> Self {
        let is_mof = |name: &&str| name.len() > 4 && name.to_ascii_lowercase().ends_with(".mof");
        let names = listed.iter().filter_map(|entry| entry.file_name()?.to_str());
        let mof = names.filter(is_mof).map(str::to_owned).collect();
        let mut by_folded_name: HashMap<String, PathBuf> = HashMap::with_capacity(listed.len());
        for entry in listed {
            let first = by_folded_name.entry(fold::fold(&entry.to_string_lossy()));
            first
                .and_modify(|first| *first = std::mem::take(first).min(entry.clone()))
                .or_insert(entry);
        }
        Self { by_folded_name, mof }
    }
}

impl Directories {
    fn entries<T>(
        &self,
        fs: &dyn FileSystem,
        directory: &Path,
        answer: impl FnOnce(&Entries) -> T,
    ) -> io::Result<T> {
        let mut known = self.entries.borrow_mut();
        if let Some(entries) = known.get(directory) {
            return Ok(answer(entries));
        }
        let entries = Entries::of(fs.list(directory)?);
        Ok(answer(known.entry(directory.to_owned()).or_insert(entries)))
    }
}

/// The file that `name` means below `directory`, if there is one. Both slashes
/// separate. A spelling that fits exactly wins over one in other case: MOF
/// comes from systems that do not tell cases apart.
pub(super) fn find(
    (fs, known): (&dyn FileSystem, &Directories),
    directory: &Path,
    name: &str,
) -> io::Result<Option<PathBuf>> {
    let name = PathBuf::from(name.replace('\\', "/"));
    let exact = directory.join(&name);
    if fs.kind(&exact)? == Some(EntryKind::File) {
        return Ok(Some(exact));
    }
    // On another drive, or whole with its drive: its parts mean something behind that alone.
    if let Some(Component::Prefix(_)) = name.components().next() {
        return Ok(None);
    }
    let mut path =
        if name.has_root() { directory.join(Component::RootDir) } else { directory.to_owned() };
    for component in name.components() {
        match component {
            Component::Normal(part) => {
                let next = path.join(part);
                path = if fs.kind(&next)?.is_some() {
                    next
                } else {
                    match in_other_case((fs, known), &path, part.to_string_lossy().as_ref())? {
                        Some(entry) => path.join(entry),
                        None => return Ok(None),
                    }
                };
            }
            Component::ParentDir => path.push(".."),
            Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
        }
    }
    Ok((fs.kind(&path)? == Some(EntryKind::File)).then_some(path))
}

/// The first entry, in order, that differs from `name` in case only.
fn in_other_case(
    (fs, known): (&dyn FileSystem, &Directories),
    directory: &Path,
    name: &str,
) -> io::Result<Option<PathBuf>> {
    if fs.kind(directory)? != Some(EntryKind::Directory) {
        return Ok(None);
    }
    known.entries(fs, directory, |entries| entries.by_folded_name.get(&fold::fold(name)).cloned())
}

/// The MOF file in the place of a missing one whose name is nearly the same, as an include
/// writes it.
pub(super) fn similar(
    (fs, known): (&dyn FileSystem, &Directories),
    directory: &Path,
    name: &str,
) -> Option<String> {
    let name = name.replace('\\', "/");
    let (below, file) = name.rsplit_once('/').map_or(("", &*name), |(below, file)| (below, file));
    let nearest = |entries: &Entries| {
        let compared = known.compared.get().saturating_add(entries.mof.len());
        known.compared.set(compared);
        let names = entries.mof.iter().map(String::as_str);
        suggest::nearest(file, names.filter(|_| compared <= MOST_COMPARISONS)).map(str::to_owned)
    };
    let similar = known.entries(fs, &directory.join(below), nearest).ok()??;
    Some(if below.is_empty() { similar } else { format!("{below}/{similar}") })
}

/// Why an include failed.
pub(super) enum IncludeProblem {
    /// Where it was looked for, and what is there by a similar name.
    NotFound {
        tried: Vec<String>,
        similar: Option<String>,
    },
    Io(io::Error),
    Source(SourceError),
}

impl IncludeProblem {
    /// The code, the message and the help.
    pub(super) fn explain(self, path: &str) -> (Code, String, Option<String>) {
        match self {
            Self::NotFound { tried, similar } => {
                let help = if let Some(similar) = similar {
                    suggest::did_you_mean(&similar)
                } else if path.contains(char::is_control) {
                    "the name holds a control character, from an escape such as \\t; \
                     write / between directories"
                        .to_owned()
                } else if tried.is_empty() {
                    "a text that is no file needs an include directory (-I)".to_owned()
                } else {
                    format!("looked in {}; name further directories with -I", tried.join(", "))
                };
                (
                    Code::IncludeNotFound,
                    format!("included file `{path}` does not exist"),
                    Some(help),
                )
            }
            Self::Io(error) => (Code::UnreadableFile, format!("`{path}`: {error}"), None),
            Self::Source(error @ SourceError::Limit { .. }) => {
                (Code::SourceLimit, error.to_string(), None)
            }
            Self::Source(error) => (Code::UnreadableFile, error.to_string(), None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::MemoryFileSystem;

    #[test]
    fn either_slash_and_any_case() {
        let mut fs = MemoryFileSystem::new();
        for path in ["d/Core/CIM_A.mof", "d/core.mof", "d/CORE.mof", "x.mof"] {
            fs.insert(path, "");
        }
        let known = Directories::default();
        for (name, found) in [
            ("Core/CIM_A.mof", Some("d/Core/CIM_A.mof")),
            ("core\\cim_a.MOF", Some("d/Core/CIM_A.mof")),
            ("./Core/../core.mof", Some("d/./Core/../core.mof")),
            ("Core.MOF", Some("d/CORE.mof")),
            ("..\\X.mof", Some("d/../x.mof")),
            ("Core", None),
            ("y.mof", None),
            ("../../x.mof", None),
            ("x.mof", None),
        ] {
            let path = find((&fs, &known), Path::new("d"), name).unwrap();
            assert_eq!(path.as_deref(), found.map(Path::new), "{name}");
        }
    }
}
