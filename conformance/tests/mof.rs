//! The MOF suite: every case of `conformance/mof/*.toml` against the compiler.
//!
//! `conformance/mof/README.md` describes the form of a case. What is checked is read
//! from the archive that the compilation makes, so writing and reading one is part
//! of every case.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

use cimarron_conformance::{Case, dmtf_schema, read_fixture, read_suite, run_suite};
use cimarron_engine::{CallContext, EmptyRepository, EngineError, Repository};
use cimarron_model::Dialect;
use cimarron_mof::source::MemoryFileSystem;
use cimarron_mof::{
    Base, Code, CompileOptions, Compiled, DEFAULT_NAMESPACE, Diagnostic, Diagnostics, Emit, FileId,
    Label, Language, Loader, OsFileSystem, Severity, SourceMap, Span, compile,
};
use cimarron_schema::rules::Rule;
use cimarron_schema::{Archive, ClassForm, ClassView, SchemaBuilder, SchemaView};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::Arc;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MofCase {
    name: String,
    spec: String,
    /// Both when absent.
    dialect: Option<String>,
    #[serde(default)]
    mof: String,
    #[serde(default)]
    encoding: Encoding,
    /// Further files, for includes.
    #[serde(default)]
    files: BTreeMap<String, String>,
    /// Files to compile after `mof`, each on its own.
    #[serde(default)]
    also: Vec<String>,
    /// What is there already, in the language of the suite.
    #[serde(default)]
    base: String,
    /// The same in MOF 2, behind DMTF's qualifiers.
    #[serde(default)]
    mof2_base: String,
    /// Whether DMTF's qualifiers are declared first: in the DMTF dialect unless
    /// the case says otherwise.
    qualifiers: Option<bool>,
    #[serde(default)]
    errors: Vec<Expected>,
    #[serde(default)]
    warnings: Vec<Expected>,
    /// Lines of `path = JSON`.
    #[serde(default)]
    check: String,
    /// The instances of the namespace, as JSON.
    instances: Option<String>,
    #[serde(default)]
    counts: BTreeMap<String, usize>,
}

impl Case for MofCase {
    fn name(&self) -> &str {
        &self.name
    }

    fn spec(&self) -> &str {
        &self.spec
    }
}

/// How the text of a case becomes bytes.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Encoding {
    #[default]
    Utf8,
    Utf8Bom,
    Utf16le,
    Utf16be,
    Utf16leBom,
    Utf16beBom,
    /// Each character is the byte of its number.
    Bytes,
}

impl Encoding {
    fn encode(self, text: &str) -> Vec<u8> {
        let utf16 = |mark: &str, bytes: fn(u16) -> [u8; 2]| {
            let units = mark.encode_utf16().chain(text.encode_utf16());
            units.flat_map(bytes).collect()
        };
        match self {
            Self::Utf8 => text.as_bytes().to_vec(),
            Self::Utf8Bom => format!("\u{FEFF}{text}").into_bytes(),
            Self::Utf16le => utf16("", u16::to_le_bytes),
            Self::Utf16be => utf16("", u16::to_be_bytes),
            Self::Utf16leBom => utf16("\u{FEFF}", u16::to_le_bytes),
            Self::Utf16beBom => utf16("\u{FEFF}", u16::to_be_bytes),
            Self::Bytes => text.chars().map(|c| u8::try_from(c).unwrap()).collect(),
        }
    }
}

/// A finding that a case expects; only what is given is compared, but for the code,
/// the place and the text that is marked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    code: String,
    line: u32,
    column: u32,
    /// All of the marked text.
    text: String,
    /// The texts that the labels mark, in order.
    labels: Option<Vec<String>>,
    file: Option<String>,
    cim: Option<String>,
    wbem: Option<String>,
    /// A part of the message.
    message: Option<String>,
    /// A part of the help.
    help: Option<String>,
}

impl Expected {
    /// Whether `found` is what is expected.
    fn fits(&self, found: &Diagnostic, sources: &SourceMap) -> bool {
        let (file, line, column) = place(found, sources);
        let status = found.status();
        let is = |wanted: &Option<String>, found: &str| wanted.as_ref().is_none_or(|w| w == found);
        let holds = |wanted: &Option<String>, found: &str| {
            wanted.as_ref().is_none_or(|w| found.contains(w.as_str()))
        };
        self.code == found.code.as_str()
            && (self.line, self.column) == (line, column)
            && self.text == marked(found.file, found.span, sources)
            && self.labels.as_ref().is_none_or(|wanted| {
                let marks = |l: &Label| marked(l.file, l.span, sources);
                found.labels.iter().map(marks).eq(wanted.iter().map(String::as_str))
            })
            && is(&self.file.clone().or_else(|| Some(MAIN.to_owned())), &file)
            && is(&self.cim, status.cim().name())
            && is(&self.wbem, status.wbem().name())
            && holds(&self.message, &found.message)
            && holds(&self.help, found.help.as_deref().unwrap_or_default())
    }
}

/// The name of the case's own text.
const MAIN: &str = "case.mof";

fn place(found: &Diagnostic, sources: &SourceMap) -> (String, u32, u32) {
    let file = sources.get(found.file).unwrap();
    let at = file.position(found.span.start);
    (file.name().to_owned(), at.line, at.column)
}

/// The text that a span marks.
fn marked(file: FileId, span: Span, sources: &SourceMap) -> &str {
    let range = span.start as usize..span.end as usize;
    sources.text(file).get(range).unwrap_or_default()
}

/// A JSON value whose objects keep their order.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(untagged)]
enum Json {
    Null,
    Boolean(bool),
    Number(serde_json::Number),
    String(String),
    List(Vec<Json>),
    Object(IndexMap<String, Json>),
}

impl Json {
    fn of(value: &impl Serialize) -> Self {
        serde_json::from_str(&serde_json::to_string(value).unwrap()).unwrap()
    }

    fn member(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => members.get(name),
            Self::List(items) => items.get(name.parse::<usize>().ok()?),
            _ => None,
        }
    }

    /// Whether this is `expected`. A list of names stands for an object with
    /// members of these names in this order.
    fn fits(&self, expected: &Self) -> bool {
        match (self, expected) {
            (Self::Object(members), Self::List(names)) => {
                members.keys().map(|name| Self::String(name.clone())).eq(names.iter().cloned())
            }
            _ => self == expected,
        }
    }
}

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
    judge_findings(case, &compiled, sources.map(), &mut problems);
    judge_counts(case, &compiled, &mut problems);
    let archive = Archive::from_bytes(compiled.archive().map_err(|e| e.to_string())?);
    let archive = archive.map_err(|e| e.to_string())?;
    judge_content(case, &archive, &mut problems);
    if !case.base.is_empty() {
        judge_live(case, &compiled, language, &mut problems);
    }
    if !compiled.has_errors() && !case.base.is_empty() {
        judge_together(case, &archive, &options, &mut problems);
    }
    if !compiled.has_errors() && language == Language::Mof2 {
        judge_emitted(&archive, dialect, &mut problems);
    }
    if !compiled.has_errors() && dialect == Dialect::Wmi {
        judge_loaded(archive, &mut problems);
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

/// A repository that holds the base finds the same in the text.
fn judge_live(case: &MofCase, compiled: &Compiled, language: Language, problems: &mut String) {
    let repository = Repository::new();
    repository.create_namespace(DEFAULT_NAMESPACE, Dialect::Dmtf).unwrap();
    let session = repository.session(DEFAULT_NAMESPACE).unwrap();
    let add = |text: &str| {
        let nowhere = MemoryFileSystem::new();
        let mut loader = Loader::new(&nowhere);
        loader.add_text(MAIN, text).unwrap();
        let mut said = Diagnostics::new();
        let sources = loader.finish(&mut said);
        match session.compile_mof_as(&CallContext::new(), language, &sources, said) {
            Ok((_, said)) => said,
            Err(EngineError::Mof(said)) => *said,
            Err(error) => panic!("{error}"),
        }
    };
    add(&case.base);
    let codes = |said: Diagnostics| -> Vec<String> {
        said.into_sorted().iter().map(|found| found.code.to_string()).collect()
    };
    let (live, own) = (codes(add(&case.mof)), codes(compiled.diagnostics.clone()));
    if live != own {
        writeln!(problems, "on a repository {live:?}, and on the base {own:?}").unwrap();
    }
}

/// What is compiled onto a base is what it is in one text with that, where the two make one.
fn judge_together(
    case: &MofCase,
    archive: &Archive,
    options: &CompileOptions,
    problems: &mut String,
) {
    let nowhere = MemoryFileSystem::new();
    let mut loader = Loader::new(&nowhere);
    loader.add_text("base.mof", &case.base).unwrap();
    loader.add_text(MAIN, &case.mof).unwrap();
    let mut said = Diagnostics::new();
    let sources = loader.finish(&mut said);
    let compiled = compile(&sources, options, &EmptyRepository, said);
    if compiled.has_errors() {
        return;
    }
    let together = Archive::from_bytes(compiled.archive().unwrap()).unwrap();
    let together = together.namespace(&options.namespace).unwrap();
    let schema = archive.namespace(&options.namespace).unwrap();
    for class in schema.classes() {
        let resolved = |class: ClassView<'_>| Json::of(&class.to_class(ClassForm::Resolved));
        let (apart, one) = (resolved(class), together.class(class.name()).map(resolved));
        if one.as_ref() != Some(&apart) {
            writeln!(problems, "in one text with the base {one:?}\n  apart {apart:?}").unwrap();
        }
    }
    let instances = |schema: SchemaView<'_>| -> Vec<Json> {
        schema.instances().map(|i| Json::of(&i)).collect()
    };
    let (apart, one) = (instances(schema), instances(together));
    if !one.ends_with(&apart) {
        writeln!(problems, "in one text with the base {one:?}\n  apart {apart:?}").unwrap();
    }
}

/// What is emitted as MOF compiles without errors, to the same archive. It is MOF 2,
/// which has no room for all that MOF 3 allows.
fn judge_emitted(archive: &Archive, dialect: Dialect, problems: &mut String) {
    let options = CompileOptions { dialect, ..CompileOptions::default() };
    let mut mof = Vec::new();
    Emit::Mof.write(archive, &mut mof).unwrap();
    let files = MemoryFileSystem::new();
    let mut loader = Loader::new(&files);
    loader.add_bytes("emitted.mof", mof.clone()).unwrap();
    let mut said = Diagnostics::new();
    let sources = loader.finish(&mut said);
    let compiled = compile(&sources, &options, &EmptyRepository, said);
    let same = compiled.archive().is_ok_and(|again| *again == *archive.bytes());
    if compiled.has_errors() || !same {
        let findings = compiled.diagnostics.as_slice();
        let mof = String::from_utf8_lossy(&mof);
        writeln!(problems, "emitted as\n{mof}\nit is something else: {findings:?}").unwrap();
    }
}

/// What compiles for WMI can be loaded.
fn judge_loaded(archive: Archive, problems: &mut String) {
    let repository = Repository::new();
    repository.create_namespace(DEFAULT_NAMESPACE, Dialect::Wmi).unwrap();
    let session = repository.session(DEFAULT_NAMESPACE).unwrap();
    if let Err(error) = session.load_archive(&CallContext::new(), &Arc::new(archive)) {
        writeln!(problems, "it cannot be loaded: {error}").unwrap();
    }
}

fn judge_findings(case: &MofCase, compiled: &Compiled, sources: &SourceMap, problems: &mut String) {
    let found = compiled.diagnostics.clone().into_sorted();
    for (severity, expected) in
        [(Severity::Error, &case.errors), (Severity::Warning, &case.warnings)]
    {
        let found: Vec<_> = found.iter().filter(|d| d.severity == severity).collect();
        let fits = |(e, d): (&Expected, &&Diagnostic)| e.fits(d, sources);
        if found.len() == expected.len() && expected.iter().zip(&found).all(fits) {
            continue;
        }
        writeln!(problems, "{} {severity}s expected, found {}:", expected.len(), found.len())
            .unwrap();
        for diagnostic in found {
            let (file, line, column) = place(diagnostic, sources);
            let code = diagnostic.code;
            writeln!(
                problems,
                "  {{ code = \"{code}\", line = {line}, column = {column}, text = '{}' }}  in {file}: {} ({:?}) {:?} {} {}",
                marked(diagnostic.file, diagnostic.span, sources),
                diagnostic.message,
                diagnostic.help,
                labels(diagnostic, sources),
                diagnostic.status().cim(),
                diagnostic.status().wbem().name(),
            )
            .unwrap();
        }
    }
}

/// What the labels of a finding mark, and say.
fn labels<'a>(found: &'a Diagnostic, sources: &'a SourceMap) -> Vec<(&'a str, &'a str)> {
    found.labels.iter().map(|l| (marked(l.file, l.span, sources), &*l.message)).collect()
}

fn judge_counts(case: &MofCase, compiled: &Compiled, problems: &mut String) {
    let counted = compiled.statistics();
    for (what, expected) in &case.counts {
        let found = match what.as_str() {
            "classes" => counted.classes,
            "associations" => counted.associations,
            "indications" => counted.indications,
            "qualifier_types" => counted.qualifier_types,
            "properties" => counted.properties,
            "instances" => counted.instances,
            _ => panic!("nobody counts {what}"),
        };
        if found != *expected {
            writeln!(problems, "{expected} {what} expected, found {found}").unwrap();
        }
    }
}

fn judge_content(case: &MofCase, archive: &Archive, problems: &mut String) {
    let schema = archive.namespace(CompileOptions::default().namespace.as_str()).unwrap();
    for line in case.check.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (path, expected) = line.split_once(" = ").unwrap_or_else(|| panic!("no `=`: {line}"));
        let (schema, path) = match path.split_once(':') {
            Some((namespace, path)) => (archive.namespace(namespace), path),
            None => (Some(schema), path),
        };
        let found = schema.and_then(|schema| look_up(schema, path));
        let fits = match (&found, expected) {
            (None, "absent") => true,
            (None, _) | (_, "absent") => false,
            (Some(found), json) => {
                let json = serde_json::from_str(json).unwrap_or_else(|e| panic!("{line}: {e}"));
                found.fits(&json)
            }
        };
        if !fits {
            writeln!(problems, "{line}\n  found {found:?}").unwrap();
        }
    }
    if let Some(expected) = &case.instances {
        let expected: Vec<Json> =
            serde_json::from_str(expected).unwrap_or_else(|e| panic!("{expected}: {e}"));
        let found: Vec<Json> = schema.instances().map(|i| Json::of(&i)).collect();
        if found != expected {
            writeln!(problems, "instances {expected:?}\n  found {found:?}").unwrap();
        }
    }
}

/// What stands at `Class.member…` or `Qualifier.Name.member…`.
fn look_up(schema: SchemaView<'_>, path: &str) -> Option<Json> {
    let mut names = path.split('.');
    let first = names.next()?;
    let root = if first == "Qualifier" {
        Json::of(&schema.qualifier_type(names.next()?)?.to_qualifier_type())
    } else {
        Json::of(&schema.class(first)?.to_class(ClassForm::Resolved))
    };
    names.try_fold(root, |json, name| json.member(name).cloned())
}

impl MofCase {
    fn dialects(&self) -> Vec<Dialect> {
        match self.dialect.as_deref() {
            None => vec![Dialect::Wmi, Dialect::Dmtf],
            Some(one) => vec![one.parse().unwrap()],
        }
    }

    fn expected(&self) -> impl Iterator<Item = &Expected> {
        self.errors.iter().chain(&self.warnings)
    }
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
