//! Associations.

use super::{Result, touch};
use crate::clock::Stopwatch;
use crate::data::{self, ENDS, LINK_SAMPLES, LINKS};
use crate::report::Report;
use cimarron_engine::{AssociationFilter, CallContext, Repository, Session, Update};
use cimarron_model::{Dialect, Instance, ObjectPath, Status};

const CLASSES: &str = "
class Bench_End { [key] string Id; uint64 Size; };
[association] class Bench_Link {
    [key] Bench_End ref Antecedent;
    [key] Bench_End ref Dependent;
    uint32 Weight;
};";

pub(super) fn links(report: &mut Report) -> Result<()> {
    associators(report)?;
    hub(report)
}

/// The objects at the other ends of an object's links, two properties of each read.
fn associators(report: &mut Report) -> Result<()> {
    let session = namespace(ENDS, data::links())?;
    let (context, filter) = (CallContext::new(), AssociationFilter::new());
    let (mut clock, mut sum) = (Stopwatch::default(), 0_u64);
    for batch in data::batches(0..LINK_SAMPLES) {
        let paths: Vec<_> = batch.map(|nth| end(data::scattered(nth, ENDS / 2))).collect();
        clock.time(|| {
            paths.iter().try_for_each(|path| {
                for row in session.associators(&context, path, &filter)?.rows() {
                    let row = row?;
                    for slot in 0..2 {
                        sum = sum.wrapping_add(touch(row.value(slot)));
                    }
                }
                Result::<()>::Ok(())
            })
        })?;
    }
    report.check("associators", sum);
    report.figure("associators", clock.each(LINK_SAMPLES));
    Ok(())
}

/// The same objects by the text of a query, which nothing may have been prepared for.
pub(super) fn associators_of(report: &mut Report) -> Result<()> {
    let session = namespace(ENDS, data::links())?;
    let context = CallContext::new();
    let query = |nth| {
        let key = data::key(data::scattered(nth, ENDS / 2));
        format!("ASSOCIATORS OF {{Bench_End.Id=\"{key}\"}}")
    };
    if let Err(error) = session.query(&context, &query(0))
        && error.status() == Status::QueryFeatureNotSupported
    {
        return Ok(());
    }
    let (mut clock, mut sum) = (Stopwatch::default(), 0_u64);
    for batch in data::batches(0..LINK_SAMPLES) {
        let queries: Vec<_> = batch.map(query).collect();
        clock.time(|| {
            queries.iter().try_for_each(|query| {
                for row in session.query(&context, query)?.rows() {
                    let row = row?;
                    for slot in 0..2 {
                        sum = sum.wrapping_add(touch(row.value(slot)));
                    }
                }
                Result::<()>::Ok(())
            })
        })?;
    }
    report.check("associators_of", sum);
    report.figure("associators_of", clock.each(LINK_SAMPLES));
    Ok(())
}

/// One link of an object that has them all is modified, by the path of the link.
fn hub(report: &mut Report) -> Result<()> {
    let session = namespace(LINKS + 1, (1..=LINKS).map(|to| (0, to)))?;
    let context = CallContext::new();
    let mut clock = Stopwatch::default();
    for batch in data::batches(0..LINK_SAMPLES) {
        let changes: Vec<_> = batch
            .map(|nth| {
                let change = Instance::new("Bench_Link").with("Weight", nth as u32 + 1);
                (link(0, 1 + data::scattered(nth, LINKS)), change)
            })
            .collect();
        clock.time(|| {
            changes.iter().try_for_each(|(path, change)| {
                session.modify_instance(&context, path, change, &Update::Given)
            })
        })?;
    }
    report.figure("hub", clock.each(LINK_SAMPLES));
    Ok(())
}

/// Objects, and links between them.
fn namespace(ends: u64, links: impl Iterator<Item = (u64, u64)>) -> Result<Session> {
    let repository = Repository::new();
    repository.create_namespace("root/bench", Dialect::Wmi)?;
    let session = repository.session("root/bench")?;
    let context = CallContext::new();
    session.compile_mof_text(&context, "links.mof", CLASSES)?;
    for number in 0..ends {
        let end = Instance::new("Bench_End").with("Id", data::key(number)).with("Size", number);
        session.create_instance(&context, &end)?;
    }
    for (from, to) in links {
        let link = Instance::new("Bench_Link")
            .with("Antecedent", end(from))
            .with("Dependent", end(to))
            .with("Weight", 0_u32);
        session.create_instance(&context, &link)?;
    }
    Ok(session)
}

fn end(number: u64) -> ObjectPath {
    let text = format!("Bench_End.Id=\"{}\"", data::key(number));
    ObjectPath::parse(&text).expect("the path of an end")
}

fn link(from: u64, to: u64) -> ObjectPath {
    let [from, to] = [from, to].map(|n| format!("Bench_End.Id=\\\"{}\\\"", data::key(n)));
    let text = format!("Bench_Link.Antecedent=\"{from}\",Dependent=\"{to}\"");
    ObjectPath::parse(&text).expect("the path of a link")
}
