use crate::{Place, cimarron, command, fleet, run_with_stdin};
use serde_json::json;

const DISKS: &str = "SELECT Serial FROM Fleet_Disk";

#[test]
fn what_is_compiled_stays() {
    let place = Place::new();
    let data = place.path("data");
    let run = cimarron(["compile", &fleet(), "--data", &data]).succeeds();
    assert!(run.stdout.contains("10 classes"), "{}", run.stdout);
    assert!(run.stdout.trim_end().ends_with(&data), "{}", run.stdout);
    let rows = cimarron(["query", "--data", &data, "--format", "json", DISKS]).succeeds().json();
    assert_eq!(rows.as_array().map(Vec::len), Some(14));
    // Again, nothing is new; with a flag it is refused, and nothing changes.
    let again = cimarron(["compile", &fleet(), "--data", &data, "--format", "json"]).succeeds();
    assert_eq!(again.json()["classes"], json!(0));
    assert_eq!(again.json()["unchanged"], json!(10));
    let line = ["compile", &fleet(), "--data", &data, "--class-flags", "createonly"];
    cimarron(line).fails_with(1);
    let same = cimarron(["query", "--data", &data, "--format", "json", DISKS]).succeeds().json();
    assert_eq!(same, rows);
}

#[test]
fn a_run_is_loaded_whole_or_not_at_all() {
    let place = Place::new();
    let data = place.path("data");
    let mof = "class X_A { [key] string Id; };\ninstance of X_A { Id = \"1\"; };\n\
               #pragma namespace(\"\\\\\\\\.\\\\root\\\\other\")\ninstance of X_A { Id = \"1\"; };\n";
    let source = place.file("a.mof", mof);
    cimarron(["compile", &source, "--data", &data]).fails_with(1);
    assert!(!std::path::Path::new(&data).exists());
    drop(cimarron_engine::Repository::open(&data).unwrap());
    cimarron(["compile", &source, "--data", &data]).fails_with(1);
    let check = cimarron(["data", "check", &data, "--format", "json"]).succeeds().json();
    assert_eq!(check["namespaces"], json!([]));
}

#[test]
fn what_the_directory_has_is_not_taken_from_the_search_path() {
    let place = Place::new();
    let (data, lib) = (place.path("data"), place.path("lib"));
    let first = place.file("first.mof", "class X_A { [key] string Own; };\n");
    // What would be refused: another key for a class that is there.
    place.file("lib/x_a.mof", "class X_A { [key] string Other; };\n");
    place.file("lib/x_b.mof", "class X_B : X_A { };\n");
    place.file("lib/x_c.mof", "class X_C { [key] string Id; };\n");
    let run = cimarron(["compile", &first, "--data", &data, "-S", &lib]).succeeds();
    assert!(run.stdout.starts_with("1 class "), "{}", run.stdout);
    let own = place.file("own.mof", "class X_D : X_B { };\nclass X_E : X_C { };\n");
    let run = cimarron(["compile", &own, "--data", &data, "-S", &lib]).succeeds();
    assert!(run.stdout.starts_with("4 classes "), "{}", run.stdout);

    let (there, site) = (place.archive("there", "class X_A { [key] string Own; };\n"), "site");
    cimarron(["doc", &there, &own, "-S", &lib, "-o", &place.path(site)]).succeeds();
    let query = "SELECT Own FROM X_D";
    cimarron(["query", "--archive", &there, "--mof", &own, "-S", &lib, query]).succeeds();
    let data = place.path("imported");
    cimarron(["compile", &first, "--data", &data]).succeeds();
    cimarron(["data", "import", &data, &own, "-S", &lib]).succeeds();
}

#[test]
fn queries_load_into_the_directory() {
    let place = Place::new();
    let data = place.path("data");
    let classes = place.archive("base", "class X_A { [key] string Name; };\n");
    let more = place.file("more.mof", "instance of X_A { Name = \"one\"; };\n");
    let query = "SELECT * FROM X_A";
    let line = ["query", "--archive", &classes, "--mof", &more, "--data", &data, query];
    cimarron(line).succeeds();
    for sync in ["always", "never", "20"] {
        let mof = place.file("more.mof", &format!("instance of X_A {{ Name = \"{sync}\"; }};\n"));
        cimarron(["query", "--data", &data, "--sync", sync, "--mof", &mof, query]).succeeds();
    }
    let rows = cimarron(["query", "--data", &data, "--format", "csv", query]).succeeds();
    assert_eq!(rows.stdout.lines().count(), 5, "{}", rows.stdout);
    let show = cimarron(["show", "--data", &data, "x_a", "--local"]).succeeds();
    assert_eq!(show.stdout, "class X_A {\n    [key]\n    string Name;\n};\n");
    let tree = cimarron(["show", "--data", &data, "--tree"]).succeeds();
    // The classes of the clock are in every root/cimv2.
    assert_eq!(tree.stdout, "Win32_CurrentTime\n├── Win32_LocalTime\n└── Win32_UTCTime\nX_A\n");
}

#[test]
fn a_namespace_keeps_its_dialect() {
    let place = Place::new();
    let data = place.path("data");
    let mof = "Qualifier Key : boolean = false, Scope(property), Flavor(DisableOverride);\n\
               class X_A { [Key] string Id; };\ninstance of X_A { Id = \"a\"; };\n";
    let source = place.file("a.mof", mof);
    cimarron(["compile", &source, "--data", &data, "--dialect", "dmtf"]).succeeds();
    // DMTF's strings differ by case, whatever this call says.
    let query = "SELECT * FROM X_A WHERE Id = 'A'";
    let rows = cimarron(["query", "--data", &data, "--format", "json", query]).succeeds().json();
    assert_eq!(rows, json!([]));
    let other = place.file("b.mof", "instance of X_A { Id = \"A\"; };\n");
    cimarron(["compile", &other, "--data", &data]).succeeds();
    let rows = cimarron(["query", "--data", &data, "--format", "json", query]).succeeds().json();
    assert_eq!(rows.as_array().map(Vec::len), Some(1));
}

#[test]
fn who_only_asks_makes_nothing() {
    let place = Place::new();
    let none = place.path("none");
    for line in [
        &["query", "--data", &none, "--format", "json", "SELECT * FROM X"][..],
        &["data", "check", &none, "--format", "json"],
        &["data", "compact", &none, "--format", "json"],
        &["data", "export", &none],
        &["data", "backup", &none, &place.path("target"), "--format", "json"],
        &["data", "restore", &none, &place.path("target"), "--format", "json"],
    ] {
        let run = crate::run(command().args(line)).fails_with(1);
        let error = run.error_json();
        assert_eq!(error["error"]["status"], json!("CIM_ERR_NOT_FOUND"), "{line:?}: {error}");
    }
    assert!(!std::path::Path::new(&none).exists());
    assert!(!std::path::Path::new(&place.path("target")).exists());
    let data = place.path("data");
    cimarron(["compile", &fleet(), "--data", &data]).succeeds();
    let line = ["query", "--data", &data, "-n", "root/cimv3", "--format", "json", DISKS];
    let run = cimarron(line).fails_with(1);
    assert!(run.stderr.contains("did you mean"), "{}", run.stderr);
}

/// The files of a directory with their contents.
fn contents(folder: &str) -> Vec<(std::ffi::OsString, Vec<u8>)> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let mut files: Vec<_> =
        entries.map(|entry| (entry.file_name(), std::fs::read(entry.path()).unwrap())).collect();
    files.sort();
    files
}

#[test]
fn what_cannot_be_read_touches_no_directory() {
    let place = Place::new();
    let (data, none) = (place.path("data"), place.path("deep/none"));
    let good = place.file("a.mof", "class X_A { [key] string Id; };\n");
    cimarron(["compile", &good, "--data", &data]).succeeds();
    let before = contents(&data);
    let inside = place.path("data/report");
    for data in [&data, &none] {
        for line in [
            &["compile", "--data", data, &place.path("nope.mof")][..],
            &["compile", "--data", data, &good, "-S", &place.path("nowhere")],
            &["compile", "--data", data, &good, "--format", "json", "--report", &good],
        ] {
            assert!(crate::run(command().args(line)).code != 0, "{line:?}");
        }
    }
    cimarron(["compile", "--data", &data, &good, "--format", "json", "--report", &inside])
        .fails_with(2);
    assert_eq!(contents(&data), before);
    assert!(!std::path::Path::new(&place.path("deep")).exists());
}

#[test]
fn a_new_directory_has_what_an_old_one_has() {
    let place = Place::new();
    let (data, lib) = (place.path("data"), place.path("lib"));
    place.file("lib/__EventFilter.mof", "class __EventFilter { [key] string Name; };\n");
    let filter = "instance of __EventFilter { Name = \"a\"; QueryLanguage = \"WQL\"; \
                  Query = \"SELECT * FROM __InstanceCreationEvent\"; };\n";
    let source = place.file("a.mof", &format!("{filter}#pragma namespace(\"root/x\")\n{filter}"));
    cimarron(["compile", "--check", &source, "-S", &lib]).succeeds();
    for _ in 0..2 {
        cimarron(["compile", "--data", &data, &source, "-S", &lib]).succeeds();
    }
    // What there is to say is said once.
    let odd = place.file("odd.mof", "class X_A { [key] string Id; [Odd(1), Odd(1)] uint8 v; };\n");
    let check = crate::run(command().args(["compile", "--check", &odd]));
    let run = crate::run(command().args(["compile", "--data", &place.path("other"), &odd]));
    assert_eq!(run.stderr, check.stderr);
}

#[test]
fn wrong_lines_are_usage() {
    let place = Place::new();
    let data = place.path("data");
    for line in [
        &["data"][..],
        &["data", "check"],
        &["data", "import", &data],
        &["data", "export", &data, "--format", "xml"],
        &["compile", "a.mof", "--data", &data, "-o", "a.cimar"],
        &["compile", "a.mof", "--data", &data, "--emit", "mof"],
        &["compile", "a.mof", "--sync", "never"],
        &["compile", "a.mof", "--data", &data, "--sync", "often"],
        &["compile", "a.mof", "--data", &data, "--sync", "0"],
        &["show", "--data", &data, "--neighbours", "--format", "mermaid"],
    ] {
        crate::run(command().args(line)).fails_with(2);
    }
    for command_name in ["check", "compact", "export", "import", "backup", "restore"] {
        let help = cimarron(["data", command_name, "--help"]).succeeds();
        assert!(help.stdout.contains("Exit codes:"), "{}", help.stdout);
    }
}

#[test]
fn foreign_and_locked_directories_are_refused() {
    let place = Place::new();
    place.file("foreign/notes.txt", "mine");
    let foreign = place.path("foreign");
    let run = cimarron(["compile", &fleet(), "--data", &foreign, "--format", "json"]).fails_with(1);
    assert!(run.error_json()["error"]["message"].as_str().is_some_and(|m| m.contains(&foreign)));
    let names: Vec<_> =
        std::fs::read_dir(&foreign).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(names, ["notes.txt"]);
    cimarron(["data", "restore", &foreign, &place.path("new")]).fails_with(1);
    let data = place.path("data");
    let held = cimarron_engine::Repository::open(&data).unwrap();
    let run = cimarron(["data", "check", &data, "--format", "json"]).fails_with(1);
    assert!(run.error_json()["error"]["message"].as_str().is_some_and(|m| m.contains(&data)));
    drop(held);
    cimarron(["data", "check", &data]).succeeds();
}

#[test]
fn standard_input_is_imported() {
    let place = Place::new();
    let data = place.path("data");
    let mof = b"class X_A { [key] string Id; };\ninstance of X_A { Id = \"1\"; };\n";
    run_with_stdin(command().args(["data", "import", &data, "-"]), mof).succeeds();
    let export = cimarron(["data", "export", &data]).succeeds().stdout;
    let other = place.path("other");
    let run = run_with_stdin(
        command().args(["data", "import", &other, "-", "--format", "json"]),
        export.as_bytes(),
    );
    assert_eq!(run.succeeds().json()["instances"], json!(2));
    assert_eq!(cimarron(["data", "export", &other]).succeeds().stdout, export);
}

#[test]
fn what_the_directory_refuses_are_findings() {
    let place = Place::new();
    let data = place.path("data");
    let mof = "class X_A { [key] string K; uint8 V; };\nclass X_B : X_A { };\n\
               instance of X_A { K = \"1\"; };\ninstance of X_B { K = \"2\"; };\n";
    cimarron(["compile", &place.file("a.mof", mof), "--data", &data]).succeeds();
    let change = "class X_A { [key] string K; uint16 V; };\nclass X_B : X_A { uint8 W; };\n";
    let change = place.file("b.mof", change);
    let run = cimarron(["compile", &change, "--data", &data, "--format", "json"]).fails_with(1);
    let found = run.error_json();
    let places = |found: &serde_json::Value| {
        let found = found.as_array().unwrap().iter();
        found.map(|f| json!([f["code"], f["line"], f["column"], f["wbem"]])).collect::<Vec<_>>()
    };
    let used = "WBEM_E_CLASS_HAS_INSTANCES";
    let expected = [json!(["MOF0276", 1, 7, used]), json!(["MOF0276", 2, 7, used])];
    assert_eq!(places(&found), expected, "{found}");
    let run = cimarron(["compile", &change, "--data", &data]).fails_with(1);
    assert!(run.stderr.contains("b.mof:1:7") && run.stderr.contains("2 errors"), "{}", run.stderr);
    let sarif = place.path("found.sarif");
    let line = ["compile", &change, "--data", &data, "--format", "sarif", "--report", &sarif];
    cimarron(line).fails_with(1);
    assert!(std::fs::read_to_string(&sarif).unwrap().contains("\"MOF0276\""));
    // A change of a class above that rows of one below do not fit.
    let abstract_class = "#pragma classflags(\"forceupdate\")\n\
                          class X_A { [key] string K; [Not_Null] uint8 V; };\n";
    let change = place.file("c.mof", abstract_class);
    let run = cimarron(["compile", &change, "--data", &data, "--format", "json"]).fails_with(1);
    assert_eq!(places(&run.error_json()), [json!(["MOF0276", 2, 7, used])]);
    // Instances are new to the DMTF.
    let data = place.path("dmtf");
    let mof = "Qualifier Key : boolean = false, Scope(property), Flavor(DisableOverride);\n\
               class X_A { [Key] string K; };\n\
               instance of X_A { K = \"1\"; };\ninstance of X_A { K = \"2\"; };\n";
    let source = place.file("d.mof", mof);
    let line = ["compile", &source, "--data", &data, "--dialect", "dmtf", "--format", "json"];
    cimarron(line).succeeds();
    let found = places(&cimarron(line).fails_with(1).error_json());
    let there = "WBEM_E_ALREADY_EXISTS";
    assert_eq!(found, [json!(["MOF0276", 3, 13, there]), json!(["MOF0276", 4, 13, there])]);
}
