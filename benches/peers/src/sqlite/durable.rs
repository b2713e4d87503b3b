//! Commits that are on the disk before they are acknowledged: a write-ahead log, `synchronous =
//! FULL`. Writers have a connection each and wait for one another.

use super::{Form, INSERT, insert, insert_one};
use crate::clock::Stopwatch;
use crate::data::{self, Order, fleet::Disk};
use crate::durable::{self, BATCH, BATCHES, COMMITS, LOG, Scratch, WRITERS, seconds};
use crate::report::Report;
use rusqlite::{Connection, Result, Statement};
use std::ops::Range;
use std::path::Path;
use std::time::Duration;

fn open(folder: &Path) -> Result<Connection> {
    let connection = Connection::open(folder.join("peer.sqlite"))?;
    connection.busy_timeout(Duration::from_secs(60))?;
    connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")?;
    Ok(connection)
}

/// Commits of one row each, by one writer and by several; batches.
pub(super) fn commits(report: &mut Report, form: Form) -> Result<()> {
    for (name, writers) in [("durable_1", 1), ("durable_8", WRITERS)] {
        let scratch = Scratch::new("sqlite");
        open(scratch.path())?.execute_batch(&form.table("disk"))?;
        let each = COMMITS / writers;
        let elapsed = seconds(|| {
            std::thread::scope(|scope| {
                for writer in 0..writers {
                    let folder = scratch.path();
                    scope.spawn(move || {
                        let connection = open(folder).expect("a connection");
                        let mut statement = connection.prepare(INSERT).expect("a statement");
                        for disks in data::disks(writer * each..(writer + 1) * each, Order::OfKeys)
                        {
                            for disk in disks {
                                insert_one(&mut statement, &disk).expect("an insert");
                            }
                        }
                    });
                }
            });
        });
        report.figure(name, elapsed / COMMITS as f64);
    }
    for (name, writers) in [("durable_batches", 1), ("durable_batches_8", WRITERS)] {
        let scratch = Scratch::new("sqlite");
        open(scratch.path())?.execute_batch(&form.table("disk"))?;
        let batches = |writer| durable::batches_of(writer, writers).map(disks).collect();
        let work: Vec<Vec<Vec<Disk>>> = (0..writers).map(batches).collect();
        let elapsed = seconds(|| {
            std::thread::scope(|scope| {
                for batches in &work {
                    let folder = scratch.path();
                    scope.spawn(move || {
                        let connection = open(folder).expect("a connection");
                        let mut statement = connection.prepare(INSERT).expect("a statement");
                        for batch in batches {
                            write_batch(&connection, &mut statement, batch).expect("a batch");
                        }
                    });
                }
            });
        });
        report.figure(name, elapsed / (BATCHES * BATCH) as f64);
    }
    Ok(())
}

/// What a caller brings, made before the clock runs.
fn disks(numbers: Range<u64>) -> Vec<Disk> {
    data::disks(numbers, Order::OfKeys).flatten().collect()
}

fn write_batch(
    connection: &Connection,
    statement: &mut Statement<'_>,
    batch: &[Disk],
) -> Result<()> {
    connection.execute_batch("BEGIN IMMEDIATE")?;
    batch.iter().try_for_each(|disk| insert_one(statement, disk))?;
    connection.execute_batch("COMMIT")
}

fn fill(folder: &Path, count: u64, form: Form) -> Result<()> {
    let connection = open(folder)?;
    connection.execute_batch(&format!("{}; BEGIN", form.table("disk")))?;
    let mut clock = Stopwatch::default();
    insert(&mut connection.prepare(INSERT)?, 0..count, Order::Scattered, &mut clock)?;
    connection.execute_batch("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)")
}

/// Opening a file and having come to each of its rows, which the other side has when it is open.
pub(super) fn reopen(report: &mut Report, count: u64, form: Form) -> Result<()> {
    let scratch = Scratch::new("sqlite");
    fill(scratch.path(), count, form)?;
    read(report, "reopen", scratch.path(), count)
}

/// The same when the last rows are in a long log whose writer was killed.
pub(super) fn reopen_killed(report: &mut Report, count: u64, form: Form) -> Result<()> {
    let scratch = Scratch::new("sqlite");
    fill(scratch.path(), count, form)?;
    durable::killed("sqlite", scratch.path(), count);
    read(report, "reopen_killed", scratch.path(), count)
}

fn read(report: &mut Report, figure: &str, folder: &Path, count: u64) -> Result<()> {
    let mut rows = 0;
    let elapsed = seconds(|| {
        let connection = open(folder).expect("the file opens");
        let all =
            connection.query_one("SELECT count(size) FROM disk", [], |row| row.get::<_, i64>(0));
        rows = all.expect("a count") as u64;
        std::mem::forget(connection);
    });
    assert!(rows >= count, "{rows}");
    report.figure(figure, elapsed);
    Ok(())
}

/// Commits rows one by one until the log is long, and dies.
pub(crate) fn commit_and_die(folder: &Path, count: u64) -> Result<()> {
    let connection = open(folder)?;
    connection.execute_batch("PRAGMA synchronous = OFF; PRAGMA wal_autocheckpoint = 0")?;
    let mut statement = connection.prepare(INSERT)?;
    let log = folder.join("peer.sqlite-wal");
    for disks in data::disks(count..u64::MAX, Order::OfKeys) {
        for disk in disks {
            insert_one(&mut statement, &disk)?;
        }
        if std::fs::metadata(&log).is_ok_and(|log| log.len() >= LOG) {
            break;
        }
    }
    std::process::abort()
}
