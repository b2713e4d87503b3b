//! A second repository, in memory, to which the same operations are applied: what a data
//! directory must hold.

use crate::lane::{Lane, prepare};
use crate::operations::{At, Load, Operation, Outcome};
use crate::picture::{Picture, difference, picture};
use cimarron_engine::{EngineError, Repository};

/// The repository to compare with.
#[derive(Debug)]
pub struct Mirror {
    repository: Repository,
}

/// A stream of operations of one lane.
#[derive(Clone, Copy, Debug)]
pub struct Stream {
    /// Whose.
    pub lane: Lane,
    /// Which stream.
    pub seed: u64,
    /// What kind of work.
    pub load: Load,
}

impl Stream {
    /// The operation at a place.
    #[must_use]
    pub fn at(self, place: u64) -> Operation {
        Operation::of(self.seed, place, self.load)
    }
}

/// What an operation was acknowledged with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ack {
    /// How it ended.
    pub outcome: Outcome,
    /// The last commit behind it.
    pub commit: u64,
    /// The last commit that the log had behind it.
    pub logged: u64,
}

impl Mirror {
    /// A repository as the work begins with it.
    ///
    /// # Errors
    /// The engine's.
    pub fn new(lanes: u32) -> Result<Self, EngineError> {
        let repository = Repository::new();
        prepare(&repository, lanes)?;
        Ok(Self { repository })
    }

    /// Does an operation.
    #[must_use]
    pub fn apply(&self, lane: Lane, operation: Operation) -> Outcome {
        operation.apply(At { repository: &self.repository, lane, backups: None })
    }

    /// What a lane holds.
    ///
    /// # Errors
    /// The engine's.
    pub fn picture(&self, lane: Lane) -> Result<Picture, EngineError> {
        picture(&self.repository, lane)
    }

    /// Does the operations of a stream that were acknowledged, from a place up to another.
    ///
    /// # Errors
    /// When one of them ends otherwise than it did.
    pub fn follow(&self, stream: Stream, acks: &[Ack]) -> Result<(), String> {
        for (place, ack) in acks.iter().enumerate() {
            self.follow_one(stream, place as u64, &ack.outcome)?;
        }
        Ok(())
    }

    /// Does one of them.
    ///
    /// # Errors
    /// As [`Mirror::follow`].
    pub fn follow_one(&self, stream: Stream, place: u64, ended: &Outcome) -> Result<(), String> {
        let operation = stream.at(place);
        let here = self.apply(stream.lane, operation);
        if here == *ended {
            return Ok(());
        }
        Err(format!("operation {place}, {operation:?}: {ended:?} there and {here:?} in memory"))
    }

    /// Compares what a lane holds there with what it holds here.
    ///
    /// # Errors
    /// What differs.
    pub fn compare(&self, found: &Repository, lane: Lane) -> Result<(), String> {
        let found = picture(found, lane).map_err(|error| format!("cannot be read: {error}"))?;
        let expected = self.picture(lane).map_err(|error| format!("in memory: {error}"))?;
        difference(&expected, &found).map_or(Ok(()), Err)
    }
}
