use crate::site::{Site, visible};
use crate::{Place, cimarron, fleet};
use serde_json::json;

#[test]
fn the_fleet_is_documented_and_no_link_is_dead() {
    let place = Place::new();
    let target = place.path("site");
    let run = cimarron(["doc", &fleet(), "-o", &target]).succeeds();
    assert!(run.stdout.starts_with("10 classes (3 associations, 0 indications)"), "{}", run.stdout);
    assert!(run.stdout.contains("site/index.html: 18 files") || cfg!(windows), "{}", run.stdout);
    let site = Site::read(&target);
    assert!(site.check() > 500);
    let page = site.text("class/Fleet_Computer.html");
    for expected in [
        "<title>Fleet_Computer \u{b7} fleet</title>",
        "<a href='Fleet_Element.html'>Fleet_Element</a>",
        "<a href='Fleet_Server.html'>Fleet_Server</a>",
        "<section class='member' id='p-MemoryMB'>",
        "<code>Megabytes</code>",
        "<span class='badge key'>key</span>",
        "<a href='Fleet_Location.html'>Fleet_Location</a> <span class='w'>embedded</span>",
        "<div id='m-Restart.Planned'>",
        "<span class='badge direction'>out</span>",
        "<a href='Fleet_ComputerDisk.html'>Fleet_ComputerDisk</a>",
        "Inherited from <b>Fleet_Element</b>",
        "<a href='Fleet_Element.html#p-Health'>Health</a>",
        "Visitor terminal in the &quot;blue&quot; lobby",
    ] {
        assert!(page.contains(expected), "{expected}");
    }
    let base = site.text("class/Fleet_Element.html");
    assert!(base.contains("<tr><td><code>1</code></td><td>Degraded</td></tr>"), "{base}");
    let location = site.text("class/Fleet_Location.html");
    assert!(location.contains("<a href='Fleet_Computer.html#p-Location'>"), "{location}");
}

/// Text that would be markup, names that file systems refuse, and more than one
/// namespace.
const HOSTILE: &str = r#"
#pragma namespace("root/<one>")
[Description("</p><script>alert('1')</script> & \"quotes\" \x202E reversed\n- <b>bold</b>\n- X_B.N\x0001"),
 Version("<i>"), UMLPackagePath("A<x>::B'\"::C"), Odd("<x y='z'>"), Deprecated{"<No>", "X_B"}]
class Con {
  [key, ValueMap{"<1>", "..", "5.."}, Values{"<img src=x onerror=alert(2)>", "&amp;", "'\""}] string Aux = "<>";
  [Units("<u>"), Override("<>"), ModelCorrespondence{"X_B.N", "Con.Aux", "Con.Run.P", "Con.Run(P)", "No.Such"}]
  uint32 N;
  [Description("<script>")] uint32 Run([in, Description("</dd>")] string P, [out] object Any);
};
class X_Sub : Con { [key] string Aux; };
class X_B { [key] string Id; uint8 N; };
[Association] class X_Ties { [key, Min(1), Max(1)] Con ref A; [key] X_B ref B; [key] X_B ref C; };
instance of Con { Aux = "</summary><script>alert(3)</script>"; };
#pragma namespace("root/two")
class con { [key] string Id; };
class X_Alone { };
"#;

#[test]
fn nothing_of_the_schema_becomes_markup() {
    let place = Place::new();
    let source = place.file("hostile.mof", HOSTILE);
    let target = place.path("site");
    let title = "</title><script>alert(4)</script>";
    cimarron(["doc", &source, "-o", &target, "--title", title]).succeeds();
    let site = Site::read(&target);
    site.check();
    for name in site.files.keys() {
        assert!(
            name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-/".contains(&b)),
            "{name} is no name for a file"
        );
    }
    let folder = "ns/root.-3cone-3e/class";
    let page = site.text(&format!("{folder}/Con-.html"));
    for expected in [
        "&lt;img src=x onerror=alert(2)&gt;",
        "Use <code>&lt;No&gt;</code>, <code><a href='X_B.html'>X_B</a></code> instead.",
        "<li><code><a href='Con-.html#m-Run.P'>Con.Run(P)</a></code></li>",
        "<li><code>No.Such</code></li>",
        "<li>&lt;b&gt;bold&lt;/b&gt;</li>",
        "<li><a href='X_B.html#p-N'>X_B.N</a>\u{fffd}</li>",
        "<a href='X_Sub.html'>X_Sub</a>",
    ] {
        assert!(page.contains(expected), "{expected} in {page}");
    }
    let index = site.text("assets/search.js");
    assert!(!index.contains('<'), "{index}");
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let place = Place::new();
    let (first, second) = (place.path("first"), place.path("second"));
    let archive = place.path("fleet.cimar");
    cimarron(["compile", &fleet(), "-o", &archive]).succeeds();
    cimarron(["doc", &fleet(), "-o", &first]).succeeds();
    cimarron(["doc", &archive, "-o", &second]).succeeds();
    assert!(Site::read(&first).files == Site::read(&second).files);
}

#[test]
fn a_second_run_touches_only_what_changed() {
    let place = Place::new();
    let source = place.file("x.mof", "class X_A { [key] string Id; };\nclass X_B : X_A { };\n");
    let target = place.path("site");
    let doc = || cimarron(["doc", &source, "-o", &target, "--format", "json"]).succeeds().json();
    let first = doc();
    assert_eq!((&first["written"], &first["removed"]), (&first["files"], &json!(0)));
    assert_eq!(first["classes"], 2);
    assert_eq!(doc()["written"], 0);
    place.file("x.mof", "class X_A { [key] string Id; };\n");
    place.file("site/class/notes.txt", "mine");
    let third = doc();
    assert_eq!((&third["removed"], &third["classes"]), (&json!(1), &json!(1)));
    assert_eq!(visible(&place.path("site/class")), ["X_A.html", "notes.txt"]);
    assert!(visible(&target).iter().all(|name| !name.contains("cimarron")));
}

#[test]
fn foreign_directories_are_left_alone() {
    let place = Place::new();
    place.file("site/index.html", "mine");
    let kept = place.file("site/letter.txt", "mine too");
    let target = place.path("site");
    let run = cimarron(["doc", &fleet(), "-o", &target]).fails_with(1);
    assert!(
        run.stderr.contains("did not write") && run.stderr.contains("--force"),
        "{}",
        run.stderr
    );
    assert_eq!(visible(&target), ["index.html", "letter.txt"]);
    let run = cimarron(["doc", &fleet(), "-o", &target, "--format", "json"]).fails_with(1);
    assert_eq!(run.error_json()["error"]["status"], "CIM_ERR_ALREADY_EXISTS");
    cimarron(["doc", &fleet(), "-o", &target, "--force"]).succeeds();
    assert_eq!(std::fs::read_to_string(&kept).unwrap(), "mine too");
    assert!(Site::read(&target).text("index.html").contains("<h1>fleet</h1>"));
    let run = cimarron(["doc", &fleet(), "-o", &kept]).fails_with(1);
    assert!(run.stderr.contains("needs a directory"), "{}", run.stderr);
}

#[test]
fn a_changed_marker_leads_nowhere_else() {
    let place = Place::new();
    let outside = place.file("outside.txt", "mine");
    let target = place.path("site");
    cimarron(["doc", &fleet(), "-o", &target]).succeeds();
    place.file("site/.cimarron-doc", "cimarron doc 1\n../outside.txt\nclass/../../outside.txt\n");
    cimarron(["doc", &fleet(), "-o", &target]).succeeds();
    assert!(std::fs::exists(outside).unwrap());
}

#[test]
fn mistakes_in_mof_leave_no_site() {
    let place = Place::new();
    let source = place.file("bad.mof", "class X_A : X_Missing { };\n");
    let target = place.path("site");
    let run = cimarron(["doc", &source, "-o", &target]).fails_with(1);
    assert!(run.stderr.contains("X_Missing"), "{}", run.stderr);
    assert!(!std::fs::exists(&target).unwrap());
    cimarron(["doc", &place.path("none.cimar"), "-o", &target]).fails_with(1);
    cimarron(["doc", &source]).fails_with(2);
}

#[test]
fn archives_alone_are_reported_on_too() {
    let place = Place::new();
    let one = place.archive("one", "class X_A { };\n");
    let other = place.archive("other", "class X_B { };\n");
    let (site, report) = (place.path("site"), place.path("report.json"));
    for inputs in [&[&one][..], &[&one, &other]] {
        let mut command = crate::command();
        command.arg("doc").args(inputs).args(["-o", &site, "--force", "--format", "json"]);
        crate::run(command.args(["--report", &report])).succeeds();
        let text = std::fs::read_to_string(&report).unwrap();
        let found: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(found, serde_json::json!([]), "{text}");
        std::fs::remove_file(&report).unwrap();
    }
    let bytes = std::fs::read(&one).unwrap();
    cimarron(["doc", &one, "-o", &site, "--report", &one]).fails_with(2);
    assert_eq!(std::fs::read(&one).unwrap(), bytes);
}

#[test]
fn mof_builds_on_the_archives_beside_it() {
    let place = Place::new();
    let base = place.archive("base", "class X_A { [key] string Id; };\n");
    let other = place.archive("other", "class X_A { [key] string Id; };\nclass X_C : X_A { };\n");
    let more = place.file("more.mof", "class X_B : X_A { uint8 N; };\n");
    let target = place.path("site");
    cimarron(["doc", &base, &other, &more, "-o", &target, "--title", "All"]).succeeds();
    let site = Site::read(&target);
    site.check();
    let page = site.text("class/X_A.html");
    assert!(page.contains("<a href='X_B.html'>X_B</a>") && page.contains("X_C.html"), "{page}");

    let clash = place.archive("clash", "class X_A { [key] uint8 Id; };\n");
    let run = cimarron(["doc", &base, &clash, "-o", &target]).fails_with(1);
    assert!(run.stderr.contains("declares `X_A` other than"), "{}", run.stderr);
    let run = cimarron(["doc", &base, &more, "--dialect", "dmtf", "-o", &target]).fails_with(1);
    assert!(run.stderr.contains("cannot be one site"), "{}", run.stderr);
}
