//! WQL, from its text: scans that count, an instance by its key, a range of an ordered index.

use super::{Result, insert_disks, inserter, touch};
use crate::clock::{self, Stopwatch};
use crate::data::{self, Letters, Order, SAMPLES, fleet};
use crate::queries::{self, BOTH, Count, LIKE, LIKE_FOLDED, LIKE_MIXED, RANGE, RangeCosts};
use crate::report::Report;
use cimarron_engine::{CallContext, Session, ValueView};
use std::ops::Range;

/// What is asked of models of ASCII.
pub(super) fn queries(report: &mut Report, count: u64) -> Result<()> {
    let session = namespace(count, Order::Scattered, Letters::Ascii)?;
    for counted in [RANGE, LIKE, BOTH] {
        scan(report, &session, count, &counted)?;
    }
    threads(report, &session, count)?;
    key(report, &session, count)?;
    key_query_prepared(report, &session, count, "key", ("*", 0..fleet::PROPERTIES.len()))?;
    let size = (fleet::PROPERTIES[fleet::SIZE], fleet::SIZE..fleet::SIZE + 1);
    key_query_prepared(report, &session, count, "key_size", size)?;
    key_prepared(report, &session, count, "key", 0..fleet::PROPERTIES.len())?;
    key_prepared(report, &session, count, "key_size", fleet::SIZE..fleet::SIZE + 1)?;
    let mut clock = Stopwatch::default();
    clock.time(|| session.create_index(&CallContext::new(), "Bench_Disk", "Size"))?;
    report.figure("create_index", clock.each(count));
    range(report, &session, count, ["range", "range_again"])
}

/// What is asked of rows whose sizes grow in the order in which they were created.
pub(super) fn ordered(report: &mut Report, count: u64) -> Result<()> {
    let session = namespace(count, Order::OfKeys, Letters::Ascii)?;
    session.create_index(&CallContext::new(), "Bench_Disk", "Size")?;
    range(report, &session, count, ["range_ordered", "range_ordered_again"])
}

/// What is asked of rows that were created when the index was there, and what that costs.
pub(super) fn indexed(report: &mut Report, count: u64) -> Result<()> {
    let session = fleet::namespace();
    session.create_index(&CallContext::new(), "Bench_Disk", "Size")?;
    let disks = data::named_disks(count, Order::Scattered, Letters::Ascii);
    let mut clock = Stopwatch::default();
    insert_disks(&mut inserter(&session)?, disks, &mut clock)?;
    report.figure("create_indexed", clock.each(count));
    range(report, &session, count, ["range_indexed", "range_indexed_again"])
}

/// What is asked of models of which some are not ASCII.
pub(super) fn letters(report: &mut Report, count: u64) -> Result<()> {
    let session = namespace(count, Order::Scattered, Letters::Mixed)?;
    for counted in [LIKE_MIXED, LIKE_FOLDED] {
        scan(report, &session, count, &counted)?;
    }
    Ok(())
}

fn namespace(count: u64, order: Order, letters: Letters) -> Result<Session> {
    let session = fleet::namespace();
    let disks = data::named_disks(count, order, letters);
    insert_disks(&mut inserter(&session)?, disks, &mut Stopwatch::default())?;
    Ok(session)
}

/// Seconds for one row of a scan that counts.
fn scan(report: &mut Report, session: &Session, count: u64, counted: &Count) -> Result<()> {
    let context = CallContext::new();
    let query = format!("SELECT Id FROM Bench_Disk WHERE {}", counted.condition);
    let (mut costs, mut found) = (Vec::new(), 0);
    for _ in 0..queries::SCANS {
        let mut clock = Stopwatch::default();
        found = clock.time(|| session.query(&context, &query)?.count())?;
        costs.push(clock.each(count));
    }
    report.check(counted.name, found as u64);
    report.figure(counted.name, clock::median(costs));
    Ok(())
}

/// Seconds for one row of a scan that one thread does, and of the same that two share.
fn threads(report: &mut Report, session: &Session, count: u64) -> Result<()> {
    let context = CallContext::new();
    let query = format!("SELECT Id FROM Bench_Disk WHERE {}", LIKE.condition);
    for (name, threads) in [("one_thread", 1), ("two_threads", 2)] {
        let mut costs = Vec::new();
        for _ in 0..queries::SCANS {
            let result = session.query(&context, &query)?;
            let parts = result.parts(threads).map(|part| move || part.count());
            let (seconds, found) = clock::side_by_side(parts);
            let found = found.into_iter().sum::<Result<usize>>()?;
            report.check(LIKE.name, found as u64);
            costs.push(seconds / count as f64);
        }
        report.figure(name, clock::median(costs));
    }
    Ok(())
}

/// From the text of a query with a key to all values of the row.
fn key(report: &mut Report, session: &Session, count: u64) -> Result<()> {
    let context = CallContext::new();
    let (mut clock, mut sum) = (Stopwatch::default(), 0_u64);
    for batch in data::batches(0..SAMPLES) {
        let queries: Vec<_> = batch.map(|nth| query_of_key("*", nth, count)).collect();
        clock.time(|| {
            queries.iter().try_for_each(|query| {
                for row in session.query(&context, query)?.rows() {
                    let row = row?;
                    sum = sum.wrapping_add(touch_all(|slot| row.value(slot)));
                }
                Result::<()>::Ok(())
            })
        })?;
    }
    report.check("key", sum);
    report.figure("key", clock.each(SAMPLES));
    Ok(())
}

/// The same when the queries were prepared before, and some of the columns are shown and read.
fn key_query_prepared(
    report: &mut Report,
    session: &Session,
    count: u64,
    name: &str,
    (shown, slots): (&str, Range<usize>),
) -> Result<()> {
    let context = CallContext::new();
    let (mut clock, mut sum) = (Stopwatch::default(), 0_u64);
    for batch in data::batches(0..SAMPLES) {
        let prepare = |nth| session.prepare(&context, &query_of_key(shown, nth, count));
        let queries = batch.map(prepare).collect::<Result<Vec<_>>>()?;
        clock.time(|| {
            queries.iter().try_for_each(|query| {
                for row in query.run(&context)?.rows() {
                    let row = row?;
                    sum = sum.wrapping_add(touch_some(slots.clone(), |slot| row.value(slot)));
                }
                Result::<()>::Ok(())
            })
        })?;
    }
    report.check(name, sum);
    report.figure(&format!("{name}_query_prepared"), clock.each(SAMPLES));
    Ok(())
}

fn query_of_key(shown: &str, nth: u64, count: u64) -> String {
    format!(
        "SELECT {shown} FROM Bench_Disk WHERE Id = '{}'",
        data::key(data::scattered(nth, count))
    )
}

/// The same through the reader, which is prepared for all keys, and some of the values are
/// read.
fn key_prepared(
    report: &mut Report,
    session: &Session,
    count: u64,
    name: &str,
    slots: Range<usize>,
) -> Result<()> {
    let context = CallContext::new();
    let reader = session.reader(&context, "Bench_Disk")?;
    let (mut clock, mut sum) = (Stopwatch::default(), 0_u64);
    for batch in data::batches(0..SAMPLES) {
        let keys: Vec<_> = batch.map(|nth| data::key(data::scattered(nth, count))).collect();
        clock.time(|| {
            keys.iter().try_for_each(|key| {
                if let Some(disk) = reader.get(&context, &[ValueView::String(key)])? {
                    sum = sum.wrapping_add(touch_some(slots.clone(), |slot| disk.value(slot)));
                }
                Result::<()>::Ok(())
            })
        })?;
    }
    report.check(name, sum);
    report.figure(&format!("{name}_prepared"), clock.each(SAMPLES));
    Ok(())
}

/// Seconds for one row of those that an ordered index finds: as ranges that nobody looked at
/// before, and as the same ranges once more.
fn range(report: &mut Report, session: &Session, count: u64, figures: [&str; 2]) -> Result<()> {
    let context = CallContext::new();
    let mut costs = RangeCosts::default();
    for sizes in queries::ranges(count) {
        let (from, to) = (sizes.start, sizes.end);
        let query = format!("SELECT * FROM Bench_Disk WHERE Size >= {from} AND Size < {to}");
        costs.measure(|| {
            let (mut rows, mut sum) = (0_u64, 0_u64);
            for row in session.query(&context, &query)?.rows() {
                let row = row?;
                rows += 1;
                sum = sum.wrapping_add(touch_all(|slot| row.value(slot)));
            }
            Result::<_>::Ok((rows, sum))
        })?;
    }
    costs.report(report, figures);
    Ok(())
}

/// A number that depends on all values of a row.
fn touch_all<'a>(value: impl Fn(usize) -> ValueView<'a>) -> u64 {
    touch_some(0..fleet::PROPERTIES.len(), value)
}

fn touch_some<'a>(slots: Range<usize>, value: impl Fn(usize) -> ValueView<'a>) -> u64 {
    slots.fold(0, |sum, slot| sum.wrapping_add(touch(value(slot))))
}
