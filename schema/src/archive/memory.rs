//! Where an archive's bytes live, and reading records in place.
//!
//! This is the crate's one module with `unsafe`, for two things that cannot be
//! had without it:
//!
//! * mapping a file: sound as long as nobody changes the file while it is mapped.
//!   Archives are written to a temporary file and renamed into place, never
//!   changed; a user who scribbles over a mapped file breaks that promise, as
//!   with every mapped file format.
//! * reading the root without validating it again: every safe constructor of
//!   [`ValidBytes`] runs bytecheck over the same immutable bytes first. The others,
//!   behind [`Archive::open_trusted`] and [`Archive::from_static_trusted`], make it
//!   the caller's promise, which is why those two are `unsafe fn`: the payload is
//!   full of relative offsets, and nothing but bytecheck holds them within it.
//!
//! Whoever changes this file runs Miri over it (mapping excepted, which Miri lacks):
//! `cargo +nightly miri test -p cimarron-schema --test archive -- reads_back refuses` and
//! `cargo +nightly miri test -p cimarron-schema --lib -- archive::memory`, with
//! `MIRIFLAGS="-Zmiri-tree-borrows -Zmiri-ignore-leaks -Zmiri-disable-isolation"`: rkyv's checks
//! do not keep to stacked borrows, and tests give static bytes away.
#![allow(unsafe_code, reason = "see above")]

use super::format::{ArchivedRoot, Root};
use super::{Archive, OpenError, header};
use memmap2::{Mmap, MmapOptions};
use rkyv::util::AlignedVec;
use std::fs::File;
use std::path::Path;

/// The bytes of an archive, header included, aligned for reading in place.
#[derive(Clone, Debug)]
pub struct ArchiveBytes(AlignedVec<16>);

impl ArchiveBytes {
    pub(super) const fn new(bytes: AlignedVec<16>) -> Self {
        Self(bytes)
    }

    /// A copy of bytes from anywhere.
    pub fn copy_from(bytes: &[u8]) -> Self {
        let mut aligned = AlignedVec::with_capacity(bytes.len());
        aligned.extend_from_slice(bytes);
        Self(aligned)
    }
}

impl std::ops::Deref for ArchiveBytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

enum Storage {
    Mapped(Mmap),
    Owned(ArchiveBytes),
    Static(&'static [u8]),
}

impl Storage {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Mapped(map) => map,
            Self::Owned(bytes) => bytes,
            Self::Static(bytes) => bytes,
        }
    }
}

/// Bytes whose header, content hash and structure have been checked, or vouched for.
pub(super) struct ValidBytes {
    storage: Storage,
    hash: [u8; 32],
}

impl ValidBytes {
    /// Maps and checks a file.
    #[cfg(not(windows))]
    pub(super) fn of_file(file: &File) -> Result<Self, OpenError> {
        // The content hash reads every page at once: map them all now instead of
        // a fault at a time.
        // SAFETY: the module's comment says why the file does not change.
        let map = unsafe { MmapOptions::new().populate().map(file) }?;
        Self::check(Storage::Mapped(map))
    }

    /// Reads and checks a file. Windows refuses to replace a file that is mapped, and an
    /// archive is compiled again while programs have it open.
    #[cfg(windows)]
    pub(super) fn of_file(mut file: &File) -> Result<Self, OpenError> {
        let mut bytes = AlignedVec::new();
        bytes.reserve(usize::try_from(file.metadata()?.len()).unwrap_or_default());
        bytes.extend_from_reader(&mut file)?;
        Self::owned(ArchiveBytes(bytes))
    }

    /// Checks bytes in memory.
    pub(super) fn owned(bytes: ArchiveBytes) -> Result<Self, OpenError> {
        Self::check(Storage::Owned(bytes))
    }

    /// Checks bytes that are part of the program; they are read where they are
    /// when their alignment allows, else copied.
    pub(super) fn from_static(bytes: &'static [u8]) -> Result<Self, OpenError> {
        if bytes.as_ptr().addr().is_multiple_of(16) {
            Self::check(Storage::Static(bytes))
        } else {
            Self::owned(ArchiveBytes::copy_from(bytes))
        }
    }

    fn check(storage: Storage) -> Result<Self, OpenError> {
        let (payload, hash) = header::payload(storage.bytes())?;
        rkyv::access::<ArchivedRoot, rkyv::rancor::Error>(payload)
            .map_err(|error| OpenError::Structure(error.to_string()))?;
        Ok(Self { storage, hash })
    }

    /// Takes the content for what the header says it is.
    ///
    /// # Safety
    /// As for [`Archive::open_trusted`].
    unsafe fn trust(storage: Storage) -> Result<Self, OpenError> {
        let (_, hash) = header::unhashed_payload(storage.bytes())?;
        Ok(Self { storage, hash })
    }

    /// All bytes, header included.
    pub(super) fn bytes(&self) -> &[u8] {
        self.storage.bytes()
    }

    /// The content hash.
    pub(super) const fn hash(&self) -> [u8; 32] {
        self.hash
    }

    /// The root record.
    pub(super) fn root(&self) -> &ArchivedRoot {
        let payload = self.storage.bytes().get(header::LEN..).unwrap_or_default();
        // SAFETY: `check` validated these very bytes as an archived `Root`, or the
        // caller of `trust` promised that they are one, and they cannot change while
        // `self` lives (see the module's comment).
        unsafe { rkyv::access_unchecked::<rkyv::Archived<Root>>(payload) }
    }
}

impl Archive {
    /// Maps an archive file and takes its content as it is: of the bytes only the
    /// header is looked at, so opening takes the same few microseconds whatever the
    /// size. Damage that [`Archive::open`] would find goes unseen. Windows lets nobody
    /// replace the file while it is open like this.
    ///
    /// # Errors
    /// What the header shows: no archive, another version or layout, a wrong length,
    /// names folded with another table; and what the system reports.
    ///
    /// # Safety
    /// The file's bytes must be those that this library wrote with
    /// [`SchemaBuilder::finish`](crate::SchemaBuilder::finish), and nobody may change
    /// the file while the archive is open. A file that [`Archive::open`] accepted
    /// and nobody could write to since fulfils that; a file from elsewhere does not,
    /// whatever its hash says.
    pub unsafe fn open_trusted(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        let file = File::open(path)?;
        if file.metadata()?.len() < header::LEN as u64 {
            return Err(OpenError::NotAnArchive);
        }
        // Pages are mapped when they are first read: trusting is for those who will
        // not read them all.
        // SAFETY: nobody changes the file, by the caller's promise.
        let map = unsafe { MmapOptions::new().map(&file) }?;
        // SAFETY: the caller's promise is the one that is asked for.
        Self::of(unsafe { ValidBytes::trust(Storage::Mapped(map)) }?)
    }

    /// Opens bytes that are part of the program ([`include_archive!`](crate::include_archive))
    /// where they are, and takes their content as it is.
    ///
    /// # Errors
    /// As for [`Archive::open_trusted`].
    ///
    /// # Safety
    /// The bytes must be those that this library wrote with
    /// [`SchemaBuilder::finish`](crate::SchemaBuilder::finish). What a build script
    /// compiled into `OUT_DIR` in the same build is that.
    pub unsafe fn from_static_trusted(bytes: &'static [u8]) -> Result<Self, OpenError> {
        let storage = if bytes.as_ptr().addr().is_multiple_of(16) {
            Storage::Static(bytes)
        } else {
            Storage::Owned(ArchiveBytes::copy_from(bytes))
        };
        // SAFETY: the caller's promise is the one that is asked for.
        Self::of(unsafe { ValidBytes::trust(storage) }?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SchemaBuilder;
    use cimarron_model::{Class, Dialect};

    fn bytes() -> ArchiveBytes {
        let mut builder = SchemaBuilder::new(Dialect::Wmi);
        builder.namespace("root/x").add_class(Class::new("X_A")).unwrap();
        builder.finish().unwrap()
    }

    fn trusted(bytes: &[u8]) -> Result<Archive, OpenError> {
        let leaked: &'static [u8] = Box::leak(bytes.to_vec().into_boxed_slice());
        // SAFETY: every caller below gives bytes that `finish` wrote, or bytes that
        // the header refuses before anything else is read.
        unsafe { Archive::from_static_trusted(leaked) }
    }

    #[test]
    fn trusted_bytes_read_like_checked_ones() {
        let (bytes, checked) = (bytes(), Archive::from_bytes(bytes()).unwrap());
        let trusted = trusted(&bytes).unwrap();
        assert_eq!(trusted.bytes(), checked.bytes());
        assert_eq!(trusted.content_hash(), checked.content_hash());
        assert!(trusted.namespace("ROOT/X").unwrap().class("x_a").is_some());
    }

    #[test]
    fn headers_are_checked_even_when_the_rest_is_trusted() {
        let good = bytes();
        let changed = |at: usize| {
            let mut bytes = good.to_vec();
            bytes[at] ^= 1;
            bytes
        };
        assert!(matches!(trusted(&[]), Err(OpenError::NotAnArchive)));
        assert!(matches!(trusted(&changed(0)), Err(OpenError::NotAnArchive)));
        assert!(matches!(trusted(&changed(8)), Err(OpenError::Version { .. })));
        assert!(matches!(trusted(&changed(12)), Err(OpenError::Layout { .. })));
        let cut = &good[..good.len() - 1];
        assert!(matches!(trusted(cut), Err(OpenError::Length { .. })));
    }

    #[test]
    #[cfg_attr(miri, ignore = "Miri does not map files")]
    fn trusted_files_open_and_foreign_ones_do_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.cimar");
        Archive::save(&bytes(), &path).unwrap();
        // SAFETY: the file was just written from what `finish` gave.
        let archive = unsafe { Archive::open_trusted(&path) }.unwrap();
        assert_eq!(archive.namespace("root/x").unwrap().class_count(), 1);
        drop(archive);
        std::fs::write(&path, "short").unwrap();
        // SAFETY: the file is too short for a header, so nothing of it is trusted.
        assert!(matches!(unsafe { Archive::open_trusted(&path) }, Err(OpenError::NotAnArchive)));
    }
}
