//! Reading and compiling MOF.

use crate::failure::{Failure, FailureStyle};
use crate::output::diagnostics::{tally, to_json, write_pictures};
use cimarron_model::Status;
use cimarron_mof::source::SourceError;
use cimarron_mof::{
    CompileOptions, Compiled, Diagnostics, EmptyBase, Loader, OsFileSystem, Severity, SourceMap,
    Sources, compile,
};
use std::io::{self, Write};
use std::path::PathBuf;

/// Sources that were read, with what reading them gave to say.
pub(crate) struct Texts {
    pub(crate) sources: Sources,
    pub(crate) said: Diagnostics,
}

/// Reads MOF files, directories and zip archives, and all that they include.
pub(crate) fn read_mof(paths: &[PathBuf], include: &[PathBuf]) -> Result<Texts, Failure> {
    let mut loader = Loader::new(&OsFileSystem);
    for directory in include {
        loader = loader.with_include_dir(directory);
    }
    for path in paths {
        loader.add_path(path).map_err(|error| source_failure(&error))?;
    }
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

fn source_failure(error: &SourceError) -> Failure {
    let status = match error {
        SourceError::NotFound(_) => Status::NotFound,
        SourceError::Limit { .. } => Status::QuotaViolation,
        _ => Status::Failed,
    };
    Failure::input(status, error.to_string())
}

/// Compiles texts on their own.
pub(crate) fn compile_alone(texts: Texts, options: &CompileOptions) -> (Compiled, Sources) {
    (compile(&texts.sources, options, &EmptyBase, texts.said), texts.sources)
}

/// Writes diagnostics to standard error; none are no output.
pub(crate) fn report(diagnostics: &Diagnostics, sources: &Sources, style: FailureStyle) {
    report_found(diagnostics, sources.map(), style);
}

/// The same for texts that were not loaded as sources.
pub(crate) fn report_found(diagnostics: &Diagnostics, sources: &SourceMap, style: FailureStyle) {
    let sorted = diagnostics.clone().into_sorted();
    if sorted.is_empty() {
        return;
    }
    let mut stderr = io::BufWriter::new(io::stderr().lock());
    // Where standard error is closed there is nobody left to tell.
    let _ = match style {
        FailureStyle::Json => writeln!(stderr, "{}", to_json(&sorted, sources)),
        FailureStyle::Human => write_pictures(&mut stderr, &sorted, sources)
            .and_then(|()| write_tally(&mut stderr, diagnostics)),
    };
    let _ = stderr.flush();
}

fn write_tally(out: &mut dyn Write, diagnostics: &Diagnostics) -> io::Result<()> {
    if diagnostics.dropped() > 0 {
        writeln!(out, "... and {} more that are not shown", diagnostics.dropped())?;
    }
    let (errors, warnings) =
        (diagnostics.count(Severity::Error), diagnostics.count(Severity::Warning));
    tally(errors, warnings).map_or(Ok(()), |text| writeln!(out, "{text}"))
}
