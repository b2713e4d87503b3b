//! Repositories in a data directory, and those that are in memory only.
//!
//! This is the only place that knows how the engine keeps a repository on disk.

use crate::args::{DataArgs, SyncMode};
use crate::failure::Failure;
use cimarron_engine::{
    CallContext, Durability, DurabilityStatus, EngineError, Loaded, Repository, Session, SyncPolicy,
};
use cimarron_model::{Dialect, Status};
use cimarron_mof::{Base, CompileOptions, Diagnostics, Sources};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Whether a directory has to be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expect {
    /// It must: nothing is put there.
    There,
    /// It is made when it is not.
    Anything,
}

/// A repository that a command works on.
pub(crate) struct Data {
    repository: Repository,
    folder: Option<PathBuf>,
    /// How the folder is to be made a data directory, which it is not yet: the repository is in
    /// memory till then, and empty.
    unmade: Option<(Dialect, SyncMode)>,
}

impl Data {
    /// A repository that goes with the program.
    pub(crate) fn in_memory(dialect: Dialect) -> Self {
        Self::holding(Repository::builder().dialect(dialect).build())
    }

    /// A repository that nothing is to be known about.
    pub(crate) const fn holding(repository: Repository) -> Self {
        Self { repository, folder: None, unmade: None }
    }

    /// What the arguments say: a directory's repository, or one in memory.
    pub(crate) fn of(args: &DataArgs, dialect: Dialect, expect: Expect) -> Result<Self, Failure> {
        match &args.data {
            Some(folder) => Self::open(folder, dialect, args.sync, expect),
            None => Ok(Self::in_memory(dialect)),
        }
    }

    /// A directory's repository.
    pub(crate) fn open(
        folder: &Path,
        dialect: Dialect,
        sync: SyncMode,
        expect: Expect,
    ) -> Result<Self, Failure> {
        if folder.is_file() {
            let message = format!("`{}` is a file, and no data directory", folder.display());
            return Err(Failure::input(Status::InvalidParameter, message));
        }
        if expect == Expect::There && is_vacant(folder)? {
            let message = format!("`{}` holds no repository", folder.display());
            return Err(Failure::input(Status::NotFound, message));
        }
        let policy = match sync {
            SyncMode::Always => SyncPolicy::Always,
            SyncMode::Never => SyncPolicy::Never,
            SyncMode::Every(time) => SyncPolicy::Every(time),
        };
        let durability = Durability::default().with_sync(policy);
        let builder = Repository::builder().dialect(dialect).durability(durability);
        let repository = builder.open(folder).map_err(|error| about(folder, &error))?;
        Ok(Self { repository, folder: Some(folder.to_owned()), unmade: None })
    }

    /// A directory's repository. A directory that is not there yet is made by the first
    /// [`Data::commit`] that has something to put there.
    pub(crate) fn open_or_plan(
        folder: &Path,
        dialect: Dialect,
        sync: SyncMode,
    ) -> Result<Self, Failure> {
        if folder.is_file() || !is_vacant(folder)? {
            return Self::open(folder, dialect, sync, Expect::There);
        }
        let unmade = Some((dialect, sync));
        Ok(Self { folder: Some(folder.to_owned()), unmade, ..Self::in_memory(dialect) })
    }

    /// Makes one commit. Where the directory is still to be made, memory tells first whether
    /// the commit is refused: nothing is on the disk then.
    ///
    /// # Errors
    /// When the directory cannot be made; within, what the commit fails with.
    pub(crate) fn commit<T>(
        &mut self,
        commit: impl Fn(&Repository) -> Result<T, EngineError>,
    ) -> Result<Result<T, EngineError>, Failure> {
        if let Some((dialect, _)) = self.unmade {
            let Self { repository, .. } = Self::in_memory(dialect);
            if let Err(refused) = commit(&repository) {
                return Ok(Err(refused));
            }
            self.make()?;
        }
        Ok(commit(&self.repository))
    }

    /// Compiles MOF and loads it, as one commit.
    ///
    /// # Errors
    /// As [`Data::commit`].
    pub(crate) fn compile(
        &mut self,
        options: CompileOptions,
        sources: &Sources,
        said: Diagnostics,
    ) -> Result<Result<(Loaded, Diagnostics), EngineError>, Failure> {
        let context = CallContext::default();
        match self.repository.prepare_mof(&context, options, sources, said) {
            Ok(compiled) => self.commit(|repository| repository.load_mof(&context, &compiled)),
            Err(refused) => Ok(Err(refused)),
        }
    }

    /// Makes the directory if it is still to be made.
    pub(crate) fn make(&mut self) -> Result<(), Failure> {
        if let (Some((dialect, sync)), Some(folder)) = (self.unmade, &self.folder) {
            *self = Self::open(folder, dialect, sync, Expect::Anything)?;
        }
        Ok(())
    }

    pub(crate) const fn repository(&self) -> &Repository {
        &self.repository
    }

    /// A session in a namespace that is there.
    pub(crate) fn session(&self, namespace: &str) -> Result<Session, Failure> {
        self.repository.session(namespace).map_err(|error| {
            let known = self.repository.namespaces();
            let names = known.iter().map(|info| info.name.as_str());
            Failure::input(error.status(), error.to_string()).with_nearest(namespace, names)
        })
    }

    /// A session in a namespace, which is made when it is not there.
    pub(crate) fn session_in_new(
        &self,
        namespace: &str,
        dialect: Dialect,
    ) -> Result<Session, Failure> {
        match self.repository.create_namespace(namespace, dialect) {
            Ok(()) | Err(EngineError::NamespaceExists { .. }) => self.session(namespace),
            Err(error) => Err(Failure::input(error.status(), error.to_string())),
        }
    }

    /// How MOF is compiled: by the rules of its namespace, where that is there.
    pub(crate) fn options(&self, options: CompileOptions) -> CompileOptions {
        let there = self.repository.session(&options.namespace);
        let dialect = there.map_or(options.dialect, |session| session.dialect());
        CompileOptions { dialect, ..options }
    }

    /// What is there for MOF that is to be compiled.
    pub(crate) fn base(&self, options: &CompileOptions) -> Result<impl Base + use<>, Failure> {
        let base = self.repository.base(&CallContext::default(), options);
        base.map_err(|error| self.failed(&error))
    }

    /// How the directory is; `None` without one.
    pub(crate) fn status(&self) -> Option<DurabilityStatus> {
        self.repository.durability()
    }

    /// Reads everything on the disk, and compares it with its hashes.
    pub(crate) fn verify(&self) -> Result<(), Failure> {
        self.repository.verify().map_err(|error| self.failed(&error))
    }

    /// Writes everything anew, without what nobody needs any more.
    pub(crate) fn compact(&self) -> Result<(), Failure> {
        self.repository.compact().map_err(|error| self.failed(&error))
    }

    /// Copies the repository, as it is now, into an empty or missing folder.
    pub(crate) fn backup(&self, target: &Path) -> Result<(), Failure> {
        if !is_vacant(target)? {
            return Err(not_empty(target));
        }
        self.repository.backup(target).map_err(|error| about(target, &error))
    }

    /// Ends the work with the directory: everything is on the disk then. That a checkpoint could
    /// not be made is said, and is no failure.
    pub(crate) fn close(self) -> Result<(), Failure> {
        self.repository.clone().close().map_err(|error| self.failed(&error))?;
        if let Some(why) = self.status().and_then(|status| status.checkpoint_failure) {
            // Where standard error is closed there is nobody left to tell.
            let _ = writeln!(
                io::stderr().lock(),
                "warning: no checkpoint could be made: {why}; nothing is lost, and opening takes longer"
            );
        }
        Ok(())
    }

    fn failed(&self, error: &EngineError) -> Failure {
        match &self.folder {
            Some(folder) => about(folder, error),
            None => Failure::input(error.status(), error.to_string()),
        }
    }
}

/// Whether a folder is missing or empty.
pub(crate) fn is_vacant(folder: &Path) -> Result<bool, Failure> {
    match fs::read_dir(folder) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(unreadable(folder, &error)),
    }
}

/// Whether a folder looks like a data directory.
pub(crate) fn is_repository(folder: &Path) -> Result<bool, Failure> {
    Ok(!is_vacant(folder)? && folder.join("MANIFEST").is_file())
}

pub(crate) fn not_empty(folder: &Path) -> Failure {
    let message = format!("`{}` is not empty", folder.display());
    Failure::input(Status::AlreadyExists, message).with_help("name a new directory")
}

pub(crate) fn unreadable(path: &Path, error: &io::Error) -> Failure {
    let status = match error.kind() {
        io::ErrorKind::NotFound => Status::NotFound,
        io::ErrorKind::PermissionDenied => Status::AccessDenied,
        _ => Status::Failed,
    };
    Failure::input(status, format!("`{}`: {error}", path.display()))
}

/// Bytes and number of the files of a directory.
pub(crate) fn size(folder: &Path) -> Result<(u64, usize), Failure> {
    let (mut bytes, mut files) = (0_u64, 0);
    for entry in fs::read_dir(folder).map_err(|error| unreadable(folder, &error))? {
        let found = entry.and_then(|entry| entry.metadata());
        let found = found.map_err(|error| unreadable(folder, &error))?;
        if found.is_file() {
            bytes = bytes.saturating_add(found.len());
            files += 1;
        }
    }
    Ok((bytes, files))
}

fn about(folder: &Path, error: &EngineError) -> Failure {
    Failure::input(error.status(), format!("`{}`: {error}", folder.display()))
}
