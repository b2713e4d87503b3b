//! The one order of all commits of a repository.
//!
//! There is one writer at a time. It stamps what it does with the number of its
//! commit and then publishes that number: one store, which makes a batch visible
//! as a whole. Readers take no lock.

use super::Store;
use super::changes::{ChangeLog, Listener, Moment, Record};
use super::chunk::Chunk;
use super::near::Near;
use super::root::Root;
use super::snapshot::View;
use super::transaction::Dead;
use super::versions::Commit;
use crate::clock::Clock;
use crate::error::EngineError;
use crate::limits::Limits;
use crate::schema::ClassId;
use cimarron_cells::{Live, Registered, Registry, Writer};
use parking_lot::{Mutex, MutexGuard};
use std::collections::VecDeque;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, Weak};
use std::task::Waker;

#[derive(Debug)]
pub(crate) struct Commits {
    pub(super) registry: Arc<Registry>,
    /// Counts the times that rows were moved. Who looked for a row and found
    /// nothing looks again when it has changed.
    moves: AtomicU64,
    writer: Mutex<WriterState>,
    /// Views whose owners may take long, the oldest first.
    pinned: Mutex<VecDeque<Weak<View>>>,
    /// Chunks that tables gave up while somebody held them, and how large they are.
    retired: Mutex<Vec<(Weak<Chunk>, usize)>>,
    /// What prepared readers keep.
    near: Mutex<Vec<Weak<Near>>>,
    log: ChangeLog,
    /// Tells when a commit was.
    clock: Arc<dyn Clock>,
    /// Where commits go before or after they are published; `None` when they go nowhere.
    sink: OnceLock<Arc<dyn Sink>>,
    /// What whoever is about to write does first.
    before_write: BeforeWrite,
    /// Is told of commits of instances that make the engine do something.
    standing: OnceLock<StandingHook>,
    /// How many dead rows are kept for them at most.
    dead_rows: usize,
}

/// What is done before a write.
#[derive(Default)]
struct BeforeWrite(OnceLock<Box<dyn Fn() + Send + Sync>>);

impl fmt::Debug for BeforeWrite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("BeforeWrite").field(&self.0.get().is_some()).finish()
    }
}

/// A commit that readers do not see yet.
pub(crate) struct Applied {
    pub(crate) number: Commit,
    /// The schemas that it replaces.
    pub(super) roots: Vec<(Arc<Store>, Arc<Root>)>,
    /// What it changed; `None` when nobody would hear of it.
    pub(crate) record: Option<Arc<Record>>,
    /// What to do once it is published.
    pub(super) then: Vec<Box<dyn FnOnce() + Send>>,
}

impl Applied {
    /// Whether whoever publishes it must have the writer's place.
    pub(crate) fn needs_writer(&self) -> bool {
        !self.roots.is_empty()
    }
}

impl fmt::Debug for Applied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Applied").field("number", &self.number).finish_non_exhaustive()
    }
}

/// Those who wait for a commit that was published. They may want to write: they are to be
/// woken when the writer's place is free.
#[derive(Debug, Default)]
#[must_use]
pub(crate) struct Woken(Vec<(u64, Waker)>);

impl Woken {
    pub(crate) fn wake(self) {
        self.0.into_iter().for_each(|(_, waker)| waker.wake());
    }
}

/// The writer's place, held by somebody who does not write.
#[derive(Debug)]
pub(crate) struct WriterPlace<'c>(MutexGuard<'c, WriterState>);

impl WriterPlace<'_> {
    /// The number of the last commit.
    pub(crate) fn last(&self) -> Commit {
        self.0.last
    }
}

/// Where commits go beside the memory.
pub(crate) trait Sink: Send + Sync + fmt::Debug {
    /// Fails when nothing may be written any more.
    fn check(&self) -> Result<(), EngineError>;

    /// Takes a commit, from the writer and so in the order of commits. Publishes it, now or
    /// later.
    fn take(&self, commits: &Commits, applied: Applied) -> Woken;

    /// Waits until a commit is published.
    fn settle(&self, commit: Commit) -> Result<(), EngineError>;
}

struct StandingHook(Box<dyn Fn() + Send + Sync>);

impl fmt::Debug for StandingHook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StandingHook")
    }
}

/// What the one writer has.
#[derive(Debug)]
pub(super) struct WriterState {
    pub(super) token: Writer,
    /// The number of the last commit.
    pub(super) last: Commit,
    /// Dead rows that some snapshot may still see, the oldest first.
    pub(super) deferred: VecDeque<Dead>,
    /// Dead rows whose deaths are not published, in their order.
    pub(super) unpublished: VecDeque<Dead>,
    /// Memory that is used again.
    pub(super) live: Live,
}

impl Commits {
    /// No commit yet.
    pub(crate) fn new(limits: &Limits, clock: Arc<dyn Clock>) -> Self {
        Self {
            pinned: Mutex::default(),
            retired: Mutex::default(),
            near: Mutex::default(),
            dead_rows: limits.dead_rows,
            log: ChangeLog::new(limits.kept_commits),
            clock,
            sink: OnceLock::new(),
            before_write: BeforeWrite::default(),
            standing: OnceLock::new(),
            registry: Arc::new(Registry::new(0)),
            moves: AtomicU64::new(0),
            writer: Mutex::new(WriterState {
                token: Writer::new(),
                last: 0,
                deferred: VecDeque::new(),
                unpublished: VecDeque::new(),
                live: Live::default(),
            }),
        }
    }

    /// Notes that a table gave a chunk up. Who began to read it before may have it.
    pub(super) fn retire(&self, chunk: &Arc<Chunk>) {
        // Ours is one.
        if Arc::strong_count(chunk) > 1 {
            let mut retired = self.retired.lock();
            if retired.len() == retired.capacity() {
                self.let_go();
                retired.retain(|(chunk, _)| chunk.strong_count() > 0);
                let left = retired.len();
                retired.reserve(left.max(16));
            }
            retired.push((Arc::downgrade(chunk), chunk.heap_bytes()));
        }
    }

    /// Lets prepared readers that do not read just now let go of what they keep: it may be
    /// all that keeps chunks that were given up.
    pub(super) fn let_go(&self) {
        let mut near = self.near.lock();
        near.retain(|near| near.upgrade().inspect(|near| near.let_go()).is_some());
    }

    /// A place for what a prepared reader keeps.
    pub(crate) fn near(&self, store: &Arc<Store>, key_root: ClassId) -> Arc<Near> {
        let new = Arc::new(Near::new(store, key_root));
        let mut near = self.near.lock();
        if near.len() == near.capacity() {
            near.retain(|near| near.strong_count() > 0);
            let left = near.len();
            near.reserve(left.max(16));
        }
        near.push(Arc::downgrade(&new));
        new
    }

    /// Bytes of rows that are kept for results that are still open, and for nobody else.
    pub(crate) fn pinned_bytes(&self) -> usize {
        let mut retired = self.retired.lock();
        retired.retain(|(chunk, _)| chunk.strong_count() > 0);
        if !retired.is_empty() {
            self.let_go();
            retired.retain(|(chunk, _)| chunk.strong_count() > 0);
        }
        retired.iter().map(|(_, bytes)| bytes).sum()
    }

    /// How many chunks are remembered that tables gave up.
    #[cfg(test)]
    pub(crate) fn retired(&self) -> usize {
        self.retired.lock().len()
    }

    pub(crate) const fn log(&self) -> &ChangeLog {
        &self.log
    }

    /// Whether anybody would hear of a change.
    #[inline]
    pub(super) fn is_heard(&self) -> bool {
        self.log.is_heard() || self.sink.get().is_some()
    }

    /// Where commits go beside the memory.
    #[inline]
    pub(super) fn sink(&self) -> Option<&dyn Sink> {
        self.sink.get().map(|sink| &**sink)
    }

    /// Says where commits go from now on. To be said once, before others write.
    pub(crate) fn set_sink(&self, sink: Arc<dyn Sink>) {
        // The second of two would be a mistake of the program.
        let _ = self.sink.set(sink);
    }

    /// Says what whoever is about to write does first, from now on. What was said first holds.
    pub(crate) fn set_before_write(&self, act: Box<dyn Fn() + Send + Sync>) {
        // It is the same each time.
        let _ = self.before_write.0.set(act);
    }

    /// What whoever is about to write does before it has the writer's place.
    pub(super) fn before_write(&self) {
        if let Some(act) = self.before_write.0.get() {
            act();
        }
    }

    /// Waits until a commit is published.
    pub(crate) fn settle(&self, commit: Commit) -> Result<(), EngineError> {
        self.sink().map_or(Ok(()), |sink| sink.settle(commit))
    }

    /// Publishes commits, in their order. Whoever does so is the writer, or has the writer's
    /// place if one of them [needs](Applied::needs_writer) it.
    pub(crate) fn publish(&self, all: impl IntoIterator<Item = Applied>) -> Woken {
        let mut woken = Woken::default();
        for applied in all {
            self.registry.publish(applied.number);
            for (store, root) in &applied.roots {
                root.let_go_of_before(store);
            }
            if !applied.roots.is_empty() {
                self.let_go();
            }
            applied.then.into_iter().for_each(|then| then());
            if let Some(record) = applied.record {
                woken.0.extend(self.log.push(record));
            }
        }
        woken
    }

    /// Records of commits that were published when a repository was opened again.
    pub(crate) fn remember(&self, records: Vec<Record>) {
        for record in records {
            // Nobody waits yet.
            drop(self.log.push(Arc::new(record)));
        }
    }

    /// Begins to count where a repository left off that is opened again.
    pub(crate) fn start_at(&self, commit: Commit) {
        self.lock().last = commit;
        self.registry.publish(commit);
    }

    /// Begins to listen to changes. Waits for a commit in the making, which records nothing
    /// if nobody listened when it began: whoever reads what there is afterwards and then
    /// follows the changes misses none.
    pub(crate) fn listen(&self) -> Listener {
        let _turn = self.lock();
        self.log.listen(self.visible())
    }

    /// Says whom to tell of commits of instances that make the engine do something: who
    /// commits them does, when they are published.
    pub(crate) fn set_standing_hook(&self, hook: Box<dyn Fn() + Send + Sync>) {
        // The second of two would be a mistake of the program.
        let _ = self.standing.set(StandingHook(hook));
    }

    pub(super) fn announce(&self, is_standing: bool) {
        if let Some(StandingHook(hook)) = self.standing.get().filter(|_| is_standing) {
            hook();
        }
    }

    /// What time it is.
    pub(crate) fn moment_of_clock(&self) -> Moment {
        Moment { now: self.clock.now(), wall: self.clock.wall() }
    }

    /// Keeps a view until it is dropped or too much is kept for it.
    pub(crate) fn pin(&self, view: View) -> Arc<View> {
        let view = Arc::new(view);
        let mut pinned = self.pinned.lock();
        pinned.retain(|view| view.strong_count() > 0);
        pinned.push_back(Arc::downgrade(&view));
        view
    }

    /// Gives up the oldest pinned view when more dead rows wait than may.
    pub(super) fn relieve(&self, waiting: usize) {
        if waiting <= self.dead_rows {
            return;
        }
        let mut pinned = self.pinned.lock();
        while let Some(oldest) = pinned.pop_front() {
            if let Some(view) = oldest.upgrade() {
                view.expire();
                return;
            }
        }
    }

    /// The newest commit that readers see.
    #[inline]
    pub(crate) fn visible(&self) -> Commit {
        self.registry.visible()
    }

    /// Keeps everything that the newest commit sees until the guard is dropped.
    pub(super) fn register(&self) -> Registered<Arc<Registry>> {
        Registry::register(self.registry.clone())
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, WriterState> {
        self.writer.lock()
    }

    /// Takes the writer's place and writes nothing.
    pub(crate) fn hold(&self) -> WriterPlace<'_> {
        WriterPlace(self.lock())
    }

    /// What to compare before and after looking for a row in vain.
    #[inline]
    pub(crate) fn moment(&self) -> (u64, Commit) {
        (self.moves.load(Ordering::Acquire), self.visible())
    }

    /// Says that rows are about to leave the places where they were.
    pub(super) fn announce_move(&self) {
        self.moves.fetch_add(1, Ordering::AcqRel);
    }
}
