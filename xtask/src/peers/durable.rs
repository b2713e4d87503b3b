//! Commits that are on the disk before they are acknowledged, and opening what was committed,
//! against SQLite with a write-ahead log and `synchronous = FULL`.
//!
//! Times are those on the wall: the disk is waited for.

use super::Measured;
use super::sides::{self, Figure, OURS, Row, SQLITE, Sides, Target, Unit, run_of};
use crate::error::Result;

const fn row(name: &'static str, figure: &'static str, unit: Unit, target: Target) -> Row {
    let figure = Figure::Of(figure);
    Row { name, ours: figure, peer: figure, peers: &SQLITE, unit, target: Some(target) }
}

const ROWS: &[Row] = &[
    row("commit, 1 writer; create_instance", "durable_1", Unit::Microseconds, Target::Ratio(1.0)),
    row("commit, 8 writers; create_instance", "durable_8", Unit::Microseconds, Target::Ratio(3.0)),
    row(
        "instance in batches of 100, 1 writer; batch",
        "durable_batches",
        Unit::Microseconds,
        Target::Ratio(2.0),
    ),
    row(
        "instance in batches of 100, 8 writers; batch",
        "durable_batches_8",
        Unit::Microseconds,
        Target::Ratio(2.0),
    ),
    Row {
        name: "instance in batches of 100, 1 writer; inserter",
        ours: Figure::Of("durable_inserter"),
        ..row("", "durable_batches", Unit::Microseconds, Target::Ratio(2.0))
    },
    Row {
        name: "instance in batches of 100, 8 writers; inserter",
        ours: Figure::Of("durable_inserter_8"),
        ..row("", "durable_batches_8", Unit::Microseconds, Target::Ratio(2.0))
    },
    row("open, after a checkpoint", "reopen", Unit::Seconds, Target::Ours(0.3)),
    row("open, killed with a log of 64 MB", "reopen_killed", Unit::Seconds, Target::Ours(1.0)),
];

const GROUPS: [&str; 3] = ["durable", "reopen", "reopen_killed"];

pub(super) fn measure(count: u64, runs: u32) -> Result<Measured> {
    let program = sides::build()?;
    let mut sides = Sides::default();
    for group in GROUPS {
        let of = |side| run_of(&program, side, group, count);
        let [rowid, without] = SQLITE;
        sides.run([(OURS, &of(OURS)), (rowid, &of(rowid)), (without, &of(without))], runs)?;
    }
    Ok(Measured::Rows(sides.measurements(ROWS)))
}
