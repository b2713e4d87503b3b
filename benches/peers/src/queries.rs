//! What the sides of `cargo xtask peers query` ask, and the rows and questions written to files
//! for a side that is another program.

use crate::clock::{self, Stopwatch};
use crate::data::{self, Letters, Order, fleet};
use crate::report::Report;
use cimarron_engine::ValueView;
use serde_json::json;
use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::ops::Range;
use std::path::Path;

/// A count of the rows that fulfil a condition.
pub struct Count {
    /// Of its figure and of its check.
    pub name: &'static str,
    /// As WQL and SQL both have it.
    pub condition: &'static str,
}

/// A tenth of all speeds, which are in no order.
pub const RANGE: Count = Count { name: "numeric", condition: "Speed >= 3000 AND Speed < 4500" };

/// About one model in nine.
pub const LIKE: Count = Count { name: "like", condition: "Model LIKE '%foo%'" };

pub const BOTH: Count = Count {
    name: "numeric_like",
    condition: "Speed >= 3000 AND Speed < 4500 AND Model LIKE '%foo%'",
};

/// The same as [`LIKE`], of models of which some are not ASCII.
pub const LIKE_MIXED: Count = Count { name: "like_mixed", condition: LIKE.condition };

/// Folds more than ASCII.
pub const LIKE_FOLDED: Count = Count { name: "like_folded", condition: "Model LIKE '%höhe%'" };

/// How often a scan runs; the median counts.
pub const SCANS: usize = 9;

/// How many of the rows of all are in a range of the ordered index: one in a hundred.
const RANGE_SHARE: u64 = 100;

/// How many ranges a figure is the median of.
const RANGES: u64 = 20;

/// Ranges of sizes.
pub fn ranges(count: u64) -> impl Iterator<Item = Range<u64>> {
    (0..RANGES).map(move |nth| data::sizes(nth, count, count / RANGE_SHARE))
}

/// What the rows of ranges cost, one behind the other.
#[derive(Default)]
pub struct RangeCosts {
    first: Vec<f64>,
    again: Vec<f64>,
    rows: u64,
    sum: u64,
}

impl RangeCosts {
    /// Reads a range, which gives its rows and a number that depends on all their values: once
    /// as it comes, and then as often as scans run.
    pub fn measure<E>(&mut self, mut read: impl FnMut() -> Result<(u64, u64), E>) -> Result<(), E> {
        for nth in 0..=SCANS {
            let mut clock = Stopwatch::default();
            let (rows, sum) = clock.time(&mut read)?;
            if nth == 0 {
                self.first.push(clock.each(rows));
                self.rows += rows;
                self.sum = self.sum.wrapping_add(sum);
            } else {
                self.again.push(clock.each(rows));
            }
        }
        Ok(())
    }

    /// The medians of the ranges, under these names.
    pub fn report(self, report: &mut Report, [first, again]: [&str; 2]) {
        report.check("range", self.sum);
        report.check("range_rows", self.rows);
        report.figure(first, clock::median(self.first));
        report.figure(again, clock::median(self.again));
    }
}

/// What is parsed and bound without being run: two columns, three conditions.
pub const TYPICAL_COLUMNS: &str = "Id, Size";

pub const TYPICAL_CONDITION: &str = "Size > 1000000 AND Model LIKE '%foo%' AND State = 3";

/// Writes the rows as `ascii.csv` and `mixed.csv` into a folder, and what is asked of them as
/// `plan.json`.
pub fn export(count: u64, folder: &Path) -> Result<(), Box<dyn Error>> {
    for (letters, name) in [(Letters::Ascii, "ascii.csv"), (Letters::Mixed, "mixed.csv")] {
        let mut file = BufWriter::new(File::create(folder.join(name))?);
        for disk in data::named_disks(count, Order::Scattered, letters).flatten() {
            write_row(&mut file, &disk.views())?;
        }
        file.flush()?;
    }
    let of = |counts: &[Count]| -> serde_json::Map<_, _> {
        counts.iter().map(|count| (count.name.to_owned(), json!(count.condition))).collect()
    };
    let ranges: Vec<_> = ranges(count).map(|sizes| [sizes.start, sizes.end]).collect();
    let plan = json!({
        "count": count,
        "columns": fleet::PROPERTIES,
        "ascii": of(&[RANGE, LIKE, BOTH]),
        "mixed": of(&[LIKE_MIXED, LIKE_FOLDED]),
        "scans": SCANS,
        "ranges": ranges,
    });
    serde_json::to_writer(File::create(folder.join("plan.json"))?, &plan)?;
    Ok(())
}

/// A line of values; the texts have no character that means something there.
fn write_row(file: &mut impl Write, views: &[ValueView<'_>]) -> Result<(), Box<dyn Error>> {
    for (at, view) in views.iter().enumerate() {
        if at > 0 {
            write!(file, ",")?;
        }
        match view {
            ValueView::String(text) => write!(file, "{text}")?,
            ValueView::UInt64(n) => write!(file, "{n}")?,
            ValueView::UInt32(n) => write!(file, "{n}")?,
            ValueView::UInt16(n) => write!(file, "{n}")?,
            ValueView::SInt64(n) => write!(file, "{n}")?,
            ValueView::Real64(x) => write!(file, "{x:?}")?,
            other => return Err(format!("{other:?} in a row").into()),
        }
    }
    writeln!(file)?;
    Ok(())
}
