//! What a file holds, in a few bytes.

use cimarron_schema::WrittenArchive;
use std::io::{self, Read};

/// The length of a file and a hash over two: that of its head, which is as long as the
/// header of an archive, and that of the rest. An archive's header has the second already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Content {
    pub(crate) bytes: u64,
    pub(crate) hash: blake3::Hash,
}

/// As many bytes as an archive's header has.
const HEAD: usize = 64;

impl Content {
    fn new(bytes: u64, head: &[u8], rest: [u8; 32]) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(blake3::hash(head).as_bytes()).update(&rest);
        Self { bytes, hash: hasher.finalize() }
    }

    /// The content of a file with an archive that was just written.
    pub(super) fn of_archive(archive: &WrittenArchive) -> Self {
        let head: &[u8; HEAD] = archive.header();
        Self::new(archive.len(), head, archive.hash())
    }

    /// The content of a file that is there.
    pub(super) fn of(file: &mut impl Read) -> io::Result<Self> {
        let mut hasher = ContentHasher::default();
        let mut buffer = vec![0; 1 << 20];
        loop {
            let n = file.read(&mut buffer)?;
            if n == 0 {
                return Ok(hasher.content());
            }
            hasher.update(buffer.get(..n).unwrap_or_default());
        }
    }
}

/// Finds out about content piece by piece.
#[derive(Default)]
pub(super) struct ContentHasher {
    head: Vec<u8>,
    rest: blake3::Hasher,
}

impl ContentHasher {
    pub(super) fn update(&mut self, bytes: &[u8]) {
        let (head, rest) = bytes.split_at(bytes.len().min(HEAD - self.head.len()));
        self.head.extend_from_slice(head);
        self.rest.update(rest);
    }

    pub(super) fn content(&self) -> Content {
        let bytes = self.head.len() as u64 + self.rest.count();
        Content::new(bytes, &self.head, *self.rest.finalize().as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cimarron_model::{Class, Dialect};
    use cimarron_schema::SchemaBuilder;
    use std::io::Cursor;

    #[test]
    fn an_archive_is_known_by_its_header() {
        let mut builder = SchemaBuilder::new(Dialect::Dmtf);
        builder.namespace("root/x").add_class(Class::new("X_A")).unwrap();
        let archive = builder.finish().unwrap();
        assert!(archive.len() > HEAD);
        let mut file = Cursor::new(Vec::new());
        let content = Content::of_archive(&builder.write_to(&mut file).unwrap());
        assert_eq!(file.into_inner(), *archive);
        assert_eq!(content, Content::of(&mut &*archive).unwrap());
        for at in 0..archive.len() {
            let mut other = archive.to_vec();
            other[at] ^= 1;
            assert_ne!(content, Content::of(&mut other.as_slice()).unwrap(), "{at}");
        }
    }

    #[test]
    fn pieces_make_no_difference() {
        let bytes: Vec<u8> = (0..200).collect();
        for length in [0, 1, 63, 64, 65, 200] {
            let whole = Content::of(&mut &bytes[..length]).unwrap();
            assert_eq!(whole.bytes, length as u64);
            for size in [1, 7, 64, 100] {
                let mut hasher = ContentHasher::default();
                bytes[..length].chunks(size).for_each(|piece| hasher.update(piece));
                assert_eq!(hasher.content(), whole, "{length} {size}");
            }
        }
    }
}
