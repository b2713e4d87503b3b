//! Queries for classes, and along associations.

use crate::{cimarron, command, fleet, run};
use serde_json::{Value, json};

const DISKS_OF_KIOSK: &str =
    r#"ASSOCIATORS OF {Fleet_Computer.Name="kiosk"} WHERE ResultClass = Fleet_Disk"#;

fn query(format: &str, query: &str) -> String {
    let run = cimarron(["query", "--mof", &fleet(), "--format", format, query]).succeeds();
    assert_eq!(run.stderr, "");
    run.stdout
}

#[test]
fn classes_are_mof_when_nothing_else_is_said() {
    let text = "SELECT * FROM meta_class WHERE __this ISA 'Fleet_Location'";
    let run = cimarron(["query", "--mof", &fleet(), text]).succeeds();
    assert_eq!(run.stdout, query("mof", text));
    assert!(run.stdout.contains("class Fleet_Location {"), "{}", run.stdout);
    assert!(run.stdout.contains("uint8 RackUnit;"), "{}", run.stdout);
    // It compiles again.
    let place = crate::Place::new();
    let again = place.file("again.mof", &run.stdout);
    let names = "SELECT * FROM meta_class WHERE __Class = 'Fleet_Location'";
    let run = cimarron(["query", "--mof", &again, "--format", "csv", names]).succeeds();
    assert_eq!(run.stdout.lines().count(), 2);
}

#[test]
fn classes_take_every_format() {
    let text = "SELECT * FROM meta_class WHERE __Superclass = 'Fleet_Computer'";
    assert_eq!(
        query("table", text),
        "\
┌──────────────┬────────────────┬───────────────┬──────────────────┐
│ __CLASS      ┆ __SUPERCLASS   ┆ __DYNASTY     ┆ __PROPERTY_COUNT │
╞══════════════╪════════════════╪═══════════════╪══════════════════╡
│ Fleet_Laptop ┆ Fleet_Computer ┆ Fleet_Element ┆               11 │
│ Fleet_Server ┆ Fleet_Computer ┆ Fleet_Element ┆               12 │
└──────────────┴────────────────┴───────────────┴──────────────────┘
2 classes
"
    );
    assert_eq!(
        query("csv", text),
        "__CLASS,__SUPERCLASS,__DYNASTY,__PROPERTY_COUNT\r\n\
         Fleet_Laptop,Fleet_Computer,Fleet_Element,11\r\n\
         Fleet_Server,Fleet_Computer,Fleet_Element,12\r\n"
    );
    // As `show` has them, which is of no namespace alone.
    let all: Value = serde_json::from_str(&query("json", text)).unwrap();
    let names: Vec<&Value> = all.as_array().unwrap().iter().map(|class| &class["name"]).collect();
    assert_eq!(names, ["Fleet_Laptop", "Fleet_Server"]);
    let place = crate::Place::new();
    let archive = place.path("fleet.cimar");
    cimarron(["compile", &fleet(), "-o", &archive]).succeeds();
    let line = ["show", &archive, "--format", "json", "Fleet_Laptop", "Fleet_Server"];
    let mut shown = cimarron(line).succeeds().json();
    for class in shown.as_array_mut().unwrap() {
        assert_eq!(class.as_object_mut().unwrap().remove("namespace"), Some("root/cimv2".into()));
    }
    assert_eq!(shown, all);
    let lines = query("ndjson", text);
    assert_eq!(lines.lines().count(), 2);
    let mof = query("mof", text);
    assert_eq!(mof, cimarron(["show", &archive, "Fleet_Laptop", "Fleet_Server"]).succeeds().stdout);
    let none = "SELECT * FROM meta_class WHERE __Class = 'Fleet_Nothing'";
    assert_eq!((query("json", none), query("mof", none)), ("[]\n".to_owned(), String::new()));
}

#[test]
fn associations_are_followed() {
    let found: Value = serde_json::from_str(&query("json", DISKS_OF_KIOSK)).unwrap();
    let rows = found.as_array().unwrap();
    assert!(!rows.is_empty() && rows.iter().all(|row| row["__CLASS"] == "Fleet_Disk"), "{found}");
    let keys = format!("{DISKS_OF_KIOSK} KeysOnly");
    let keys: Value = serde_json::from_str(&query("json", &keys)).unwrap();
    let expected: Vec<Value> =
        rows.iter().map(|row| json!({"__CLASS": "Fleet_Disk", "Serial": row["Serial"]})).collect();
    assert_eq!(keys, json!(expected));
    let classes =
        query("csv", r#"REFERENCES OF {Fleet_Computer.Name="kiosk"} WHERE ClassDefsOnly"#);
    let mut names: Vec<&str> =
        classes.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
    names.sort_unstable();
    assert!(names.starts_with(&["Fleet_ComputerDisk"]), "{names:?}");
    let ends = query("csv", "ASSOCIATORS OF {Fleet_Disk} WHERE SchemaOnly");
    assert!(ends.contains("Fleet_Computer,Fleet_Element,Fleet_Element,10"), "{ends}");
}

#[test]
fn what_is_not_there_is_told() {
    let text = r#"ASSOCIATORS OF {Fleet_Computer.Name="nobody"}"#;
    let run = cimarron(["query", "--mof", &fleet(), "--format", "json", text]).fails_with(1);
    let error = &run.error_json()["error"];
    assert_eq!((&error["wbem"], &error["cim_code"]), (&json!("WBEM_E_NOT_FOUND"), &json!(6)));
    assert!(error["message"].as_str().unwrap().contains("nobody"), "{error}");
}

#[test]
fn extended_queries_run_when_they_are_asked_for() {
    let asked = |options: &[&str], query: &str| {
        run(command().args(["query", "--mof", &fleet()]).args(options).arg(query))
    };
    let query =
        "SELECT TOP 2 Name AS Host, MemoryMB FROM Fleet_Computer ORDER BY MemoryMB DESC, Name";
    let error = asked(&["--format", "json"], query).fails_with(1).error_json();
    assert_eq!(error["error"]["wbem"], "WBEM_E_INVALID_QUERY");
    let rows = asked(&["--extended", "--format", "json"], query).succeeds().json();
    let sorted = asked(
        &["--extended", "--format", "json"],
        "SELECT Name, MemoryMB FROM Fleet_Computer ORDER BY MemoryMB DESC, Name",
    );
    let sorted = sorted.succeeds().json();
    for n in 0..2 {
        assert_eq!(rows[n]["Host"], sorted[n]["Name"]);
        assert_eq!(rows[n]["MemoryMB"], sorted[n]["MemoryMB"]);
    }
    assert_eq!(rows.as_array().unwrap().len(), 2);
    let all = sorted.as_array().unwrap();
    let count = asked(
        &["--extended", "--format", "csv"],
        "SELECT COUNT(*), MAX(MemoryMB) AS Most FROM Fleet_Computer",
    );
    assert_eq!(
        count.succeeds().stdout,
        format!("__CLASS,COUNT(*),Most\r\nFleet_Computer,{},{}\r\n", all.len(), all[0]["MemoryMB"])
    );
    let plan = asked(&["--extended", "--explain"], query).succeeds().stdout;
    assert!(plan.contains("Sort by MemoryMB DESC, Name; limit 2"), "{plan}");
    let plan = asked(&["--extended", "--explain", "analyze"], query).succeeds().stdout;
    assert!(plan.contains("2 rows in"), "{plan}");
}
