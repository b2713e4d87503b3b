use crate::{Place, Run, cimarron, command, fleet, run_with_stdin};
use serde_json::json;

const UGLY: &str = "class X_A{[key]string Id;};\n";
const NICE: &str = "class X_A {\n    [key]\n    string Id;\n};\n";

fn read(path: &str) -> String {
    std::fs::read_to_string(path).unwrap()
}

/// Runs with a text on standard input.
fn piped(arguments: &[&str], text: &[u8]) -> Run {
    run_with_stdin(command().args(arguments), text)
}

#[test]
fn formats_files_and_directories_in_place() {
    let place = Place::new();
    let ugly = place.file("all/deep/ugly.MOF", UGLY);
    let nice = place.file("all/nice.mof", NICE);
    let other = place.file("all/other.txt", UGLY);
    let named = place.file("named.txt", UGLY);
    let before = std::fs::metadata(&nice).unwrap().modified().unwrap();
    let run = cimarron(["fmt", &place.path("all"), &named]).succeeds();
    assert_eq!(run.stdout, "2 files formatted, 1 file is formatted already\n");
    assert_eq!((read(&ugly).as_str(), read(&named).as_str()), (NICE, NICE));
    assert_eq!(read(&other), UGLY);
    assert_eq!(std::fs::metadata(&nice).unwrap().modified().unwrap(), before);
    let run = cimarron(["fmt", &place.path("all"), &named]).succeeds();
    assert_eq!(run.stdout, "3 files are formatted already\n");
}

#[test]
fn formats_the_current_directory_without_paths() {
    let place = Place::new();
    let ugly = place.file("here/ugly.mof", UGLY);
    let run = crate::run(command().arg("fmt").current_dir(place.path("here"))).succeeds();
    assert_eq!(run.stdout, "1 file formatted\n");
    assert_eq!(read(&ugly), NICE);
}

#[test]
fn checks_without_writing() {
    let place = Place::new();
    let (ugly, nice) = (place.file("ugly.mof", UGLY), place.file("nice.mof", NICE));
    let run = cimarron(["fmt", "--check", &ugly, &nice]).fails_with(1);
    let expected =
        format!("would format {ugly}\n1 file would be formatted, 1 file is formatted already\n");
    assert_eq!((run.stdout, run.stderr.as_str()), (expected, ""));
    assert_eq!(read(&ugly), UGLY);
    cimarron(["fmt", "--check", &nice]).succeeds();
}

#[test]
fn shows_a_diff_without_writing() {
    let place = Place::new();
    let ugly = place.file("ugly.mof", UGLY);
    let diff = format!(
        "--- {ugly}\n+++ {ugly}\n@@ -1 +1,4 @@\n-class X_A{{[key]string Id;}};\n+class X_A {{\n+    [key]\n+    string Id;\n+}};\n"
    );
    for arguments in [&["fmt", "--diff", &ugly][..], &["fmt", "--check", "--diff", &ugly]] {
        let run = crate::run(command().args(arguments)).fails_with(1);
        assert_eq!(run.stdout, diff);
        assert_eq!(run.stderr, "1 file would be formatted\n");
    }
    assert_eq!(read(&ugly), UGLY);
    let nice = place.file("nice.mof", NICE);
    assert_eq!(cimarron(["fmt", "--diff", &nice]).succeeds().stdout, "");
}

#[test]
fn standard_input_goes_to_standard_output() {
    assert_eq!(piped(&["fmt", "-"], UGLY.as_bytes()).succeeds().stdout, NICE);
    assert_eq!(piped(&["fmt", "-"], NICE.as_bytes()).succeeds().stdout, NICE);
    assert_eq!(
        piped(&["fmt", "-", "--check"], UGLY.as_bytes()).fails_with(1).stdout,
        "would format <stdin>\n"
    );
    assert_eq!(piped(&["fmt", "-", "--check"], NICE.as_bytes()).succeeds().stdout, "");
    let run = piped(&["fmt", "-", "--format", "json"], UGLY.as_bytes()).succeeds();
    assert_eq!(run.json()[0]["text"], NICE);
    let run = piped(&["fmt", "-"], b"class X_A {").fails_with(1);
    assert!(run.stderr.contains("MOF0021") && run.stderr.contains("<stdin>:1"), "{}", run.stderr);
    assert_eq!(run.stdout, "");
    piped(&["fmt", "-", "x.mof"], b"").fails_with(2);
}

#[test]
fn programs_get_one_object_a_file() {
    let place = Place::new();
    let (ugly, nice) = (place.file("ugly.mof", UGLY), place.file("nice.mof", NICE));
    let bad = place.file("bad.mof", "clas X_A {};\n");
    let gone = place.path("gone.mof");
    let run = cimarron(["fmt", "--format", "json", "--diff", &ugly, &nice]).fails_with(1);
    let results = run.json();
    assert_eq!(results[0]["file"], json!(ugly));
    assert_eq!((&results[0]["changed"], &results[1]["changed"]), (&json!(true), &json!(false)));
    assert!(results[0]["diff"].as_str().unwrap().contains("@@ -1 +1,4 @@"));
    let run = cimarron(["fmt", "--format", "json", &bad, &gone, &ugly]).fails_with(1);
    let results = run.json();
    assert_eq!((&results[0]["changed"], &results[0]["errors"]), (&json!(false), &json!(1)));
    assert!(results[1]["error"].as_str().unwrap().contains("gone.mof"), "{results}");
    assert_eq!(results[2]["changed"], json!(true));
    assert_eq!(read(&ugly), NICE);
}

#[test]
fn what_is_no_mof_stays_and_says_what_compile_says() {
    let place = Place::new();
    let text = "class X_A{string A;};\nclass X_B { strin g B; };\n";
    let bad = place.file("bad.mof", text);
    let ugly = place.file("ugly.mof", UGLY);
    let run = cimarron(["fmt", &bad, &ugly]).fails_with(1);
    assert_eq!((read(&bad).as_str(), read(&ugly).as_str()), (text, NICE));
    assert_eq!(run.stdout, "1 file formatted\n");
    assert_eq!(run.stderr, cimarron(["compile", &bad]).fails_with(1).stderr);
}

#[test]
fn encodings_and_line_ends_stay() {
    let place = Place::new();
    let utf16 = |text: &str| -> Vec<u8> {
        "\u{FEFF}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect()
    };
    let crlf = |text: &str| text.replace('\n', "\r\n");
    for (before, after) in [
        (utf16(&crlf(UGLY)), utf16(&crlf(NICE))),
        (format!("\u{FEFF}{UGLY}").into_bytes(), format!("\u{FEFF}{NICE}").into_bytes()),
        (UGLY.replace('\n', "\r").into_bytes(), NICE.replace('\n', "\r").into_bytes()),
    ] {
        let path = place.path("a.mof");
        std::fs::write(&path, before).unwrap();
        cimarron(["fmt", &path]).succeeds();
        assert_eq!(std::fs::read(&path).unwrap(), after);
        cimarron(["fmt", "--check", &path]).succeeds();
    }
}

#[cfg(unix)]
#[test]
fn permissions_and_links_stay() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    let (file, link) = (place.file("file.mof", UGLY), place.path("link.mof"));
    std::fs::set_permissions(&file, PermissionsExt::from_mode(0o750)).unwrap();
    std::os::unix::fs::symlink(&file, &link).unwrap();
    cimarron(["fmt", &link]).succeeds();
    assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(read(&file), NICE);
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o750);
}

#[test]
fn what_is_shown_is_formatted() {
    let place = Place::new();
    let archive = place.path("fleet.cimar");
    cimarron(["compile", &fleet(), "-o", &archive]).succeeds();
    for options in [&["--local"][..], &[]] {
        let shown = crate::run(command().arg("show").arg(&archive).args(options)).succeeds();
        let file = place.file("shown.mof", &shown.stdout);
        let run = crate::run(command().args(["fmt", "--diff", &file]));
        assert_eq!((run.stdout.as_str(), run.code), ("", 0));
    }
    let query = ["query", "--archive", &archive, "--format", "mof", "SELECT * FROM Fleet_Computer"];
    let file = place.file("rows.mof", &cimarron(query).succeeds().stdout);
    assert_eq!(cimarron(["fmt", "--diff", &file]).succeeds().stdout, "");
}

#[test]
fn the_width_is_an_option() {
    let place = Place::new();
    let file =
        place.file("a.mof", "class X_A { uint32 M([in] uint8 First, [in] uint8 Second); };\n");
    cimarron(["fmt", "--width", "40", &file]).succeeds();
    assert_eq!(
        read(&file),
        "class X_A {\n    uint32 M(\n        [in] uint8 First,\n        [in] uint8 Second);\n};\n"
    );
    cimarron(["fmt", "--width", "3", &file]).fails_with(2);
}

#[test]
fn mof_3_is_another_language() {
    let text = "structure X_S{string A;enumeration E:uint8{A=1,B=2};};";
    piped(&["fmt", "-"], text.as_bytes()).fails_with(1);
    let run = piped(&["fmt", "-", "--dialect", "mof3"], text.as_bytes()).succeeds();
    let expected = "structure X_S {\n    string A;\n    enumeration E : uint8 {\n        A = 1,\n        B = 2\n    };\n};\n";
    assert_eq!(run.stdout, expected);
}

#[test]
fn a_switch_without_effect_is_warned_of() {
    let place = Place::new();
    let text =
        "class X_A {\n    uint8 A[] = {\n        // cimarron-fmt: off\n        1\n    };\n};\n";
    let file = place.file("a.mof", text);
    let run = cimarron(["fmt", &file]).succeeds();
    assert!(run.stderr.contains("a.mof:3:9"), "{}", run.stderr);
    assert!(run.stderr.contains("MOF0007") && run.stderr.contains("1 warning"), "{}", run.stderr);
    let run = cimarron(["fmt", "--check", "--format", "json", &file]).succeeds();
    assert_eq!(run.error_json()[0]["code"], "MOF0007");
    assert_eq!(run.json()[0]["errors"], 0);
}

#[test]
fn levels_hold_for_what_is_warned_of() {
    let place = Place::new();
    let text = "class X_A {\n};\n// cimarron-fmt: of\n";
    let file = place.file("a.mof", text);
    let allowed = place.file("b.mof", &format!("// cimarron: allow(MOF0007)\n{text}"));
    let config = place.file("levels.toml", "[lint]\nMOF0007 = \"allow\"\n");
    assert!(cimarron(["fmt", &file]).succeeds().stderr.contains("MOF0007"));
    let runs = [
        cimarron(["fmt", &allowed]),
        cimarron(["fmt", "--config", &config, &file]),
        cimarron(["fmt", "-A", "MOF0007", &file]),
    ];
    for run in runs {
        assert_eq!(run.succeeds().stderr, "");
    }
    let run = cimarron(["fmt", "-D", "MOF0007", &file]).fails_with(1);
    assert!(run.stderr.contains("error[MOF0007]"), "{}", run.stderr);
}

#[test]
fn archives_of_either_kind_are_no_mof() {
    let place = Place::new();
    let zip = place.path("schema.zip");
    std::fs::write(&zip, b"PK\x03\x04rest").unwrap();
    let run = cimarron(["fmt", &zip]).fails_with(1);
    assert!(
        run.stderr.contains("is a zip archive") && run.stderr.contains("unpack it"),
        "{}",
        run.stderr
    );
    let run = piped(&["fmt", "-"], b"PK\x03\x04rest").fails_with(1);
    assert!(run.stderr.contains("`<stdin>` is a zip archive"), "{}", run.stderr);
    let archive = place.path("a.cimar");
    cimarron(["compile", &fleet(), "-o", &archive]).succeeds();
    let run = cimarron(["fmt", &archive]).fails_with(1);
    assert!(run.stderr.contains("is a schema archive, and no MOF"), "{}", run.stderr);
    let run = piped(&["fmt", "-"], &std::fs::read(&archive).unwrap()).fails_with(1);
    assert!(run.stderr.contains("`<stdin>` is a schema archive, and no MOF"), "{}", run.stderr);
}
