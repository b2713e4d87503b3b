//! Creating, reading and holding many rows of one table.

use super::{Form, INSERT, database, get, insert, touch_all};
use crate::clock::Stopwatch;
use crate::data::{Order, fleet::PROPERTIES};
use crate::memory;
use crate::report::Report;
use rusqlite::{Connection, Result};

/// All rows in one transaction, when the keys come in their order.
pub(super) fn ordered(report: &mut Report, count: u64, form: Form) -> Result<()> {
    let connection = database(form)?;
    let cost = create(&connection, count, Order::OfKeys)?;
    report.figure("create_ordered", cost);
    Ok(())
}

/// Seconds for one row of a transaction that makes them all.
fn create(connection: &Connection, count: u64, order: Order) -> Result<f64> {
    let mut clock = Stopwatch::default();
    clock.time(|| connection.execute_batch("BEGIN"))?;
    insert(&mut connection.prepare(INSERT)?, 0..count, order, &mut clock)?;
    clock.time(|| connection.execute_batch("COMMIT"))?;
    Ok(clock.each(count))
}

/// All rows in one transaction; gets; a scan.
pub(super) fn rows(report: &mut Report, count: u64, form: Form) -> Result<()> {
    let connection = database(form)?;
    let cost = create(&connection, count, Order::Scattered)?;
    report.figure("create", cost);
    let get = get(report, &connection, count)?;
    // Beside both doors of ours: SQLite's is always a prepared one.
    report.figure("get", get);
    report.figure("get_prepared", get);
    enumerate(report, &connection, count)
}

fn enumerate(report: &mut Report, connection: &Connection, count: u64) -> Result<()> {
    let mut statement = connection.prepare("SELECT * FROM disk")?;
    let mut clock = Stopwatch::default();
    let (rows, sum) = clock.time(|| touch_all(statement.query([])?, PROPERTIES.len()))?;
    report.check("enumerate", sum);
    report.check("rows", rows);
    report.figure("enumerate", clock.each(count));
    Ok(())
}

/// Each row is a transaction.
pub(super) fn generic(report: &mut Report, count: u64, form: Form) -> Result<()> {
    let connection = database(form)?;
    let mut clock = Stopwatch::default();
    insert(&mut connection.prepare(INSERT)?, 0..count, Order::Scattered, &mut clock)?;
    report.figure("create_one", clock.each(count));
    Ok(())
}

/// What a row takes.
pub(super) fn memory(report: &mut Report, count: u64, form: Form) -> Result<()> {
    let connection = database(form)?;
    let before = memory::sqlite();
    create(&connection, count, Order::Scattered)?;
    report.figure("bytes", (memory::sqlite() - before) / count as f64);
    Ok(())
}
