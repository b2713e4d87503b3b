//! SQLite's side: a database in memory, statements prepared once, nothing else open.

mod classes;
pub(crate) mod durable;
mod large;
mod links;
mod queries;
mod rows;
mod together;

use crate::Outcome;
use crate::clock::Stopwatch;
use crate::data::{self, Order, fleet::Disk};
use crate::report::Report;
use cimarron_engine::ValueView;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Result, Rows, Statement};
use std::ops::Range;

/// How the table keeps its rows. Which is faster depends on the figure; the better one counts.
#[derive(Clone, Copy)]
pub enum Form {
    /// Rows by number, and the key in an index beside them.
    Rowid,
    /// Rows in the tree of the key.
    WithoutRowid,
}

pub fn run(group: &str, count: u64, form: Form) -> Outcome {
    let mut report = Report::default();
    match group {
        "rows" => rows::rows(&mut report, count, form)?,
        "ordered" => rows::ordered(&mut report, count, form)?,
        "generic" => rows::generic(&mut report, count, form)?,
        "memory" => rows::memory(&mut report, count, form)?,
        "links" => links::links(&mut report, form)?,
        "together" => together::together(&mut report, count, form)?,
        "classes" => classes::classes(&mut report, form)?,
        "large" => large::large(&mut report, count, form)?,
        "ranges" => large::ranges(&mut report, count, form)?,
        "queries" => queries::queries(&mut report, count, form)?,
        "queries_ordered" => queries::ordered(&mut report, count, form)?,
        "queries_indexed" => queries::indexed(&mut report, count, form)?,
        "letters" => queries::letters(&mut report, count, form)?,
        "links_text" => links::associators_of(&mut report, form)?,
        "durable" => durable::commits(&mut report, form)?,
        "reopen" => durable::reopen(&mut report, count, form)?,
        "reopen_killed" => durable::reopen_killed(&mut report, count, form)?,
        "parse" => queries::parse(&mut report, form)?,
        _ => return Err(format!("no group `{group}`").into()),
    }
    Ok(report)
}

impl Form {
    /// What goes behind the closing parenthesis of the table.
    fn ending(self) -> &'static str {
        match self {
            Self::Rowid => "",
            Self::WithoutRowid => " WITHOUT ROWID",
        }
    }

    /// The statement that makes a table of disks.
    fn table(self, name: &str) -> String {
        format!(
            "CREATE TABLE {name} (id TEXT NOT NULL PRIMARY KEY, model TEXT, serial TEXT, \
             location TEXT, size INTEGER, speed INTEGER, state INTEGER, offset INTEGER, \
             load REAL){}",
            self.ending()
        )
    }
}

/// A database with an empty table of disks.
fn database(form: Form) -> Result<Connection> {
    let connection = Connection::open_in_memory()?;
    connection.execute_batch(&form.table("disk"))?;
    Ok(connection)
}

const INSERT: &str = "INSERT INTO disk VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";

const GET: &str = "SELECT size FROM disk WHERE id = ?1";

/// Creates the rows with these numbers, in whatever transaction there is.
fn insert(
    statement: &mut Statement<'_>,
    numbers: Range<u64>,
    order: Order,
    clock: &mut Stopwatch,
) -> Result<()> {
    insert_disks(statement, data::disks(numbers, order), clock)
}

/// Creates rows, in whatever transaction there is.
fn insert_disks(
    statement: &mut Statement<'_>,
    batches: impl Iterator<Item = Vec<Disk>>,
    clock: &mut Stopwatch,
) -> Result<()> {
    for disks in batches {
        clock.time(|| disks.iter().try_for_each(|disk| insert_one(statement, disk)))?;
    }
    Ok(())
}

fn insert_one(statement: &mut Statement<'_>, disk: &Disk) -> Result<()> {
    for (at, view) in (1..).zip(disk.views()) {
        match view {
            ValueView::String(text) => statement.raw_bind_parameter(at, text)?,
            ValueView::UInt64(n) => statement.raw_bind_parameter(at, n as i64)?,
            ValueView::UInt32(n) => statement.raw_bind_parameter(at, n)?,
            ValueView::UInt16(n) => statement.raw_bind_parameter(at, n)?,
            ValueView::SInt64(n) => statement.raw_bind_parameter(at, n)?,
            ValueView::Real64(x) => statement.raw_bind_parameter(at, x)?,
            _ => statement.raw_bind_parameter(at, rusqlite::types::Null)?,
        }
    }
    statement.raw_execute().map(drop)
}

/// Seconds for one get by key.
fn get(report: &mut Report, connection: &Connection, count: u64) -> Result<f64> {
    let mut statement = connection.prepare(GET)?;
    let (mut clock, mut sum) = (Stopwatch::default(), 0_u64);
    for batch in data::batches(0..data::SAMPLES) {
        let keys: Vec<_> = batch.map(|nth| data::key(data::scattered(nth, count))).collect();
        clock.time(|| {
            keys.iter().try_for_each(|key| {
                sum = sum.wrapping_add(size(&mut statement, key)?);
                Result::<()>::Ok(())
            })
        })?;
    }
    report.check("get", sum);
    Ok(clock.each(data::SAMPLES))
}

fn size(statement: &mut Statement<'_>, key: &str) -> Result<u64> {
    statement.query_one([key], |row| row.get::<_, i64>(0)).map(|size| size as u64)
}

/// How many rows there are, and a number that depends on the values of their first columns.
fn touch_all(mut rows: Rows<'_>, columns: usize) -> Result<(u64, u64)> {
    let (mut number, mut sum) = (0_u64, 0_u64);
    while let Some(row) = rows.next()? {
        number += 1;
        for column in 0..columns {
            sum = sum.wrapping_add(touch(row.get_ref(column)?));
        }
    }
    Ok((number, sum))
}

/// A number that depends on the value.
fn touch(value: ValueRef<'_>) -> u64 {
    match value {
        ValueRef::Text(text) | ValueRef::Blob(text) => text.len() as u64,
        ValueRef::Integer(n) => n as u64,
        ValueRef::Real(x) => x.to_bits(),
        ValueRef::Null => 0,
    }
}
