//! Writing files so that whoever reads them sees the old one or the new one.

use crate::failure::Failure;
use cimarron_model::Status;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Writes a file through `body`: beside its place, synced, then renamed. What is
/// no ordinary file, such as a device or a pipe, is written where it is, and a
/// link stays one.
pub(crate) fn write(
    path: &Path,
    body: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), Failure> {
    write_file(path, body).map_err(|error| write_failure(path, &error))
}

/// The failure to write a file.
pub(crate) fn write_failure(path: &Path, error: &io::Error) -> Failure {
    let status = match error.kind() {
        io::ErrorKind::StorageFull => Status::OutOfDiskSpace,
        io::ErrorKind::PermissionDenied => Status::AccessDenied,
        _ => Status::Failed,
    };
    Failure::input(status, format!("cannot write `{}`: {error}", path.display()))
}

/// Whether a path names something that is no ordinary file, so that nothing can
/// stand in its place.
pub(crate) fn is_special(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir())
}

fn write_file(path: &Path, body: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    if is_special(path) {
        let mut out = BufWriter::new(File::options().write(true).open(path)?);
        body(&mut out)?;
        return out.flush();
    }
    let path = behind_links(path);
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    // Temporary files are private; this one is to be readable as the user's other
    // files are, which is what the umask makes of this.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut out = BufWriter::with_capacity(1 << 16, builder.tempfile_in(folder)?);
    body(&mut out)?;
    let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.as_file().sync_all()?;
    file.persist(&path).map_err(|error| error.error)?;
    Ok(())
}

/// What a link leads to, so that it is the file that is replaced.
fn behind_links(path: &Path) -> PathBuf {
    let is_link = fs::symlink_metadata(path).is_ok_and(|found| found.is_symlink());
    if is_link { fs::canonicalize(path).unwrap_or(path.to_owned()) } else { path.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_body_leaves_the_old_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.mof");
        write(&path, |out| out.write_all(b"one")).unwrap();
        let failed = write(&path, |out| {
            out.write_all(b"half of")?;
            Err(io::Error::other("no"))
        });
        assert!(failed.is_err());
        assert_eq!(fs::read(&path).unwrap(), b"one");
        assert_eq!(folder.path().read_dir().unwrap().count(), 1);
        assert!(write(&folder.path().join("no/such.mof"), |_| Ok(())).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn devices_and_links_stay_what_they_are() {
        assert!(is_special(Path::new("/dev/null")));
        write(Path::new("/dev/null"), |out| out.write_all(b"gone")).unwrap();
        assert!(is_special(Path::new("/dev/null")));
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        fs::write(&file, "old").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        write(&link, |out| out.write_all(b"new")).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&file).unwrap(), b"new");
    }
}
