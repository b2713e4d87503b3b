//! Ten times as many instances: what gets dearer.

use super::{Result, insert, inserter, rows, touch};
use crate::clock::Stopwatch;
use crate::data::{self, Order, RANGE_SAMPLES, fleet};
use crate::memory;
use crate::report::Report;
use cimarron_engine::CallContext;
use std::ops::Range;

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

/// Ten rows out of a range of sizes, by an ordered index, with as few and with all instances.
pub(super) fn ranges(report: &mut Report, count: u64) -> Result<()> {
    let (session, context) = (fleet::namespace(), CallContext::new());
    let mut inserter = inserter(&session)?;
    session.create_index(&context, "Bench_Disk", "Size")?;
    for (numbers, suffix) in [(0..count / 10, "small"), (count / 10..count, "large")] {
        let there = numbers.end;
        insert(&mut inserter, numbers, Order::Scattered, &mut Stopwatch::default())?;
        let (mut clock, mut sum) = (Stopwatch::default(), 0_u64);
        for batch in data::batches(0..RANGE_SAMPLES) {
            let queries: Vec<String> = batch
                .map(|nth| {
                    let Range { start: from, end: to } = data::sizes(nth, there, 10);
                    format!("SELECT Speed FROM Bench_Disk WHERE Size >= {from} AND Size < {to}")
                })
                .collect();
            clock.time(|| {
                for query in &queries {
                    for row in session.query(&context, query)?.rows() {
                        let speed = row?.property("Speed").unwrap_or_default();
                        sum = sum.wrapping_add(touch(speed));
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
