//! The directory of a zip archive, read where it lies.
//!
//! The `zip` crate keeps all that there is to know of an entry, which for a schema of
//! thousands of small files takes a tenth of the time of loading it. Archives as most
//! tools write them are read here. What is out of the ordinary, or damaged, is left to
//! that crate, which knows what it means or what is wrong: zip64, encryption, other
//! compression than deflate, names in other encodings or that lead elsewhere, comments
//! at the end, several disks, bytes before the archive.

use super::archive::Packed;
use super::fs::is_normal;
use super::walk::is_mof;
use rustc_hash::FxHashSet;
use std::path::Path;
use zip::CompressionMethod;

/// An entry of an ordinary archive.
pub(super) struct Entry<'a> {
    /// Its name: parts with `/` between them, and none of them `.` or `..`.
    pub(super) name: &'a str,
    pub(super) packed: Packed,
}

/// The directory of an ordinary archive, unread.
pub(super) struct Directory<'a> {
    archive: &'a [u8],
    /// Where the entries' data end and the directory begins.
    start: usize,
    rest: &'a [u8],
    count: u16,
}

impl<'a> Directory<'a> {
    /// `None` when the archive is no ordinary one, or has more entries than `most`.
    pub(super) fn of(archive: &'a [u8], most: usize) -> Option<Self> {
        let end_at = archive.len().checked_sub(END_LENGTH)?;
        let end = Fields(archive.get(end_at..)?);
        let count = end.u16(10)?;
        let (size, start) = (index(end.u32(12)?)?, index(end.u32(16)?)?);
        let one_disk = end.u32(4)? == 0 && end.u16(8)? == count;
        let no_comment = end.u16(20)? == 0;
        let ordinary = end.u32(0)? == END && one_disk && no_comment && count != u16::MAX;
        if !ordinary || start.checked_add(size)? != end_at || usize::from(count) > most {
            return None;
        }
        Some(Self { archive, start, rest: archive.get(start..end_at)?, count })
    }

    /// How many entries there are, directories among them, or claim to be.
    pub(super) fn len(&self) -> usize {
        self.count.into()
    }

    /// Hands the entries to `take`, directories left out. `None` when one is out of the
    /// ordinary or `take` refuses one: what was handed out until then is worth nothing.
    pub(super) fn read(self, mut take: impl FnMut(Entry<'a>) -> Option<()>) -> Option<()> {
        let mut rest = self.rest;
        for _ in 0..self.count {
            let (name, packed);
            (name, packed, rest) = entry(self.archive, self.start, rest)?;
            if !name.ends_with('/') {
                take(Entry { name, packed })?;
            }
        }
        rest.is_empty().then_some(())
    }
}

/// A name of a MOF file that a directory which begins at `start` lists twice.
pub(super) fn repeated(archive: &[u8], start: u64) -> Option<String> {
    let mut rest = archive.get(usize::try_from(start).ok()?..)?;
    let mut seen = FxHashSet::default();
    loop {
        let header = Fields(rest.get(..CENTRAL_LENGTH)?);
        if header.u32(0)? != CENTRAL {
            return None;
        }
        let (name, extra, comment) = (header.u16(28)?, header.u16(30)?, header.u16(32)?);
        let (name, behind) = rest.get(CENTRAL_LENGTH..)?.split_at_checked(name.into())?;
        let text = String::from_utf8_lossy(name);
        if is_mof(Path::new(text.as_ref())) && !seen.insert(name) {
            return Some(text.into_owned());
        }
        rest = behind.get(usize::from(extra) + usize::from(comment)..)?;
    }
}

const END: u32 = u32::from_le_bytes(*b"PK\x05\x06");
const END_LENGTH: usize = 22;
const CENTRAL: u32 = u32::from_le_bytes(*b"PK\x01\x02");
const CENTRAL_LENGTH: usize = 46;
const LOCAL: u32 = u32::from_le_bytes(*b"PK\x03\x04");
const LOCAL_LENGTH: usize = 30;

/// The flags that change nothing for who has the directory: how hard it was packed, and
/// that sizes follow the data.
const HARMLESS: u16 = 0b1110;
/// The flag that says that the name is UTF-8.
const UTF8: u16 = 1 << 11;

/// The first entry of `directory`, and what follows it.
fn entry<'a>(
    archive: &'a [u8],
    end_of_data: usize,
    directory: &'a [u8],
) -> Option<(&'a str, Packed, &'a [u8])> {
    let header = Fields(directory.get(..CENTRAL_LENGTH)?);
    let flags = header.u16(8)?;
    let method = match header.u16(10)? {
        0 => CompressionMethod::Stored,
        8 => CompressionMethod::Deflated,
        _ => return None,
    };
    let (packed_size, size) = (header.u32(20)?, header.u32(24)?);
    let local_at = header.u32(42)?;
    let zip64 = [packed_size, size, local_at].contains(&u32::MAX);
    let odd = flags & !(HARMLESS | UTF8) != 0 || header.u16(34)? != 0;
    if header.u32(0)? != CENTRAL || zip64 || odd {
        return None;
    }
    let (name, rest) = directory.get(CENTRAL_LENGTH..)?.split_at_checked(header.u16(28)?.into())?;
    let (extra, rest) = rest.split_at_checked(header.u16(30)?.into())?;
    let rest = rest.get(header.u16(32)?.into()..)?;
    if !are_times_and_owners(extra) || (flags & UTF8 == 0 && !name.is_ascii()) {
        return None;
    }
    let name = std::str::from_utf8(name).ok().filter(|name| is_plain(name))?;
    let start = data_start(archive.get(..end_of_data)?, index(local_at)?)?;
    let packed = Packed {
        start: Some(start),
        packed_size: packed_size.into(),
        size: size.into(),
        crc32: header.u32(16)?,
        method,
        encrypted: false,
    };
    Some((name, packed, rest))
}

/// Where the data begin behind the header that an entry has of its own.
fn data_start(archive: &[u8], local_at: usize) -> Option<u64> {
    let header = Fields(archive.get(local_at..)?.get(..LOCAL_LENGTH)?);
    if header.u32(0)? != LOCAL {
        return None;
    }
    let variable = u64::from(header.u16(26)?) + u64::from(header.u16(28)?);
    u64::try_from(local_at.checked_add(LOCAL_LENGTH)?).ok()?.checked_add(variable)
}

/// Whether the extra fields are those that say when an entry was made and whose it is.
fn are_times_and_owners(mut extra: &[u8]) -> bool {
    while !extra.is_empty() {
        let fields = Fields(extra);
        let (Some(0x000A | 0x5455 | 0x5855 | 0x7875), Some(length)) =
            (fields.u16(0), fields.u16(2))
        else {
            return false;
        };
        let Some(rest) = extra.get(4 + usize::from(length)..) else { return false };
        extra = rest;
    }
    true
}

/// Whether a name means the same everywhere: no drives, no other separators, no way out.
fn is_plain(name: &str) -> bool {
    let path = name.strip_suffix('/').unwrap_or(name);
    memchr::memchr(0, name.as_bytes()).is_none() && is_normal(path)
}

fn index(number: u32) -> Option<usize> {
    usize::try_from(number).ok()
}

/// A record of little-endian numbers.
#[derive(Clone, Copy)]
struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn u16(self, at: usize) -> Option<u16> {
        self.0.get(at..)?.first_chunk().copied().map(u16::from_le_bytes)
    }

    fn u32(self, at: usize) -> Option<u32> {
        self.0.get(at..)?.first_chunk().copied().map(u32::from_le_bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Cursor, Write};
    use zip::ZipArchive;
    use zip::write::SimpleFileOptions;

    fn zipped(names: &[&str]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for name in names {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(b"class X_A { };").unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    fn entries(archive: &[u8], most: usize) -> Option<Vec<Entry<'_>>> {
        let mut entries = Vec::new();
        let keep = |entry| {
            entries.push(entry);
            Some(())
        };
        Directory::of(archive, most)?.read(keep)?;
        Some(entries)
    }

    fn names(archive: &[u8]) -> Option<Vec<&str>> {
        Some(entries(archive, 9)?.iter().map(|entry| entry.name).collect())
    }

    #[test]
    fn ordinary_archives_are_read() {
        let mut bytes = zipped(&["a.mof", "b/c.mof", "b/\u{e9}.mof", "b/"]);
        assert_eq!(names(&bytes), Some(vec!["a.mof", "b/c.mof", "b/\u{e9}.mof"]));
        assert!(entries(&bytes, 3).is_none());
        assert_eq!(names(&zipped(&[])), Some(vec![]));
        bytes.push(0);
        assert_eq!(names(&bytes), None);
    }

    #[test]
    fn what_is_out_of_the_ordinary_is_left_alone() {
        for name in ["../a.mof", "/a.mof", "a\\b.mof", "C:a.mof", "a//b.mof", "./a.mof"] {
            assert_eq!(names(&zipped(&[name])), None, "{name}");
        }
        let bytes = zipped(&["a.mof"]);
        let directory = bytes.windows(4).position(|w| w == b"PK\x01\x02").unwrap();
        // Encrypted, another method, zip64 sizes, another disk, a header that is elsewhere.
        for (at, value) in [(8, 1), (10, 12), (20, 0xFF), (34, 1), (42, 1)] {
            let mut odd = bytes.clone();
            let width = if value == 0xFF { 4 } else { 1 };
            odd[directory + at..directory + at + width].fill(value);
            assert_eq!(names(&odd), None, "{at}");
        }
    }

    #[test]
    fn fields_of_times_and_owners_are_known() {
        for (extra, are) in [
            (&b""[..], true),
            (b"UT\x01\x00\x03", true),
            (b"UT\x00\x00ux\x02\x00\x01\x04", true),
            (b"UT\x00\x00\x01\x00\x00\x00", false),
            (b"UT\x02\x00\x03", false),
            (b"UT\x00", false),
        ] {
            assert_eq!(are_times_and_owners(extra), are, "{extra:?}");
        }
        // What is no directory lists nothing twice.
        assert_eq!(repeated(&[0; 99], 0), None);
    }

    #[test]
    fn says_what_the_zip_crate_says_or_nothing() {
        let bytes = zipped(&["a.mof", "b/c.mof", "b/d.mof"]);
        let mut told = 0;
        for at in 0..bytes.len() {
            for change in [1_u8, 0x80, 0xFF] {
                let mut damaged = bytes.clone();
                damaged[at] ^= change;
                let Some(found) = entries(&damaged, 9) else { continue };
                told += 1;
                let mut zip = ZipArchive::new(Cursor::new(damaged.as_slice())).unwrap();
                let distinct: std::collections::BTreeSet<_> =
                    found.iter().map(|e| e.name).collect();
                assert_eq!(zip.len(), distinct.len(), "{at}");
                for (i, Entry { name, packed }) in found.iter().enumerate() {
                    let theirs = zip.by_index_raw(i).unwrap();
                    assert_eq!(*name, theirs.name(), "{at}");
                    assert_eq!(*packed, Packed::of(&theirs), "{at}");
                }
            }
        }
        assert!(told > 100, "{told}");
        for length in 0..bytes.len() {
            assert!(entries(&bytes[..length], 9).is_none(), "{length}");
        }
    }
}
