//! The same work on a medium in memory that forgets what was not synced, dies or is full.

use crate::lane::{Lane, prepare};
use crate::mirror::{Ack, Mirror, Stream};
use crate::operations::{At, Outcome};
use crate::picture::{Picture, difference, picture};
use cimarron_engine::{Durability, EngineError, Repository, SyncPolicy};
use cimarron_journal::Medium;
use cimarron_journal::simulated::SimulatedMedium;
use std::sync::Arc;

/// The only lane there is here.
pub const LANE: Lane = Lane(0);

/// Opens what is on a medium.
///
/// # Errors
/// The engine's.
pub fn open(medium: &SimulatedMedium, sync: SyncPolicy) -> Result<Repository, EngineError> {
    let durability =
        Durability::default().with_sync(sync).with_log_bytes(1 << 40).with_ahead_bytes(4 << 10);
    Repository::builder().durability(durability).open_on(Arc::new(medium.clone()))
}

/// What there is after each of some operations.
#[derive(Debug)]
pub struct History {
    /// The stream.
    pub stream: Stream,
    /// What was acknowledged, when nothing failed.
    pub acks: Vec<Ack>,
    /// How often the medium was written or synced for the preparations.
    pub prepared: u64,
    /// And for all of it.
    pub operations: u64,
    /// How many bytes it had in the end.
    pub bytes: u64,
    /// The states: before the first operation, and after each.
    states: Vec<(u64, Picture)>,
}

/// How far work came.
#[derive(Debug)]
pub struct Worked {
    /// The operations that were acknowledged.
    pub acks: usize,
    /// What the medium said in the end, when it failed.
    pub broken: Option<String>,
    /// The repository, when it could be opened.
    pub repository: Option<Repository>,
}

impl History {
    /// Does so many operations of a stream on a sound medium and in memory.
    ///
    /// # Errors
    /// What differs, at once.
    pub fn new(stream: Stream, count: u64) -> Result<Self, String> {
        let medium = SimulatedMedium::new();
        let repository = open(&medium, SyncPolicy::Always).map_err(text)?;
        prepare(&repository, 1).map_err(text)?;
        let mirror = Mirror::new(1).map_err(text)?;
        let start = commit(&repository);
        let mut history = Self {
            stream,
            acks: Vec::new(),
            prepared: medium.operations(),
            operations: 0,
            bytes: 0,
            states: Vec::new(),
        };
        history.states.push((start, mirror.picture(LANE).map_err(text)?));
        for place in 0..count {
            let at = At { repository: &repository, lane: LANE, backups: None };
            let outcome = stream.at(place).apply(at);
            mirror.follow_one(stream, place, &outcome)?;
            let commit = commit(&repository);
            history.acks.push(Ack { outcome, commit, logged: commit });
            history.states.push((commit, mirror.picture(LANE).map_err(text)?));
        }
        mirror.compare(&repository, LANE)?;
        history.operations = medium.operations();
        history.bytes = bytes(&medium);
        Ok(history)
    }

    /// The commit that the preparations end with.
    #[must_use]
    pub fn start(&self) -> u64 {
        self.states.first().map_or(0, |(commit, _)| *commit)
    }

    /// The commit after so many operations.
    #[must_use]
    pub fn commit_after(&self, operations: usize) -> u64 {
        self.states.get(operations).map_or(0, |(commit, _)| *commit)
    }

    /// Does the work again on a medium, as far as that allows it.
    #[must_use]
    pub fn work_on(&self, medium: &SimulatedMedium, sync: SyncPolicy) -> Worked {
        let mut worked = Worked { acks: 0, broken: None, repository: None };
        let opened = open(medium, sync).and_then(|repository| {
            prepare(&repository, 1)?;
            Ok(repository)
        });
        let repository = match opened {
            Ok(repository) => repository,
            Err(error) => return Worked { broken: Some(error.to_string()), ..worked },
        };
        for place in 0..self.acks.len() as u64 {
            let at = At { repository: &repository, lane: LANE, backups: None };
            if let Outcome::Broken(message) = self.stream.at(place).apply(at) {
                worked.broken = Some(message);
                break;
            }
            worked.acks += 1;
        }
        worked.repository = Some(repository);
        worked
    }

    /// Compares a repository with the state of its commit; the commit.
    ///
    /// # Errors
    /// What differs; also when there is no operation behind which it is the state.
    pub fn compare(&self, repository: &Repository) -> Result<u64, String> {
        let commit = commit(repository);
        if commit < self.start() {
            // Within the preparations, which are no operations.
            return Ok(commit);
        }
        let found = picture(repository, LANE).map_err(text)?;
        let state = self.states.iter().find(|(of, _)| *of == commit);
        let (_, expected) = state.ok_or_else(|| format!("commit {commit} was never made"))?;
        difference(expected, &found).map_or(Ok(commit), |why| Err(format!("at {commit}: {why}")))
    }
}

/// How many bytes all files have together.
#[must_use]
pub fn bytes(medium: &SimulatedMedium) -> u64 {
    let names = medium.list().unwrap_or_default();
    names.iter().filter_map(|name| medium.bytes(name)).map(|bytes| bytes.len() as u64).sum()
}

/// The last commit that a repository shows.
#[must_use]
pub fn commit(repository: &Repository) -> u64 {
    repository.durability().map_or(0, |status| status.commit)
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}
