//! Kills processes that work on a data directory, and compares what they leave with what they
//! were acknowledged. `cargo xtask crash` calls it.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program's output is its result")]

use cimarron_crash::child::{self, Work};
use cimarron_crash::kill::{self, Tally};
use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use std::process::ExitCode;

#[derive(Parser)]
#[command(about = "Kill processes that work on a data directory, and look at what they leave")]
struct Arguments {
    /// How many processes to kill
    #[arg(long, default_value_t = 1_000)]
    times: u64,
    /// What decides the work and the moments
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match arguments.split_first() {
        Some((first, rest)) if first == "child" => work(rest),
        _ => kill_many(&Arguments::parse()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

fn work(arguments: &[String]) -> Result<(), String> {
    let work = Work::of_arguments(arguments).ok_or("not the arguments of a child")?;
    child::run(&work).map_err(|error| error.to_string())
}

fn kill_many(arguments: &Arguments) -> Result<(), String> {
    let Arguments { times, seed } = *arguments;
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let bar = ProgressBar::new(times);
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} kills  {msg}  {eta} left")
    {
        bar.set_style(style);
    }
    let tally = kill::run(&program, (times, seed), |tally| {
        bar.set_position(tally.kills);
        bar.set_message(format!("{} in a checkpoint", tally.during_checkpoint));
    });
    bar.finish_and_clear();
    print(&tally.map_err(|failure| failure.to_string())?, seed);
    Ok(())
}

fn print(tally: &Tally, seed: u64) {
    println!("seed {seed}");
    println!("{:>12} processes killed, and their directories compared", tally.kills);
    println!("{:>12} of them while a checkpoint was written", tally.during_checkpoint);
    println!("{:>12} acknowledged operations found again", tally.operations);
    println!("{:>12} commits found again", tally.commits);
    println!("{:>12} operations on their way, found whole", tally.in_flight);
    println!("{:>12} backups compared", tally.backups);
    println!("{:>12} bytes in the longest log", tally.longest_log);
    println!("nothing was lost");
}
