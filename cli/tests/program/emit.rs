use crate::{Place, cimarron, fleet};

#[test]
fn cimxml_is_written_behind_superclasses() {
    let place = Place::new();
    let target = place.path("fleet.xml");
    cimarron(["compile", &fleet(), "--emit", "cimxml", "-o", &target]).succeeds();
    let text = std::fs::read_to_string(target).unwrap();
    assert!(
        text.starts_with("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<CIM CIMVERSION=\"2.0\"")
    );
    let at = |needle: &str| text.find(needle).unwrap_or_else(|| panic!("no {needle}"));
    assert!(at("<CLASS NAME=\"Fleet_Element\"") < at("<CLASS NAME=\"Fleet_Computer\""));
    assert!(at("<CLASS NAME=\"Fleet_Service\"") < at("<INSTANCE CLASSNAME=\"Fleet_Server\""));
    assert!(text.contains("EmbeddedObject=\"instance\""), "{text}");
    assert!(text.contains("&lt;INSTANCE CLASSNAME=\"Fleet_Location\"&gt;"), "{text}");
    assert!(!text.contains("PROPAGATED"), "local declarations inherit nothing");
}

#[test]
fn show_writes_chosen_classes_with_what_they_inherit() {
    let place = Place::new();
    let archive = place.path("fleet.cimar");
    cimarron(["compile", &fleet(), "-o", &archive]).succeeds();
    let run = cimarron(["show", &archive, "Fleet_Laptop", "--format", "cimxml"]).succeeds();
    assert_eq!(run.stdout.matches("<CLASS ").count(), 1, "{}", run.stdout);
    let name = "<PROPERTY NAME=\"Name\" CLASSORIGIN=\"Fleet_Computer\" PROPAGATED=\"true\" TYPE=\"string\">";
    assert!(run.stdout.contains(name), "{}", run.stdout);
    let run = cimarron(["show", &archive, "Fleet_Laptop", "--format", "cimxml", "--local"]);
    assert!(!run.succeeds().stdout.contains("NAME=\"Manufacturer\""));
}

#[test]
fn diagrams_of_a_class_and_its_neighbours() {
    let place = Place::new();
    let archive = place.path("fleet.cimar");
    cimarron(["compile", &fleet(), "-o", &archive]).succeeds();
    let run = cimarron(["show", &archive, "fleet_disk", "--format", "mermaid"]).succeeds();
    assert!(run.stdout.starts_with("classDiagram\n    class Fleet_Disk {\n"), "{}", run.stdout);
    assert_eq!(run.stdout.matches("    class ").count(), 1, "{}", run.stdout);
    let line = ["show", &archive, "Fleet_Disk", "--format", "mermaid", "--neighbours"];
    let run = cimarron(line).succeeds();
    for part in [
        "class Fleet_Element {",
        "class Fleet_Computer {",
        "Fleet_Element <|-- Fleet_Disk",
        "Fleet_ComputerDisk --> \"*\" Fleet_Disk : Disk",
    ] {
        assert!(run.stdout.contains(part), "{part}: {}", run.stdout);
    }
    assert!(!run.stdout.contains("Fleet_Service"), "{}", run.stdout);
    cimarron(["show", &archive, "Fleet_Disk", "--neighbours"]).fails_with(2);
    cimarron(["show", &archive, "--format", "mermaid", "--neighbours"]).fails_with(2);
    cimarron(["show", &archive, "--tree", "--format", "cimxml"]).fails_with(2);
}

#[test]
fn cimxml_says_the_types_that_the_classes_declare() {
    let place = Place::new();
    let source = place.file(
        "types.mof",
        r#"class X_End { [key] uint16 N; [key] string S; X_End Part; object Any; };
        [Association] class X_Link { [key] X_End ref A; [key] X_Gone ref B; };
        instance of X_End { N = 1; S = "s"; Part = NULL; Any = NULL; };
        class X_Bit { [key] boolean T; [key] char16 C; };
        [Association] class X_Of { [key] X_Link ref L; [key] X_Bit ref R; };
        instance of X_Link { A = "X_End.N=1,S=\"s\""; B = "X_Gone.T=TRUE,M=-2"; };
        instance of X_Link as $link { A = "X_End.N=2,S=\"s\""; B = "X_Gone.M=3"; };
        instance of X_Of { L = $link; R = "X_Bit.T=1,C=65"; };
        instance of X_Of { L = "X_Link.A=\"X_End.N=4,S=\\\"s\\\"\",B=\"X_Gone.M=5\""; R = "X_Bit.T=0,C=\"A\""; };"#,
    );
    let target = place.path("types.xml");
    cimarron(["compile", &source, "--emit", "cimxml", "-A", "MOF0137", "-o", &target]).succeeds();
    let text = std::fs::read_to_string(target).unwrap();
    let instances = text.split("<VALUE.OBJECT>").filter(|part| part.contains("<INSTANCE "));
    let instances: String = instances.collect();
    for expected in [
        r#"<PROPERTY NAME="Part" TYPE="string" EmbeddedObject="instance"/>"#,
        r#"<PROPERTY NAME="Any" TYPE="string" EmbeddedObject="object"/>"#,
        r#"<KEYVALUE VALUETYPE="numeric" TYPE="uint16">1</KEYVALUE>"#,
        r#"<KEYVALUE VALUETYPE="string" TYPE="string">s</KEYVALUE>"#,
        r#"<KEYVALUE VALUETYPE="boolean" TYPE="boolean">TRUE</KEYVALUE>"#,
        r#"<KEYVALUE VALUETYPE="numeric" TYPE="sint64">-2</KEYVALUE>"#,
        r#"<KEYVALUE VALUETYPE="boolean" TYPE="boolean">FALSE</KEYVALUE>"#,
        r#"<KEYVALUE VALUETYPE="string" TYPE="char16">A</KEYVALUE>"#,
        r#"<KEYVALUE VALUETYPE="numeric" TYPE="uint16">2</KEYVALUE>"#,
        r#"<KEYVALUE VALUETYPE="numeric" TYPE="uint16">4</KEYVALUE>"#,
    ] {
        assert!(instances.contains(expected), "{expected} in {instances}");
    }
    // A reference among the keys of a path is a reference, not its text.
    let nested = r#"<KEYBINDING NAME="A"><VALUE.REFERENCE><INSTANCENAME CLASSNAME="X_End">"#;
    let lines: String = instances.lines().map(str::trim).collect();
    assert_eq!(lines.matches(nested).count(), 2, "{lines}");
}

#[test]
fn namespaces_that_hold_nothing_are_left_out() {
    let place = Place::new();
    let source = place.file("a.mof", "#pragma namespace(\"root/a\")\nclass X_A {};\n");
    let archive = place.path("a.cimar");
    let (mof, xml) = (place.path("a2.mof"), place.path("a.xml"));
    cimarron(["compile", &source, "-o", &archive]).succeeds();
    cimarron(["compile", &source, "--emit", "cimxml", "-o", &xml]).succeeds();
    cimarron(["compile", &source, "--emit", "mof", "-o", &mof]).succeeds();
    let (mof, xml) = (std::fs::read_to_string(mof).unwrap(), std::fs::read_to_string(xml).unwrap());
    assert_eq!(xml.matches("<DECLGROUP>").count(), 1, "{xml}");
    assert_eq!(mof.matches("#pragma namespace").count(), 1, "{mof}");
    assert!(mof.contains("\"\\\\\\\\.\\\\root\\\\a\""), "{mof}");
    let shown = cimarron(["show", &archive]).succeeds().stdout;
    assert_eq!(shown.matches("#pragma namespace").count(), 1, "{shown}");
    let site = place.path("site");
    cimarron(["doc", &archive, "-o", &site]).succeeds();
    assert!(!std::path::Path::new(&site).join("ns").exists(), "one namespace needs no folder");

    let empty = place.file("empty.mof", "// nothing\n");
    let xml = place.path("empty.xml");
    cimarron(["compile", &empty, "--emit", "cimxml", "-o", &xml]).succeeds();
    let xml = std::fs::read_to_string(xml).unwrap();
    assert_eq!(xml.matches("<DECLGROUP>").count(), 1, "a declaration holds a group: {xml}");
}

#[test]
fn classes_say_their_namespaces_in_json() {
    let place = Place::new();
    let text = "class X_A {};\n#pragma namespace(\"root/other\")\nclass X_A {};\nclass X_B {};\n";
    let (source, archive) = (place.file("a.mof", text), place.path("a.cimar"));
    cimarron(["compile", &source, "-n", "root/one", "-o", &archive]).succeeds();
    let shown = cimarron(["show", &archive, "--format", "json"]).succeeds().json();
    let shown: Vec<_> =
        shown.as_array().unwrap().iter().map(|c| [&c["namespace"], &c["name"]]).collect();
    let expected = [["root/one", "X_A"], ["root/other", "X_A"], ["root/other", "X_B"]];
    assert_eq!(shown, expected);
}
