//! `cargo xtask soak`: random writes and subscribers for some minutes, and what came of it.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a tool")]

use cimarron_benches::soak::{Until, run};
use std::process::ExitCode;
use std::time::Duration;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [seconds, seed] = arguments.as_slice() else { return usage() };
    let (Ok(seconds), Ok(seed)) = (seconds.parse(), seed.parse()) else { return usage() };
    let summary = run(seed, Until::Time(Duration::from_secs(seconds)));
    print!("{summary}");
    if summary.problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn usage() -> ExitCode {
    eprintln!("usage: event-soak SECONDS SEED");
    ExitCode::from(2)
}
