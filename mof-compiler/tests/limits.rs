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

/// Instances `a0` to `a{count}` whose keys name, by alias, what `next` says of their number.
fn keyed(count: usize, next: impl Fn(usize) -> String) -> String {
    (0..=count).fold("class X_A { [key] object ref K; };".to_owned(), |mut text, i| {
        write!(text, " instance of X_A as $a{i} {{ K = {}; }};", next(i)).unwrap();
        text
    })
}

#[test]
fn aliases_may_be_in_chains_and_circles_of_any_length() {
    const LENGTH: usize = 5_000;
    for (text, expected) in [
        (keyed(LENGTH, |i| format!("$a{}", (i + 1) % LENGTH)), "MOF0232"),
        (keyed(LENGTH, |i| format!("$a{}", if i == 0 { LENGTH } else { i - 1 })), "MOF0232"),
        // All that lead to an instance without a path are silent.
        (
            keyed(LENGTH, |i| if i == LENGTH { "\"X=1\"".into() } else { format!("$a{}", i + 1) }),
            "MOF0258",
        ),
        (
            keyed(LENGTH, |i| if i == 0 { "\"X=1\"".into() } else { format!("$a{}", i - 1) }),
            "MOF0258",
        ),
        (
            keyed(LENGTH, |i| if i == LENGTH { "NULL".into() } else { format!("$a{}", i + 1) }),
            "MOF0245",
        ),
    ] {
        assert_eq!(codes(&text, Dialect::Wmi), [expected]);
    }
}

#[test]
fn aliases_may_be_in_chains_through_namespaces() {
    const LENGTH: usize = 2_000;
    let chain = |next: &dyn Fn(usize) -> usize, last: usize, value: &str| {
        (0..LENGTH).fold(String::new(), |mut text, i| {
            let namespace = format!(r#"#pragma namespace("root/n{i}")"#);
            let value = if i == last { value.to_owned() } else { format!("$a{}", next(i)) };
            writeln!(text, "{namespace} class X_A {{ [key] object ref N; }};").unwrap();
            writeln!(text, "instance of X_A as $a{i} {{ N = {value}; }};").unwrap();
            text
        })
    };
    for (value, expected) in [("\"X=1\"", "MOF0258"), ("NULL", "MOF0245")] {
        let forwards = chain(&|i| i + 1, LENGTH - 1, value);
        assert_eq!(codes(&forwards, Dialect::Wmi), [expected]);
        let backwards = chain(&|i| i - 1, 0, value);
        assert_eq!(codes(&backwards, Dialect::Wmi), [expected]);
    }
}

#[test]
fn paths_in_keys_have_a_length() {
    let twice = |levels: usize| {
        let keys = "class X_A { [key] object ref K; [key] object ref L; };".to_owned();
        (1..=levels).fold(
            format!("{keys} class X_0 {{ [key] uint8 N; }}; instance of X_0 as $a0 {{ N = 1; }};"),
            |mut text, i| {
                write!(text, " instance of X_A as $a{i} {{ K = $a{0}; L = $a{0}; }};", i - 1)
                    .unwrap();
                text
            },
        )
    };
    assert_eq!(codes(&twice(9), Dialect::Wmi), [""; 0]);
    assert_eq!(codes(&twice(12), Dialect::Wmi), ["MOF0258"]);
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
