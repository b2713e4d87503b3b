//! Parsing and binding alone.

use crate::clock::Stopwatch;
use crate::data::one_class::{NAME, OneClass};
use crate::data::{self, SAMPLES};
use crate::queries::{TYPICAL_COLUMNS, TYPICAL_CONDITION};
use crate::report::Report;
use cimarron_model::Dialect;
use cimarron_wql::{BindOptions, WqlError, bind, parse};
use std::hint::black_box;

pub(super) fn parse_and_bind(report: &mut Report) -> Result<(), WqlError> {
    let (schema, options) = (OneClass::new(), BindOptions { dialect: Dialect::Wmi });
    let text = format!("SELECT {TYPICAL_COLUMNS} FROM {NAME} WHERE {TYPICAL_CONDITION}");
    let mut clock = Stopwatch::default();
    for batch in data::batches(0..SAMPLES) {
        clock.time(|| {
            for _ in batch {
                black_box(bind(&parse(black_box(&text))?, &schema, &options)?);
            }
            Result::<(), WqlError>::Ok(())
        })?;
    }
    report.figure("parse", clock.each(SAMPLES));
    Ok(())
}
