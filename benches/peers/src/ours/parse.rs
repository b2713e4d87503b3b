//! Parsing and binding alone, against a schema of one class.

use crate::clock::Stopwatch;
use crate::data::{self, SAMPLES, fleet};
use crate::queries::{TYPICAL_COLUMNS, TYPICAL_CONDITION};
use crate::report::Report;
use cimarron_model::{CimType, Dialect, fold};
use cimarron_wql::{BindOptions, ClassInfo, PropertyInfo, Schema, WqlError, bind, parse};
use std::collections::HashMap;
use std::hint::black_box;

/// Names are looked up as the engine does it: by their folded form, in a table.
struct OneClass {
    properties: HashMap<String, (usize, CimType)>,
}

const NAME: &str = "Bench_Disk";

const TYPES: [CimType; fleet::PROPERTIES.len()] = [
    CimType::String,
    CimType::String,
    CimType::String,
    CimType::String,
    CimType::UInt64,
    CimType::UInt32,
    CimType::UInt16,
    CimType::SInt64,
    CimType::Real64,
];

impl OneClass {
    fn new() -> Self {
        let types = fleet::PROPERTIES.iter().zip(TYPES).enumerate();
        let properties = types.map(|(slot, (name, of))| (fold::fold(name), (slot, of))).collect();
        Self { properties }
    }
}

impl Schema for OneClass {
    type Class<'a> = &'a Self;

    fn class(&self, name: &str) -> Option<&Self> {
        fold::eq(name, NAME).then_some(self)
    }

    fn class_names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(NAME)
    }
}

impl ClassInfo for &OneClass {
    fn name(&self) -> &str {
        NAME
    }

    fn property(&self, name: &str) -> Option<PropertyInfo<'_>> {
        let (slot, cim_type) = *self.properties.get(&fold::fold(name))?;
        let name = fleet::PROPERTIES[slot];
        Some(PropertyInfo { slot, name, cim_type, is_array: false, embedded_class: None })
    }

    fn property_names(&self) -> impl Iterator<Item = &str> {
        fleet::PROPERTIES.iter().copied()
    }
}

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
