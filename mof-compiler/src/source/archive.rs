//! Zip archives as file systems.

use super::fs::MemoryFileSystem;
use super::loader::Limits;
use libdeflater::Decompressor;
use std::io::{self, Cursor, Read};
use zip::read::ZipFile;
use zip::{CompressionMethod, ZipArchive};

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
        error: io::Error,
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

/// Unpacks the MOF files of an archive. No entry gets more room than it claims
/// and the limits allow, and one that holds another number of bytes is damaged.
pub(super) fn unpack(bytes: &[u8], limits: &Limits) -> Result<MemoryFileSystem, ArchiveError> {
    let mut archive = ZipArchive::new(Cursor::new(bytes))?;
    if archive.len() > limits.files {
        return Err(ArchiveError::TooManyFiles { entries: archive.len(), limit: limits.files });
    }
    let mut files = MemoryFileSystem::new();
    let mut inflater = Decompressor::new();
    let mut room = limits.total;
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index)?;
        let name = entry.name().to_owned();
        let path = entry.enclosed_name().ok_or_else(|| ArchiveError::Escape(name.clone()))?;
        if entry.is_dir() || !super::walk::is_mof(&path) {
            continue;
        }
        let limit = limits.file.min(room);
        if entry.size() > limit {
            let (limit, of) = if limit == limits.file {
                (limits.file, "for a file")
            } else {
                (limits.total, "for all files")
            };
            return Err(ArchiveError::Limit { entry: name, limit, of });
        }
        room -= entry.size();
        let packed = Packed {
            data: data_of(&entry, bytes),
            size: usize::try_from(entry.size()).unwrap_or(usize::MAX),
            crc32: entry.crc32(),
            method: entry.compression(),
            encrypted: entry.encrypted(),
        };
        let contents = packed
            .contents(&mut inflater)
            .map_err(|error| ArchiveError::Entry { entry: name.clone(), error })?;
        if !files.insert(path, contents) {
            return Err(ArchiveError::Escape(name));
        }
    }
    Ok(files)
}

/// The bytes of an entry as they lie in the archive.
fn data_of<'a, R: Read + ?Sized>(entry: &ZipFile<'_, R>, archive: &'a [u8]) -> Option<&'a [u8]> {
    let start = usize::try_from(entry.data_start()?).ok()?;
    let length = usize::try_from(entry.compressed_size()).ok()?;
    archive.get(start..start.checked_add(length)?)
}

/// An entry before it is unpacked, and what the directory says of it.
///
/// The `zip` crate unpacks as a stream, with a window of its own for each entry.
/// Schemas are thousands of small files, and whole buffers take a quarter of the
/// time.
struct Packed<'a> {
    data: Option<&'a [u8]>,
    size: usize,
    crc32: u32,
    method: CompressionMethod,
    encrypted: bool,
}

impl Packed<'_> {
    fn contents(&self, inflater: &mut Decompressor) -> io::Result<Vec<u8>> {
        let damaged = |problem: &str| io::Error::new(io::ErrorKind::InvalidData, problem);
        if self.encrypted {
            return Err(damaged("it is encrypted"));
        }
        let data = self.data.ok_or_else(|| damaged("it leads out of the archive"))?;
        let contents = match self.method {
            CompressionMethod::Stored => data.to_vec(),
            CompressionMethod::Deflated => {
                // Deflate packs at most 1,032 bytes into one: more is a lie, and not worth
                // the memory.
                if self.size / 1032 > data.len() {
                    return Err(damaged("it is shorter than it claims"));
                }
                let mut contents = vec![0; self.size];
                let length = inflater
                    .deflate_decompress(data, &mut contents)
                    .map_err(|_| damaged("its data are damaged"))?;
                contents.truncate(length);
                contents
            }
            other => return Err(damaged(&format!("its compression, {other}, is not supported"))),
        };
        if contents.len() != self.size || libdeflater::crc32(&contents) != self.crc32 {
            return Err(damaged("its checksum is wrong"));
        }
        Ok(contents)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileSystem;
    use std::io::Write;
    use std::path::Path;

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
        let files = unpack(&bytes, &Limits::default()).unwrap();
        assert_eq!(files.read(Path::new("a/b.MOF"), 9).unwrap(), b"x");
        assert!(files.read(Path::new("a/readme.txt"), 9).is_err());
    }

    #[test]
    fn refuses_bombs_and_escapes() {
        let limits = Limits { file: 100, total: 150, files: 2 };
        let many = zipped(&[("a.mof", b""), ("b.mof", b""), ("c.mof", b"")]);
        assert!(matches!(
            unpack(&many, &limits),
            Err(ArchiveError::TooManyFiles { entries: 3, .. })
        ));
        let large = zipped(&[("a.mof", &[b' '; 101])]);
        assert!(matches!(unpack(&large, &limits), Err(ArchiveError::Limit { limit: 100, .. })));
        let both = zipped(&[("a.mof", &[b' '; 100]), ("b.mof", &[b' '; 51])]);
        assert!(matches!(unpack(&both, &limits), Err(ArchiveError::Limit { limit: 150, .. })));
        let escape = zipped(&[("../../a.mof", b"")]);
        assert!(matches!(unpack(&escape, &limits), Err(ArchiveError::Escape(_))));
        assert!(matches!(unpack(b"PK\x03\x04", &limits), Err(ArchiveError::Zip(_))));
    }

    #[test]
    fn stored_and_deflated_entries_are_whole_or_refused() {
        let text = b"class X_A { }; // the same again: class X_A { };".as_slice();
        for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
            let bytes = zipped_as(method, &[("a.mof", text), ("empty.mof", b"")]);
            let files = unpack(&bytes, &Limits::default()).unwrap();
            assert_eq!(files.read(Path::new("a.mof"), 99).unwrap(), text);
            assert_eq!(files.read(Path::new("empty.mof"), 99).unwrap(), b"");
            // Behind the local header (30 bytes and the name) the data begin.
            for at in 35..35 + 20 {
                let mut damaged = bytes.clone();
                damaged[at] ^= 0x55;
                let refused = unpack(&damaged, &Limits::default());
                assert!(matches!(refused, Err(ArchiveError::Entry { .. })), "{method} {at}");
            }
        }
    }

    #[test]
    fn an_entry_that_claims_more_than_it_can_hold_is_refused() {
        let mut bytes = zipped(&[("a.mof", b"class X_A { };")]);
        let directory = bytes.windows(4).position(|w| w == b"PK\x01\x02").unwrap();
        bytes[directory + 24..directory + 28].copy_from_slice(&(60_u32 << 20).to_le_bytes());
        let refused = unpack(&bytes, &Limits::default());
        assert!(matches!(refused, Err(ArchiveError::Entry { .. })), "{refused:?}");
    }
}
