//! Reading a checkpoint.
//!
//! Chunks are read, verified and decoded by as many threads as the machine has to spare, which
//! also hash the keys; this thread enters the rows in the indexes as they come. Links between
//! objects are found last, when everything that they lead to is there.

use super::replay::{may_come, shared_start};
use super::schema::Archives;
use super::state::{self, StoredArchive, StoredChunk, StoredNamespace};
use super::storage;
use crate::codec::Decoder;
use crate::context::Principal;
use crate::error::EngineError;
use crate::namespace::Namespace;
use crate::repository::Repository;
use crate::schema::Layout;
use crate::session::relink;
use crate::store::{Chunk, KeyRules, Root, Table, Transaction, image};
use cimarron_journal::{AlignedVec, Checkpoint};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

/// How many decoded chunks may wait to be entered.
const WAITING: usize = 16;

/// A chunk to be read.
struct Job {
    layout: Arc<Layout>,
    rules: KeyRules,
    stored: StoredChunk,
    /// Which of the tables it belongs to, and its place there.
    table: usize,
    place: usize,
}

/// A table that is being filled.
struct Filling {
    namespace: Arc<Namespace>,
    table: Arc<Table>,
    chunks: Vec<Option<Arc<Chunk>>>,
}

/// A chunk that was read, and the hashes of its keys.
type Read = Result<(image::Image, Vec<u64>), EngineError>;

/// Fills an empty repository with a checkpoint; where the checkpoint has its archives.
pub(super) fn load(
    repository: &Repository,
    checkpoint: &Checkpoint,
    archives: &mut Archives,
) -> Result<Vec<StoredArchive>, EngineError> {
    let mut decoder = Decoder::new(&checkpoint.state);
    let stored = load_archives(&mut decoder, checkpoint, archives)?;
    let mut transaction = Transaction::begin(repository.commits())?;
    let (mut jobs, mut tables) = (Vec::new(), Vec::new());
    let mut roots: Vec<(Arc<Namespace>, Arc<Root>)> = Vec::new();
    for _ in 0..decoder.count(1).map_err(|damaged| wrong(damaged.to_string()))? {
        let stored = state::namespace(&mut decoder, archives).map_err(wrong)?;
        roots.push(prepare(repository, &mut transaction, stored, &mut jobs, &mut tables)?);
    }
    decoder.finish().map_err(|damaged| wrong(damaged.to_string()))?;
    read_all(checkpoint, &jobs, |job, read| {
        let (image, hashes) = read?;
        let Some(filling) = tables.get_mut(job.table) else { return Ok(()) };
        let Filling { namespace, table, chunks } = filling;
        let what = (image, &*job.stored.gone, &*hashes);
        let chunk = transaction
            .restore(&namespace.store, table, &job.layout, what)
            .map_err(|problem| in_blob(&job.stored, problem.to_string()))?;
        chunk.set_stored(job.stored.blob, job.stored.rows);
        if let Some(place) = chunks.get_mut(job.place) {
            *place = Some(chunk);
        }
        Ok(())
    })?;
    for Filling { table, chunks, .. } in tables {
        transaction.restore_chunks(&table, chunks.into_iter().flatten().collect());
    }
    std::thread::scope(|scope| {
        let roots = &roots;
        scope.spawn(move || {
            for (_, root) in roots {
                for index in root.ordered().iter().map(|known| &known.index) {
                    index.build(&root.chunks_under(index.class));
                }
            }
        });
        for (namespace, root) in roots {
            relink(namespace, root, &mut transaction);
        }
    });
    transaction.renumber(checkpoint.commit);
    transaction.commit(&Principal::system())?;
    repository.commits().start_at(checkpoint.commit);
    Ok(stored)
}

fn load_archives(
    decoder: &mut Decoder<'_>,
    checkpoint: &Checkpoint,
    archives: &mut Archives,
) -> Result<Vec<StoredArchive>, EngineError> {
    let stored = state::archives(decoder).map_err(wrong)?;
    let mut buffer = AlignedVec::new();
    for archive in &stored {
        if !archives.has(&archive.hash) {
            checkpoint.read(archive.blob, &mut buffer).map_err(storage)?;
            archives.add(&buffer).map_err(wrong)?;
        }
    }
    Ok(stored)
}

/// Makes a namespace without rows, and notes what is to be read for it.
fn prepare<'r>(
    repository: &'r Repository,
    transaction: &mut Transaction<'r>,
    stored: StoredNamespace,
    jobs: &mut Vec<Job>,
    tables: &mut Vec<Filling>,
) -> Result<(Arc<Namespace>, Arc<Root>), EngineError> {
    let StoredNamespace { name, dialect, schema, wanted, tables: stored } = stored;
    may_come(repository, &name).map_err(|what| wrong(what.to_owned()))?;
    let start = shared_start(&name, dialect, schema);
    let namespace = repository.install(transaction, &name, dialect, start);
    let store = &namespace.store;
    if !wanted.is_empty() {
        transaction.set_indexes(store, &wanted);
    }
    let root = transaction.root(store);
    for table in stored {
        let found = root.schema.by_id(table.class).zip(root.table(table.class));
        let (class, into) = found.ok_or_else(|| wrong("rows of an unknown class".to_owned()))?;
        let rows = table.chunks.iter().map(|chunk| chunk.rows).sum();
        transaction.reserve(store, into, rows);
        let count = table.chunks.len();
        for (place, stored) in table.chunks.into_iter().enumerate() {
            let (layout, rules) = (class.layout().clone(), store.rules().clone());
            jobs.push(Job { layout, rules, stored, table: tables.len(), place });
        }
        let chunks = vec![None; count];
        tables.push(Filling { namespace: namespace.clone(), table: into.clone(), chunks });
    }
    Ok((namespace, root))
}

/// Reads chunks beside this thread, which takes them in any order.
fn read_all(
    checkpoint: &Checkpoint,
    jobs: &[Job],
    mut take: impl FnMut(&Job, Read) -> Result<(), EngineError>,
) -> Result<(), EngineError> {
    let spare = std::thread::available_parallelism().map_or(1, |n| n.get().saturating_sub(1));
    let next = AtomicUsize::new(0);
    let (give, taken) = mpsc::sync_channel(WAITING);
    std::thread::scope(|scope| {
        // Moved in, so that those who still read stop when this ends early.
        let taken = taken;
        for _ in 0..spare.clamp(1, jobs.len().max(1)) {
            let give = give.clone();
            scope.spawn(|| {
                let give = give;
                let mut buffer = AlignedVec::new();
                while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if give.send((job, read(checkpoint, job, &mut buffer))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(give);
        taken.iter().try_for_each(|(job, read)| take(job, read))
    })
}

fn read(checkpoint: &Checkpoint, job: &Job, buffer: &mut AlignedVec<16>) -> Read {
    checkpoint.read(job.stored.blob, buffer).map_err(storage)?;
    let image = image::decode(buffer, &job.layout)
        .map_err(|damaged| in_blob(&job.stored, damaged.to_string()))?;
    if image.rows != job.stored.rows {
        return Err(in_blob(&job.stored, "another number of rows".to_owned()));
    }
    let hashes = image.key_hashes(&job.layout, &job.rules).collect();
    Ok((image, hashes))
}

fn wrong(problem: String) -> EngineError {
    EngineError::DataDamaged { place: "the state in MANIFEST".to_owned(), problem }
}

fn in_blob(stored: &StoredChunk, problem: String) -> EngineError {
    let place = format!("blob {} of segment {}", stored.blob.index, stored.blob.segment);
    EngineError::DataDamaged { place, problem }
}
