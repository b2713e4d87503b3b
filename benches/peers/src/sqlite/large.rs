//! Ten times as many rows: what gets dearer.

use super::{Form, INSERT, database, get, insert};
use crate::clock::Stopwatch;
use crate::data::Order;
use crate::memory;
use crate::report::Report;
use rusqlite::Result;

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
