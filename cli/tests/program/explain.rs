use crate::{cimarron, command, run};

#[test]
fn prints_what_why_and_examples() {
    let run = cimarron(["explain", "MOF0123"]).succeeds();
    let mut lines = run.stdout.lines();
    assert_eq!(lines.next(), Some("MOF0123: an override changes a property's type"));
    assert!(lines.next().unwrap().starts_with("always an error (CIM_ERR_INVALID_PARAMETER"));
    for part in [
        "\n\nWrong\n\n  --dialect wmi or --dialect dmtf behind declarations of DMTF's qualifiers:\n    class X_A { uint8 P; };\n",
        "\n\nRight\n\n  --dialect ",
        "DSP0004",
    ] {
        assert!(run.stdout.contains(part), "{part:?} in {}", run.stdout);
    }
    assert!(!run.stdout.contains("```") && !run.stdout.contains('\u{1b}'), "{}", run.stdout);
    assert_eq!(run.stderr, "");
}

#[test]
fn codes_are_written_in_any_way() {
    let expected = cimarron(["explain", "MOF0123"]).succeeds().stdout;
    for code in ["mof0123", "0123", "123"] {
        assert_eq!(cimarron(["explain", code]).succeeds().stdout, expected, "{code}");
    }
    let both = cimarron(["explain", "123", "MOF0504"]).succeeds().stdout;
    assert!(both.starts_with(&expected) && both.contains("\nMOF0504: "), "{both}");
}

#[test]
fn lists_every_code() {
    let list = cimarron(["explain"]).succeeds().stdout;
    for line in [
        "MOF0001  error     a file cannot be read",
        "MOF0023  warning   a semicolon follows no declaration",
        "MOF0100  error     the superclass does not exist",
        "MOF0504  style     a class has no Version",
        "MOF0514  pedantic  a file declares several classes",
    ] {
        assert!(list.lines().any(|l| l == line), "{line} in {list}");
    }
    assert_eq!(cimarron(["explain", "--list"]).succeeds().stdout, list);
    let json = cimarron(["explain", "--list", "--format", "json"]).succeeds().json();
    let codes = list.lines().filter(|line| line.starts_with("MOF")).count();
    assert_eq!(json.as_array().unwrap().len(), codes);
    let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md");
    let readme = std::fs::read_to_string(readme).unwrap();
    assert!(readme.contains(&format!(" {codes} codes, each with an explanation")), "{codes}");
    let row = json.as_array().unwrap().iter().find(|row| row["code"] == "MOF0161").unwrap();
    assert_eq!((&row["severity"], &row["hard"]), (&"error".into(), &false.into()));
    assert_eq!(row["wbem"], "WBEMMOF_E_QUALIFIER_USED_OUTSIDE_SCOPE");
}

#[test]
fn what_is_always_an_error_depends_on_the_dialect() {
    for (code, start, hard, hard_in) in [
        ("MOF0100", "always an error (", true, &["wmi", "dmtf"][..]),
        ("MOF0238", "an error in the DMTF dialect and MOF 3 (", false, &["dmtf"]),
        ("MOF0161", "an error unless --allow", false, &[]),
        ("MOF0002", "an error (CIM_ERR_FAILED, WBEMMOF_E_INVALID_FILE); where", false, &[]),
    ] {
        let text = cimarron(["explain", code]).succeeds().stdout;
        assert!(text.lines().nth(1).unwrap().starts_with(start), "{text}");
        let json = cimarron(["explain", code, "--format", "json"]).succeeds().json();
        assert_eq!((&json[0]["hard"], &json[0]["hard_in"]), (&hard.into(), &hard_in.into()));
    }
}

#[test]
fn json_has_the_parts() {
    let json = cimarron(["explain", "mof146", "--format", "json"]).succeeds().json();
    let one = &json[0];
    assert_eq!(one["code"], "MOF0146");
    assert_eq!(one["group"], serde_json::Value::Null);
    assert!(one["explanation"].as_str().unwrap().contains("MUST_BE_IN_OR_OUT"), "{one}");
    assert_eq!(one["wrong"][0]["dialect"], "wmi");
    assert_eq!(one["wrong"][0]["language"], "mof");
    assert!(one["right"][0]["text"].as_str().unwrap().contains("[in]"), "{one}");
    let lint = cimarron(["explain", "504", "--format", "json"]).succeeds().json();
    assert_eq!(lint[0]["group"], "style");
    assert_eq!(lint[0]["lint_options"], "--allow style --warn MOF0504");
    let right = &lint[0]["right"][0];
    assert_eq!((&right["dialect"], &right["dialects"][0]), (&"dmtf".into(), &"dmtf".into()));
    assert_eq!(right["needs_qualifiers"], true);
}

#[test]
fn what_is_no_code_is_told_with_what_is_near() {
    for (word, expected) in [
        ("MOF0018", "MOF0017"),
        ("override", "MOF0121"),
        ("xyzzy", "cimarron explain --list"),
        ("MOF123456", "codes are written MOF0123"),
    ] {
        let run = cimarron(["explain", "MOF0001", word]).fails_with(2);
        assert!(run.stderr.contains(expected), "{word}: {}", run.stderr);
        assert_eq!(run.stdout, "");
    }
    let run = cimarron(["explain", "9999", "--format", "json"]).fails_with(2);
    assert_eq!(run.error_json()["error"]["status"], "CIM_ERR_INVALID_PARAMETER");
    run_list_with_codes();
}

fn run_list_with_codes() {
    let refused = run(command().args(["explain", "--list", "MOF0001"])).fails_with(2);
    assert!(refused.stderr.contains("cannot be used with"), "{}", refused.stderr);
}
