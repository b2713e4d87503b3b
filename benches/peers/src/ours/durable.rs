//! Commits that are on the disk before they are acknowledged, and opening what was committed.

use super::{Result, insert, inserter};
use crate::clock::Stopwatch;
use crate::data::{self, Order, fleet};
use crate::durable::{self, BATCH, BATCHES, COMMITS, LOG, Scratch, WRITERS, seconds};
use crate::report::Report;
use cimarron_engine::{CallContext, Durability, Repository, Session, SyncPolicy};
use std::ops::Range;
use std::path::Path;

fn session(repository: &Repository) -> Session {
    fleet::prepare(repository)
}

/// Commits of one instance each, by one writer and by several; batches.
pub(super) fn commits(report: &mut Report) -> Result<()> {
    let context = CallContext::new();
    for (name, writers) in [("durable_1", 1), ("durable_8", WRITERS)] {
        let scratch = Scratch::new("ours");
        let repository = Repository::open(scratch.path())?;
        let session = session(&repository);
        let each = COMMITS / writers;
        let elapsed = seconds(|| {
            std::thread::scope(|scope| {
                for writer in 0..writers {
                    let (session, context) = (&session, &context);
                    scope.spawn(move || {
                        for disks in data::disks(writer * each..(writer + 1) * each, Order::OfKeys)
                        {
                            for disk in disks {
                                session
                                    .create_instance(context, &disk.instance())
                                    .expect("a create");
                            }
                        }
                    });
                }
            });
        });
        report.figure(name, elapsed / COMMITS as f64);
    }
    for (name, writers) in [("durable_batches", 1), ("durable_batches_8", WRITERS)] {
        let scratch = Scratch::new("ours");
        let repository = Repository::open(scratch.path())?;
        let session = session(&repository);
        let elapsed = seconds(|| {
            std::thread::scope(|scope| {
                for writer in 0..writers {
                    let session = &session;
                    scope.spawn(move || {
                        let batches = durable::batches_of(writer, writers);
                        batches.for_each(|numbers| write_batch(session, numbers));
                    });
                }
            });
        });
        report.figure(name, elapsed / (BATCHES * BATCH) as f64);
    }
    Ok(())
}

fn write_batch(session: &Session, numbers: Range<u64>) {
    let mut writes = session.batch();
    for disks in data::disks(numbers, Order::OfKeys) {
        writes = disks.iter().fold(writes, |writes, disk| writes.create(disk.instance()));
    }
    writes.commit(&CallContext::new()).expect("a batch");
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
