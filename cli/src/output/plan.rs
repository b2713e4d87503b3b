//! How a query is answered.

use crate::args::RowFormat;
use cimarron_engine::{PlanNode, QueryPlan};
use serde_json::{Map, Value, json};
use std::io::{self, Write};

/// The plan as a tree for people, or as nested objects for programs. Times are
/// microseconds.
pub(crate) fn write_plan(
    plan: &QueryPlan,
    out: &mut dyn Write,
    format: Option<RowFormat>,
) -> io::Result<()> {
    match format {
        Some(RowFormat::Json | RowFormat::Ndjson) => {
            let mut object = Map::from_iter([("plan".to_owned(), node(&plan.root))]);
            if let Some(time) = plan.planning {
                object.insert("planning_us".to_owned(), json!(micros(time)));
            }
            serde_json::to_writer(&mut *out, &object)?;
            out.write_all(b"\n")
        }
        _ => write!(out, "{plan}"),
    }
}

fn node(node_of: &PlanNode) -> Value {
    let mut object = Map::new();
    object.insert("operation".to_owned(), json!(node_of.operation));
    if !node_of.details.is_empty() {
        object.insert("details".to_owned(), json!(node_of.details));
    }
    if let Some(rows) = node_of.estimate {
        object.insert("estimated_rows".to_owned(), json!(rows.round()));
    }
    if let Some(actual) = node_of.actual {
        object.insert("rows".to_owned(), json!(actual.rows));
        object.insert("time_us".to_owned(), json!(micros(actual.time)));
    }
    if let Some(source) = &node_of.source {
        object.insert("source".to_owned(), node(source));
    }
    Value::Object(object)
}

fn micros(time: std::time::Duration) -> f64 {
    time.as_nanos() as f64 / 1000.0
}
