//! What is said of a query that is right.

use crate::args::RowFormat;
use serde::Serialize;
use std::io::{self, Write};

/// A query that is right.
#[derive(Debug, Serialize)]
pub(crate) struct Verdict {
    /// Always true: a query that is wrong is a failure.
    pub(crate) ok: bool,
    /// `data`, `schema`, `associators`, `references` or `event`.
    pub(crate) kind: &'static str,
    /// The query as the program would write it.
    pub(crate) query: String,
    /// What it is answered with: `instances`, `classes` or `events`.
    pub(crate) answer: &'static str,
    /// What it was checked against: `syntax` alone, or `classes` too.
    pub(crate) checked: &'static str,
}

impl Verdict {
    pub(crate) fn write(&self, out: &mut dyn Write, format: Option<RowFormat>) -> io::Result<()> {
        match format {
            Some(RowFormat::Json | RowFormat::Ndjson) => {
                serde_json::to_writer(&mut *out, self)?;
                out.write_all(b"\n")
            }
            _ => {
                let right = match self.checked {
                    "classes" => "is right for these classes",
                    _ => "parses",
                };
                let article = if self.kind.starts_with(['a', 'e']) { "an" } else { "a" };
                writeln!(out, "{article} {} query that {right}:\n{}", self.kind, self.query)
            }
        }
    }
}
