//! One side of `cargo xtask peers store` or `peers query`, doing one group of figures once:
//!
//! `cimarron-peer SIDE GROUP COUNT`
//!
//! It prints `{"figures": {NAME: COST}, "checks": {NAME: NUMBER}}`. A cost is seconds, bytes or a
//! share, less is better except for shares; checks are equal when two sides did the same work.
//! The sides take the same rows in the same order, and making them is not on the clock.
//!
//! Times are CPU times of the thread, which whatever else runs on the machine touches least;
//! where two threads meet, waiting for each other counts too ([`clock::rate`]).
//!
//! `cimarron-peer export COUNT FOLDER` writes the rows and the questions of the queries to files,
//! for a side that is another program.

mod clock;
mod data;
mod durable;
mod memory;
mod ours;
mod queries;
mod report;
mod sqlite;

use report::Report;
use std::path::Path;
use std::process::ExitCode;

type Outcome = Result<Report, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["export", count, folder] => {
            number(count).and_then(|count| queries::export(count, Path::new(folder)))
        }
        ["die", side, count, folder] => {
            number(count).and_then(|count| die(side, count, Path::new(folder)))
        }
        [side, group, count] => {
            let report = number(count).and_then(|count| run(side, group, count));
            report.map(|report| println!("{report}"))
        }
        _ => Err("usage: cimarron-peer SIDE GROUP COUNT | export COUNT FOLDER".into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn number(text: &str) -> Result<u64, Box<dyn std::error::Error>> {
    text.parse().map_err(|error| format!("{text}: {error}").into())
}

/// Commits to a folder and ends without closing it.
fn die(side: &str, count: u64, folder: &Path) -> Result<(), Box<dyn std::error::Error>> {
    match side {
        "cimarron" => ours::durable::commit_and_die(folder, count)?,
        _ => sqlite::durable::commit_and_die(folder, count)?,
    }
    Ok(())
}

fn run(side: &str, group: &str, count: u64) -> Outcome {
    if matches!(group, "memory" | "classes" | "large" | "ranges") {
        memory::count();
    }
    match side {
        "cimarron" => ours::run(group, count),
        "sqlite-rowid" => sqlite::run(group, count, sqlite::Form::Rowid),
        "sqlite-without-rowid" => sqlite::run(group, count, sqlite::Form::WithoutRowid),
        _ => Err(format!("no side `{side}`").into()),
    }
}
