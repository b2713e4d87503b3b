//! Loading all texts of a compilation.

use super::archive::{self, ZipFileSystem};
use super::comments::{Foreign, decode_around};
use super::directives::{Directives, OfFile};
use super::error::{SourceError, io_error};
use super::fs::{EntryKind, FileSystem, is_normal};
use super::include::{self, Directories, IncludeProblem};
use super::limits::Limits;
use super::map::Part;
use super::place::{Archive, Origin, Place};
use super::search::Library;
use super::sources::{Include, Sources};
use super::text::{Contents, Text};
use super::visit::{Request, Visits};
use super::walk::files_below;
use super::{FileId, SourceMap, Span};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::syntax::{IncludeSite, plain_namespace, scan_includes};
use crate::{Base, CompileOptions, EmptyBase};
use cimarron_model::Dialect;
use rustc_hash::FxHashMap;
use std::ffi::OsString;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// Gathers sources: files, directories, archives and texts.
///
/// Of a directory or archive, all files named `*.mof` are compiled: those that
/// others include, where they are first included; the rest in the order of
/// their paths.
pub struct Loader<'fs> {
    pub(super) fs: &'fs dyn FileSystem,
    /// Where included files are looked for.
    search: Vec<PathBuf>,
    pub(super) library: Library,
    /// What needs not be searched.
    pub(super) base: &'fs dyn Base,
    /// The namespace to start with, in lower case, if it is known.
    pub(super) start: Option<Rc<str>>,
    /// Whether WMI's dialect holds: qualifiers need no declaration, and there are system classes.
    pub(super) is_wmi: bool,
    pub(super) limits: Limits,
    pub(super) map: SourceMap,
    pub(super) origins: Vec<Origin>,
    archives: Vec<Archive>,
    /// What lies in no archive.
    directories: Directories,
    /// The files that lie in no archive by their canonical paths.
    known: FxHashMap<PathBuf, FileId>,
    /// The same by the paths that they were read from.
    read_from: FxHashMap<OsString, FileId>,
    pub(super) requests: Vec<Request>,
    pub(super) directives: Directives,
    pub(super) visits: Visits,
    total: u64,
    /// Texts that did not decode; they stand empty in the map.
    mistakes: Vec<Diagnostic>,
    /// How many files were looked into for includes.
    followed: usize,
}

impl<'fs> Loader<'fs> {
    /// A loader that reads through `fs`.
    pub fn new(fs: &'fs dyn FileSystem) -> Self {
        Self {
            fs,
            search: Vec::new(),
            library: Library::default(),
            base: &EmptyBase,
            start: None,
            is_wmi: false,
            limits: Limits::default(),
            map: SourceMap::new(),
            origins: Vec::new(),
            archives: Vec::new(),
            directories: Directories::default(),
            known: FxHashMap::default(),
            read_from: FxHashMap::default(),
            requests: Vec::new(),
            directives: Directives::default(),
            visits: Visits::default(),
            total: 0,
            mistakes: Vec::new(),
            followed: 0,
        }
    }

    /// Adds a directory to look for included files in, after the directory of
    /// the including file.
    #[must_use]
    pub fn with_include_dir(mut self, directory: impl Into<PathBuf>) -> Self {
        self.search.push(directory.into());
        self
    }

    /// Says how the sources will be compiled, as far as that decides what is searched: the
    /// namespace to start with, and the dialect.
    #[must_use]
    pub fn with_options(mut self, options: &CompileOptions) -> Self {
        self.start = Some(plain_namespace(&options.namespace));
        self.is_wmi = options.dialect == Dialect::Wmi;
        self
    }

    /// Says what the sources will be compiled on top of: what a namespace of it has is not
    /// taken from the search path. What the namespace to start with has is known only after
    /// [`Loader::with_options`].
    #[must_use]
    pub fn with_base(mut self, base: &'fs dyn Base) -> Self {
        self.base = base;
        self
    }

    /// Sets other limits.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Adds a MOF file, a zip archive of them, or a directory.
    ///
    /// # Errors
    /// When it does not exist, cannot be read, or exceeds a limit.
    pub fn add_path(&mut self, path: impl AsRef<Path>) -> Result<(), SourceError> {
        let path = path.as_ref();
        let name = path.display().to_string();
        let kind = self.fs.kind(path).map_err(|error| io_error(&name, error))?;
        match kind {
            None => Err(SourceError::NotFound(name)),
            Some(EntryKind::Directory) => self.add_set(path),
            Some(EntryKind::File) => {
                let bytes = self.read(self.fs, path, &name)?;
                if archive::is_zip(&bytes) || archive::is_named_zip(path) {
                    return self.add_archive(name, &bytes);
                }
                let key = self.fs.canonical(path).map_err(|error| io_error(&name, error))?;
                let file = self.add_file(key, path, name, bytes)?;
                self.requests.push(Request::File(file));
                Ok(())
            }
        }
    }

    /// Adds a text. Its includes are looked for in the include directories.
    ///
    /// # Errors
    /// When it exceeds a limit.
    pub fn add_text(&mut self, name: impl Into<String>, text: &str) -> Result<(), SourceError> {
        self.add_bytes(name, text.as_bytes().to_vec())
    }

    /// Adds the undecoded bytes of a text.
    ///
    /// # Errors
    /// When they exceed a limit.
    pub fn add_bytes(
        &mut self,
        name: impl Into<String>,
        bytes: Vec<u8>,
    ) -> Result<(), SourceError> {
        self.add_text_of(Origin::Nowhere, name.into(), bytes)
    }

    /// Adds the bytes of a file that is at hand, such as standard input: a text,
    /// what it includes being looked for in `directory` first, or a zip archive.
    ///
    /// # Errors
    /// When they exceed a limit, or are a damaged archive.
    pub fn add_bytes_in(
        &mut self,
        directory: impl Into<PathBuf>,
        name: impl Into<String>,
        bytes: Vec<u8>,
    ) -> Result<(), SourceError> {
        if archive::is_zip(&bytes) {
            return self.add_archive(name.into(), &bytes);
        }
        self.add_text_of(Origin::Directory(directory.into()), name.into(), bytes)
    }

    fn add_text_of(
        &mut self,
        origin: Origin,
        name: String,
        bytes: Vec<u8>,
    ) -> Result<(), SourceError> {
        let file = self.push(origin, name, Contents::Bytes(bytes))?;
        self.requests.push(Request::File(file));
        Ok(())
    }

    /// Adds what a reader yields, such as standard input.
    ///
    /// # Errors
    /// When reading fails, or yields more than a limit allows.
    pub fn add_reader(
        &mut self,
        name: impl Into<String>,
        reader: impl Read,
    ) -> Result<(), SourceError> {
        let name = name.into();
        let mut bytes = Vec::new();
        let limit = self.limits.file.saturating_add(1);
        reader.take(limit).read_to_end(&mut bytes).map_err(|error| io_error(&name, error))?;
        self.add_bytes(name, bytes)
    }

    /// Loads all that the sources include, as [`Loader::finish`] does first: for who must know
    /// what is read before there is anything to compile it on top of. What goes wrong with
    /// that goes to `sink`.
    pub fn follow_includes(&mut self, sink: &mut Diagnostics) {
        while self.followed < self.map.len() {
            let file = FileId(u32::try_from(self.followed).unwrap_or(u32::MAX));
            if self.map.part(file) == Part::Own {
                self.load_includes(file, sink);
            }
            self.followed += 1;
        }
    }

    /// Loads all that the sources include. What goes wrong with that, and texts
    /// that are not in the encoding they claim, go to `sink`.
    pub fn finish(mut self, sink: &mut Diagnostics) -> Sources {
        self.follow_includes(sink);
        let own = self.visit_requests(sink);
        let mut roots = self.complete(sink);
        roots.extend(own);
        for mistake in self.mistakes {
            if self.map.part(mistake.file) != Part::Unused {
                sink.push(mistake);
            }
        }
        let includes = self.directives.into_includes(self.visits.copied);
        Sources { map: self.map, roots, includes }
    }

    /// Loads what a file includes.
    pub(super) fn load_includes(&mut self, file: FileId, sink: &mut Diagnostics) {
        let Some(source) = self.map.get(file).filter(|file| file.may_have_directives()) else {
            return;
        };
        let near = self.directory_of(file);
        let (sites, settings) = scan_includes(source.text());
        let sites: Vec<_> = sites.into_iter().map(IncludeSite::into_owned).collect();
        let mut includes = Vec::with_capacity(sites.len());
        for site in sites {
            let Some(path) = site.path else {
                let message = "an include directive takes one file name as a string";
                let diagnostic =
                    Diagnostic::new(Code::IncludeArgument, file, site.argument, message);
                sink.push(diagnostic.with_help(r#"write `#pragma include ("file.mof")`"#));
                continue;
            };
            let target = self.resolve(near.as_ref(), &path).map_err(|problem| {
                let (code, message, help) = problem.explain(&path);
                let mut diagnostic = Diagnostic::new(code, file, site.argument, message);
                diagnostic.help = help;
                sink.push(diagnostic);
                sink.broken.lacks_a_file = true;
            });
            includes.push(Include {
                from: file,
                span: site.argument,
                path: path.into_owned(),
                target: target.ok(),
                start: site.start,
            });
        }
        self.directives.add(file, OfFile { includes, settings });
    }

    /// The directory that the includes of a file are relative to.
    fn directory_of(&self, file: FileId) -> Option<Place> {
        match self.origins.get(file.0 as usize)? {
            Origin::Entry { archive, entry } => {
                let directory = self.archives.get(*archive)?.files.directory(*entry)?;
                Some((Some(*archive), directory.to_owned()))
            }
            Origin::Directory(directory) => Some((None, directory.clone())),
            Origin::Nowhere => None,
        }
    }

    /// Finds and loads what a file in the directory `near` includes as `path`.
    fn resolve(&mut self, near: Option<&Place>, path: &str) -> Result<FileId, IncludeProblem> {
        // As good as all includes of a schema are spelled as its files are.
        if let Some(file) = near.and_then(|near| self.loaded(near, path)) {
            return Ok(file);
        }
        let search = self.search.iter().map(|directory| (None, directory.clone()));
        let places: Vec<Place> = near.cloned().into_iter().chain(search).collect();
        for (archive, directory) in &places {
            let archive = *archive;
            let found = {
                let (fs, known) = self.file_system(archive);
                include::find((fs, known), directory, path)
                    .and_then(|found| match found {
                        Some(found) => Ok(Some((fs.canonical(&found)?, found))),
                        None => Ok(None),
                    })
                    .map_err(IncludeProblem::Io)?
            };
            let Some((key, found)) = found else { continue };
            let loaded = match archive.and_then(|index| self.archives.get(index)) {
                Some(archive) => archive.file(&key),
                None => self.load(key, &found),
            };
            return loaded.map_err(IncludeProblem::Source);
        }
        // Only now: a directory that is not there cannot be asked for names that are nearly
        // the same, and a trace with a question that failed holds never again.
        let similar = places.iter().find_map(|(archive, directory)| {
            include::similar(self.file_system(*archive), directory, path)
        });
        let tried = places.iter().map(|(archive, directory)| self.display(*archive, directory));
        Err(IncludeProblem::NotFound { tried: tried.collect(), similar })
    }

    /// The file that is there by this name, if it was loaded already.
    fn loaded(&self, (archive, directory): &Place, name: &str) -> Option<FileId> {
        match archive {
            Some(archive) => self.archives.get(*archive)?.files.file_below(directory, name),
            None if is_normal(name) => {
                self.read_from.get(directory.join(name).as_os_str()).copied()
            }
            None => None,
        }
    }

    /// The file under a canonical path, read unless it was before.
    pub(super) fn load(&mut self, key: PathBuf, path: &Path) -> Result<FileId, SourceError> {
        if let Some(file) = self.known.get(&key) {
            return Ok(*file);
        }
        let path = tidy(path);
        let name = self.display(None, &path);
        let bytes = self.read(self.fs, &path, &name)?;
        self.add_file(key, &path, name, bytes)
    }

    /// Adds all MOF files of an archive.
    fn add_archive(&mut self, name: String, bytes: &[u8]) -> Result<(), SourceError> {
        let set = self.unpack(name, bytes)?;
        self.requests.push(Request::Set(set));
        Ok(())
    }

    /// Loads all MOF files of an archive.
    pub(super) fn unpack(
        &mut self,
        name: String,
        bytes: &[u8],
    ) -> Result<Vec<FileId>, SourceError> {
        let mut files = ZipFileSystem::open(bytes, &self.limits)
            .map_err(|error| SourceError::Archive { name: name.clone(), error })?;
        let (entries, texts) = files.parts_mut();
        if entries.len() == 0 {
            return Err(SourceError::NoMof(name));
        }
        let archive = self.archives.len();
        self.map.reserve(entries.len());
        self.origins.reserve(entries.len());
        let mut set = Vec::with_capacity(entries.len());
        for (n, (path, entry)) in entries.enumerate() {
            let name = [&*name, path].join("/");
            let contents = entry.contents(texts).map_err(|error| io_error(&name, error))?;
            let file = self.push(Origin::Entry { archive, entry: n }, name, contents)?;
            entry.file = Some(file);
            set.push(file);
        }
        self.archives.push(Archive { name, files, directories: Directories::default() });
        Ok(set)
    }

    /// Adds all MOF files at and below a directory.
    fn add_set(&mut self, directory: &Path) -> Result<(), SourceError> {
        let name = self.display(None, directory);
        let paths = files_below(self.fs, directory, self.limits.files)
            .map_err(|error| io_error(&name, error))?;
        if paths.is_empty() {
            return Err(SourceError::NoMof(name));
        }
        let mut set = Vec::with_capacity(paths.len());
        for path in paths {
            let name = self.display(None, &path);
            let key = self.fs.canonical(&path).map_err(|error| io_error(&name, error))?;
            set.push(self.load(key, &path)?);
        }
        self.requests.push(Request::Set(set));
        Ok(())
    }

    fn add_file(
        &mut self,
        key: PathBuf,
        path: &Path,
        name: String,
        bytes: Vec<u8>,
    ) -> Result<FileId, SourceError> {
        if let Some(file) = self.known.get(&key) {
            return Ok(*file);
        }
        let origin = path.parent().map_or(Origin::Nowhere, |path| Origin::Directory(path.into()));
        let file = self.push(origin, name, Contents::Bytes(bytes))?;
        self.known.insert(key, file);
        self.read_from.insert(path.into(), file);
        Ok(file)
    }

    /// Decodes and keeps a text.
    fn push(
        &mut self,
        origin: Origin,
        name: String,
        contents: Contents,
    ) -> Result<FileId, SourceError> {
        let Limits { file, total, files } = self.limits;
        let length = contents.len() as u64;
        self.total = self.total.saturating_add(length);
        let exceeded = if length > file {
            Some((file, "bytes for a file"))
        } else if self.total > total {
            Some((total, "bytes for all files"))
        } else if self.map.len() >= files {
            Some((files as u64, "files"))
        } else {
            None
        };
        if let Some((limit, unit)) = exceeded {
            return Err(SourceError::Limit { name, limit, unit });
        }
        let decoded = match contents {
            Contents::Bytes(bytes) => {
                decode_around(bytes).map(|(text, foreign)| (Text::from(text), foreign))
            }
            Contents::Text(text) => Ok((text, None)),
        };
        let (text, foreign, mistake) = match decoded {
            Ok((text, foreign)) => (text, foreign, None),
            Err(mistake) => (Text::from(String::new()), None, Some(mistake)),
        };
        let added = self.map.add_text(name, text).map_err(|too_long| SourceError::Limit {
            name: too_long.name,
            limit: u32::MAX.into(),
            unit: "bytes for a file",
        })?;
        self.origins.push(origin);
        if let Some(mistake) = mistake {
            let message = mistake.to_string();
            self.mistakes.push(Diagnostic::new(Code::Encoding, added, Span::default(), message));
        }
        if let Some(Foreign { span, harmless }) = foreign {
            let message = match harmless {
                true => "a comment is not valid UTF-8; it is read as Latin-1",
                false => "this is not valid UTF-8",
            };
            let found = Diagnostic::new(Code::Encoding, added, span, message);
            let severity = if harmless { Severity::Warning } else { Severity::Error };
            let found = found.with_severity(severity).with_help("save the file as UTF-8");
            self.mistakes.push(found);
        }
        Ok(added)
    }

    /// Whether a file did not decode.
    pub(super) fn is_unreadable(&self, file: FileId) -> bool {
        self.mistakes.iter().any(|found| found.file == file && found.severity == Severity::Error)
    }

    pub(super) fn read(
        &self,
        fs: &dyn FileSystem,
        path: &Path,
        name: &str,
    ) -> Result<Vec<u8>, SourceError> {
        fs.read(path, self.limits.file).map_err(|error| io_error(name, error))
    }

    fn file_system(&self, archive: Option<usize>) -> (&dyn FileSystem, &Directories) {
        match archive.and_then(|index| self.archives.get(index)) {
            Some(archive) => (&archive.files, &archive.directories),
            None => (self.fs, &self.directories),
        }
    }

    /// A path as the user knows it.
    fn display(&self, archive: Option<usize>, path: &Path) -> String {
        let path = path.display().to_string();
        match archive.and_then(|index| self.archives.get(index)) {
            Some(archive) if path.is_empty() => archive.name.clone(),
            Some(archive) => format!("{}/{path}", archive.name),
            None if path.is_empty() => ".".to_owned(),
            None => path,
        }
    }
}

/// The path without `.`, which means the same and reads better.
fn tidy(path: &Path) -> PathBuf {
    path.components().filter(|c| *c != std::path::Component::CurDir).collect()
}
