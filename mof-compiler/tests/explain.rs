//! The examples of the explanations: each wrong one gives its code, and each right one
//! gives no finding at all, in every dialect that it names.
//!
//! A fence of MOF names `wmi`, `dmtf` and `mof3` as it goes. Where it says `declared`, the
//! qualifiers of the DMTF schema are declared before it in the dialect `dmtf`. A lint's examples are judged by that lint alone. Fences with `file=NAME` are files: one without is compiled with them at
//! hand, and where all have names, the first is compiled and the others are at hand.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a helper that fails fails its test")]

use cimarron_model::Dialect;
use cimarron_mof::diagnostic::{Example, Explanation, Level, Levels, Selector};
use cimarron_mof::source::MemoryFileSystem;
use cimarron_mof::{Code, CompileOptions, Diagnostics, EmptyBase, Language, Loader, compile};

/// What the qualifiers of the examples are: those of the conformance suite.
fn qualifiers() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../conformance/mof/qualifiers.mof");
    std::fs::read_to_string(path).unwrap()
}

/// The findings of an example in a dialect, as `CODE message`.
fn findings(
    code: Code,
    (example, files): &(&Example, Vec<&Example>),
    dialect: &str,
    declared: &str,
) -> Vec<String> {
    let (dialect, language) = match dialect {
        "mof3" => (Dialect::Dmtf, Language::Mof3),
        other => (other.parse().unwrap(), Language::Mof2),
    };
    let mut system = MemoryFileSystem::new();
    for file in files {
        assert!(system.insert(file.file().unwrap(), file.text.as_bytes()));
    }
    let name = example.file().unwrap_or("example.mof");
    assert!(system.insert(name, example.text.as_bytes()));
    let mut loader = Loader::new(&system);
    if dialect == Dialect::Dmtf && language == Language::Mof2 && example.needs_qualifiers() {
        loader.add_text("qualifiers.mof", declared).unwrap();
    }
    loader.add_path(name).unwrap();
    let mut said = Diagnostics::new();
    let sources = loader.finish(&mut said);
    let options = CompileOptions { language, ..options(code, dialect) };
    let compiled = compile(&sources, &options, &EmptyBase, said);
    let found = compiled.diagnostics.into_sorted();
    found.iter().map(|d| format!("{} {}", d.code, d.message)).collect()
}

/// A lint's examples are judged by that lint alone.
fn options(code: Code, dialect: Dialect) -> CompileOptions {
    let mut levels = Levels::default();
    if code.group().is_some() {
        levels.set(Selector::Code(code), Level::Warn).unwrap();
    }
    CompileOptions { dialect, levels, ..CompileOptions::default() }
}

/// The examples to compile, each with the files that it needs.
fn cases(examples: &[Example]) -> Vec<(&Example, Vec<&Example>)> {
    let mof: Vec<&Example> = examples.iter().filter(|e| e.language == "mof").collect();
    let (files, texts): (Vec<_>, Vec<_>) = mof.into_iter().partition(|e| e.file().is_some());
    match (texts.is_empty(), files.split_first()) {
        (true, Some((first, others))) => vec![(*first, others.to_vec())],
        _ => texts.into_iter().map(|text| (text, files.clone())).collect(),
    }
}

fn judge(code: Code, explanation: &Explanation, declared: &str) -> Vec<String> {
    let mut problems = Vec::new();
    for (examples, is_wrong) in [(&explanation.wrong, true), (&explanation.right, false)] {
        for case in cases(examples) {
            for dialect in case.0.dialects() {
                let found = findings(code, &case, dialect, declared);
                let is_right = match is_wrong {
                    true => found.iter().any(|f| f.starts_with(code.as_str())),
                    false => found.is_empty(),
                };
                if !is_right {
                    problems.push(format!("{code}, {dialect}: {found:?} in\n{}", case.0.text));
                }
            }
        }
    }
    problems
}

#[test]
fn examples_show_what_they_say() {
    let declared = qualifiers();
    let explained = Code::every().filter_map(|code| Some((code, code.explanation()?)));
    let problems: Vec<String> =
        explained.flat_map(|(code, explanation)| judge(code, &explanation, &declared)).collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn fences_are_of_text_or_of_mof_in_a_dialect() {
    for (code, explanation) in Code::every().filter_map(|c| Some((c, c.explanation()?))) {
        for example in explanation.wrong.iter().chain(&explanation.right) {
            assert!(["mof", "text"].contains(&example.language), "{code}: {}", example.language);
            let dialects: Vec<&str> = example.dialects().collect();
            assert_eq!(dialects.is_empty(), example.language == "text", "{code}: {dialects:?}");
            assert!(dialects.iter().all(|d| ["wmi", "dmtf", "mof3"].contains(d)), "{code}");
            assert!(!example.needs_qualifiers() || dialects.contains(&"dmtf"), "{code}");
        }
    }
}
