//! Writing the whole state, so that a log can go.
//!
//! 1. A new log is made and synced, while everything goes on.
//! 2. For a moment nobody writes: the old log gets what is pending, commits go to the new log
//!    from here on, and the schemas and lists of chunks are taken down. Nothing is copied: a
//!    schema never changes, nor do the rows of a chunk that are there.
//! 3. While everything goes on, the chunks that no segment has yet are written to new segments,
//!    and so are those of segments of which little is used any more.
//! 4. A new manifest names all of it. The old log and what nobody names goes.
//!
//! If it ends before the new manifest is there, the old one and both logs still have everything.

use super::record::Writer;
use super::schema::ArchiveHash;
use super::segments::worthwhile;
use super::state::{
    StoredArchive, StoredChunk, StoredTable, put_archives, put_namespace, put_tables,
};
use super::{Durable, storage};
use crate::codec::put_count;
use crate::error::EngineError;
use crate::namespace::Namespace;
use crate::schema::ClassId;
use crate::store::{Chunk, Commit, Root, image};
use cimarron_journal::{AlignedVec, BlobId, SegmentWriter};
use cimarron_schema::Archive;
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use std::sync::Arc;

/// How much of the state a checkpoint writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// What the one before does not have.
    Changed,
    /// Everything.
    All,
}

/// The state at a commit.
pub(super) struct Captured {
    commit: Commit,
    first_log: u64,
    namespaces: Vec<CapturedNamespace>,
}

struct CapturedNamespace {
    namespace: Arc<Namespace>,
    root: Arc<Root>,
    /// The classes that have chunks.
    tables: Vec<(ClassId, CapturedChunks)>,
}

/// Chunks, and how many rows each has.
type CapturedChunks = Vec<(Arc<Chunk>, usize)>;

/// The archives that the last checkpoint has.
#[derive(Debug, Default)]
pub(super) struct Archived(FxHashMap<ArchiveHash, BlobId>);

impl Archived {
    pub(super) fn new(archives: &[StoredArchive]) -> Self {
        Self(archives.iter().map(|stored| (stored.hash, stored.blob)).collect())
    }
}

impl Durable {
    /// Makes a checkpoint of the newest commit.
    pub(super) fn checkpoint(&self, extent: Extent) -> Result<(), EngineError> {
        let mut archived = self.archived.lock();
        let made = self.make_checkpoint(extent, &mut archived);
        self.pipeline.plan_checkpoint(made.is_ok());
        *self.checkpoint_failure.lock() = made.as_ref().err().map(ToString::to_string);
        made
    }

    fn make_checkpoint(&self, extent: Extent, archived: &mut Archived) -> Result<(), EngineError> {
        let captured = self.capture()?;
        let journal = self.pipeline.journal();
        let mut writing = Writing {
            segments: journal.new_segments().map_err(storage)?,
            kept: match extent {
                Extent::Changed => worthwhile(journal.pin().segments(), captured.blobs(archived)),
                Extent::All => BTreeSet::new(),
            },
            named: BTreeSet::new(),
            new: Vec::new(),
            image: AlignedVec::new(),
        };
        let archives = writing.archives(captured.archives(), archived)?;
        let mut state = Vec::new();
        put_archives(&mut state, &archives);
        put_count(&mut state, captured.namespaces.len());
        for namespace in &captured.namespaces {
            writing.namespace(&mut state, namespace, captured.commit)?;
        }
        let Writing { segments, mut named, new, .. } = writing;
        named.extend(segments.finish().map_err(storage)?);
        let named: Vec<u32> = named.into_iter().collect();
        let Captured { commit, first_log, .. } = captured;
        journal.install(commit, state, &named, first_log).map_err(storage)?;
        for (chunk, rows, blob) in new {
            chunk.set_stored(blob, rows);
        }
        *archived = Archived::new(&archives);
        Ok(())
    }

    /// Takes the state down, and has the commits behind it go to another log.
    fn capture(&self) -> Result<Captured, EngineError> {
        let journal = self.pipeline.journal();
        let next = journal.prepare_log().map_err(storage)?;
        let mut end = self.pipeline.end();
        // Most of what is pending, while others may write.
        let woken = self.pipeline.append(&mut end, None)?;
        let place = self.commits.hold();
        let rest = self.pipeline.append(&mut end, Some(&place));
        let captured = rest.and_then(|rest| {
            let first_log = journal.switch(next).map_err(storage)?;
            let namespaces = self.namespaces.all_current();
            let namespaces = namespaces.into_iter().map(CapturedNamespace::new).collect();
            let captured = Captured { commit: place.last(), first_log, namespaces };
            let known = captured.archives().into_keys().collect();
            end.writer = Writer::knowing(known);
            Ok((captured, rest))
        });
        drop((place, end));
        woken.wake();
        let (captured, rest) = captured?;
        rest.wake();
        Ok(captured)
    }
}

impl Captured {
    /// The archives that classes lie in.
    fn archives(&self) -> FxHashMap<ArchiveHash, Arc<Archive>> {
        let roots = self.namespaces.iter().map(|namespace| &namespace.root);
        let archives = roots.flat_map(|root| root.schema.classes()).map(|c| c.def().archive());
        archives.map(|archive| (archive.content_hash(), archive.clone())).collect()
    }

    /// The blobs of the last checkpoint that have something of this state.
    fn blobs(&self, archived: &Archived) -> Vec<BlobId> {
        let archives = self.archives().into_keys().filter_map(|hash| archived.0.get(&hash));
        let chunks = self.namespaces.iter().flat_map(|namespace| &namespace.tables);
        let chunks = chunks.flat_map(|(_, chunks)| chunks);
        let chunks = chunks.filter_map(|(chunk, rows)| chunk.stored(*rows));
        archives.copied().chain(chunks).collect()
    }
}

impl CapturedNamespace {
    fn new(namespace: Arc<Namespace>) -> Self {
        let root = namespace.store.newest_root();
        let chunks_of = |class: ClassId| {
            let chunks = root.table(class)?.all_chunks();
            let chunks: CapturedChunks =
                chunks.iter().map(|chunk| (chunk.clone(), chunk.len())).collect();
            (!chunks.is_empty()).then_some((class, chunks))
        };
        let tables = root.schema.classes().filter_map(|class| chunks_of(class.def().id));
        let tables = tables.collect();
        Self { namespace, root, tables }
    }
}

/// A checkpoint in the making.
struct Writing {
    segments: SegmentWriter,
    /// The segments of the last checkpoint that may be named again.
    kept: BTreeSet<u32>,
    /// Those that are.
    named: BTreeSet<u32>,
    /// What was written, to be found again by the next checkpoint.
    new: Vec<(Arc<Chunk>, usize, BlobId)>,
    image: AlignedVec<16>,
}

impl Writing {
    /// Names a blob of the last checkpoint, if its segment may be.
    fn again(&mut self, blob: Option<BlobId>) -> Option<BlobId> {
        let blob = blob.filter(|blob| self.kept.contains(&blob.segment))?;
        self.named.insert(blob.segment);
        Some(blob)
    }

    fn archives(
        &mut self,
        archives: FxHashMap<ArchiveHash, Arc<Archive>>,
        archived: &Archived,
    ) -> Result<Vec<StoredArchive>, EngineError> {
        let mut stored = Vec::with_capacity(archives.len());
        for (hash, archive) in archives {
            let blob = match self.again(archived.0.get(&hash).copied()) {
                Some(blob) => blob,
                None => self.segments.add(archive.bytes()).map_err(storage)?,
            };
            stored.push(StoredArchive { hash, blob });
        }
        stored.sort_unstable_by_key(|archive| archive.hash);
        Ok(stored)
    }

    fn namespace(
        &mut self,
        state: &mut Vec<u8>,
        captured: &CapturedNamespace,
        commit: Commit,
    ) -> Result<(), EngineError> {
        let CapturedNamespace { namespace, root, tables } = captured;
        let what = (&namespace.name, namespace.dialect, &*root.schema);
        put_namespace(state, what, &root.wanted());
        let mut stored = Vec::with_capacity(tables.len());
        for (class, chunks) in tables {
            let mut table = StoredTable { class: *class, chunks: Vec::with_capacity(chunks.len()) };
            for (chunk, rows) in chunks {
                table.chunks.extend(self.chunk(chunk, *rows, commit)?);
            }
            if !table.chunks.is_empty() {
                stored.push(table);
            }
        }
        put_tables(state, &stored);
        Ok(())
    }

    /// A chunk as the commit sees it; `None` when it sees none of its rows.
    fn chunk(
        &mut self,
        chunk: &Arc<Chunk>,
        rows: usize,
        commit: Commit,
    ) -> Result<Option<StoredChunk>, EngineError> {
        let gone = chunk.deaths_at(commit, rows).unwrap_or_default();
        let gone_rows: usize = gone.iter().map(|word| word.count_ones() as usize).sum();
        if gone_rows >= rows {
            return Ok(None);
        }
        let blob = match self.again(chunk.stored(rows)) {
            Some(blob) => blob,
            None => {
                image::encode(chunk, rows, &mut self.image)
                    .map_err(|error| EngineError::Unstorable { problem: error.to_string() })?;
                let blob = self.segments.add(&self.image).map_err(storage)?;
                self.new.push((chunk.clone(), rows, blob));
                blob
            }
        };
        Ok(Some(StoredChunk { blob, rows, gone }))
    }
}
