//! Parsing and binding, alone and as the engine prepares a query.

use super::Result;
use crate::clock::Stopwatch;
use crate::data::one_class::{NAME, OneClass};
use crate::data::{self, SAMPLES, fleet};
use crate::queries::{TYPICAL_COLUMNS, TYPICAL_CONDITION};
use crate::report::Report;
use cimarron_engine::CallContext;
use cimarron_model::Dialect;
use cimarron_wql::{BindOptions, bind, parse};
use std::hint::black_box;

pub(super) fn parse_and_bind(report: &mut Report) -> Result<()> {
    let text = format!("SELECT {TYPICAL_COLUMNS} FROM {NAME} WHERE {TYPICAL_CONDITION}");
    let (schema, options) = (OneClass::new(), BindOptions::from(Dialect::Wmi));
    let alone = each(|| {
        black_box(bind(&parse(black_box(&text))?, &schema, &options)?);
        Ok(())
    })?;
    report.figure("parse", alone);
    let (session, context) = (fleet::namespace(), CallContext::new());
    let prepared = each(|| {
        black_box(session.prepare(&context, black_box(&text))?);
        Ok(())
    })?;
    report.figure("prepare", prepared);
    Ok(())
}

/// Seconds for doing something once.
fn each(work: impl Fn() -> Result<()>) -> Result<f64> {
    let mut clock = Stopwatch::default();
    for mut batch in data::batches(0..SAMPLES) {
        clock.time(|| batch.try_for_each(|_| work()))?;
    }
    Ok(clock.each(SAMPLES))
}
