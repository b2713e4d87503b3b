//! `cimarron data export`.

use super::open;
use crate::args::{ExportArgs, ExportFormat};
use crate::commands::compile::is_directory;
use crate::core::data::Data;
use crate::core::transfer::{Counts, export, namespaces};
use crate::core::{Targets, files, reads};
use crate::failure::Stop;
use crate::output::numbers::counted;
use crate::output::stdout;
use crate::progress::Progress;
use cimarron_model::Dialect;
use std::io::{self, Write};
use std::path::Path;

pub(super) fn run(args: &ExportArgs) -> Result<(), Stop> {
    let data = open(&args.folder)?;
    let target = args.output.as_deref().filter(|path| path.as_os_str() != "-");
    let Some(target) = target else {
        let mut out = stdout();
        export(data.repository(), &args.namespaces, args.format, &mut out)?;
        out.flush()?;
        return Ok(data.close()?);
    };
    reads::note(&args.folder);
    Targets::default().with("-o", Some(target)).refuse_clashes()?;
    let progress = Progress::new("writing");
    let counts = if args.format == ExportFormat::Mof && is_directory(target) {
        to_directory(&data, &args.namespaces, target)?
    } else {
        to_file(target, |out| export(data.repository(), &args.namespaces, args.format, out))?
    };
    data.close()?;
    drop(progress);
    let mut out = stdout();
    writeln!(out, "{} → {}", said(&counts), target.display())?;
    Ok(out.flush()?)
}

/// Writes a MOF text of each dialect: `wmi.mof`, `dmtf.mof`.
fn to_directory(data: &Data, chosen: &[String], target: &Path) -> Result<Counts, Stop> {
    let chosen = namespaces(data.repository(), chosen)?;
    std::fs::create_dir_all(target).map_err(|error| files::write_failure(target, &error))?;
    let mut counts = Counts::default();
    for dialect in [Dialect::Dmtf, Dialect::Wmi] {
        let of_dialect = chosen.iter().filter(|info| info.dialect == dialect);
        let names: Vec<String> = of_dialect.map(|info| info.name.to_string()).collect();
        if !names.is_empty() {
            let path = target.join(format!("{dialect}.mof"));
            let more =
                to_file(&path, |out| export(data.repository(), &names, ExportFormat::Mof, out))?;
            counts = counts.with(more);
        }
    }
    Ok(counts)
}

/// Writes a file whose writing may end for other reasons than those of files.
fn to_file<T>(
    path: &Path,
    body: impl FnOnce(&mut dyn Write) -> Result<T, Stop>,
) -> Result<T, Stop> {
    let mut ended = None;
    let written = files::write(path, |out| match body(out) {
        Ok(done) => {
            ended = Some(Ok(done));
            Ok(())
        }
        Err(stop) => {
            ended = Some(Err(stop));
            Err(io::Error::other("ended"))
        }
    });
    match (ended, written) {
        // What the body says of a disk that is full names no file.
        (Some(Ok(done)), Ok(_)) => Ok(done),
        (Some(Err(stop)), _) => Err(stop),
        (_, Err(failure)) => Err(failure.into()),
        (None, Ok(_)) => Err(Stop::Reported),
    }
}

/// `2 namespaces, 70 qualifier types, …`.
pub(super) fn said(counts: &Counts) -> String {
    format!(
        "{}, {}, {}, {}, {}",
        counted(counts.namespaces, "namespace", "namespaces"),
        counted(counts.qualifier_types, "qualifier type", "qualifier types"),
        counted(counts.classes, "class", "classes"),
        counted(counts.indexes, "index", "indexes"),
        counted(counts.instances, "instance", "instances"),
    )
}
