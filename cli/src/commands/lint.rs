//! `cimarron lint`: the findings of a compilation and doubtful style.

use crate::args::{LintArgs, ReportFormat};
use crate::core::{compile_alone, levels, read_mof};
use crate::failure::Stop;
use crate::output::diagnostics::{to_json, write_pictures_on};
use crate::output::numbers::{count, counted};
use crate::output::stdout;
use crate::progress::Progress;
use crate::terminal::stdout_has_colours;
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
    let mut texts = read_mof(&args.paths, &args.include)?;
    let read = std::mem::replace(&mut texts.said, Diagnostics::with_limit(KEPT));
    texts.said.append(read);
    progress.step("linting");
    let namespace = args.namespace.clone();
    let dialect = args.dialect.0;
    let options = CompileOptions { dialect, namespace, levels, ..CompileOptions::default() };
    let (compiled, sources) = compile_alone(texts, &options);
    drop(progress);
    let diagnostics = compiled.diagnostics;
    let failed = diagnostics.has_errors();
    let sorted = diagnostics.clone().into_sorted();
    let mut out = stdout();
    match args.format {
        ReportFormat::Json => writeln!(out, "{}", to_json(&sorted, sources.map()))?,
        ReportFormat::Human => {
            let shown = first_of_each(sorted, args.show);
            write_pictures_on(&mut out, &shown, sources.map(), stdout_has_colours())?;
            write_summary(&mut out, &diagnostics, &shown, sources.map().len())?;
        }
    }
    out.flush()?;
    if failed { Err(Stop::Reported) } else { Ok(()) }
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
