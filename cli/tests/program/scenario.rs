//! `cimarron scenario`.

use crate::{Place, cimarron, command, run, run_with_stdin};
use serde_json::json;

const MOF: &str = "class X_Fan { [key] string Id; uint32 Speed = 5; };";

const SCENARIO: &str = r#"{
    "mof": ["fan.mof"],
    "namespace": "root/x",
    "subscriptions": [
        {"id": "new", "query": "SELECT TargetInstance FROM __InstanceCreationEvent WHERE TargetInstance ISA 'X_Fan'"},
        {"id": "bad", "query": "SELECT * FROM X_Fam"}
    ],
    "steps": [
        {"op": "create", "class": "X_Fan", "props": {"Id": "a"}},
        {"op": "advance", "seconds": 1.5},
        {"op": "create", "class": "X_Fan", "props": {"Id": "b", "Speed": 7}}
    ]
}"#;

#[test]
fn what_was_delivered_is_json_where_nobody_looks() {
    let place = Place::new();
    place.file("in/fan.mof", MOF);
    let scenario = place.file("in/scenario.json", SCENARIO);
    let run = cimarron(["scenario", &scenario]).succeeds();
    let fan = |id, speed| {
        json!({"__CLASS": "__InstanceCreationEvent", "TargetInstance": {
            "__CLASS": "X_Fan", "__RELPATH": format!("X_Fan.Id=\"{id}\""), "Id": id, "Speed": speed
        }})
    };
    let mut found = run.json();
    assert_eq!(found["subscriptions"]["bad"]["error"]["wbem"], "WBEM_E_INVALID_CLASS");
    assert_eq!(found["subscriptions"]["bad"]["error"]["column"], 15);
    found["subscriptions"]["bad"]["error"] = json!(null);
    assert_eq!(
        found,
        json!({
            "subscriptions": {
                "new": {"error": null, "events": [fan("a", 5), fan("b", 7)]},
                "bad": {"error": null, "events": []}
            },
            "consumers": {}
        })
    );
    assert!(
        run.stdout.starts_with("{\"subscriptions\":{\"new\":{\"error\":null,"),
        "{}",
        run.stdout
    );
    let again = cimarron(["scenario", &scenario, "--format", "json"]).succeeds();
    assert_eq!(again.stdout, run.stdout);
}

#[test]
fn people_get_tables() {
    let place = Place::new();
    place.file("fan.mof", MOF);
    let scenario =
        place.file("scenario.json", &SCENARIO.replace("SELECT TargetInstance", "SELECT *"));
    let run =
        run(command().args(["scenario", &scenario, "--format", "human"]).env("COLUMNS", "110"));
    assert_eq!(
        run.succeeds().stdout,
        "\
new: SELECT * FROM __InstanceCreationEvent WHERE TargetInstance ISA 'X_Fan'
┌─────────────────────────┬───────────────────────────┬─────────────────────────────┐
│ event                   ┆ TIME_CREATED              ┆ TargetInstance              │
╞═════════════════════════╪═══════════════════════════╪═════════════════════════════╡
│ __InstanceCreationEvent ┆ 20300101000000.000000+000 ┆ X_Fan { Id = a, Speed = 5 } │
│ __InstanceCreationEvent ┆ 20300101000001.500000+000 ┆ X_Fan { Id = b, Speed = 7 } │
└─────────────────────────┴───────────────────────────┴─────────────────────────────┘
2 events

bad: SELECT * FROM X_Fam
error: unknown class `X_Fam`: did you mean `X_Fan`?
 --> line 1, column 15
  |
1 | SELECT * FROM X_Fam
  |               ^^^^^
"
    );
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    for (text, wbem, line, message) in [
        (
            "{\n \"stesp\": []}",
            "WBEM_E_INVALID_PARAMETER",
            2,
            "unknown member `stesp` (did you mean `steps`?)",
        ),
        ("{", "WBEM_E_INVALID_PARAMETER", 1, "EOF while parsing an object"),
        (
            "{\"steps\": [\n{\"op\": \"create\", \"class\": \"X\"}]}",
            "WBEM_E_INVALID_CLASS",
            2,
            "steps[0], create: unknown class `X`",
        ),
        ("{\n\"polled_classes\": [\"X\"]}", "WBEM_E_INVALID_CLASS", 2, "unknown class `X`"),
        (
            "{\"setup\": [{\"op\": \"delete\", \"path\": \"__EventFilter.Name='x'\"}]}",
            "WBEM_E_NOT_FOUND",
            1,
            "setup[0], delete: there is no instance `__EventFilter.Name=\"x\"`",
        ),
    ] {
        let run = run_with_stdin(command().args(["scenario", "-"]), text.as_bytes()).fails_with(1);
        let error = &run.error_json()["error"];
        let found = (&error["wbem"], &error["line"], &error["message"]);
        assert_eq!(found, (&json!(wbem), &json!(line), &json!(message)), "{text}");
        assert_eq!(run.stdout, "");
    }
    let missing = cimarron(["scenario", "missing.json"]).fails_with(1);
    assert_eq!(missing.error_json()["error"]["wbem"], "WBEM_E_NOT_FOUND");
}

#[test]
fn mof_with_errors_is_reported_as_everywhere() {
    let place = Place::new();
    place.file("fan.mof", "class X_Fan { [key] string Id; uint8 Speed = 300; };");
    let scenario = place.file("scenario.json", SCENARIO);
    let run = cimarron(["scenario", &scenario]).fails_with(1);
    assert_eq!(run.error_json()[0]["code"], "MOF0221", "{}", run.stderr);
}
