//! Zip archives as file systems.

use super::fs::{self, EntryKind, FileSystem, Tree};
use super::loader::Limits;
use libdeflater::Decompressor;
use std::cell::RefCell;
use std::io::{self, Cursor, Read};
use std::path::{Path, PathBuf};
use zip::read::ZipFile;
use zip::{CompressionMethod, ZipArchive};

/// An archive cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ArchiveError {
    /// It is no zip archive, or a damaged one.
    #[error("not a readable zip archive: {0}")]
    Zip(#[from] zip::result::ZipError),
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

/// Whether a file's name says that it is a zip archive.
pub(super) fn is_named_zip(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("zip"))
}

/// The MOF files of an archive, each unpacked when it is read.
pub(super) struct ZipFileSystem {
    archive: Vec<u8>,
    entries: Tree<Packed>,
    /// Making a new one for each entry takes as long as unpacking it.
    inflater: RefCell<Decompressor>,
}

impl ZipFileSystem {
    /// Reads the directory of an archive. What the entries claim to hold is within the
    /// limits, and reading one never yields more than it claims.
    pub(super) fn open(archive: Vec<u8>, limits: &Limits) -> Result<Self, ArchiveError> {
        let mut zip = ZipArchive::new(Cursor::new(archive.as_slice()))?;
        if zip.len() > limits.files {
            return Err(ArchiveError::TooManyFiles { entries: zip.len(), limit: limits.files });
        }
        let mut entries = Tree::default();
        let mut room = limits.total;
        for index in 0..zip.len() {
            let entry = zip.by_index_raw(index)?;
            let path = entry
                .enclosed_name()
                .ok_or_else(|| ArchiveError::Escape(entry.name().to_owned()))?;
            if entry.is_dir() || !super::walk::is_mof(&path) {
                continue;
            }
            if entry.size() > limits.file.min(room) {
                let (limit, of) = if limits.file <= room {
                    (limits.file, "for a file")
                } else {
                    (limits.total, "for all files")
                };
                return Err(ArchiveError::Limit { entry: entry.name().to_owned(), limit, of });
            }
            room -= entry.size();
            if !entries.insert(&path, Packed::of(&entry)) {
                return Err(ArchiveError::Escape(entry.name().to_owned()));
            }
        }
        Ok(Self { archive, entries, inflater: RefCell::new(Decompressor::new()) })
    }
}

impl FileSystem for ZipFileSystem {
    fn kind(&self, path: &Path) -> io::Result<Option<EntryKind>> {
        Ok(self.entries.kind(path))
    }

    fn read(&self, path: &Path, _limit: u64) -> io::Result<Vec<u8>> {
        self.entries.file(path)?.unpack(&self.archive, &mut self.inflater.borrow_mut())
    }

    fn list(&self, directory: &Path) -> io::Result<Vec<PathBuf>> {
        self.entries.list(directory)
    }

    fn canonical(&self, path: &Path) -> io::Result<PathBuf> {
        fs::canonical(path)
    }
}

/// An entry as the directory describes it.
///
/// The `zip` crate unpacks as a stream, with a window of its own for each entry.
/// Schemas are thousands of small files, and whole buffers take a quarter of the
/// time.
#[derive(Debug)]
struct Packed {
    /// Where its data begin in the archive.
    start: Option<u64>,
    packed_size: u64,
    size: u64,
    crc32: u32,
    method: CompressionMethod,
    encrypted: bool,
}

impl Packed {
    fn of<R: Read + ?Sized>(entry: &ZipFile<'_, R>) -> Self {
        Self {
            start: entry.data_start(),
            packed_size: entry.compressed_size(),
            size: entry.size(),
            crc32: entry.crc32(),
            method: entry.compression(),
            encrypted: entry.encrypted(),
        }
    }

    fn data<'a>(&self, archive: &'a [u8]) -> Option<&'a [u8]> {
        let start = usize::try_from(self.start?).ok()?;
        let length = usize::try_from(self.packed_size).ok()?;
        archive.get(start..start.checked_add(length)?)
    }

    fn unpack(&self, archive: &[u8], inflater: &mut Decompressor) -> io::Result<Vec<u8>> {
        let damaged = |problem: &str| io::Error::new(io::ErrorKind::InvalidData, problem);
        if self.encrypted {
            return Err(damaged("it is encrypted"));
        }
        let data = self.data(archive).ok_or_else(|| damaged("it leads out of the archive"))?;
        let contents = match self.method {
            CompressionMethod::Stored => data.to_vec(),
            CompressionMethod::Deflated => {
                // Deflate packs at most 1,032 bytes into one: more is a lie, and not worth
                // the memory.
                let size = usize::try_from(self.size).ok().filter(|n| n / 1032 <= data.len());
                let size = size.ok_or_else(|| damaged("it is shorter than it claims"))?;
                let mut contents = vec![0; size];
                let length = inflater
                    .deflate_decompress(data, &mut contents)
                    .map_err(|_| damaged("its data are damaged"))?;
                contents.truncate(length);
                contents
            }
            other => return Err(damaged(&format!("its compression, {other}, is not supported"))),
        };
        if contents.len() as u64 != self.size || libdeflater::crc32(&contents) != self.crc32 {
            return Err(damaged("its checksum is wrong"));
        }
        Ok(contents)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn open(archive: Vec<u8>, limits: &Limits) -> Result<ZipFileSystem, ArchiveError> {
        ZipFileSystem::open(archive, limits)
    }

    fn zipped(entries: &[(&str, &[u8])]) -> Vec<u8> {
        zipped_as(CompressionMethod::Deflated, entries)
    }

    fn zipped_as(method: CompressionMethod, entries: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let options = zip::write::SimpleFileOptions::default().compression_method(method);
        for (name, contents) in entries {
            writer.start_file(*name, options).unwrap();
            writer.write_all(contents).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn unpacks_mof_files_only() {
        let bytes = zipped(&[("a/b.MOF", b"x"), ("a/readme.txt", b"y")]);
        assert!(is_zip(&bytes));
        let files = ZipFileSystem::open(bytes, &Limits::default()).unwrap();
        assert_eq!(files.read(Path::new("a/b.MOF"), 9).unwrap(), b"x");
        assert!(files.read(Path::new("a/readme.txt"), 9).is_err());
    }

    #[test]
    fn refuses_bombs_and_escapes() {
        let limits = Limits { file: 100, total: 150, files: 2 };
        let many = zipped(&[("a.mof", b""), ("b.mof", b""), ("c.mof", b"")]);
        assert!(matches!(open(many, &limits), Err(ArchiveError::TooManyFiles { entries: 3, .. })));
        let large = zipped(&[("a.mof", &[b' '; 101])]);
        assert!(matches!(open(large, &limits), Err(ArchiveError::Limit { limit: 100, .. })));
        let both = zipped(&[("a.mof", &[b' '; 100]), ("b.mof", &[b' '; 51])]);
        assert!(matches!(open(both, &limits), Err(ArchiveError::Limit { limit: 150, .. })));
        let escape = zipped(&[("../../a.mof", b"")]);
        assert!(matches!(open(escape, &limits), Err(ArchiveError::Escape(_))));
        assert!(matches!(open(b"PK\x03\x04".to_vec(), &limits), Err(ArchiveError::Zip(_))));
    }

    #[test]
    fn stored_and_deflated_entries_are_whole_or_refused() {
        let text = b"class X_A { }; // the same again: class X_A { };".as_slice();
        for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
            let bytes = zipped_as(method, &[("a.mof", text), ("empty.mof", b"")]);
            let files = open(bytes.clone(), &Limits::default()).unwrap();
            assert_eq!(files.read(Path::new("a.mof"), 99).unwrap(), text);
            assert_eq!(files.read(Path::new("empty.mof"), 99).unwrap(), b"");
            // Behind the local header (30 bytes and the name) the data begin.
            for at in 35..35 + 20 {
                let mut damaged = bytes.clone();
                damaged[at] ^= 0x55;
                let files = open(damaged, &Limits::default()).unwrap();
                assert!(files.read(Path::new("a.mof"), 99).is_err(), "{method} {at}");
            }
        }
    }

    #[test]
    fn an_entry_that_claims_more_than_it_can_hold_is_refused() {
        let mut bytes = zipped(&[("a.mof", b"class X_A { };")]);
        let directory = bytes.windows(4).position(|w| w == b"PK\x01\x02").unwrap();
        bytes[directory + 24..directory + 28].copy_from_slice(&(60_u32 << 20).to_le_bytes());
        let files = open(bytes, &Limits::default()).unwrap();
        assert!(files.read(Path::new("a.mof"), 99).is_err());
    }
}
