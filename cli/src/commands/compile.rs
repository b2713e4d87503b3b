//! `cimarron compile`: MOF in, an archive or other forms out.

mod data;
mod outputs;
mod summary;

pub(crate) use outputs::is_directory;
pub(crate) use summary::summary;

use crate::args::{CompileArgs, FindingsFormat};
use crate::core::files;
use crate::core::{Content, Inputs, Key, Loaded, Stamp, Targets, compile_alone, configuration};
use crate::failure::{Failure, Stop};
use crate::output::dep_file;
use crate::progress::Progress;
use cimarron_model::Status;
use cimarron_mof::source::Trace;
use cimarron_mof::{
    Code, CompileOptions, Compiled, Diagnostic, Diagnostics, Severity, SourceMap, Statistics,
};
use cimarron_schema::rules::Rule;
use outputs::{Outputs, Written};
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

/// How a compilation went, or the one that made it unnecessary.
struct Outcome<'a> {
    statistics: Statistics,
    found: &'a Diagnostics,
    written: &'a [Written],
    /// What there is to say of the parts of a localised text.
    parts: Option<String>,
    /// What the forms that are written cannot say.
    losses: Vec<String>,
    skipped: bool,
    /// Whether the output went to standard output.
    to_stdout: bool,
    took: Duration,
}

pub(crate) fn run(args: &CompileArgs) -> Result<(), Stop> {
    let start = Instant::now();
    if let Some(folder) = &args.data.data {
        return data::run(args, folder, start);
    }
    let outputs = Outputs::plan(args)?;
    let targets = targets(args, &outputs);
    targets.refuse_clashes()?;
    let progress = Progress::new("reading");
    let inputs = Inputs::gather(&args.paths, &args.stdin_name, &args.mof.search)?;
    let options = super::amend::options(args)?;
    let key = key(args, &inputs, &options, &outputs);
    if let Some(earlier) = unchanged(args, &inputs, (&options, &key), &outputs)? {
        drop(progress);
        targets.refuse_clashes()?;
        let outcome = Outcome {
            statistics: earlier.stamp.statistics(),
            found: &earlier.found,
            written: &outputs.on_disk(),
            parts: None,
            losses: earlier.stamp.losses().to_vec(),
            skipped: true,
            to_stdout: false,
            took: start.elapsed(),
        };
        return finish(args, &outcome, &earlier.sources);
    }
    let Loaded { texts, trace } = if outputs.is_on_disk() {
        inputs.load(&options, args.findings.sink(), &made(args, &outputs))?
    } else {
        let texts = inputs.load_untraced(&options, args.findings.sink())?;
        Loaded { texts, trace: Trace::default() }
    };
    // Before anything is written: a run that is refused leaves no half of its work.
    targets.refuse_clashes()?;
    progress.step("compiling");
    let (compiled, mut sources) = compile_alone(texts, &options);
    sources.keep_texts_of(&compiled.diagnostics);
    let statistics = compiled.statistics();
    let losses = match compiled.has_errors() {
        false => outputs.losses(&compiled),
        true => Vec::new(),
    };
    let (mut parts, mut written) = (None, Vec::new());
    if !compiled.has_errors() {
        progress.step("writing");
        let rule = dep_rule(args, &outputs, &trace)?;
        if !args.check {
            parts = super::amend::write_parts(args, &compiled)?;
        }
        let described =
            Described { key: &key, trace: &trace, statistics: &statistics, losses: &losses };
        written = write(args, &compiled, &outputs, rule.as_deref(), &described)?;
    }
    drop(progress);
    let outcome = Outcome {
        statistics,
        found: &compiled.diagnostics,
        written: &written,
        parts,
        losses,
        skipped: false,
        to_stdout: outputs.takes_stdout(),
        took: start.elapsed(),
    };
    let finished = finish(args, &outcome, sources.map());
    // The program ends here, and its memory with it: a schema is a hundred thousand pieces,
    // and letting them go one by one would take as long as hashing the archive.
    std::mem::forget((compiled, sources));
    finished
}

/// Everything that is written, with what is to be left behind for the next time.
fn targets(args: &CompileArgs, outputs: &Outputs) -> Targets {
    let files = outputs.files().fold(Targets::default(), |all, path| all.with("-o", Some(path)));
    files
        .with("the stamp beside -o", outputs.stamp().as_deref())
        .with("--dep-file", args.dep_file.as_deref())
        .with("--report", args.findings.report.report.as_deref())
        .with("--emit-mof", args.wmi.emit_mof.as_deref())
        .with("--emit-mfl", args.wmi.emit_mfl.as_deref())
}

/// Everything that decides what is written and what is said, but for the contents
/// of files.
fn key(args: &CompileArgs, inputs: &Inputs, options: &CompileOptions, outputs: &Outputs) -> Key {
    let mut key = Key::new();
    // All options, those of tomorrow included.
    key.feed(format!("{options:?}").as_bytes());
    inputs.feed(&mut |part| key.feed(part));
    for form in outputs.forms() {
        key.feed(form.as_str().as_bytes());
    }
    if let Some(path) = &args.dep_file {
        // Its rule names the configuration.
        let configuration = configuration(&args.levels).unwrap_or_default();
        key.feed(path.as_os_str().as_encoded_bytes());
        key.feed(configuration.as_os_str().as_encoded_bytes());
    }
    key
}

/// An earlier compilation that would go the same way now.
struct Earlier {
    stamp: Stamp,
    found: Diagnostics,
    sources: SourceMap,
}

/// The compilation whose output is there already, if there was one.
fn unchanged(
    args: &CompileArgs,
    inputs: &Inputs,
    (options, key): (&CompileOptions, &Key),
    outputs: &Outputs,
) -> Result<Option<Earlier>, Failure> {
    // A stamp knows nothing of the parts of a localised text.
    let forced = args.force || args.wmi.parts().is_some();
    let Some(path) = outputs.stamp().filter(|_| !forced) else { return Ok(None) };
    let Some(stamp) = Stamp::read(&path) else { return Ok(None) };
    if !stamp.is_of(key, &stamped(args, outputs)) {
        return Ok(None);
    }
    let made = made(args, outputs);
    if !stamp.has_findings() {
        let holds = stamp.still_holds(&made);
        let found = Diagnostics::new();
        return Ok(holds.then(|| Earlier { stamp, found, sources: SourceMap::new() }));
    }
    // What was found is shown again, with the text that it is about.
    let Loaded { texts, trace } = inputs.load(options, Diagnostics::new(), &made)?;
    if !stamp.has_trace(&trace) {
        return Ok(None);
    }
    let found = stamp.diagnostics(args.findings.sink());
    Ok(found.map(|found| Earlier { stamp, found, sources: texts.sources.map().clone() }))
}

/// The files that a stamp vouches for.
fn stamped<'a>(args: &'a CompileArgs, outputs: &'a Outputs) -> Vec<&'a Path> {
    outputs.files().chain(args.dep_file.as_deref()).collect()
}

/// The names of what is written, unless they could be read as well: that the output
/// is there now is no change of the input.
fn made(args: &CompileArgs, outputs: &Outputs) -> Vec<OsString> {
    let stamp = outputs.stamp();
    let made = outputs.files().chain(args.dep_file.as_deref()).chain(stamp.as_deref());
    let is_mof = |path: &&Path| path.extension().is_some_and(|e| e.eq_ignore_ascii_case("mof"));
    made.filter(|path| !is_mof(path))
        .filter_map(|path| path.file_name().map(OsStr::to_owned))
        .collect()
}

/// What a stamp says of a run, beside what it wrote and found.
struct Described<'a> {
    key: &'a Key,
    trace: &'a Trace,
    statistics: &'a Statistics,
    losses: &'a [String],
}

/// Writes what was asked for, `rule` being what the dep file holds, then the stamp.
fn write(
    args: &CompileArgs,
    compiled: &Compiled,
    outputs: &Outputs,
    rule: Option<&str>,
    Described { key, trace, statistics, losses }: &Described<'_>,
) -> Result<Vec<Written>, Stop> {
    if outputs.is_nothing() {
        return Ok(Vec::new());
    }
    let stamp = outputs.stamp();
    if let Some(stale) = &stamp {
        // Whatever happens from here on, the old stamp does not describe it.
        let _ = std::fs::remove_file(stale);
    }
    if let Some(directory) = args.output.as_deref().filter(|path| is_directory(path)) {
        std::fs::create_dir_all(directory)
            .map_err(|error| files::write_failure(directory, &error))?;
    }
    let written = outputs.write(compiled)?;
    let mut files: Vec<(&Path, Content)> = Vec::with_capacity(written.len() + 1);
    files.extend(written.iter().filter_map(|file| Some((file.path.as_path(), file.content?))));
    if let (Some(path), Some(rule)) = (&args.dep_file, rule) {
        files.push((path, files::write(path, |out| out.write_all(rule.as_bytes()))?));
    }
    if let Some(path) = stamp
        && let Some(stamp) =
            Stamp::of(key, trace, &files, (statistics, losses), &compiled.diagnostics)
    {
        stamp.leave(&path);
    }
    Ok(written)
}

/// The rule of the dep file, if one is asked for. There may be none: that is known before
/// anything is written.
fn dep_rule(
    args: &CompileArgs,
    outputs: &Outputs,
    trace: &Trace,
) -> Result<Option<String>, Failure> {
    if args.dep_file.is_none() || outputs.is_nothing() {
        return Ok(None);
    }
    let refused = |name: &dyn fmt::Debug, why: &str| {
        let message = format!("no rule for make can name {name:?}: {why}");
        Failure::input(Status::InvalidParameter, message)
    };
    // Another name in its place would be a file that is not there, which make holds for new.
    let named = |path| Path::to_str(path).ok_or_else(|| refused(&path, "it is not Unicode"));
    let targets = outputs.files().map(named).collect::<Result<Vec<_>, _>>()?;
    // The levels that it sets decide whether there is an output.
    let configuration = configuration(&args.levels);
    let inputs = trace.files().chain(configuration.as_deref()).map(named);
    let inputs = inputs.collect::<Result<Vec<_>, _>>()?;
    dep_file::rule(&targets, &inputs)
        .map(Some)
        .map_err(|name| refused(&name, "it holds a line break, a tab, `;` or `|`"))
}

/// Says what there is to say and gives the end of the run.
/// Tells people where the schema belongs that a text builds on, when it seems to be missing.
fn advise_search(args: &CompileArgs, found: &Diagnostics) {
    let lacking = [
        Code::Rule(Rule::MissingSuperclass),
        Code::Rule(Rule::UnknownReferenceClass),
        Code::Rule(Rule::UnknownEmbeddedClass),
        Code::Rule(Rule::UndeclaredQualifier),
        Code::UnknownClass,
    ];
    let lacks =
        |found: &Diagnostic| found.severity == Severity::Error && lacking.contains(&found.code);
    let report = &args.findings.report;
    let shown = report.format == FindingsFormat::Human && report.report.is_none();
    if shown && args.mof.search.search.is_empty() && found.as_slice().iter().any(lacks) {
        let note = "note: --search takes what is missing from the directory or zip of a schema";
        // Where standard error is closed there is nobody left to tell.
        let _ = writeln!(std::io::stderr().lock(), "{note}");
    }
}

fn finish(args: &CompileArgs, outcome: &Outcome<'_>, sources: &SourceMap) -> Result<(), Stop> {
    args.findings.report(outcome.found, sources)?;
    let failed = outcome.found.has_errors();
    for loss in &outcome.losses {
        // Where standard error is closed there is nobody left to tell.
        let _ = writeln!(std::io::stderr().lock(), "warning: {loss}");
    }
    match args.findings.report.format {
        FindingsFormat::Json if outcome.to_stdout => {}
        FindingsFormat::Json => {
            let mut out = crate::output::stdout();
            summary::write_json(&mut out, args, outcome)?;
            out.flush()?;
        }
        _ if failed => advise_search(args, outcome.found),
        _ if outcome.to_stdout => {
            // Where standard error is closed there is nobody left to tell.
            let _ = summary::write_human(&mut std::io::stderr().lock(), args, outcome);
        }
        _ if args.findings.takes_stdout() => {}
        _ => {
            let mut out = crate::output::stdout();
            summary::write_human(&mut out, args, outcome)?;
            out.flush()?;
        }
    }
    if failed { Err(Stop::Reported) } else { Ok(()) }
}
