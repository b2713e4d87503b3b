//! SQL: scans that count, a row by its key, a range of an index, and making a statement.

use super::{Form, INSERT, database, insert_disks, touch_all};
use crate::clock::{self, Stopwatch};
use crate::data::{self, Letters, Order, SAMPLES, fleet::Disk, fleet::PROPERTIES};
use crate::queries::{
    self, BOTH, Count, LIKE, LIKE_MIXED, RANGE, RangeCosts, TYPICAL_COLUMNS, TYPICAL_CONDITION,
};
use crate::report::Report;
use rusqlite::{Connection, Result};
use std::hint::black_box;

const INDEX: &str = "CREATE INDEX disk_size ON disk (size)";

/// What is asked of models of ASCII.
pub(super) fn queries(report: &mut Report, count: u64, form: Form) -> Result<()> {
    let connection = filled(count, Order::Scattered, Letters::Ascii, form)?;
    for counted in [RANGE, LIKE, BOTH] {
        scan(report, &connection, count, &counted)?;
    }
    exact(report, &connection, "like_exact")?;
    key(report, &connection, count)?;
    key_prepared(report, &connection, count, ("key", "*", PROPERTIES.len()))?;
    key_prepared(report, &connection, count, ("key_size", "size", 1))?;
    let mut clock = Stopwatch::default();
    clock.time(|| connection.execute_batch(INDEX))?;
    report.figure("create_index", clock.each(count));
    range(report, &connection, count, ["range", "range_again"])
}

/// What is asked of rows whose sizes grow in the order in which they were created.
pub(super) fn ordered(report: &mut Report, count: u64, form: Form) -> Result<()> {
    let connection = filled(count, Order::OfKeys, Letters::Ascii, form)?;
    connection.execute_batch(INDEX)?;
    range(report, &connection, count, ["range_ordered", "range_ordered_again"])
}

/// What is asked of rows that were created when the index was there, and what that costs.
pub(super) fn indexed(report: &mut Report, count: u64, form: Form) -> Result<()> {
    let connection = database(form)?;
    connection.execute_batch(INDEX)?;
    let mut clock = Stopwatch::default();
    fill(&connection, data::named_disks(count, Order::Scattered, Letters::Ascii), &mut clock)?;
    report.figure("create_indexed", clock.each(count));
    range(report, &connection, count, ["range_indexed", "range_indexed_again"])
}

/// What is asked of models of which some are not ASCII. SQLite's LIKE folds no others, so the
/// question that needs it is not for SQLite.
pub(super) fn letters(report: &mut Report, count: u64, form: Form) -> Result<()> {
    let connection = filled(count, Order::Scattered, Letters::Mixed, form)?;
    scan(report, &connection, count, &LIKE_MIXED)?;
    exact(report, &connection, "like_mixed_exact")
}

fn filled(count: u64, order: Order, letters: Letters, form: Form) -> Result<Connection> {
    let connection = database(form)?;
    fill(&connection, data::named_disks(count, order, letters), &mut Stopwatch::default())?;
    Ok(connection)
}

/// Creates rows in one transaction.
fn fill(
    connection: &Connection,
    disks: impl Iterator<Item = Vec<Disk>>,
    clock: &mut Stopwatch,
) -> Result<()> {
    clock.time(|| connection.execute_batch("BEGIN"))?;
    insert_disks(&mut connection.prepare(INSERT)?, disks, clock)?;
    clock.time(|| connection.execute_batch("COMMIT"))
}

/// Seconds for one row of a scan that counts.
fn scan(report: &mut Report, connection: &Connection, count: u64, counted: &Count) -> Result<()> {
    let query = format!("SELECT count(*) FROM disk WHERE {}", counted.condition);
    let (mut costs, mut found) = (Vec::new(), 0);
    for _ in 0..queries::SCANS {
        let mut clock = Stopwatch::default();
        found = clock.time(|| connection.query_one(&query, [], |row| row.get::<_, i64>(0)))?;
        costs.push(clock.each(count));
    }
    report.check(counted.name, found as u64);
    report.figure(counted.name, clock::median(costs));
    Ok(())
}

/// How many there are where case counts, for a side whose LIKE is of that kind.
fn exact(report: &mut Report, connection: &Connection, name: &str) -> Result<()> {
    let query = "SELECT count(*) FROM disk WHERE model GLOB '*foo*'";
    let found = connection.query_one(query, [], |row| row.get::<_, i64>(0))?;
    report.check(name, found as u64);
    Ok(())
}

/// From the text of a query with a key to all values of the row.
fn key(report: &mut Report, connection: &Connection, count: u64) -> Result<()> {
    let query =
        |nth| format!("SELECT * FROM disk WHERE id = '{}'", data::key(data::scattered(nth, count)));
    let (mut clock, mut sum) = (Stopwatch::default(), 0_u64);
    for batch in data::batches(0..SAMPLES) {
        let queries: Vec<_> = batch.map(query).collect();
        clock.time(|| {
            queries.iter().try_for_each(|query| {
                let (_, values) =
                    touch_all(connection.prepare(query)?.query([])?, PROPERTIES.len())?;
                sum = sum.wrapping_add(values);
                Result::<()>::Ok(())
            })
        })?;
    }
    report.check("key", sum);
    report.figure("key", clock.each(SAMPLES));
    Ok(())
}

/// The same by a statement that there is, of some columns.
fn key_prepared(
    report: &mut Report,
    connection: &Connection,
    count: u64,
    (name, columns, number): (&str, &str, usize),
) -> Result<()> {
    let query = format!("SELECT {columns} FROM disk WHERE id = ?1");
    let mut statement = connection.prepare(&query)?;
    let (mut clock, mut sum) = (Stopwatch::default(), 0_u64);
    for batch in data::batches(0..SAMPLES) {
        let keys: Vec<_> = batch.map(|nth| data::key(data::scattered(nth, count))).collect();
        clock.time(|| {
            keys.iter().try_for_each(|key| {
                let (_, values) = touch_all(statement.query([key])?, number)?;
                sum = sum.wrapping_add(values);
                Result::<()>::Ok(())
            })
        })?;
    }
    report.check(name, sum);
    report.figure(&format!("{name}_prepared"), clock.each(SAMPLES));
    Ok(())
}

/// Seconds for one row of those that an index finds: as ranges that nobody looked at before, and
/// as the same ranges once more.
fn range(
    report: &mut Report,
    connection: &Connection,
    count: u64,
    figures: [&str; 2],
) -> Result<()> {
    connection.execute_batch("ANALYZE")?;
    let mut statement = connection.prepare("SELECT * FROM disk WHERE size >= ?1 AND size < ?2")?;
    let mut costs = RangeCosts::default();
    for sizes in queries::ranges(count) {
        let sizes = [sizes.start as i64, sizes.end as i64];
        costs.measure(|| touch_all(statement.query(sizes)?, PROPERTIES.len()))?;
    }
    costs.report(report, figures);
    Ok(())
}

/// Making a statement, which for SQLite is parsing, binding and planning.
pub(super) fn parse(report: &mut Report, form: Form) -> Result<()> {
    let connection = database(form)?;
    let text = format!("SELECT {TYPICAL_COLUMNS} FROM disk WHERE {TYPICAL_CONDITION}");
    let mut clock = Stopwatch::default();
    for batch in data::batches(0..SAMPLES) {
        clock.time(|| {
            for _ in batch {
                black_box(connection.prepare(black_box(&text))?);
            }
            Result::<()>::Ok(())
        })?;
    }
    report.figure("parse", clock.each(SAMPLES));
    Ok(())
}
