//! Stands in for the engine's durable repositories until they are there: a directory is one
//! NDJSON export that is read when it is opened and written when it is closed. Everything
//! here has its like there, and goes then.

use crate::args::{ExportFormat, SyncMode};
use crate::core::files;
use crate::core::transfer::{Importer, export};
use cimarron_engine::{EngineError, Repository};
use cimarron_model::Dialect;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

const FILE: &str = "MANIFEST";

fn refused(path: &Path, problem: impl ToString) -> EngineError {
    let name = format!("{}: {}", path.display(), problem.to_string());
    EngineError::InvalidNamespaceName { name }
}

pub(super) fn open(
    folder: &Path,
    dialect: Dialect,
    _: SyncMode,
) -> Result<Repository, EngineError> {
    let repository = Repository::builder().dialect(dialect).build();
    std::fs::create_dir_all(folder).map_err(|error| refused(folder, error))?;
    let path = folder.join(FILE);
    if let Ok(file) = File::open(&path) {
        let importer = Importer::new(&repository, "data");
        let read = importer.run(&mut BufReader::new(file), &|_| {});
        read.map_err(|error| refused(folder, error))?;
    } else if std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(refused(folder, "not a data directory"));
    }
    Ok(repository)
}

pub(super) fn close(repository: &Repository, folder: &Path) -> Result<(), EngineError> {
    files::write(&folder.join(FILE), |out| {
        let done = export(repository, &[], ExportFormat::Ndjson, out);
        done.map(|_| ()).map_err(|stop| std::io::Error::other(format!("{stop:?}")))
    })
    .map(|_| ())
    .map_err(|error| refused(folder, error))
}

pub(super) fn compact(repository: &Repository, folder: &Path) -> Result<(), EngineError> {
    close(repository, folder)
}

pub(super) fn backup(repository: &Repository, target: &Path) -> Result<(), EngineError> {
    std::fs::create_dir_all(target).map_err(|error| refused(target, error))?;
    close(repository, target)
}

pub(super) const fn commit(_: &Repository) -> Option<u64> {
    None
}
