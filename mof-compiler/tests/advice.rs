//! Advice that takes looking through every name is given for the first errors
//! only: for all of them it would take quadratic time.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

use cimarron_mof::{CompileOptions, Diagnostics, EmptyBase, Loader, OsFileSystem, compile};
use std::fmt::Write as _;

#[test]
fn many_errors_get_advice_for_the_first_hundred() {
    let mut mof = String::from("class X_Base { [key] string Id; };\n");
    for n in 0..300 {
        writeln!(mof, "class X_Sub{n} : X_Bsae {{ }};").unwrap();
    }
    let mut loader = Loader::new(&OsFileSystem);
    loader.add_text("many.mof", &mof).unwrap();
    let mut said = Diagnostics::new();
    let sources = loader.finish(&mut said);
    let compiled = compile(&sources, &CompileOptions::default(), &EmptyBase, said);
    let findings = compiled.diagnostics.as_slice();
    let advised = findings.iter().filter(|d| d.help.as_deref() == Some("did you mean `X_Base`?"));
    assert_eq!((findings.len(), advised.count()), (300, 100));
}
