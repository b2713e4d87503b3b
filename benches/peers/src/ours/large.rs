//! Ten times as many instances: what gets dearer.

use super::{Result, insert, inserter, rows};
use crate::clock::Stopwatch;
use crate::data::{Order, fleet};
use crate::memory;
use crate::report::Report;

/// Creating the first tenth and the other nine, and reading after each.
pub(super) fn large(report: &mut Report, count: u64) -> Result<()> {
    let session = fleet::namespace();
    let mut inserter = inserter(&session)?;
    let before = memory::ours();
    for (numbers, suffix) in [(0..count / 10, "small"), (count / 10..count, "large")] {
        let mut clock = Stopwatch::default();
        insert(&mut inserter, numbers.clone(), Order::Scattered, &mut clock)?;
        report.figure(&format!("create_{suffix}"), clock.each(numbers.end - numbers.start));
        rows::gets(report, &session, numbers.end, &format!("_{suffix}"))?;
    }
    report.figure("bytes_large", memory::ours() - before);
    Ok(())
}
