//! What the conformance suites share: finding and reading their case files.
//!
//! A suite is a folder of files next to this crate's manifest, each a list of cases (TOML with
//! `[[case]]` tables, event scenarios as JSON), and one runner in `tests/` that reads them into
//! its own case type. A suite that cannot be read is a mistake in the suite, so these functions
//! panic and name the file.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// The folder of a suite, and of all suites for `""`.
pub fn folder(suite: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(suite)
}

/// The case files of a suite, of one form, in the order of their names.
///
/// # Panics
/// When the suite has no folder, or no case file in it.
#[expect(clippy::panic, reason = "a suite without cases must fail its test")]
fn case_files(suite: &str, form: &str) -> Vec<PathBuf> {
    let folder = folder(suite);
    let entries =
        std::fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let paths = entries.filter_map(|entry| entry.ok().map(|entry| entry.path()));
    let mut files: Vec<PathBuf> =
        paths.filter(|path| path.extension().is_some_and(|e| e == form)).collect();
    files.sort();
    assert!(!files.is_empty(), "{} holds no case files", folder.display());
    files
}

/// A file of a suite that its cases need, such as a fixture.
///
/// # Panics
/// When it cannot be read.
#[expect(clippy::panic, reason = "a suite without its fixture must fail its test")]
pub fn read_fixture(suite: &str, name: &str) -> String {
    let path = folder(suite).join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// The cases of a file.
///
/// # Panics
/// When the file cannot be read, or holds anything but cases of this type.
#[expect(clippy::panic, reason = "a malformed case file must fail its test")]
fn read_cases<C: DeserializeOwned>(file: &Path) -> Vec<C> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Suite<C> {
        case: Vec<C>,
    }
    let text = std::fs::read_to_string(file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
    let suite: Suite<C> =
        toml::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
    suite.case
}

/// What every suite's case has.
pub trait Case: DeserializeOwned {
    /// Its name, unique within its file.
    fn name(&self) -> &str;

    /// The section of the specification that it tests.
    fn spec(&self) -> &str;
}

/// The cases of a suite, each with the name of its file.
///
/// # Panics
/// When a file cannot be read, a name stands twice in a file, or a case cites no
/// specification.
pub fn read_suite<C: Case>(suite: &str) -> Vec<(String, C)> {
    let mut all = Vec::new();
    for file in case_files(suite, "toml") {
        let mut names = HashSet::new();
        for case in read_cases::<C>(&file) {
            let file = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let label = label(&file, &case);
            assert!(names.insert(case.name().to_owned()), "{label}: the name is used twice");
            assert!(!case.spec().is_empty(), "{label}: cites nothing");
            all.push((file, case));
        }
    }
    all
}

/// The cases of a suite of JSON files, each a list of objects, by the names of the files.
///
/// # Panics
/// When a file cannot be read, or is something else.
#[expect(clippy::panic, reason = "a malformed case file must fail its test")]
pub fn read_json_suite(
    suite: &str,
) -> Vec<(String, Vec<serde_json::Map<String, serde_json::Value>>)> {
    let read = |file: PathBuf| {
        let text =
            std::fs::read_to_string(&file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        let cases =
            serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        (file.file_name().unwrap_or_default().to_string_lossy().into_owned(), cases)
    };
    case_files(suite, "json").into_iter().map(read).collect()
}

/// How a report names a case.
fn label(file: &str, case: &impl Case) -> String {
    format!("{file}: {} [{}]", case.name(), case.spec())
}

/// Judges every case of a suite; `judge` gives what is wrong with one.
///
/// # Panics
/// When a case fails, with all that failed, or fewer than `least` cases are found;
/// and as [`read_suite`] does.
pub fn run_suite<C: Case>(suite: &str, least: usize, judge: impl Fn(&C) -> Vec<String>) {
    let cases = read_suite::<C>(suite);
    let mut failures = Vec::new();
    for (file, case) in &cases {
        let problems = judge(case).into_iter();
        failures.extend(problems.map(|problem| format!("{}\n    {problem}", label(file, case))));
    }
    let count = cases.len();
    assert!(count >= least, "only {count} cases were found");
    let list = failures.join("\n");
    assert!(failures.is_empty(), "{} of {count} cases fail:\n{list}", failures.len());
}

/// The archive of the DMTF CIM Schema 2.49.0, or `None` with the reason printed.
///
/// It is not part of the repository: `CIMARRON_DMTF_SCHEMA` names the file, and
/// without that it is looked for beside the checkout.
#[expect(clippy::print_stdout, reason = "a test says why it checks nothing")]
pub fn dmtf_schema() -> Option<PathBuf> {
    let path = match std::env::var_os("CIMARRON_DMTF_SCHEMA") {
        Some(named) => PathBuf::from(named),
        None => folder("").join("../../shared/data/cim_schema_2.49.0Final-MOFs.zip"),
    };
    if path.exists() {
        return Some(path);
    }
    println!(
        "skipped: the DMTF CIM Schema is not at {}; name it in CIMARRON_DMTF_SCHEMA",
        path.display()
    );
    None
}
