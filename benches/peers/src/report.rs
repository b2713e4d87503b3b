//! What a run has measured, and how it is printed.

use serde_json::{Map, Value, json};
use std::fmt;

/// The figures of one run.
#[derive(Default)]
pub struct Report {
    figures: Map<String, Value>,
    checks: Map<String, Value>,
}

impl Report {
    /// Adds a figure: seconds for one of what was done, bytes, or a share.
    pub fn figure(&mut self, name: &str, cost: f64) {
        self.figures.insert(name.to_owned(), json!(cost));
    }

    /// Adds a number that depends on everything that was read.
    pub fn check(&mut self, name: &str, number: u64) {
        // As text: JSON's numbers need not have 64 bits.
        self.checks.insert(name.to_owned(), json!(number.to_string()));
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        json!({ "figures": self.figures, "checks": self.checks }).fmt(f)
    }
}
