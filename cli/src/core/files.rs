//! Writing files so that whoever reads them sees the old one or the new one.

use super::archive::{archive_bytes, within_limits};
use super::content::{Content, ContentHasher};
use crate::failure::Failure;
use cimarron_model::Status;
use cimarron_mof::Compiled;
use cimarron_schema::WriteError;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Whether a file must survive the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sync {
    Wanted,
    NotWanted,
}

/// Writes a file through `body`: beside its place, synced, then renamed. What is
/// no ordinary file, such as a device or a pipe, is written where it is, a link stays
/// one, and a file keeps its permissions.
pub(crate) fn write(
    path: &Path,
    body: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<Content, Failure> {
    let fill = |file: &mut File| Hashing::fill(file, body);
    write_file(path, Sync::Wanted, fill).map_err(|error| write_failure(path, &error))
}

/// Writes an archive in the same way, without hashing it a second time.
pub(crate) fn write_archive(path: &Path, compiled: &Compiled) -> Result<Content, Failure> {
    if is_special(path) {
        // Nobody goes back in a pipe to write a header.
        let bytes = archive_bytes(compiled)?;
        return write(path, |out| out.write_all(&bytes));
    }
    let fill = |file: &mut File| compiled.write_archive(file).map(|a| Content::of_archive(&a));
    match write_file(path, Sync::Wanted, fill) {
        Err(WriteError::Io(error)) => Err(write_failure(path, &error)),
        written => within_limits(written),
    }
}

/// The same without waiting for the disk: for what is of no worth when it is lost.
pub(super) fn write_unsynced(
    path: &Path,
    body: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    write_file(path, Sync::NotWanted, |file| Hashing::fill(file, body)).map(|_| ())
}

/// Passes bytes on and remembers what they were.
struct Hashing<W> {
    out: W,
    hasher: ContentHasher,
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.hasher.update(bytes.get(..written).unwrap_or_default());
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl<W: Write> Hashing<W> {
    /// Takes what `body` writes, in large pieces.
    fn fill(out: W, body: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<Content> {
        let hashing = Self { out, hasher: ContentHasher::default() };
        let mut buffered = BufWriter::with_capacity(1 << 16, hashing);
        body(&mut buffered)?;
        let Self { hasher, .. } = buffered.into_inner().map_err(io::IntoInnerError::into_error)?;
        Ok(hasher.content())
    }
}

/// The failure to write a file.
pub(crate) fn write_failure(path: &Path, error: &io::Error) -> Failure {
    let status = match error.kind() {
        io::ErrorKind::StorageFull => Status::OutOfDiskSpace,
        io::ErrorKind::PermissionDenied => Status::AccessDenied,
        _ => Status::Failed,
    };
    let shown = path.display();
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
        let message =
            format!("cannot write `{shown}`: there is no directory `{}`", folder.display());
        return Failure::input(status, message);
    }
    Failure::input(status, format!("cannot write `{shown}`: {}", cause(error)))
}

/// What the system reported, without the name of the temporary file: nobody has
/// heard of that.
fn cause(error: &io::Error) -> String {
    let text = error.to_string();
    text.split_once(" at path ").map(|(cause, _)| cause.to_owned()).unwrap_or(text)
}

/// Whether a path names something that is no ordinary file, so that nothing can
/// stand in its place.
pub(crate) fn is_special(path: &Path) -> bool {
    is_device(path) || fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir())
}

/// Whether a path is the name of a device on Windows, such as `NUL`. They have no metadata.
#[cfg(windows)]
fn is_device(path: &Path) -> bool {
    use std::path::{Component, Prefix};
    let Ok(whole) = std::path::absolute(path) else { return false };
    match whole.components().next() {
        Some(Component::Prefix(prefix)) => match prefix.kind() {
            // Not a drive, whose files can be named in this way, too.
            Prefix::DeviceNS(name) => !name.as_encoded_bytes().ends_with(b":"),
            _ => false,
        },
        _ => false,
    }
}

#[cfg(not(windows))]
const fn is_device(_path: &Path) -> bool {
    false
}

fn write_file<E: From<io::Error>>(
    path: &Path,
    sync: Sync,
    fill: impl FnOnce(&mut File) -> Result<Content, E>,
) -> Result<Content, E> {
    if is_special(path) {
        return fill(&mut File::options().write(true).open(path)?);
    }
    let path = place_of(path);
    let builder = &mut tempfile::Builder::new();
    // Temporary files are private; this one is to be readable as the user's other
    // files are, which is what the umask makes of this.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(folder_of(&path))?;
    let content = fill(file.as_file_mut())?;
    // All that Windows could take over is that nothing may be written here.
    #[cfg(unix)]
    if let Ok(old) = fs::metadata(&path) {
        file.as_file().set_permissions(old.permissions())?;
    }
    if sync == Sync::Wanted {
        file.as_file().sync_all()?;
    }
    // Unlike `persist` this replaces on Windows, too, what somebody has open.
    let (file, temporary) = file.keep().map_err(|error| error.error)?;
    drop(file);
    fs::rename(&temporary, &path).inspect_err(|_| {
        let _ = fs::remove_file(&temporary);
    })?;
    Ok(content)
}

/// Links that are followed to a file that is not there yet; as many as Linux follows.
const MOST_LINKS: usize = 40;

/// The place that a path leads to, whether or not anything is there: whoever writes to a
/// link writes the file behind it.
pub(super) fn place_of(path: &Path) -> PathBuf {
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        if let Ok(place) = fs::canonicalize(&path) {
            return place;
        }
        let Ok(target) = fs::read_link(&path) else { break };
        path = folder_of(&path).join(target);
    }
    match (fs::canonicalize(folder_of(&path)), path.file_name()) {
        (Ok(folder), Some(name)) => folder.join(name),
        _ => path,
    }
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_body_leaves_the_old_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.mof");
        let content = write(&path, |out| out.write_all(b"one")).unwrap();
        assert_eq!(content, Content::of(&mut b"one".as_slice()).unwrap());
        let failed = write(&path, |out| {
            out.write_all(b"half of")?;
            Err(io::Error::other("no"))
        });
        assert!(failed.is_err());
        assert_eq!(fs::read(&path).unwrap(), b"one");
        assert_eq!(folder.path().read_dir().unwrap().count(), 1);
        assert!(write(&folder.path().join("no/such.mof"), |_| Ok(())).is_err());
    }

    #[test]
    fn what_is_being_read_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.mof");
        fs::write(&path, "old").unwrap();
        let mut reader = File::open(&path).unwrap();
        write(&path, |out| out.write_all(b"new")).unwrap();
        assert_eq!(io::read_to_string(&mut reader).unwrap(), "old");
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(folder.path().read_dir().unwrap().count(), 1);
    }

    #[cfg(windows)]
    #[test]
    fn devices_are_written_to() {
        assert!(is_special(Path::new("nul")));
        write(Path::new("NUL"), |out| out.write_all(b"gone")).unwrap();
        assert!(!is_special(Path::new("nul_.mof")) && !is_special(Path::new(".")));
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
        let private = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        fs::set_permissions(&file, private).unwrap();
        write(&file, |out| out.write_all(b"newer")).unwrap();
        let mode =
            std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&file).unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_to_files_that_are_not_there_yet() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("d")).unwrap();
        std::os::unix::fs::symlink("d/second", at("first")).unwrap();
        std::os::unix::fs::symlink("../file", at("d/second")).unwrap();
        write(&at("first"), |out| out.write_all(b"new")).unwrap();
        assert!(fs::symlink_metadata(at("first")).unwrap().is_symlink());
        assert_eq!(fs::read(at("file")).unwrap(), b"new");
        assert_eq!(place_of(&at("first")), place_of(&at("d/../file")));
        assert_eq!(place_of(&at("none/a")), at("none/a"));
    }
}
