//! Project tasks, run as `cargo xtask TASK`: the gate, the house rules, the benches, the
//! side-by-side measurements, the crash tests and the fuzz targets. The README and CI call this and nothing
//! else, so there is one place that knows how the project is built and judged.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a task's output is its result")]

mod error;
mod fuzz;
mod gate;
mod peers;
mod process;
mod python;
mod system;
mod tidy;
mod windows;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", about = "Project tasks")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Run the gate: format, lints, house rules, tests, doc tests, client tests
    #[command(visible_alias = "ci")]
    Test,
    /// Check the house rules: layering, runtime-free crates, file hygiene, links
    Tidy,
    /// Run the client tests only
    Clients,
    /// Run the models of the lock-free cells under loom
    Model,
    /// Run the criterion benches
    Bench {
        /// Passed on to criterion: a filter, --save-baseline NAME, ...
        #[arg(last = true)]
        criterion: Vec<String>,
    },
    /// Measure Cimarron and a peer side by side on the same input
    Peers(peers::Arguments),
    /// Random writes and subscribers that join, leave, stall and die: every event must come
    Soak {
        /// How long
        #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=1_440))]
        minutes: u64,
        /// What decides everything; drawn from the clock when not given
        #[arg(long)]
        seed: Option<u64>,
    },
    /// Kill processes that work on a data directory, and compare what they leave
    Crash {
        /// How many
        #[arg(long, default_value_t = 1_000)]
        times: u64,
        /// What decides the work and the moments
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Lint and test the build for Windows, under wine; not in the gate
    Windows,
    /// Run one fuzz target; without a name, list them
    Fuzz {
        /// A target of fuzz/fuzz_targets
        target: Option<String>,
        /// Passed on to cargo-fuzz: -- -max_total_time=60
        #[arg(last = true)]
        arguments: Vec<String>,
    },
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().task {
        Task::Test => gate::run(),
        Task::Tidy => tidy::run(),
        Task::Clients => gate::clients(),
        Task::Model => gate::model(),
        Task::Bench { criterion } => bench(&criterion),
        Task::Peers(arguments) => peers::run(&arguments),
        Task::Soak { minutes, seed } => soak(minutes, seed),
        Task::Crash { times, seed } => crash(times, seed),
        Task::Windows => windows::run(),
        Task::Fuzz { target, arguments } => fuzz::run(target.as_deref(), &arguments),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            error.exit_code()
        }
    }
}

/// On the dev profile, as in the gate: it has what the tests built, and checks of overflow.
fn crash(times: u64, seed: u64) -> error::Result<()> {
    let mut command = process::cargo(["run", "--quiet", "--package", "cimarron-crash", "--"]);
    command.args(["--times", &times.to_string(), "--seed", &seed.to_string()]);
    process::run(&mut command)
}

/// Only the bench targets: a library's own test harness does not know criterion's arguments.
fn bench(criterion: &[String]) -> error::Result<()> {
    let mut command = process::cargo(["bench", "--package", "cimarron-benches", "--bench", "*"]);
    if !criterion.is_empty() {
        command.arg("--").args(criterion);
    }
    process::run(&mut command)
}

/// As users run the engine, that is optimised.
fn soak(minutes: u64, seed: Option<u64>) -> error::Result<()> {
    let drawn = || {
        let since = std::time::UNIX_EPOCH.elapsed().unwrap_or_default();
        u64::from(since.subsec_nanos())
    };
    let (seconds, seed) = (minutes * 60, seed.unwrap_or_else(drawn));
    println!("soaking for {minutes} min with seed {seed}");
    let mut command =
        process::cargo(["run", "--quiet", "--release", "--package", "cimarron-benches"]);
    command.args(["--bin", "event-soak", "--"]).args([seconds.to_string(), seed.to_string()]);
    process::run(&mut command)
}
