//! Creating, reading and holding many instances of one class.

use super::{Getter, Instances, Prepared, Result, insert, inserter, touch};
use crate::clock::Stopwatch;
use crate::data::{self, Order, SAMPLES, fleet};
use crate::memory;
use crate::report::Report;
use cimarron_engine::{CallContext, Depth, Session};

/// The prepared inserter, when the keys come in their order.
pub(super) fn ordered(report: &mut Report, count: u64) -> Result<()> {
    let session = fleet::namespace();
    let mut clock = Stopwatch::default();
    insert(&mut inserter(&session)?, 0..count, Order::OfKeys, &mut clock)?;
    report.figure("create_ordered", clock.each(count));
    Ok(())
}

/// The prepared inserter; gets; enumerating.
pub(super) fn rows(report: &mut Report, count: u64) -> Result<()> {
    let session = fleet::namespace();
    let mut clock = Stopwatch::default();
    insert(&mut inserter(&session)?, 0..count, Order::Scattered, &mut clock)?;
    report.figure("create", clock.each(count));
    gets(report, &session, count, "")?;
    enumerate(report, &session, count)
}

/// Gets by key through both doors; `suffix` is that of their figures.
pub(super) fn gets(report: &mut Report, session: &Session, count: u64, suffix: &str) -> Result<()> {
    let plain = get(report, &Instances::new(session), count)?;
    report.figure(&format!("get{suffix}"), plain);
    let prepared = get(report, &Prepared::new(session)?, count)?;
    report.figure(&format!("get_prepared{suffix}"), prepared);
    Ok(())
}

/// Seconds for one get by key.
fn get<G: Getter>(report: &mut Report, getter: &G, count: u64) -> Result<f64> {
    let (mut clock, mut sum) = (Stopwatch::default(), 0_u64);
    for batch in data::batches(0..SAMPLES) {
        let keys: Vec<_> = batch.map(|nth| G::key(data::scattered(nth, count))).collect();
        clock.time(|| {
            keys.iter().try_for_each(|key| {
                sum = sum.wrapping_add(getter.size(key)?);
                Result::<()>::Ok(())
            })
        })?;
    }
    report.check("get", sum);
    Ok(clock.each(SAMPLES))
}

fn enumerate(report: &mut Report, session: &Session, count: u64) -> Result<()> {
    let context = CallContext::new();
    let mut clock = Stopwatch::default();
    let (rows, sum) = clock.time(|| {
        let result = session.enumerate_instances(&context, "Bench_Disk", Depth::Deep)?;
        let (mut rows, mut sum) = (0_u64, 0_u64);
        for row in result.rows() {
            let row = row?;
            rows += 1;
            for slot in 0..fleet::PROPERTIES.len() {
                sum = sum.wrapping_add(touch(row.value(slot)));
            }
        }
        Result::<(u64, u64)>::Ok((rows, sum))
    })?;
    report.check("enumerate", sum);
    report.check("rows", rows);
    report.figure("enumerate", clock.each(count));
    Ok(())
}

/// `create_instance`: each call is a commit.
pub(super) fn generic(report: &mut Report, count: u64) -> Result<()> {
    let session = fleet::namespace();
    let context = CallContext::new();
    let mut clock = Stopwatch::default();
    for disks in data::disks(0..count, Order::Scattered) {
        let instances: Vec<_> = disks.iter().map(fleet::Disk::instance).collect();
        clock.time(|| {
            let create = |instance| session.create_instance(&context, instance).map(drop);
            instances.iter().try_for_each(create)
        })?;
    }
    report.figure("create_one", clock.each(count));
    Ok(())
}

/// What an instance takes.
pub(super) fn memory(report: &mut Report, count: u64) -> Result<()> {
    let session = fleet::namespace();
    let before = memory::ours();
    insert(&mut inserter(&session)?, 0..count, Order::Scattered, &mut Stopwatch::default())?;
    report.figure("bytes", (memory::ours() - before) / count as f64);
    Ok(())
}
