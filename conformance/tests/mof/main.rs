//! The MOF suite: every case of `conformance/mof/*.toml` against the compiler.
//!
//! `conformance/mof/README.md` describes the form of a case. What is checked is read
//! from the archive that the compilation makes, so writing and reading one is part
//! of every case.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

mod again;
mod case;
mod finding;
mod json;
mod judge;

use case::MofCase;
use cimarron_conformance::{dmtf_schema, read_fixture, read_suite, run_suite};
use cimarron_engine::EmptyRepository;
use cimarron_model::Dialect;
use cimarron_mof::source::MemoryFileSystem;
use cimarron_mof::{
    Base, Code, CompileOptions, Diagnostics, Language, Loader, OsFileSystem, compile,
};
use cimarron_schema::rules::Rule;
use cimarron_schema::{Archive, SchemaBuilder};
use finding::MAIN;
use std::collections::BTreeSet;

/// What a case builds on: what its archive holds.
fn base(
    case: &MofCase,
    dialect: Dialect,
    language: Language,
) -> Result<Option<SchemaBuilder>, String> {
    let (text, language) = match (case.base.as_str(), case.mof2_base.as_str()) {
        ("", "") => return Ok(None),
        ("", text) => (text, Language::Mof2),
        (text, _) => (text, language),
    };
    let nowhere = MemoryFileSystem::new();
    let mut loader = Loader::new(&nowhere);
    if language == Language::Mof2 {
        loader.add_text("qualifiers.mof", &read_fixture("mof", "qualifiers.mof")).unwrap();
    }
    loader.add_text("base.mof", text).unwrap();
    let mut said = Diagnostics::new();
    let sources = loader.finish(&mut said);
    let options = CompileOptions { dialect, language, ..CompileOptions::default() };
    let compiled = compile(&sources, &options, &EmptyRepository, said);
    let found = compiled.diagnostics.as_slice();
    if found.is_empty() { Ok(Some(compiled.schema)) } else { Err(format!("the base: {found:?}")) }
}

fn run(case: &MofCase, dialect: Dialect, language: Language) -> Result<(), String> {
    let there = base(case, dialect, language)?;
    let mut files = MemoryFileSystem::new();
    let mut texts = case.files.clone();
    texts.insert("qualifiers.mof".to_owned(), read_fixture("mof", "qualifiers.mof"));
    for (name, text) in &texts {
        assert!(files.insert(name, text.as_bytes()), "{name} is no file name");
    }
    assert!(files.insert(MAIN, case.encoding.encode(&case.mof)));
    let mut loader = Loader::new(&files);
    if case.qualifiers.unwrap_or(dialect == Dialect::Dmtf && language == Language::Mof2) {
        loader.add_path("qualifiers.mof").unwrap();
    }
    for file in [MAIN].into_iter().chain(case.also.iter().map(String::as_str)) {
        loader.add_path(file).map_err(|e| e.to_string())?;
    }
    let mut said = Diagnostics::new();
    let sources = loader.finish(&mut said);
    let options = CompileOptions { dialect, language, ..CompileOptions::default() };
    let there: &dyn Base = there.as_ref().map_or(&EmptyRepository, |schema| schema);
    let compiled = compile(&sources, &options, there, said);

    let mut problems = String::new();
    judge::findings(case, &compiled, sources.map(), &mut problems);
    judge::counts(case, &compiled, &mut problems);
    let archive = Archive::from_bytes(compiled.archive().map_err(|e| e.to_string())?);
    let archive = archive.map_err(|e| e.to_string())?;
    judge::content(case, &archive, &mut problems);
    if !case.base.is_empty() {
        again::live(case, &compiled, language, &mut problems);
    }
    if !compiled.has_errors() && !case.base.is_empty() {
        again::together(case, &archive, &options, &mut problems);
    }
    if !compiled.has_errors() && language == Language::Mof2 {
        again::emitted(&archive, dialect, &mut problems);
    }
    if !compiled.has_errors() && dialect == Dialect::Wmi {
        again::loaded(archive, &mut problems);
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

#[test]
fn mof() {
    run_suite("mof", 350, |case: &MofCase| {
        let failed =
            |dialect| run(case, dialect, Language::Mof2).err().map(|p| format!("({dialect})\n{p}"));
        case.dialects().into_iter().filter_map(failed).collect()
    });
    let cases: Vec<MofCase> = read_suite("mof").into_iter().map(|(_, case)| case).collect();
    let invalid = cases.iter().filter(|case| case.expected().next().is_some()).count();
    let valid = cases.len() - invalid;
    let runs: usize = cases.iter().map(|case| case.dialects().len()).sum();
    println!("mof: {valid} valid cases, {invalid} invalid cases, {runs} runs");
    assert!(valid >= 150 && invalid >= 200, "{valid} valid cases, {invalid} invalid ones");
}

/// The codes that no case of this suite can show, and why.
const NO_CASE: &[(&str, &str)] = &[
    ("MOF0001", "a case has no file that cannot be read"),
    ("MOF0005", "a case that is too large would be too large to keep"),
    ("MOF0276", "a case meets no repository that holds anything"),
    ("MOF0106", "a thousand properties are made by a test of the compiler"),
    ("MOF0118", "so are hundreds of keys"),
    ("MOF0103", "so is a hierarchy of hundreds of classes"),
];

/// Every code stands in a case, or in the list of those that cannot.
#[test]
fn every_code_has_a_case() {
    let mut cases: Vec<(String, MofCase)> = read_suite("mof");
    cases.extend(read_suite("mof3"));
    let shown: BTreeSet<&str> =
        cases.iter().flat_map(|(_, case)| case.expected()).map(|e| e.code.as_str()).collect();
    let codes = Code::ALL.iter().map(|code| code.as_str());
    let codes: BTreeSet<&str> = codes.chain(Rule::ALL.iter().map(|rule| rule.code())).collect();
    let excused: BTreeSet<&str> = NO_CASE.iter().map(|(code, _)| *code).collect();
    // From MOF0500 on they are `cimarron lint`'s, and not the compiler's.
    let compiled = codes.range(.."MOF0500");
    let missing: Vec<&&str> =
        compiled.filter(|c| !shown.contains(*c) && !excused.contains(*c)).collect();
    assert!(missing.is_empty(), "no case shows {missing:?}");
    let unknown: Vec<&&str> = shown.union(&excused).filter(|code| !codes.contains(*code)).collect();
    assert!(unknown.is_empty(), "there is no code {unknown:?}");
    let needless: Vec<&&str> = excused.intersection(&shown).collect();
    assert!(needless.is_empty(), "a case shows {needless:?}");
}

/// MOF 3 comes with DMTF's rules.
#[test]
fn mof3() {
    run_suite("mof3", 90, |case: &MofCase| {
        run(case, Dialect::Dmtf, Language::Mof3).err().into_iter().collect()
    });
    let cases: Vec<MofCase> = read_suite("mof3").into_iter().map(|(_, case)| case).collect();
    let invalid = cases.iter().filter(|case| case.expected().next().is_some()).count();
    println!("mof3: {} valid cases, {invalid} invalid cases", cases.len() - invalid);
}

/// The suite declares DMTF's qualifiers for its cases; they must be DMTF's.
#[test]
fn qualifiers_are_those_of_the_schema() {
    let Some(zip) = dmtf_schema() else { return };
    let options = CompileOptions { dialect: Dialect::Dmtf, ..CompileOptions::default() };
    let archive = |loader: Loader<'_>| {
        let mut said = Diagnostics::new();
        let sources = loader.finish(&mut said);
        let compiled = compile(&sources, &options, &EmptyRepository, said);
        assert!(!compiled.has_errors(), "{:?}", compiled.diagnostics.as_slice());
        Archive::from_bytes(compiled.archive().unwrap()).unwrap()
    };
    let mut loader = Loader::new(&OsFileSystem);
    loader.add_path(&zip).unwrap();
    let (schema, mut loader) = (archive(loader), Loader::new(&OsFileSystem));
    loader.add_text("qualifiers.mof", &read_fixture("mof", "qualifiers.mof")).unwrap();
    let ours = archive(loader);
    let (schema, ours) = (schema.namespaces().next().unwrap(), ours.namespaces().next().unwrap());
    for declared in
        ours.qualifier_types().map(cimarron_schema::QualifierTypeView::to_qualifier_type)
    {
        let theirs = schema.qualifier_type(declared.name.as_str());
        assert_eq!(
            theirs.map(cimarron_schema::QualifierTypeView::to_qualifier_type),
            Some(declared)
        );
    }
}
