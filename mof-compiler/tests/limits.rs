//! Limits that no case of the conformance suite is long enough to reach.
#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

use cimarron_model::Dialect;
use cimarron_mof::{CompileOptions, Diagnostics, EmptyBase, Loader, OsFileSystem, compile};
use std::fmt::Write;

/// The codes of what there is to say about a text, each once.
fn codes(text: &str, dialect: Dialect) -> Vec<&'static str> {
    let mut loader = Loader::new(&OsFileSystem);
    loader.add_text("limits.mof", text).unwrap();
    let mut said = Diagnostics::new();
    let sources = loader.finish(&mut said);
    let options = CompileOptions { dialect, ..CompileOptions::default() };
    let compiled = compile(&sources, &options, &EmptyBase, said);
    let mut codes: Vec<_> =
        compiled.diagnostics.as_slice().iter().map(|d| d.code.as_str()).collect();
    codes.dedup();
    codes
}

fn properties(count: usize, qualifiers: &str) -> String {
    let properties = (0..count).fold(String::new(), |mut text, i| {
        write!(text, " {qualifiers} uint8 P{i};").unwrap();
        text
    });
    format!("class X_A {{{properties} }};")
}

fn hierarchy(depth: usize) -> String {
    (1..depth).fold("class X_0 { };".to_owned(), |mut text, i| {
        write!(text, " class X_{i} : X_{} {{ }};", i - 1).unwrap();
        text
    })
}

#[test]
fn properties_are_counted() {
    for (count, expected) in [(1_024, &[][..]), (1_025, &["MOF0106"][..])] {
        assert_eq!(codes(&properties(count, ""), Dialect::Wmi), expected, "{count}");
    }
    // Inherited ones count too.
    let below = format!("{} class X_B : X_A {{ uint8 Q; }};", properties(1_024, ""));
    assert_eq!(codes(&below, Dialect::Wmi), ["MOF0106"]);
}

#[test]
fn keys_are_counted() {
    for (count, expected) in [(256, &[][..]), (257, &["MOF0118"][..])] {
        assert_eq!(codes(&properties(count, "[key]"), Dialect::Wmi), expected, "{count}");
    }
    let none: [&str; 0] = [];
    assert_eq!(
        codes(
            &format!(
                "Qualifier Key : boolean = false, Scope(property), Flavor(DisableOverride, ToSubclass); {}",
                properties(257, "[Key]")
            ),
            Dialect::Dmtf
        ),
        none
    );
}

#[test]
fn superclasses_are_counted() {
    for (depth, expected) in [(256, &[][..]), (257, &["MOF0103"][..])] {
        assert_eq!(codes(&hierarchy(depth), Dialect::Wmi), expected, "{depth}");
    }
}
