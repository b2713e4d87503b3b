//! What a checkpoint says of the repository beside the rows themselves, as bytes and back.
//!
//! The archives that classes lie in, then namespace by namespace: name, dialect, schema, the
//! indexes that were asked for, and of each class that has rows the blobs that hold them and
//! which of the rows are gone. Format 1.

use super::record::{dialect, put_dialect};
use super::schema::{ArchiveHash, Archives, change, put_change};
use crate::codec::{Decoder, put_bytes, put_count, put_name, put_u32};
use crate::schema::{ClassId, Schema};
use crate::store::{CAPACITY, Wanted};
use cimarron_journal::BlobId;
use cimarron_model::{Dialect, Name};

/// An archive, and where it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct StoredArchive {
    pub(super) hash: ArchiveHash,
    pub(super) blob: BlobId,
}

/// A chunk, and where its rows are.
#[derive(Clone, Debug)]
pub(super) struct StoredChunk {
    pub(super) blob: BlobId,
    pub(super) rows: usize,
    /// The rows that are gone, 64 a word; as many words as are needed.
    pub(super) gone: Box<[u64]>,
}

/// The chunks of a class, in the order of their first rows.
#[derive(Clone, Debug)]
pub(super) struct StoredTable {
    pub(super) class: ClassId,
    pub(super) chunks: Vec<StoredChunk>,
}

/// A namespace that was read.
#[derive(Debug)]
pub(super) struct StoredNamespace {
    pub(super) name: Name,
    pub(super) dialect: Dialect,
    pub(super) schema: Schema,
    pub(super) wanted: Vec<Wanted>,
    pub(super) tables: Vec<StoredTable>,
}

/// The state is not what was written.
pub(super) type Wrong = String;

/// Appends where the archives are.
pub(super) fn put_archives(out: &mut Vec<u8>, archives: &[StoredArchive]) {
    put_count(out, archives.len());
    for archive in archives {
        out.extend_from_slice(&archive.hash);
        put_blob(out, archive.blob);
    }
}

/// Appends a namespace but for its tables.
pub(super) fn put_namespace(
    out: &mut Vec<u8>,
    (name, dialect, schema): (&Name, Dialect, &Schema),
    wanted: &[Wanted],
) {
    put_name(out, name);
    put_dialect(out, dialect);
    put_change(out, &Schema::default(), schema);
    put_count(out, wanted.len());
    for (class, property) in wanted {
        put_u32(out, class.0);
        put_name(out, property);
    }
}

/// Appends the tables of the namespace before.
pub(super) fn put_tables(out: &mut Vec<u8>, tables: &[StoredTable]) {
    put_count(out, tables.len());
    for table in tables {
        put_u32(out, table.class.0);
        put_count(out, table.chunks.len());
        for chunk in &table.chunks {
            put_blob(out, chunk.blob);
            put_count(out, chunk.rows);
            let gone: Vec<u8> = chunk.gone.iter().flat_map(|word| word.to_le_bytes()).collect();
            put_bytes(out, &gone);
        }
    }
}

fn put_blob(out: &mut Vec<u8>, blob: BlobId) {
    put_u32(out, blob.segment);
    put_u32(out, blob.index);
}

/// Reads where the archives are.
pub(super) fn archives(decoder: &mut Decoder<'_>) -> Result<Vec<StoredArchive>, Wrong> {
    let mut archives = Vec::new();
    for _ in 0..decoder.count(size_of::<ArchiveHash>() + 2).map_err(text)? {
        let hash = decoder.take(size_of::<ArchiveHash>()).map_err(text)?;
        let hash = <ArchiveHash>::try_from(hash).map_err(text)?;
        archives.push(StoredArchive { hash, blob: blob(decoder)? });
    }
    Ok(archives)
}

/// Reads the next namespace.
pub(super) fn namespace(
    decoder: &mut Decoder<'_>,
    archives: &Archives,
) -> Result<StoredNamespace, Wrong> {
    let name = decoder.name().map_err(text)?;
    let of = dialect(decoder.u8().map_err(text)?).ok_or("an unknown dialect")?;
    let schema = change(decoder, &Schema::default(), archives).map_err(text)?;
    let mut wanted = Vec::new();
    for _ in 0..decoder.count(2).map_err(text)? {
        wanted.push((ClassId(decoder.u32().map_err(text)?), decoder.name().map_err(text)?));
    }
    let mut tables = Vec::new();
    for _ in 0..decoder.count(2).map_err(text)? {
        let class = ClassId(decoder.u32().map_err(text)?);
        let mut chunks = Vec::new();
        for _ in 0..decoder.count(4).map_err(text)? {
            chunks.push(chunk(decoder)?);
        }
        tables.push(StoredTable { class, chunks });
    }
    Ok(StoredNamespace { name, dialect: of, schema, wanted, tables })
}

fn chunk(decoder: &mut Decoder<'_>) -> Result<StoredChunk, Wrong> {
    let blob = blob(decoder)?;
    let rows = usize::try_from(decoder.u64().map_err(text)?).map_err(text)?;
    // Room is made for them before they are read.
    if rows > CAPACITY {
        return Err(format!("{rows} rows, of which {CAPACITY} make a chunk"));
    }
    let gone = decoder.bytes().map_err(text)?;
    let (words, rest) = gone.as_chunks();
    if !rest.is_empty() {
        return Err("a list of rows that ends within a word".to_owned());
    }
    let gone = words.iter().map(|word| u64::from_le_bytes(*word)).collect();
    Ok(StoredChunk { blob, rows, gone })
}

fn blob(decoder: &mut Decoder<'_>) -> Result<BlobId, Wrong> {
    let (segment, index) = (decoder.u32().map_err(text)?, decoder.u32().map_err(text)?);
    Ok(BlobId { segment, index })
}

fn text(error: impl std::fmt::Display) -> Wrong {
    error.to_string()
}
