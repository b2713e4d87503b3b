//! Opening a data directory, and what can be done with one that is open.

use super::checkpoint::{Archived, Extent};
use super::load::load;
use super::pipeline::Pipeline;
use super::record::Writer;
use super::replay::Replay;
use super::schema::Archives;
use super::{DurabilityStatus, Durable, SyncPolicy, storage};
use crate::context::Principal;
use crate::error::EngineError;
use crate::repository::{Repository, RepositoryBuilder};
use crate::store::Transaction;
use cimarron_journal::{Entry, Folder, JournalError, Medium, Options, Tail};
use cimarron_model::{Dialect, Name};
use parking_lot::Mutex;
use rustc_hash::FxHashSet;
use std::path::Path;
use std::sync::{Arc, mpsc};

/// A log with fewer bytes than this is read again in no time: closing leaves it as it is.
const SHORT_LOG: u64 = 4 << 20;

impl RepositoryBuilder {
    /// The repository in a data directory, which is made when it is not there: with everything
    /// that was committed to it, and from now on keeping what is.
    ///
    /// # Errors
    /// When the directory is in use, is damaged or foreign, or was written by a newer version.
    pub fn open(self, folder: impl AsRef<Path>) -> Result<Repository, EngineError> {
        self.open_on(Arc::new(open_folder(folder.as_ref())?))
    }

    /// The repository on a medium, as [`RepositoryBuilder::open`] on a folder.
    ///
    /// # Errors
    /// As there.
    pub fn open_on(self, medium: Arc<dyn Medium>) -> Result<Repository, EngineError> {
        let durability = self.durability_settings().clone();
        let options =
            Options { sync: durability.sync != SyncPolicy::Never, ahead: durability.ahead_bytes };
        let opened = cimarron_journal::open(medium, options).map_err(storage)?;
        let repository = self.build();
        repository.hub().set_opening(true);
        let mut archives = Archives::default();
        know_built_in(&mut archives);
        let stored = match &opened.checkpoint {
            Some(checkpoint) => load(&repository, checkpoint, &mut archives)?,
            None => Vec::new(),
        };
        let first = opened.checkpoint.as_ref().map_or(0, |checkpoint| checkpoint.commit);
        let [a, b, c, d, e, f, g, h, ..] = opened.journal.directory();
        repository.set_identity(u64::from_be_bytes([a, b, c, d, e, f, g, h]));
        if durability.keep_events {
            repository.hub().keep(&repository);
        }
        replay_all(Replay::new(&repository, archives, first), opened.tail)?;
        // What the reader of this log knows is not looked into again: archives are written anew.
        let writer = Writer::knowing(FxHashSet::default());
        let commits = repository.commits();
        let limits = (durability.sync, durability.log_bytes);
        let pipeline = Arc::new(Pipeline::new(opened.journal, limits, commits, writer));
        commits.set_sink(pipeline.clone());
        let durable = Arc::new(Durable {
            pipeline,
            commits: commits.clone(),
            namespaces: repository.namespaces_handle().clone(),
            executor: durability.executor,
            archived: Mutex::new(Archived::new(&stored)),
            checkpoint_failure: Mutex::default(),
        });
        durable.start().map_err(|source| {
            // Those that came would keep the directory.
            durable.stop();
            let file = "a thread".to_owned();
            storage(JournalError::Io { file, operation: "start", source })
        })?;
        repository.set_durable(durable);
        add_built_in(&repository)?;
        repository.hub().set_opening(false);
        repository.hub().watch_standing(&repository);
        Ok(repository)
    }
}

fn open_folder(path: &Path) -> Result<Folder, EngineError> {
    Folder::new(path).map_err(|source| {
        let file = path.display().to_string();
        storage(JournalError::Io { file, operation: "open", source })
    })
}

/// Does everything again that a log has, while another thread reads what comes.
fn replay_all(mut replay: Replay<'_>, tail: Tail) -> Result<(), EngineError> {
    let (give, taken) = mpsc::sync_channel(READ_AHEAD);
    std::thread::scope(|scope| {
        // Moved in, so that the other thread stops when this one does.
        let taken = taken;
        scope.spawn(move || {
            let mut tail = tail;
            // Until there is nothing more to give or nobody who takes.
            while tail.next().is_some_and(|entry| give.send(entry).is_ok()) {}
        });
        taken.iter().try_for_each(|entry| {
            let Entry { bytes, format, .. } = entry.map_err(storage)?;
            replay.entry(&bytes, format)
        })
    })
}

/// How many entries of a log are read ahead.
const READ_AHEAD: usize = 4;

/// Adds the system classes that came after a namespace was made. Those that it has stay as they
/// are, for rows may follow them.
fn add_built_in(repository: &Repository) -> Result<(), EngineError> {
    let mut transaction = Transaction::begin(repository.commits())?;
    for namespace in repository.all_current() {
        let start = crate::system::schema(&namespace.name, namespace.dialect);
        let schema = transaction.root(&namespace.store).schema.clone();
        if let Some(schema) = schema.with_built_in(&start) {
            transaction.set_schema(&namespace.store, Arc::new(schema));
        }
    }
    transaction.commit(&Principal::system()).map(drop)
}

/// Lets what was written find the archive of the system classes, so that namespaces share it.
pub(super) fn know_built_in(archives: &mut Archives) {
    let start = crate::system::schema(&Name::new("root"), Dialect::Wmi);
    start.classes().for_each(|class| archives.know(class.def().archive()));
}

impl Repository {
    /// The repository in a data directory, with all defaults; see [`RepositoryBuilder::open`].
    ///
    /// ```
    /// # use cimarron_engine::{CallContext, Repository};
    /// # use cimarron_model::{Dialect, Instance};
    /// # let folder = tempfile::tempdir()?;
    /// # let folder = folder.path().join("data");
    /// # let context = CallContext::new();
    /// {
    ///     let repository = Repository::open(&folder)?;
    ///     repository.create_namespace("root/cimv2", Dialect::Wmi)?;
    ///     let session = repository.session("root/cimv2")?;
    ///     session.compile_mof_text(&context, "a.mof", "class X_Fan { [key] string Id; };")?;
    ///     session.create_instance(&context, &Instance::new("X_Fan").with("Id", "f1"))?;
    /// }
    /// let session = Repository::open(&folder)?.session("root/cimv2")?;
    /// assert_eq!(session.query(&context, "SELECT * FROM X_Fan")?.count()?, 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When the directory is in use, is damaged or foreign, or was written by a newer version.
    pub fn open(folder: impl AsRef<Path>) -> Result<Self, EngineError> {
        Self::builder().open(folder)
    }

    /// Waits until everything that was committed is in the log, and on the disk unless the
    /// policy is [`SyncPolicy::Never`]. Does nothing without a data directory.
    ///
    /// # Errors
    /// When the log cannot be written.
    pub fn sync(&self) -> Result<(), EngineError> {
        self.durable().map_or(Ok(()), |durable| durable.pipeline.flush())
    }

    /// Makes a checkpoint: writes what the last one does not have, so that opening need not do
    /// what the log says again. Others read and write meanwhile. It happens by itself when a log
    /// has become long. Does nothing without a data directory.
    ///
    /// # Errors
    /// When the disk refuses. Everything is as safe as before.
    pub fn checkpoint(&self) -> Result<(), EngineError> {
        self.durable().map_or(Ok(()), |durable| durable.checkpoint(Extent::Changed))
    }

    /// Makes a checkpoint that has everything anew and nothing of what is not needed any more.
    ///
    /// # Errors
    /// As [`Repository::checkpoint`].
    pub fn compact(&self) -> Result<(), EngineError> {
        self.durable().map_or(Ok(()), |durable| durable.checkpoint(Extent::All))
    }

    /// Reads all that the last checkpoint wrote and compares it with its hashes. Opening reads
    /// what it needs; this finds damage in the rest too, such as what a newer version of the
    /// program would read. Does nothing without a data directory.
    ///
    /// # Errors
    /// When something is not as it was written, or the disk refuses.
    pub fn verify(&self) -> Result<(), EngineError> {
        let Some(durable) = self.durable() else { return Ok(()) };
        let pinned = durable.pipeline.journal().pin();
        let segments = pinned.segments();
        segments.facts().try_for_each(|facts| segments.verify(facts.number)).map_err(storage)
    }

    /// Copies everything that is committed to an empty folder, as a data directory of its own.
    /// Others read and write meanwhile.
    ///
    /// # Errors
    /// When there is no data directory, the folder is not empty, or the disk refuses.
    pub fn backup(&self, folder: impl AsRef<Path>) -> Result<(), EngineError> {
        let durable = self.durable().ok_or(EngineError::NotDurable)?;
        let target = open_folder(folder.as_ref())?;
        durable.checkpoint(Extent::Changed)?;
        durable.pipeline.journal().backup(&target).map(drop).map_err(storage)
    }

    /// Makes an empty folder a data directory with what the last checkpoint of another has, which
    /// nobody has open. For one that is refused because a log is damaged: what was committed since
    /// the checkpoint is lost, and a backup may be newer. The other directory is not changed.
    ///
    /// # Errors
    /// When the checkpoint cannot be read either, the folder is not empty, or the disk refuses.
    pub fn rescue(damaged: impl AsRef<Path>, folder: impl AsRef<Path>) -> Result<(), EngineError> {
        let (source, target) = (open_folder(damaged.as_ref())?, open_folder(folder.as_ref())?);
        cimarron_journal::rescue(&source, &target).map(drop).map_err(storage)
    }

    /// How the data directory is; `None` without one.
    pub fn durability(&self) -> Option<DurabilityStatus> {
        let durable = self.durable()?;
        let pipeline = &durable.pipeline;
        Some(DurabilityStatus {
            sync: pipeline.policy(),
            commit: self.commits().visible(),
            logged: pipeline.settled(),
            checkpoint: pipeline.journal().pin().commit(),
            log_bytes: pipeline.journal().log_bytes(),
            failure: pipeline.failure().map(ToString::to_string),
            checkpoint_failure: durable.checkpoint_failure.lock().clone(),
        })
    }

    /// Writes what is left to write, and makes a checkpoint when the log is long, so that the
    /// directory opens quickly. One that cannot be made is told by [`Repository::durability`] and
    /// is no error: the log has everything. The directory is free again when the last handle of the
    /// repository and the last session are gone.
    ///
    /// # Errors
    /// When what is left cannot be written.
    pub fn close(self) -> Result<(), EngineError> {
        self.sync()?;
        if let Some(durable) = self.durable()
            && durable.pipeline.journal().log_bytes() > SHORT_LOG
        {
            // It is kept for whoever asks.
            let _ = self.checkpoint();
        }
        Ok(())
    }
}

impl Durable {
    /// Writes what is left to write and ends the threads.
    pub(crate) fn stop(&self) {
        // Who wants to know whether it went well calls `sync` or `close`.
        let _ = self.pipeline.flush();
        self.pipeline.signals.stop();
    }
}
