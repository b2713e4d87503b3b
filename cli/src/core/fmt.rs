//! Formatting MOF: files in, formatted texts and findings out.

use super::inputs::no_mof;
use super::{files, pattern};
use crate::failure::Failure;
use cimarron_model::Status;
use cimarron_mof::diagnostic::Levels;
use cimarron_mof::format::{FormatError, FormatOptions, format, unheeded_switches};
use cimarron_mof::source::{
    CachingFileSystem, Encoding, FileSystem, Limits, decode, files_below, is_zip,
};
use cimarron_mof::{Code, Diagnostic, Diagnostics, FileId, SourceMap, Span};
use cimarron_schema::Archive;
use std::borrow::Cow;
use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};

/// A text and what formatting makes of it.
pub(crate) struct Formatted {
    /// The text as it was.
    pub(crate) before: String,
    /// The formatted one; `None` when it is the same.
    pub(crate) after: Option<String>,
    encoding: Encoding,
}

/// What became of a file.
pub(crate) enum Outcome {
    Formatted(Formatted),
    /// The findings have been collected: so many.
    Refused(usize),
    /// The file cannot be used, or formatting it failed.
    Failed(String),
}

/// Formats files one by one and collects what is found in them.
pub(crate) struct Formatter {
    options: FormatOptions,
    files: CachingFileSystem,
    /// The texts that something was found in.
    pub(crate) sources: SourceMap,
    pub(crate) said: Diagnostics,
}

impl Formatter {
    pub(crate) fn new(options: FormatOptions, levels: Levels) -> Self {
        let mut said = Diagnostics::new();
        said.set_levels(levels);
        let (files, sources) = (CachingFileSystem::new(), SourceMap::new());
        Self { options, files, sources, said }
    }

    /// Formats a file of the file system.
    pub(crate) fn file(&mut self, path: &Path) -> Outcome {
        match self.files.read(path, Limits::default().file) {
            Ok(bytes) => self.bytes(&path.display().to_string(), bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Outcome::Failed(format!("`{}` does not exist", path.display()))
            }
            Err(error) => Outcome::Failed(format!("`{}` cannot be read: {error}", path.display())),
        }
    }

    /// Formats the contents of a file.
    pub(crate) fn bytes(&mut self, name: &str, bytes: Vec<u8>) -> Outcome {
        if Archive::recognises(&bytes) {
            return Outcome::Failed(no_mof(Path::new(name)).to_string());
        }
        if is_zip(&bytes) {
            let what =
                "fmt rewrites MOF files where they stand: unpack it, and format the directory";
            return Outcome::Failed(format!("`{name}` is a zip archive, and {what}"));
        }
        let encoding = Encoding::of(&bytes);
        let before = match decode(bytes) {
            Ok(text) => text,
            Err(error) => {
                let mistake = Diagnostic::new(
                    Code::Encoding,
                    FileId::default(),
                    Span::default(),
                    error.to_string(),
                );
                return self.refused(name, String::new(), vec![mistake]);
            }
        };
        let after = match format(&before, &self.options) {
            Ok(Cow::Borrowed(_)) => None,
            Ok(Cow::Owned(after)) => Some(after),
            Err(FormatError::Syntax(said)) => {
                return self.refused(name, before, said.into_sorted());
            }
            Err(error) => return Outcome::Failed(format!("`{name}`: {error}")),
        };
        let unheeded = unheeded_switches(&before, &self.options);
        if !unheeded.is_empty()
            && let Err(too_long) = self.say(name, before.clone(), unheeded)
        {
            return Outcome::Failed(too_long);
        }
        Outcome::Formatted(Formatted { before, after, encoding })
    }

    fn refused(&mut self, name: &str, text: String, said: Vec<Diagnostic>) -> Outcome {
        let count = said.len();
        match self.say(name, text, said) {
            Ok(()) => Outcome::Refused(count),
            Err(too_long) => Outcome::Failed(too_long),
        }
    }

    /// Keeps what was found in a text, and the text.
    fn say(&mut self, name: &str, text: String, said: Vec<Diagnostic>) -> Result<(), String> {
        let file = self.sources.add(name, text).map_err(|too_long| too_long.to_string())?;
        for mut diagnostic in said {
            diagnostic.file = file;
            for label in &mut diagnostic.labels {
                label.file = file;
            }
            self.said.push(diagnostic);
        }
        Ok(())
    }
}

/// The files that paths stand for, each once: themselves, what patterns match,
/// and the MOF files below directories.
pub(crate) fn mof_files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut files: Vec<PathBuf> = Vec::new();
    let mut seen = HashSet::new();
    for path in paths {
        for path in pattern::paths(path)? {
            let found = files_of(path)?;
            files.extend(found.into_iter().filter(|file| seen.insert(file.clone())));
        }
    }
    Ok(files)
}

fn files_of(path: PathBuf) -> Result<Vec<PathBuf>, Failure> {
    if !path.is_dir() {
        return Ok(vec![path]);
    }
    files_below(&CachingFileSystem::new(), &path, Limits::default().files).map_err(|error| {
        let message = format!("`{}` cannot be read: {error}", path.display());
        Failure::input(Status::Failed, message)
    })
}

impl Formatted {
    /// Writes the formatted text where the old one was.
    pub(crate) fn save(&self, path: &Path) -> Result<(), Failure> {
        let Some(after) = &self.after else { return Ok(()) };
        // Renaming would replace a file that must not be written.
        if let Err(error) = std::fs::OpenOptions::new().write(true).open(path) {
            return Err(files::write_failure(path, &error));
        }
        files::write(path, |out| out.write_all(&self.encoding.encode(after))).map(|_| ())
    }

    /// The formatted text.
    pub(crate) fn text(&self) -> &str {
        self.after.as_ref().unwrap_or(&self.before)
    }

    /// The bytes of the formatted text, in the encoding of the old one.
    pub(crate) fn encoded(&self) -> Vec<u8> {
        self.encoding.encode(self.text())
    }
}
