//! `cargo xtask peers`: the one home of side-by-side measurements. Cimarron and a peer run in
//! turn, in one run, on the same input; what counts is the ratio, which the load and the
//! speed of the machine touch least.

mod compilers;
mod durable;
mod events;
mod measure;
mod mof;
mod query;
mod sides;
mod store;

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use comfy_table::{CellAlignment, Table, presets};

use crate::error::{Error, Result};
use crate::process;
use measure::{Measurement, Report, TargetOf};

pub(crate) use mof::dmtf_schema;

#[derive(Args)]
pub(crate) struct Arguments {
    /// What to measure
    #[arg(value_enum, default_value_t = Subject::Mof)]
    subject: Subject,
    /// How the result is printed
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// How often each side runs; the median counts
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    runs: u32,
    /// The zip of the DMTF CIM Schema; looked for beside the repository when not given
    #[arg(long, value_name = "ZIP")]
    schema: Option<PathBuf>,
    /// Of the store, queries and durability: how many instances there are
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u64).range(1_000..))]
    count: u64,
    /// Of the store: also with ten times as many instances
    #[arg(long)]
    large: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Subject {
    /// Compiling the DMTF CIM Schema, against pywbem
    Mof,
    /// Queries, against DuckDB and SQLite in memory
    Query,
    /// Creating, reading and changing instances, against SQLite in memory
    Store,
    /// Commits to disk and opening, against SQLite with a write-ahead log
    Durability,
    /// Event delivery, against the engine with least to do
    Events,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Table,
    Json,
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let measured = match arguments.subject {
        Subject::Mof => mof::measure(arguments.schema.as_deref(), arguments.runs)?,
        Subject::Query => query::measure(arguments.count, arguments.runs)?,
        Subject::Store => store::measure(arguments.count, arguments.large, arguments.runs)?,
        Subject::Durability => durable::measure(arguments.count, arguments.runs)?,
        Subject::Events => events::measure(arguments.count / 4, arguments.runs)?,
    };
    let rows = match measured {
        Measured::Rows(rows) => rows,
        Measured::Skipped(reason) => {
            eprintln!("skipped: {reason}");
            Vec::new()
        }
    };
    match arguments.format {
        Format::Json => {
            let report = Report { rows };
            let text = serde_json::to_string(&report).map_err(Error::json("the report"))?;
            println!("{text}");
        }
        Format::Table if rows.is_empty() => {}
        Format::Table => println!("{}", table(&rows)),
    }
    Ok(())
}

/// What came of a measurement.
enum Measured {
    Rows(Vec<Measurement>),
    /// This machine lacks something it needs.
    Skipped(String),
}

fn table(rows: &[Measurement]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED);
    table.set_header(["", "unit", "ours", "peer", "ratio", "target", "met"]);
    for row in rows {
        table.add_row([
            row.name.clone(),
            row.unit.to_owned(),
            number(row.ours),
            number(row.peer),
            number(row.ratio),
            target(row),
            row.met.map(|met| if met { "yes" } else { "no" }.to_owned()).unwrap_or_default(),
        ]);
    }
    for column in table.column_iter_mut().skip(2) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// A ratio to reach is shown as one.
fn target(row: &Measurement) -> String {
    let times = if row.target_of == Some(TargetOf::Ratio) { "x" } else { "" };
    row.target.map(|target| number(target) + times).unwrap_or_default()
}

/// Three significant digits and no exponent.
fn number(value: f64) -> String {
    let decimals = match value.abs() {
        size if size >= 100.0 => 0,
        size if size >= 10.0 => 1,
        size if size >= 1.0 => 2,
        size if size >= 0.1 => 3,
        _ => 4,
    };
    format!("{value:.decimals$}")
}

/// A folder for a measurement's files, emptied first.
fn scratch(target: &std::path::Path, name: &str) -> Result<PathBuf> {
    let folder = target.join("peers").join(name);
    match std::fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(Error::file("empty", &folder)(error));
        }
        _ => {}
    }
    std::fs::create_dir_all(&folder).map_err(Error::file("create", &folder))?;
    Ok(folder)
}

/// Builds the program as users run it and returns where it lies.
fn release_program(target: &std::path::Path) -> Result<PathBuf> {
    process::run(&mut process::cargo(["build", "--quiet", "--release", "--package", "cimarron"]))?;
    Ok(target.join("release").join(format!("cimarron{}", std::env::consts::EXE_SUFFIX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_three_digits() {
        let cases = [
            (1234.5, "1234"),
            (99.95, "100.0"),
            (20.0, "20.0"),
            (1.0, "1.00"),
            (0.1234, "0.123"),
            (0.01234, "0.0123"),
            (0.0, "0.0000"),
        ];
        for (value, text) in cases {
            assert_eq!(number(value), text);
        }
    }
}
