//! The whole DMTF CIM Schema 2.49.0, when it is there.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a helper that fails fails its test, and one that cannot run says so"
)]

use cimarron_model::Dialect;
use cimarron_mof::{
    CompileOptions, Compiled, Diagnostics, EmptyBase, Loader, OsFileSystem, Severity, compile,
};
use cimarron_schema::{Archive, ClassForm, PrintOptions, write_class, write_qualifier_type};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The schema's zip, or `None` with the reason printed.
fn schema_zip() -> Option<PathBuf> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../shared/data/cim_schema_2.49.0Final-MOFs.zip");
    if path.exists() {
        return Some(path);
    }
    println!("skipped: the DMTF CIM Schema is not at {}", path.display());
    None
}

/// The warnings that the schema deserves, by code: every one is a slip that a clause of
/// DSP0004 names. WMI has no form for versions.
const WARNINGS: [(&str, usize); 10] = [
    ("MOF0119", 1),
    ("MOF0135", 17),
    ("MOF0168", 2),
    ("MOF0170", 2),
    ("MOF0172", 1),
    ("MOF0176", 19),
    ("MOF0181", 1),
    ("MOF0182", 25),
    ("MOF0190", 1),
    ("MOF0236", 1),
];

/// Compiles, and gives the errors, and how many warnings of each code.
fn compile_as(
    loader: Loader<'_>,
    dialect: Dialect,
) -> (Compiled, Vec<String>, BTreeMap<&'static str, usize>) {
    let mut said = Diagnostics::new();
    let sources = loader.finish(&mut said);
    let options = CompileOptions { dialect, ..CompileOptions::default() };
    let compiled = compile(&sources, &options, &EmptyBase, said);
    let findings = compiled.diagnostics.as_slice().iter();
    let (errors, others): (Vec<_>, Vec<_>) = findings.partition(|d| d.severity == Severity::Error);
    let errors = errors.into_iter().map(|d| format!("{} {}", d.code, d.message)).collect();
    let mut warnings = BTreeMap::new();
    for warning in others {
        *warnings.entry(warning.code.as_str()).or_default() += 1;
    }
    (compiled, errors, warnings)
}

#[test]
fn compiles_and_comes_back_from_its_own_mof() {
    let Some(zip) = schema_zip() else { return };
    // WMI refuses an abstract class under a concrete one, DSP0004 does not.
    let abstract_under_concrete = "MOF0111 `CIM_PolicyInSystem` cannot be abstract: its superclass `CIM_HostedDependency` is not";
    for (dialect, expected) in
        [(Dialect::Dmtf, &[][..]), (Dialect::Wmi, &[abstract_under_concrete][..])]
    {
        let mut loader = Loader::new(&OsFileSystem);
        loader.add_path(&zip).unwrap();
        let (compiled, errors, warnings) = compile_as(loader, dialect);
        assert_eq!(errors, expected, "{dialect}");
        let mut doubts = BTreeMap::from(WARNINGS);
        if dialect == Dialect::Wmi {
            doubts.remove("MOF0119");
        }
        assert_eq!(warnings, doubts, "{dialect}");
        let counts = compiled.statistics();
        assert_eq!(
            (counts.classes, counts.associations, counts.indications),
            (1_631, 643, 24),
            "{dialect}"
        );
        assert_eq!((counts.qualifier_types, counts.properties), (70, 28_440), "{dialect}");

        let archive = Archive::from_bytes(compiled.archive().unwrap()).unwrap();
        let mut loader = Loader::new(&OsFileSystem);
        loader.add_text("printed.mof", &print(&archive)).unwrap();
        let (again, errors, warnings) = compile_as(loader, dialect);
        assert_eq!(errors, expected, "{dialect}: printed and compiled again");
        assert_eq!(warnings, doubts, "{dialect}: printed and compiled again");
        let same_bytes = again.archive().unwrap()[..] == archive.bytes()[..];
        assert!(same_bytes, "{dialect}: the archive of the printed MOF is another");
    }
}

/// Everything in the archive as MOF, in name order, so that subclasses come
/// before their superclasses too.
fn print(archive: &Archive) -> String {
    let schema = archive.namespaces().next().unwrap();
    let flavor_of =
        |name: &str| schema.qualifier_type(name).map(cimarron_schema::QualifierTypeView::flavor);
    let options = PrintOptions::new(archive.dialect()).declared(&flavor_of);
    let mut mof = String::new();
    for declaration in schema.qualifier_types() {
        write_qualifier_type(&mut mof, &declaration.to_qualifier_type(), &options).unwrap();
    }
    for class in schema.classes_by_name() {
        write_class(&mut mof, &class.to_class(ClassForm::Local), &options).unwrap();
    }
    mof
}
