//! Zip archives as file systems.

use super::FileId;
use super::directory;
use super::encoding;
use super::fs::{self, EntryKind, FileSystem, Tree};
use super::loader::Limits;
use super::text::{Contents, Text, has_number_sign};
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

/// The MOF files of an archive, unpacked.
pub(super) struct ZipFileSystem {
    entries: Tree<Entry>,
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

/// What an entry holds. It is unpacked in its place: a second tree of thousands of entries
/// takes longer to make than this one to fill.
enum Content {
    /// What the directory says.
    Packed(Packed),
    /// A part of `texts`, and whether a `#` is in it.
    Text(Range<usize>, bool),
    /// Bytes to decode.
    Bytes(Vec<u8>),
    Damaged(Cow<'static, str>),
}

impl ZipFileSystem {
    /// Unpacks an archive. What the entries claim to hold is within the limits, and none
    /// yields more than it claims.
    pub(super) fn open(archive: &[u8], limits: &Limits) -> Result<Self, ArchiveError> {
        let mut entries = match listed(archive, limits) {
            Some(entries) => entries,
            None => listed_by_zip(archive, limits)?,
        };
        let mut unpacker = Unpacker::new(archive, entries.files());
        for entry in entries.files_mut() {
            if let Content::Packed(packed) = &entry.content {
                entry.content = unpacker.unpack(packed);
            }
        }
        Ok(unpacker.finish(entries))
    }

    /// The entries by their paths, and what those that are texts are parts of.
    pub(super) fn parts_mut(&mut self) -> (impl Iterator<Item = (&str, &mut Entry)>, Texts<'_>) {
        (self.entries.entries_mut(), Texts(&self.texts))
    }

    /// The file that was made of the entry under a path.
    pub(super) fn file(&self, path: &Path) -> Option<FileId> {
        self.entries.file(path).ok()?.file
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
            Content::Text(place, sign) => {
                Ok(Contents::Text(Text::part(texts.0.clone(), place.clone(), *sign)))
            }
            Content::Bytes(bytes) => Ok(Contents::Bytes(bytes.clone())),
            Content::Damaged(problem) => Err(damaged(problem)),
            Content::Packed(_) => Err(damaged("it has not been unpacked")),
        }
    }

    /// Whether a text lies in `texts` from letter to letter.
    fn is_part_of(&self, texts: &str) -> bool {
        match &self.content {
            Content::Text(place, _) => texts.get(place.clone()).is_some(),
            Content::Packed(_) | Content::Bytes(_) | Content::Damaged(_) => true,
        }
    }
}

/// The MOF files of an ordinary archive; `None` when something is odd or wrong with it.
fn listed(archive: &[u8], limits: &Limits) -> Option<Tree<Entry>> {
    let mut entries = Tree::default();
    let mut room = limits.total;
    directory::read(archive, limits.files, |directory::Entry { name, packed }| {
        let path = Path::new(name);
        if !super::walk::is_mof(path) {
            return Some(());
        }
        room = room.checked_sub(packed.size)?;
        let fits = packed.size <= limits.file && entries.insert(path, Entry::packed(packed));
        fits.then_some(())
    })?;
    Some(entries)
}

/// The MOF files that the directory of an archive lists, however it is made.
fn listed_by_zip(archive: &[u8], limits: &Limits) -> Result<Tree<Entry>, ArchiveError> {
    let mut zip = ZipArchive::new(Cursor::new(archive))?;
    if zip.len() > limits.files {
        return Err(ArchiveError::TooManyFiles { entries: zip.len(), limit: limits.files });
    }
    let mut entries = Tree::default();
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
        if !entries.insert(&path, Entry::packed(Packed::of(&entry))) {
            return Err(ArchiveError::Escape(entry.name().to_owned()));
        }
    }
    Ok(entries)
}

impl FileSystem for ZipFileSystem {
    fn kind(&self, path: &Path) -> io::Result<Option<EntryKind>> {
        Ok(self.entries.kind(path))
    }

    fn read(&self, path: &Path, _limit: u64) -> io::Result<Vec<u8>> {
        Ok(match self.entries.file(path)?.contents(Texts(&self.texts))? {
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

/// Unpacks entry after entry, each behind the one before.
struct Unpacker<'a> {
    archive: &'a [u8],
    /// Making a new one for each entry takes as long as unpacking it.
    inflater: Decompressor,
    /// Room for all entries. It is made clean piece by piece, just before it is filled: as a
    /// whole it would have left the cache by then.
    room: Vec<u8>,
    /// How much of it holds texts.
    filled: usize,
}

impl<'a> Unpacker<'a> {
    /// Has room for these entries.
    fn new<'e>(archive: &'a [u8], entries: impl Iterator<Item = &'e Entry>) -> Self {
        let sizes = entries.filter_map(|entry| match &entry.content {
            Content::Packed(packed) => packed.honest_size(archive),
            _ => None,
        });
        let room = Vec::with_capacity(sizes.fold(0, usize::saturating_add));
        Self { archive, inflater: Decompressor::new(), room, filled: 0 }
    }

    fn unpack(&mut self, entry: &Packed) -> Content {
        let start = self.filled;
        let contents = match self.contents(entry) {
            Ok(contents) => contents,
            Err(problem) => return Content::Damaged(problem),
        };
        if !encoding::is_plain(contents) {
            return Content::Bytes(contents.to_vec());
        }
        let end = start + contents.len();
        let sign = has_number_sign(contents);
        self.filled = end;
        Content::Text(start..end, sign)
    }

    /// What an entry holds, in the room behind the texts.
    fn contents(&mut self, entry: &Packed) -> Result<&[u8], Cow<'static, str>> {
        if entry.encrypted {
            return Err("it is encrypted".into());
        }
        let data = entry.data(self.archive).ok_or("it leads out of the archive")?;
        let size = entry.honest_size(self.archive).ok_or("it is shorter than it claims")?;
        let end = self.filled.checked_add(size).filter(|end| *end <= self.room.capacity());
        self.room.resize(end.ok_or("it is longer than it claims")?, 0);
        let room = self.room.get_mut(self.filled..).unwrap_or_default();
        match entry.method {
            CompressionMethod::Stored if data.len() == size => room.copy_from_slice(data),
            CompressionMethod::Stored => return Err("its checksum is wrong".into()),
            CompressionMethod::Deflated => {
                let length = self.inflater.deflate_decompress(data, room);
                if length.map_err(|_| "its data are damaged")? != size {
                    return Err("its checksum is wrong".into());
                }
            }
            other => return Err(format!("its compression, {other}, is not supported").into()),
        }
        if libdeflater::crc32(room) != entry.crc32 {
            return Err("its checksum is wrong".into());
        }
        Ok(room)
    }

    /// All entries, those that turn out to be no UTF-8 as bytes.
    fn finish(self, mut entries: Tree<Entry>) -> ZipFileSystem {
        let Self { mut room, filled, .. } = self;
        room.truncate(filled);
        let bytes = match String::from_utf8(room) {
            // A letter could be made of the end of one text and the start of the next.
            Ok(texts) if entries.files().all(|entry| entry.is_part_of(&texts)) => {
                return ZipFileSystem { entries, texts: Arc::new(texts) };
            }
            Ok(texts) => texts.into_bytes(),
            Err(error) => error.into_bytes(),
        };
        let mut texts = String::with_capacity(bytes.len());
        for entry in entries.files_mut() {
            let Content::Text(place, _) = &mut entry.content else { continue };
            let contents = bytes.get(place.clone()).unwrap_or_default();
            let Ok(text) = std::str::from_utf8(contents) else {
                entry.content = Content::Bytes(contents.to_vec());
                continue;
            };
            let start = texts.len();
            texts.push_str(text);
            *place = start..texts.len();
        }
        ZipFileSystem { entries, texts: Arc::new(texts) }
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
                let entry = files.entries.file(Path::new(name)).unwrap();
                let found = entry.contents(Texts(&files.texts)).unwrap();
                let is_text = matches!(found, Contents::Text(_));
                assert_eq!(
                    is_text,
                    encoding::is_plain(contents) && std::str::from_utf8(contents).is_ok()
                );
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
