//! `cimarron data`: what is done with data directories.

mod check;
mod export;
mod import;
mod restore;

use crate::args::{BackupArgs, DataCommand, ReportFormat, SyncMode};
use crate::core::data::{Data, Expect, size};
use crate::failure::{Failure, Stop};
use crate::output::numbers::{bytes, counted};
use crate::output::stdout;
use crate::progress::Progress;
use cimarron_model::Dialect;
use serde_json::json;
use std::io::Write;
use std::path::Path;

pub(crate) fn run(command: &DataCommand) -> Result<(), Stop> {
    match command {
        DataCommand::Check(args) => check::check(args),
        DataCommand::Compact(args) => check::compact(args),
        DataCommand::Export(args) => export::run(args),
        DataCommand::Import(args) => import::run(args),
        DataCommand::Backup(args) => backup(args),
        DataCommand::Restore(args) => restore::run(args),
    }
}

/// A directory that is there already.
fn open(folder: &Path) -> Result<Data, Failure> {
    Data::open(folder, Dialect::default(), SyncMode::Always, Expect::There)
}

fn backup(args: &BackupArgs) -> Result<(), Stop> {
    let progress = Progress::new("copying");
    let data = open(&args.folder)?;
    // A copy of damage is no backup.
    data.verify()?;
    data.backup(&args.target)?;
    data.close()?;
    drop(progress);
    copied(&args.folder, &args.target, args.format)
}

/// Says what was copied.
fn copied(from: &Path, to: &Path, format: ReportFormat) -> Result<(), Stop> {
    let (size, files) = size(to)?;
    let mut out = stdout();
    let (from, to) = (from.display().to_string(), to.display().to_string());
    match format {
        ReportFormat::Human => {
            let files = counted(files, "file", "files");
            writeln!(out, "{from} → {to}: {files}, {}", bytes(size))?;
        }
        ReportFormat::Json => {
            writeln!(out, "{}", json!({"from": from, "to": to, "files": files, "bytes": size}))?;
        }
    }
    Ok(out.flush()?)
}
