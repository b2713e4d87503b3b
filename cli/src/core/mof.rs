//! Reading and compiling MOF.

use super::inputs::{Inputs, STDIN_NAME, source_failure};
use crate::args::SearchArgs;
use crate::failure::{Failure, FailureStyle};
use crate::output::findings;
use cimarron_engine::EmptyRepository;
use cimarron_mof::{
    Base, CompileOptions, Compiled, Diagnostics, Loader, OsFileSystem, Sources, compile,
};
use std::path::PathBuf;

/// Sources that were read, with what reading them gave to say.
pub(crate) struct Texts {
    pub(crate) sources: Sources,
    pub(crate) said: Diagnostics,
}

/// Reads MOF files, directories, zip archives, patterns and standard input (`-`),
/// and all that they include, and of the search path what the base lacks.
pub(crate) fn read_mof(
    paths: &[PathBuf],
    search: &SearchArgs,
    options: &CompileOptions,
    base: &dyn Base,
) -> Result<Texts, Failure> {
    Inputs::gather(paths, STDIN_NAME, search)?.load_onto(base, options, Diagnostics::new())
}

/// MOF that is at hand as a text.
pub(crate) fn mof_text(name: &str, text: &str) -> Result<Texts, Failure> {
    let mut loader = Loader::new(&OsFileSystem);
    loader.add_text(name, text).map_err(|error| source_failure(&error))?;
    let mut said = Diagnostics::new();
    let sources = loader.finish(&mut said);
    Ok(Texts { sources, said })
}

/// Compiles texts on their own.
pub(crate) fn compile_alone(texts: Texts, options: &CompileOptions) -> (Compiled, Sources) {
    (compile(&texts.sources, options, &EmptyRepository, texts.said), texts.sources)
}

/// Writes diagnostics to standard error; none are no output.
pub(crate) fn report(diagnostics: &Diagnostics, sources: &Sources, style: FailureStyle) {
    findings::report(diagnostics, sources.map(), style);
}
