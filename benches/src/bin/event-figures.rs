//! One side of `cargo xtask peers events`: a run does a group of figures and prints them.
//!
//! The peer is the engine itself where it has least to do: with one subscription in place of
//! many, and with no subscription ever in place of one that wants something else.

#![allow(clippy::print_stdout, clippy::print_stderr, clippy::expect_used, reason = "a tool")]

use cimarron_benches::events::{Fans, Way};
use cimarron_engine::SubscribeOptions;
use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// Who measures.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Ours,
    Least,
}

type Figures = BTreeMap<&'static str, f64>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [side, group, count] = arguments.as_slice() else { return usage() };
    let side = match side.as_str() {
        "cimarron" => Side::Ours,
        "least" => Side::Least,
        _ => return usage(),
    };
    let Ok(count) = count.parse() else { return usage() };
    let figures = match group.as_str() {
        "matching" => matching(side, count),
        "writes" => writes(side, count),
        "latency" => latency(side, count),
        _ => return usage(),
    };
    let figures: Vec<String> = figures.iter().map(|(name, f)| format!("\"{name}\":{f}")).collect();
    println!("{{\"figures\":{{{}}},\"checks\":{{\"events\":\"{count}\"}}}}", figures.join(","));
    ExitCode::SUCCESS
}

fn usage() -> ExitCode {
    eprintln!("usage: event-figures cimarron|least matching|writes|latency COUNT");
    ExitCode::from(2)
}

/// Seconds for an event that is matched and queued.
fn matching(side: Side, count: u64) -> Figures {
    let cases = [
        ("match_1", 1, Way::CommitEach),
        ("match_1k", 1_000, Way::CommitEach),
        ("match_1k_together", 1_000, Way::OneCommit),
        ("match_100k", 100_000, Way::CommitEach),
    ];
    let of = |(name, subscriptions, way)| {
        let subscriptions = if side == Side::Ours { subscriptions } else { 1 };
        let mut fans = Fans::new(subscriptions);
        let heard = fans.subscribe(subscriptions);
        // What is built when it is first needed, and memory that nobody had yet.
        fans.match_and_queue(&heard, count / 10, way);
        (name, each(fans.match_and_queue(&heard, count, way), count))
    };
    cases.into_iter().map(of).collect()
}

/// Seconds for a write, delivery included.
fn writes(side: Side, count: u64) -> Figures {
    let mut figures = Figures::new();
    for (name, stays) in [("write_none", false), ("write_unmatched", true)] {
        let mut fans = Fans::new(1_000);
        let heard = (side == Side::Ours)
            .then(|| fans.subscribe_to("another", SubscribeOptions::new()))
            .filter(|_| stays);
        let mut write = |count: u64| {
            let start = Instant::now();
            for at in 0..count {
                fans.change(1_000);
                if at % 1_024 == 0 {
                    fans.dispatch();
                }
            }
            start.elapsed()
        };
        write(count / 10);
        figures.insert(name, each(write(count), count));
        drop(heard);
    }
    figures
}

/// Seconds from before a commit until the callback, or of the commit alone.
fn latency(side: Side, count: u64) -> Figures {
    let mut fans = Fans::new(1);
    let mut took = match side {
        Side::Ours => fans.latencies(count),
        Side::Least => {
            let write = |_| {
                let start = Instant::now();
                fans.change(1);
                start.elapsed()
            };
            (0..count).map(write).collect()
        }
    };
    took.sort_unstable();
    let at = |percent: usize| {
        let place = (took.len() * percent / 100).min(took.len().saturating_sub(1));
        took.get(place).map_or(0.0, Duration::as_secs_f64)
    };
    [("latency_p50", at(50)), ("latency_p99", at(99))].into()
}

fn each(took: Duration, count: u64) -> f64 {
    took.as_secs_f64() / count as f64
}
