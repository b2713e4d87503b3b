//! No output takes the place of another one, nor of anything that was read.

use crate::{Place, Run, command, run};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A text, one that it includes, one in a folder, and one behind a link.
fn sources() -> Place {
    let place = Place::new();
    place.file("a.mof", "#pragma include (\"b.mof\")\nclass X_A : X_B { };\n");
    place.file("i/b.mof", "class X_B { };\n");
    place.file("d/c.mof", "class X_C { };\n");
    place.file("cimarron.toml", "[lint]\n");
    #[cfg(unix)]
    std::os::unix::fs::symlink("d/c.mof", place.path("link.mof")).unwrap();
    place
}

/// All files below a folder.
fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in folder.read_dir().unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.append(&mut contents(&path));
        } else {
            files.insert(path.clone(), std::fs::read(path).unwrap());
        }
    }
    files
}

/// Runs a line of arguments in a folder.
fn run_in(place: &Place, line: &str) -> Run {
    run(command().current_dir(place.path("")).args(line.split(' ')))
}

#[test]
fn what_was_read_is_not_written_over() {
    let place = sources();
    let before = contents(Path::new(&place.path("")));
    let mut lines = vec![
        ("compile a.mof -I i --check --report a.mof", "a.mof"),
        ("compile a.mof -I i --check --report i/b.mof --format sarif", "i/b.mof"),
        ("compile ./a*.mof -I i --check --report a.mof --format json", "a.mof"),
        ("compile d -o o.cimar --report d/../d/c.mof", "d/../d/c.mof"),
        ("compile a.mof -I i -o i/b.mof", "i/b.mof"),
        ("compile a.mof -I i -o cimarron.toml", "cimarron.toml"),
        ("compile a.mof -I i -o o.cimar --dep-file i/b.mof", "i/b.mof"),
        ("compile a.mof -I i --emit-mof i/b.mof --emit-mfl x --amendment MS_409", "i/b.mof"),
        ("compile a.mof -I i --emit-mof x --emit-mfl i/b.mof --amendment MS_409", "i/b.mof"),
        ("lint a.mof -I i --report a.mof --format json", "a.mof"),
        ("lint a.mof -I i --report i/b.mof --format sarif", "i/b.mof"),
        ("doc a.mof -I i -o site --report i/b.mof --format json", "i/b.mof"),
    ];
    if cfg!(unix) {
        lines.push(("compile link.mof -o d/c.mof", "d/c.mof"));
        lines.push(("lint d --report link.mof", "link.mof"));
    }
    for (line, file) in lines {
        let run = run_in(&place, line).fails_with(2);
        assert!(run.stderr.contains(&format!("`{file}` of -")), "{line}: {}", run.stderr);
        assert!(run.stderr.contains("is one of the inputs"), "{line}: {}", run.stderr);
        assert!(contents(Path::new(&place.path(""))) == before, "{line}");
    }
}

#[test]
fn unchanged_input_is_not_written_over_either() {
    let place = sources();
    run_in(&place, "compile a.mof -I i -o o.cimar").succeeds();
    let before = contents(Path::new(&place.path("")));
    run_in(&place, "compile a.mof -I i -o o.cimar --report i/b.mof").fails_with(2);
    assert!(contents(Path::new(&place.path(""))) == before);
}

#[test]
fn one_file_is_not_written_twice() {
    let place = sources();
    #[cfg(unix)]
    std::os::unix::fs::symlink("x", place.path("to_x")).unwrap();
    let before = contents(Path::new(&place.path("d")));
    for (line, said) in [
        ("compile d -o x --dep-file ./x", "-o and --dep-file are one file, `./x`"),
        ("compile d -o x --report x --format sarif", "-o and --report are one file, `x`"),
        ("compile d -o x --report x.stamp", "the stamp beside -o and --report are one"),
        ("compile d --emit-mof x --emit-mfl d/../x", "--emit-mof and --emit-mfl are one"),
        #[cfg(unix)]
        ("compile d -o x --report to_x", "-o and --report are one file, `to_x`"),
    ] {
        let run = run_in(&place, line).fails_with(2);
        assert!(run.stderr.contains(said), "{said}: {}", run.stderr);
        assert!(!Path::new(&place.path("x")).exists(), "{line}");
    }
    assert!(contents(Path::new(&place.path("d"))) == before);
    // What is no file may be named twice.
    if Path::new("/dev/null").exists() {
        run_in(&place, "compile d --report /dev/null -o /dev/null").succeeds();
    }
}

#[test]
fn a_log_of_a_failure_replaces_a_log_only() {
    let place = sources();
    let log = "lint d none --format sarif --report";
    run_in(&place, &format!("{log} i/b.mof")).fails_with(1);
    let text = std::fs::read_to_string(place.path("i/b.mof")).unwrap();
    assert_eq!(text, "class X_B { };\n");
    place.file("empty", "");
    run_in(&place, "lint d --format sarif --report old").succeeds();
    for file in ["new", "empty", "old"] {
        run_in(&place, &format!("{log} {file}")).fails_with(1);
        let text = std::fs::read_to_string(place.path(file)).unwrap();
        assert!(text.contains("\"executionSuccessful\": false"), "{file}: {text}");
    }
}

#[test]
fn a_site_leaves_inputs_and_the_report_alone() {
    let place = sources();
    std::fs::create_dir(place.path("s")).unwrap();
    std::fs::copy(place.path("d/c.mof"), place.path("s/index.html")).unwrap();
    let line = "doc s/index.html -o s --force";
    assert!(run_in(&place, line).fails_with(2).stderr.contains("a file of the site"));
    let text = std::fs::read_to_string(place.path("s/index.html")).unwrap();
    assert_eq!(text, "class X_C { };\n");
    std::fs::remove_file(place.path("s/index.html")).unwrap();
    run_in(&place, "doc d -o s").succeeds();
    run_in(&place, "doc d -o s --report s/index.html").fails_with(2);
    run_in(&place, "doc d -o s --report s/findings.txt").succeeds();
}

#[test]
fn an_export_stays_out_of_its_data_directory() {
    let place = sources();
    run_in(&place, "compile d --data r").succeeds();
    let run = run_in(&place, "data export r -o r/x.ndjson").fails_with(2);
    assert!(run.stderr.contains("`r/x.ndjson` of -o is one of the inputs"), "{}", run.stderr);
    run_in(&place, "data export r -o x.ndjson").succeeds();
}
