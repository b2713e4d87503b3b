//! Rounds of killing: a child works, is killed at a moment that the seed and the machine decide,
//! and what it leaves is compared with what it was acknowledged. Several rounds go on with one
//! directory; then another begins.

use crate::child::{Said, Sync, Work, open};
use crate::lane::{Lane, prepare};
use crate::mirror::{Ack, Mirror};
use crate::numbers::Numbers;
use crate::operations::{At, Kind, Load, Operation, Outcome};
use cimarron_engine::Repository;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// So many rounds go on with one directory.
const ROUNDS: u64 = 8;

/// A log that gets no checkpoint by itself.
const LONG: u64 = 1 << 40;

/// What was done so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Processes that were killed, and directories opened and compared after it.
    pub kills: u64,
    /// Of these, those in which a checkpoint was being written.
    pub during_checkpoint: u64,
    /// Acknowledged operations that were found again.
    pub operations: u64,
    /// Commits that were found again.
    pub commits: u64,
    /// Operations that were on their way when the process was killed and were found whole.
    pub in_flight: u64,
    /// Backups that were opened and compared.
    pub backups: u64,
    /// The longest log, in bytes, that a directory was opened with.
    pub longest_log: u64,
}

/// What went wrong, and how to have it again.
#[derive(Debug, thiserror::Error)]
#[error("seed {seed}, directory {directory}, round {round}: {problem}\nthe files are in {}", .folder.display())]
pub struct Failure {
    /// The seed of the run.
    pub seed: u64,
    /// Which of its directories.
    pub directory: u64,
    /// Which round of that.
    pub round: u64,
    /// What.
    pub problem: String,
    /// Where everything is.
    pub folder: PathBuf,
}

/// Kills so many processes. `program` is the one whose first argument `child` makes it work.
///
/// # Errors
/// What was not found again, or too much, or could not be opened.
pub fn run(
    program: &Path,
    (times, seed): (u64, u64),
    mut progress: impl FnMut(&Tally),
) -> Result<Tally, Failure> {
    let mut tally = Tally::default();
    let mut directory = 0;
    while tally.kills < times {
        let numbers = Numbers::of(seed, directory);
        let failed = |round, problem, folder| Failure { seed, directory, round, problem, folder };
        let mut series =
            Series::new(program, numbers).map_err(|problem| failed(0, problem, PathBuf::new()))?;
        for round in 0..ROUNDS.min(times - tally.kills) {
            if let Err(problem) = series.round(&mut tally) {
                return Err(failed(round, problem, series.keep()));
            }
            progress(&tally);
        }
        directory += 1;
    }
    Ok(tally)
}

/// Rounds with one directory.
struct Series<'a> {
    program: &'a Path,
    numbers: Numbers,
    temporary: TempDir,
    mirror: Mirror,
    lanes: u32,
    sync: Sync,
    /// The last commit of the round before.
    commit: u64,
}

/// What a child said before it was killed.
struct Heard {
    /// By lane.
    acks: Vec<Vec<Ack>>,
    work: Work,
}

/// When a child is killed.
struct Moment {
    /// After so many acknowledgements.
    acks: u64,
    /// And when the next checkpoint has begun.
    checkpoint: bool,
    /// And so many turns later.
    spin: u64,
}

impl<'a> Series<'a> {
    fn new(program: &'a Path, mut numbers: Numbers) -> Result<Self, String> {
        let temporary = TempDir::new().map_err(text)?;
        let lanes = numbers.one_of(&[1, 1, 1, 2, 4]);
        let sync = if lanes > 1 { Sync::Always } else { numbers.one_of(&Sync::ALL) };
        let mut series = Self {
            program,
            numbers,
            temporary,
            mirror: Mirror::new(lanes).map_err(text)?,
            lanes,
            sync,
            commit: 0,
        };
        let repository = open(&series.folder(), sync, LONG).map_err(text)?;
        prepare(&repository, lanes).map_err(text)?;
        series.commit = last_commit(&repository);
        repository.close().map_err(text)?;
        Ok(series)
    }

    fn folder(&self) -> PathBuf {
        self.temporary.path().join("data")
    }

    /// Leaves everything where it is.
    fn keep(self) -> PathBuf {
        self.temporary.keep()
    }

    fn round(&mut self, tally: &mut Tally) -> Result<(), String> {
        let heavy = self.numbers.once_in(8);
        let small = self.numbers.one_of(&[1 << 13, 1 << 15, 1 << 17, 1 << 20, 64 << 20]);
        let work = Work {
            folder: self.folder(),
            backups: self.temporary.path().join("backups"),
            seed: self.numbers.number(),
            lanes: self.lanes,
            sync: self.sync,
            log_bytes: if heavy { 64 << 20 } else { small },
            load: if heavy { Load::Heavy } else { Load::Light },
        };
        let moment = Moment {
            acks: self.numbers.below(if heavy { 60 } else { 120 }),
            checkpoint: self.numbers.once_in(3),
            spin: self.numbers.below(1 << 21),
        };
        std::fs::create_dir_all(&work.backups).map_err(text)?;
        let work_load = work.load;
        let heard = kill(self.program, work, &moment)?;
        tally.kills += 1;
        tally.during_checkpoint += u64::from(is_being_checkpointed(&self.folder()));
        let repository = open(&self.folder(), self.sync, LONG)
            .map_err(|error| format!("after the kill: {error}"))?;
        let status = repository.durability().ok_or("no data directory")?;
        tally.longest_log = tally.longest_log.max(status.log_bytes);
        self.verify(&heard, (&repository, status.commit), tally)?;
        tally.commits += status.commit.saturating_sub(self.commit);
        self.go_on(&repository, work_load)?;
        self.commit = last_commit(&repository);
        std::fs::remove_dir_all(&heard.work.backups).map_err(text)
    }

    /// Compares what is found with what was acknowledged.
    fn verify(
        &self,
        heard: &Heard,
        (repository, commit): (&Repository, u64),
        tally: &mut Tally,
    ) -> Result<(), String> {
        if let [acks] = heard.acks.as_slice() {
            return self.verify_by_commits(heard, acks, (repository, commit), tally);
        }
        // Commits of several lanes are in an order that nobody knows: each lane has all that
        // was acknowledged, and of what was on its way all or nothing.
        for (lane, acks) in (0..).map(Lane).zip(&heard.acks) {
            let stream = heard.work.stream(lane);
            self.follow(heard, lane, acks, tally)?;
            if let Err(without) = self.mirror.compare(repository, lane) {
                let next = stream.at(acks.len() as u64);
                let _ = self.mirror.apply(lane, next);
                self.mirror.compare(repository, lane).map_err(|with| {
                    format!(
                        "lane {} after {} operations: {without}\nand with the next, {next:?}: {with}",
                        lane.0,
                        acks.len()
                    )
                })?;
                tally.in_flight += 1;
            }
        }
        let last = heard.acks.iter().flatten().map(|ack| ack.logged).max().unwrap_or_default();
        if commit < last {
            return Err(format!("commit {last} was in the log, and {commit} is the last found"));
        }
        Ok(())
    }

    /// With one lane the number of the last commit says which operations there must be.
    fn verify_by_commits(
        &self,
        heard: &Heard,
        acks: &[Ack],
        (repository, commit): (&Repository, u64),
        tally: &mut Tally,
    ) -> Result<(), String> {
        let lane = Lane(0);
        let logged = acks.iter().map(|ack| ack.logged).max().unwrap_or_default();
        let acknowledged = acks.last().map_or(0, |ack| ack.commit);
        let least = if self.sync == Sync::Always { acknowledged } else { logged };
        if commit < least {
            return Err(format!("commit {least} was in the log, and {commit} is the last found"));
        }
        let kept = acks.partition_point(|ack| ack.commit <= commit);
        self.follow(heard, lane, acks.get(..kept).unwrap_or_default(), tally)?;
        let whole = kept == acks.len();
        if !acks.is_empty() && whole && commit > acknowledged + 1 {
            return Err(format!("{commit} commits for {acknowledged} that were acknowledged"));
        }
        let without = self.mirror.compare(repository, lane);
        if whole && without.is_err() {
            let next = heard.work.stream(lane).at(kept as u64);
            let _ = self.mirror.apply(lane, next);
            let with = self.mirror.compare(repository, lane);
            let without = without.err().unwrap_or_default();
            with.map_err(|with| {
                format!("after {kept} operations: {without}\nand with the next, {next:?}: {with}")
            })?;
            tally.in_flight += 1;
        } else {
            without.map_err(|why| format!("after {kept} of {} operations: {why}", acks.len()))?;
        }
        Ok(())
    }

    /// Does in memory what was acknowledged, and looks at backups on the way.
    fn follow(
        &self,
        heard: &Heard,
        lane: Lane,
        acks: &[Ack],
        tally: &mut Tally,
    ) -> Result<(), String> {
        let stream = heard.work.stream(lane);
        for (place, ack) in acks.iter().enumerate() {
            self.mirror.follow_one(stream, place as u64, &ack.outcome)?;
            tally.operations += 1;
            let backup = stream.at(place as u64).backup(&heard.work.backups);
            if let Some(backup) = backup.filter(|_| ack.outcome == Outcome::Done) {
                let copy = open(&backup, Sync::Always, LONG)
                    .map_err(|error| format!("the backup of operation {place}: {error}"))?;
                self.mirror
                    .compare(&copy, lane)
                    .map_err(|why| format!("the backup of operation {place}: {why}"))?;
                tally.backups += 1;
            }
        }
        Ok(())
    }

    /// Writes on, in this process.
    fn go_on(&mut self, repository: &Repository, load: Load) -> Result<(), String> {
        let seed = self.numbers.number();
        for lane in (0..self.lanes).map(Lane) {
            if load == Load::Heavy {
                // What was heavy is not carried through all rounds to come.
                for kind in [Kind::DropBulk, Kind::Restore] {
                    let operation = Operation { kind, seed };
                    let there = operation.apply(At { repository, lane, backups: None });
                    if self.mirror.apply(lane, operation) != there {
                        return Err(format!("after reopening: {operation:?}: {there:?}"));
                    }
                }
            }
            let stream = crate::mirror::Stream { lane, seed, load: Load::Light };
            for place in 0..4 {
                let operation = stream.at(place);
                let there = operation.apply(At { repository, lane, backups: None });
                self.mirror
                    .follow_one(stream, place, &there)
                    .map_err(|why| format!("after reopening: {why}"))?;
            }
        }
        repository.sync().map_err(text)
    }
}

/// Has a child work, and kills it.
fn kill(program: &Path, work: Work, moment: &Moment) -> Result<Heard, String> {
    let mut child = Command::new(program)
        .arg("child")
        .args(work.arguments())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(text)?;
    let heard = listen(&mut child, work, moment);
    // Whatever was heard, it ends here; it is gone already when this fails.
    let _ = child.kill();
    child.wait().map_err(text)?;
    heard
}

fn listen(child: &mut Child, work: Work, moment: &Moment) -> Result<Heard, String> {
    let pipe = child.stdout.take().ok_or("no pipe")?;
    let mut pipe = BufReader::new(pipe);
    let mut acks = vec![Vec::new(); work.lanes as usize];
    let (mut count, mut killed) = (0, false);
    let mut is_checkpoint = false;
    loop {
        if !killed && count >= moment.acks && (is_checkpoint || !moment.checkpoint || count > 400) {
            (0..moment.spin).for_each(|_| std::hint::spin_loop());
            child.kill().map_err(text)?;
            killed = true;
        }
        let mut line = String::new();
        let length = pipe.read_line(&mut line).map_err(text)?;
        let Some(line) = line.strip_suffix('\n') else {
            if killed {
                return Ok(Heard { acks, work });
            }
            return Err(format!("the child ended by itself after {count} operations ({length})"));
        };
        match Said::read(line) {
            Said::Checkpoint => is_checkpoint = true,
            Said::Ack(lane, place, ack) => {
                is_checkpoint = false;
                let lane = acks.get_mut(lane.0 as usize).ok_or("an unknown lane")?;
                if place != lane.len() as u64 {
                    return Err(format!("operation {place} in place of {}", lane.len()));
                }
                lane.push(ack);
                count += 1;
            }
            Said::Broken(message) => return Err(message),
        }
    }
}

/// Whether the files are those of a checkpoint that was not done: one being written, or a log
/// more than there is between checkpoints.
fn is_being_checkpointed(folder: &Path) -> bool {
    let Ok(files) = std::fs::read_dir(folder) else { return false };
    let names = files.filter_map(|file| file.ok()?.file_name().into_string().ok());
    let (mut logs, mut new) = (0, false);
    for name in names {
        new |= name.ends_with(".new");
        logs += u32::from(name.ends_with(".redb"));
    }
    new || logs > 1
}

fn last_commit(repository: &Repository) -> u64 {
    repository.durability().map_or(0, |status| status.commit)
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}
