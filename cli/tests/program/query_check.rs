//! Queries that are checked and not run.

use crate::{Run, cimarron, command, fleet, run};
use serde_json::json;

fn asked(options: &[&str], query: &str) -> Run {
    run(command().arg("query").args(options).arg(query))
}

#[test]
fn syntax_needs_no_classes() {
    for (query, kind, answer, canonical) in [
        (
            "select Name,Size from X where not(Size=5)and Name!='a'",
            "data",
            "instances",
            r#"SELECT Name, Size FROM X WHERE NOT Size = 5 AND Name <> "a""#,
        ),
        (
            "select * from META_CLASS where __this isa X",
            "schema",
            "classes",
            r#"SELECT * FROM meta_class WHERE __this ISA "X""#,
        ),
        (
            "associators of {X=5} where role=A",
            "associators",
            "instances",
            "ASSOCIATORS OF {X=5} WHERE Role = A",
        ),
        (
            "references of {X} where schemaonly",
            "references",
            "classes",
            "REFERENCES OF {X} WHERE SchemaOnly",
        ),
    ] {
        let run = asked(&["--syntax"], query).succeeds();
        let expected = json!({
            "ok": true, "kind": kind, "answer": answer, "query": canonical, "checked": "syntax",
        });
        assert_eq!(run.json(), expected);
        let told = asked(&["--syntax", "--format", "table"], query).succeeds().stdout;
        assert_eq!(told.lines().nth(1), Some(canonical));
        // What is canonical stays as it is.
        let again = asked(&["--syntax", "--format", "json"], canonical).succeeds();
        assert_eq!(again.json()["query"], canonical);
    }
}

#[test]
fn event_queries_have_a_door_of_their_own() {
    let query =
        "SELECT * FROM __InstanceCreationEvent WITHIN 5 WHERE TargetInstance ISA 'Fleet_Disk'";
    let told = asked(&["--syntax", "--event", "--format", "json"], query).succeeds().json();
    assert_eq!((&told["kind"], &told["answer"]), (&json!("event"), &json!("events")));
    asked(&["--check", "--event", "--mof", &fleet()], query).succeeds();
    let refused = asked(&["--syntax", "--format", "json"], query).fails_with(1).error_json();
    assert_eq!(refused["error"]["wbem"], "WBEM_E_INVALID_QUERY");
    for (query, wbem) in [
        ("SELECT * FROM __InstanceCreationEvent WITHIN", "WBEM_E_UNPARSABLE_QUERY"),
        ("SELECT * FROM Fleet_Disk WITHIN 5", "WBEM_E_NOT_EVENT_CLASS"),
    ] {
        let options = ["--check", "--event", "--mof", &fleet(), "--format", "json"];
        let error = asked(&options, query).fails_with(1).error_json();
        assert_eq!(error["error"]["wbem"], wbem, "{query}");
    }
}

#[test]
fn checks_bind_and_do_not_run() {
    let options = ["--check", "--mof", &fleet()];
    let query = r#"ASSOCIATORS OF {Fleet_Computer.Name="nobody"}"#;
    let told = asked(&options, query).succeeds().json();
    assert_eq!((&told["ok"], &told["checked"]), (&json!(true), &json!("classes")));
    let query = "SELECT Serial\nFROM Fleet_Disk\nWHERE Kind = 'x' AND Sise > 5";
    let run = asked(&options, query).fails_with(1);
    assert_eq!(run.stdout, "");
    let error = &run.error_json()["error"];
    let message = error["message"].as_str().unwrap();
    assert!(message.contains("Sise") && message.contains("did you mean `Size`"), "{message}");
    assert_eq!(
        error,
        &json!({
            "status": "CIM_ERR_INVALID_QUERY", "cim_code": 15,
            "wbem": "WBEM_E_INVALID_QUERY", "code": 0x8004_1017_u32,
            "message": message, "span": {"start": 51, "end": 55},
            "line": 3, "column": 22, "end_line": 3, "end_column": 26,
        })
    );
    assert_eq!(
        asked(&["--check", "--mof", &fleet(), "--format", "table"], query).fails_with(1).stderr,
        format!(
            "error: {message}\n --> line 3, column 22\n  |\n\
             3 | WHERE Kind = 'x' AND Sise > 5\n  |                      ^^^^\n\n"
        )
    );
    // Without classes none is known.
    let error = asked(&["--check", "--format", "json"], "SELECT * FROM Fleet_Disk");
    assert_eq!(error.fails_with(1).error_json()["error"]["wbem"], "WBEM_E_INVALID_CLASS");
}

#[test]
fn the_extended_level_is_asked_for() {
    let query = "SELECT TOP 5 Serial FROM Fleet_Disk ORDER BY Size DESC";
    let error = asked(&["--syntax", "--format", "json"], query).fails_with(1).error_json();
    let message = error["error"]["message"].as_str().unwrap();
    assert!(message.contains("TOP") && message.contains("Extended"), "{message}");
    let told = asked(&["--syntax", "--extended", "--format", "json"], query).succeeds().json();
    assert_eq!(told["query"], query);
    asked(&["--check", "--extended", "--mof", &fleet()], query).succeeds();
}

#[test]
fn options_that_do_not_go_together_are_refused() {
    for options in [&["--event"][..], &["--check", "--syntax"]] {
        asked(options, "SELECT * FROM X").fails_with(2);
    }
    cimarron(["query", "--syntax"]).fails_with(2);
}
