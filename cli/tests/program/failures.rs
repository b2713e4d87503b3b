use crate::{Place, cimarron, command, fleet};
use serde_json::json;

#[test]
fn help_tells_the_exit_codes() {
    for line in [&["--help"][..], &["compile", "--help"], &["show", "-h"], &["query", "--help"]] {
        let run = crate::run(command().args(line)).succeeds();
        assert!(run.stdout.contains("Exit codes:"), "{line:?}: {}", run.stdout);
    }
    assert!(cimarron(["--version"]).succeeds().stdout.starts_with("cimarron "));
}

#[test]
fn a_wrong_command_line_exits_with_2() {
    for line in [
        &[][..],
        &["complie"],
        &["compile"],
        &["compile", "x.mof", "--dialect", "omi"],
        &["compile", "x.mof", "-n", "a//b"],
        &["show"],
        &["show", "a", "--format", "csv"],
        &["show", "a", "--tree", "--format", "json"],
        &["query"],
        &["query", "--format", "xml", "SELECT * FROM X"],
        &["demo", "more"],
    ] {
        let run = crate::run(command().args(line)).fails_with(2);
        assert!(!run.stderr.is_empty(), "{line:?}");
        assert_eq!(run.stdout, "", "{line:?}");
    }
}

#[test]
fn a_source_where_the_query_belongs_is_told_where_it_does() {
    for command in ["query", "watch"] {
        let run = cimarron([command, "a.mof", "SELECT * FROM X"]).fails_with(2);
        assert!(run.stderr.contains("with `--mof` or `--archive`"), "{}", run.stderr);
    }
    // One that cannot have a source gets no such advice.
    let run = cimarron(["explain", "MOF0101", "MOF0102", "more", "--nope"]).fails_with(2);
    assert!(!run.stderr.contains("--archive"), "{}", run.stderr);
}

#[test]
fn a_wrong_command_line_is_json_too() {
    for line in [
        &["compile", "--format", "json"][..],
        &["query", "--format=json", "--nope", "q"],
        &["show", "a", "--tree", "--format", "json"],
    ] {
        let run = crate::run(command().args(line)).fails_with(2);
        let error = &run.error_json()["error"];
        assert_eq!(error["status"], "CIM_ERR_INVALID_PARAMETER", "{line:?}");
        assert_eq!(error["wbem"], "WBEM_E_INVALID_PARAMETER", "{line:?}");
        assert_eq!(error["code"], 0x8004_1008_u32, "{line:?}");
        assert_eq!(error["span"], json!(null), "{line:?}");
        let message = error["message"].as_str().unwrap();
        assert!(!message.is_empty() && !message.contains("Usage"), "{message}");
    }
}

#[test]
fn missing_and_damaged_files_are_failures_of_the_input() {
    let place = Place::new();
    let missing = place.path("missing");
    let text = place.file("text.cimar", "this is no archive");
    let query = "SELECT * FROM X";
    for (line, status) in [
        (["show", &missing, "--format", "json", "X"], "CIM_ERR_NOT_FOUND"),
        (["show", &text, "--format", "json", "X"], "CIM_ERR_FAILED"),
        (["compile", &missing, "--format", "json", "-I."], "CIM_ERR_NOT_FOUND"),
        (["query", "--archive", &missing, "--format=json", query], "CIM_ERR_NOT_FOUND"),
        (["query", "--archive", &text, "--format=ndjson", query], "CIM_ERR_FAILED"),
        (["query", "--mof", &missing, "--format=json", query], "CIM_ERR_NOT_FOUND"),
    ] {
        let run = cimarron(line).fails_with(1);
        let error = &run.error_json()["error"];
        assert_eq!(error["status"], status, "{error}");
        let message = error["message"].as_str().unwrap();
        assert!(message.contains("missing") || message.contains("text.cimar"), "{message}");
    }
    let run = cimarron(["show", &missing]).fails_with(1);
    assert!(run.stderr.starts_with("error: "), "{}", run.stderr);
}

/// A reader that is gone before the first byte, as `| head -0` would be.
#[test]
fn a_closed_pipe_ends_quietly() {
    let place = Place::new();
    let archive = place.path("fleet.cimar");
    cimarron(["compile", &fleet(), "-o", &archive]).succeeds();
    for line in [
        &["show", &archive][..],
        &["show", &archive, "--format", "json"],
        &["query", "--archive", &archive, "SELECT * FROM Fleet_Disk"],
        &["compile", &fleet()],
        &["demo"],
        &["--help"],
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = command().args(line).stdout(writer).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{line:?}");
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "", "{line:?}");
    }
}

#[test]
fn every_input_that_cannot_be_read_is_named() {
    let place = Place::new();
    let notes = place.file("bare/notes.txt", "");
    let bare = notes.trim_end_matches("notes.txt").trim_end_matches('/').to_owned();
    let (first, second) = (place.path("first.mof"), place.path("second.mof"));
    for command in ["compile", "lint"] {
        let run = cimarron([command, &first, &bare, &fleet(), &second]).fails_with(1);
        for said in [
            format!("`{first}` does not exist"),
            format!("`{bare}` holds no MOF files"),
            format!("`{second}` does not exist"),
        ] {
            assert!(run.stderr.contains(&said), "{said}: {}", run.stderr);
        }
    }
}

#[test]
fn an_output_in_no_directory_names_the_directory() {
    let place = Place::new();
    let output = place.path("none/fleet.cimar");
    let run = cimarron(["compile", &fleet(), "-o", &output]).fails_with(1);
    let folder = place.path("none");
    let said = format!("cannot write `{output}`: there is no directory `{folder}`");
    assert_eq!(run.stderr.trim_end(), format!("error: {said}"));
}

#[test]
fn a_failure_is_a_sarif_log_too() {
    let place = Place::new();
    let (missing, site) = (place.path("missing.mof"), place.path("site"));
    for line in [&["compile", &missing][..], &["lint", &missing], &["doc", &missing, "-o", &site]] {
        let run = crate::run(command().args(line).args(["--format", "sarif"])).fails_with(1);
        let invocation = &run.json()["runs"][0]["invocations"][0];
        assert_eq!(invocation["executionSuccessful"], false, "{line:?}");
        assert_eq!(invocation["exitCode"], 1, "{line:?}");
    }
}
