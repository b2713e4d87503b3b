//! What `compile --data` refuses: all of it at once, and nothing of it loaded.

use crate::{Place, Run, cimarron, command, run};
use serde_json::{Value, json};

/// Code, line and condition of each finding.
fn found(run: &Run) -> Vec<(String, u64, String)> {
    let found = run.error_json();
    let text = |finding: &Value, key: &str| finding[key].as_str().unwrap().to_owned();
    let findings = found.as_array().unwrap().iter();
    findings.map(|f| (text(f, "code"), f["line"].as_u64().unwrap(), text(f, "wbem"))).collect()
}

const CHILDREN: &str = "WBEM_E_CLASS_HAS_CHILDREN";
const ROWS: &str = "WBEM_E_CLASS_HAS_INSTANCES";
const THERE: &str = "WBEM_E_ALREADY_EXISTS";

/// Compiles `there` and then `change`, which is refused and changes nothing.
#[track_caller]
fn refused(dialect: &str, there: &str, change: &str, expected: &[(u64, &str)]) {
    let place = Place::new();
    let data = place.path("data");
    let compile = |source: &str| {
        let line = ["compile", source, "--data", &data, "--dialect", dialect, "--format", "json"];
        cimarron(line)
    };
    compile(&place.file("a.mof", there)).succeeds();
    let before = cimarron(["data", "export", &data]).succeeds().stdout;
    let run = compile(&place.file("b.mof", change)).fails_with(1);
    let expected: Vec<_> = expected
        .iter()
        .map(|(line, status)| ("MOF0276".to_owned(), *line, (*status).to_owned()))
        .collect();
    assert_eq!(found(&run), expected, "{}", run.stderr);
    let summary = run.json();
    assert_eq!((&summary["errors"], &summary["classes"]), (&json!(expected.len()), &json!(0)));
    assert_eq!(cimarron(["data", "export", &data]).succeeds().stdout, before);
}

#[test]
fn classes_below_and_rows_are_refused_together() {
    let there = "class X_A { [key] string K; uint32 V; };\n\
                 class X_B : X_A { uint8 W; };\n\
                 class X_C : X_B { };\n\
                 class X_D { [key] string K; uint32 V; };\n\
                 class X_E { [key] string K; };\n\
                 class X_F : X_E { uint8 W; };\n\
                 class X_G : X_E { uint8 W; };\n\
                 class X_H { [key] string K; uint8 V; };\n\
                 instance of X_D { K = \"d\"; V = 70000; };\n\
                 instance of X_C { K = \"c\"; W = 1; };\n\
                 instance of X_H { K = \"h\"; V = 1; };\n";
    let change = "class X_H { [key] string K; uint16 V; };\n\
                  #pragma classflags(\"safeupdate\")\n\
                  class X_A { [key] string K; uint32 V; string W; };\n\
                  class X_D { [key] string K; uint8 V; };\n\
                  class X_E { [key] string K; string W; };\n\
                  class X_New { [key] string K; };\n\
                  #pragma namespace(\"\\\\\\\\.\\\\root\\\\other\")\n\
                  class X_Other { [key] string K; };\n";
    let expected = [(1, ROWS), (3, CHILDREN), (4, ROWS), (5, CHILDREN)];
    refused("wmi", there, change, &expected);
}

#[test]
fn what_is_below_a_refused_class_is_not_reported_as_well() {
    let there = "class X_A { [key] string K; };\n\
                 class X_B : X_A { uint8 W; };\n\
                 class X_C : X_B { uint8 V; };\n\
                 instance of X_C { K = \"c\"; W = 1; V = 1; };\n";
    // The class below would have an override that is as wrong as the one above.
    let change = "#pragma classflags(\"safeupdate\")\n\
                  class X_A { [key] string K; string W; string V; };\n";
    refused("wmi", there, change, &[(2, CHILDREN)]);
    // It is in the text itself, and new.
    let change = "class X_C : X_B { uint8 V; uint8 N; };\n\
                  #pragma classflags(\"safeupdate\")\n\
                  class X_D : X_C { uint8 More; };\n\
                  instance of X_D { K = \"d\"; V = 300; };\n";
    let change = change.replace("V = 300", "V = 3");
    refused("wmi", there, &change, &[(1, ROWS)]);
}

#[test]
fn all_namespaces_are_judged() {
    let key = "Qualifier Key : boolean = false, Scope(property), Flavor(DisableOverride);\n";
    let there = format!(
        "{key}class X_A {{ [Key] string K; }};\n\
         instance of X_A {{ K = \"1\"; }};\n\
         instance of X_A {{ K = \"2\"; }};\n\
         #pragma namespace(\"root/other\")\n\
         {key}class X_A {{ [Key] string K; uint16 V; }};\n\
         class X_B {{ [Key] string K; }};\n\
         instance of X_A {{ K = \"1\"; V = 300; }};\n"
    );
    let change = "instance of X_A { K = \"1\"; };\n\
                  instance of X_A { K = \"3\"; };\n\
                  instance of X_A { K = \"2\"; };\n\
                  #pragma namespace(\"root/new\")\n"
        .to_owned()
        + key
        + "class X_New { [Key] string K; };\n\
           instance of X_New { K = \"1\"; };\n\
           #pragma namespace(\"root/other\")\n\
           class X_A { [Key] string K; uint8 V; };\n\
           instance of X_B { K = \"1\"; };\n";
    refused("dmtf", &there, &change, &[(1, THERE), (3, THERE), (9, ROWS)]);
}

#[test]
fn a_text_for_several_namespaces_is_refused_in_each() {
    let place = Place::new();
    let data = place.path("data");
    let compile = |name: &str, text: &str| {
        place.file("s.mof", text);
        let all = "#pragma namespace(\"root/a\")\n#pragma include(\"s.mof\")\n\
                   #pragma namespace(\"root/b\")\n#pragma include(\"s.mof\")\n";
        cimarron(["compile", &place.file(name, all), "--data", &data, "--format", "json"])
    };
    let there = "class X_A { [key] string K; uint32 V; };\ninstance of X_A { K = \"a\"; };\n";
    compile("a.mof", there).succeeds();
    let run = compile("b.mof", "class X_A { [key] string K; string V; };\n").fails_with(1);
    let found = run.error_json();
    let messages = found.as_array().unwrap().iter().map(|f| f["message"].as_str().unwrap());
    let expected = ["root/a", "root/b"].map(|namespace| {
        format!("in `{namespace}`, the class `X_A` has instances: delete them first")
    });
    assert_eq!(messages.collect::<Vec<_>>(), expected);
}

#[test]
fn a_change_that_many_classes_contradict_is_refused_once() {
    let below = (1..20).map(|n| format!("class X_A{n} : X_R {{ uint8 W; }};\n"));
    let there = "class X_R { [key] string K; };\n".to_owned() + &below.collect::<String>();
    let change = "#pragma classflags(\"safeupdate\")\n\
                  class X_R { [key] string K; string W; };\n";
    refused("wmi", &there, change, &[(2, CHILDREN)]);
}

#[test]
fn the_first_of_the_text_are_told() {
    let place = Place::new();
    let data = place.path("data");
    let class = |name: &str, of: &str| format!("class X_{name} {{ [key] string K; {of} V; }};\n");
    let names = ["C", "B", "A"];
    let mut there: String = names.map(|name| class(name, "uint32")).concat();
    there.push_str(&names.map(|name| format!("instance of X_{name} {{ K = \"k\"; }};\n")).concat());
    cimarron(["compile", &place.file("a.mof", &there), "--data", &data]).succeeds();
    let change = place.file("b.mof", &names.map(|name| class(name, "string")).concat());
    let line = ["compile", &change, "--data", &data, "--max-errors", "2", "--format", "json"];
    let run = cimarron(line).fails_with(1);
    let lines: Vec<u64> = found(&run).iter().map(|(_, line, _)| *line).collect();
    assert_eq!((lines, run.json()["omitted"].clone()), (vec![1, 2], json!(1)));
}

#[test]
fn a_flood_is_counted() {
    let place = Place::new();
    let data = place.path("data");
    let mut mof = "Qualifier Key : boolean = false, Scope(property), Flavor(DisableOverride);\n\
                   class X_A { [Key] uint32 K; };\n"
        .to_owned();
    for number in 0..1_200 {
        mof.push_str(&format!("instance of X_A {{ K = {number}; }};\n"));
    }
    let source = place.file("a.mof", &mof);
    let compile = |more: &[&str]| {
        let line = ["compile", &source, "--data", &data, "--dialect", "dmtf"];
        run(command().args(line.iter().chain(more)))
    };
    compile(&[]).succeeds();
    let run = compile(&[]).fails_with(1);
    assert!(run.stderr.contains("... and 1,150 more errors"), "{}", run.stderr);
    assert!(run.stderr.ends_with("1,200 errors\n"), "{}", run.stderr);
    let run = compile(&["--format", "json"]).fails_with(1);
    assert_eq!(found(&run).len(), 1_000);
    assert_eq!(
        (run.json()["errors"].clone(), run.json()["omitted"].clone()),
        (json!(1200), json!(200))
    );
    let run = compile(&["--format", "json", "--max-errors", "0"]).fails_with(1);
    assert_eq!((found(&run).len(), run.json()["omitted"].clone()), (1_200, json!(0)));
}
