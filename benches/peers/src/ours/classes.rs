//! Many classes with few instances or none.

use super::Result;
use crate::data::{self, CLASSES, INSTANCES_EACH, Order, fleet};
use crate::memory;
use crate::report::Report;
use cimarron_engine::{CallContext, Repository};
use cimarron_model::Dialect;
use std::fmt::Write as _;

/// What the classes take with their declarations, and with a few instances each.
pub(super) fn classes(report: &mut Report) -> Result<()> {
    let repository = Repository::new();
    repository.create_namespace("root/bench", Dialect::Wmi)?;
    let session = repository.session("root/bench")?;
    let context = CallContext::new();
    let before = memory::ours();
    {
        let mut mof = String::new();
        for number in 0..CLASSES {
            let written = writeln!(
                mof,
                "class Bench_Small{number} {{ [key] string Id; string Model; string Serial; \
                 string Location; uint64 Size; uint32 Speed; uint16 State; sint64 Offset; \
                 real64 Load; }};"
            );
            written.expect("a string takes any text");
        }
        session.compile_mof_text(&context, "classes.mof", &mof)?;
    }
    report.figure("classes_empty", memory::ours() - before);
    let disks: Vec<_> = data::disks(0..INSTANCES_EACH, Order::OfKeys).flatten().collect();
    for number in 0..CLASSES {
        let class = format!("Bench_Small{number}");
        let mut inserter = session.inserter(&context, &class, &fleet::PROPERTIES)?;
        disks.iter().try_for_each(|disk| inserter.insert(&disk.views()))?;
        inserter.commit(&context)?;
    }
    report.figure("classes_small", memory::ours() - before);
    Ok(())
}
