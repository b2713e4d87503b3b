//! What a compilation writes, and where.

use crate::args::{CompileArgs, usage};
use crate::core::files;
use crate::core::{Content, archive_bytes, archive_of};
use crate::failure::{Failure, Stop};
use crate::output::stdout;
use cimarron_mof::{Compiled, Emit};
use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// The forms to write and their places.
#[derive(Debug)]
pub(super) enum Outputs {
    /// The MOF is only judged.
    Nothing,
    /// One form goes to standard output.
    Stdout(Emit),
    /// Forms with their files.
    Files(Vec<(Emit, PathBuf)>),
}

/// A file that was written, or stands written.
#[derive(Debug)]
pub(super) struct Written {
    pub(super) form: Emit,
    pub(super) path: PathBuf,
    pub(super) bytes: u64,
    /// What it is now, where this run wrote it.
    pub(super) content: Option<Content>,
}

impl Outputs {
    /// What the command line asks for.
    pub(super) fn plan(args: &CompileArgs) -> Result<Self, Failure> {
        let mut forms: Vec<Emit> = args.emit.iter().map(|form| form.0).collect();
        forms.sort_unstable();
        forms.dedup();
        if args.check {
            return Ok(Self::Nothing);
        }
        let outputs = Self::of(&forms, args.output.as_deref())?;
        if outputs.takes_stdout() && args.findings.takes_stdout() {
            return Err(usage(
                "the output and SARIF both go to standard output; name a file for one of them with -o or --report",
            ));
        }
        if args.dep_file.is_some() && !matches!(outputs, Self::Files(_)) {
            return Err(usage("--dep-file writes a rule about the output file; name one with -o"));
        }
        Ok(outputs)
    }

    fn of(forms: &[Emit], output: Option<&Path>) -> Result<Self, Failure> {
        match (forms, output) {
            ([Emit::Archive] | [], None) => Ok(Self::Nothing),
            ([form], None) => Ok(Self::Stdout(*form)),
            ([form], Some(path)) if path.as_os_str() == "-" => Ok(Self::Stdout(*form)),
            (_, None) => {
                Err(usage("several forms need a place: name a stem or a directory with -o"))
            }
            (_, Some(path)) if path.as_os_str() == "-" => {
                Err(usage("standard output takes one form; name a stem or a directory with -o"))
            }
            (forms, Some(path)) => Ok(Self::Files(places(forms, path))),
        }
    }

    /// The forms that are written.
    pub(super) fn forms(&self) -> impl Iterator<Item = Emit> {
        let (one, files) = match self {
            Self::Nothing => (None, &[][..]),
            Self::Stdout(form) => (Some(*form), &[][..]),
            Self::Files(files) => (None, files.as_slice()),
        };
        one.into_iter().chain(files.iter().map(|(form, _)| *form))
    }

    /// The files that are written.
    pub(super) fn files(&self) -> impl Iterator<Item = &Path> {
        let files = if let Self::Files(files) = self { files.as_slice() } else { &[] };
        files.iter().map(|(_, path)| path.as_path())
    }

    /// What they cannot say of a schema, a line for each kind of thing.
    pub(super) fn losses(&self, compiled: &Compiled) -> Vec<String> {
        let losses = self.forms().flat_map(|form| form.losses(&compiled.schema));
        losses.map(|loss| loss.to_string()).collect()
    }

    pub(super) const fn is_nothing(&self) -> bool {
        matches!(self, Self::Nothing)
    }

    pub(super) const fn is_on_disk(&self) -> bool {
        matches!(self, Self::Files(_))
    }

    pub(super) const fn takes_stdout(&self) -> bool {
        matches!(self, Self::Stdout(_))
    }

    /// Where the stamp goes: beside the first file. There is none where an output
    /// cannot be read again.
    pub(super) fn stamp(&self) -> Option<PathBuf> {
        if self.files().any(files::is_special) {
            return None;
        }
        let mut name: OsString = self.files().next()?.as_os_str().to_owned();
        name.push(".stamp");
        Some(name.into())
    }

    /// What an earlier run wrote.
    pub(super) fn on_disk(&self) -> Vec<Written> {
        let files = if let Self::Files(files) = self { files.as_slice() } else { &[] };
        let written = |(form, path): &(Emit, PathBuf)| {
            let bytes = fs::metadata(path).map_or(0, |found| found.len());
            Written { form: *form, path: path.clone(), bytes, content: None }
        };
        files.iter().map(written).collect()
    }

    /// Writes every form. The text forms are read off the archive, and it is opened for them
    /// only.
    pub(super) fn write(&self, compiled: &Compiled) -> Result<Vec<Written>, Stop> {
        let is_opened = self.forms().any(Emit::is_text);
        let archive = is_opened.then(|| archive_of(compiled)).transpose()?;
        match self {
            Self::Nothing => Ok(Vec::new()),
            Self::Stdout(form) => {
                let mut out = stdout();
                match &archive {
                    Some(archive) => form.write(archive, &mut out)?,
                    None => out.write_all(&archive_bytes(compiled)?)?,
                }
                out.flush()?;
                Ok(Vec::new())
            }
            Self::Files(all) => {
                let mut written = Vec::with_capacity(all.len());
                for (form, path) in all {
                    let content = match &archive {
                        Some(archive) => files::write(path, |out| form.write(archive, out))?,
                        None => files::write_archive(path, compiled)?,
                    };
                    let (path, bytes) = (path.clone(), content.bytes);
                    written.push(Written { form: *form, path, bytes, content: Some(content) });
                }
                Ok(written)
            }
        }
    }
}

/// The file of each form: the path itself for one form; a stem for several, the
/// extension of a form that it has given way; in a directory, files named `schema`.
fn places(forms: &[Emit], output: &Path) -> Vec<(Emit, PathBuf)> {
    let stem = if is_directory(output) {
        output.join("schema")
    } else if let [form] = forms {
        return vec![(*form, output.to_owned())];
    } else {
        let extension = output.extension();
        let is_known = |form: &Emit| extension.is_some_and(|e| e == form.extension());
        if Emit::ALL.iter().any(is_known) { output.with_extension("") } else { output.to_owned() }
    };
    let place = |form: &Emit| {
        let mut name: OsString = stem.as_os_str().to_owned();
        name.push(".");
        name.push(form.extension());
        (*form, PathBuf::from(name))
    };
    forms.iter().map(place).collect()
}

/// Whether a path names a directory, one that is to be made included.
pub(crate) fn is_directory(path: &Path) -> bool {
    path.as_os_str().as_encoded_bytes().ends_with(b"/") || path.is_dir()
}
