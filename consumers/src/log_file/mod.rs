//! `LogFileEventConsumer`: a line of text for each event, at the end of a file (WMI SDK,
//! "LogFileEventConsumer class").
//!
//! A new file is UTF-16 with a byte order mark if `IsUnicode` says so, else UTF-8; a file that
//! is there keeps its own form. The size is looked at before writing: a file that has grown
//! beyond `MaximumFileSize` is moved out of the way first (`backup`).

mod backup;

use crate::settings::{Settings, refused, too_long, verdict, verdict_of, wrong};
use crate::template::Template;
use cimarron_engine::{ConsumerSink, Delivery, Failure, Verdict};
use parking_lot::Mutex;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Component, Path, PathBuf};

/// Writes to log files.
#[derive(Debug)]
pub struct LogFile {
    below: Option<PathBuf>,
    /// One at a time, so that nobody writes to a file that is being moved.
    writing: Mutex<()>,
}

/// What the lines of a log end in.
const LINE_END: &str = if cfg!(windows) { "\r\n" } else { "\n" };

/// The first bytes of a UTF-16 file.
const UTF_16: [u8; 2] = [0xff, 0xfe];

impl LogFile {
    /// Writes to files in this directory and in those below it. Relative names are taken from
    /// here; all others must lead here.
    pub fn below(directory: impl Into<PathBuf>) -> Self {
        Self { below: Some(directory.into()), writing: Mutex::new(()) }
    }

    /// Writes to every file that this process may write to. Whoever may create a consumer
    /// can append to any of them.
    pub const fn anywhere() -> Self {
        Self { below: None, writing: Mutex::new(()) }
    }

    /// Where a file name leads.
    fn place(&self, name: &str) -> Result<PathBuf, Verdict> {
        let path = Path::new(name);
        let climbs = path.components().any(|part| part == Component::ParentDir);
        let file = path.file_name();
        let Some(file) = file.filter(|_| !climbs && !name.contains('\0')) else {
            return Err(Verdict::Failed(wrong(format!("`{name}` is no name of a log file"))));
        };
        let Some(below) = &self.below else { return Ok(path.to_owned()) };
        let path = below.join(path);
        // What is there decides, whatever it is called: a name may lead through links.
        let real = |path: &Path| {
            path.canonicalize().map_err(|e| verdict_of(&format!("`{}`", path.display()), &e))
        };
        let directory = real(path.parent().unwrap_or(below))?;
        if directory.starts_with(real(below)?) {
            Ok(directory.join(file))
        } else {
            let text = format!("`{name}` is outside of the directory for log files");
            Err(Verdict::Failed(refused(text)))
        }
    }

    fn write(&self, delivery: &Delivery<'_>) -> Result<(), Verdict> {
        let settings = Settings(delivery);
        let (name, mut line) = texts(settings).map_err(Verdict::Failed)?;
        line.push_str(LINE_END);
        let path = self.place(&name)?;
        let limit = settings.number("MaximumFileSize").unwrap_or(0);
        let failed = |error: io::Error| verdict_of(&format!("`{}`", path.display()), &error);

        let _writing = self.writing.lock();
        let size = match path.symlink_metadata() {
            Ok(there) if !there.is_file() => {
                return Err(Verdict::Failed(refused(format!("`{name}` is no ordinary file"))));
            }
            Ok(there) => there.len(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
            Err(error) => return Err(failed(error)),
        };
        if limit > 0 && size > limit {
            backup::make(&path).map_err(failed)?;
        }
        append(&path, &line, settings.is_true("IsUnicode")).map_err(failed)
    }
}

/// The name of the file and the text for it.
fn texts(settings: Settings<'_>) -> Result<(String, String), Failure> {
    let name = Template::parse(settings.required("Filename")?);
    // What an event says may name a file, not a way to one.
    let tame = |text: String| text.replace(['/', '\\', ':', '\0'], "_").replace("..", "__");
    let name = name.expand_with(settings.0.event, tame).map_err(too_long)?;
    Ok((name, settings.expanded("Text")?.unwrap_or_default()))
}

/// Adds a line, whole or not at all.
fn append(path: &Path, line: &str, unicode: bool) -> io::Result<()> {
    let mut file = OpenOptions::new().read(true).append(true).create(true).open(path)?;
    let size = file.metadata()?.len();
    let wide = if size == 0 { unicode } else { is_utf_16(&mut file)? };
    let mut bytes = Vec::new();
    if wide {
        if size == 0 {
            bytes.extend(UTF_16);
        }
        bytes.extend(line.encode_utf16().flat_map(u16::to_le_bytes));
    } else {
        bytes.extend(line.as_bytes());
    }
    file.write_all(&bytes).inspect_err(|_| {
        // The next try would write the beginning a second time.
        let _ = cut(&file, path, size);
    })
}

#[cfg(not(windows))]
fn cut(file: &File, _: &Path, size: u64) -> io::Result<()> {
    file.set_len(size)
}

/// Who may only append may not cut on Windows.
#[cfg(windows)]
fn cut(_: &File, path: &Path, size: u64) -> io::Result<()> {
    OpenOptions::new().write(true).open(path)?.set_len(size)
}

fn is_utf_16(file: &mut File) -> io::Result<bool> {
    let mut first = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.take(2).read_to_end(&mut first)?;
    Ok(first == UTF_16)
}

impl ConsumerSink for LogFile {
    fn deliver(&self, delivery: &Delivery<'_>) -> Verdict {
        verdict(self.write(delivery))
    }
}

#[cfg(test)]
mod tests;
