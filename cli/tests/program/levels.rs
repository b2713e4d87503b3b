use crate::{Place, cimarron, command, run};

const STRAY: &str = "class Acme_Fan { };;\n";

#[test]
fn a_denied_warning_is_an_error_and_nothing_is_written() {
    let place = Place::new();
    let source = place.file("fan.mof", STRAY);
    let target = place.path("fan.cimar");
    for flags in [
        &["--deny", "warnings"][..],
        &["-D", "MOF0023"],
        &["-D", "23", "--deny=MOF0264"],
        &["-A", "23", "-D", "23"],
    ] {
        let line = ["compile", &source, "-o", &target, "--no-config"];
        let run = run(command().args(line).args(flags)).fails_with(1);
        assert!(run.stderr.contains("MOF0023"), "{}", run.stderr);
        assert!(!std::path::Path::new(&target).exists(), "{flags:?}");
    }
    let line = ["compile", &source, "-o", &target, "--no-config", "-D", "23", "-A", "23"];
    let run = cimarron(line).succeeds();
    assert_eq!(run.stderr, "");
    assert!(std::path::Path::new(&target).exists());
}

#[test]
fn an_error_that_may_be_allowed_is_written_all_the_same() {
    let place = Place::new();
    let source = place.file("fan.mof", "[key] class Acme_Fan { [key] string Id; };\n");
    let target = place.path("fan.cimar");
    let line = ["compile", &source, "-o", &target, "--no-config"];
    assert!(cimarron(line).fails_with(1).stderr.contains("MOF0161"));
    let line = ["compile", &source, "-o", &target, "--no-config", "-W", "MOF0161"];
    assert!(cimarron(line).succeeds().stderr.contains("1 warning"));
    cimarron(["show", &target, "Acme_Fan"]).succeeds();
}

#[test]
fn a_hard_error_cannot_be_allowed() {
    let run = cimarron(["compile", "x.mof", "--allow", "MOF0100"]).fails_with(2);
    assert!(run.stderr.contains("MOF0100 (the superclass does not exist) is always an error"));
    assert!(run.stderr.contains("cimarron explain MOF0100"), "{}", run.stderr);
    for (flag, expected) in [("MOF0999", "near it are"), ("warnigns", "did you mean `warnings`?")] {
        let run = cimarron(["lint", "x.mof", "-D", flag]).fails_with(2);
        assert!(run.stderr.contains(expected), "{}", run.stderr);
    }
}

#[test]
fn lints_run_in_compile_when_they_are_named() {
    let place = Place::new();
    let source = place.file("fan.mof", "class Acme_Fan { };\n");
    let plain = cimarron(["compile", &source, "--no-config"]).succeeds();
    assert_eq!(plain.stderr, "");
    let run = cimarron(["compile", &source, "--no-config", "-W", "MOF0500"]).succeeds();
    assert!(run.stderr.contains("has no Description"), "{}", run.stderr);
    cimarron(["compile", &source, "--no-config", "-D", "MOF0500"]).fails_with(1);
}

#[test]
fn the_next_configuration_upwards_counts() {
    let place = Place::new();
    place.file("cimarron.toml", "[lint]\nwarnings = \"deny\"\n\"MOF0500\" = \"allow\"\n");
    place.file("deep/down/fan.mof", STRAY);
    let inside = |arguments: &[&str]| {
        let mut command = command();
        command.current_dir(place.path("deep/down")).args(arguments);
        run(&mut command)
    };
    inside(&["compile", "fan.mof"]).fails_with(1);
    inside(&["compile", "fan.mof", "--no-config"]).succeeds();
    inside(&["compile", "fan.mof", "-A", "MOF0023"]).succeeds();
    let lint = inside(&["lint", "fan.mof"]).fails_with(1);
    assert!(!lint.stdout.contains("MOF0500"), "{}", lint.stdout);
    let other = place.file("other.toml", "[lint]\nMOF0023 = \"allow\"\n");
    inside(&["compile", "fan.mof", "--config", &other]).succeeds();
}

#[test]
fn a_configuration_that_is_wrong_says_where() {
    let place = Place::new();
    let source = place.file("fan.mof", STRAY);
    for (text, expected) in [
        ("[lint]\nMOF0100 = \"allow\"\n", "is always an error"),
        ("[lint]\nMOF0023 = \"ignore\"\n", "`ignore` is no level: write allow, warn or deny"),
        ("[lnit]\n", "unknown field `lnit`"),
        ("[lint\n", "other.toml"),
    ] {
        let config = place.file("other.toml", text);
        let run = cimarron(["compile", &source, "--config", &config]).fails_with(2);
        assert!(run.stderr.contains(expected), "{expected} in {}", run.stderr);
    }
    let missing = place.path("missing.toml");
    let run = cimarron(["compile", &source, "--config", &missing, "--format", "json"]);
    let run = run.fails_with(2);
    let message = run.error_json()["error"]["message"].as_str().unwrap().to_owned();
    assert!(message.contains("cannot read the configuration"), "{message}");
}

#[test]
fn a_comment_suppresses() {
    let place = Place::new();
    let text = "class Acme_A { };; // cimarron: allow(MOF0023)\nclass Acme_B { };;\n";
    let source = place.file("fan.mof", text);
    let run = cimarron(["compile", &source, "--no-config", "-D", "warnings"]).fails_with(1);
    assert!(run.stderr.contains("1 error") && run.stderr.contains("fan.mof:2"), "{}", run.stderr);
}
