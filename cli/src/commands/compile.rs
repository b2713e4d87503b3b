//! `cimarron compile`: MOF in, archive out.

use crate::args::{CompileArgs, ReportFormat};
use crate::core::{compile_alone, read_mof, report};
use crate::failure::{Failure, FailureStyle, Stop};
use crate::output::numbers::{bytes, counted, duration};
use crate::output::stdout;
use crate::progress::Progress;
use cimarron_model::Status;
use cimarron_mof::{Compiled, Severity, Statistics};
use cimarron_schema::Archive;
use serde_json::json;
use std::io::{self, Write};
use std::path::Path;
use std::time::{Duration, Instant};

/// The archive that was written.
struct Written<'a> {
    path: &'a Path,
    size: u64,
}

pub(crate) fn run(args: &CompileArgs) -> Result<(), Stop> {
    let style = match args.format {
        ReportFormat::Human => FailureStyle::Human,
        ReportFormat::Json => FailureStyle::Json,
    };
    let options = super::amend::options(args)?;
    let start = Instant::now();
    let progress = Progress::new("reading");
    let texts = read_mof(&args.paths, &args.include)?;
    progress.step("compiling");
    let (compiled, sources) = compile_alone(texts, &options);
    let written = match &args.output {
        Some(path) if !compiled.has_errors() => {
            progress.step("writing");
            Some(write_archive(&compiled, path)?)
        }
        _ => None,
    };
    let parts = match compiled.has_errors() {
        false => super::amend::write_parts(args, &compiled)?,
        true => None,
    };
    let took = start.elapsed();
    drop(progress);
    report(&compiled.diagnostics, &sources, style);
    let mut out = stdout();
    match args.format {
        ReportFormat::Human if compiled.has_errors() => {}
        ReportFormat::Human => {
            write_summary(&mut out, &compiled, took, written.as_ref())?;
            parts.iter().try_for_each(|line| writeln!(out, "{line}"))?;
        }
        ReportFormat::Json => write_json(&mut out, args, &compiled, took, written.as_ref())?,
    }
    out.flush()?;
    if compiled.has_errors() { Err(Stop::Reported) } else { Ok(()) }
}

fn write_archive<'a>(compiled: &Compiled, path: &'a Path) -> Result<Written<'a>, Failure> {
    let archive = compiled
        .archive()
        .map_err(|error| Failure::input(Status::ServerLimits, error.to_string()))?;
    Archive::save(&archive, path).map_err(|error| {
        let status = match error.kind() {
            io::ErrorKind::StorageFull => Status::OutOfDiskSpace,
            io::ErrorKind::PermissionDenied => Status::AccessDenied,
            _ => Status::Failed,
        };
        Failure::input(status, format!("cannot write `{}`: {error}", path.display()))
    })?;
    let size = u64::try_from(archive.len()).unwrap_or(u64::MAX);
    Ok(Written { path, size })
}

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

fn write_summary(
    out: &mut dyn Write,
    compiled: &Compiled,
    took: Duration,
    written: Option<&Written<'_>>,
) -> io::Result<()> {
    let text = summary(&compiled.statistics());
    write!(out, "{text} in {}", duration(took))?;
    match written {
        Some(written) => writeln!(out, " → {}, {}", written.path.display(), bytes(written.size)),
        None => writeln!(out, "; nothing written, for want of -o"),
    }
}

fn write_json(
    out: &mut dyn Write,
    args: &CompileArgs,
    compiled: &Compiled,
    took: Duration,
    written: Option<&Written<'_>>,
) -> io::Result<()> {
    let statistics = compiled.statistics();
    let result = json!({
        "namespace": args.namespace,
        "dialect": args.dialect.0.as_str(),
        "classes": statistics.classes,
        "associations": statistics.associations,
        "indications": statistics.indications,
        "qualifier_types": statistics.qualifier_types,
        "properties": statistics.properties,
        "instances": statistics.instances,
        "errors": compiled.diagnostics.count(Severity::Error),
        "warnings": compiled.diagnostics.count(Severity::Warning),
        "milliseconds": (took.as_secs_f64() * 1e5).round() / 1e2,
        "output": written.map(|w| w.path.display().to_string()),
        "bytes": written.map(|w| w.size),
    });
    writeln!(out, "{result}")
}
