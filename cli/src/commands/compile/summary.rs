//! What is said at the end of a compilation.

use super::Outcome;
use crate::args::CompileArgs;
use crate::output::numbers::{bytes, counted, duration, milliseconds};
use cimarron_mof::{Severity, Statistics};
use serde_json::json;
use std::io::{self, Write};

/// `1,631 classes (643 associations, 24 indications), 70 qualifier types, …`.
pub(crate) fn summary(statistics: &Statistics) -> String {
    format!(
        "{} ({}, {}), {}, {}, {}",
        counted(statistics.classes, "class", "classes"),
        counted(statistics.associations, "association", "associations"),
        counted(statistics.indications, "indication", "indications"),
        counted(statistics.qualifier_types, "qualifier type", "qualifier types"),
        counted(statistics.properties, "property", "properties"),
        counted(statistics.instances, "instance", "instances"),
    )
}

pub(super) fn write_human(
    out: &mut dyn Write,
    args: &CompileArgs,
    outcome: &Outcome<'_>,
) -> io::Result<()> {
    write!(out, "{}", summary(&outcome.statistics))?;
    let took = duration(outcome.took);
    if outcome.skipped {
        write!(out, " unchanged, seen in {took}")?;
    } else {
        write!(out, " in {took}")?;
    }
    let files: Vec<String> = outcome
        .written
        .iter()
        .map(|file| format!("{}, {}", file.path.display(), bytes(file.bytes)))
        .collect();
    match (args.check, &args.output) {
        (true, _) => writeln!(out, "; nothing written, as --check wants it"),
        (false, None) if outcome.to_stdout => writeln!(out),
        (false, None) => writeln!(out, "; nothing written, for want of -o"),
        (false, Some(_)) if files.is_empty() => writeln!(out),
        (false, Some(_)) => writeln!(out, " → {}", files.join("; ")),
    }?;
    outcome.parts.iter().try_for_each(|line| writeln!(out, "{line}"))
}

pub(super) fn write_json(
    out: &mut dyn Write,
    args: &CompileArgs,
    outcome: &Outcome<'_>,
) -> io::Result<()> {
    let Outcome { statistics, found, written, losses, skipped, took, .. } = outcome;
    let outputs = written.iter().map(|file| {
        let path = file.path.display().to_string();
        json!({"form": file.form.as_str(), "path": path, "bytes": file.bytes})
    });
    let first = written.first();
    let result = json!({
        "namespace": args.mof.namespace,
        "dialect": args.mof.dialect.as_str(),
        "classes": statistics.classes,
        "associations": statistics.associations,
        "indications": statistics.indications,
        "qualifier_types": statistics.qualifier_types,
        "properties": statistics.properties,
        "instances": statistics.instances,
        "errors": found.count(Severity::Error),
        "warnings": found.count(Severity::Warning),
        "omitted": found.dropped(),
        "losses": losses,
        "skipped": skipped,
        "milliseconds": milliseconds(*took),
        "output": first.map(|file| file.path.display().to_string()),
        "bytes": first.map(|file| file.bytes),
        "outputs": outputs.collect::<serde_json::Value>(),
    });
    writeln!(out, "{result}")
}
