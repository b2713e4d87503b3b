//! Zip archives as file systems.

use super::fs::MemoryFileSystem;
use super::loader::Limits;
use std::io::{Cursor, Read};
use zip::ZipArchive;

/// An archive cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ArchiveError {
    /// It is no zip archive, or a damaged one.
    #[error("not a readable zip archive: {0}")]
    Zip(#[from] zip::result::ZipError),
    /// An entry's contents are damaged.
    #[error("entry `{entry}` cannot be unpacked: {error}")]
    Entry {
        /// The name of the entry.
        entry: String,
        /// What unpacking reported.
        error: std::io::Error,
    },
    /// An entry's name leads out of the archive.
    #[error("entry `{0}` leads out of the archive")]
    Escape(String),
    /// The unpacked files would exceed a limit.
    #[error("entry `{entry}` exceeds the limit of {limit} bytes {of}")]
    Limit {
        /// The name of the entry.
        entry: String,
        /// The limit.
        limit: u64,
        /// Whether for one file or for all.
        of: &'static str,
    },
    /// There are too many entries.
    #[error("{entries} entries exceed the limit of {limit} files")]
    TooManyFiles {
        /// How many there are.
        entries: usize,
        /// The limit.
        limit: usize,
    },
}

/// Whether the bytes begin like a zip archive.
pub(super) fn is_zip(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06")
}

/// Unpacks the MOF files of an archive. Sizes are counted as they are unpacked,
/// whatever the archive claims.
pub(super) fn unpack(bytes: Vec<u8>, limits: &Limits) -> Result<MemoryFileSystem, ArchiveError> {
    let mut archive = ZipArchive::new(Cursor::new(bytes))?;
    if archive.len() > limits.files {
        return Err(ArchiveError::TooManyFiles { entries: archive.len(), limit: limits.files });
    }
    let mut files = MemoryFileSystem::new();
    let mut room = limits.total;
    for index in 0..archive.len() {
        let entry = archive.by_index(index)?;
        let name = entry.name().to_owned();
        let path = entry.enclosed_name().ok_or_else(|| ArchiveError::Escape(name.clone()))?;
        if entry.is_dir() || !super::walk::is_mof(&path) {
            continue;
        }
        let limit = limits.file.min(room);
        // What the archive claims is a hint, trusted for ordinary sizes only.
        let mut contents = Vec::with_capacity(entry.size().min(limit).min(1 << 20) as usize);
        entry
            .take(limit.saturating_add(1))
            .read_to_end(&mut contents)
            .map_err(|error| ArchiveError::Entry { entry: name.clone(), error })?;
        let length = contents.len() as u64;
        if length > limit {
            let (limit, of) = if limit == limits.file {
                (limits.file, "for a file")
            } else {
                (limits.total, "for all files")
            };
            return Err(ArchiveError::Limit { entry: name, limit, of });
        }
        room -= length;
        if !files.insert(path, contents) {
            return Err(ArchiveError::Escape(name));
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileSystem;
    use std::io::Write;
    use std::path::Path;

    fn zipped(entries: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, contents) in entries {
            writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            writer.write_all(contents).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn unpacks_mof_files_only() {
        let bytes = zipped(&[("a/b.MOF", b"x"), ("a/readme.txt", b"y")]);
        assert!(is_zip(&bytes));
        let files = unpack(bytes, &Limits::default()).unwrap();
        assert_eq!(files.read(Path::new("a/b.MOF"), 9).unwrap(), b"x");
        assert!(files.read(Path::new("a/readme.txt"), 9).is_err());
    }

    #[test]
    fn refuses_bombs_and_escapes() {
        let limits = Limits { file: 100, total: 150, files: 2 };
        let many = zipped(&[("a.mof", b""), ("b.mof", b""), ("c.mof", b"")]);
        assert!(matches!(
            unpack(many, &limits),
            Err(ArchiveError::TooManyFiles { entries: 3, .. })
        ));
        let large = zipped(&[("a.mof", &[b' '; 101])]);
        assert!(matches!(unpack(large, &limits), Err(ArchiveError::Limit { limit: 100, .. })));
        let both = zipped(&[("a.mof", &[b' '; 100]), ("b.mof", &[b' '; 51])]);
        assert!(matches!(unpack(both, &limits), Err(ArchiveError::Limit { limit: 150, .. })));
        let escape = zipped(&[("../../a.mof", b"")]);
        assert!(matches!(unpack(escape, &limits), Err(ArchiveError::Escape(_))));
        assert!(matches!(unpack(b"PK\x03\x04".to_vec(), &limits), Err(ArchiveError::Zip(_))));
    }
}
