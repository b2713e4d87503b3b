//! What a command line names as input: paths, patterns and standard input.

use super::reads::NotingFileSystem;
use super::{archive, pattern};
use crate::args::{SearchArgs, usage};
use crate::failure::Failure;
use cimarron_model::Status;
use cimarron_mof::source::{FileSystem, Limits, SourceError, Trace, TracingFileSystem};
use cimarron_mof::{Base, CompileOptions, Diagnostics, EmptyBase, Loader, Sources};
use std::ffi::OsString;
use std::io::Read;
use std::path::{Path, PathBuf};

/// What to compile, in order.
#[derive(Debug)]
pub(crate) struct Inputs {
    items: Vec<Input>,
    search: SearchArgs,
}

#[derive(Debug)]
enum Input {
    Path(PathBuf),
    /// Standard input, under a name.
    Bytes(String, Vec<u8>),
}

/// Sources, and what reading them asked of the file system.
pub(crate) struct Loaded {
    pub(crate) texts: super::Texts,
    pub(crate) trace: Trace,
}

/// The files that a command line names, read.
pub(crate) struct Named<'fs> {
    loader: Loader<'fs>,
    said: Diagnostics,
}

impl<'fs> Named<'fs> {
    /// Reads all that they include, and of the search path what the base lacks.
    pub(crate) fn load(self, base: &'fs dyn Base, options: &CompileOptions) -> super::Texts {
        let Self { loader, mut said } = self;
        let sources: Sources = loader.with_options(options).with_base(base).finish(&mut said);
        super::Texts { sources, said }
    }
}

impl Inputs {
    /// Expands patterns and reads standard input, if it is asked for. A path that
    /// exists is no pattern, whatever characters it has.
    pub(crate) fn gather(
        paths: &[PathBuf],
        stdin_name: &str,
        search: &SearchArgs,
    ) -> Result<Self, Failure> {
        let mut items = Vec::with_capacity(paths.len());
        let mut stdin_is_read = false;
        for path in paths {
            if path.as_os_str() == "-" {
                if std::mem::replace(&mut stdin_is_read, true) {
                    return Err(usage("standard input (`-`) can be read once only"));
                }
                items.push(Input::Bytes(stdin_name.to_owned(), read_stdin(stdin_name)?));
            } else {
                let paths = pattern::paths(path)?;
                if let Some(archive) = paths.iter().find(|path| archive::is_there(path)) {
                    return Err(no_mof(archive));
                }
                items.extend(paths.into_iter().map(Input::Path));
            }
        }
        Ok(Self { items, search: search.clone() })
    }

    /// Reads what the command line names and all that this includes, from `files`, which keeps
    /// what it is asked: what it is compiled on top of is opened only when all of it is there.
    /// `said` takes what there is to say of it.
    pub(crate) fn read<'fs>(
        &self,
        files: &'fs NotingFileSystem,
        said: Diagnostics,
    ) -> Result<Named<'fs>, Failure> {
        let mut named = self.read_through(files, said)?;
        named.loader.follow_includes(&mut named.said);
        Ok(named)
    }

    /// Reads everything, and all that it includes.
    pub(crate) fn load_untraced(
        &self,
        options: &CompileOptions,
        said: Diagnostics,
    ) -> Result<super::Texts, Failure> {
        self.load_onto(&EmptyBase, options, said)
    }

    /// The same for what is compiled on top of a base.
    pub(crate) fn load_onto(
        &self,
        base: &dyn Base,
        options: &CompileOptions,
        said: Diagnostics,
    ) -> Result<super::Texts, Failure> {
        self.load_through(&NotingFileSystem::default(), base, options, said)
    }

    /// The same, keeping what was asked of the file system, and a hash of each file.
    /// `made` are the names of the files that this is for.
    pub(crate) fn load(
        &self,
        options: &CompileOptions,
        said: Diagnostics,
        made: &[OsString],
    ) -> Result<Loaded, Failure> {
        let files = NotingFileSystem::default();
        let fs = TracingFileSystem::new(&files).ignoring(made.iter().cloned());
        let texts = self.load_through(&fs, &EmptyBase, options, said)?;
        Ok(Loaded { texts, trace: fs.into_trace() })
    }

    fn load_through(
        &self,
        fs: &dyn FileSystem,
        base: &dyn Base,
        options: &CompileOptions,
        said: Diagnostics,
    ) -> Result<super::Texts, Failure> {
        Ok(self.read_through(fs, said)?.load(base, options))
    }

    /// Reads what the command line names, through `fs`; what that includes is left for later.
    fn read_through<'fs>(
        &self,
        fs: &'fs dyn FileSystem,
        said: Diagnostics,
    ) -> Result<Named<'fs>, Failure> {
        let mut loader = Loader::new(fs);
        for directory in &self.search.include {
            loader = loader.with_include_dir(directory);
        }
        let mut failures = Vec::new();
        for item in &self.items {
            let added = match item {
                Input::Path(path) => loader.add_path(path),
                Input::Bytes(name, bytes) => {
                    let directory = Path::new(name).parent().unwrap_or(Path::new(""));
                    loader.add_bytes_in(directory, name, bytes.clone())
                }
            };
            failures.extend(added.err());
        }
        for path in &self.search.search {
            failures.extend(loader.add_search_path(path).err());
        }
        match all_failures(&failures) {
            Some(failure) => Err(failure),
            None => Ok(Named { loader, said }),
        }
    }

    /// Feeds everything here that decides what loading gives, but for the contents
    /// of files.
    pub(crate) fn feed(&self, feed: &mut dyn FnMut(&[u8])) {
        for item in &self.items {
            match item {
                Input::Path(path) => {
                    feed(b"path");
                    feed(path.as_os_str().as_encoded_bytes());
                }
                Input::Bytes(name, bytes) => {
                    feed(b"bytes");
                    feed(name.as_bytes());
                    feed(bytes);
                }
            }
        }
        let include = self.search.include.iter().map(|path| (b"include".as_slice(), path));
        let search = self.search.search.iter().map(|path| (b"search".as_slice(), path));
        for (what, path) in include.chain(search) {
            feed(what);
            feed(path.as_os_str().as_encoded_bytes());
        }
    }
}

/// That an archive is named where MOF is wanted.
pub(super) fn no_mof(archive: &Path) -> Failure {
    let message = format!("`{}` is a schema archive, and no MOF", archive.display());
    Failure::input(Status::InvalidParameter, message)
        .with_help("query and watch load archives with --archive; show, diff and doc read them")
}

/// What findings call standard input unless told otherwise.
pub(crate) const STDIN_NAME: &str = "<stdin>";

/// Everything on standard input, or enough of it to be refused.
pub(crate) fn read_stdin(name: &str) -> Result<Vec<u8>, Failure> {
    // One byte more than may be, for the loader to refuse.
    let limit = Limits::default().file + 1;
    let mut bytes = Vec::new();
    match std::io::stdin().lock().take(limit).read_to_end(&mut bytes) {
        Ok(_) => Ok(bytes),
        Err(error) => {
            Err(Failure::input(Status::Failed, format!("`{name}` cannot be read: {error}")))
        }
    }
}

/// How many inputs that cannot be read are named one by one.
const NAMED: usize = 10;

/// What cannot be read, all of it, as one failure.
fn all_failures(errors: &[SourceError]) -> Option<Failure> {
    let mut named: Vec<String> = errors.iter().take(NAMED).map(ToString::to_string).collect();
    if errors.len() > NAMED {
        named.push(format!("and {} more cannot be read", errors.len() - NAMED));
    }
    Some(Failure::input(source_status(errors.first()?), named.join("; ")))
}

/// What cannot be read, as a failure.
pub(super) fn source_failure(error: &SourceError) -> Failure {
    Failure::input(source_status(error), error.to_string())
}

fn source_status(error: &SourceError) -> Status {
    match error {
        SourceError::NotFound(_) | SourceError::NoMof(_) => Status::NotFound,
        SourceError::Limit { .. } => Status::QuotaViolation,
        _ => Status::Failed,
    }
}
