//! Comparisons whose sides are programs that print figures.
//!
//! A run of a side is a process that does one group of figures; the sides take turns and the
//! median of the runs counts. A row of the comparison says which figure is ours, whose figures
//! stand against it, and what is to be reached. Where several peers give the figure, or one
//! peer plays in several forms, the best of them counts.
//!
//! A row of which one of the sides has no figure is left out, and named: there is nothing to
//! compare.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

use super::measure::{Measurement, Samples, TargetOf, in_turn};
use crate::error::{Error, Result};
use crate::process;
use crate::workspace::Metadata;

const MANIFEST: &str = "benches/peers/Cargo.toml";

const PROGRAM: &str = "cimarron-peer";

/// Our side.
pub(super) const OURS: &str = "cimarron";

/// The forms of SQLite's tables.
pub(super) const SQLITE: [&str; 2] = ["sqlite-rowid", "sqlite-without-rowid"];

/// What a run prints.
#[derive(Debug, Deserialize)]
struct Answer {
    /// Seconds, bytes or shares.
    figures: BTreeMap<String, f64>,
    /// The same for all who did the same work.
    checks: BTreeMap<String, String>,
}

/// A row of the comparison.
pub(super) struct Row {
    pub(super) name: &'static str,
    /// Our figure.
    pub(super) ours: Figure,
    /// What stands against it, of the best of the `peers`.
    pub(super) peer: Figure,
    pub(super) peers: &'static [&'static str],
    pub(super) unit: Unit,
    pub(super) target: Option<Target>,
}

/// What shall be reached.
#[derive(Clone, Copy)]
pub(super) enum Target {
    /// So many times better than the peer.
    Ratio(f64),
    /// Our own figure, in the unit of the row.
    Ours(f64),
}

/// Where a row's figure comes from.
#[derive(Clone, Copy)]
pub(super) enum Figure {
    /// As a run prints it.
    Of(&'static str),
    /// How many times dearer the second is.
    Growth(&'static str, &'static str),
}

impl Figure {
    fn among(self, figures: &Figures) -> Option<f64> {
        Some(match self {
            Self::Of(name) => *figures.get(name)?,
            Self::Growth(small, large) => figures.get(large)? / figures.get(small)?,
        })
    }
}

#[derive(Clone, Copy)]
pub(super) enum Unit {
    MillionsPerSecond,
    Microseconds,
    Seconds,
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
            Self::Seconds => "s",
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
            Self::Seconds | Self::Bytes | Self::Times => figure,
        }
    }
}

/// Builds the program that is our side and SQLite's, and returns where it lies.
pub(super) fn build() -> Result<PathBuf> {
    let target = Metadata::load()?.target_directory.join("peers");
    let mut command =
        process::cargo(["build", "--quiet", "--release", "--manifest-path", MANIFEST]);
    process::run(command.arg("--target-dir").arg(&target))?;
    Ok(target.join("release").join(format!("{PROGRAM}{}", std::env::consts::EXE_SUFFIX)))
}

/// A run of that program as one of its sides.
pub(super) fn run_of(
    program: &Path,
    side: &'static str,
    group: &'static str,
    count: u64,
) -> impl Fn() -> Command {
    move || {
        let mut command = process::command(program);
        command.args([side, group]).arg(count.to_string());
        command
    }
}

type Figures = BTreeMap<String, f64>;

/// The figures of all sides.
#[derive(Default)]
pub(super) struct Sides(BTreeMap<&'static str, Figures>);

impl Sides {
    /// Has some sides do a group of figures in turn.
    pub(super) fn run<const N: usize>(
        &mut self,
        sides: [(&'static str, &dyn Fn() -> Command); N],
        runs: u32,
    ) -> Result<()> {
        let names = sides.map(|(name, _)| name);
        let samples = in_turn(sides, runs)?;
        let answers = samples.iter().map(parse).collect::<Result<Vec<_>>>()?;
        same_work(&answers)?;
        for (name, answers) in names.into_iter().zip(&answers) {
            self.0.entry(name).or_default().extend(medians(answers));
        }
        Ok(())
    }

    /// The rows of which both sides have the figures; says of which they have not.
    pub(super) fn measurements(&self, rows: &[Row]) -> Vec<Measurement> {
        let measured = |row| {
            let found = self.measurement(row);
            if found.is_none() {
                eprintln!("not measured: {}", row.name);
            }
            found
        };
        rows.iter().filter_map(measured).collect()
    }

    fn measurement(&self, row: &Row) -> Option<Measurement> {
        let of = |side: &str, figure: Figure| figure.among(self.0.get(side)?);
        let more_is_better = row.unit.more_is_better();
        let better = |a: f64, b: f64| if more_is_better { a.max(b) } else { a.min(b) };
        let ours = row.unit.of(of(OURS, row.ours)?);
        let peers = row.peers.iter().filter_map(|peer| of(peer, row.peer));
        let peer = peers.map(|figure| row.unit.of(figure)).reduce(better)?;
        let ratio = if more_is_better { ours / peer } else { peer / ours };
        let judged = row.target.map(|target| match target {
            Target::Ratio(least) => (least, TargetOf::Ratio, ratio >= least),
            Target::Ours(least) if more_is_better => (least, TargetOf::Ours, ours >= least),
            Target::Ours(most) => (most, TargetOf::Ours, ours <= most),
        });
        Some(Measurement {
            name: row.name.to_owned(),
            unit: row.unit.name(),
            ours,
            peer,
            ratio,
            target: judged.map(|(target, ..)| target),
            target_of: judged.map(|(_, of, _)| of),
            met: judged.map(|(.., met)| met),
        })
    }
}

fn parse(samples: &Samples) -> Result<Vec<Answer>> {
    let read = |output: &Vec<u8>| {
        serde_json::from_slice(output).map_err(Error::json("the answer of a side"))
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

    const fn row(name: &'static str, ours: Figure, peer: Figure, unit: Unit) -> Row {
        Row { name, ours, peer, peers: &SQLITE, unit, target: None }
    }

    #[test]
    fn better_form_counts_and_lone_figures_do_not() {
        let same = |name, figure, unit, target| {
            let figure = Figure::Of(figure);
            Row { target, ..row(name, figure, figure, unit) }
        };
        let growth = Figure::Growth("small", "large");
        let rows = [
            same("rate", "create", Unit::MillionsPerSecond, Some(Target::Ours(2.0))),
            same("cost", "get", Unit::Microseconds, Some(Target::Ours(0.5))),
            same("ratio of rates", "create", Unit::MillionsPerSecond, Some(Target::Ratio(2.5))),
            same("ratio of costs", "get", Unit::Microseconds, Some(Target::Ratio(5.0))),
            same("ours alone", "alone", Unit::Bytes, None),
            row("growth", growth, growth, Unit::Times),
            row("one for another", Figure::Of("get"), Figure::Of("small"), Unit::Bytes),
        ];
        let of = |side: &[_]| figures(side);
        let sides = Sides(BTreeMap::from([
            (
                OURS,
                of(&[
                    ("create", 4e-7),
                    ("get", 1e-6),
                    ("alone", 1.0),
                    ("small", 2.0),
                    ("large", 3.0),
                ]),
            ),
            (SQLITE[0], of(&[("create", 2e-6), ("get", 4e-6), ("small", 1.0), ("large", 6.0)])),
            (SQLITE[1], of(&[("create", 1e-6), ("get", 8e-6), ("small", 2.0), ("large", 6.0)])),
            ("somebody else", of(&[("create", 1e-9)])),
        ]));
        let found = sides.measurements(&rows);
        let found: Vec<_> =
            found.iter().map(|m| (&*m.name, m.ours, m.peer, m.ratio, m.met)).collect();
        assert_eq!(
            found,
            [
                ("rate", 2.5, 1.0, 2.5, Some(true)),
                ("cost", 1.0, 4.0, 4.0, Some(false)),
                ("ratio of rates", 2.5, 1.0, 2.5, Some(true)),
                ("ratio of costs", 1.0, 4.0, 4.0, Some(false)),
                ("growth", 1.5, 3.0, 2.0, None),
                ("one for another", 1e-6, 1.0, 1e6, None),
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
