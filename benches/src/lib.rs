//! What the benches share: the DMTF CIM Schema, loaded once, and a store's data.

#![allow(clippy::print_stderr, clippy::expect_used, reason = "benches speak to a person")]

pub mod events;
pub mod fleet;
pub mod one_class;
pub mod soak;
pub mod words;

use cimarron_model::Dialect;
use cimarron_mof::{
    CompileOptions, Compiled, Diagnostics, EmptyBase, Loader, OsFileSystem, Sources, compile,
};
use std::path::PathBuf;

/// The binaries use mimalloc; so do their benches.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The zip of the DMTF CIM Schema 2.49.0, or `None` with the reason printed.
pub fn schema_zip() -> Option<PathBuf> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../shared/data/cim_schema_2.49.0Final-MOFs.zip");
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: the DMTF CIM Schema is not at {}", path.display());
    None
}

/// The texts of the schema, decompressed and decoded.
pub fn schema_sources() -> Option<Sources> {
    let mut loader = Loader::new(&OsFileSystem);
    loader.add_path(schema_zip()?).expect("the zip is readable");
    Some(loader.finish(&mut Diagnostics::new()))
}

/// Compiles the schema's texts.
pub fn compile_schema(sources: &Sources) -> Compiled {
    let options = CompileOptions { dialect: Dialect::Dmtf, ..CompileOptions::default() };
    compile(sources, &options, &EmptyBase, Diagnostics::new())
}
