//! Reading and compiling MOF.

use super::inputs::source_failure;
use crate::failure::Failure;
use cimarron_mof::{
    CompileOptions, Compiled, Diagnostics, EmptyBase, Loader, OsFileSystem, Sources, compile,
};
use std::path::Path;

/// Sources that were read, with what reading them gave to say.
pub(crate) struct Texts {
    pub(crate) sources: Sources,
    pub(crate) said: Diagnostics,
}

/// Reads a MOF file, a directory or a zip archive, and all that they include.
pub(crate) fn read_mof(path: &Path) -> Result<Texts, Failure> {
    let mut loader = Loader::new(&OsFileSystem);
    loader.add_path(path).map_err(|error| source_failure(&error))?;
    Ok(finish_loading(loader))
}

/// MOF that is at hand as a text.
pub(crate) fn mof_text(name: &str, text: &str) -> Result<Texts, Failure> {
    let mut loader = Loader::new(&OsFileSystem);
    loader.add_text(name, text).map_err(|error| source_failure(&error))?;
    Ok(finish_loading(loader))
}

fn finish_loading(loader: Loader<'_>) -> Texts {
    let mut said = Diagnostics::new();
    let sources = loader.finish(&mut said);
    Texts { sources, said }
}

/// Compiles texts on their own.
pub(crate) fn compile_alone(texts: Texts, options: &CompileOptions) -> (Compiled, Sources) {
    (compile(&texts.sources, options, &EmptyBase, texts.said), texts.sources)
}
