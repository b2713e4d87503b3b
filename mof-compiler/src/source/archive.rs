//! Zip archives as file systems.

use super::FileId;
use super::directory::{self, Directory};
use super::encoding;
use super::fs::{self, EntryKind, FileSystem};
use super::limits::Limits;
use super::listing::Listing;
use super::text::{Contents, Signs, Text};
use libdeflater::Decompressor;
use std::borrow::Cow;
use std::io::{self, Cursor, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
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
    /// Two entries are one file: which of them is meant, nothing says.
    #[error("two entries are the file `{0}`; pack it once")]
    Duplicate(String),
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
pub fn is_zip(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06")
}

/// Whether a file's name says that it is a zip archive.
pub(super) fn is_named_zip(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("zip"))
}

/// The MOF files of an archive, unpacked.
pub(super) struct ZipFileSystem {
    entries: Listing<Entry>,
    /// What the entries hold that are plain UTF-8, as schemas are. Thousands of small
    /// buffers, each rounded up to what allocators deal in, take three times the memory.
    texts: Arc<String>,
}

/// An entry of an archive.
pub(super) struct Entry {
    content: Content,
    /// The number of the file that was made of it.
    pub(super) file: Option<FileId>,
}

/// What an entry holds. It is unpacked in its place.
enum Content {
    /// What the directory says.
    Packed(Packed),
    /// A part of `texts`, and what there may be in it.
    Text(Range<usize>, Signs),
    /// Bytes to decode.
    Bytes(Vec<u8>),
    Damaged(Cow<'static, str>),
}

impl ZipFileSystem {
    /// Unpacks an archive. What the entries claim to hold is within the limits, and none
    /// yields more than it claims.
    pub(super) fn open(archive: &[u8], limits: &Limits) -> Result<Self, ArchiveError> {
        let entries = match listed(archive, limits) {
            Some(entries) => entries,
            None => listed_by_zip(archive, limits)?,
        };
        let mut entries = Listing::new(entries).map_err(ArchiveError::Duplicate)?;
        let sizes = entries.iter_mut().filter_map(|(_, entry)| match &entry.content {
            Content::Packed(packed) => packed.honest_size(archive),
            _ => None,
        });
        let (all, largest) = sizes.fold((0_usize, 0), |(all, largest), size| {
            (all.saturating_add(size), size.max(largest))
        });
        let mut texts = String::with_capacity(all);
        let mut unpacker = Unpacker::new(archive, largest);
        for (_, entry) in entries.iter_mut() {
            if let Content::Packed(packed) = &entry.content {
                entry.content = match unpacker.contents(packed) {
                    Ok(contents) => Content::of(contents, &mut texts),
                    Err(problem) => Content::Damaged(problem),
                };
            }
        }
        Ok(Self { entries, texts: Arc::new(texts) })
    }

    /// The entries by their paths, in the order of these, and what those that are texts are
    /// parts of.
    pub(super) fn parts_mut(
        &mut self,
    ) -> (impl ExactSizeIterator<Item = (&str, &mut Entry)>, Texts<'_>) {
        (self.entries.iter_mut(), Texts(&self.texts))
    }

    /// The directory of an entry, given by its place in that order.
    pub(super) fn directory(&self, entry: usize) -> Option<&Path> {
        Path::new(self.entries.path(entry)?).parent()
    }

    /// The file that was made of the entry under a path.
    pub(super) fn file(&self, path: &Path) -> Option<FileId> {
        self.entries.find(path).ok()?.file
    }

    /// The same of an entry below a directory of the archive, if the name is its normal path
    /// from there.
    pub(super) fn file_below(&self, directory: &Path, name: &str) -> Option<FileId> {
        let directory = directory.to_str().filter(|_| fs::is_normal(name))?;
        if directory.is_empty() {
            return self.entries.get(name)?.file;
        }
        self.entries.get(&[directory, name].join("/"))?.file
    }
}

impl Content {
    /// What an entry holds that was unpacked; a text goes behind the others.
    fn of(contents: &[u8], texts: &mut String) -> Self {
        let Some(text) = encoding::plain(contents) else { return Self::Bytes(contents.to_vec()) };
        let start = texts.len();
        texts.push_str(text);
        Self::Text(start..texts.len(), Signs::of(contents))
    }
}

/// The texts of an archive.
#[derive(Clone, Copy)]
pub(super) struct Texts<'a>(&'a Arc<String>);

impl Entry {
    fn packed(packed: Packed) -> Self {
        Self { content: Content::Packed(packed), file: None }
    }

    /// What the entry holds, of an archive with these texts.
    pub(super) fn contents(&self, texts: Texts<'_>) -> io::Result<Contents> {
        let damaged = |problem: &str| io::Error::new(io::ErrorKind::InvalidData, problem);
        match &self.content {
            Content::Text(place, signs) => {
                Ok(Contents::Text(Text::part(texts.0.clone(), place.clone(), *signs)))
            }
            Content::Bytes(bytes) => Ok(Contents::Bytes(bytes.clone())),
            Content::Damaged(problem) => Err(damaged(problem)),
            Content::Packed(_) => Err(damaged("it has not been unpacked")),
        }
    }
}

/// The MOF files of an ordinary archive; `None` when something is odd or wrong with it.
fn listed(archive: &[u8], limits: &Limits) -> Option<Vec<(String, Entry)>> {
    let directory = Directory::of(archive, limits.files)?;
    let mut entries = Vec::with_capacity(directory.len());
    let mut room = limits.total;
    directory.read(|directory::Entry { name, packed }| {
        if super::walk::is_mof(Path::new(name)) {
            room = room.checked_sub(packed.size).filter(|_| packed.size <= limits.file)?;
            entries.push((name.to_owned(), Entry::packed(packed)));
        }
        Some(())
    })?;
    Some(entries)
}

/// The MOF files that the directory of an archive lists, however it is made.
fn listed_by_zip(archive: &[u8], limits: &Limits) -> Result<Vec<(String, Entry)>, ArchiveError> {
    let mut zip = ZipArchive::new(Cursor::new(archive))?;
    if zip.len() > limits.files {
        return Err(ArchiveError::TooManyFiles { entries: zip.len(), limit: limits.files });
    }
    // Of entries with one name the crate keeps the last.
    if let Some(name) = directory::repeated(archive, zip.central_directory_start()) {
        return Err(ArchiveError::Duplicate(name));
    }
    let mut entries = Vec::with_capacity(zip.len());
    let mut room = limits.total;
    for index in 0..zip.len() {
        let entry = zip.by_index_raw(index)?;
        let path =
            entry.enclosed_name().ok_or_else(|| ArchiveError::Escape(entry.name().to_owned()))?;
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
        let path = fs::normal(&path).filter(|path| !path.is_empty());
        let path = path.ok_or_else(|| ArchiveError::Escape(entry.name().to_owned()))?;
        entries.push((path.into_owned(), Entry::packed(Packed::of(&entry))));
    }
    Ok(entries)
}

impl FileSystem for ZipFileSystem {
    fn kind(&self, path: &Path) -> io::Result<Option<EntryKind>> {
        Ok(self.entries.kind(path))
    }

    fn read(&self, path: &Path, _limit: u64) -> io::Result<Vec<u8>> {
        Ok(match self.entries.find(path)?.contents(Texts(&self.texts))? {
            Contents::Text(text) => text.as_str().as_bytes().to_vec(),
            Contents::Bytes(bytes) => bytes,
        })
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
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Packed {
    /// Where its data begin in the archive.
    pub(super) start: Option<u64>,
    pub(super) packed_size: u64,
    pub(super) size: u64,
    pub(super) crc32: u32,
    pub(super) method: CompressionMethod,
    pub(super) encrypted: bool,
}

impl Packed {
    pub(super) fn of<R: Read + ?Sized>(entry: &ZipFile<'_, R>) -> Self {
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

    /// How much there is to unpack. Deflate packs at most 1,032 bytes into one: more is a
    /// lie, and not worth the memory.
    fn honest_size(&self, archive: &[u8]) -> Option<usize> {
        let most = self.data(archive)?.len().checked_add(1)?.checked_mul(1032)?;
        usize::try_from(self.size).ok().filter(|size| *size < most)
    }
}

/// Unpacks entry after entry.
struct Unpacker<'a> {
    archive: &'a [u8],
    /// Making a new one for each entry takes as long as unpacking it.
    inflater: Decompressor,
    /// Where entries are unpacked, each over the one before: what is looked at until its text
    /// is put with the others is still in the cache. It never grows: that would leave a trail
    /// of blocks of all sizes that nothing else has use for.
    room: Vec<u8>,
}

/// So much more room than an entry claims to need lets `libdeflate` write without looking
/// for the end (its `FASTLOOP_MAX_BYTES_WRITTEN`).
const SLACK: usize = 320;

impl<'a> Unpacker<'a> {
    /// Has room for entries of up to `largest` bytes.
    fn new(archive: &'a [u8], largest: usize) -> Self {
        let room = vec![0; largest.saturating_add(SLACK)];
        Self { archive, inflater: Decompressor::new(), room }
    }

    /// What an entry holds.
    fn contents(&mut self, entry: &Packed) -> Result<&[u8], Cow<'static, str>> {
        if entry.encrypted {
            return Err("it is encrypted".into());
        }
        let data = entry.data(self.archive).ok_or("it leads out of the archive")?;
        let size = entry.honest_size(self.archive).ok_or("it is shorter than it claims")?;
        let contents = match entry.method {
            CompressionMethod::Stored => data,
            CompressionMethod::Deflated => self.inflate(data, size)?,
            other => return Err(format!("its compression, {other}, is not supported").into()),
        };
        if contents.len() != size || libdeflater::crc32(contents) != entry.crc32 {
            return Err("its checksum is wrong".into());
        }
        Ok(contents)
    }

    /// What is deflated in `data`, if it is not longer than `size`.
    fn inflate(&mut self, data: &[u8], size: usize) -> Result<&[u8], &'static str> {
        let enough = size.saturating_add(SLACK);
        let room = self.room.get_mut(..enough).ok_or("it is longer than it claims")?;
        let length = self.inflater.deflate_decompress(data, room).ok();
        let fits = length.filter(|length| *length <= size).ok_or("its data are damaged")?;
        Ok(self.room.get(..fits).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn open(archive: &[u8], limits: &Limits) -> Result<ZipFileSystem, ArchiveError> {
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
        let files = open(&bytes, &Limits::default()).unwrap();
        assert_eq!(files.read(Path::new("a/b.MOF"), 9).unwrap(), b"x");
        assert!(files.read(Path::new("a/readme.txt"), 9).is_err());
    }

    #[test]
    fn refuses_bombs_and_escapes() {
        let limits = Limits { file: 100, total: 150, files: 2 };
        let many = zipped(&[("a.mof", b""), ("b.mof", b""), ("c.mof", b"")]);
        assert!(matches!(open(&many, &limits), Err(ArchiveError::TooManyFiles { entries: 3, .. })));
        let large = zipped(&[("a.mof", &[b' '; 101])]);
        assert!(matches!(open(&large, &limits), Err(ArchiveError::Limit { limit: 100, .. })));
        let both = zipped(&[("a.mof", &[b' '; 100]), ("b.mof", &[b' '; 51])]);
        assert!(matches!(open(&both, &limits), Err(ArchiveError::Limit { limit: 150, .. })));
        let escape = zipped(&[("../../a.mof", b"")]);
        assert!(matches!(open(&escape, &limits), Err(ArchiveError::Escape(_))));
        assert!(matches!(open(b"PK\x03\x04", &limits), Err(ArchiveError::Zip(_))));
    }

    /// An archive whose second entry got the name of the first, which is as long, and a
    /// comment at its end, so that the `zip` crate reads it.
    fn doubled(first: &str, second: &str, comment: bool) -> Vec<u8> {
        let mut bytes = zipped(&[(first, b"class X_A { };"), (second, b"class X_B { };")]);
        while let Some(at) = bytes.windows(second.len()).position(|w| w == second.as_bytes()) {
            bytes[at..at + second.len()].copy_from_slice(first.as_bytes());
        }
        if comment {
            let end = bytes.len();
            bytes[end - 2] = 1;
            bytes.push(b'!');
        }
        bytes
    }

    #[test]
    fn two_entries_that_are_one_file_are_refused() {
        let limits = Limits::default();
        let spelled = |names: [&str; 2]| zipped(&names.map(|name| (name, b"".as_slice())));
        for bytes in [
            doubled("a.mof", "b.mof", false),
            doubled("a.mof", "b.mof", true),
            spelled(["a.mof", "./a.mof"]),
            spelled(["b/../a.mof", "a.mof"]),
        ] {
            let refused = open(&bytes, &limits).err();
            assert!(
                matches!(&refused, Some(ArchiveError::Duplicate(n)) if n == "a.mof"),
                "{refused:?}"
            );
        }
        assert!(open(&doubled("a.txt", "b.txt", false), &limits).is_ok());
        assert!(open(&doubled("a.txt", "b.txt", true), &limits).is_ok());
        // Files of different names, as on any system that tells cases apart.
        assert!(open(&spelled(["a.mof", "A.mof"]), &limits).is_ok());
    }

    #[test]
    fn stored_and_deflated_entries_are_whole_or_refused() {
        let text = b"class X_A { }; // the same again: class X_A { };".as_slice();
        for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
            let bytes = zipped_as(method, &[("a.mof", text), ("empty.mof", b"")]);
            let files = open(&bytes, &Limits::default()).unwrap();
            assert_eq!(files.read(Path::new("a.mof"), 99).unwrap(), text);
            assert_eq!(files.read(Path::new("empty.mof"), 99).unwrap(), b"");
            // Behind the local header (30 bytes and the name) the data begin.
            for at in 35..35 + 20 {
                let mut damaged = bytes.clone();
                damaged[at] ^= 0x55;
                let files = open(&damaged, &Limits::default()).unwrap();
                assert!(files.read(Path::new("a.mof"), 99).is_err(), "{method} {at}");
            }
        }
    }

    #[test]
    fn what_is_encrypted_or_packed_otherwise_is_refused() {
        // The flags and the method, behind the beginnings of the entry and of its listing.
        for (local, listed, value, reason) in [(6, 8, 1, "encrypted"), (8, 10, 12, "compression")] {
            let mut bytes = zipped(&[("a.mof", b"class X_A { };")]);
            let directory = bytes.windows(4).position(|w| w == b"PK\x01\x02").unwrap();
            bytes[local] = value;
            bytes[directory + listed] = value;
            let files = open(&bytes, &Limits::default()).unwrap();
            let refused = files.read(Path::new("a.mof"), 99).unwrap_err().to_string();
            assert!(refused.contains(reason), "{refused}");
        }
    }

    #[test]
    fn texts_in_other_encodings_stay_bytes() {
        // The last byte of one and the first of the next would be a letter.
        let latin: &[(&str, &[u8])] =
            &[("a.mof", b"// \xC3"), ("b.mof", b"\xA9 //"), ("c.mof", b"x")];
        let broken: &[(&str, &[u8])] = &[("a.mof", b"// \xFF"), ("b.mof", "\u{e9}".as_bytes())];
        let marked: &[(&str, &[u8])] =
            &[("a.mof", b"\xEF\xBB\xBFx"), ("b.mof", b"x\0y\0"), ("c.mof", b"")];
        for entries in [latin, broken, marked] {
            let files = open(&zipped(entries), &Limits::default()).unwrap();
            for (name, contents) in entries {
                assert_eq!(files.read(Path::new(name), 99).unwrap(), *contents, "{name}");
                let entry = files.entries.find(Path::new(name)).unwrap();
                let found = entry.contents(Texts(&files.texts)).unwrap();
                let is_text = matches!(found, Contents::Text(_));
                assert_eq!(is_text, encoding::plain(contents).is_some());
            }
        }
    }

    #[test]
    fn an_entry_that_claims_more_than_it_can_hold_is_refused() {
        let mut bytes = zipped(&[("a.mof", b"class X_A { };")]);
        let directory = bytes.windows(4).position(|w| w == b"PK\x01\x02").unwrap();
        bytes[directory + 24..directory + 28].copy_from_slice(&(60_u32 << 20).to_le_bytes());
        let files = open(&bytes, &Limits::default()).unwrap();
        assert!(files.read(Path::new("a.mof"), 99).is_err());
    }
}
