//! Compiling MOF from a build script, for programs that carry their schema.
//!
//! ```no_run
//! // build.rs
//! fn main() -> Result<(), cimarron_mof::BuildError> {
//!     cimarron_mof::build().file("mof/fleet.mof").output("fleet.cimar").compile()?;
//!     Ok(())
//! }
//! ```
//!
//! The program then includes the file with `cimarron_schema::include_archive!` and
//! opens it where it lies.
//!
//! Everything else in this crate reads through a given file system and says nothing.
//! Here the caller is a build script and cargo is whom it talks to, over standard
//! output and standard error; so this module may use them, the environment and the
//! file system, in [`Build::compile`] and nowhere else. [`Build::run`] has the
//! writers handed in.

use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::emit::Emit;
use crate::source::{
    CachingFileSystem, Loader, SourceError, SourceMap, Sources, Trace, TracingFileSystem,
    current_if_empty,
};
use crate::{CompileOptions, Compiled, EmptyBase, Language};
use cimarron_model::Dialect;
use cimarron_schema::{Archive, OpenError, WriteError};
use std::collections::BTreeSet;
use std::fmt;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// How many findings of a severity cargo is told.
const MOST: usize = 50;

/// Begins the compilation of MOF in a build script.
pub fn build() -> Build {
    Build::default()
}

/// A compilation in a build script.
#[derive(Clone, Debug)]
pub struct Build {
    paths: Vec<PathBuf>,
    include: Vec<PathBuf>,
    search: Vec<PathBuf>,
    options: CompileOptions,
    emit: Emit,
    output: PathBuf,
    out_dir: Option<PathBuf>,
}

impl Default for Build {
    fn default() -> Self {
        Self {
            paths: Vec::new(),
            include: Vec::new(),
            search: Vec::new(),
            options: CompileOptions::default(),
            emit: Emit::Archive,
            output: PathBuf::from("schema.cimar"),
            out_dir: None,
        }
    }
}

/// A build script's compilation failed.
#[non_exhaustive]
#[derive(thiserror::Error)]
pub enum BuildError {
    /// There is nothing to compile.
    #[error("no MOF is named: call `file`")]
    NoInput,
    /// Cargo gives build scripts a directory for what they make.
    #[error(
        "OUT_DIR is not set: this is for build scripts; elsewhere, name a directory with `out_dir`"
    )]
    NoOutDir,
    /// What was asked for cannot be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The MOF has errors; they are on standard error.
    #[error("the MOF has errors: {0} of them")]
    Errors(usize),
    /// The schema is too large for an archive.
    #[error(transparent)]
    Archive(#[from] WriteError),
    /// The archive cannot be read back.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The output cannot be written.
    #[error("cannot write `{}`: {error}", path.display())]
    Write {
        /// The output.
        path: PathBuf,
        /// What the system reported.
        error: io::Error,
    },
    /// Cargo does not listen.
    #[error("cannot talk to cargo: {0}")]
    Cargo(#[from] io::Error),
}

/// What a build script's `main` returns is printed by its `Debug` form.
impl fmt::Debug for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Build {
    /// Adds a MOF file, a directory of them, or a zip archive; relative to the
    /// package.
    #[must_use]
    pub fn file(mut self, path: impl Into<PathBuf>) -> Self {
        self.paths.push(path.into());
        self
    }

    /// Adds several.
    #[must_use]
    pub fn files<P: Into<PathBuf>>(mut self, paths: impl IntoIterator<Item = P>) -> Self {
        self.paths.extend(paths.into_iter().map(Into::into));
        self
    }

    /// Adds a directory to look for included files in.
    #[must_use]
    pub fn include_dir(mut self, directory: impl Into<PathBuf>) -> Self {
        self.include.push(directory.into());
        self
    }

    /// Adds a directory or zip archive to look for missing declarations in: see
    /// [`Loader::add_search_path`].
    #[must_use]
    pub fn search(mut self, path: impl Into<PathBuf>) -> Self {
        self.search.push(path.into());
        self
    }

    /// Whose rules hold where DMTF's and WMI's differ; WMI's without this.
    #[must_use]
    pub fn dialect(mut self, dialect: Dialect) -> Self {
        self.options.dialect = dialect;
        self
    }

    /// The language of the files; MOF 2 without this. MOF 3 goes with DMTF's rules.
    #[must_use]
    pub fn language(mut self, language: Language) -> Self {
        self.options.language = language;
        self
    }

    /// The namespace that the declarations go into; `root/cimv2` without this.
    #[must_use]
    pub fn namespace(mut self, namespace: impl Into<String>) -> Self {
        self.options.namespace = namespace.into();
        self
    }

    /// All options at once.
    #[must_use]
    pub fn options(mut self, options: CompileOptions) -> Self {
        self.options = options;
        self
    }

    /// The form to write; an archive without this.
    #[must_use]
    pub fn emit(mut self, form: Emit) -> Self {
        self.emit = form;
        self
    }

    /// The name of the output below the directory; `schema.cimar` without this.
    #[must_use]
    pub fn output(mut self, name: impl Into<PathBuf>) -> Self {
        self.output = name.into();
        self
    }

    /// The directory of the output; cargo's `OUT_DIR` without this.
    #[must_use]
    pub fn out_dir(mut self, directory: impl Into<PathBuf>) -> Self {
        self.out_dir = Some(directory.into());
        self
    }

    /// Compiles, tells cargo what to watch and what to warn of, and gives the path
    /// of the output. Errors of the MOF are printed to standard error, which cargo
    /// shows when the script fails.
    ///
    /// # Errors
    /// When the MOF has errors, or something cannot be read or written.
    pub fn compile(&self) -> Result<PathBuf, BuildError> {
        let out_dir = std::env::var_os("OUT_DIR").map(PathBuf::from);
        let with_dir = Self { out_dir: self.out_dir.clone().or(out_dir), ..self.clone() };
        with_dir.run(&mut io::stdout().lock(), &mut io::stderr().lock())
    }

    /// The same with cargo's ears handed in: `cargo` takes the instructions and
    /// `errors` the rendered errors. The environment is not looked at.
    ///
    /// # Errors
    /// As for [`Build::compile`].
    pub fn run(
        &self,
        cargo: &mut dyn Write,
        errors: &mut dyn Write,
    ) -> Result<PathBuf, BuildError> {
        if self.paths.is_empty() {
            return Err(BuildError::NoInput);
        }
        let path = self.out_dir.as_deref().ok_or(BuildError::NoOutDir)?.join(&self.output);
        let (compiled, sources, trace) = self.compile_sources()?;
        self.write_watched(cargo, &trace)?;
        let found = &compiled.diagnostics;
        let sorted = found.clone().into_sorted();
        write_warnings(cargo, found, &sorted, sources.map())?;
        if compiled.has_errors() {
            write_errors(errors, found, &sorted, sources.map())?;
            return Err(BuildError::Errors(found.count(Severity::Error)));
        }
        self.write_output(&compiled, &path)?;
        Ok(path)
    }

    fn compile_sources(&self) -> Result<(Compiled, Sources, Trace), SourceError> {
        let files = CachingFileSystem::new();
        let fs = TracingFileSystem::new(&files);
        let mut loader = Loader::new(&fs).with_options(&self.options);
        for directory in &self.include {
            loader = loader.with_include_dir(directory);
        }
        for path in &self.paths {
            loader.add_path(path)?;
        }
        for path in &self.search {
            loader.add_search_path(path)?;
        }
        let mut said = Diagnostics::new();
        let sources = loader.finish(&mut said);
        let compiled = crate::compile(&sources, &self.options, &EmptyBase, said);
        Ok((compiled, sources, fs.into_trace()))
    }

    /// Every file that was read, and the directories in which a new file could
    /// change what is read. (Cargo takes a missing file for a changed one, so what
    /// was looked for in vain is watched by its directory. It looks at all that is in a
    /// directory: one with the output in it, such as the package's own, would always have
    /// changed, so of that only the files count that were read.)
    fn write_watched(&self, cargo: &mut dyn Write, trace: &Trace) -> io::Result<()> {
        let include = self.include.iter().map(PathBuf::as_path);
        let made = self.out_dir.as_deref().and_then(|path| path.canonicalize().ok());
        // What is not there has no place.
        let is_quiet = |directory: &&Path| {
            let place = current_if_empty(directory).canonicalize();
            place.is_ok_and(|place| made.as_ref().is_none_or(|made| !made.starts_with(place)))
        };
        let directories = trace.directories().chain(include).filter(is_quiet);
        let watched: BTreeSet<&Path> = trace.files().chain(directories).collect();
        for path in watched {
            writeln!(cargo, "cargo::rerun-if-changed={}", current_if_empty(path).display())?;
        }
        Ok(())
    }

    fn write_output(&self, compiled: &Compiled, path: &Path) -> Result<(), BuildError> {
        let bytes = compiled.archive()?;
        let bytes = if self.emit.is_text() {
            let archive = Archive::from_bytes(bytes)?;
            let mut text = Vec::new();
            self.emit.write(&archive, &mut text)?;
            text
        } else {
            bytes.to_vec()
        };
        // A file that is the same stays as old as it is, and what includes it stays
        // compiled.
        if std::fs::read(path).is_ok_and(|there| there == bytes) {
            return Ok(());
        }
        Archive::save(&bytes, path)
            .map_err(|error| BuildError::Write { path: path.to_owned(), error })
    }
}

/// Warnings and notes, one line each: cargo shows them whether the build fails or not.
fn write_warnings(
    cargo: &mut dyn Write,
    found: &Diagnostics,
    sorted: &[Diagnostic],
    sources: &SourceMap,
) -> io::Result<()> {
    let mut shown = 0;
    for warning in sorted.iter().filter(|d| d.severity != Severity::Error).take(MOST) {
        let at = sources.get(warning.file).map(|source| {
            let at = source.position(warning.span.start);
            format!("{}:{}:{}: ", source.name(), at.line, at.column)
        });
        let help = warning.help.as_ref().map(|help| format!("; {help}"));
        let (at, help) = (at.unwrap_or_default(), help.unwrap_or_default());
        let line = format!("{at}{} [{}]{help}", warning.message, warning.code);
        // A line break would end the instruction.
        let line = line.replace(['\n', '\r'], " ");
        writeln!(cargo, "cargo::warning={line}")?;
        shown += 1;
    }
    match found.count(Severity::Warning) + found.count(Severity::Note) - shown {
        0 => Ok(()),
        more => writeln!(cargo, "cargo::warning=... and {more} more findings of the MOF compiler"),
    }
}

fn write_errors(
    errors: &mut dyn Write,
    found: &Diagnostics,
    sorted: &[Diagnostic],
    sources: &SourceMap,
) -> io::Result<()> {
    let mut shown = 0;
    for error in sorted.iter().filter(|d| d.severity == Severity::Error).take(MOST) {
        writeln!(errors, "{}", error.render(sources))?;
        shown += 1;
    }
    match found.count(Severity::Error) - shown {
        0 => Ok(()),
        more => writeln!(errors, "... and {more} more errors"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Package(tempfile::TempDir);

    impl Package {
        fn new(files: &[(&str, &str)]) -> Self {
            let folder = tempfile::tempdir().unwrap();
            std::fs::create_dir(folder.path().join("out")).unwrap();
            for (name, text) in files {
                let path = folder.path().join(name);
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                std::fs::write(path, text).unwrap();
            }
            Self(folder)
        }

        fn path(&self, name: &str) -> PathBuf {
            // Part by part, for one kind of separators.
            self.0.path().join(name.split('/').collect::<PathBuf>())
        }

        /// What a build gives, and what it says to cargo and to standard error.
        fn run(&self, build: Build) -> (Result<PathBuf, BuildError>, String, String) {
            let (mut cargo, mut errors) = (Vec::new(), Vec::new());
            let result = build.out_dir(self.path("out")).run(&mut cargo, &mut errors);
            let text = |bytes| String::from_utf8(bytes).unwrap();
            (result, text(cargo), text(errors))
        }
    }

    #[test]
    fn writes_the_output_and_watches_what_was_read() {
        let package = Package::new(&[
            ("mof/a.mof", "#pragma include (\"b.mof\")\nclass X_A : X_B {};"),
            ("lib/b.mof", "class X_B { [key] string Id; };"),
        ]);
        let build = build()
            .file(package.path("mof/a.mof"))
            .include_dir(package.path("lib"))
            .namespace("root/fleet")
            .output("fleet.cimar");
        let (path, cargo, errors) = package.run(build.clone());
        let path = path.unwrap();
        assert_eq!((path.clone(), errors.as_str()), (package.path("out/fleet.cimar"), ""));
        let archive = Archive::open(&path).unwrap();
        assert_eq!(archive.namespace("root/fleet").unwrap().class_count(), 2);
        for watched in ["mof/a.mof", "lib/b.mof", "lib"] {
            let line = format!("cargo::rerun-if-changed={}\n", package.path(watched).display());
            assert!(cargo.contains(&line), "{line} in {cargo}");
        }
        assert!(!cargo.contains("cargo::warning"), "{cargo}");
        let written = std::fs::metadata(&path).unwrap().modified().unwrap();
        package.run(build).0.unwrap();
        let again = std::fs::metadata(&path).unwrap().modified().unwrap();
        assert_eq!(written, again, "an unchanged output is not written again");
    }

    #[test]
    fn takes_what_is_missing_from_the_search_path_and_watches_it() {
        let package = Package::new(&[
            ("mof/a.mof", "class X_A : X_B { };"),
            ("lib/core/x_b.mof", "class X_B { [key] string Id; };"),
            ("lib/core/x_c.mof", "class X_C { [key] string Id; };"),
        ]);
        let build = build().file(package.path("mof/a.mof")).search(package.path("lib"));
        let (path, cargo, _) = package.run(build);
        let archive = Archive::open(path.unwrap()).unwrap();
        assert_eq!(archive.namespace("root/cimv2").unwrap().class_count(), 2);
        for (path, watched) in
            [("lib/core/x_b.mof", true), ("lib/core", true), ("lib/core/x_c.mof", false)]
        {
            let line = format!("cargo::rerun-if-changed={}\n", package.path(path).display());
            assert_eq!(cargo.contains(&line), watched, "{line} in {cargo}");
        }
    }

    #[test]
    fn a_directory_with_the_output_in_it_is_not_watched() {
        let package = Package::new(&[
            ("a.mof", "#pragma include (\"base.mof\")"),
            ("mof/base.mof", "class X_A { [key] string Id; };"),
        ]);
        let build = build()
            .file(package.path("a.mof"))
            .include_dir(package.path(""))
            .include_dir(package.path("mof"));
        let (path, cargo, _) = package.run(build);
        assert!(path.is_ok());
        let watched: Vec<_> =
            cargo.lines().filter_map(|l| l.strip_prefix("cargo::rerun-if-changed=")).collect();
        let expected = ["a.mof", "mof", "mof/base.mof"].map(|name| package.path(name));
        assert_eq!(watched.iter().map(PathBuf::from).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn warnings_go_to_cargo_and_errors_to_standard_error() {
        let package = Package::new(&[
            ("warn.mof", "class X_A { [key] string Id; };;"),
            ("bad.mof", "class X_A {\n  uint8 P = 300;\n};;"),
        ]);
        let (path, cargo, errors) = package.run(build().file(package.path("warn.mof")));
        assert!(path.is_ok() && errors.is_empty(), "{errors}");
        assert!(cargo.contains("warn.mof:1:32: "), "{cargo}");
        assert!(cargo.contains("[MOF0023]"), "{cargo}");

        let (path, cargo, errors) = package.run(build().file(package.path("bad.mof")).output("x"));
        let error = path.unwrap_err();
        assert_eq!(format!("{error:?}"), "the MOF has errors: 1 of them");
        assert!(errors.contains("error[MOF0221]"), "{errors}");
        assert!(errors.contains("  uint8 P = 300;"), "{errors}");
        assert!(cargo.contains("bad.mof\n"), "{cargo}");
        assert!(!package.path("out/x").exists());
    }

    #[test]
    fn floods_are_cut() {
        let text = ";\n".repeat(60) + &"class 1;\n".repeat(60);
        let package = Package::new(&[("a.mof", &text)]);
        let (path, cargo, errors) = package.run(build().file(package.path("a.mof")));
        assert!(path.is_err());
        assert_eq!(cargo.matches("cargo::warning=").count(), MOST + 1);
        assert!(cargo.contains("more findings"), "{cargo}");
        assert!(errors.contains("... and 10 more errors"), "{errors}");
    }

    #[test]
    fn several_files_by_the_rules_that_are_asked_for() {
        let package = Package::new(&[
            ("a.mof", "structure X_A { uint8 n; };"),
            ("b.mof", "class X_B { [Key] string Id; X_A a; };"),
        ]);
        let files = ["a.mof", "b.mof"].map(|name| package.path(name));
        let plain = build().files(files);
        assert!(matches!(package.run(plain.clone()).0, Err(BuildError::Errors(_))));
        let options = CompileOptions {
            dialect: Dialect::Dmtf,
            language: Language::Mof3,
            ..CompileOptions::default()
        };
        let mof3 = plain.clone().dialect(Dialect::Dmtf).language(Language::Mof3);
        for build in [mof3, plain.options(options)] {
            let path = build.out_dir(package.path("out")).compile().unwrap();
            let archive = Archive::open(path).unwrap();
            assert_eq!(archive.namespace("root/cimv2").unwrap().class_count(), 2);
            assert_eq!(archive.dialect(), Dialect::Dmtf);
        }
    }

    #[test]
    fn other_forms_and_what_cannot_be() {
        let package = Package::new(&[("a.mof", "class X_A { [key] string Id; };")]);
        let mof = build().file(package.path("a.mof")).emit(Emit::Mof).output("a.out.mof");
        let path = package.run(mof).0.unwrap();
        assert!(std::fs::read_to_string(path).unwrap().contains("class X_A"));
        let missing = package.run(build().file(package.path("none.mof"))).0;
        assert!(matches!(missing, Err(BuildError::Source(SourceError::NotFound(_)))));
        assert!(matches!(package.run(build()).0, Err(BuildError::NoInput)));
        let nowhere = package.run(build().file(package.path("a.mof")).output("no/dir/a")).0;
        assert!(matches!(nowhere, Err(BuildError::Write { .. })));
        let bare = build().file("a.mof").run(&mut Vec::new(), &mut Vec::new());
        assert!(matches!(bare, Err(BuildError::NoOutDir)));
    }
}
