//! Every insta snapshot of the project, one folder per crate.
//!
//! The tests in `tests/` hold inputs; the folder named like a crate holds what
//! that crate made of them. Review a change with `cargo insta review`, or run
//! the tests with `INSTA_UPDATE=always` and read the difference in git.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use cimarron_model::Dialect;
use cimarron_mof::{
    CompileOptions, Compiled, Diagnostics, EmptyBase, Loader, OsFileSystem, Severity, Sources,
    compile,
};

/// Compiles one text.
pub fn compile_text(mof: &str, dialect: Dialect) -> (Compiled, Sources) {
    let mut loader = Loader::new(&OsFileSystem);
    loader.add_text("input.mof", mof).unwrap();
    let mut said = Diagnostics::new();
    let sources = loader.finish(&mut said);
    let options = CompileOptions { dialect, ..CompileOptions::default() };
    (compile(&sources, &options, &EmptyBase, said), sources)
}

/// Compiles a text that has no error.
pub fn compile_clean(mof: &str, dialect: Dialect) -> Compiled {
    let (compiled, sources) = compile_text(mof, dialect);
    let mut findings = compiled.diagnostics.as_slice().iter();
    if let Some(finding) = findings.find(|d| d.severity == Severity::Error) {
        panic!("{}", finding.render(sources.map()));
    }
    compiled
}

/// Asserts against `snapshots/FOLDER/NAME.snap`.
#[macro_export]
macro_rules! assert_snapshot_in {
    ($folder:literal, $name:expr, $text:expr) => {
        insta::with_settings!({
            snapshot_path => concat!("../", $folder),
            prepend_module_to_snapshot => false,
            omit_expression => true,
        }, {
            insta::assert_snapshot!($name, $text);
        });
    };
}
