//! Opening and saving archives.

use super::format::ArchivedRoot;
use super::memory::{ArchiveBytes, ValidBytes};
use super::{check, header};
use crate::view::SchemaView;
use cimarron_model::{Dialect, Status, fold};
use std::fmt;
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

/// Why bytes were refused as an archive.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The file could not be read or mapped.
    #[error("the archive cannot be read: {0}")]
    Io(#[from] io::Error),
    /// The bytes do not begin as an archive does.
    #[error("this is not a Cimarron schema archive; make one with `cimarron compile`")]
    NotAnArchive,
    /// Another version of the format.
    #[error(
        "the archive has format version {found}, this program reads {supported}: compile the MOF again"
    )]
    Version {
        /// What the file says.
        found: u32,
        /// What this program reads.
        supported: u32,
    },
    /// Another layout of records.
    #[error(
        "the archive's records are laid out for another program (flags {found:#x}): compile the MOF again"
    )]
    Layout {
        /// The layout flags of the file.
        found: u32,
    },
    /// The file is cut short or has grown.
    #[error("the archive is damaged: its content should be {expected} bytes and is {found}")]
    Length {
        /// Payload bytes according to the header.
        expected: u64,
        /// Payload bytes that are there.
        found: u64,
    },
    /// The content is not what was written.
    #[error("the archive is damaged: its content does not match its hash; compile the MOF again")]
    ContentHash,
    /// The records do not hold together.
    #[error("the archive is damaged: {0}")]
    Structure(String),
    /// Names were folded with another table.
    #[error(
        "the archive's names were folded by Unicode {found}, this program folds by Unicode {}: compile the MOF again",
        fold::TABLE_VERSION
    )]
    FoldTable {
        /// The version in the archive.
        found: u32,
    },
}

impl OpenError {
    /// The condition that front ends report.
    pub const fn status(&self) -> Status {
        match self {
            Self::Io(_) => Status::Failed,
            Self::Version { .. } | Self::Layout { .. } | Self::FoldTable { .. } => {
                Status::UnsupportedArchive
            }
            _ => Status::CorruptArchive,
        }
    }
}

/// An open schema archive.
///
/// Everything that is read from it is a view into its bytes. Keep it in an
/// [`Arc`](std::sync::Arc) where views must outlive a scope.
pub struct Archive {
    bytes: ValidBytes,
}

impl Archive {
    /// Maps and checks an archive file; reads it on Windows, where a mapped file cannot be
    /// replaced.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        let file = File::open(path)?;
        if file.metadata()?.len() < header::LEN as u64 {
            return Err(OpenError::NotAnArchive);
        }
        Self::checked(ValidBytes::of_file(&file)?)
    }

    /// Opens bytes in memory.
    pub fn from_bytes(bytes: ArchiveBytes) -> Result<Self, OpenError> {
        Self::checked(ValidBytes::owned(bytes)?)
    }

    /// Whether bytes are those of an archive, sound or not, of any version.
    pub fn recognises(bytes: &[u8]) -> bool {
        !matches!(header::unhashed_payload(bytes), Err(OpenError::NotAnArchive))
    }

    /// Opens bytes that are part of the program, in place when they are aligned to
    /// 16 bytes, as [`include_archive!`](crate::include_archive) aligns them.
    pub fn from_static(bytes: &'static [u8]) -> Result<Self, OpenError> {
        Self::checked(ValidBytes::from_static(bytes)?)
    }

    fn checked(bytes: ValidBytes) -> Result<Self, OpenError> {
        let archive = Self::of(bytes)?;
        check::check(archive.root()).map_err(OpenError::Structure)?;
        Ok(archive)
    }

    /// An archive whose names are folded as this program folds them.
    pub(super) fn of(bytes: ValidBytes) -> Result<Self, OpenError> {
        let archive = Self { bytes };
        let found = archive.root().fold_version.to_native();
        if found != fold::TABLE_VERSION {
            return Err(OpenError::FoldTable { found });
        }
        Ok(archive)
    }

    pub(crate) fn root(&self) -> &ArchivedRoot {
        self.bytes.root()
    }

    /// The whole file's bytes.
    pub fn bytes(&self) -> &[u8] {
        self.bytes.bytes()
    }

    /// The BLAKE3 hash of the content: equal hashes, equal archives.
    pub const fn content_hash(&self) -> [u8; 32] {
        self.bytes.hash()
    }

    /// The dialect that the MOF was compiled as.
    pub fn dialect(&self) -> Dialect {
        if self.root().dialect == 0 { Dialect::Wmi } else { Dialect::Dmtf }
    }

    /// The namespaces, in the order in which the MOF first named them.
    pub fn namespaces(&self) -> impl ExactSizeIterator<Item = SchemaView<'_>> {
        let root = self.root();
        root.namespaces.iter().map(move |record| SchemaView::new(root, record))
    }

    /// The namespaces that hold anything, in the same order: the others only came to be
    /// because something named them, as the default namespace does. Where none holds
    /// anything, all of them.
    pub fn filled_namespaces(&self) -> impl Iterator<Item = SchemaView<'_>> {
        let is_filled = |schema: &SchemaView<'_>| !schema.is_empty();
        let any = self.namespaces().any(|schema| is_filled(&schema));
        self.namespaces().filter(move |schema| !any || is_filled(schema))
    }

    /// The namespace of this name.
    pub fn namespace(&self, name: &str) -> Option<SchemaView<'_>> {
        self.namespaces().find(|n| fold::eq(n.name(), name))
    }

    /// Writes the archive to a file: a temporary one beside it, synced and
    /// renamed, so that whoever reads `path` sees the old file or the new one.
    ///
    /// # Errors
    /// The system's; on Windows also where somebody has mapped the old file
    /// ([`Archive::open_trusted`]).
    pub fn save(bytes: &[u8], path: impl AsRef<Path>) -> io::Result<()> {
        let path = path.as_ref();
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let builder = &mut tempfile::Builder::new();
        // Temporary files are private; an archive is readable as the user's other
        // files are, which is what the umask makes of this.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let mut file = builder.tempfile_in(folder)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        // Unlike `persist` this replaces on Windows, too, what somebody has open.
        let (file, temporary) = file.keep().map_err(|e| e.error)?;
        drop(file);
        std::fs::rename(&temporary, path).inspect_err(|_| {
            let _ = std::fs::remove_file(&temporary);
        })
    }
}

impl fmt::Debug for Archive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Archive").field("len", &self.bytes().len()).finish_non_exhaustive()
    }
}
