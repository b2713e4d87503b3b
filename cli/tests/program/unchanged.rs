//! Compiling again what has not changed.

use crate::{Place, Run, command, run};

fn compile(place: &Place, more: &[&str]) -> Run {
    let line = [&["compile", "mof", "-I", "lib", "-o", "x.cimar", "--format", "json"], more];
    run(command().args(line.concat()).current_dir(place.0.path())).succeeds()
}

#[track_caller]
fn skipped(place: &Place, more: &[&str]) -> bool {
    compile(place, more).json()["skipped"].as_bool().unwrap()
}

fn tree() -> Place {
    let place = Place::new();
    place.file("mof/a.mof", "#pragma include (\"base.mof\")\nclass X_B : X_A {};\n");
    place.file("lib/base.mof", "class X_A { [key] string Id; };\n");
    assert!(!skipped(&place, &[]));
    place
}

#[test]
fn an_unchanged_tree_is_not_compiled_again() {
    let place = tree();
    let first = std::fs::read(place.path("x.cimar")).unwrap();
    let again = compile(&place, &[]).json();
    assert_eq!(again["skipped"], true);
    assert_eq!((&again["classes"], &again["output"]), (&2.into(), &"x.cimar".into()));
    assert_eq!(again["bytes"], first.len());
    assert_eq!(std::fs::read(place.path("x.cimar")).unwrap(), first);
    assert!(!skipped(&place, &["--force"]));
    assert!(skipped(&place, &[]));
    let human = run(command()
        .args(["compile", "mof", "-I", "lib", "-o", "x.cimar"])
        .current_dir(place.0.path()))
    .succeeds();
    assert!(human.stdout.contains(" unchanged, seen in "), "{}", human.stdout);
}

/// Each change of the inputs, and whether there is anything to do then.
#[test]
fn every_change_that_counts_is_seen() {
    for (what, path, text, expected) in [
        ("touched, the same content", "lib/base.mof", "class X_A { [key] string Id; };\n", true),
        ("of another directory", "lib/unused.mof", "nonsense", true),
        ("no MOF", "mof/readme.txt", "x", false),
        ("changed, the same length", "lib/base.mof", "class X_A { [key] string Ie; };\n", false),
        ("new in the tree", "mof/new.mof", "class X_N {};\n", false),
        ("an include that comes first now", "mof/base.mof", "class X_A { };\n", false),
    ] {
        let place = tree();
        place.file(path, text);
        assert_eq!(skipped(&place, &[]), expected, "{what}");
        assert!(skipped(&place, &[]), "{what}, the second time");
    }
}

/// What is not found beside the including file, in a directory that is not there, fails no
/// question that would have to be put again.
#[test]
fn an_include_with_directories_may_be_found_later() {
    let place = Place::new();
    place.file("mof/a.mof", "#pragma include (\"core/base.mof\")\nclass X_B : X_A {};\n");
    place.file("lib/core/base.mof", "class X_A { [key] string Id; };\n");
    assert!(!skipped(&place, &[]));
    assert!(skipped(&place, &[]));
    place.file("mof/core/base.mof", "class X_A { };\n");
    assert!(!skipped(&place, &[]));
    assert!(skipped(&place, &[]));
}

#[test]
fn outputs_may_lie_among_the_inputs() {
    let place = Place::new();
    place.file("a.mof", "class X_A { [key] string Id; };\n");
    for skipped in [false, true] {
        let line = ["compile", ".", "-o", "x.cimar", "--dep-file", "x.d", "--format", "json"];
        let run = run(command().args(line).current_dir(place.0.path())).succeeds();
        assert_eq!(run.json()["skipped"], skipped);
    }
}

#[test]
fn options_count() {
    let place = tree();
    for more in [
        &["-n", "root/other"][..],
        &["--class-flags", "createonly"],
        &["-I", "mof"],
        &["--emit", "mof"],
        &["--dep-file", "x.d"],
    ] {
        assert!(!skipped(&place, more), "{more:?}");
        assert!(skipped(&place, more), "{more:?}, the second time");
    }
    assert!(!skipped(&place, &[]));
}

#[test]
fn outputs_count() {
    let place = tree();
    let more = ["--dep-file", "x.d"];
    assert!(!skipped(&place, &more));
    for file in ["x.cimar", "x.d"] {
        let content = std::fs::read(place.path(file)).unwrap();
        std::fs::remove_file(place.path(file)).unwrap();
        assert!(!skipped(&place, &more), "{file} removed");
        let mut changed = content.clone();
        *changed.last_mut().unwrap() ^= 1;
        std::fs::write(place.path(file), changed).unwrap();
        assert!(!skipped(&place, &more), "{file} changed");
        assert_eq!(std::fs::read(place.path(file)).unwrap(), content);
        assert!(skipped(&place, &more));
    }
    for stamp in ["", "{}", "not JSON", "{\"form\":1,\"key\":\"x\"}"] {
        place.file("x.cimar.stamp", stamp);
        assert!(!skipped(&place, &more), "{stamp}");
    }
}

#[test]
fn errors_are_never_passed_over() {
    let place = tree();
    place.file("lib/base.mof", "class X_A { [key] strin Id };\n");
    let line = ["compile", "mof", "-I", "lib", "-o", "x.cimar"];
    for _ in 0..2 {
        let run = run(command().args(line).current_dir(place.0.path())).fails_with(1);
        assert!(run.stderr.contains("error[MOF"), "{}", run.stderr);
    }
    place.file("lib/base.mof", "class X_A { [key] string Id; };\n");
    assert!(skipped(&place, &[]), "what is there is what would be written");
}

#[test]
fn warnings_are_said_again() {
    let place = tree();
    place.file("mof/warn.mof", "class X_W { [key] string Id; };;\n");
    let first = compile(&place, &[]);
    let again = compile(&place, &[]);
    assert_eq!(
        (first.json()["skipped"].clone(), again.json()["skipped"].clone()),
        (false.into(), true.into())
    );
    assert_eq!(again.json()["warnings"], 1);
    assert_eq!(first.stderr, again.stderr);
    assert_eq!(again.error_json()[0]["code"], "MOF0023");
    let sarif = run(command()
        .args(["compile", "mof", "-I", "lib", "-o", "x.cimar", "--format", "sarif"])
        .current_dir(place.0.path()))
    .succeeds();
    assert_eq!(sarif.json()["runs"][0]["results"][0]["ruleId"], "MOF0023");
}

#[test]
fn zip_archives_are_known_by_their_bytes() {
    let place = tree();
    std::fs::copy(place.path("x.cimar"), place.path("keep.cimar")).unwrap();
    let empty = zip_of_an_empty_file("e.mof");
    std::fs::write(place.path("e.zip"), &empty).unwrap();
    assert!(!skipped(&place, &["e.zip"]));
    assert!(skipped(&place, &["e.zip"]));
    // The same archive with a comment.
    let commented = [&empty[..empty.len() - 2], &[1, 0, b'x']].concat();
    std::fs::write(place.path("e.zip"), commented).unwrap();
    assert!(!skipped(&place, &["e.zip"]));
}

/// A zip archive of one file without contents, stored.
fn zip_of_an_empty_file(name: &str) -> Vec<u8> {
    let length = u8::try_from(name.len()).unwrap();
    // Version 2.0, and no flags, method, time, checksum and sizes.
    let common = [&[20, 0][..], &[0; 20], &[length, 0, 0, 0]].concat();
    let local = [b"PK\x03\x04", common.as_slice(), name.as_bytes()].concat();
    let entry = [b"PK\x01\x02\x14\x00", common.as_slice(), &[0; 14], name.as_bytes()].concat();
    let sizes = [u8::try_from(entry.len()).unwrap(), 0, 0, 0, length + 30, 0, 0, 0];
    let end = [b"PK\x05\x06".as_slice(), &[0, 0, 0, 0, 1, 0, 1, 0], &sizes, &[0, 0]].concat();
    [local, entry, end].concat()
}
