//! Random operations of every kind that changes what a repository keeps.
//!
//! An operation is a kind and a seed. What it does follows from these and from what its lane
//! holds, so that on two repositories of the same content it does the same. Each is one commit
//! or none.

mod classes;
mod dmtf;
mod housekeeping;
mod links;
mod many;
mod namespaces;
mod rows;
mod values;

use crate::lane::Lane;
use crate::numbers::Numbers;
use cimarron_engine::{CallContext, Depth, EngineError, Repository, Session};
use cimarron_model::ObjectPath;
use std::path::{Path, PathBuf};

/// What an operation does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// Creates, puts, changes or deletes an instance.
    #[default]
    Row,
    /// Creates or deletes an association.
    Link,
    /// Puts an instance with embedded objects, arrays and qualifiers of its own.
    Holder,
    /// Puts or deletes a singleton.
    Only,
    /// Writes several instances.
    Batch,
    /// Writes rows beside those of other lanes.
    Shared,
    /// Creates hundreds of instances by an inserter.
    Bulk,
    /// Creates thousands of them.
    Heavy,
    /// Deletes or changes many instances.
    Thin,
    /// Compiles classes and instances.
    Compile,
    /// Compiles the classes of the beginning again.
    Restore,
    /// Changes a class that has instances.
    Change,
    /// Deletes a class.
    DropClass,
    /// Deletes the class of the many.
    DropBulk,
    /// Sets or deletes a qualifier type.
    Qualifier,
    /// Makes or drops an index.
    Index,
    /// Creates or deletes a namespace.
    Namespace,
    /// Something in the namespace of the DMTF dialect.
    Dmtf,
    /// A checkpoint.
    Checkpoint,
    /// A checkpoint of everything.
    Compact,
    /// A copy of the data directory.
    Backup,
}

/// How often each kind comes.
const WEIGHTS: &[(Kind, u64)] = &[
    (Kind::Row, 30),
    (Kind::Link, 10),
    (Kind::Holder, 8),
    (Kind::Only, 3),
    (Kind::Batch, 8),
    (Kind::Shared, 8),
    (Kind::Bulk, 2),
    (Kind::Thin, 3),
    (Kind::Compile, 4),
    (Kind::Restore, 3),
    (Kind::Change, 5),
    (Kind::DropClass, 2),
    (Kind::Qualifier, 4),
    (Kind::Index, 4),
    (Kind::Namespace, 5),
    (Kind::Dmtf, 14),
    (Kind::Checkpoint, 2),
    (Kind::Compact, 1),
    (Kind::Backup, 1),
];

/// How much of the work makes the log long.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Load {
    /// Little.
    #[default]
    Light,
    /// Every fourth operation creates thousands of instances.
    Heavy,
}

/// One thing that is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// What.
    pub kind: Kind,
    /// What decides everything else.
    pub seed: u64,
}

/// How an operation ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was done.
    Done,
    /// The engine had an objection; nothing was changed.
    Refused(String),
    /// The data directory failed.
    Broken(String),
}

/// Where an operation is done.
#[derive(Clone, Copy, Debug)]
pub struct At<'a> {
    /// The repository.
    pub repository: &'a Repository,
    /// Whose operation it is.
    pub lane: Lane,
    /// Where backups go; nobody makes any without it.
    pub backups: Option<&'a Path>,
}

impl Operation {
    /// The operation of a stream that has this place in it.
    #[must_use]
    pub fn of(stream: u64, place: u64, load: Load) -> Self {
        let mut numbers = Numbers::of(stream, place);
        if load == Load::Heavy && numbers.once_in(4) {
            return Self { kind: Kind::Heavy, seed: numbers.number() };
        }
        let all: u64 = WEIGHTS.iter().map(|(_, weight)| weight).sum();
        let mut at = numbers.below(all);
        let mut kind = Kind::default();
        for (this, weight) in WEIGHTS {
            if at < *weight {
                kind = *this;
                break;
            }
            at -= weight;
        }
        Self { kind, seed: numbers.number() }
    }

    /// Does it.
    #[must_use]
    pub fn apply(self, at: At<'_>) -> Outcome {
        match self.perform(at) {
            Ok(()) => Outcome::Done,
            Err(
                error @ (EngineError::Storage(_)
                | EngineError::WritesStopped { .. }
                | EngineError::DataDamaged { .. }
                | EngineError::Unstorable { .. }),
            ) => Outcome::Broken(error.to_string()),
            Err(error) => Outcome::Refused(format!("{:?}", error.status())),
        }
    }

    fn perform(self, at: At<'_>) -> Result<(), EngineError> {
        let numbers = &mut Numbers::new(self.seed);
        let wmi = || at.repository.session(&at.lane.wmi());
        match self.kind {
            Kind::Row => rows::one(&wmi()?, numbers),
            Kind::Link => links::one(&wmi()?, numbers),
            Kind::Holder => rows::holder(&wmi()?, numbers),
            Kind::Only => rows::only(&wmi()?, numbers),
            Kind::Batch => many::batch(&wmi()?, numbers),
            Kind::Shared => many::shared(at, numbers),
            Kind::Bulk => many::bulk(&wmi()?, numbers),
            Kind::Heavy => many::heavy(&wmi()?, numbers),
            Kind::Thin => many::thin(&wmi()?, numbers),
            Kind::Compile => classes::compile(&wmi()?, numbers),
            Kind::Change => classes::change(&wmi()?, numbers),
            Kind::Restore => classes::restore(&wmi()?),
            Kind::DropBulk => wmi()?.delete_class(&context(), "X_Bulk"),
            Kind::DropClass => classes::drop_one(&wmi()?, numbers),
            Kind::Qualifier => classes::qualifier(&wmi()?, numbers),
            Kind::Index => classes::index(&wmi()?, numbers),
            Kind::Namespace => namespaces::one(at, numbers),
            Kind::Dmtf => dmtf::one(&at.repository.session(&at.lane.dmtf())?, numbers),
            Kind::Checkpoint => at.repository.checkpoint(),
            Kind::Compact => at.repository.compact(),
            Kind::Backup => housekeeping::backup(at, self.seed),
        }
    }

    /// Where its backup is, when it makes one.
    #[must_use]
    pub fn backup(self, backups: &Path) -> Option<PathBuf> {
        (self.kind == Kind::Backup).then(|| housekeeping::folder(backups, self.seed))
    }
}

fn context() -> CallContext {
    CallContext::new()
}

/// The paths of all instances of a class, in one order on every repository.
fn sorted_paths(session: &Session, class: &str) -> Result<Vec<ObjectPath>, EngineError> {
    let mut paths = session.enumerate_instance_names(&context(), class, Depth::Deep)?;
    paths.sort_by_cached_key(ToString::to_string);
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mirror::Mirror;
    use std::collections::BTreeMap;

    /// Every kind of operation is done in most cases and refused in some.
    #[test]
    fn every_kind_does_something() -> Result<(), EngineError> {
        let mirror = Mirror::new(1)?;
        let mut done: BTreeMap<String, (u32, u32, BTreeMap<String, u32>)> = BTreeMap::new();
        for place in 0..900 {
            let load = if place % 10 == 0 { Load::Heavy } else { Load::Light };
            let operation = Operation::of(3, place, load);
            let count = done.entry(format!("{:?}", operation.kind)).or_default();
            match mirror.apply(Lane(0), operation) {
                Outcome::Done => count.0 += 1,
                Outcome::Refused(why) | Outcome::Broken(why) => {
                    count.1 += 1;
                    *count.2.entry(why).or_default() += 1;
                }
            }
        }
        assert_eq!(done.len(), WEIGHTS.len() + 1, "{done:?}");
        for (kind, (done, refused, why)) in &done {
            assert!(done * 3 > *refused, "{kind}: {done} done, {refused} refused: {why:?}");
        }
        Ok(())
    }
}
