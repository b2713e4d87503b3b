use crate::{Place, cimarron, command, fleet, run};
use serde_json::json;

const QUERY: &str = "SELECT Name, MemoryMB, Owner FROM Fleet_Computer WHERE Name LIKE 'lt-%'";

#[test]
fn tables_are_aligned() {
    let run = cimarron(["query", "--mof", &fleet(), QUERY]).succeeds();
    assert_eq!(
        run.stdout,
        "\
┌──────────────┬──────────┬──────────┬───────┐
│ __CLASS      ┆ Name     ┆ MemoryMB ┆ Owner │
╞══════════════╪══════════╪══════════╪═══════╡
│ Fleet_Laptop ┆ lt-anna  ┆    32768 ┆ anna  │
│ Fleet_Laptop ┆ lt-spare ┆    16384 ┆ NULL  │
└──────────────┴──────────┴──────────┴───────┘
2 rows
"
    );
}

#[test]
fn every_format() {
    for (format, expected) in [
        (
            "json",
            "[\n{\"__CLASS\":\"Fleet_Laptop\",\"Name\":\"lt-anna\",\"MemoryMB\":32768,\"Owner\":\"anna\"},\n\
             {\"__CLASS\":\"Fleet_Laptop\",\"Name\":\"lt-spare\",\"MemoryMB\":16384,\"Owner\":null}\n]\n",
        ),
        (
            "ndjson",
            "{\"__CLASS\":\"Fleet_Laptop\",\"Name\":\"lt-anna\",\"MemoryMB\":32768,\"Owner\":\"anna\"}\n\
             {\"__CLASS\":\"Fleet_Laptop\",\"Name\":\"lt-spare\",\"MemoryMB\":16384,\"Owner\":null}\n",
        ),
        (
            "csv",
            "__CLASS,Name,MemoryMB,Owner\r\nFleet_Laptop,lt-anna,32768,anna\r\nFleet_Laptop,lt-spare,16384,\r\n",
        ),
        (
            "mof",
            "instance of Fleet_Laptop {\n    Name = \"lt-anna\";\n    MemoryMB = 32768;\n    Owner = \"anna\";\n};\n\n\
             instance of Fleet_Laptop {\n    Name = \"lt-spare\";\n    MemoryMB = 16384;\n    Owner = NULL;\n};\n",
        ),
    ] {
        let run = cimarron(["query", "--mof", &fleet(), "--format", format, QUERY]).succeeds();
        assert_eq!(run.stdout, expected, "{format}");
        assert_eq!(run.stderr, "");
    }
}

#[test]
fn archives_and_mof_load_in_order() {
    let place = Place::new();
    let archive = place.archive("base", "class X_A { [key] string Name; };\n");
    let instances = place.file("more.mof", "instance of X_A { Name = \"one\"; };\n");
    let query = "SELECT * FROM X_A";
    let line = ["query", "--archive", &archive, "--mof", &instances, "--format", "json", query];
    assert_eq!(cimarron(line).succeeds().json(), json!([{"__CLASS": "X_A", "Name": "one"}]));
    let backwards =
        ["query", "--mof", &instances, "--archive", &archive, "--format", "json", query];
    let diagnostics = cimarron(backwards).fails_with(1).error_json();
    assert!(diagnostics.as_array().is_some_and(|list| !list.is_empty()), "{diagnostics}");
}

#[test]
fn archives_keep_their_instances() {
    let place = Place::new();
    let archive = place.path("fleet.cimar");
    cimarron(["compile", &fleet(), "-o", &archive]).succeeds();
    let query = "SELECT Location FROM Fleet_Computer WHERE Name = 'KIOSK'";
    let run = cimarron(["query", "--archive", &archive, "--format", "json", query]).succeeds();
    let location = &run.json()[0]["Location"];
    assert_eq!(location["__CLASS"], "Fleet_Location");
    assert_eq!((&location["Site"], &location["Room"]), (&json!("Zürich"), &json!("Lobby")));
}

#[test]
fn namespaces_take_either_slash() {
    for namespace in ["root\\fleet", "root/fleet"] {
        let line = ["query", "--mof", &fleet(), "-n", namespace, "--format", "ndjson"];
        let query = "SELECT __NAMESPACE FROM Fleet_Computer WHERE Name = 'kiosk'";
        let run = run(command().args(line).arg(query)).succeeds();
        assert!(run.stdout.to_lowercase().contains("fleet"), "{}", run.stdout);
    }
}

#[test]
fn a_bad_query_shows_the_place() {
    let query = "SELECT Nmae FROM Fleet_Computer";
    let run = cimarron(["query", "--mof", &fleet(), query]).fails_with(1);
    assert!(run.stderr.contains("Nmae") && run.stderr.contains(query), "{}", run.stderr);
    assert_eq!(run.stdout, "");
    let run = cimarron(["query", "--mof", &fleet(), "--format", "json", query]).fails_with(1);
    let error = &run.error_json()["error"];
    assert_eq!(error["wbem"], "WBEM_E_INVALID_QUERY");
    assert_eq!(error["status"], "CIM_ERR_INVALID_QUERY");
    assert_eq!(error["code"], 0x8004_1017_u32);
    assert_eq!(error["span"], json!({"start": 7, "end": 11}));
}

#[test]
fn an_unknown_class_is_named() {
    let run = cimarron(["query", "--mof", &fleet(), "--format", "json", "SELECT * FROM Fleet_Dsk"]);
    let run = run.fails_with(1);
    let error = &run.error_json()["error"];
    assert_eq!(error["wbem"], "WBEM_E_INVALID_CLASS");
    assert!(error["message"].as_str().unwrap().contains("Fleet_Disk"), "{error}");
}

#[test]
fn wide_rows_become_records_on_a_narrow_terminal() {
    let mut narrow = command();
    narrow.env("COLUMNS", "60").args(["query", "--mof", &fleet()]);
    let run = run(narrow.arg("SELECT * FROM Fleet_Computer WHERE Name = 'kiosk'")).succeeds();
    assert!(run.stdout.lines().all(|line| line.chars().count() <= 60), "{}", run.stdout);
    assert!(run.stdout.contains("LastBoot"), "{}", run.stdout);
}

#[test]
fn includes_are_looked_for_where_told() {
    let place = Place::new();
    place.file("library/base.mof", "class X_A { [key] uint8 Id; };");
    let main =
        place.file("main.mof", "#pragma include (\"base.mof\")\ninstance of X_A { Id = 7; };");
    let library = place.path("library");
    let query = "SELECT Id FROM X_A";
    cimarron(["query", "--mof", &main, query]).fails_with(1);
    let run = cimarron(["query", "--mof", &main, "-I", &library, "--format", "csv", query]);
    assert_eq!(run.succeeds().stdout.lines().last(), Some("X_A,7"));
}

#[test]
fn explains_queries() {
    let query = "SELECT Device FROM Fleet_Disk WHERE Size > 500 AND NOT Size > 50000000000000";
    let asked = |options: &[&str]| {
        run(command().args(["query", "--mof", &fleet()]).args(options).arg(query)).succeeds()
    };
    let plan = asked(&["--explain"]).stdout;
    assert!(plan.starts_with("Show Device  (about "), "{plan}");
    assert!(plan.contains("\n   └─ Scan Fleet_Disk"), "{plan}");
    assert!(!plan.contains("Planning"), "{plan}");
    let plan = asked(&["--explain", "analyze"]).stdout;
    assert!(plan.contains("rows in ") && plan.contains("\nPlanning: "), "{plan}");
    let plan = asked(&["--explain", "analyze", "--format", "json"]).json();
    let rows = asked(&["--format", "json"]).json().as_array().unwrap().len();
    assert_eq!(plan["plan"]["rows"], rows);
    assert_eq!(plan["plan"]["operation"], "Show Device");
    assert!(plan["plan"]["source"]["time_us"].is_number());
}

#[test]
fn a_namespace_that_is_not_there() {
    let place = Place::new();
    // An archive of one namespace goes wherever it is wanted.
    let mof = "class X_A { [key] string K; };\n#pragma namespace(\"root/other\")\n\
               class X_A { [key] uint8 N; };\n";
    let archive = place.archive("two", mof);
    let query = "SELECT * FROM X_A";
    let line = ["query", "--archive", &archive, "-n", "root/cimv3", "--format", "json", query];
    let run = cimarron(line).fails_with(1);
    let error = &run.error_json()["error"];
    assert_eq!(error["wbem"], "WBEM_E_INVALID_NAMESPACE");
    assert!(error["message"].as_str().is_some_and(|m| m.contains("root/cimv2")), "{error}");
    let malformed = ["query", "--archive", &archive, "-n", "a//b", "--format", "json", query];
    cimarron(malformed).fails_with(2);
}
