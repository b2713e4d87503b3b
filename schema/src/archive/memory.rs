//! Where an archive's bytes live, and reading records in place.
//!
//! This is the crate's one module with `unsafe`, for two things that cannot be
//! had without it:
//!
//! * mapping a file: sound as long as nobody changes the file while it is mapped.
//!   Archives are written to a temporary file and renamed into place, never
//!   changed; a user who scribbles over a mapped file breaks that promise, as
//!   with every mapped file format.
//! * reading the root without validating it again: every constructor of
//!   [`ValidBytes`] runs bytecheck over the same immutable bytes first.
//!
//! Whoever changes this file runs Miri over it (mapping excepted, which Miri lacks):
//! `cargo +nightly miri test -p cimarron-schema --test archive -- reads_back refuses`.
#![allow(unsafe_code)]

use super::format::{ArchivedRoot, Root};
use super::{OpenError, header};
use memmap2::{Mmap, MmapOptions};
use rkyv::util::AlignedVec;
use std::fs::File;

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

/// Bytes whose header, content hash and structure have been checked.
pub(super) struct ValidBytes {
    storage: Storage,
    hash: [u8; 32],
}

impl ValidBytes {
    /// Maps and checks a file.
    pub(super) fn map(file: &File) -> Result<Self, OpenError> {
        // The content hash reads every page at once: map them all now instead of
        // a fault at a time.
        // SAFETY: the module's comment says why the file does not change.
        let map = unsafe { MmapOptions::new().populate().map(file) }?;
        Self::check(Storage::Mapped(map))
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
        // SAFETY: `check` validated these very bytes as an archived `Root`, and
        // they cannot change while `self` lives (see the module's comment).
        unsafe { rkyv::access_unchecked::<rkyv::Archived<Root>>(payload) }
    }
}
