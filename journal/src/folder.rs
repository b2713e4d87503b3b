//! The medium that is a folder of the file system.

use crate::medium::{BlockFile, Held, LockError, Medium, ReadAt, WriteFile};
use crate::names::LOCK;
use redb::StorageBackend;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

/// A folder on disk, which is made when it is not there.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    /// The folder `path`, made with its parents if need be.
    ///
    /// # Errors
    /// The system's.
    pub fn new(path: impl Into<PathBuf>) -> io::Result<Self> {
        let path = path.into();
        // Each is durable in its parent before anything is put into it.
        for folder in missing(&path) {
            match fs::create_dir(folder) {
                // Somebody else may make it meanwhile.
                Err(_) if folder.is_dir() => {}
                made => made?,
            }
            sync_folder(parent(folder))?;
        }
        Ok(Self { path })
    }
}

/// The folders on a path that are to be made, the outermost first.
fn missing(path: &Path) -> Vec<&Path> {
    let is_missing = |folder: &&Path| !folder.as_os_str().is_empty() && !folder.is_dir();
    let mut missing: Vec<&Path> = path.ancestors().take_while(is_missing).collect();
    missing.reverse();
    missing
}

/// The folder that another is in.
fn parent(folder: &Path) -> &Path {
    let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty());
    parent.unwrap_or_else(|| Path::new("."))
}

impl Medium for Folder {
    fn lock(&self) -> Result<Box<dyn Held>, LockError> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let mut file = options.open(self.path.join(LOCK)).map_err(LockError::Io)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(LockError::Taken(holder(&file))),
            Err(TryLockError::Error(error)) => return Err(LockError::Io(error)),
        }
        // For the message of who comes second only, so it need not be durable.
        let written = file
            .set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| writeln!(file, "{}", std::process::id()));
        written.map_err(LockError::Io)?;
        Ok(Box::new(Lock { _file: file }))
    }

    fn list(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.path)? {
            names.push(entry?.file_name().to_string_lossy().into_owned());
        }
        names.sort_unstable();
        Ok(names)
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn ReadAt>> {
        Ok(Box::new(Reader { file: File::open(self.path.join(name))? }))
    }

    fn create(&self, name: &str) -> io::Result<Box<dyn WriteFile>> {
        Ok(Box::new(Writer { file: File::create(self.path.join(name))? }))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        fs::rename(self.path.join(from), self.path.join(to))
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        fs::remove_file(self.path.join(name))
    }

    fn sync(&self) -> io::Result<()> {
        sync_folder(&self.path)
    }

    fn log(&self, name: &str, new: bool) -> io::Result<Box<dyn StorageBackend>> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(new).truncate(new);
        let file = options.open(self.path.join(name))?;
        if !new {
            know_afresh(&file)?;
        }
        Ok(Box::new(LogFile { file }))
    }

    fn blocks(&self, name: &str, durable: bool) -> io::Result<Box<dyn BlockFile>> {
        Ok(Box::new(Blocks::open(&self.path.join(name), durable)?))
    }

    fn path(&self, name: &str) -> String {
        self.path.join(name).display().to_string()
    }
}

/// Where names are made durable through the folder. Windows has no such call; there NTFS logs
/// the names itself.
#[cfg(unix)]
fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_path: &Path) -> io::Result<()> {
    Ok(())
}

#[derive(Debug)]
struct Lock {
    _file: File,
}

impl Held for Lock {}

/// The process id that the lock file names.
fn holder(mut file: &File) -> Option<String> {
    let mut text = [0; 20];
    let read = file.read(&mut text).ok()?;
    let text = std::str::from_utf8(text.get(..read)?).ok()?.trim();
    (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.to_owned())
}

#[derive(Debug)]
struct Reader {
    file: File,
}

impl ReadAt for Reader {
    fn size(&self) -> io::Result<u64> {
        Ok(self.file.metadata()?.len())
    }

    fn read_exact_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        read_exact_at(&self.file, offset, buffer)
    }
}

#[derive(Debug)]
struct Writer {
    file: File,
}

impl WriteFile for Writer {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.file.sync_all()
    }
}

/// A log's file. Positional reads and writes, so no cursor is shared between threads.
#[derive(Debug)]
struct LogFile {
    file: File,
}

impl StorageBackend for LogFile {
    fn len(&self) -> io::Result<u64> {
        Ok(self.file.metadata()?.len())
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        read_exact_at(&self.file, offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.file.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.file.sync_data()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        write_all_at(&self.file, offset, data)
    }
}

/// A file whose blocks are written in place.
#[derive(Debug)]
struct Blocks {
    file: File,
    durable: bool,
    /// The same file, written past the system's cache where it can be: the disk gets one request
    /// that is done when it is durable, in place of one that writes and one that syncs.
    direct: Option<File>,
    /// That is refused: not every file system can do it, and some say so only when they are
    /// written.
    refused: AtomicBool,
}

impl Blocks {
    fn open(path: &Path, durable: bool) -> io::Result<Self> {
        let file = OpenOptions::new().write(true).open(path)?;
        let direct = if durable { direct(path) } else { None };
        Ok(Self { file, durable, direct, refused: AtomicBool::new(false) })
    }
}

impl BlockFile for Blocks {
    fn write(&self, offset: u64, blocks: &[u8]) -> io::Result<()> {
        if let Some(direct) = &self.direct
            && !self.refused.load(Ordering::Relaxed)
        {
            match write_all_at(direct, offset, blocks) {
                Err(error) if error.kind() == io::ErrorKind::InvalidInput => {
                    self.refused.store(true, Ordering::Relaxed);
                }
                done => return done,
            }
        }
        write_all_at(&self.file, offset, blocks)?;
        if self.durable { self.file.sync_data() } else { Ok(()) }
    }

    fn sync(&self) -> io::Result<()> {
        know_afresh(&self.file)
    }
}

/// Makes durable what anybody wrote, and has what is read from now on come from the disk. After a write
/// to the disk failed, the system may go on showing what never came there.
fn know_afresh(file: &File) -> io::Result<()> {
    file.sync_data()?;
    #[cfg(target_os = "linux")]
    {
        use nix::fcntl::{PosixFadviseAdvice, posix_fadvise};
        // A hint, which systems may refuse.
        let _ = posix_fadvise(file, 0, 0, PosixFadviseAdvice::POSIX_FADV_DONTNEED);
    }
    Ok(())
}

#[cfg(target_os = "linux")]
fn direct(path: &Path) -> Option<File> {
    use nix::fcntl::OFlag;
    use std::os::unix::fs::OpenOptionsExt;
    let flags = (OFlag::O_DIRECT | OFlag::O_DSYNC).bits();
    OpenOptions::new().write(true).custom_flags(flags).open(path).ok()
}

#[cfg(not(target_os = "linux"))]
fn direct(_path: &Path) -> Option<File> {
    None
}

#[cfg(unix)]
fn read_exact_at(file: &File, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, buffer, offset)
}

#[cfg(unix)]
fn write_all_at(file: &File, offset: u64, data: &[u8]) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, data, offset)
}

#[cfg(windows)]
fn read_exact_at(file: &File, mut offset: u64, mut buffer: &mut [u8]) -> io::Result<()> {
    use std::os::windows::fs::FileExt;
    while !buffer.is_empty() {
        match file.seek_read(buffer, offset) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(read) => {
                buffer = buffer.get_mut(read..).unwrap_or_default();
                offset += read as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

#[cfg(windows)]
fn write_all_at(file: &File, mut offset: u64, mut data: &[u8]) -> io::Result<()> {
    use std::os::windows::fs::FileExt;
    while !data.is_empty() {
        match file.seek_write(data, offset) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => {
                data = data.get(written..).unwrap_or_default();
                offset += written as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_made_from_the_outermost_on() {
        let there = tempfile::tempdir().unwrap();
        let path = there.path().join("a/b/c");
        let expected = ["a", "a/b", "a/b/c"].map(|name| there.path().join(name));
        assert_eq!(missing(&path), expected);
        Folder::new(&path).unwrap();
        assert!(missing(&path).is_empty() && path.is_dir());
        assert!(missing(Path::new("")).is_empty());
        for (folder, of) in [("a", "."), ("a/b", "a"), ("/a", "/"), ("/", ".")] {
            assert_eq!(parent(Path::new(folder)), Path::new(of), "{folder}");
        }
        // A file in the way stays.
        let file = there.path().join("file");
        fs::write(&file, "mine").unwrap();
        for name in [file.clone(), file.join("below")] {
            Folder::new(name).unwrap_err();
        }
        assert_eq!(fs::read_to_string(file).unwrap(), "mine");
    }
}
