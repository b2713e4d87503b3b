//! One side of `cargo xtask peers store`, doing one group of figures once:
//!
//! `cimarron-store-peer SIDE GROUP COUNT`
//!
//! It prints `{"figures": {NAME: COST}, "checks": {NAME: NUMBER}}`. A cost is seconds, bytes or a
//! share, less is better except for shares; checks are equal when two sides did the same work.
//! The sides take the same rows in the same order, and making them is not on the clock.
//!
//! Times are CPU times of the thread, which whatever else runs on the machine touches least;
//! where two threads meet, waiting for each other counts too ([`clock::rate`]).

mod clock;
mod data;
mod memory;
mod ours;
mod report;
mod sqlite;

use report::Report;
use std::process::ExitCode;

type Outcome = Result<Report, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [side, group, count] => match count.parse() {
            Ok(count) => run(side, group, count),
            Err(error) => Err(format!("{count}: {error}").into()),
        },
        _ => Err("usage: cimarron-store-peer SIDE GROUP COUNT".into()),
    };
    match outcome {
        Ok(report) => {
            println!("{report}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
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
