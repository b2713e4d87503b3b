//! Commits that are on the disk before they are acknowledged, and opening what was committed.

use super::{Result, insert, inserter};
use crate::clock::Stopwatch;
use crate::data::fleet::Disk;
use crate::data::{self, Order, fleet};
use crate::durable::{self, BATCH, BATCHES, COMMITS, LOG, Scratch, WRITERS, seconds};
use crate::report::Report;
use cimarron_engine::{CallContext, Durability, Inserter, Repository, Session, SyncPolicy};
use cimarron_model::Instance;
use std::ops::Range;
use std::path::Path;

fn session(repository: &Repository) -> Session {
    fleet::prepare(repository)
}

/// Commits of one instance each, by one writer and by several; batches, as instances and through
/// the prepared inserter, which is what the other side's prepared statement is.
pub(super) fn commits(report: &mut Report) -> Result<()> {
    for (name, writers) in [("durable_1", 1), ("durable_8", WRITERS)] {
        let each = COMMITS / writers;
        let work = (0..writers).map(|writer| instances(writer * each..(writer + 1) * each));
        let elapsed = written(work.collect(), |session, instances| {
            let context = CallContext::new();
            instances.iter().try_for_each(|disk| session.create_instance(&context, disk).map(drop))
        })?;
        report.figure(name, elapsed / COMMITS as f64);
    }
    for (name, writers) in [("durable_batches", 1), ("durable_batches_8", WRITERS)] {
        let of = |writer| durable::batches_of(writer, writers).map(instances).collect::<Vec<_>>();
        let elapsed = written((0..writers).map(of).collect(), |session, batches| {
            batches.into_iter().try_for_each(|batch| write_batch(session, batch))
        })?;
        report.figure(name, elapsed / (BATCHES * BATCH) as f64);
    }
    for (name, writers) in [("durable_inserter", 1), ("durable_inserter_8", WRITERS)] {
        let of = |writer| durable::batches_of(writer, writers).map(rows).collect::<Vec<_>>();
        let elapsed = written((0..writers).map(of).collect(), |session, batches| {
            let mut inserter = inserter(session)?;
            batches.iter().try_for_each(|batch| insert_batch(&mut inserter, batch))
        })?;
        report.figure(name, elapsed / (BATCHES * BATCH) as f64);
    }
    Ok(())
}

/// How long it takes until each of some writers, a thread each, has done its work on a new
/// repository. What they bring is made before the clock runs.
fn written<W: Send>(work: Vec<W>, write: impl Fn(&Session, W) -> Result<()> + Sync) -> Result<f64> {
    let scratch = Scratch::new("ours");
    let repository = Repository::open(scratch.path())?;
    let session = session(&repository);
    Ok(seconds(|| {
        std::thread::scope(|scope| {
            for part in work {
                let (session, write) = (&session, &write);
                scope.spawn(move || write(session, part).expect("all is written"));
            }
        });
    }))
}

fn rows(numbers: Range<u64>) -> Vec<Disk> {
    data::disks(numbers, Order::OfKeys).flatten().collect()
}

fn instances(numbers: Range<u64>) -> Vec<Instance> {
    rows(numbers).iter().map(Disk::instance).collect()
}

fn write_batch(session: &Session, batch: Vec<Instance>) -> Result<()> {
    let writes = batch.into_iter().fold(session.batch(), |writes, disk| writes.create(disk));
    writes.commit(&CallContext::new()).map(drop)
}

fn insert_batch(inserter: &mut Inserter, batch: &[Disk]) -> Result<()> {
    batch.iter().try_for_each(|disk| inserter.insert(&disk.views()))?;
    inserter.commit(&CallContext::new()).map(drop)
}

/// Opening many instances, of which a checkpoint has all.
pub(super) fn reopen(report: &mut Report, count: u64) -> Result<()> {
    let scratch = Scratch::new("ours");
    fill(scratch.path(), count)?;
    open(report, "reopen", scratch.path(), count)
}

fn fill(folder: &Path, count: u64) -> Result<()> {
    let repository = Repository::open(folder)?;
    let session = session(&repository);
    insert(&mut inserter(&session)?, 0..count, Order::Scattered, &mut Stopwatch::default())?;
    repository.checkpoint()
}

fn open(report: &mut Report, figure: &str, folder: &Path, count: u64) -> Result<()> {
    let mut rows = 0;
    let elapsed = seconds(|| {
        let repository = Repository::open(folder).expect("the directory opens");
        let session = repository.session(fleet::NAMESPACE).expect("the namespace");
        let all = session.query(&CallContext::new(), "SELECT * FROM Bench_Disk");
        rows = all.and_then(|all| all.count()).expect("a count") as u64;
        // Ending it is not on the clock.
        std::mem::forget(session);
        std::mem::forget(repository);
    });
    assert!(rows >= count, "{rows}");
    report.figure(figure, elapsed);
    Ok(())
}

/// Opening many instances, of which some are in a long log whose writer was killed.
pub(super) fn reopen_killed(report: &mut Report, count: u64) -> Result<()> {
    let scratch = Scratch::new("ours");
    fill(scratch.path(), count)?;
    durable::killed("cimarron", scratch.path(), count);
    open(report, "reopen_killed", scratch.path(), count)
}

/// Commits instances one by one until the log is long, and dies.
pub(crate) fn commit_and_die(folder: &Path, count: u64) -> Result<()> {
    let durability = Durability::default()
        .with_sync(SyncPolicy::Every(std::time::Duration::from_millis(20)))
        .with_log_bytes(u64::MAX);
    let repository = Repository::builder().durability(durability).open(folder)?;
    let session = repository.session(fleet::NAMESPACE)?;
    let context = CallContext::new();
    let logged = || repository.durability().map_or(0, |status| status.log_bytes);
    for disks in data::disks(count..u64::MAX, Order::OfKeys) {
        for disk in disks {
            session.create_instance(&context, &disk.instance())?;
        }
        if logged() >= LOG {
            break;
        }
    }
    repository.sync()?;
    std::process::abort()
}
