//! `cimarron demo`: everything once, on a small fleet that ships with the program.

use super::compile::summary;
use crate::core;
use crate::core::data::Data;
use crate::failure::{FailureStyle, Stop};
use crate::output::numbers::{bytes, duration};
use crate::output::stdout;
use crate::terminal;
use cimarron_model::Dialect;
use cimarron_mof::CompileOptions;
use std::io::Write;
use std::time::Instant;

/// Computers, their disks and services, and the associations between them.
const FLEET: &str = include_str!("../../demo/fleet.mof");

/// Queries, each with what it is about.
const QUERIES: [(&str, &str); 7] = [
    (
        "Deep enumeration: whatever is not well, of any class below Fleet_Element",
        "SELECT Caption, Health FROM Fleet_Element WHERE Health <> 0",
    ),
    (
        "Text patterns: web and database servers by their host names",
        "SELECT Name, Role, Bays FROM Fleet_Server WHERE Name LIKE 'web-%' OR Name LIKE '[a-d]b-__'",
    ),
    (
        "64-bit numbers: disks over 1 TB with less than 100 GB free",
        "SELECT Serial, Kind, Size, Free FROM Fleet_Disk WHERE Size > 1000000000000 AND Free < 100000000000",
    ),
    (
        "NULL: computers that are off",
        "SELECT Name, LastBoot, Addresses FROM Fleet_Computer WHERE LastBoot IS NULL",
    ),
    (
        "NOT, AND, OR: services that do not run and should, or are not well",
        "SELECT Computer, Name, State, StartMode FROM Fleet_Service WHERE NOT State = 'Running' AND (StartMode = 'Auto' OR Health > 0)",
    ),
    (
        "Class test: computers that are neither servers nor laptops",
        "SELECT Name, Caption, MemoryMB, Location FROM Fleet_Computer WHERE __CLASS = 'Fleet_Computer'",
    ),
    (
        "Associations: the disks of the database server",
        "ASSOCIATORS OF {Fleet_Server.Name='db-01'} WHERE AssocClass = Fleet_ComputerDisk",
    ),
];

pub(crate) fn run() -> Result<(), Stop> {
    let mut out = stdout();
    let data = Data::in_memory(Dialect::Wmi);
    let session = data.session_in_new("root/cimv2", Dialect::Wmi)?;
    let texts = core::mof_text("fleet.mof", FLEET)?;
    let start = Instant::now();
    let (compiled, sources) = core::compile_alone(texts, &CompileOptions::default());
    let took = start.elapsed();
    core::report(&compiled.diagnostics, &sources, FailureStyle::Human);
    if compiled.has_errors() {
        return Err(Stop::Reported);
    }
    core::load_compiled(&session, &compiled)?;
    let (size, took) = (bytes(FLEET.len() as u64), duration(took));
    writeln!(out, "Compiled fleet.mof ({size}) in {took}:\n{}", summary(&compiled.statistics()))?;
    let width = terminal::output_width();
    for (about, query) in QUERIES {
        let start = Instant::now();
        let answer = core::query_rows(&session, query)?;
        let took = start.elapsed();
        writeln!(out, "\n-- {about}\n{query}\n")?;
        answer.write_table(&mut out, width)?;
        writeln!(out, "{} in {}", answer.count(), duration(took))?;
    }
    out.flush()?;
    Ok(())
}
