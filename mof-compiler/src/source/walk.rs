//! The MOF files of a directory.

use super::fs::{EntryKind, FileSystem};
use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

/// Whether a file of a directory or archive is one to compile.
pub(super) fn is_mof(path: &Path) -> bool {
    // Finding the extension takes ten times as long as seeing this of ordinary names.
    if let [.., b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z', b'.', b'm', b'o', b'f'] =
        path.as_os_str().as_encoded_bytes()
    {
        return true;
    }
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("mof"))
}

/// The MOF files at and below a directory, sorted by path. Directories that
/// links lead to twice are entered once.
///
/// # Errors
/// What the file system reports, and more than `limit` files.
pub fn files_below(fs: &dyn FileSystem, root: &Path, limit: usize) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut entered = BTreeSet::new();
    let mut open = vec![root.to_owned()];
    while let Some(directory) = open.pop() {
        if !entered.insert(fs.canonical(&directory)?) {
            continue;
        }
        for name in fs.list(&directory)? {
            let path = directory.join(name);
            match fs.kind(&path)? {
                Some(EntryKind::Directory) => open.push(path),
                Some(EntryKind::File) if is_mof(&path) => {
                    files.push(path);
                    if files.len() > limit {
                        return Err(io::Error::other(format!("more than {limit} files")));
                    }
                }
                _ => {}
            }
        }
    }
    files.sort_by_cached_key(|path| in_path_order(path));
    Ok(files)
}

/// The bytes of a path with the separators below every other byte, so that a
/// directory's files stand together: the order of [`Path`], at the price of text.
pub(super) fn in_path_order(path: &Path) -> Vec<u8> {
    let separated = |byte: &u8| if std::path::is_separator(char::from(*byte)) { 0 } else { *byte };
    path.as_os_str().as_encoded_bytes().iter().map(separated).collect()
}
