//! `cimarron compile --data`: MOF into the repository of a data directory, as `mofcomp` puts it
//! into WMI's.

use crate::args::{CompileArgs, EmitArg, FindingsFormat, usage};
use crate::core::data::Data;
use crate::core::reads::{self, NotingFileSystem};
use crate::core::{Inputs, Targets, Texts};
use crate::failure::{Failure, Stop};
use crate::output::numbers::{counted, duration, milliseconds};
use crate::output::stdout;
use crate::progress::Progress;
use cimarron_engine::{EngineError, Loaded};
use cimarron_model::Dialect;
use cimarron_mof::{Diagnostics, Emit, Severity, Sources};
use serde_json::json;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

pub(super) fn run(args: &CompileArgs, folder: &Path, start: Instant) -> Result<(), Stop> {
    refuse_files(args)?;
    let progress = Progress::new("reading");
    reads::note(folder);
    let targets = Targets::default().with("--report", args.findings.report.report.as_deref());
    let options = crate::commands::amend::options(args)?;
    let files = NotingFileSystem::default();
    let inputs = Inputs::gather(&args.paths, &args.stdin_name, &args.mof.search)?;
    let named = inputs.read(&files, args.findings.sink())?;
    // Opening a directory needs its lock and writes to it, and is left until nothing that
    // is known without it stands against the run.
    targets.refuse_clashes()?;
    targets.refuse_places_for(folder)?;
    let mut data = Data::open_or_plan(folder, args.mof.dialect.0, args.data.sync)?;
    let options = data.options(options);
    let dialect = options.dialect;
    let base = data.base(&options)?;
    let Texts { sources, said } = named.load(&base, &options);
    drop(base);
    targets.refuse_clashes()?;
    progress.step("compiling");
    let loaded = data.compile(options, &sources, said)?;
    let closed = data.close();
    drop(progress);
    match loaded {
        Ok((loaded, said)) => {
            args.findings.report(&said, sources.map())?;
            closed?;
            report(args, (folder, dialect), &loaded, &said, start.elapsed())
        }
        Err(error) => Err(refused(args, (folder, dialect), &error, &sources, start.elapsed())?),
    }
}

/// What says where files go, when nothing goes to any.
fn refuse_files(args: &CompileArgs) -> Result<(), Failure> {
    let given = [
        (args.output.is_some(), "-o"),
        (args.check, "--check"),
        (args.emit != [EmitArg(Emit::Archive)], "--emit"),
        (args.dep_file.is_some(), "--dep-file"),
        (args.wmi.parts().is_some(), "--emit-mof"),
    ];
    match given.into_iter().find(|(is_given, _)| *is_given) {
        Some((_, argument)) => Err(usage(format!("--data writes no files: leave out {argument}"))),
        None => Ok(()),
    }
}

fn refused(
    args: &CompileArgs,
    place: (&Path, Dialect),
    error: &EngineError,
    sources: &Sources,
    took: Duration,
) -> Result<Stop, Stop> {
    match error.diagnostics() {
        Some(said) => {
            args.findings.report(said, sources.map())?;
            let dialect = place.1;
            if args.findings.report.format == FindingsFormat::Json {
                // How many findings there are, and that nothing was loaded.
                report(args, place, &Loaded::default(), said, took)?;
            } else if args.mof.dialect_is_given && dialect != args.mof.dialect.0 {
                let namespace = &args.mof.namespace;
                let note = format!("note: `{namespace}` is there and follows {dialect}");
                // Where standard error is closed there is nobody left to tell.
                let _ = writeln!(std::io::stderr().lock(), "{note}, whatever --dialect says");
            }
            Ok(Stop::Reported)
        }
        None => Ok(Failure::input(error.status(), error.to_string()).into()),
    }
}

fn report(
    args: &CompileArgs,
    (folder, dialect): (&Path, Dialect),
    loaded: &Loaded,
    said: &Diagnostics,
    took: Duration,
) -> Result<(), Stop> {
    let mut out = stdout();
    let folder = folder.display().to_string();
    match args.findings.report.format {
        FindingsFormat::Json => {
            let report = json!({
                "namespace": args.mof.namespace,
                "dialect": dialect.as_str(),
                "data": folder,
                "classes": loaded.classes,
                "unchanged": loaded.unchanged,
                "qualifier_types": loaded.qualifier_types,
                "instances": loaded.instances,
                "errors": said.count(Severity::Error),
                "warnings": said.count(Severity::Warning),
                "omitted": said.dropped(),
                "milliseconds": milliseconds(took),
            });
            writeln!(out, "{report}")?;
        }
        _ if args.findings.takes_stdout() => {}
        _ => writeln!(
            out,
            "{} ({} unchanged), {}, {} in {} → {folder}",
            counted(loaded.classes, "class", "classes"),
            loaded.unchanged,
            counted(loaded.qualifier_types, "qualifier type", "qualifier types"),
            counted(loaded.instances, "instance", "instances"),
            duration(took),
        )?,
    }
    Ok(out.flush()?)
}
