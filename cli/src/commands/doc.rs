//! `cimarron doc`: a schema in, a static HTML site out.

use crate::args::{DocArgs, FindingsFormat};
use crate::core::files::write_failure;
use crate::core::{Directory, Gathering, Kept};
use crate::failure::Stop;
use crate::output::numbers::{bytes, count, counted, duration, milliseconds};
use crate::output::stdout;
use crate::progress::Progress;
use cimarron_mof::document::{Counts, DocumentOptions, document};
use serde_json::json;
use std::io::{self, Write};
use std::time::{Duration, Instant};

pub(crate) fn run(args: &DocArgs) -> Result<(), Stop> {
    let start = Instant::now();
    let progress = Progress::new("reading and compiling");
    let gathering = Gathering { inputs: &args.inputs, mof: &args.mof, findings: &args.findings };
    let archive = gathering.run(&progress)?;
    progress.step("writing");
    let mut directory = Directory::open(&args.output, args.force)?;
    if let Some(report) = &args.findings.report.report {
        directory.spare(report);
    }
    let options = DocumentOptions { title: title(args) };
    let mut put = |path: &str, content: &[u8]| directory.put(path, content);
    let counts = document(&archive, &options, &mut put)
        .map_err(|error| write_failure(&args.output, &error))?;
    let kept = directory.finish()?;
    let took = start.elapsed();
    drop(progress);
    let mut out = stdout();
    match args.findings.report.format {
        FindingsFormat::Json => write_json(&mut out, args, counts, kept, took)?,
        _ if args.findings.takes_stdout() => {}
        _ => write_summary(&mut out, args, counts, kept, took)?,
    }
    out.flush()?;
    Ok(())
}

/// The title that was given, or the name of a single input.
fn title(args: &DocArgs) -> Option<String> {
    let only = || match args.inputs.as_slice() {
        [input] => Some(input.file_stem()?.to_str()?.to_owned()),
        _ => None,
    };
    args.title.clone().or_else(only)
}

fn write_summary(
    out: &mut dyn Write,
    args: &DocArgs,
    counts: Counts,
    kept: Kept,
    took: Duration,
) -> io::Result<()> {
    writeln!(
        out,
        "{} ({}, {}), {}, {} in {} \u{2192} {}: {}, {}; {} written, {} removed",
        counted(counts.classes, "class", "classes"),
        counted(counts.associations, "association", "associations"),
        counted(counts.indications, "indication", "indications"),
        counted(counts.qualifier_types, "qualifier type", "qualifier types"),
        counted(counts.instances, "instance", "instances"),
        duration(took),
        args.output.join("index.html").display(),
        counted(kept.files, "file", "files"),
        bytes(kept.bytes),
        count(kept.written),
        count(kept.removed),
    )
}

fn write_json(
    out: &mut dyn Write,
    args: &DocArgs,
    counts: Counts,
    kept: Kept,
    took: Duration,
) -> io::Result<()> {
    let result = json!({
        "output": args.output.display().to_string(),
        "index": args.output.join("index.html").display().to_string(),
        "files": kept.files,
        "bytes": kept.bytes,
        "written": kept.written,
        "removed": kept.removed,
        "classes": counts.classes,
        "associations": counts.associations,
        "indications": counts.indications,
        "qualifier_types": counts.qualifier_types,
        "properties": counts.exposed,
        "methods": counts.methods,
        "instances": counts.instances,
        "milliseconds": milliseconds(took),
    });
    writeln!(out, "{result}")
}
