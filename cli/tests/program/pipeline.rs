//! What build pipelines ask of `cimarron compile`.

use crate::{Place, Run, cimarron, command, fleet, run, run_with_stdin};
use std::path::Path;

/// Runs the program in a place with a text on standard input.
fn with_stdin(place: &Place, arguments: &[&str], text: &[u8]) -> Run {
    run_with_stdin(command().args(arguments).current_dir(place.0.path()), text)
}

fn names(place: &Place) -> Vec<String> {
    let entries = place.0.path().read_dir().unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn in_place(place: &Place, arguments: &[&str]) -> Run {
    run(command().args(arguments).current_dir(place.0.path()))
}

#[test]
fn check_writes_nothing() {
    let place = Place::new();
    place.file("a.mof", "class X_A { [key] string Id; };\n");
    let line = ["compile", "a.mof", "--check", "-o", "a.cimar", "--dep-file", "a.d"];
    let said = in_place(&place, &line).succeeds().stdout;
    assert!(said.contains("nothing written"), "{said}");
    assert_eq!(names(&place), ["a.mof"]);
    place.file("a.mof", "class X_A { strin Id };\n");
    in_place(&place, &line).fails_with(1);
    assert_eq!(names(&place), ["a.mof"]);
}

#[test]
fn text_forms_go_to_standard_output() {
    let place = Place::new();
    let source = place.file("a.mof", "class X_A { [key] string Id; };\n");
    let run = cimarron(["compile", &source, "--emit", "mof"]).succeeds();
    assert!(run.stdout.starts_with("class X_A"), "{}", run.stdout);
    assert!(run.stderr.starts_with("1 class "), "{}", run.stderr);
    let run = cimarron(["compile", &source, "--emit", "json", "-o", "-"]).succeeds();
    assert_eq!(run.json()["namespaces"][0]["classes"][0]["name"], "X_A");
    let bytes = command().args(["compile", &source, "-o", "-"]).output().unwrap().stdout;
    assert!(bytes.starts_with(b"CIMARRON"));
    for line in [
        &["compile", &source, "--emit", "mof,json"][..],
        &["compile", &source, "--emit", "mof,json", "-o", "-"],
        &["compile", &source, "--emit", "mof", "--format", "sarif"],
        &["compile", &source, "--emit", "html"],
        &["compile", &source, "--dep-file", "x.d"],
    ] {
        crate::run(command().args(line)).fails_with(2);
    }
}

#[test]
fn several_forms_take_a_stem_or_a_directory() {
    let place = Place::new();
    let source = fleet();
    for (output, expected) in [
        ("fleet", ["fleet.cimar", "fleet.mof"]),
        ("other.cimar", ["other.cimar", "other.mof"]),
        ("v1.2", ["v1.2.cimar", "v1.2.mof"]),
        ("new/", ["new/schema.cimar", "new/schema.mof"]),
        ("new", ["new/schema.cimar", "new/schema.mof"]),
    ] {
        let line = ["compile", &source, "--emit", "mof", "--emit", "archive", "-o", output];
        let run = in_place(&place, &[&line[..], &["--format", "json"]].concat()).succeeds();
        let outputs = run.json()["outputs"].clone();
        for (i, name) in expected.into_iter().enumerate() {
            let path = outputs[i]["path"].as_str().map(Path::new);
            assert_eq!(path, Some(Path::new(name)), "{output}: {outputs}");
            assert!(Path::new(&place.path(name)).exists(), "{name}");
        }
    }
}

#[test]
fn emitted_mof_compiles_to_the_same_archive() {
    let place = Place::new();
    let forms = ["archive,mof", "-o", &place.path("fleet")];
    cimarron(["compile", &fleet(), "--emit", forms[0], forms[1], forms[2]]).succeeds();
    let again = place.path("again.cimar");
    cimarron(["compile", &place.path("fleet.mof"), "-o", &again]).succeeds();
    let read = |path: &str| std::fs::read(path).unwrap();
    assert_eq!(read(&place.path("fleet.cimar")), read(&again));
}

#[test]
fn an_output_is_never_an_input() {
    let place = Place::new();
    place.file("a.mof", "class X_A { [key] string Id; };\n");
    let run = in_place(&place, &["compile", "a.mof", "--emit", "mof", "-o", "./a.mof"]);
    assert!(run.fails_with(2).stderr.contains("one of the inputs"));
    assert_eq!(names(&place), ["a.mof"]);
}

#[test]
fn standard_input_has_a_name_and_a_directory() {
    let place = Place::new();
    place.file("d/base.mof", "class X_A { [key] string Id; };\n");
    place.file("base.mof", "class X_A { [key] string Id; };\n");
    let text = b"#pragma include (\"base.mof\")\nclass X_B : X_A { uint8 P = 300; };\n";
    let run = with_stdin(&place, &["compile", "-"], text).fails_with(1);
    assert!(run.stderr.contains("<stdin>:2:"), "{}", run.stderr);
    std::fs::remove_file(place.path("base.mof")).unwrap();
    let run = with_stdin(&place, &["compile", "-"], text).fails_with(1);
    assert!(run.stderr.contains("MOF0003"), "{}", run.stderr);
    let run = with_stdin(&place, &["compile", "-", "--stdin-name", "d/x.mof"], text).fails_with(1);
    assert!(run.stderr.contains("d/x.mof:2:"), "{}", run.stderr);
    assert!(!run.stderr.contains("MOF0003"), "{}", run.stderr);
    let line = ["compile", "-", "-o", "x.cimar", "--format", "json"];
    let fine = b"class X_A { [key] string Id; };\n";
    for (text, skipped) in [(&fine[..], false), (fine, true), (b"class X_B {};", false)] {
        let run = with_stdin(&place, &line, text).succeeds();
        assert_eq!(run.json()["skipped"], skipped);
    }
    in_place(&place, &["compile", "-", "-"]).fails_with(2);
}

#[test]
fn patterns_are_expanded_where_the_shell_did_not() {
    let place = Place::new();
    place.file("s/a.mof", "class X_A { [key] string Id; };\n");
    place.file("s/deep/b.mof", "class X_B : X_A {};\n");
    place.file("s/[c].mof", "class X_C { [key] string Id; };\n");
    place.file("s/readme.txt", "no MOF\n");
    let count = |patterns: &[&str]| {
        let line = [&["compile", "--format", "json"], patterns].concat();
        in_place(&place, &line).succeeds().json()["classes"].as_u64().unwrap()
    };
    assert_eq!(count(&["s/**/*.mof"]), 3);
    assert_eq!(count(&["s/[ab].mof"]), 1);
    // A path that exists is no pattern, though `[c]` would match `c`.
    assert_eq!(count(&["s/[c].mof"]), 1);
    let run = in_place(&place, &["compile", "s/**/*.xml"]).fails_with(1);
    assert!(run.stderr.contains("no file matches `s/**/*.xml`"), "{}", run.stderr);
    let run = in_place(&place, &["compile", "s/[a.mof"]).fails_with(2);
    assert!(run.stderr.contains("is no pattern"), "{}", run.stderr);
}

#[test]
fn a_name_that_make_cannot_write_stops_all_outputs() {
    let place = Place::new();
    place.file("a;b.mof", "class X_A { [key] string Id; };\n");
    let line = ["compile", "a;b.mof", "-o", "o.cimar", "--dep-file", "deps.mk"];
    let more = ["--emit-mof", "p.mof", "--emit-mfl", "p.mfl"];
    for line in [&line[..], &[&line[..], &more].concat()] {
        let run = in_place(&place, line).fails_with(1);
        assert!(run.stderr.contains("no rule for make can name"), "{}", run.stderr);
        assert_eq!(names(&place), ["a;b.mof"]);
    }
    in_place(&place, &[&line[..], &["--check"]].concat()).succeeds();
}

// Linux alone lets names be any bytes.
#[cfg(target_os = "linux")]
#[test]
fn a_name_that_is_not_unicode_stands_in_no_rule() {
    use std::os::unix::ffi::OsStrExt;
    let place = Place::new();
    place.file("a.mof", "class X_A { [key] string Id; };\n");
    let name = std::ffi::OsStr::from_bytes(b"caf\xe9.mof");
    std::fs::rename(place.path("a.mof"), Path::new(&place.path("")).join(name)).unwrap();
    let line = ["compile", "*.mof", "-o", "o.cimar"];
    in_place(&place, &line).succeeds();
    let run = in_place(&place, &[&line[..], &["--dep-file", "deps.mk"]].concat()).fails_with(1);
    assert!(run.stderr.contains("it is not Unicode"), "{}", run.stderr);
}

// Names have no colons on Windows.
#[cfg(unix)]
#[test]
fn make_learns_what_an_output_depends_on() {
    let place = Place::new();
    place.file("a $b#.mof", "#pragma include (\"inc/c:d.mof\")\nclass X_B : X_A {};\n");
    place.file("inc/c:d.mof", "class X_A { [key] string Id; };\n");
    let line = ["compile", "a $b#.mof", "-o", "o ut.cimar", "--dep-file", "deps.mk"];
    in_place(&place, &line).succeeds();
    let text = std::fs::read_to_string(place.path("deps.mk")).unwrap();
    let expected = "o\\ ut.cimar: \\\n  a\\ $$b\\#.mof \\\n  inc/c\\:d.mof\n\n\
        a\\ $$b\\#.mof:\n\ninc/c\\:d.mof:\n";
    assert_eq!(text, expected);
    make_agrees(&place);
}

#[cfg(windows)]
#[test]
fn make_learns_of_files_on_a_drive() {
    let place = Place::new();
    let main = place.file("a b.mof", "#pragma include (\"inc\\\\c.mof\")\nclass X_B : X_A {};\n");
    let part = place.file(r"inc\c.mof", "class X_A { [key] string Id; };\n");
    in_place(&place, &["compile", &main, "-o", "o.cimar", "--dep-file", "deps.mk"]).succeeds();
    let text = std::fs::read_to_string(place.path("deps.mk")).unwrap();
    let main = main.replace(' ', "\\ ");
    assert_eq!(text, format!("o.cimar: \\\n  {main} \\\n  {part}\n\n{main}:\n\n{part}:\n"));
    assert!(main.as_bytes()[1] == b':', "{main}");
}

fn is_gnu_make_there() -> bool {
    let version = std::process::Command::new("make").arg("--version").output();
    let is_there = version.is_ok_and(|v| v.stdout.starts_with(b"GNU Make"));
    if !is_there {
        eprintln!("skipped: there is no GNU make");
    }
    is_there
}

/// GNU make reads the rule as it was meant, where there is a GNU make.
#[cfg(unix)]
fn make_agrees(place: &Place) {
    if !is_gnu_make_there() {
        return;
    }
    place.file("Makefile", "include deps.mk\no\\ ut.cimar:\n\t@$(info made from: $^)\n");
    // `-W` says that a file is new, without waiting for the clock.
    for (new, made) in [("a $b#.mof", true), ("inc/c:d.mof", true), ("Makefile", false)] {
        let mut make = std::process::Command::new("make");
        let make = make.args(["-W", new, "o ut.cimar"]).current_dir(place.0.path());
        let output = make.output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!(text.contains("made from: a $b#.mof inc/c:d.mof"), made, "{new}: {text}");
    }
}

#[cfg(unix)]
#[test]
fn make_takes_no_other_files_for_the_inputs() {
    let place = Place::new();
    for name in ["a[1]*.mof", "c%.mof"] {
        place.file(name, "");
    }
    place.file(
        "in.mof",
        "#pragma include (\"a[1]*.mof\")\n#pragma include (\"c%.mof\")\nclass X_A {};\n",
    );
    place.file("a1x.mof", "class X_B {};\n");
    in_place(&place, &["compile", "in.mof", "-o", "o.cimar", "--dep-file", "deps.mk"]).succeeds();
    let text = std::fs::read_to_string(place.path("deps.mk")).unwrap();
    let expected = "o.cimar: \\\n  a\\[1]\\*.mof \\\n  c%.mof \\\n  in.mof\n\n\
        a\\[1]\\*.mof:\n\nc\\%.mof:\n\nin.mof:\n";
    assert_eq!(text, expected);
    if !is_gnu_make_there() {
        return;
    }
    place.file("Makefile", "include deps.mk\no.cimar:\n\t@$(info made from: $^)\n");
    // All the same when they are gone: that makes the output old, and is no error.
    for gone in ["", "a[1]*.mof", "c%.mof"] {
        let _ = std::fs::remove_file(place.path(gone));
        let make = std::process::Command::new("make").current_dir(place.0.path()).output();
        let output = make.unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(!text.contains("a1x"), "{text}");
        assert_eq!(text.contains("made from"), !gone.is_empty(), "{gone}: {text}");
    }
}

#[test]
fn a_configuration_is_an_input() {
    let place = Place::new();
    place.file("sub/a.mof", "class X_A {};\n");
    let below = |line: &[&str]| {
        let directory = std::path::PathBuf::from(place.path("sub"));
        run(command().args(line).current_dir(directory)).succeeds();
        std::fs::read_to_string(place.path("sub/deps.mk")).unwrap()
    };
    let line = ["compile", "a.mof", "-o", "o.cimar", "--dep-file", "deps.mk"];
    place.file("cimarron.toml", "[lint]\nwarnings = \"deny\"\n");
    let named = |text: String| text.replace('\\', "/").contains("../cimarron.toml");
    assert!(named(below(&line)));
    assert!(!named(below(&[&line[..], &["--no-config", "--force"]].concat())));
    let other = place.file("other.toml", "");
    let text = below(&[&line[..], &["--config", &other]].concat());
    assert!(text.contains("other.toml") && !named(text), "{other}");
}

#[test]
fn make_takes_no_name_for_an_assignment() {
    let place = Place::new();
    place.file("v=1.mof", "class X_A {};\n");
    in_place(&place, &["compile", "v=1.mof", "-o", "o=1.cimar", "--dep-file", "deps.mk"])
        .succeeds();
    if !is_gnu_make_there() {
        return;
    }
    place.file(
        "Makefile",
        "e := =\nall: o$(e)1.cimar\ninclude deps.mk\no$(e)1.cimar:\n\t@$(info made from: $^)\n",
    );
    for (arguments, made) in [(&[][..], false), (&["-W", "v=1.mof"], true)] {
        let mut make = std::process::Command::new("make");
        let output = make.args(arguments).current_dir(place.0.path()).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(text.contains("made from: v=1.mof"), made, "{text}");
    }
}

#[test]
fn the_order_of_the_files_counts_for_updates_alone() {
    let place = Place::new();
    place.file(
        "a.mof",
        "class X_A { [key] string N; uint8 P; };\ninstance of X_A { N = \"z\"; };\n\
         instance of X_A { N = \"b\"; };\n#pragma namespace (\"root/z\")\nclass X_Z { };\n",
    );
    place.file(
        "b.mof",
        "class X_B : X_A { };\ninstance of X_B { N = \"a\"; };\ninstance of X_A { N = \"c\"; };\n\
         #pragma namespace (\"root/b\")\nclass X_Y { };\n",
    );
    place.file("c.mof", "instance of X_A { N = \"z\"; P = 1; };\n");
    place.file("d.mof", "instance of X_A { N = \"z\"; P = 2; };\n");
    let compiled = |files: &[&str]| {
        let line = [&["compile", "-o", "x.cimar"], files].concat();
        in_place(&place, &line).succeeds();
        std::fs::read(place.path("x.cimar")).unwrap()
    };
    assert_eq!(compiled(&["a.mof", "b.mof"]), compiled(&["b.mof", "a.mof"]));
    let last = |files: &[&str]| compiled(&[&["a.mof"], files].concat());
    assert_ne!(last(&["c.mof", "d.mof"]), last(&["d.mof", "c.mof"]));
}

#[test]
fn outputs_depend_on_content_alone() {
    let place = Place::new();
    for root in ["one", "two"] {
        // The same tree, made in another order.
        let mut files: Vec<(String, String)> = (0..20)
            .map(|i| {
                let above = if i == 0 { String::new() } else { format!(" : X_{}", i - 1) };
                let text =
                    format!("class X_{i}{above} {{ [Description(\"{i}\")] uint32 P{i}; }};\n");
                (format!("{root}/d{}/{i}.mof", i % 3), text)
            })
            .collect();
        if root == "two" {
            files.reverse();
        }
        for (name, text) in files {
            place.file(&name, &text);
        }
    }
    let forms = ["--emit", "archive,mof,json"];
    let orders: [(&str, &[&str]); 4] = [
        ("a", &["one"]),
        ("b", &["two"]),
        ("c", &["one/d0", "one/d1", "one/d2"]),
        ("d", &["one/d2", "one/d0", "one/d1"]),
    ];
    for (name, paths) in orders {
        let line = [&["compile", "-o", name], &forms[..], paths].concat();
        run(command()
            .args(line)
            .env("TZ", if name == "b" { "Asia/Tokyo" } else { "UTC" })
            .current_dir(place.0.path()))
        .succeeds();
    }
    for form in ["cimar", "mof", "json"] {
        let read = |name: &str| std::fs::read(place.path(&format!("{name}.{form}"))).unwrap();
        for name in ["b", "c", "d"] {
            assert_eq!(read("a"), read(name), "{name}.{form}");
        }
    }
}
