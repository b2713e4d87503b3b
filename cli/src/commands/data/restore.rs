//! `cimarron data restore`: a data directory from a backup.
//!
//! The files are copied beside the place first and opened there, so that the backup stays
//! untouched, what is checked is what was copied, and the place gets all of it or nothing.

use super::{check, copied, open};
use crate::args::RestoreArgs;
use crate::core::data::{is_repository, is_vacant, not_empty, unreadable};
use crate::core::files::write_failure;
use crate::failure::{Failure, Stop};
use crate::progress::Progress;
use cimarron_engine::Repository;
use cimarron_model::Status;
use std::fs::{self, File};
use std::io;
use std::path::Path;

pub(super) fn run(args: &RestoreArgs) -> Result<(), Stop> {
    let progress = Progress::new("copying");
    if !is_repository(&args.backup)? {
        let message = format!("`{}` holds no backup", args.backup.display());
        return Err(Failure::input(Status::NotFound, message).into());
    }
    if !is_vacant(&args.folder)? {
        return Err(not_empty(&args.folder).into());
    }
    let parent = match args.folder.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let failed = |error: &io::Error| write_failure(&args.folder, error);
    let copy = beside(parent).map_err(|error| failed(&error))?;
    if args.checkpoint {
        rescue(&args.backup, copy.path())?;
    } else {
        copy_files(&args.backup, copy.path())?;
    }
    progress.step("checking");
    let data = open(copy.path()).map_err(|failure| failure.about(copy.path(), &args.backup))?;
    check::contents(&data).map_err(|failure| failure.about(copy.path(), &args.backup))?;
    data.close()?;
    sync(copy.path()).map_err(|error| failed(&error))?;
    let copy = copy.keep();
    let moved = put(&copy, &args.folder).and_then(|()| sync_folder(parent));
    if let Err(error) = moved {
        // It cannot be used for anything; that it stays is all that can go wrong.
        let _ = fs::remove_dir_all(&copy);
        return Err(failed(&error).into());
    }
    drop(progress);
    copied(&args.backup, &args.folder, args.format)
}

/// Copies what the last checkpoint of a directory has, whose log may be damaged.
fn rescue(from: &Path, to: &Path) -> Result<(), Failure> {
    Repository::rescue(from, to).map_err(|error| Failure::input(error.status(), error.to_string()))
}

/// A folder that is as open to others as the user's other folders are.
fn beside(parent: &Path) -> io::Result<tempfile::TempDir> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o777));
    builder.prefix(".restore-").tempdir_in(parent)
}

/// Puts a folder in the place of an empty one, or where there is none.
fn put(folder: &Path, place: &Path) -> io::Result<()> {
    if let Ok(there) = fs::metadata(place) {
        fs::set_permissions(folder, there.permissions())?;
        // It takes away empty folders only.
        fs::remove_dir(place)?;
    }
    fs::rename(folder, place)
}

/// Copies the files of a directory, which has no folders in it.
fn copy_files(from: &Path, to: &Path) -> Result<(), Failure> {
    for entry in fs::read_dir(from).map_err(|error| unreadable(from, &error))? {
        let entry = entry.map_err(|error| unreadable(from, &error))?;
        let path = entry.path();
        let is_file = entry.file_type().map_err(|error| unreadable(&path, &error))?.is_file();
        if is_file {
            let target = to.join(entry.file_name());
            fs::copy(&path, &target).map_err(|error| unreadable(&path, &error))?;
        }
    }
    Ok(())
}

/// Waits until files and folder are on the disk. Windows lets those sync a file who may write
/// to it; elsewhere it need only be readable.
fn sync(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        File::options().read(true).write(cfg!(windows)).open(entry?.path())?.sync_all()?;
    }
    sync_folder(folder)
}

/// A folder can be synced on Unix only.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
