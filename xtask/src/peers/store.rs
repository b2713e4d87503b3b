//! Creating, reading and changing instances, against SQLite in memory.
//!
//! The two sides are one program, `benches/peers`, which is a workspace of its own because of the
//! time that SQLite takes to compile. A run of a side makes the rows and does one group of figures.
//! SQLite plays with both of its forms of a table.

use super::Measured;
use super::sides::{self, Figure, OURS, Row, SQLITE, Sides, Target, Unit, run_of};
use crate::error::Result;

/// A row, naming the door that we went through; the target is what our figure shall reach.
const fn row(name: &'static str, figure: &'static str, unit: Unit, target: Option<f64>) -> Row {
    let target = match target {
        Some(target) => Some(Target::Ours(target)),
        None => None,
    };
    let figure = Figure::Of(figure);
    Row { name, ours: figure, peer: figure, peers: &SQLITE, unit, target }
}

/// What is measured with as many instances as the user asks for.
const ROWS: &[Row] = &[
    row("create; inserter, one commit", "create", Unit::MillionsPerSecond, Some(2.0)),
    row(
        "create, keys in order; inserter, one commit",
        "create_ordered",
        Unit::MillionsPerSecond,
        Some(2.0),
    ),
    row("create; create_instance, a commit each", "create_one", Unit::MillionsPerSecond, Some(0.7)),
    row("get by key, one property; get_instance", "get", Unit::Microseconds, None),
    row(
        "get by key, one property; prepared reader",
        "get_prepared",
        Unit::Microseconds,
        Some(0.25),
    ),
    row(
        "enumerate, all properties touched; enumerate_instances",
        "enumerate",
        Unit::MillionsPerSecond,
        Some(20.0),
    ),
    row("memory of an instance; inserter", "bytes", Unit::Bytes, Some(150.0)),
    row(
        "associators, 10 links of 100,000; associators",
        "associators",
        Unit::Microseconds,
        Some(1.5),
    ),
    row("modify a link of a hub of 100,000; modify_instance", "hub", Unit::Microseconds, Some(5.0)),
    row("random gets beside a writer, of those alone; get_instance", "beside", Unit::Percent, None),
    row(
        "random gets beside a writer, of those alone; prepared reader",
        "beside_prepared",
        Unit::Percent,
        Some(80.0),
    ),
    row(
        "modify beside random gets; modify_instance, a commit each",
        "modify_beside",
        Unit::MillionsPerSecond,
        None,
    ),
    row("1,600 empty classes", "classes_empty", Unit::Megabytes, Some(10.0)),
    row("1,600 classes of 5 instances; inserter", "classes_small", Unit::Megabytes, Some(10.0)),
];

/// What is measured with ten times as many.
const LARGE_ROWS: &[Row] = &[
    row("memory of 10x the instances; inserter", "bytes_large", Unit::Gibibytes, Some(24.0)),
    growth("create at 10x the instances; inserter", "create_small", "create_large"),
    growth("get by key at 10x the instances; get_instance", "get_small", "get_large"),
    growth(
        "get by key at 10x the instances; prepared reader",
        "get_prepared_small",
        "get_prepared_large",
    ),
    growth("10 rows by an ordered index at 10x the instances; query", "range_small", "range_large"),
];

const fn growth(name: &'static str, small: &'static str, large: &'static str) -> Row {
    let figure = Figure::Growth(small, large);
    let target = Some(Target::Ours(2.0));
    Row { name, ours: figure, peer: figure, peers: &SQLITE, unit: Unit::Times, target }
}

const GROUPS: [&str; 7] = ["rows", "ordered", "generic", "memory", "links", "together", "classes"];

pub(super) fn measure(count: u64, large: bool, runs: u32) -> Result<Measured> {
    let program = sides::build()?;
    let mut sides = Sides::default();
    let run = |sides: &mut Sides, group, count, runs| {
        let of = |side| run_of(&program, side, group, count);
        let [rowid, without] = SQLITE;
        sides.run([(OURS, &of(OURS)), (rowid, &of(rowid)), (without, &of(without))], runs)
    };
    for group in GROUPS {
        run(&mut sides, group, count, runs)?;
    }
    let mut rows = sides.measurements(ROWS);
    if large {
        let mut sides = Sides::default();
        // Once, whatever the user said of the rest: a run makes 30 million rows.
        for group in ["large", "ranges"] {
            run(&mut sides, group, count * 10, 1)?;
        }
        rows.extend(sides.measurements(LARGE_ROWS));
    }
    Ok(Measured::Rows(rows))
}
