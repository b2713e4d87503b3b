//! Creating, reading and changing instances, against SQLite in memory.
//!
//! The two sides are one program, `benches/peers`, which is a workspace of its own because of the
//! time that SQLite takes to compile. A run of a side is a process that makes the rows and does one
//! group of figures; the sides take turns and the median of the runs counts. SQLite plays with both
//! of its forms of a table and the better one counts, figure by figure.
//!
//! A figure that one of the sides does not give is left out: there is nothing to compare.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

use super::Measured;
use super::measure::{Measurement, Samples, in_turn};
use crate::error::{Error, Result};
use crate::process;
use crate::workspace::Metadata;

const MANIFEST: &str = "benches/peers/Cargo.toml";

const PROGRAM: &str = "cimarron-store-peer";

/// The sides, ours first, then the forms of the peer.
const SIDES: [&str; 3] = ["cimarron", "sqlite-rowid", "sqlite-without-rowid"];

/// What a run prints.
#[derive(Debug, Deserialize)]
struct Answer {
    /// Seconds, bytes or shares.
    figures: BTreeMap<String, f64>,
    /// The same for all who did the same work.
    checks: BTreeMap<String, String>,
}

/// A row of the comparison, each naming the door that we went through.
struct Row {
    name: &'static str,
    figure: Figure,
    unit: Unit,
    /// What our figure shall reach, in the unit.
    target: Option<f64>,
}

/// Where a row's figure comes from.
enum Figure {
    /// As a run prints it.
    Of(&'static str),
    /// How many times dearer the second is.
    Growth(&'static str, &'static str),
}

#[derive(Clone, Copy)]
enum Unit {
    MillionsPerSecond,
    Microseconds,
    Bytes,
    Megabytes,
    Gibibytes,
    Percent,
    Times,
}

impl Unit {
    fn name(self) -> &'static str {
        match self {
            Self::MillionsPerSecond => "M/s",
            Self::Microseconds => "µs",
            Self::Bytes => "B",
            Self::Megabytes => "MB",
            Self::Gibibytes => "GiB",
            Self::Percent => "%",
            Self::Times => "x",
        }
    }

    fn more_is_better(self) -> bool {
        matches!(self, Self::MillionsPerSecond | Self::Percent)
    }

    fn of(self, figure: f64) -> f64 {
        match self {
            Self::MillionsPerSecond => 1e-6 / figure,
            Self::Microseconds => figure * 1e6,
            Self::Megabytes => figure / 1e6,
            Self::Gibibytes => figure / f64::from(1 << 30),
            Self::Percent => figure * 100.0,
            Self::Bytes | Self::Times => figure,
        }
    }
}

const fn row(name: &'static str, figure: &'static str, unit: Unit, target: Option<f64>) -> Row {
    Row { name, figure: Figure::Of(figure), unit, target }
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
    Row { name, figure: Figure::Growth(small, large), unit: Unit::Times, target: Some(2.0) }
}

const GROUPS: [&str; 7] = ["rows", "ordered", "generic", "memory", "links", "together", "classes"];

pub(super) fn measure(count: u64, large: bool, runs: u32) -> Result<Measured> {
    let program = build()?;
    let mut sides = SIDES.map(|_| BTreeMap::new());
    for group in GROUPS {
        merge(&mut sides, run_group(&program, group, count, runs)?);
    }
    let mut rows = measurements(ROWS, &sides);
    if large {
        // Once, whatever the user said of the rest: a run makes 30 million rows.
        for group in ["large", "ranges"] {
            merge(&mut sides, run_group(&program, group, count * 10, 1)?);
        }
        rows.extend(measurements(LARGE_ROWS, &sides));
    }
    Ok(Measured::Rows(rows))
}

/// Builds the program that is both sides and returns where it lies.
fn build() -> Result<PathBuf> {
    let target = Metadata::load()?.target_directory.join("peers");
    let mut command =
        process::cargo(["build", "--quiet", "--release", "--manifest-path", MANIFEST]);
    process::run(command.arg("--target-dir").arg(&target))?;
    Ok(target.join("release").join(format!("{PROGRAM}{}", std::env::consts::EXE_SUFFIX)))
}

type Figures = BTreeMap<String, f64>;

fn merge(sides: &mut [Figures; 3], more: [Figures; 3]) {
    for (side, more) in sides.iter_mut().zip(more) {
        side.extend(more);
    }
}

/// Has all sides do a group of figures in turn.
fn run_group(program: &Path, group: &str, count: u64, runs: u32) -> Result<[Figures; 3]> {
    let command = |side: &'static str| {
        move || {
            let mut command = process::command(program);
            command.args([side, group]).arg(count.to_string());
            command
        }
    };
    let [ours, rowid, without] = SIDES.map(command);
    let named = |command| -> &dyn Fn() -> Command { command };
    let samples = in_turn(
        [(SIDES[0], named(&ours)), (SIDES[1], named(&rowid)), (SIDES[2], named(&without))],
        runs,
    )?;
    let mut answers = Vec::new();
    for samples in &samples {
        answers.push(parse(samples)?);
    }
    same_work(&answers)?;
    let mut figures = answers.iter().map(|answers| medians(answers));
    Ok(std::array::from_fn(|_| figures.next().unwrap_or_default()))
}

fn parse(samples: &Samples) -> Result<Vec<Answer>> {
    let read = |output: &Vec<u8>| {
        serde_json::from_slice(output).map_err(Error::json(format!("the answer of {PROGRAM}")))
    };
    samples.outputs.iter().map(read).collect()
}

/// The median of each figure over the runs of a side.
fn medians(answers: &[Answer]) -> Figures {
    let mut all: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for (name, figure) in answers.iter().flat_map(|answer| &answer.figures) {
        all.entry(name).or_default().push(*figure);
    }
    let median = |mut figures: Vec<f64>| {
        figures.sort_by(f64::total_cmp);
        let (low, high) = ((figures.len() - 1) / 2, figures.len() / 2);
        let middle = figures.get(low..=high).unwrap_or_default();
        middle.iter().sum::<f64>() / middle.len() as f64
    };
    all.into_iter().map(|(name, figures)| (name.to_owned(), median(figures))).collect()
}

/// A comparison of different amounts of work is none.
fn same_work(sides: &[Vec<Answer>]) -> Result<()> {
    let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
    for (name, number) in sides.iter().flatten().flat_map(|answer| &answer.checks) {
        let first = *seen.entry(name).or_insert(number);
        if first != number {
            return Err(Error::Measurement(format!(
                "the sides did not do the same work: `{name}` comes to {first} and to {number}"
            )));
        }
    }
    Ok(())
}

/// The rows of which both sides have the figures.
fn measurements(rows: &[Row], [ours, peers @ ..]: &[Figures; 3]) -> Vec<Measurement> {
    let of = |side: &Figures, row: &Row| {
        let figure = match row.figure {
            Figure::Of(name) => *side.get(name)?,
            Figure::Growth(small, large) => side.get(large)? / side.get(small)?,
        };
        Some(row.unit.of(figure))
    };
    let compare = |row: &Row| {
        let better = |a: f64, b: f64| if row.unit.more_is_better() { a.max(b) } else { a.min(b) };
        let ours = of(ours, row)?;
        let peer = peers.iter().filter_map(|peer| of(peer, row)).reduce(better)?;
        let (ratio, met) = if row.unit.more_is_better() {
            (ours / peer, row.target.map(|target| ours >= target))
        } else {
            (peer / ours, row.target.map(|target| ours <= target))
        };
        let (name, unit, target) = (row.name.to_owned(), row.unit.name(), row.target);
        Some(Measurement { name, unit, ours, peer, ratio, target, met })
    };
    rows.iter().filter_map(compare).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(of: &[(&str, f64)]) -> Figures {
        of.iter().map(|(name, figure)| ((*name).to_owned(), *figure)).collect()
    }

    fn answer(figure: f64, check: &str) -> Answer {
        Answer {
            figures: figures(&[("a", figure)]),
            checks: [("sum".to_owned(), check.to_owned())].into(),
        }
    }

    #[test]
    fn better_form_counts_and_lone_figures_do_not() {
        let rows = [
            row("rate", "create", Unit::MillionsPerSecond, Some(2.0)),
            row("cost", "get", Unit::Microseconds, Some(0.5)),
            row("ours alone", "alone", Unit::Bytes, None),
            growth("growth", "small", "large"),
        ];
        let sides = [
            figures(&[
                ("create", 4e-7),
                ("get", 1e-6),
                ("alone", 1.0),
                ("small", 2.0),
                ("large", 3.0),
            ]),
            figures(&[("create", 2e-6), ("get", 4e-6), ("small", 1.0), ("large", 6.0)]),
            figures(&[("create", 1e-6), ("get", 8e-6), ("small", 2.0), ("large", 6.0)]),
        ];
        let found = measurements(&rows, &sides);
        let found: Vec<_> =
            found.iter().map(|m| (&*m.name, m.ours, m.peer, m.ratio, m.met)).collect();
        assert_eq!(
            found,
            [
                ("rate", 2.5, 1.0, 2.5, Some(true)),
                ("cost", 1.0, 4.0, 4.0, Some(false)),
                ("growth", 1.5, 3.0, 2.0, Some(true)),
            ]
        );
    }

    #[test]
    fn the_median_of_the_runs_counts() {
        let of = |runs: &[f64]| {
            let answers: Vec<_> = runs.iter().map(|run| answer(*run, "1")).collect();
            medians(&answers).remove("a").unwrap()
        };
        assert_eq!([of(&[7.0]), of(&[9.0, 1.0]), of(&[9.0, 1.0, 2.0])], [7.0, 5.0, 2.0]);
    }

    #[test]
    fn unequal_work_is_refused() {
        let sides = |check: &str| [vec![answer(1.0, "5")], vec![answer(2.0, check)]];
        assert!(same_work(&sides("5")).is_ok());
        assert!(same_work(&sides("6")).is_err());
    }
}
