//! Listening to what commits change: for events, durability and replication.
//!
//! ```
//! use cimarron_engine::{CallContext, Change, Repository};
//! use cimarron_model::{Dialect, Instance};
//! # let repository = Repository::new();
//! # repository.create_namespace("root/cimv2", Dialect::Wmi)?;
//! # let session = repository.session("root/cimv2")?;
//! # let context = CallContext::new();
//! # session.compile_mof_text(&context, "a.mof", "class X_Fan { [key] string Id; uint32 Speed; };")?;
//! let mut changes = repository.changes();
//! session.create_instance(&context, &Instance::new("X_Fan").with("Id", "f1"))?;
//! let commit = changes.try_next()?.expect("a commit");
//! let change = commit.changes().next().expect("a change");
//! assert!(matches!(change, Change::Instance { old: None, new: Some(_), .. }));
//! # Ok::<(), cimarron_engine::EngineError>(())
//! ```

use crate::context::Principal;
use crate::error::EngineError;
use crate::repository::Repository;
use crate::schema::Schema;
use crate::store::{ChangeLog, Found, Listener, Next, Record, Recorded};
use crate::stored::{StoredClass, StoredInstance};
use cimarron_model::{Dialect, Name, QualifierType};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

/// What one commit changed.
#[derive(Clone, Debug)]
pub struct CommitRecord(Arc<Record>);

/// One change.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Change {
    /// An instance was created (`old` is `None`), deleted (`new` is `None`) or modified.
    Instance {
        /// Where.
        namespace: Name,
        /// What it was.
        old: Option<StoredInstance>,
        /// What it is.
        new: Option<StoredInstance>,
    },
    /// A class was created, deleted or redefined; classes below a redefined one are too.
    Class {
        /// Where.
        namespace: Name,
        /// What it was.
        old: Option<StoredClass>,
        /// What it is.
        new: Option<StoredClass>,
    },
    /// A qualifier type was set or deleted.
    QualifierType {
        /// Where.
        namespace: Name,
        /// What it was.
        old: Option<Box<QualifierType>>,
        /// What it is.
        new: Option<Box<QualifierType>>,
    },
    /// An ordered index was made, or dropped by itself. One that a class declares comes
    /// and goes with the class, and every index goes with its class or property.
    Index {
        /// Where.
        namespace: Name,
        /// Its class.
        class: Name,
        /// Its property.
        property: Name,
        /// Whether it is there now.
        created: bool,
    },
    /// A namespace was created or deleted.
    Namespace {
        /// The name.
        name: Name,
        /// Its dialect.
        dialect: Dialect,
        /// Whether it is there now.
        created: bool,
    },
}

impl CommitRecord {
    /// The number of the commit. Later commits have greater numbers.
    pub fn number(&self) -> u64 {
        self.0.commit
    }

    /// Who did it.
    pub fn principal(&self) -> &Principal {
        &self.0.by
    }

    /// The changes, in the order in which they were done.
    pub fn changes(&self) -> impl Iterator<Item = Change> {
        self.0.changes.iter().flat_map(expand)
    }
}

/// The changes that were recorded as one.
fn expand(recorded: &Recorded) -> Box<dyn Iterator<Item = Change> + '_> {
    match recorded {
        Recorded::Row { namespace, old, new, moved: _ } => {
            let stored = |found: &Option<Found>| found.clone().map(StoredInstance::new);
            Box::new(std::iter::once(Change::Instance {
                namespace: namespace.clone(),
                old: stored(old),
                new: stored(new),
            }))
        }
        Recorded::Rows { namespace, chunk, rows } => {
            Box::new(rows.rows().map(move |row| Change::Instance {
                namespace: namespace.clone(),
                old: None,
                new: Some(StoredInstance::new(Found { chunk: chunk.clone(), row })),
            }))
        }
        Recorded::Schema { namespace, old, new } => {
            let changes = class_changes(namespace, old, new);
            Box::new(changes.chain(type_changes(namespace, old, new)))
        }
        // The same instances as before, and what is no change.
        Recorded::Taken { .. } | Recorded::Raised(_) => Box::new(std::iter::empty()),
        Recorded::Index { namespace, class, property, came } => {
            Box::new(std::iter::once(Change::Index {
                namespace: namespace.clone(),
                class: class.clone(),
                property: property.clone(),
                created: *came,
            }))
        }
        Recorded::Namespace { name, dialect, start } => {
            let (name, dialect, created) = (name.clone(), *dialect, start.is_some());
            Box::new(std::iter::once(Change::Namespace { name, dialect, created }))
        }
    }
}

/// The classes that are not the same in two schemas: those that went, the last one first,
/// then those that came or changed, each behind its superclass.
fn class_changes<'s>(
    namespace: &'s Name,
    old: &'s Arc<Schema>,
    new: &'s Arc<Schema>,
) -> impl Iterator<Item = Change> + 's {
    let gone = old.classes().filter(|class| new.by_id(class.def().id).is_none());
    let gone: Vec<_> = gone.map(|class| class.def().clone()).collect();
    let gone = gone.into_iter().rev().map(|class| (Some(class), None));
    let changed = new.classes().filter_map(|class| {
        let before = old.by_id(class.def().id).map(|class| class.def().clone());
        let same = before.as_ref().is_some_and(|before| before.version == class.def().version);
        (!same).then(|| (before, Some(class.def().clone())))
    });
    gone.chain(changed).map(|(old, new)| Change::Class {
        namespace: namespace.clone(),
        old: old.map(StoredClass::new),
        new: new.map(StoredClass::new),
    })
}

fn type_changes<'s>(
    namespace: &'s Name,
    old: &'s Arc<Schema>,
    new: &'s Arc<Schema>,
) -> impl Iterator<Item = Change> + 's {
    let (before, after) = (old.qualifier_types(), new.qualifier_types());
    let gone = before.iter().filter(|(name, _)| !after.contains_key(*name));
    let gone = gone.map(|(_, declaration)| (Some(declaration), None));
    let changed = after.iter().filter_map(|(name, declaration)| {
        let before = before.get(name);
        (before != Some(declaration)).then_some((before, Some(declaration)))
    });
    gone.chain(changed).map(|(old, new)| Change::QualifierType {
        namespace: namespace.clone(),
        old: old.cloned().map(Box::new),
        new: new.cloned().map(Box::new),
    })
}

/// The commits from the time on when it was made.
#[derive(Debug)]
pub struct ChangeStream {
    repository: Repository,
    listener: Listener,
}

impl Repository {
    /// Begins to listen to commits. The repository keeps the newest ones for its
    /// listeners ([`Limits::kept_commits`](crate::Limits)); while nobody listens it
    /// records nothing.
    ///
    /// Waits for a commit that is in the making; what is read afterwards has all that the
    /// stream does not give.
    pub fn changes(&self) -> ChangeStream {
        ChangeStream { listener: self.commits().listen(), repository: self.clone() }
    }

    fn log(&self) -> &ChangeLog {
        self.commits().log()
    }
}

impl ChangeStream {
    /// The next commit; `None` when there is none yet.
    ///
    /// # Errors
    /// When commits were not kept that this stream has not seen. It goes on behind them.
    pub fn try_next(&mut self) -> Result<Option<CommitRecord>, EngineError> {
        self.next(None)
    }

    fn next(&mut self, waker: Option<&Waker>) -> Result<Option<CommitRecord>, EngineError> {
        loop {
            let next = self.repository.log().next(&self.listener, waker);
            let taken = self.take(next);
            // Raised events are no commits.
            if !matches!(&taken, Ok(Some(record)) if record.0.raised > 0) {
                return taken;
            }
        }
    }

    /// The next commit, or the promise to wake the task when there is one.
    ///
    /// # Errors
    /// As [`ChangeStream::try_next`].
    pub fn poll_next(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Result<CommitRecord, EngineError>> {
        match self.next(Some(context.waker())) {
            Ok(Some(record)) => Poll::Ready(Ok(record)),
            Ok(None) => Poll::Pending,
            Err(error) => Poll::Ready(Err(error)),
        }
    }

    fn take(&mut self, next: Next) -> Result<Option<CommitRecord>, EngineError> {
        match next {
            Next::Record(record) => {
                self.listener.place += 1;
                Ok(Some(CommitRecord(record)))
            }
            Next::Nothing => Ok(None),
            Next::Lost(commits) => {
                self.listener.place += commits;
                Err(EngineError::ChangesLost { commits })
            }
        }
    }
}

impl Drop for ChangeStream {
    fn drop(&mut self) {
        self.repository.log().leave(&self.listener);
    }
}
