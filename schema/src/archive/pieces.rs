//! An archive in the pieces in which it is made.
//!
//! More than half of an archive is text, and that stands in one piece before anything is laid
//! out. Whoever only passes an archive on needs no copy of it: for a whole schema, fresh
//! memory costs as much as the copying itself.

use super::ArchiveBytes;
use super::format::Root;
use super::header::{self, LEN};
use rkyv::ser::{Positional, Writer};
use rkyv::util::AlignedVec;
use std::io::{self, Write};

/// An archive that is to be passed on: the pieces that make its bytes.
#[derive(Debug)]
pub struct ArchivePieces {
    header: [u8; LEN],
    text: String,
    records: Vec<u8>,
    hash: [u8; 32],
}

impl ArchivePieces {
    /// The archive with these records.
    pub(super) fn of(root: Root) -> Result<Self, rkyv::rancor::Error> {
        let room = Vec::with_capacity(root.text.len());
        let records = Records { text: &root.text, text_length: 0, bytes: room };
        let Records { text_length, bytes: records, .. } =
            rkyv::api::high::to_bytes_in::<_, rkyv::rancor::Error>(&root, records)?;
        let mut text = root.text;
        text.truncate(text_length);
        let mut hasher = blake3::Hasher::new();
        hasher.update(text.as_bytes()).update(&records);
        let hash = hasher.finalize().into();
        let header = header::of((text.len() + records.len()) as u64, hash);
        Ok(Self { header, text, records, hash })
    }

    /// The header, and what follows it.
    pub fn parts(&self) -> (&[u8], [&[u8]; 2]) {
        (&self.header, [self.text.as_bytes(), &self.records])
    }

    /// The BLAKE3 hash of what follows the header.
    pub const fn hash(&self) -> [u8; 32] {
        self.hash
    }

    /// How many bytes the archive has.
    #[expect(clippy::len_without_is_empty, reason = "there is always a header")]
    pub const fn len(&self) -> usize {
        LEN + self.text.len() + self.records.len()
    }

    /// Writes the archive.
    ///
    /// # Errors
    /// What `out` reports.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let (header, rest) = self.parts();
        out.write_all(header)?;
        rest.into_iter().try_for_each(|piece| out.write_all(piece))
    }

    /// The archive in one piece.
    pub fn to_bytes(&self) -> ArchiveBytes {
        let (header, rest) = self.parts();
        let mut bytes = AlignedVec::with_capacity(self.len());
        bytes.extend_from_slice(header);
        rest.into_iter().for_each(|piece| bytes.extend_from_slice(piece));
        ArchiveBytes::new(bytes)
    }
}

/// Takes what is laid out, but for the text: that comes first, and only counts.
struct Records<'t> {
    text: &'t str,
    /// The length of the text once it has come; a very short one stands in the root.
    text_length: usize,
    bytes: Vec<u8>,
}

impl Positional for Records<'_> {
    fn pos(&self) -> usize {
        LEN + self.text_length + self.bytes.len()
    }
}

impl<E> Writer<E> for Records<'_> {
    fn write(&mut self, bytes: &[u8]) -> Result<(), E> {
        if self.pos() == LEN && std::ptr::eq(bytes, self.text.as_bytes()) {
            self.text_length = bytes.len();
        } else {
            self.bytes.extend_from_slice(bytes);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::SchemaBuilder;
    use cimarron_model::{Class, Dialect};

    #[test]
    fn pieces_make_the_bytes() {
        for names in [&[][..], &["X"], &["X_A", "X_B"]] {
            let mut builder = SchemaBuilder::new(Dialect::Dmtf);
            for name in names {
                builder.namespace("n").add_class(Class::new(*name)).unwrap();
            }
            let (bytes, pieces) = (builder.finish().unwrap(), builder.pieces().unwrap());
            assert_eq!(*pieces.to_bytes(), *bytes, "{names:?}");
            assert_eq!(pieces.len(), bytes.len());
            let mut written = Vec::new();
            pieces.write(&mut written).unwrap();
            assert_eq!(written, *bytes);
            let opened = crate::Archive::from_bytes(bytes).unwrap();
            assert_eq!(opened.namespaces().count(), usize::from(!names.is_empty()));
        }
    }
}
