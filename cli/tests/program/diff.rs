use crate::{Place, cimarron, command, fleet, run};
use serde_json::json;

const OLD: &str = "\
class X_A { [key] string Id; uint32 Size; string Name; };
class X_B : X_A { };
class X_Gone { [key] string Id; uint8 Flag; };
";

const NEW: &str = "\
class X_A { [key] string Id; uint64 Size; string Label; uint8 Extra = 3; };
class X_B : X_A { };
";

#[test]
fn changes_are_grouped_by_class() {
    let place = Place::new();
    let (old, new) = (place.file("old.mof", OLD), place.file("new.mof", NEW));
    let shown = cimarron(["diff", &old, &new]).succeeds().stdout;
    let expected = "\
class X_A
  ~ breaking    property's type changed: Size: uint32 → uint64 (1 class below)
      clients and instances hold values of the old type
  - breaking    property removed: string Name (1 class below)
      clients ask for it
  + compatible  property added: string Label (1 class below)
  + compatible  property added: uint8 Extra (1 class below)

class X_Gone
  - breaking    class removed: class X_Gone
      clients name it, instances are of it, subclasses derive from it

perhaps renamed
    X_A.Name → X_A.Label

5 changes: 3 breaking, 2 compatible, 0 editorial
";
    assert_eq!(shown, expected);
}

#[test]
fn json_says_all_of_each_change() {
    let place = Place::new();
    let (old, new) = (place.file("old.mof", OLD), place.file("new.mof", NEW));
    let found = cimarron(["diff", &old, &new, "--format", "json"]).succeeds().json();
    assert_eq!(found["old"], json!(old));
    assert_eq!(found["summary"], json!({"breaking": 3, "compatible": 2, "editorial": 0}));
    assert_eq!(
        found["changes"][0],
        json!({
            "id": "property-type-changed",
            "verdict": "breaking",
            "namespace": "root/cimv2",
            "element": "property",
            "class": "X_A",
            "member": "Size",
            "parameter": null,
            "path": null,
            "qualifier": null,
            "old": "uint32",
            "new": "uint64",
            "experimental": false,
            "subclasses": 1,
            "title": "property's type changed",
            "reason": "clients and instances hold values of the old type",
            "source": "DSP0004 5.4.1, as others restate it",
        })
    );
    assert_eq!(
        found["renames"],
        json!([{
            "namespace": "root/cimv2",
            "element": "property",
            "old": "X_A.Name",
            "new": "X_A.Label",
        }])
    );
}

#[test]
fn exit_codes() {
    let place = Place::new();
    let (old, new) = (place.file("old.mof", OLD), place.file("new.mof", NEW));
    let wrong = place.file("wrong.mof", "class X_A { nothing };");
    cimarron(["diff", &old, &new, "--deny", "breaking"]).fails_with(1);
    // What is graver than what is denied is denied as well.
    let only_removed = place.file("removed.mof", "class X_B { };");
    let both = place.file("both.mof", "class X_B { }; class X_Gone { };");
    for (deny, removed, added) in [("breaking", true, false), ("compatible", true, true)] {
        for (line, denied) in [([&both, &only_removed], removed), ([&only_removed, &both], added)] {
            let run = cimarron(["diff", line[0], line[1], "--deny", deny]);
            if denied {
                run.fails_with(1)
            } else {
                run.succeeds()
            };
        }
    }
    // What is denied is denied although it is not shown.
    let run = cimarron(["diff", &old, &new, "--deny", "breaking", "--only", "compatible"]);
    let run = run.fails_with(1);
    assert!(run.stdout.contains("property added") && !run.stdout.contains("removed"));
    assert!(run.stdout.ends_with("0 editorial; 2 shown\n"), "{}", run.stdout);
    cimarron(["diff", &old, &new, "--deny", "all"]).fails_with(2);
    cimarron(["diff", &old]).fails_with(2);
    cimarron(["diff", "-", "-"]).fails_with(2);
    let run = cimarron(["diff", &old, &wrong]).fails_with(1);
    assert!(run.stderr.contains("wrong.mof") && run.stdout.is_empty(), "{}", run.stderr);
    let run = cimarron(["diff", &old, &place.path("absent.mof")]).fails_with(1);
    assert!(run.stderr.contains("absent.mof"), "{}", run.stderr);
    let run = cimarron(["diff", &place.path("absent.cimar"), &new, "--format", "json"]);
    assert_eq!(run.fails_with(1).error_json()["error"]["status"], "CIM_ERR_NOT_FOUND");
}

#[test]
fn archives_directories_and_mof_on_either_side() {
    let place = Place::new();
    let archive = place.path("fleet.cimar");
    cimarron(["compile", &fleet(), "-o", &archive]).succeeds();
    let renamed = place.path("fleet.bin");
    std::fs::copy(&archive, &renamed).unwrap();
    place.file("tree/fleet.mof", &std::fs::read_to_string(fleet()).unwrap());
    let sides = [fleet(), archive, renamed, place.path("tree")];
    for old in &sides {
        for new in &sides {
            let run = cimarron(["diff", old, new, "--deny", "compatible"]).succeeds();
            assert_eq!(run.stdout, "no changes\n", "{old} {new}");
        }
    }
    let damaged = place.file("damaged.cimar", "no archive at all");
    let run = cimarron(["diff", &damaged, &fleet()]).fails_with(1);
    assert!(run.stderr.contains("not a Cimarron schema archive"), "{}", run.stderr);
}

#[test]
fn one_class_alone() {
    let place = Place::new();
    let (old, new) = (place.file("old.mof", OLD), place.file("new.mof", NEW));
    let run = cimarron(["diff", &old, &new, "--class", "x_gone"]).succeeds();
    assert!(run.stdout.starts_with("class X_Gone\n"), "{}", run.stdout);
    assert!(run.stdout.ends_with("1 change: 1 breaking, 0 compatible, 0 editorial\n"));
    let run = cimarron(["diff", &old, &new, "--class", "X_B,X_Gone", "--deny", "compatible"]);
    assert!(!run.fails_with(1).stdout.contains("X_A"));
    let run = cimarron(["diff", &old, &new, "--class", "X_Gnoe"]).fails_with(1);
    assert!(run.stderr.contains("did you mean `X_Gone`?"), "{}", run.stderr);
}

#[test]
fn mof_follows_the_dialect_of_the_archive() {
    let place = Place::new();
    let mof = "Qualifier Key : boolean = false, Scope(property, reference), Flavor(DisableOverride, ToSubclass);\n\
               class X_A { [Key] string Name; };\n";
    let source = place.file("a.mof", mof);
    let archive = place.path("a.cimar");
    cimarron(["compile", &source, "--dialect", "dmtf", "-o", &archive]).succeeds();
    for line in [[&archive, &source], [&source, &archive]] {
        let run = run(command().arg("diff").args(line)).succeeds();
        assert_eq!(run.stdout, "no changes\n");
    }
}

#[test]
fn values_cannot_drive_the_terminal() {
    let place = Place::new();
    let old = place.file("old.mof", "class X_A { [Values{\"a\"}] uint8 P; };");
    let new = place.file("new.mof", "class X_A { [Values{\"\\x1b[2J\"}] uint8 P; };");
    let shown = cimarron(["diff", &old, &new]).succeeds().stdout;
    assert!(!shown.contains('\u{1b}') && shown.contains("u{1b}"), "{shown}");
}
