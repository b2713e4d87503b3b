//! How findings are reported: floods, files, SARIF.

use crate::{Place, command, run};

#[test]
fn people_see_fifty_errors_and_a_count() {
    let place = Place::new();
    let text: String = (0..60).map(|i| format!("class X_{i} : X_Nowhere {{ }};\n")).collect();
    let source = place.file("many.mof", &text);
    for (more, shown, end) in [
        (&[][..], 50, "... and 10 more errors (--max-errors 0 shows all)"),
        (&["--max-errors", "5"], 5, "... and 55 more errors"),
        (&["--max-errors", "0"], 60, "60 errors"),
    ] {
        let run = run(command().args(["compile", &source]).args(more)).fails_with(1);
        assert_eq!(run.stderr.matches("error[MOF0100]").count(), shown, "{more:?}");
        assert!(run.stderr.contains(end), "{more:?}: {}", run.stderr);
        assert!(run.stderr.contains("try `cimarron explain MOF0100`"), "{}", run.stderr);
    }
    let json = run(command().args(["compile", &source, "--format", "json"])).fails_with(1);
    assert_eq!(json.error_json().as_array().unwrap().len(), 60);
    assert_eq!((&json.json()["errors"], &json.json()["omitted"]), (&60.into(), &0.into()));
    let line = ["compile", &source, "--format", "json", "--max-errors", "5"];
    let json = run(command().args(line)).fails_with(1);
    assert_eq!(json.error_json().as_array().unwrap().len(), 5);
    assert_eq!((&json.json()["errors"], &json.json()["omitted"]), (&60.into(), &55.into()));
}

#[test]
fn sarif_goes_to_standard_output_or_a_file() {
    let place = Place::new();
    place.file("d ir/bad.mof", "class X_A : X_Nowhere { };;\n");
    place.file("good.mof", "class X_A { };\n");
    let here = |line: &[&str]| run(command().args(line).current_dir(place.0.path()));
    let found = here(&["compile", "d ir", "--format", "sarif"]).fails_with(1);
    assert_eq!(found.stderr, "");
    let log = found.json();
    assert_eq!(log["version"], "2.1.0");
    let results = log["runs"][0]["results"].as_array().unwrap();
    let codes: Vec<&str> = results.iter().filter_map(|r| r["ruleId"].as_str()).collect();
    assert_eq!(codes, ["MOF0100", "MOF0023"]);
    let place_of = &results[0]["locations"][0]["physicalLocation"];
    assert_eq!(place_of["artifactLocation"]["uri"], "d%20ir/bad.mof");
    assert_eq!(place_of["region"]["startColumn"], 13);

    let line = ["compile", "d ir", "--format", "sarif", "--report", "out.sarif"];
    let filed = here(&line).fails_with(1);
    assert_eq!(filed.stdout, "");
    assert!(filed.stderr.contains("error[MOF0100]"), "{}", filed.stderr);
    let text = std::fs::read_to_string(place.path("out.sarif")).unwrap();
    assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), log);

    let missing = here(&["compile", "none.mof", "--format", "sarif"]).fails_with(1);
    let invocation = missing.json()["runs"][0]["invocations"][0].clone();
    assert_eq!(invocation["executionSuccessful"], false);
    let said = invocation["toolExecutionNotifications"][0]["message"]["text"].clone();
    assert_eq!(said, "`none.mof` does not exist");
    assert!(missing.stderr.starts_with("error: `none.mof` does not exist"), "{}", missing.stderr);

    let fine = here(&["compile", "good.mof", "--format", "sarif", "-o", "x.cimar"]).succeeds();
    assert_eq!(fine.json()["runs"][0]["results"], serde_json::json!([]));
}

#[test]
fn reports_in_files_have_no_colours() {
    let place = Place::new();
    let source = place.file("bad.mof", "class X_A : X_Nowhere { };\n");
    let report = place.path("r.txt");
    let line = ["compile", &source, "--report", &report];
    let run = run(command().args(line)).fails_with(1);
    assert_eq!(run.stderr, "");
    let text = std::fs::read_to_string(&report).unwrap();
    assert!(text.starts_with("error[MOF0100]: ") && !text.contains('\u{1b}'), "{text}");
    let line = ["compile", &source, "--report", &report, "--format", "json"];
    crate::run(command().args(line)).fails_with(1);
    let text = std::fs::read_to_string(&report).unwrap();
    assert!(text.starts_with("[{"), "{text}");
}
