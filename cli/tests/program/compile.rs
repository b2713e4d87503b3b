use crate::{Place, cimarron, fleet};
use serde_json::json;

#[test]
fn prints_a_summary_and_writes_an_archive() {
    let place = Place::new();
    let target = place.path("fleet.cimar");
    let run = cimarron(["compile", &fleet(), "-o", &target]).succeeds();
    assert!(
        run.stdout.starts_with("10 classes (3 associations, 0 indications), 0 qualifier types, "),
        "{}",
        run.stdout
    );
    assert!(run.stdout.contains(", 66 instances in "), "{}", run.stdout);
    assert!(run.stdout.contains(&format!(" → {target}, ")), "{}", run.stdout);
    assert_eq!(run.stderr, "");
    assert!(std::fs::metadata(&target).unwrap().len() > 1_000);
}

#[test]
fn only_checks_without_an_output() {
    let run = cimarron(["compile", &fleet()]).succeeds();
    assert!(run.stdout.contains("nothing written"), "{}", run.stdout);
}

#[test]
fn the_json_summary_has_every_count() {
    let place = Place::new();
    let target = place.path("fleet.cimar");
    let run = cimarron(["compile", &fleet(), "-o", &target, "--format", "json"]).succeeds();
    let summary = run.json();
    for (key, expected) in [
        ("namespace", json!("root/cimv2")),
        ("dialect", json!("wmi")),
        ("classes", json!(10)),
        ("associations", json!(3)),
        ("indications", json!(0)),
        ("qualifier_types", json!(0)),
        ("properties", json!(62)),
        ("instances", json!(66)),
        ("errors", json!(0)),
        ("warnings", json!(0)),
        ("output", json!(target)),
    ] {
        assert_eq!(summary[key], expected, "{key} of {summary}");
    }
    assert!(summary["bytes"].as_u64().is_some_and(|n| n > 1_000));
    assert!(summary["milliseconds"].as_f64().is_some());
}

#[test]
fn diagnostics_are_pictures_for_people() {
    let place = Place::new();
    let source = place.file("bad.mof", "class X_A : X_Missing\n{\n    strin Name;\n};\n");
    let target = place.path("bad.cimar");
    let run = cimarron(["compile", &source, "-o", &target]).fails_with(1);
    assert!(run.stderr.contains("bad.mof:1"), "{}", run.stderr);
    assert!(run.stderr.contains("class X_A : X_Missing"), "{}", run.stderr);
    assert!(run.stderr.contains("error"), "{}", run.stderr);
    assert!(!run.stderr.contains('\u{1b}'), "no colours in a pipe: {}", run.stderr);
    assert_eq!(run.stdout, "");
    assert!(!std::path::Path::new(&target).exists());
}

#[test]
fn diagnostics_are_an_array_for_programs() {
    let place = Place::new();
    let source = place.file("bad.mof", "class X_A : X_Missing\n{\n    string Name;\n};\n");
    let run = cimarron(["compile", &source, "--format", "json"]).fails_with(1);
    let diagnostics = run.error_json();
    let first = &diagnostics[0];
    let mut keys: Vec<&str> = first.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    let expected = [
        "code",
        "column",
        "end_column",
        "end_line",
        "file",
        "help",
        "labels",
        "line",
        "message",
        "severity",
        "status",
        "wbem",
    ];
    assert_eq!(keys, expected);
    assert_eq!(first["severity"], "error");
    assert_eq!((&first["line"], &first["column"]), (&json!(1), &json!(13)));
    assert_eq!((&first["end_line"], &first["end_column"]), (&json!(1), &json!(22)));
    assert_eq!(first["status"], "CIM_ERR_INVALID_SUPERCLASS");
    assert_eq!(first["wbem"], "WBEM_E_INVALID_SUPERCLASS");
    assert_eq!(run.json()["errors"], json!(1));
    assert_eq!(run.json()["output"], json!(null));
}

#[test]
fn includes_are_found_in_the_given_directories() {
    let place = Place::new();
    let source = place.file("main.mof", "#pragma include (\"base.mof\")\nclass X_B : X_A {};\n");
    place.file("lib/base.mof", "class X_A { [key] string Name; };\n");
    cimarron(["compile", &source]).fails_with(1);
    let run = cimarron(["compile", &source, "-I", &place.path("lib")]).succeeds();
    assert!(run.stdout.starts_with("2 classes"), "{}", run.stdout);
}

#[test]
fn what_is_missing_is_found_on_the_search_path() {
    let place = Place::new();
    let source = place.file("main.mof", "class X_B : X_A {};\n");
    place.file("lib/core/x_a.mof", "class X_A { [key] string Name; };\n");
    place.file("lib/core/X_Unused.mof", "class X_Unused { broken\n");
    let (lib, out) = (place.path("lib"), place.path("o.cimar"));
    let note = "note: --search takes what is missing";
    assert!(cimarron(["compile", &source]).fails_with(1).stderr.contains(note));
    let line = ["compile", &source, "--search", &lib, "-o", &out];
    assert!(cimarron(line).succeeds().stdout.starts_with("2 classes"));
    assert!(cimarron(line).succeeds().stdout.contains("unchanged"));
    // A file that was not needed may be now, and one that was may be another.
    place.file("lib/core/x_a.mof", "class X_A : X_C { };\n");
    assert!(!cimarron(line).fails_with(1).stderr.contains(note));
    place.file("lib/X_C.mof", "class X_C { [key] string Name; };\n");
    assert!(cimarron(line).succeeds().stdout.starts_with("3 classes"));
    let run = cimarron(["lint", &source, "-S", &lib]).succeeds();
    assert!(run.stdout.contains("in 3 files"), "{}", run.stdout);
    let run = cimarron(["compile", &source, "-S", &place.path("nowhere")]).fails_with(1);
    assert!(run.stderr.contains("nowhere` does not exist"), "{}", run.stderr);
}

#[test]
fn directories_and_several_paths_compile_together() {
    let place = Place::new();
    place.file("all/b.mof", "class X_B : X_A {};\n");
    place.file("all/a.mof", "class X_A { [key] string Name; };\n");
    let more = place.file("more.mof", "class X_C : X_B {};\n");
    let run = cimarron(["compile", &place.path("all"), &more]).succeeds();
    assert!(run.stdout.starts_with("3 classes"), "{}", run.stdout);
}

#[test]
fn the_dialect_decides_what_is_wrong() {
    let place = Place::new();
    let source = place.file("a.mof", "[Whatever(1)] class X_A { [key] string Name; };\n");
    cimarron(["compile", &source]).succeeds();
    let run = cimarron(["compile", &source, "--dialect", "dmtf"]).fails_with(1);
    assert!(run.stderr.contains("Whatever"), "{}", run.stderr);
}

#[test]
fn an_unwritable_output_is_a_failure() {
    let place = Place::new();
    let target = place.path("no/such/directory/x.cimar");
    let run = cimarron(["compile", &fleet(), "-o", &target, "--format", "json"]).fails_with(1);
    let message = run.error_json()["error"]["message"].as_str().unwrap().to_owned();
    assert!(message.contains("cannot write"), "{message}");
}
