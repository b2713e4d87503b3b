//! Event delivery, against the engine itself where it has least to do.
//!
//! There is no other implementation to stand beside: WMI's is not to be had on its own. What is
//! promised is how the cost grows, so the peer is the same program with one subscription in
//! place of many, and with no subscription ever in place of one that wants something else.

use std::path::PathBuf;

use super::Measured;
use super::sides::{Figure, OURS, Row, Sides, Target, Unit, run_of};
use crate::error::Result;
use crate::process;
use crate::workspace::Metadata;

/// The side that has least to do.
const LEAST: &str = "least";

const PROGRAM: &str = "event-figures";

const fn row(name: &'static str, figure: &'static str, unit: Unit, target: Option<Target>) -> Row {
    let figure = Figure::Of(figure);
    Row { name, ours: figure, peer: figure, peers: &[LEAST], unit, target }
}

const ROWS: &[Row] = &[
    row("match and queue; 1 subscription; of 1", "match_1", Unit::MillionsPerSecond, None),
    row(
        "match and queue; 1,000 subscriptions; of 1",
        "match_1k",
        Unit::MillionsPerSecond,
        Some(Target::Ours(1.0)),
    ),
    row(
        "match and queue, 4,096 a commit; 1,000 subscriptions; of 1",
        "match_1k_together",
        Unit::MillionsPerSecond,
        Some(Target::Ours(1.0)),
    ),
    row(
        "match and queue; 100,000 subscriptions; of 1",
        "match_100k",
        Unit::MillionsPerSecond,
        Some(Target::Ratio(1.0 / 3.0)),
    ),
    row(
        "modify; no subscription any more; never one",
        "write_none",
        Unit::MillionsPerSecond,
        Some(Target::Ratio(0.95)),
    ),
    row(
        "modify; 1 subscription to something else; never one",
        "write_unmatched",
        Unit::MillionsPerSecond,
        None,
    ),
    row("commit to callback, p50; the commit alone", "latency_p50", Unit::Microseconds, None),
    row("commit to callback, p99; the commit alone", "latency_p99", Unit::Microseconds, None),
];

pub(super) fn measure(count: u64, runs: u32) -> Result<Measured> {
    let program = build()?;
    let mut sides = Sides::default();
    for group in ["matching", "writes", "latency"] {
        let of = |side| run_of(&program, side, group, count);
        sides.run([(OURS, &of(OURS)), (LEAST, &of(LEAST))], runs)?;
    }
    Ok(Measured::Rows(sides.measurements(ROWS)))
}

fn build() -> Result<PathBuf> {
    let target = Metadata::load()?.target_directory;
    let package = ["build", "--quiet", "--release", "--package", "cimarron-benches"];
    process::run(process::cargo(package).args(["--bin", PROGRAM]))?;
    Ok(target.join("release").join(format!("{PROGRAM}{}", std::env::consts::EXE_SUFFIX)))
}
