use crate::{Place, cimarron, command, fleet, run};
use serde_json::json;

/// A directory with the fleet.
fn filled(place: &Place) -> String {
    let data = place.path("data");
    cimarron(["compile", &fleet(), "--data", &data]).succeeds();
    data
}

#[test]
fn check_says_what_is_there() {
    let place = Place::new();
    let data = filled(&place);
    let report = cimarron(["data", "check", &data, "--format", "json"]).succeeds().json();
    let expected = json!([
        {"name": "root", "dialect": "wmi", "classes": 0, "qualifier_types": 0, "instances": 1},
        {"name": "root/cimv2", "dialect": "wmi", "classes": 13, "qualifier_types": 0, "instances": 66},
    ]);
    assert_eq!(report["namespaces"], expected);
    assert!(report["commit"].as_u64().is_some_and(|n| n > 0), "{report}");
    assert!(report["log_bytes"].as_u64().is_some_and(|n| n > 0), "{report}");
    assert_eq!(report["checkpoint"], json!(null));
    assert!(report["bytes"].as_u64().is_some_and(|n| n > 0), "{report}");
    let human = cimarron(["data", "check", &data]).succeeds();
    assert!(human.stdout.contains("│ root/cimv2 ┆ wmi     ┆      13 ┆"), "{}", human.stdout);
    assert!(human.stdout.contains("2 namespaces; commit "), "{}", human.stdout);
}

#[test]
fn copies_hold_the_same() {
    let place = Place::new();
    let data = filled(&place);
    let export = |data: &str| cimarron(["data", "export", data]).succeeds().stdout;
    let expected = export(&data);
    let run = cimarron(["data", "compact", &data, "--format", "json"]).succeeds();
    assert!(run.json()["bytes"].as_u64().is_some_and(|n| n > 0));
    assert_eq!(export(&data), expected);
    let report = cimarron(["data", "check", &data, "--format", "json"]).succeeds().json();
    assert_eq!(report["checkpoint"], report["commit"]);
    let (backup, restored) = (place.path("backup"), place.path("restored"));
    let run = cimarron(["data", "backup", &data, &backup, "--format", "json"]).succeeds();
    assert_eq!(run.json()["to"], json!(backup));
    cimarron(["data", "restore", &backup, &restored]).succeeds();
    assert_eq!(export(&restored), expected);
    assert_eq!(export(&backup), expected);
    // Neither writes over anything.
    cimarron(["data", "backup", &data, &backup]).fails_with(1);
    let run = cimarron(["data", "restore", &backup, &data, "--format", "json"]).fails_with(1);
    assert_eq!(run.error_json()["error"]["status"], json!("CIM_ERR_ALREADY_EXISTS"));
    std::fs::create_dir(place.path("empty")).unwrap();
    cimarron(["data", "restore", &backup, &place.path("empty")]).succeeds();
    assert_eq!(export(&place.path("empty")), expected);
}

#[test]
fn a_damaged_backup_is_not_restored() {
    let place = Place::new();
    let data = filled(&place);
    let backup = place.path("backup");
    cimarron(["data", "backup", &data, &backup]).succeeds();
    let restored = place.path("restored");
    let names = std::fs::read_dir(&backup).unwrap().map(|e| e.unwrap().file_name());
    let names = names.map(|name| name.into_string().unwrap());
    let damaged: Vec<_> =
        names.filter(|name| name == "MANIFEST" || name.starts_with("segment-")).collect();
    assert!(damaged.len() > 1, "{damaged:?}");
    for name in damaged {
        let file = place.path(&format!("backup/{name}"));
        let whole = std::fs::read(&file).unwrap();
        let mut bytes = whole.clone();
        // What stands between the parts of a file is nothing.
        let at = (whole.len() / 2..whole.len()).find(|at| whole[*at] != 0).unwrap();
        bytes[at] ^= 1;
        std::fs::write(&file, bytes).unwrap();
        let run = cimarron(["data", "restore", &backup, &restored]).fails_with(1);
        assert!(run.stderr.contains(&format!("`{backup}`")), "{}", run.stderr);
        assert!(!std::path::Path::new(&restored).exists());
        let check = cimarron(["data", "check", &backup, "--format", "json"]).fails_with(1);
        assert!(check.error_json()["error"]["message"].is_string());
        let target = place.path("target");
        cimarron(["data", "backup", &backup, &target]).fails_with(1);
        std::fs::write(&file, whole).unwrap();
    }
    // Nothing is left of the attempts.
    let names = std::fs::read_dir(place.path("")).unwrap().count();
    assert_eq!(names, 2);
    cimarron(["data", "restore", &backup, &restored]).succeeds();
}

#[test]
fn the_last_checkpoint_is_left_of_a_directory_with_a_damaged_log() {
    let place = Place::new();
    let data = filled(&place);
    let expected = cimarron(["data", "export", &data]).succeeds().stdout;
    cimarron(["data", "compact", &data]).succeeds();
    let more = place.file("more.mof", "instance of Fleet_Computer { Name = \"later\"; };");
    cimarron(["compile", &more, "--data", &data]).succeeds();
    let names = std::fs::read_dir(&data).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names = names.map(|name| name.into_string().unwrap());
    let log = names.find(|name| name.starts_with("log-")).unwrap();
    let file = place.path(&format!("data/{log}"));
    let mut bytes = std::fs::read(&file).unwrap();
    let at = bytes.iter().rposition(|byte| *byte != 0).unwrap();
    bytes.truncate(at / 2);
    std::fs::write(&file, bytes).unwrap();

    let rescued = place.path("rescued");
    let refused = cimarron(["data", "check", &data]).fails_with(1);
    assert!(refused.stderr.contains("restore --checkpoint"), "{}", refused.stderr);
    cimarron(["data", "restore", &data, &rescued]).fails_with(1);
    cimarron(["data", "restore", "--checkpoint", &data, &rescued]).succeeds();
    assert_eq!(cimarron(["data", "export", &rescued]).succeeds().stdout, expected);
    cimarron(["compile", &more, "--data", &rescued]).succeeds();
}

#[test]
fn a_checkpoint_that_cannot_be_made_is_no_failure() {
    let place = Place::new();
    let data = place.path("data");
    let class = place.file("class.mof", "class X_A { [key] string Id; string Text; };");
    cimarron(["data", "import", &data, &class]).succeeds();
    // The next log is written there first, and what is in the way is no file.
    let in_the_way = place.path("data/log-00000002.redb.new");
    std::fs::create_dir(&in_the_way).unwrap();
    let text = "x".repeat(5 << 20);
    let rows = format!("instance of X_A {{ Id = \"a\"; Text = \"{text}\"; }};");
    let rows = place.file("rows.mof", &rows);
    for arguments in [
        ["data", "import", &data, &rows].as_slice(),
        &["query", "--data", &data, "SELECT Id FROM X_A"],
        &["data", "check", &data],
    ] {
        let run = run(command().args(arguments)).succeeds();
        assert!(run.stderr.starts_with("warning: no checkpoint could be made: "), "{}", run.stderr);
        assert!(run.stderr.contains("nothing is lost"), "{}", run.stderr);
    }
    std::fs::remove_dir(in_the_way).unwrap();
    let run = cimarron(["data", "check", &data]).succeeds();
    assert!(run.stderr.is_empty(), "{}", run.stderr);
    let found = cimarron(["query", "--data", &data, "SELECT Id FROM X_A"]).succeeds().stdout;
    assert!(found.contains("1 row"), "{found}");
}
