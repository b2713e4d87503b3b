//! Whose rules hold for what `query` loads.

use crate::{Place, Run, cimarron};

/// Siblings that share a key, which only the DMTF has.
const SIBLINGS: &str = "Qualifier Key : boolean = false, Scope(property), Flavor(DisableOverride);\n\
                        class X_A { [Key] string K; };\n\
                        class X_B : X_A { };\n\
                        class X_C : X_A { };\n\
                        instance of X_B { K = \"1\"; };\n\
                        instance of X_C { K = \"1\"; };\n";

const QUERY: &str = "SELECT K FROM X_A";

fn rows(run: Run) -> usize {
    run.succeeds().json().as_array().unwrap().len()
}

#[test]
fn an_archive_says_its_dialect() {
    let place = Place::new();
    let (source, dmtf) = (place.file("a.mof", SIBLINGS), place.path("a.cimar"));
    cimarron(["compile", &source, "--dialect", "dmtf", "-o", &dmtf]).succeeds();
    let line = ["query", "--archive", &dmtf, "--format", "json", QUERY];
    assert_eq!(rows(cimarron(line)), 2);
    let line = ["query", "--archive", &dmtf, "--dialect", "wmi", "--format", "json", QUERY];
    cimarron(line).fails_with(1);
    // MOF beside it follows, and so does a second archive.
    let more = place.file("b.mof", "class X_D : X_A { };\ninstance of X_D { K = \"1\"; };\n");
    let line = ["query", "--archive", &dmtf, "--mof", &more, "--format", "json", QUERY];
    assert_eq!(rows(cimarron(line)), 3);
    let wmi =
        place.archive("w", "class X_W { [key] string K; };\ninstance of X_W { K = \"1\"; };\n");
    let line = ["query", "--archive", &wmi, "--archive", &dmtf, "--format", "json", QUERY];
    cimarron(line).fails_with(1);
    let line = ["query", "--archive", &dmtf, "--archive", &wmi, "--format", "json", QUERY];
    assert_eq!(rows(cimarron(line)), 2);
}

#[test]
fn a_namespace_that_is_there_keeps_its_dialect() {
    let place = Place::new();
    let (source, dmtf) = (place.file("a.mof", SIBLINGS), place.path("a.cimar"));
    cimarron(["compile", &source, "--dialect", "dmtf", "-o", &dmtf]).succeeds();
    let there = place.file("w.mof", "class X_W { [key] string K; };\n");
    let data = place.path("data");
    cimarron(["compile", &there, "--data", &data]).succeeds();
    let line = ["query", "--data", &data, "--archive", &dmtf, "--format", "json", QUERY];
    cimarron(line).fails_with(1);
    let line =
        ["query", "--data", &data, "--archive", &dmtf, "-n", "root/new", "--format", "json", QUERY];
    assert_eq!(rows(cimarron(line)), 2);
}

/// What cannot be opened is said before anything is loaded.
#[test]
fn archives_are_opened_first() {
    let place = Place::new();
    let data = place.path("data");
    let source = place.file("a.mof", "class X_A { [key] string K; };\n");
    let missing = place.path("missing.cimar");
    let line = ["query", "--data", &data, "--mof", &source, "--archive", &missing, QUERY];
    cimarron(line).fails_with(1);
    assert!(!std::path::Path::new(&data).exists());
}
