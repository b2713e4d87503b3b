use crate::{Place, cimarron};
use serde_json::json;
use std::path::PathBuf;

/// A schema with instances, all of MOF 3 in one file.
fn golf() -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../conformance/mof3/golf.mof");
    path.to_str().unwrap().to_owned()
}

#[test]
fn an_archive_answers_queries_on_structures() {
    let place = Place::new();
    let archive = place.path("golf.cimar");
    let run =
        cimarron(["compile", "--dialect", "MOF3", "--format", "json", "-o", &archive, &golf()])
            .succeeds();
    let summary = run.json();
    assert_eq!(summary["dialect"], "mof3");
    assert_eq!((&summary["classes"], &summary["instances"]), (&json!(12), &json!(5)));
    assert_eq!((&summary["errors"], &summary["warnings"]), (&json!(0), &json!(0)));

    let query = "SELECT FirstName, Status FROM Golf_ClubMember \
                 WHERE MembershipEstablishedDate.Month = 'July'";
    let expected = json!([{ "__CLASS": "Golf_ClubMember", "FirstName": "John", "Status": 0 }]);
    let all = ["query", "--dialect", "dmtf", "-n", "root/golf", "--format", "json"];
    let [q, d, dmtf, n, golf_namespace, f, form] = all;
    let found =
        cimarron([q, d, dmtf, n, golf_namespace, f, form, "--archive", &archive, query]).succeeds();
    assert_eq!(found.json(), expected);
    let found = cimarron([q, d, "mof3", n, golf_namespace, f, form, "--mof", &golf(), query]);
    assert_eq!(found.succeeds().json(), expected);
}

#[test]
fn mof_2_says_how_to_compile_mof_3() {
    let place = Place::new();
    let file = place.file("point.mof", "structure X_Point { integer X; };\n");
    for dialect in ["wmi", "dmtf"] {
        let run = cimarron(["compile", "--dialect", dialect, &file]).fails_with(1);
        assert!(run.stderr.contains("MOF0028"), "{}", run.stderr);
        assert!(run.stderr.contains("--dialect mof3"), "{}", run.stderr);
    }
    cimarron(["compile", "--dialect", "mof3", &file]).succeeds();
}

#[test]
fn mistakes_show_their_place() {
    let place = Place::new();
    let mof = "enumeration X_State : string { On, Off };\n\
               class X_Lamp { [Key] string Name; X_State State = Onn; };\n";
    let file = place.file("lamp.mof", mof);
    let run = cimarron(["compile", "--dialect", "mof3", &file]).fails_with(1);
    for part in ["MOF0420", ":2:51", "did you mean `On`?"] {
        assert!(run.stderr.contains(part), "{part}\n{}", run.stderr);
    }
}

#[test]
fn forms_say_what_they_lose() {
    let place = Place::new();
    let mof = "class X_D { [Key] string Id; };\n\
               class X_A { [Key] string Id; X_D REF R[];\n\
               void M(integer A = 1, integer B = 2, integer C = 3, integer D = 4); };\n";
    let file = place.file("a.mof", mof);
    let out = place.path("out");
    let all = ["compile", "--dialect", "mof3", "--emit", "mof,cimxml,json", "-o", &out, &file];
    // The second run finds nothing to do, and says it again.
    for skipped in [false, true] {
        let run = cimarron(all).succeeds();
        assert_eq!(run.stdout.contains("unchanged"), skipped, "{}", run.stdout);
        for line in [
            "warning: mof: 4 defaults of parameters (X_A.M.A, X_A.M.B, X_A.M.C and 1 more): written, ",
            "warning: mof: 1 method without a result (X_A.M): written, ",
            "warning: mof: 1 array of references (X_A.R): written, ",
            "warning: mof: 1 reference outside of an association (X_A.R): written, ",
            "warning: cimxml: 4 defaults of parameters (X_A.M.A, X_A.M.B, X_A.M.C and 1 more): left out",
            "warning: cimxml: 1 array of references (X_A.R): written as strings",
        ] {
            assert!(run.stderr.contains(line), "{line}\n{}", run.stderr);
        }
        assert_eq!(run.stderr.lines().count(), 6, "{}", run.stderr);
    }
    let archive =
        cimarron(["compile", "--dialect", "mof3", "--emit", "archive,json", &file, "-o", &out]);
    assert_eq!(archive.succeeds().stderr, "");
}

#[test]
fn parameters_are_shown_with_directions_sizes_and_defaults() {
    let place = Place::new();
    let mof = "class X_A { [Key] string Id;\n\
               void M([In, Out] integer A = 5, [In(false), Out] string B[]); };\n";
    let file = place.file("a.mof", mof);
    let run = cimarron(["compile", "--dialect", "mof3", "--emit", "mermaid", &file]).succeeds();
    assert!(run.stdout.contains("+M(inout sint64 A, out string[] B) void"), "{}", run.stdout);
    let fixed = place.file("b.mof", "class X_B { [key] string Id; uint8 F[4]; };\n");
    let run = cimarron(["compile", "--emit", "mermaid", &fixed]).succeeds();
    assert!(run.stdout.contains("+uint8[4] F"), "{}", run.stdout);
    let site = place.path("site");
    cimarron(["doc", "--dialect", "mof3", &file, "-o", &site]).succeeds();
    let page = std::fs::read_to_string(place.path("site/class/X_A.html")).unwrap();
    assert!(page.contains("<dt>Default</dt><dd><code>5</code></dd>"), "{page}");
}
