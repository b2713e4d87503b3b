//! The process that is killed: it works on a data directory and says what was acknowledged.
//!
//! What it says are lines, each written with one call to a pipe that its parent drains, so that
//! a line is there whole or not at all whenever the process ends:
//!
//! ```text
//! begin checkpoint
//! ack LANE PLACE COMMIT LOGGED done
//! ack LANE PLACE COMMIT LOGGED refused STATUS
//! broken LANE PLACE MESSAGE
//! ```

use crate::lane::Lane;
use crate::mirror::{Ack, Stream};
use crate::operations::{At, Kind, Load, Outcome};
use cimarron_engine::{Durability, EngineError, Repository, SyncPolicy};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What a child does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Work {
    /// The data directory.
    pub folder: PathBuf,
    /// Where backups go.
    pub backups: PathBuf,
    /// The seed of the streams.
    pub seed: u64,
    /// How many lanes, a thread each.
    pub lanes: u32,
    /// When commits are safe.
    pub sync: Sync,
    /// After how many bytes there is a checkpoint.
    pub log_bytes: u64,
    /// What kind of work.
    pub load: Load,
}

/// A policy, as it is named on a command line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sync {
    /// [`SyncPolicy::Always`]
    #[default]
    Always,
    /// [`SyncPolicy::Every`], two milliseconds
    Every,
    /// [`SyncPolicy::Never`]
    Never,
}

impl Sync {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Always, Self::Every, Self::Never];

    /// The policy.
    #[must_use]
    pub const fn policy(self) -> SyncPolicy {
        match self {
            Self::Always => SyncPolicy::Always,
            Self::Every => SyncPolicy::Every(Duration::from_millis(2)),
            Self::Never => SyncPolicy::Never,
        }
    }

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Always => "always",
            Self::Every => "every",
            Self::Never => "never",
        }
    }

    /// The one of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sync| sync.name() == name)
    }
}

impl Work {
    /// The stream of a lane.
    #[must_use]
    pub const fn stream(&self, lane: Lane) -> Stream {
        let seed = self.seed ^ ((lane.0 as u64) << 32);
        Stream { lane, seed, load: self.load }
    }

    /// Opens the directory.
    ///
    /// # Errors
    /// The engine's.
    pub fn open(&self, log_bytes: u64) -> Result<Repository, EngineError> {
        open(&self.folder, self.sync, log_bytes)
    }

    /// The arguments that [`Work::of_arguments`] reads.
    #[must_use]
    pub fn arguments(&self) -> Vec<String> {
        let load = if self.load == Load::Heavy { "heavy" } else { "light" };
        vec![
            self.folder.display().to_string(),
            self.backups.display().to_string(),
            self.seed.to_string(),
            self.lanes.to_string(),
            self.sync.name().to_owned(),
            self.log_bytes.to_string(),
            load.to_owned(),
        ]
    }

    /// The work of a command line.
    #[must_use]
    pub fn of_arguments(arguments: &[String]) -> Option<Self> {
        let [folder, backups, seed, lanes, sync, log_bytes, load] = arguments else { return None };
        Some(Self {
            folder: folder.into(),
            backups: backups.into(),
            seed: seed.parse().ok()?,
            lanes: lanes.parse().ok()?,
            sync: Sync::named(sync)?,
            log_bytes: log_bytes.parse().ok()?,
            load: if load == "heavy" { Load::Heavy } else { Load::Light },
        })
    }
}

/// Opens a data directory.
///
/// # Errors
/// The engine's.
pub fn open(folder: &Path, sync: Sync, log_bytes: u64) -> Result<Repository, EngineError> {
    // Small logs go into their database often, large ones as a user's do.
    let ahead = u32::try_from(log_bytes / 64).unwrap_or(u32::MAX).clamp(4 << 10, 1 << 20);
    let durability = Durability::default()
        .with_sync(sync.policy())
        .with_log_bytes(log_bytes)
        .with_ahead_bytes(ahead);
    Repository::builder().durability(durability).open(folder)
}

/// Works until the process is killed, the pipe is closed or the directory fails.
///
/// # Errors
/// Why it could not begin.
pub fn run(work: &Work) -> Result<(), EngineError> {
    let repository = work.open(work.log_bytes)?;
    std::thread::scope(|scope| {
        for lane in (0..work.lanes).map(Lane) {
            let (repository, stream) = (&repository, work.stream(lane));
            scope.spawn(move || lane_work(repository, stream, &work.backups));
        }
    });
    Ok(())
}

fn lane_work(repository: &Repository, stream: Stream, backups: &Path) {
    let lane = stream.lane;
    for place in 0.. {
        let operation = stream.at(place);
        let checkpoints = matches!(operation.kind, Kind::Checkpoint | Kind::Compact | Kind::Backup);
        if checkpoints && say("begin checkpoint\n").is_err() {
            return;
        }
        let outcome = operation.apply(At { repository, lane, backups: Some(backups) });
        let status = repository.durability();
        let (commit, logged) = status.map_or((0, 0), |status| (status.commit, status.logged));
        let broken = matches!(outcome, Outcome::Broken(_));
        let line = match outcome {
            Outcome::Done => format!("ack {} {place} {commit} {logged} done\n", lane.0),
            Outcome::Refused(status) => {
                format!("ack {} {place} {commit} {logged} refused {status}\n", lane.0)
            }
            Outcome::Broken(message) => format!("broken {} {place} {message}\n", lane.0),
        };
        if say(&line).is_err() || broken {
            return;
        }
    }
}

/// Writes a line with one call.
fn say(line: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(line.as_bytes())?;
    out.flush()
}

/// What a line says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// A checkpoint begins.
    Checkpoint,
    /// An operation of a lane was acknowledged.
    Ack(Lane, u64, Ack),
    /// The directory failed, or the line is not one of ours.
    Broken(String),
}

impl Said {
    /// Reads a line.
    #[must_use]
    pub fn read(line: &str) -> Self {
        if line == "begin checkpoint" {
            return Self::Checkpoint;
        }
        Self::ack(line).unwrap_or_else(|| Self::Broken(line.to_owned()))
    }

    fn ack(line: &str) -> Option<Self> {
        let mut words = line.strip_prefix("ack ")?.splitn(5, ' ');
        let lane = Lane(words.next()?.parse().ok()?);
        let mut number = || words.next()?.parse::<u64>().ok();
        let (place, commit, logged) = (number()?, number()?, number()?);
        let outcome = match words.next()? {
            "done" => Outcome::Done,
            refused => Outcome::Refused(refused.strip_prefix("refused ")?.to_owned()),
        };
        Some(Self::Ack(lane, place, Ack { outcome, commit, logged }))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

    use super::*;

    #[test]
    fn lines_are_read_as_they_are_written() {
        let refused = Outcome::Refused("NotFound".to_owned());
        for (line, expected) in [
            ("begin checkpoint", Said::Checkpoint),
            (
                "ack 1 7 30 29 done",
                Said::Ack(Lane(1), 7, Ack { outcome: Outcome::Done, commit: 30, logged: 29 }),
            ),
            (
                "ack 0 8 30 30 refused NotFound",
                Said::Ack(Lane(0), 8, Ack { outcome: refused, commit: 30, logged: 30 }),
            ),
            ("ack 0 8 30", Said::Broken("ack 0 8 30".to_owned())),
            ("broken 0 1 why", Said::Broken("broken 0 1 why".to_owned())),
        ] {
            assert_eq!(Said::read(line), expected);
        }
    }

    #[test]
    fn work_goes_through_arguments() {
        let work = Work {
            folder: "a b".into(),
            backups: "c".into(),
            seed: 7,
            lanes: 3,
            sync: Sync::Every,
            log_bytes: 1 << 30,
            load: Load::Heavy,
        };
        assert_eq!(Work::of_arguments(&work.arguments()).unwrap(), work);
        assert_eq!(Work::of_arguments(&[]), None);
    }
}
