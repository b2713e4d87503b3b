//! A data directory is made only for what goes in.

use crate::{Place, cimarron, command, run, run_with_stdin};
use std::path::Path;

const HEADER: &str = r#"{"kind":"header","format":"cimarron","version":1}"#;
const NAMESPACE: &str = r#"{"kind":"namespace","name":"root/a","dialect":"wmi"}"#;

/// Whether an import of these inputs leaves a directory, and whether it is taken.
#[track_caller]
fn imported(inputs: &[&str], code: i32, is_made: bool) {
    let place = Place::new();
    let data = place.path("data");
    let write = |(number, text): (usize, &&str)| match text.starts_with('{') {
        true => place.file(&format!("{number}.ndjson"), text),
        false => place.file(&format!("{number}.mof"), text),
    };
    let files: Vec<String> = inputs.iter().enumerate().map(write).collect();
    run(command().args(["data", "import", &data]).args(&files)).fails_with(code);
    assert_eq!(Path::new(&data).exists(), is_made, "{inputs:?}");
}

#[test]
fn an_import_that_is_refused_makes_no_directory() {
    let class = "class X_A { [key] string Id; };\n";
    // What the compiler refuses, and what the repository does.
    imported(&["class X_A : X_Missing { };\n"], 1, false);
    imported(&["class X_A { [key] string Id; };\ninstance of X_A { };\n"], 1, false);
    let lines = |lines: &[&str]| lines.join("\n");
    imported(&[&lines(&["{}"])], 1, false);
    imported(&[&lines(&[HEADER, "{"])], 1, false);
    let dialect = NAMESPACE.replace("wmi", "other");
    imported(&[&lines(&[HEADER, &dialect])], 1, false);
    imported(&[&lines(&[HEADER, &NAMESPACE.replace("root/a", "root//a")])], 1, false);
    let early = r#"{"kind":"index","namespace":"root/a","class":"X","property":"P"}"#;
    imported(&[&lines(&[HEADER, early])], 1, false);
    // What went in before stays.
    imported(&[&lines(&[HEADER, NAMESPACE, "{"])], 1, true);
    imported(&[class, &lines(&[HEADER, "{"])], 1, true);
    imported(&[&lines(&[HEADER, NAMESPACE]), "class X_A : X_Missing { };\n"], 1, true);
    // And what holds nothing is a repository as well.
    imported(&[HEADER], 0, true);
    imported(&["// Nothing.\n"], 0, true);
    imported(&[class, &lines(&[HEADER, NAMESPACE])], 0, true);
}

#[test]
fn an_import_from_standard_input_makes_a_directory() {
    let place = Place::new();
    let data = place.path("data");
    let text = format!("{HEADER}\n{NAMESPACE}\n");
    run_with_stdin(command().args(["data", "import", &data, "-"]), text.as_bytes()).succeeds();
    cimarron(["data", "check", &data]).succeeds();
}

#[test]
fn what_a_repository_refuses_makes_no_directory() {
    let place = Place::new();
    let data = place.path("data");
    let source = place.file("a.mof", "class X_A { [key] string Id; };\ninstance of X_A { };\n");
    cimarron(["compile", &source, "--data", &data]).fails_with(1);
    assert!(!Path::new(&data).exists());
}

#[test]
fn a_report_in_the_place_of_an_included_file_is_refused_before_the_directory_is_opened() {
    let place = Place::new();
    let data = place.path("data");
    let text = "class X_A { [key] string Id; };\n";
    let included = place.file("b.mof", text);
    let source = place.file("a.mof", "#pragma include (\"b.mof\")\n");
    // Nobody else could open it.
    let open = cimarron_engine::Repository::open(&data).unwrap();
    let line = ["compile", &source, "--data", &data, "--report", &included];
    let refused = cimarron(line).fails_with(2);
    assert!(refused.stderr.contains("is one of the inputs"), "{}", refused.stderr);
    assert_eq!(std::fs::read_to_string(&included).unwrap(), text);
    drop(open);
}

#[test]
fn a_report_that_cannot_be_written_is_refused_before_anything_is_made() {
    let place = Place::new();
    let data = place.path("data");
    let source = place.file("a.mof", "class X_A { [key] string Id; };\n");
    let other = place.path("");
    let compile =
        |report: &str| cimarron(["compile", &source, "--data", &data, "--report", report]);
    let inside = format!("{data}/report.txt");
    for report in [&inside, &data, &other, &place.path("missing/report.txt")] {
        compile(report).fails_with(2);
        assert!(!Path::new(&data).exists(), "{report}");
    }
    compile(&place.path("report.txt")).succeeds();
    for report in [&inside, &data] {
        compile(report).fails_with(2);
        assert!(!Path::new(&inside).exists());
    }
}
