//! Queries from their text, against DuckDB and SQLite, both in memory and with one thread.
//!
//! All of them have the same rows, in the same order, and count the same matches: Cimarron and
//! SQLite make the rows themselves (`benches/peers`), DuckDB reads them from a file that the same
//! program writes, from within the interpreter of its Python package. That a query has to be
//! parsed counts on all sides.
//!
//! Our LIKE folds case, as does SQLite's for ASCII; DuckDB has one that does and one that does
//! not, and both stand beside ours.

use std::process::Command;

use super::sides::{self, Figure, OURS, Row, SQLITE, Sides, Target, Unit, run_of};
use super::{Measured, scratch};
use crate::error::Result;
use crate::process;
use crate::python::{DUCKDB, Python};
use crate::workspace::Metadata;

const DUCKDB_SIDE: &str = "xtask/peers/duckdb_query.py";

/// The peer itself.
const DUCK: &[&str] = &["duckdb"];

const fn row(
    name: &'static str,
    (ours, unit): (&'static str, Unit),
    (peers, peer): (&'static [&'static str], &'static str),
    target: Option<Target>,
) -> Row {
    Row { name, ours: Figure::Of(ours), peer: Figure::Of(peer), peers, unit, target }
}

const fn ratio(least: f64) -> Option<Target> {
    Some(Target::Ratio(least))
}

const fn ours(most: f64) -> Option<Target> {
    Some(Target::Ours(most))
}

const RATE: Unit = Unit::MillionsPerSecond;

const TIME: Unit = Unit::Microseconds;

const ROWS: &[Row] = &[
    row("numeric range; DuckDB", ("numeric", RATE), (DUCK, "numeric"), ratio(1.5)),
    row("numeric range; SQLite", ("numeric", RATE), (&SQLITE, "numeric"), ratio(30.0)),
    row("LIKE '%foo%'; DuckDB LIKE", ("like", RATE), (DUCK, "like_exact"), ratio(1.5)),
    row("LIKE '%foo%'; DuckDB ILIKE", ("like", RATE), (DUCK, "like_folding"), ratio(1.5)),
    row("LIKE '%foo%'; SQLite LIKE", ("like", RATE), (&SQLITE, "like"), None),
    row(
        "numeric range AND LIKE; DuckDB LIKE",
        ("numeric_like", RATE),
        (DUCK, "numeric_like_exact"),
        ratio(1.5),
    ),
    row(
        "numeric range AND LIKE; DuckDB ILIKE",
        ("numeric_like", RATE),
        (DUCK, "numeric_like_folding"),
        ratio(1.5),
    ),
    row(
        "numeric range AND LIKE; SQLite LIKE",
        ("numeric_like", RATE),
        (&SQLITE, "numeric_like"),
        None,
    ),
    row(
        "LIKE '%foo%', 5 % not ASCII; DuckDB LIKE",
        ("like_mixed", RATE),
        (DUCK, "like_mixed_exact"),
        None,
    ),
    row(
        "LIKE '%foo%', 5 % not ASCII; DuckDB ILIKE",
        ("like_mixed", RATE),
        (DUCK, "like_mixed_folding"),
        None,
    ),
    row(
        "LIKE '%foo%', 5 % not ASCII; SQLite LIKE",
        ("like_mixed", RATE),
        (&SQLITE, "like_mixed"),
        None,
    ),
    row(
        "LIKE '%höhe%', 5 % not ASCII; DuckDB ILIKE",
        ("like_folded", RATE),
        (DUCK, "like_folded_folding"),
        None,
    ),
    row(
        "text to the row of a key, all columns; SQLite",
        ("key", TIME),
        (&SQLITE, "key"),
        ours(3.0),
    ),
    row(
        "row of a key, prepared query, all columns; SQLite prepared",
        ("key_query_prepared", TIME),
        (&SQLITE, "key_prepared"),
        ours(0.5),
    ),
    row(
        "row of a key, prepared query, one column; SQLite prepared",
        ("key_size_query_prepared", TIME),
        (&SQLITE, "key_size_prepared"),
        ours(0.5),
    ),
    row(
        "row of a key, prepared reader, all columns; SQLite prepared",
        ("key_prepared", TIME),
        (&SQLITE, "key_prepared"),
        ours(0.5),
    ),
    row(
        "row of a key, prepared reader, one column; SQLite prepared",
        ("key_size_prepared", TIME),
        (&SQLITE, "key_size_prepared"),
        ours(0.5),
    ),
    row(
        "1 % of the rows by an ordered index, all columns; SQLite prepared",
        ("range", RATE),
        (&SQLITE, "range"),
        ratio(10.0),
    ),
    row(
        "the same, created in the order of the index; SQLite prepared",
        ("range_ordered", RATE),
        (&SQLITE, "range_ordered"),
        ratio(10.0),
    ),
    row(
        "1 % of the rows, created when the index was there; SQLite prepared",
        ("range_indexed", RATE),
        (&SQLITE, "range_indexed"),
        ratio(10.0),
    ),
    row(
        "that range, read again; SQLite prepared",
        ("range_indexed_again", RATE),
        (&SQLITE, "range_indexed_again"),
        ratio(10.0),
    ),
    row(
        "creating those; SQLite prepared",
        ("create_indexed", RATE),
        (&SQLITE, "create_indexed"),
        None,
    ),
    row(
        "making the index of rows that are there; SQLite",
        ("create_index", RATE),
        (&SQLITE, "create_index"),
        None,
    ),
    row(
        "the range not so created, read again; SQLite prepared",
        ("range_again", RATE),
        (&SQLITE, "range_again"),
        ratio(10.0),
    ),
    row(
        "the range so created, read again; SQLite prepared",
        ("range_ordered_again", RATE),
        (&SQLITE, "range_ordered_again"),
        ratio(10.0),
    ),
    row("the range not so created; DuckDB, scan, fetchall", ("range", RATE), (DUCK, "range"), None),
    row(
        "the range not so created; DuckDB, scan, fetchnumpy",
        ("range", RATE),
        (DUCK, "range_numpy"),
        None,
    ),
    row(
        "ASSOCIATORS OF from text, 10 of 100,000 links; SQLite join from text",
        ("associators_of", TIME),
        (&SQLITE, "associators_of"),
        ours(6.0),
    ),
    row("parse and bind; SQLite prepare", ("parse", TIME), (&SQLITE, "parse"), ours(1.5)),
    row("prepare: planned too; SQLite prepare", ("prepare", TIME), (&SQLITE, "parse"), None),
    row(
        "LIKE '%foo%' on 2 threads, wall; on one",
        ("two_threads", RATE),
        (&[OURS], "one_thread"),
        ratio(1.6),
    ),
];

/// What DuckDB does too, and what it does not.
const GROUPS: [&str; 2] = ["queries", "letters"];
const GROUPS_OF_TWO: [&str; 4] = ["queries_ordered", "queries_indexed", "links_text", "parse"];

pub(super) fn measure(count: u64, runs: u32) -> Result<Measured> {
    let target = Metadata::load()?.target_directory;
    let program = sides::build()?;
    let python = Python::ready(&target, &DUCKDB)?;
    let work = scratch(&target, "query")?;
    let mut export = process::command(&program);
    process::capture(export.arg("export").arg(count.to_string()).arg(&work))?;

    let duckdb = |group: &'static str| {
        let (python, work) = (&python, &work);
        move || -> Command {
            let mut command = python.command();
            command.arg(DUCKDB_SIDE).arg(work).arg(group);
            command
        }
    };
    let mut sides = Sides::default();
    let of = |side, group| run_of(&program, side, group, count);
    let [rowid, without] = SQLITE;
    for group in GROUPS {
        sides.run(
            [
                (OURS, &of(OURS, group)),
                (rowid, &of(rowid, group)),
                (without, &of(without, group)),
                ("duckdb", &duckdb(group)),
            ],
            runs,
        )?;
    }
    for group in GROUPS_OF_TWO {
        sides.run(
            [(OURS, &of(OURS, group)), (rowid, &of(rowid, group)), (without, &of(without, group))],
            runs,
        )?;
    }
    // Two files of 112 bytes a row.
    std::fs::remove_dir_all(&work).map_err(crate::error::Error::file("remove", &work))?;
    Ok(Measured::Rows(sides.measurements(ROWS)))
}
