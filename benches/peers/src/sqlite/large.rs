//! Ten times as many rows: what gets dearer.

use super::{Form, INSERT, database, get, insert};
use crate::clock::Stopwatch;
use crate::data::{self, Order, RANGE_SAMPLES};
use crate::memory;
use crate::report::Report;
use rusqlite::Result;
use std::ops::Range;

/// Creating the first tenth and the other nine, and reading after each.
pub(super) fn large(report: &mut Report, count: u64, form: Form) -> Result<()> {
    let connection = database(form)?;
    let before = memory::sqlite();
    for (numbers, suffix) in [(0..count / 10, "small"), (count / 10..count, "large")] {
        let mut clock = Stopwatch::default();
        clock.time(|| connection.execute_batch("BEGIN"))?;
        insert(&mut connection.prepare(INSERT)?, numbers.clone(), Order::Scattered, &mut clock)?;
        clock.time(|| connection.execute_batch("COMMIT"))?;
        report.figure(&format!("create_{suffix}"), clock.each(numbers.end - numbers.start));
        let get = get(report, &connection, numbers.end)?;
        report.figure(&format!("get_{suffix}"), get);
        report.figure(&format!("get_prepared_{suffix}"), get);
    }
    report.figure("bytes_large", memory::sqlite() - before);
    Ok(())
}

/// Ten rows out of a range of sizes, by an index, with as few and with all rows.
pub(super) fn ranges(report: &mut Report, count: u64, form: Form) -> Result<()> {
    let connection = database(form)?;
    connection.execute_batch("CREATE INDEX disk_size ON disk (size)")?;
    for (numbers, suffix) in [(0..count / 10, "small"), (count / 10..count, "large")] {
        let there = numbers.end;
        connection.execute_batch("BEGIN")?;
        let mut statement = connection.prepare(INSERT)?;
        insert(&mut statement, numbers, Order::Scattered, &mut Stopwatch::default())?;
        connection.execute_batch("COMMIT")?;
        let mut query =
            connection.prepare("SELECT speed FROM disk WHERE size >= ?1 AND size < ?2")?;
        let (mut clock, mut sum) = (Stopwatch::default(), 0_u64);
        for batch in data::batches(0..RANGE_SAMPLES) {
            clock.time(|| {
                for Range { start: from, end: to } in batch.map(|nth| data::sizes(nth, there, 10)) {
                    let mut rows = query.query([from as i64, to as i64])?;
                    while let Some(row) = rows.next()? {
                        sum = sum.wrapping_add(row.get::<_, i64>(0)? as u64);
                    }
                }
                Result::<()>::Ok(())
            })?;
        }
        report.check("ranges", sum);
        report.figure(&format!("range_{suffix}"), clock.each(RANGE_SAMPLES));
    }
    Ok(())
}
