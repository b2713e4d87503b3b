//! The lint suite: every case of `conformance/mof-lint/*.toml` against the compiler's
//! lints and levels.
//!
//! `conformance/mof-lint/README.md` describes the form of a case.

#![allow(clippy::unwrap_used, clippy::panic)]

use cimarron_conformance::{Case, read_fixture, run_suite};
use cimarron_model::Dialect;
use cimarron_mof::diagnostic::{Level, Levels};
use cimarron_mof::source::MemoryFileSystem;
use cimarron_mof::{
    CompileOptions, Diagnostic, Diagnostics, EmptyBase, Loader, SourceMap, compile,
};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LintCase {
    name: String,
    spec: String,
    #[serde(default = "dmtf")]
    dialect: String,
    /// The file that `mof` is.
    #[serde(default = "main_file")]
    file: String,
    mof: String,
    /// Further files, for includes.
    #[serde(default)]
    files: BTreeMap<String, String>,
    /// Settings in order: `warn MOF0501`, `deny warnings`.
    levels: Vec<String>,
    #[serde(default)]
    findings: Vec<Expected>,
}

fn dmtf() -> String {
    "dmtf".to_owned()
}

fn main_file() -> String {
    "case.mof".to_owned()
}

impl Case for LintCase {
    fn name(&self) -> &str {
        &self.name
    }

    fn spec(&self) -> &str {
        &self.spec
    }
}

/// A finding that a case expects.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    code: String,
    line: u32,
    column: u32,
    /// The text that is marked.
    text: String,
    #[serde(default = "warning")]
    severity: String,
    file: Option<String>,
    /// A part of the message.
    message: Option<String>,
    /// A part of the help.
    help: Option<String>,
}

fn warning() -> String {
    "warning".to_owned()
}

impl Expected {
    fn fits(&self, found: &Diagnostic, sources: &SourceMap, main: &str) -> bool {
        let file = sources.get(found.file).unwrap();
        let at = file.position(found.span.start);
        let holds = |wanted: &Option<String>, found: &str| {
            wanted.as_ref().is_none_or(|w| found.contains(w.as_str()))
        };
        self.code == found.code.as_str()
            && self.severity == found.severity.as_str()
            && (self.line, self.column) == (at.line, at.column)
            && self.text == file.slice(found.span)
            && self.file.as_deref().unwrap_or(main) == file.name()
            && holds(&self.message, &found.message)
            && holds(&self.help, found.help.as_deref().unwrap_or_default())
    }
}

fn levels(settings: &[String]) -> Levels {
    let mut levels = Levels::default();
    for setting in settings {
        if setting == "lint" {
            levels = Levels::linting();
            continue;
        }
        let (word, selector) = setting.split_once(' ').unwrap_or_else(|| panic!("{setting}"));
        let level = Level::ALL.into_iter().find(|level| level.as_str() == word).unwrap();
        levels.set(selector.parse().unwrap(), level).unwrap();
    }
    levels
}

fn judge(case: &LintCase) -> Vec<String> {
    let dialect: Dialect = case.dialect.parse().unwrap();
    let mut files = MemoryFileSystem::new();
    for (name, text) in &case.files {
        assert!(files.insert(name, text.as_bytes()), "{name} is no file name");
    }
    assert!(files.insert(&case.file, case.mof.as_bytes()));
    let mut loader = Loader::new(&files);
    if dialect == Dialect::Dmtf {
        // Lints need no more of a declaration than the rules do.
        loader.add_text("qualifiers.mof", &read_fixture("mof", "qualifiers.mof")).unwrap();
        loader.add_text("lint.mof", &read_fixture("mof-lint", "qualifiers.mof")).unwrap();
    }
    loader.add_path(&case.file).unwrap();
    let mut said = Diagnostics::new();
    let sources = loader.finish(&mut said);
    let options =
        CompileOptions { dialect, levels: levels(&case.levels), ..CompileOptions::default() };
    let compiled = compile(&sources, &options, &EmptyBase, said);
    let mut found = compiled.diagnostics.into_sorted();
    // What the fixtures lack is not the case's.
    let fixtures = ["qualifiers.mof", "lint.mof"];
    found.retain(|d| !fixtures.contains(&sources.map().name(d.file)));
    let fits = |(e, d): (&Expected, &Diagnostic)| e.fits(d, sources.map(), &case.file);
    if found.len() == case.findings.len() && case.findings.iter().zip(&found).all(fits) {
        return Vec::new();
    }
    let mut problem = format!("{} findings expected, found:", case.findings.len());
    for d in &found {
        let file = sources.map().get(d.file).unwrap();
        let at = file.position(d.span.start);
        write!(
            problem,
            "\n  {{ code = \"{}\", line = {}, column = {}, text = {:?} }}  {} in {}: {} ({:?})",
            d.code,
            at.line,
            at.column,
            file.slice(d.span),
            d.severity,
            file.name(),
            d.message,
            d.help
        )
        .unwrap();
    }
    vec![problem]
}

#[test]
fn lint() {
    run_suite("mof-lint", 60, judge);
}
