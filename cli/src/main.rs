//! The `cimarron` program: arguments in, calls out, text back.
//!
//! Nothing is decided here that another front end would need too. Each command
//! is one module under `commands`; `core` is the only one that calls the crates
//! below; `output` gives values and declarations their forms; `failure` is the
//! one place that spells a failure, for people and for programs.

mod args;
mod commands;
mod core;
mod failure;
mod output;
mod progress;
mod terminal;

use args::Invocation;
use failure::Stop;
use std::process::ExitCode;

/// Compiling a schema allocates many small strings, which mimalloc is good at. Its second
/// version lays blocks of all sizes side by side; the third keeps sizes apart, and has a
/// fifth more memory cleared for one command.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let invocation = match args::parse(std::env::args_os()) {
        Ok(invocation) => invocation,
        Err(refusal) => return refusal.report(),
    };
    let style = invocation.failure_style();
    match run(&invocation).map_err(|stop| logged(&invocation, stop)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(stop) => failure::finish(&stop, style),
    }
}

fn run(invocation: &Invocation) -> Result<(), Stop> {
    match invocation {
        Invocation::Compile(args) => commands::compile::run(args),
        Invocation::Lint(args) => commands::lint::run(args),
        Invocation::Explain(args) => commands::explain::run(args),
        Invocation::Doc(args) => commands::doc::run(args),
        Invocation::Show(args) => commands::show::run(args),
        Invocation::Diff(args) => commands::diff::run(args),
        Invocation::Query(args) => commands::query::run(args),
        Invocation::Watch(args) => commands::watch::run(args),
        Invocation::Scenario(args) => commands::scenario::run(args),
        Invocation::Data(command) => commands::data::run(command),
        Invocation::Fmt(args) => commands::fmt::run(args),
        Invocation::Demo => commands::demo::run(),
    }
}

/// Tells those who await a log of findings of a failure too; where the log cannot be
/// written either, that is the failure.
fn logged(invocation: &Invocation, stop: Stop) -> Stop {
    match (&stop, invocation.report()) {
        (Stop::Failure(failure), Some(report)) => report.log_failure(failure).err().unwrap_or(stop),
        _ => stop,
    }
}
