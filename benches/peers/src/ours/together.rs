//! Reading beside a writer.

use super::{Getter, Instances, Prepared, Result, insert, inserter, path};
use crate::clock::{self, Stopwatch};
use crate::data::{self, Order, fleet};
use crate::report::Report;
use cimarron_engine::{CallContext, Session, Update};
use cimarron_model::Instance;
use std::hint::black_box;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

/// How often reading alone and reading beside take turns, and for how long each.
pub(crate) const TURNS: u64 = 8;
pub(crate) const TURN: Duration = Duration::from_millis(250);

/// How many different rows are read and written, spread over all of them.
const KEYS: u64 = 65_536;

/// The rate of random gets beside a writer that modifies flat out, as a share of that without,
/// through both doors.
pub(super) fn together(report: &mut Report, count: u64) -> Result<()> {
    let session = fleet::namespace();
    insert(&mut inserter(&session)?, 0..count, Order::Scattered, &mut Stopwatch::default())?;
    let (beside, modify) = beside(&session, &Instances::new(&session), count)?;
    report.figure("beside", beside);
    report.figure("modify_beside", modify);
    let (beside, _) = self::beside(&session, &Prepared::new(&session)?, count)?;
    report.figure("beside_prepared", beside);
    Ok(())
}

/// That share for one door, and seconds for one change meanwhile.
fn beside<G: Getter>(session: &Session, getter: &G, count: u64) -> Result<(f64, f64)> {
    let keys: Vec<_> = (0..KEYS).map(|nth| G::key(data::scattered(nth, count))).collect();
    let mut next = keys.iter().cycle();
    let mut read = || {
        clock::rate(TURN, || {
            let mut keys = next.by_ref().take(64);
            keys.try_fold(0, |done, key| getter.size(key).map(black_box).map(|_| done + 1))
        })
    };
    let (mut shares, mut written) = (Vec::new(), Vec::new());
    for _ in 0..TURNS {
        let alone = read()?;
        let stop = AtomicBool::new(false);
        let (beside, wrote) = thread::scope(|scope| {
            let writer = scope.spawn(|| modify(session, count, &stop));
            let beside = read();
            stop.store(true, Ordering::Relaxed);
            (beside, writer.join().expect("the writer ends well"))
        });
        shares.push(beside? / alone);
        written.push(1.0 / wrote?);
    }
    Ok((clock::median(shares), clock::median(written)))
}

/// Modifies random rows until told to stop; how many a second.
fn modify(session: &Session, count: u64, stop: &AtomicBool) -> Result<f64> {
    let context = CallContext::new();
    let paths: Vec<_> = (0..4_096).map(|nth| path(data::scattered(nth + KEYS, count))).collect();
    let change = Instance::new("Bench_Disk").with("Speed", 1_u32);
    let mut next = paths.iter().cycle();
    clock::rate_until(
        || stop.load(Ordering::Relaxed),
        || {
            let paths = next.by_ref().take(16);
            let modify = |path| session.modify_instance(&context, path, &change, &Update::Given);
            paths.map(modify).try_fold(0, |done, modified| modified.map(|()| done + 1))
        },
    )
}
