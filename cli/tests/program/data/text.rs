use crate::{Place, cimarron, fleet};
use serde_json::json;

#[test]
fn the_fleet_goes_out_and_in_again() {
    let place = Place::new();
    let data = place.path("data");
    let run = cimarron(["data", "import", &data, &fleet(), "--format", "json"]).succeeds();
    assert_eq!((&run.json()["classes"], &run.json()["instances"]), (&json!(10), &json!(66)));
    let export = |data: &str, format| {
        cimarron(["data", "export", data, "--format", format]).succeeds().stdout
    };
    let expected = (export(&data, "ndjson"), export(&data, "mof"));
    for (format, name) in [("ndjson", "fleet.ndjson"), ("mof", "fleet.mof")] {
        let (file, again) = (place.path(name), place.path(format));
        let run = cimarron(["data", "export", &data, "--format", format, "-o", &file]).succeeds();
        assert!(run.stdout.contains("67 instances"), "{}", run.stdout);
        cimarron(["data", "import", &again, &file, "--sync", "never"]).succeeds();
        assert_eq!((export(&again, "ndjson"), export(&again, "mof")), expected, "{format}");
    }
}

#[test]
fn exports_can_be_of_some_namespaces() {
    let place = Place::new();
    let data = place.path("data");
    let mof = place.file("a.mof", "class X_A { [key] string Id; };\n");
    for (namespace, dialect) in [("root/a", "wmi"), ("root/b", "wmi"), ("lab", "dmtf")] {
        let mof = if dialect == "wmi" {
            mof.clone()
        } else {
            place.file("b.mof", "class Y_B { string Id; };\n")
        };
        let line = ["data", "import", &data, &mof, "-n", namespace, "--dialect", dialect];
        cimarron(line).succeeds();
    }
    let run = cimarron(["data", "export", &data, "-n", "root\\b,LAB"]).succeeds();
    let names: Vec<_> =
        run.stdout.lines().filter(|l| l.contains("\"namespace\",\"name\"")).collect();
    assert_eq!(names.len(), 2, "{}", run.stdout);
    let run = cimarron(["data", "export", &data, "--format", "mof"]).fails_with(1);
    assert!(run.stderr.contains("one MOF text cannot hold both"), "{}", run.stderr);
    let file = place.path("out.mof");
    cimarron(["data", "export", &data, "--format", "mof", "-o", &file]).fails_with(1);
    assert!(!std::path::Path::new(&file).exists());
    // Each dialect has a file of its own.
    let (folder, again) = (place.path("texts"), place.path("again"));
    cimarron(["data", "export", &data, "--format", "mof", "-o", &format!("{folder}/")]).succeeds();
    for dialect in ["wmi", "dmtf"] {
        let text = format!("{folder}/{dialect}.mof");
        cimarron(["data", "import", &again, &text, "--dialect", dialect]).succeeds();
    }
    let export = |data: &str| cimarron(["data", "export", data]).succeeds().stdout;
    assert_eq!(export(&again), export(&data));
    let run = cimarron(["data", "export", &data, "-n", "root/c"]).fails_with(1);
    assert_eq!(run.error_json()["error"]["status"], json!("CIM_ERR_INVALID_NAMESPACE"));
}

#[test]
fn a_line_that_is_refused_is_named() {
    let place = Place::new();
    let data = place.path("data");
    let lines = "{\"kind\":\"header\",\"format\":\"cimarron\",\"version\":1}\n\
                 {\"kind\":\"namespace\",\"name\":\"root\",\"dialect\":\"wmi\"}\n\
                 {\"kind\":\"instance\",\"namespace\":\"root\",\"class\":\"X\",\"values\":{\"A\":1}}\n";
    let file = place.file("a.ndjson", lines);
    let run = cimarron(["data", "import", &data, &file, "--format", "json"]).fails_with(1);
    let message = run.error_json()["error"]["message"].as_str().unwrap_or_default().to_owned();
    assert!(message.contains("a.ndjson`, line 3: there is no class `X`"), "{message}");
    let missing = place.path("missing.mof");
    cimarron(["data", "import", &data, &missing]).fails_with(1);
}
