//! File name patterns, for shells that do not expand them.
//!
//! `*` and `?` stay within a name, `**` crosses directories, `[ab]` and `{a,b}`
//! choose. Names that begin with a dot want a pattern that does. Case counts but on
//! Windows, whose shells take it so. What matches comes in the order of the paths; a
//! directory that matches stands for all below it.

use crate::args::usage;
use crate::failure::Failure;
use cimarron_model::Status;
use globset::{GlobBuilder, GlobMatcher};
use std::collections::BTreeSet;
use std::io;
use std::path::{Component, Path, PathBuf};

/// The paths that an argument stands for. One that exists is no pattern, whatever
/// characters it has.
pub(super) fn paths(argument: &Path) -> Result<Vec<PathBuf>, Failure> {
    if is_pattern(argument) && !argument.exists() {
        expand(argument)
    } else {
        Ok(vec![argument.to_owned()])
    }
}

/// Whether a path that names nothing is to be read as a pattern.
fn is_pattern(path: &Path) -> bool {
    path.to_str().is_some_and(|text| text.contains(['*', '?', '[', '{']))
}

/// The paths that match.
///
/// # Errors
/// For a malformed pattern, one that matches nothing, and directories that cannot
/// be read.
fn expand(pattern: &Path) -> Result<Vec<PathBuf>, Failure> {
    let shown = pattern.display();
    let text = pattern.to_str().unwrap_or_default();
    let glob = GlobBuilder::new(text)
        .literal_separator(true)
        .backslash_escape(cfg!(unix))
        .case_insensitive(cfg!(windows))
        .build()
        .map_err(|error| usage(format!("`{shown}` is no pattern: {}", error.kind())))?;
    let walk = Walk {
        matcher: glob.compile_matcher(),
        hidden: asks_for_hidden(pattern),
        depth: depth(pattern),
    };
    let found = walk.below(&literal_prefix(pattern)).map_err(|(directory, error)| {
        Failure::input(Status::Failed, format!("`{}` cannot be read: {error}", directory.display()))
    })?;
    if found.is_empty() {
        let message = format!("no file matches `{shown}`");
        return Err(Failure::input(Status::NotFound, message)
            .with_help("`**` crosses directories, as in `schema/**/*.mof`"));
    }
    Ok(found)
}

/// The directory that everything that matches is in.
fn literal_prefix(pattern: &Path) -> PathBuf {
    // The `?` of `\\?\C:` is none of a pattern.
    let is_literal = |part: &Component<'_>| match part {
        Component::Normal(name) => !is_pattern(Path::new(name)),
        _ => true,
    };
    pattern.components().take_while(is_literal).collect()
}

/// How many names deep below its prefix a pattern reaches; `None`: without end.
fn depth(pattern: &Path) -> Option<usize> {
    let text = pattern.to_str()?;
    // An alternative may hold a slash, so names cannot be counted then.
    if text.contains("**") || text.contains('{') {
        return None;
    }
    Some(pattern.components().count() - literal_prefix(pattern).components().count())
}

/// Whether a name behind the prefix begins with a dot.
fn asks_for_hidden(pattern: &Path) -> bool {
    let hidden = |part: Component<'_>| match part {
        Component::Normal(name) => name.as_encoded_bytes().starts_with(b"."),
        _ => false,
    };
    let prefix = literal_prefix(pattern).components().count();
    pattern.components().skip(prefix).any(hidden)
}

struct Walk {
    matcher: GlobMatcher,
    hidden: bool,
    depth: Option<usize>,
}

impl Walk {
    /// What matches below a directory. Directories that links lead to twice are
    /// entered once.
    fn below(&self, root: &Path) -> Result<Vec<PathBuf>, (PathBuf, io::Error)> {
        let mut found = BTreeSet::new();
        let mut entered = BTreeSet::new();
        let mut open = vec![(root.to_owned(), 1)];
        while let Some((directory, depth)) = open.pop() {
            self.enter(&directory, depth, &mut entered, &mut found, &mut open)
                .map_err(|error| (directory, error))?;
        }
        Ok(found.into_iter().collect())
    }

    fn enter(
        &self,
        directory: &Path,
        depth: usize,
        entered: &mut BTreeSet<PathBuf>,
        found: &mut BTreeSet<PathBuf>,
        open: &mut Vec<(PathBuf, usize)>,
    ) -> io::Result<()> {
        let here = if directory.as_os_str().is_empty() { Path::new(".") } else { directory };
        if !here.is_dir() || !entered.insert(here.canonicalize()?) {
            return Ok(());
        }
        for entry in here.read_dir()? {
            let name = entry?.file_name();
            if !self.hidden && name.as_encoded_bytes().starts_with(b".") {
                continue;
            }
            let path = directory.join(name);
            if self.matcher.is_match(&path) {
                found.insert(path);
            } else if self.depth.is_none_or(|most| depth < most) && path.is_dir() {
                open.push((path, depth + 1));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_as_shells_do_and_sorts() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        for file in
            ["b.mof", "a.mof", "a.txt", ".h.mof", "d/c.mof", "d/e/f.mof", "d/e/g.mfl", "x1/y.mof"]
        {
            let path = root.join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        for (pattern, expected) in [
            ("*.mof", &["a.mof", "b.mof"][..]),
            ("?.txt", &["a.txt"]),
            ("**/*.mof", &["a.mof", "b.mof", "d/c.mof", "d/e/f.mof", "x1/y.mof"]),
            ("d/**/*.{mof,mfl}", &["d/c.mof", "d/e/f.mof", "d/e/g.mfl"]),
            ("*/c.mof", &["d/c.mof"]),
            ("x[0-9]", &["x1"]),
            (".h*", &[".h.mof"]),
        ] {
            let found = expand(&root.join(pattern)).unwrap();
            let found: Vec<&Path> =
                found.iter().filter_map(|p| p.strip_prefix(root).ok()).collect();
            let expected: Vec<&Path> = expected.iter().map(Path::new).collect();
            assert_eq!(found, expected, "{pattern}");
        }
        assert_eq!(expand(&root.join("*.MOF")).is_ok(), cfg!(windows));
        for pattern in ["*.zip", "none/*.mof", "a.mof/*", "[a"] {
            assert!(expand(&root.join(pattern)).is_err(), "{pattern}");
        }
    }

    #[cfg(windows)]
    #[test]
    fn drives_and_long_paths_are_no_patterns() {
        for (pattern, prefix) in [
            (r"C:\a\*.mof", r"C:\a"),
            (r"C:*.mof", "C:"),
            (r"\\?\C:\a\*.mof", r"\\?\C:\a"),
            (r"\\server\share\*\b", r"\\server\share\"),
        ] {
            assert_eq!(literal_prefix(Path::new(pattern)), Path::new(prefix), "{pattern}");
        }
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.mof"), "").unwrap();
        let long = folder.path().canonicalize().unwrap();
        assert_eq!(expand(&long.join("?.mof")).unwrap(), [long.join("a.mof")]);
    }

    #[cfg(unix)]
    #[test]
    fn links_in_circles_end() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        std::fs::create_dir(root.join("d")).unwrap();
        std::fs::write(root.join("d/a.mof"), "").unwrap();
        for link in ["d/up", "d/again"] {
            std::os::unix::fs::symlink(root, root.join(link)).unwrap();
        }
        assert_eq!(expand(&root.join("**/*.mof")).unwrap(), [root.join("d/a.mof")]);
    }
}
