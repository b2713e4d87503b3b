use crate::{Place, cimarron, command, run};

const FAN: &str = "class fan {\n    [key] string Id = \"1\";\n};\n";

#[test]
fn reports_style_and_counts_it() {
    let place = Place::new();
    let fan = place.file("fan.mof", FAN);
    let run = cimarron(["lint", &fan, "--no-config"]).succeeds();
    for part in [
        "MOF0510",
        "the class name `fan` does not begin with a schema name",
        "fan.mof:1:7",
        "help: name it Acme_Fan",
        "       1  warning  MOF0527  a key has a default\n",
        "5 warnings in 1 file; `cimarron explain CODE` tells what one means\n",
    ] {
        assert!(run.stdout.contains(part), "{part} in {}", run.stdout);
    }
    assert_eq!(run.stderr, "");
}

#[test]
fn says_so_where_there_is_nothing() {
    let place = Place::new();
    let good = "[Description(\"Moves air.\")]\nclass Acme_Fan {\n    \
                [key, Description(\"Its name.\")] string Id;\n};\n";
    let fan = place.file("Acme_Fan.mof", good);
    let run = cimarron(["lint", &fan, "--no-config"]).succeeds();
    assert_eq!(run.stdout, "no findings in 1 file\n");
    let json = cimarron(["lint", &fan, "--no-config", "--format", "json"]).succeeds();
    assert_eq!(json.stdout, "[]\n");
}

#[test]
fn fails_on_errors_and_what_is_denied() {
    let place = Place::new();
    let fan = place.file("fan.mof", FAN);
    let run = cimarron(["lint", &fan, "--no-config", "--deny", "MOF0527"]).fails_with(1);
    assert!(run.stdout.contains("1 error, 4 warnings in 1 file"), "{}", run.stdout);
    let wrong = place.file("wrong.mof", "class Acme_Fan : Missing { };");
    let run = cimarron(["lint", &wrong, "--no-config", "-A", "all"]).fails_with(1);
    assert!(run.stdout.contains("MOF0100"), "{}", run.stdout);
    cimarron(["lint", &place.path("missing.mof")]).fails_with(1);
    cimarron(["lint"]).fails_with(2);
}

#[test]
fn a_finding_that_is_everywhere_is_shown_some_times() {
    let place = Place::new();
    let properties: String = (0..50).map(|n| format!("    uint8 P{n};\n")).collect();
    let text = format!("[Description(\"d\")] class Acme_Fan {{\n{properties}}};\n");
    let fan = place.file("Acme_Fan.mof", &text);
    for (show, pictures, rest) in [
        (&[][..], 10, "(40 not shown)"),
        (&["--show", "3"], 3, "(47 not shown)"),
        (&["--show", "0"], 0, "(50 not shown)"),
        (&["--show", "99"], 50, "50 warnings"),
    ] {
        let line = ["lint", &fan, "--no-config"];
        let run = run(command().args(line).args(show)).succeeds();
        assert_eq!(run.stdout.matches("help: say what it is for").count(), pictures);
        assert!(run.stdout.contains(rest), "{rest} in {}", run.stdout);
    }
}

#[test]
fn programs_get_everything() {
    let place = Place::new();
    let fan = place.file("fan.mof", FAN);
    let json = cimarron(["lint", &fan, "--no-config", "--format", "json"]).succeeds().json();
    let found = json.as_array().unwrap().iter().find(|f| f["code"] == "MOF0527").unwrap();
    assert_eq!((&found["severity"], &found["line"]), (&"warning".into(), &2.into()));
    assert_eq!((&found["column"], &found["end_column"]), (&23.into(), &26.into()));
    let report = place.path("lint.sarif");
    let line = ["lint", &fan, "--no-config", "--format", "sarif", "--report", &report];
    let run = cimarron(line).succeeds();
    assert_eq!(run.stdout, "");
    let sarif: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(&report).unwrap()).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), 5);
    assert!(results.iter().any(|r| r["ruleId"] == "MOF0527" && r["level"] == "warning"));
}

#[test]
fn pedantic_lints_run_on_request() {
    let place = Place::new();
    let two = place.file("two.mof", "class Acme_A { };\nclass Acme_B { };\n");
    let plain = cimarron(["lint", &two, "--no-config"]).succeeds();
    assert!(!plain.stdout.contains("MOF0514"), "{}", plain.stdout);
    let run = cimarron(["lint", &two, "--no-config", "-W", "pedantic"]).succeeds();
    assert!(run.stdout.contains("MOF0514  a file declares several classes"), "{}", run.stdout);
}

#[test]
fn a_log_says_why_there_are_no_findings() {
    for command in ["lint", "compile"] {
        let run = cimarron([command, "no-such.mof", "--format", "sarif"]).fails_with(1);
        let invocation = &run.json()["runs"][0]["invocations"][0];
        assert_eq!(invocation["executionSuccessful"], false);
        assert_eq!(invocation["exitCode"], 1);
    }
}
