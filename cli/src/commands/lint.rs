//! `cimarron lint`: the findings of a compilation and doubtful style.

use crate::args::LintArgs;
use crate::core::{Inputs, Targets, compile_alone, levels};
use crate::failure::Stop;
use crate::output::diagnostics::write_pictures_on;
use crate::output::numbers::{count, counted};
use crate::progress::Progress;
use cimarron_mof::diagnostic::Levels;
use cimarron_mof::{Code, CompileOptions, Diagnostic, Diagnostics, Severity};
use std::collections::HashMap;
use std::io::{self, Write};

/// How many findings of one severity are kept: enough for any schema, and no more than
/// memory takes.
const KEPT: usize = 100_000;

pub(crate) fn run(args: &LintArgs) -> Result<(), Stop> {
    let levels = levels(&args.levels, Levels::linting())?;
    let progress = Progress::new("reading");
    let inputs = Inputs::gather(&args.paths, &args.stdin_name, &args.mof.search)?;
    let options = CompileOptions { levels, ..args.mof.options() };
    let texts = inputs.load_untraced(&options, Diagnostics::with_limit(KEPT))?;
    Targets::default().with("--report", args.report.report.as_deref()).refuse_clashes()?;
    progress.step("linting");
    let (compiled, sources) = compile_alone(texts, &options);
    drop(progress);
    let found = compiled.diagnostics;
    args.report.write(&found, sources.map(), &|out, paint| {
        let shown = first_of_each(found.clone().into_sorted(), args.show);
        write_pictures_on(out, &shown, sources.map(), paint)?;
        write_summary(out, &found, &shown, sources.file_count())
    })?;
    if found.has_errors() { Err(Stop::Reported) } else { Ok(()) }
}

/// The first findings of each code, so that one that is everywhere hides no other.
fn first_of_each(sorted: Vec<Diagnostic>, most: usize) -> Vec<Diagnostic> {
    let mut seen: HashMap<Code, usize> = HashMap::new();
    let mut is_early = |found: &Diagnostic| {
        let count = seen.entry(found.code).or_default();
        *count += 1;
        *count <= most
    };
    sorted.into_iter().filter(|found| is_early(found)).collect()
}

/// How many findings there are of each code, the most frequent first.
fn write_summary(
    out: &mut dyn Write,
    diagnostics: &Diagnostics,
    shown: &[Diagnostic],
    files: usize,
) -> io::Result<()> {
    let files = counted(files, "file", "files");
    let mut rows: Vec<(Severity, Code, usize)> = diagnostics.tally().collect();
    if rows.is_empty() {
        return writeln!(out, "no findings in {files}");
    }
    if !shown.is_empty() {
        writeln!(out)?;
    }
    rows.sort_by_key(|(severity, code, count)| (*severity, std::cmp::Reverse(*count), *code));
    for (severity, code, all) in &rows {
        let pictures = shown.iter().filter(|d| (d.severity, d.code) == (*severity, *code)).count();
        let rest = match all - pictures.min(*all) {
            0 => String::new(),
            rest => format!(" ({} not shown)", count(rest)),
        };
        writeln!(out, "{:>8}  {severity:<7}  {code}  {}{rest}", count(*all), code.title())?;
    }
    let number = |severity| diagnostics.count(severity);
    let parts = [
        (number(Severity::Error), "error", "errors"),
        (number(Severity::Warning), "warning", "warnings"),
        (number(Severity::Note), "note", "notes"),
    ];
    let parts = parts.into_iter().filter(|(n, ..)| *n > 0);
    let total: Vec<String> = parts.map(|(n, one, many)| counted(n, one, many)).collect();
    writeln!(out, "{} in {files}; `cimarron explain CODE` tells what one means", total.join(", "))
}
