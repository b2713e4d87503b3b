use crate::{Place, cimarron, fleet};
use serde_json::json;

const SMALL: &str = "\
class X_Base { [key] string Name; uint32 Size = 3; };
class X_Left : X_Base { boolean Flag; };
class X_Right : X_Base {};
class X_Deep : X_Left { string More[]; };
class X_Alone { [key] string Id; };
";

#[test]
fn json_is_all_classes_by_name() {
    let place = Place::new();
    let archive = place.archive("small", SMALL);
    let run = cimarron(["show", &archive, "--format", "json"]).succeeds();
    let classes = run.json();
    let names: Vec<_> = classes.as_array().unwrap().iter().map(|c| c["name"].clone()).collect();
    assert_eq!(json!(names), json!(["X_Alone", "X_Base", "X_Deep", "X_Left", "X_Right"]));
    let deep = &classes[2];
    assert_eq!(deep["superclass"], "X_Left");
    assert_eq!(deep["properties"]["Size"]["class_origin"], "X_Base");
    assert_eq!(deep["properties"]["Size"]["propagated"], true);
    assert_eq!(deep["properties"]["Size"]["value"], 3);
    assert_eq!(deep["properties"]["More"]["array"], true);
    assert_eq!(deep["properties"]["Name"]["qualifiers"]["key"]["value"], true);
}

#[test]
fn local_shows_what_the_class_declares() {
    let place = Place::new();
    let archive = place.archive("small", SMALL);
    let run = cimarron(["show", &archive, "x_deep", "--local", "--format", "json"]).succeeds();
    let properties = run.json()[0]["properties"].as_object().unwrap().clone();
    assert_eq!(properties.keys().collect::<Vec<_>>(), ["More"]);
    let run = cimarron(["show", &archive, "X_Deep", "--local"]).succeeds();
    assert_eq!(run.stdout, "class X_Deep : X_Left {\n    string More[];\n};\n");
    let run = cimarron(["show", &archive, "X_Deep"]).succeeds();
    assert!(run.stdout.contains("    // uint32 Size = 3;\n\n    // from X_Left\n    // boolean Flag;\n\n    string More[];\n"), "{}", run.stdout);
}

#[test]
fn trees_are_drawn() {
    let place = Place::new();
    let archive = place.archive("small", SMALL);
    let run = cimarron(["show", &archive, "--tree"]).succeeds();
    assert_eq!(run.stdout, "X_Alone\nX_Base\n├── X_Left\n│   └── X_Deep\n└── X_Right\n");
    let run = cimarron(["show", &archive, "--tree", "X_Left"]).succeeds();
    assert_eq!(run.stdout, "X_Left\n└── X_Deep\n");
}

#[test]
fn trees_of_several_namespaces_stand_below_their_names() {
    let place = Place::new();
    let text = "\
#pragma namespace(\"\\\\\\\\.\\\\root\\\\a\")
class X_Base { [key] string Name; }; class X_Left : X_Base {};
#pragma namespace(\"\\\\\\\\.\\\\root\\\\b\")
class X_Base { [key] string Name; }; class X_Other {};
";
    let archive = place.archive("two", text);
    let run = cimarron(["show", &archive, "--tree"]).succeeds();
    let expected = "\
root/a
└── X_Base
    └── X_Left
root/b
├── X_Base
└── X_Other
";
    assert_eq!(run.stdout, expected);
    let run = cimarron(["show", &archive, "--tree", "x_left"]).succeeds();
    assert_eq!(run.stdout, "X_Left\n");
    let run = cimarron(["show", &archive, "--tree", "-n", "root/b"]).succeeds();
    assert_eq!(run.stdout, "X_Base\nX_Other\n");
}

#[test]
fn classes_come_in_the_order_asked_for() {
    let place = Place::new();
    let archive = place.archive("small", SMALL);
    let run = cimarron(["show", &archive, "X_Right", "X_Base", "--format", "json"]).succeeds();
    assert_eq!(run.json()[0]["name"], "X_Right");
    assert_eq!(run.json()[1]["name"], "X_Base");
}

#[test]
fn unknown_classes_are_named_with_the_nearest() {
    let place = Place::new();
    let archive = place.archive("small", SMALL);
    let run = cimarron(["show", &archive, "X_Bse"]).fails_with(1);
    assert!(run.stderr.contains("no class `X_Bse`"), "{}", run.stderr);
    assert!(run.stderr.contains("did you mean `X_Base`?"), "{}", run.stderr);
    let run = cimarron(["show", &archive, "X_Bse", "--format", "json"]).fails_with(1);
    let error = &run.error_json()["error"];
    assert_eq!(error["status"], "CIM_ERR_NOT_FOUND");
    assert_eq!(error["wbem"], "WBEM_E_NOT_FOUND");
    assert_eq!(error["code"], 0x8004_1002_u32);
    assert_eq!(error["span"], json!(null));
    assert_eq!(run.stdout, "");
}

#[test]
fn what_is_shown_compiles_to_the_same_classes() {
    let place = Place::new();
    let first = place.path("fleet.cimar");
    cimarron(["compile", &fleet(), "-o", &first]).succeeds();
    let classes = cimarron(["show", &first, "--format", "json"]).succeeds().stdout;
    for (name, options) in [("local", &["--local"][..]), ("resolved", &[])] {
        let shown = crate::run(crate::command().arg("show").arg(&first).args(options)).succeeds();
        let again = place.archive(name, &shown.stdout);
        let same = cimarron(["show", &again, "--format", "json"]).succeeds().stdout;
        assert_eq!(same, classes, "{name}");
    }
}

#[test]
fn qualifier_types_are_shown_with_all_classes() {
    let place = Place::new();
    let mof = "Qualifier Key : boolean = false, Scope(property, reference), Flavor(DisableOverride, ToSubclass);\n\
               class X_A { [Key] string Name; };\n";
    let archive = place.archive("typed", mof);
    let all = cimarron(["show", &archive]).succeeds().stdout;
    assert!(
        all.starts_with("Qualifier Key : boolean = FALSE, Scope(property, reference),"),
        "{all}"
    );
    assert!(all.contains("    [Key]\n    string Name;\n"), "{all}");
    let one = cimarron(["show", &archive, "X_A"]).succeeds().stdout;
    assert!(one.starts_with("class X_A"), "{one}");
}

#[test]
fn several_namespaces_stay_apart() {
    let place = Place::new();
    let mof = "#pragma namespace(\"root/one\")\nclass X_A { [key] string Name; };\n\
               #pragma namespace(\"root/two\")\nclass X_A { [key] uint8 Id; };\nclass X_B : X_A {};\n";
    let archive = place.archive("several", mof);
    let classes = cimarron(["show", &archive, "--format", "json"]).succeeds();
    let names: Vec<_> =
        classes.json().as_array().unwrap().iter().map(|c| c["name"].clone()).collect();
    assert_eq!(json!(names), json!(["X_A", "X_A", "X_B"]));
    let shown = cimarron(["show", &archive]).succeeds().stdout;
    let again = place.archive("again", &shown);
    let same = cimarron(["show", &again, "--format", "json"]).succeeds();
    assert_eq!(same.stdout, classes.stdout, "{shown}");
}

/// Every kind of value, qualifier and declaration, in a text that `show` must be
/// able to write again.
const VALUES: &str = include_str!("values.mof");

#[test]
fn every_kind_of_value_comes_back() {
    let place = Place::new();
    let first = place.archive("first", VALUES);
    let classes = cimarron(["show", &first, "--format", "json"]).succeeds().stdout;
    let shown = cimarron(["show", &first]).succeeds().stdout;
    assert!(shown.lines().all(|line| line == line.trim_end()), "{shown}");
    let second = place.archive("second", &shown);
    assert_eq!(cimarron(["show", &second, "--format", "json"]).succeeds().stdout, classes);

    let query = "SELECT * FROM X_Values";
    let rows = cimarron(["query", "--archive", &first, "--format", "json", query]).succeeds();
    let mof = cimarron(["query", "--archive", &first, "--format", "mof", query]).succeeds();
    let mof = place.file("rows.mof", &mof.stdout);
    let line = ["query", "--archive", &second, "--mof", &mof, "--format", "json", query];
    assert_eq!(cimarron(line).succeeds().stdout, rows.stdout);
    assert!(rows.stdout.contains("\"U64\":null") && rows.stdout.contains("\"D4\":-0.0"));
}

#[test]
fn a_directory_is_no_archive() {
    let place = Place::new();
    let folder = place.path("");
    let run = cimarron(["show", &folder]).fails_with(1);
    assert!(run.stderr.contains("is a directory, and no archive"), "{}", run.stderr);
}

#[test]
fn a_namespace_is_chosen() {
    let place = Place::new();
    let mof = "class X_A { [key] string K; };\n#pragma namespace(\"root/other\")\n\
               class X_A { [key] uint8 N; };\n";
    let archive = place.archive("two", mof);
    let both = cimarron(["show", &archive, "X_A", "--format", "json"]).succeeds().json();
    assert_eq!(both.as_array().map(Vec::len), Some(2));
    let one = cimarron(["show", &archive, "X_A", "-n", "ROOT/other"]).succeeds();
    assert!(one.stdout.contains("uint8 N;") && !one.stdout.contains("string K;"), "{}", one.stdout);
    let none = cimarron(["show", &archive, "-n", "root/othr", "--format", "json"]).fails_with(1);
    let error = &none.error_json()["error"];
    assert_eq!(error["wbem"], "WBEM_E_INVALID_NAMESPACE");
    assert!(error["message"].as_str().is_some_and(|m| m.contains("`root/other`")), "{error}");
}
