//! The formatter on the whole DMTF CIM Schema 2.49.0, when it is there.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a helper that fails fails its test, and one that cannot run says so"
)]

use cimarron_model::Dialect;
use cimarron_mof::format::{FormatOptions, format};
use cimarron_mof::source::MemoryFileSystem;
use cimarron_mof::{
    CompileOptions, Diagnostics, EmptyBase, Loader, OsFileSystem, Sources, compile,
};
use cimarron_schema::{Archive, ClassForm, PrintOptions, class_to_mof, qualifier_type_to_mof};
use std::path::PathBuf;

/// The schema's texts, or `None` with the reason printed.
fn schema() -> Option<Sources> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../shared/data/cim_schema_2.49.0Final-MOFs.zip");
    if !path.exists() {
        println!("skipped: the DMTF CIM Schema is not at {}", path.display());
        return None;
    }
    let mut loader = Loader::new(&OsFileSystem);
    loader.add_path(&path).unwrap();
    Some(loader.finish(&mut Diagnostics::new()))
}

fn archive(sources: &Sources) -> Archive {
    let options = CompileOptions { dialect: Dialect::Dmtf, ..CompileOptions::default() };
    let compiled = compile(sources, &options, &EmptyBase, Diagnostics::new());
    assert!(!compiled.has_errors());
    Archive::from_bytes(compiled.archive().unwrap()).unwrap()
}

#[test]
fn the_schema_means_the_same_and_is_formatted_once() {
    let Some(sources) = schema() else { return };
    let before = archive(&sources);
    for options in [
        FormatOptions::default(),
        FormatOptions { width: 60, rewrap_strings: true, ..FormatOptions::default() },
    ] {
        let mut files = MemoryFileSystem::new();
        let mut loaded = 0;
        for (_, file) in sources.map().iter() {
            // Names are `ZIP/PATH`.
            let (_, name) = file.name().split_once(".zip").unwrap();
            let once = format(file.text(), &options).unwrap();
            assert_eq!(format(&once, &options).unwrap(), once, "{name}");
            let long = once.lines().find(|line| {
                let string = line.contains('"') && !line.contains("\", ");
                line.chars().count() > options.width && !string && !line.contains("//")
            });
            assert!(long.is_none() || options.width < 100, "{name}: {long:?}");
            files.insert(name.trim_start_matches(['/', ':', '!']), once.as_bytes());
            loaded += 1;
        }
        assert_eq!(loaded, 1_634);
        let mut loader = Loader::new(&files);
        loader.add_path("").unwrap();
        let formatted = loader.finish(&mut Diagnostics::new());
        assert!(archive(&formatted).bytes() == before.bytes(), "{options:?}: another archive");
    }
}

#[test]
fn printed_declarations_are_formatted() {
    let Some(sources) = schema() else { return };
    let archive = archive(&sources);
    let schema = archive.namespaces().next().unwrap();
    let flavor_of =
        |name: &str| schema.qualifier_type(name).map(cimarron_schema::QualifierTypeView::flavor);
    for (width, step) in [(100, 1), (40, 10)] {
        let options = FormatOptions { width, ..FormatOptions::default() };
        let mut print = PrintOptions::new(archive.dialect());
        print.width = width;
        for declared in schema.qualifier_types() {
            let printed = qualifier_type_to_mof(&declared.to_qualifier_type(), &print);
            assert_formatted(&printed, &options);
        }
        let print = print.declared(&flavor_of);
        let forms = [ClassForm::Local, ClassForm::Resolved].into_iter().cycle();
        for (class, form) in schema.classes().step_by(step).zip(forms) {
            let printed = class_to_mof(&class.to_class(form), &print);
            assert_formatted(&printed, &options);
        }
    }
}

#[track_caller]
fn assert_formatted(text: &str, options: &FormatOptions) {
    let formatted = format(text, options).unwrap();
    let mut lines = text.lines().zip(formatted.lines());
    assert_eq!(lines.find(|(printed, formatted)| printed != formatted), None);
    assert!(formatted == text, "{text}");
}
