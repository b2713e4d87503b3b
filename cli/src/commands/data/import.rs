//! `cimarron data import`: NDJSON and MOF into a data directory.

use super::export::said;
use crate::args::{ImportArgs, ReportFormat};
use crate::core::data::{Data, unreadable};
use crate::core::transfer::{Counts, Importer, is_ndjson};
use crate::core::{self, Texts};
use crate::failure::{Failure, Stop};
use crate::output::stdout;
use crate::progress::Progress;
use cimarron_mof::CompileOptions;
use serde_json::json;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

/// Files that are read in one go.
enum Group {
    Ndjson(PathBuf),
    /// MOF that stands together is compiled together.
    Mof(Vec<PathBuf>),
}

pub(super) fn run(args: &ImportArgs) -> Result<(), Stop> {
    let groups = groups(&args.files)?;
    let mut data = Data::open_or_plan(&args.folder, args.mof.dialect.0, args.sync)?;
    let mut counts = Counts::default();
    let loaded = groups.iter().try_for_each(|group| {
        let more = match group {
            Group::Ndjson(path) => ndjson(&mut data, path)?,
            Group::Mof(paths) => mof(args, &mut data, paths)?,
        };
        counts = counts.with(more);
        Ok(())
    });
    if loaded.is_ok() {
        // There may have been nothing to commit.
        data.make()?;
    }
    // What went in before something was refused stays.
    data.close()?;
    loaded.and_then(|()| report(args, &counts))
}

fn report(args: &ImportArgs, counts: &Counts) -> Result<(), Stop> {
    let mut out = stdout();
    let directory = args.folder.display().to_string();
    match args.format {
        ReportFormat::Human => writeln!(out, "{} → {directory}", said(counts))?,
        ReportFormat::Json => {
            let report = json!({
                "directory": directory,
                "namespaces": counts.namespaces,
                "qualifier_types": counts.qualifier_types,
                "classes": counts.classes,
                "indexes": counts.indexes,
                "instances": counts.instances,
            });
            writeln!(out, "{report}")?;
        }
    }
    Ok(out.flush()?)
}

/// Sorts the inputs by what they are, in their order.
fn groups(files: &[PathBuf]) -> Result<Vec<Group>, Failure> {
    let mut groups = Vec::new();
    for path in files {
        match (is_export(path)?, groups.last_mut()) {
            (true, _) => groups.push(Group::Ndjson(path.clone())),
            (false, Some(Group::Mof(together))) => together.push(path.clone()),
            (false, _) => groups.push(Group::Mof(vec![path.clone()])),
        }
    }
    Ok(groups)
}

fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Whether an input begins as an export does. What cannot be opened is left to the compiler,
/// which knows directories, patterns and zips.
fn is_export(path: &Path) -> Result<bool, Failure> {
    let found = if is_stdin(path) {
        // What was looked at stays in the buffer for whoever reads on.
        is_ndjson(&mut std::io::stdin().lock())
    } else if path.is_file() {
        File::open(path).and_then(|file| is_ndjson(&mut BufReader::new(file)))
    } else {
        Ok(false)
    };
    found.map_err(|error| unreadable(path, &error))
}

fn ndjson(data: &mut Data, path: &Path) -> Result<Counts, Stop> {
    let mut read = |name: &str, reader: &mut dyn BufRead, progress: &Progress| {
        Importer::new(data, name).run(reader, &|bytes| progress.advance(bytes))
    };
    if is_stdin(path) {
        let progress = Progress::new("importing");
        return Ok(read(core::STDIN_NAME, &mut std::io::stdin().lock(), &progress)?);
    }
    let opened = File::open(path).and_then(|file| Ok((file.metadata()?.len(), file)));
    let (length, file) = opened.map_err(|error| unreadable(path, &error))?;
    let progress = Progress::of_bytes("importing", length);
    let mut reader = BufReader::with_capacity(1 << 16, file);
    Ok(read(&path.display().to_string(), &mut reader, &progress)?)
}

fn mof(args: &ImportArgs, data: &mut Data, paths: &[PathBuf]) -> Result<Counts, Stop> {
    let progress = Progress::new("compiling");
    let options = data.options(CompileOptions {
        class_flags: args.update.class_flags,
        instance_flags: args.update.instance_flags,
        ..args.mof.options()
    });
    let base = data.base(&options)?;
    let Texts { sources, said } = core::read_mof(paths, &args.mof.search, &options, &base)?;
    drop(base);
    let before = data.repository().namespaces().len();
    let style = args.format.style();
    let (loaded, said) = data
        .compile(options, &sources, said)?
        .map_err(|error| progress.aside(|| core::mof_failure(&error, &sources, style)))?;
    progress.aside(|| core::report(&said, &sources, style));
    let after = data.repository().namespaces().len();
    Ok(Counts {
        namespaces: after.saturating_sub(before),
        qualifier_types: loaded.qualifier_types,
        classes: loaded.classes,
        indexes: 0,
        instances: loaded.instances,
    })
}
