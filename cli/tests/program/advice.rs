//! What the program tells those who are new to it.

use crate::{Place, cimarron, fleet};

#[test]
fn options_stand_under_their_own_headings() {
    for command in ["query", "watch", "compile"] {
        let help = cimarron([command, "--help"]).succeeds().stdout;
        let wmi = help.split("\nWMI:\n").nth(1).unwrap();
        let wmi = wmi.split("\nData directory:\n").next().unwrap();
        let wmi = wmi.split("\nOutput:\n").next().unwrap();
        let of_wmi = |line: &str| {
            let names = ["--class-flags", "--instance-flags", "--emit-m", "--amendment"];
            names.iter().any(|name| line.contains(name))
        };
        let mut options = wmi.lines().filter(|line| line.trim_start().starts_with("--"));
        assert!(options.all(of_wmi), "{command}: {wmi}");
    }
    let help = cimarron(["query", "--help"]).succeeds().stdout;
    assert!(help.contains("\nArguments:\n  <WQL>"), "{help}");
    assert!(!help.contains("[default: wmi]"), "{help}");
}

#[test]
fn what_goes_wrong_first_is_explained() {
    let place = Place::new();
    let archive = place.archive("a", "class X_A { [key] string K; };\n");
    let data = place.path("data");
    let select = "SELECT * FROM Fleet_Disk";
    for (line, expected) in [
        (&["query", select][..], "name MOF with --mof"),
        (&["watch", select], "name MOF with --mof"),
        (&["query", "--mof", &archive, select], "is a schema archive, and no MOF"),
        (&["compile", &archive], "is a schema archive, and no MOF"),
        (&["compile", &fleet(), "--data", &archive], "is a file, and no data directory"),
        (&["show", &archive, "X_B"], "there is no class `X_B`"),
        (&["compile", &archive, "--class-flags", "safe"], "createonly, updateonly, safeupdate"),
    ] {
        let run = crate::run(crate::command().args(line));
        assert_ne!(run.code, 0);
        assert!(run.stderr.contains(expected), "{line:?}: {}", run.stderr);
    }
    // The namespace was made by other rules than those that the text is written by.
    let dmtf = place.path("dmtf");
    let key = "Qualifier Key : boolean = false, Scope(property), Flavor(DisableOverride);\n";
    let made = place.file("k.mof", key);
    cimarron(["compile", &made, "--data", &dmtf, "--dialect", "dmtf"]).succeeds();
    let compile = ["compile", &fleet(), "--data", &dmtf];
    let note = "`root/cimv2` is there and follows dmtf";
    let run = crate::run(crate::command().args(compile).args(["--dialect", "wmi"])).fails_with(1);
    assert!(run.stderr.contains(note), "{}", run.stderr);
    let run = cimarron(compile).fails_with(1);
    assert!(!run.stderr.contains(note), "{}", run.stderr);
    // A class that is not there is one thing where something is loaded, and another where not.
    cimarron(["compile", &fleet(), "--data", &data]).succeeds();
    let run = cimarron(["query", "--data", &data, "SELECT * FROM X_None"]).fails_with(1);
    assert!(!run.stderr.contains("--mof"), "{}", run.stderr);
}

#[test]
fn what_is_named_as_an_archive_need_not_be_one() {
    let place = Place::new();
    let run = cimarron(["compile", "--check", &place.path("missing.cimar")]).fails_with(1);
    assert!(run.stderr.contains("missing.cimar` does not exist"), "{}", run.stderr);
    let mof = "class X_A { [key] string K; };\n";
    std::fs::create_dir(place.path("foo.cimar")).unwrap();
    place.file("foo.cimar/a.mof", mof);
    cimarron(["compile", "--check", &place.path("foo.cimar")]).succeeds();
    cimarron(["compile", "--check", &place.file("text.cimar", mof)]).succeeds();
}
