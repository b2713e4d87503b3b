//! Reading beside a writer: two connections with one cache. The reader does not ask for the
//! table's lock (`read_uncommitted`), or every get beside a write would fail.

use super::{Form, GET, INSERT, insert, size};
use crate::clock::{self, Stopwatch};
use crate::data::{self, Order};
use crate::ours::together::{TURN, TURNS};
use crate::report::Report;
use rusqlite::{Connection, Result, params};
use std::hint::black_box;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

const SHARED: &str = "file:peer?mode=memory&cache=shared";

const KEYS: u64 = 65_536;

/// The rate of random gets beside a writer that updates flat out, as a share of that without.
pub(super) fn together(report: &mut Report, count: u64, form: Form) -> Result<()> {
    let connection = Connection::open(SHARED)?;
    connection.execute_batch(&format!("{}; BEGIN", form.table("disk")))?;
    insert(
        &mut connection.prepare(INSERT)?,
        0..count,
        Order::Scattered,
        &mut Stopwatch::default(),
    )?;
    connection.execute_batch("COMMIT; PRAGMA read_uncommitted = 1")?;
    let keys: Vec<_> = (0..KEYS).map(|nth| data::key(data::scattered(nth, count))).collect();
    let mut statement = connection.prepare(GET)?;
    let mut next = keys.iter().cycle();
    let mut read = || {
        clock::rate(TURN, || {
            let mut keys = next.by_ref().take(64);
            keys.try_fold(0, |done, key| size(&mut statement, key).map(black_box).map(|_| done + 1))
        })
    };
    let (mut shares, mut written) = (Vec::new(), Vec::new());
    for _ in 0..TURNS {
        let alone = read()?;
        let stop = AtomicBool::new(false);
        let (beside, wrote) = thread::scope(|scope| {
            let writer = scope.spawn(|| update(count, &stop));
            let beside = read();
            stop.store(true, Ordering::Relaxed);
            (beside, writer.join().expect("the writer ends well"))
        });
        shares.push(beside? / alone);
        written.push(1.0 / wrote?);
    }
    let share = clock::median(shares);
    report.figure("beside", share);
    report.figure("beside_prepared", share);
    report.figure("modify_beside", clock::median(written));
    Ok(())
}

/// Updates random rows until told to stop; how many a second.
fn update(count: u64, stop: &AtomicBool) -> Result<f64> {
    let connection = Connection::open(SHARED)?;
    let mut statement = connection.prepare("UPDATE disk SET speed = ?1 WHERE id = ?2")?;
    let keys: Vec<_> =
        (0..4_096).map(|nth| data::key(data::scattered(nth + KEYS, count))).collect();
    let mut next = keys.iter().cycle();
    clock::rate_until(
        || stop.load(Ordering::Relaxed),
        || {
            let updates = next.by_ref().take(16).map(|key| statement.execute(params![1, key]));
            updates.into_iter().try_fold(0, |done, updated| updated.map(|_| done + 1))
        },
    )
}
