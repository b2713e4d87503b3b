//! `cimarron diff`: what changed between two schemas, and what that breaks.

use crate::args::{DiffArgs, ReportFormat, usage};
use crate::core::{Inputs, STDIN_NAME, archive_at, archive_of, compile_alone};
use crate::failure::{Failure, Stop};
use crate::output::changes::{Report, write_human, write_json};
use crate::output::{findings, stdout};
use crate::progress::Progress;
use crate::terminal;
use cimarron_model::{Dialect, Name, Status};
use cimarron_mof::evolution::{Change, Changes, Verdict, compare_as};
use cimarron_mof::{CompileOptions, Diagnostics, Language};
use cimarron_schema::{Archive, ClassView};
use std::io::Write;
use std::path::Path;

pub(crate) fn run(args: &DiffArgs) -> Result<(), Stop> {
    if args.old.as_os_str() == "-" && args.new.as_os_str() == "-" {
        return Err(usage("standard input (`-`) can be one side only").into());
    }
    let progress = Progress::new("reading");
    let (old, new) = (archive_at(&args.old)?, archive_at(&args.new)?);
    let dialect = match &args.dialect {
        Some(told) => told.0,
        None => old.as_ref().or(new.as_ref()).map_or(Dialect::Wmi, Archive::dialect),
    };
    progress.step("compiling");
    let old = old.map_or_else(|| compiled(&args.old, args, dialect, &progress), Ok)?;
    let new = new.map_or_else(|| compiled(&args.new, args, dialect, &progress), Ok)?;
    progress.step("comparing");
    let chosen = chosen_classes(args, &old, &new)?;
    let Changes { changes, renames } = compare_as(language_of(args), &old, &new);
    drop(progress);

    // Denied is what changed, whether it is shown or not. The gravest verdict is the least.
    let of_class = |class: Option<&Name>| {
        chosen.is_empty() || class.is_some_and(|class| chosen.contains(class))
    };
    let changes: Vec<Change> =
        changes.into_iter().filter(|change| of_class(change.element.class())).collect();
    let denied = args.deny.is_some_and(|deny| changes.iter().any(|c| c.verdict <= deny.0));
    let count = |verdict| changes.iter().filter(|c| c.verdict == verdict).count();
    let counts = Verdict::ALL.map(|verdict| (verdict, count(verdict)));
    let shown = |change: &&Change| {
        args.only.is_empty() || args.only.iter().any(|only| only.0 == change.verdict)
    };
    let report = Report {
        old: &args.old,
        new: &args.new,
        counts,
        changes: changes.iter().filter(shown).collect(),
        renames: renames
            .iter()
            .filter(|hint| of_class(hint.old.class()) || of_class(hint.new.class()))
            .collect(),
    };
    let mut out = stdout();
    match args.format {
        ReportFormat::Human => write_human(&mut out, &report, terminal::stdout_paint())?,
        ReportFormat::Json => write_json(&mut out, &report)?,
    }
    out.flush()?;
    if denied { Err(Stop::Reported) } else { Ok(()) }
}

fn language_of(args: &DiffArgs) -> Language {
    args.dialect.map_or_else(Language::default, |dialect| dialect.1)
}

/// The archive of MOF at a path. Findings are written when there are errors among
/// them; warnings alone belong to `compile`.
fn compiled(
    path: &Path,
    args: &DiffArgs,
    dialect: Dialect,
    progress: &Progress,
) -> Result<Archive, Stop> {
    let inputs = Inputs::gather(&[path.to_owned()], STDIN_NAME, &args.search)?;
    let options = CompileOptions {
        dialect,
        language: language_of(args),
        namespace: args.namespace.clone(),
        ..CompileOptions::default()
    };
    let texts = inputs.load_untraced(&options, Diagnostics::new())?;
    let (compiled, sources) = compile_alone(texts, &options);
    if compiled.has_errors() {
        progress
            .aside(|| findings::report(&compiled.diagnostics, sources.map(), args.format.style()));
        return Err(Stop::Reported);
    }
    Ok(archive_of(&compiled)?)
}

/// The classes that were asked for, each of which one side must have.
fn chosen_classes(args: &DiffArgs, old: &Archive, new: &Archive) -> Result<Vec<Name>, Failure> {
    let spaces = || old.namespaces().chain(new.namespaces());
    for name in &args.classes {
        if spaces().all(|schema| schema.class(name).is_none()) {
            let failure =
                Failure::input(Status::ClassNotFound, format!("neither side has a class `{name}`"));
            let classes = spaces().flat_map(|s| s.classes().map(ClassView::name));
            return Err(failure.with_nearest(name, classes));
        }
    }
    Ok(args.classes.iter().map(Name::new).collect())
}
