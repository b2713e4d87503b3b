//! What several fuzz targets share: MOF to an archive in memory, and back; a data directory.

pub mod directory;

use cimarron_model::Dialect;
use cimarron_mof::source::MemoryFileSystem;
use cimarron_mof::{
    CompileOptions, Compiled, Diagnostics, Emit, EmptyBase, Language, Loader, Sources, compile,
};
use cimarron_schema::Archive;

/// Compiles one file on its own; `None` when there is no text in its bytes.
pub fn compile_mof(bytes: &[u8], dialect: Dialect) -> Option<(Compiled, Sources)> {
    compile_as(bytes, dialect, Language::Mof2)
}

/// Compiles one file in a language on its own; `None` when there is no text in its bytes.
pub fn compile_as(
    bytes: &[u8],
    dialect: Dialect,
    language: Language,
) -> Option<(Compiled, Sources)> {
    let mut files = MemoryFileSystem::new();
    files.insert("input.mof", bytes);
    let mut loader = Loader::new(&files);
    loader.add_path("input.mof").ok()?;
    let mut said = Diagnostics::new();
    let sources = loader.finish(&mut said);
    let options = CompileOptions { dialect, language, ..CompileOptions::default() };
    Some((compile(&sources, &options, &EmptyBase, said), sources))
}

/// Everything that was found, with the text that it was found in.
pub fn findings(compiled: &Compiled, sources: &Sources) -> String {
    let found = compiled.diagnostics.clone().into_sorted();
    found.iter().map(|one| one.render(sources.map()).to_string()).collect()
}

/// An archive of MOF that has no mistakes.
pub fn archive_of(mof: &str, dialect: Dialect) -> Archive {
    let (compiled, sources) = compile_mof(mof.as_bytes(), dialect).expect("text is loaded");
    assert!(!compiled.has_errors(), "{}", findings(&compiled, &sources));
    let bytes = compiled.archive().expect("a small schema fits");
    Archive::from_bytes(bytes).expect("what was just written opens")
}

/// All that an archive holds, as MOF that compiles to the same archive.
pub fn to_mof(archive: &Archive) -> String {
    let mut mof = Vec::new();
    Emit::Mof.write(archive, &mut mof).expect("memory takes all");
    String::from_utf8(mof).expect("MOF is text")
}
