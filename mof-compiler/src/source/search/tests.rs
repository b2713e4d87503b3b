//! What is found on the search path, in which order, and what is said of it.

use super::super::{Limits, Loader, MemoryFileSystem};
use crate::Language;
use crate::diagnostic::{Diagnostics, Severity};
use crate::{Base, CompileOptions, Compiled, EmptyBase, compile};
use cimarron_model::{Dialect, Name, QualifierType};
use cimarron_schema::{NamespaceBuilder, ResolvedClass};
use std::io::Write;
use std::sync::Arc;

const QUALIFIERS: &str = "Qualifier Key : boolean = false, Scope(property, reference), \
     Flavor(DisableOverride, ToSubclass);\n\
     Qualifier Association : boolean = false, Scope(association), Flavor(DisableOverride, ToSubclass);\n\
     Qualifier EmbeddedInstance : string = null, Scope(property, method, parameter);\n\
     Qualifier Description : string = null, Scope(any), Flavor(Translatable);\n";

/// A schema that is larger than what anybody needs of it.
fn library() -> MemoryFileSystem {
    let mut files = MemoryFileSystem::new();
    for (path, text) in [
        ("lib/Qualifiers.mof", QUALIFIERS),
        ("lib/qualifiers_optional.mof", "Qualifier Unit : string = null, Scope(any);"),
        ("lib/Core/X_Base.mof", "class X_Base { [Key] string Id; };"),
        (
            "lib/Core/X_Mid.MOF",
            "class X_Mid : X_Base { [EmbeddedInstance(\"X_Data\")] string d; };",
        ),
        ("lib/Core/X_Data.mof", "class X_Data { uint8 n; };"),
        (
            "lib/Link/x_link.mof",
            "[Association] class X_Link { [Key] X_Mid REF a; [Key] X_End REF b; };",
        ),
        ("lib/Link/X_End.mof", "class X_End { [Key] string Id; };"),
        ("lib/X_Unused.mof", "class X_Unused : X_Nowhere { broken"),
        ("lib/X_Other.mof", "// cimarron: allow(MOF9999)\nclass Y_Other { };"),
        ("three/z_base.mof", "class Z_Base { [Key] string Id; };"),
        ("three/z_point.mof", "structure Z_Point { uint8 x; };"),
        ("three/z_colour.mof", "enumeration Z_Colour : String { Red, Blue };"),
        ("three/qualifiers.mof", "Qualifier Col : Z_Colour = Red, Scope(any);"),
        ("late/X_Base.mof", "class X_Base { [Key] string Late; };"),
        ("late/X_Loud.mof", "class X_Loud { [Key] string Id; uint32 f([Key] uint32 p); };"),
    ] {
        assert!(files.insert(path, text));
    }
    files
}

/// What a text compiles to with the files of its language on the search path.
fn with_search(text: &str, options: &CompileOptions) -> Compiled {
    let files = library();
    let mut loader = Loader::new(&files).with_options(options);
    let path: &[&str] = match options.language {
        Language::Mof2 => &["lib", "late"],
        Language::Mof3 => &["three"],
    };
    for directory in path {
        loader.add_search_path(directory).unwrap();
    }
    finished(loader, text, options, &EmptyBase)
}

fn finished(
    mut loader: Loader<'_>,
    text: &str,
    options: &CompileOptions,
    base: &dyn Base,
) -> Compiled {
    loader.add_text("own.mof", text).unwrap();
    let mut said = Diagnostics::new();
    let sources = loader.finish(&mut said);
    compile(&sources, options, base, said)
}

fn dmtf() -> CompileOptions {
    CompileOptions { dialect: Dialect::Dmtf, ..CompileOptions::default() }
}

/// The classes by namespace, sorted, and what was said.
fn outcome(text: &str) -> (String, Vec<String>) {
    outcome_by(text, &dmtf())
}

fn outcome_by(text: &str, options: &CompileOptions) -> (String, Vec<String>) {
    told(with_search(text, options))
}

fn told(compiled: Compiled) -> (String, Vec<String>) {
    let mut spaces = Vec::new();
    for (name, schema) in compiled.schema.namespaces() {
        let mut classes: Vec<_> = schema.classes().map(|class| class.name.to_string()).collect();
        classes.sort();
        spaces.push(format!("{name}: {}", classes.join(" ")));
    }
    let said = compiled.diagnostics.into_sorted();
    (spaces.join("; "), said.into_iter().map(|d| format!("{} {}", d.code, d.message)).collect())
}

#[test]
fn takes_what_is_needed_and_nothing_else() {
    for (text, classes) in [
        ("class T_A : X_Base { };", "root/cimv2: T_A X_Base"),
        ("class T_A : x_mid { };", "root/cimv2: T_A X_Base X_Data X_Mid"),
        ("class T_A : X_Link { };", "root/cimv2: T_A X_Base X_Data X_End X_Link X_Mid"),
        (
            "class T_A { [Key] string k; [EmbeddedInstance(\"X_Data\")] string d; };",
            "root/cimv2: T_A X_Data",
        ),
        ("class T_A { [Key] string k; void f(X_End REF e); };", "root/cimv2: T_A X_End"),
        ("instance of X_End { Id = \"1\"; };", "root/cimv2: X_End"),
        ("class X_Base { [Key] string Own; }; class T_A : X_Base { };", "root/cimv2: T_A X_Base"),
        ("class T_A { };", "root/cimv2: T_A"),
    ] {
        let (found, said) = outcome(text);
        assert_eq!(found, classes, "{text} {said:?}");
        assert!(said.iter().all(|said| !said.starts_with("MOF01")), "{text} {said:?}");
    }
}

#[test]
fn takes_it_into_the_namespace_that_needs_it() {
    let (found, said) = outcome(
        "class T_A : X_Base { };\n#pragma namespace (\"root/Other\")\nclass T_B : X_Mid { };\n\
         #pragma namespace (\"root/cimv2\")\nclass T_C : X_End { };",
    );
    assert_eq!(found, "root/cimv2: T_A T_C X_Base X_End; root/Other: T_B X_Base X_Data X_Mid");
    assert_eq!(said, [] as [&str; 0]);
}

#[test]
fn finds_what_texts_of_other_languages_lack() {
    let wmi = CompileOptions::default();
    let (found, said) = outcome_by("class T_A : X_Mid { object:X_End e; };", &wmi);
    assert_eq!(found, "root/cimv2: T_A X_Base X_Data X_End X_Mid");
    assert_eq!(said, [] as [&str; 0]);

    let mof3 = CompileOptions { language: Language::Mof3, ..dmtf() };
    let text = "class T_A : Z_Base { Z_Colour c = Red; Z_Point p; };";
    let (found, said) = outcome_by(text, &mof3);
    assert_eq!((found.as_str(), said), ("root/cimv2: T_A Z_Base Z_Point", vec![]));
    let text = "[Col(Blue)] class T_A : Z_Base { };\n\
                class T_B : Z_Base { structure Z_Point { uint8 own; }; Z_Point p; };";
    let (found, said) = outcome_by(text, &mof3);
    assert_eq!((found.as_str(), said), ("root/cimv2: T_A T_B T_B_Z_Point Z_Base", vec![]));
}

#[test]
fn a_name_that_no_file_has_is_missing_as_ever() {
    for (text, said) in [
        (
            "class T_A : X_Nowhere { };",
            "MOF0100 the superclass `X_Nowhere` of `T_A` does not exist",
        ),
        // The file of the name does not declare it.
        ("class T_A : X_Other { };", "MOF0100 the superclass `X_Other` of `T_A` does not exist"),
        ("[Nothing] class T_A { };", "MOF0160 the qualifier `Nothing` is not declared"),
    ] {
        assert_eq!(outcome(text).1, [said], "{text}");
    }
}

#[test]
fn a_file_that_is_compiled_anyway_is_not_searched() {
    let mut files = MemoryFileSystem::new();
    let text = "class T_A : T_B { };\n#pragma namespace (\"root/x\")\nclass T_B { };";
    assert!(files.insert("d/t_b.mof", text));
    let mut loader = Loader::new(&files);
    loader.add_path("d/t_b.mof").unwrap();
    loader.add_search_path("d").unwrap();
    let mut said = Diagnostics::new();
    let sources = loader.finish(&mut said);
    assert_eq!(sources.file_count(), 1);
    let said = compile(&sources, &CompileOptions::default(), &EmptyBase, said).diagnostics;
    let codes: Vec<_> = said.as_slice().iter().map(|found| found.code.to_string()).collect();
    assert_eq!(codes, ["MOF0100"]);
}

#[test]
fn a_namespace_is_one_in_every_spelling() {
    for spelling in [r"\\\\.\\root\\cimv2", "root/CIMV2", "//localhost/root/cimv2"] {
        let text = format!(
            "class X_Base {{ [Key] string Own; }};\n#pragma namespace (\"{spelling}\")\n\
             class T_A : X_Base {{ }};"
        );
        assert_eq!(outcome(&text), ("root/cimv2: T_A X_Base".to_owned(), vec![]), "{text}");
    }
}

#[test]
fn paths_and_embedded_texts_name_classes() {
    let link = "[Association] class T_L { [Key] X_Base REF a; [Key] X_Base REF b; };\n";
    let text = format!(
        "{link}instance of T_L {{ a = \"X_Mid.Id=\\\"1\\\"\"; b = \"X_Mid.Id=\\\"2\\\"\"; }};"
    );
    assert_eq!(outcome(&text).0, "root/cimv2: T_L X_Base X_Data X_Mid");
    for (space, classes) in [
        ("//./root/CIMV2:", "root/cimv2: T_L X_Base X_Data X_Mid"),
        ("/root/cimv2:", "root/cimv2: T_L X_Base X_Data X_Mid"),
        ("root/other:", "root/cimv2: T_L X_Base"),
        ("//server/root/cimv2:", "root/cimv2: T_L X_Base"),
    ] {
        let path = |key| format!("{space}X_Mid.Id=\\\"{key}\\\"");
        let text =
            format!("{link}instance of T_L {{ a = \"{}\"; b = \"{}\"; }};", path(1), path(2));
        let (found, said) = outcome(&text);
        assert_eq!((found.as_str(), said.len()), (classes, 0), "{text} {said:?}");
    }
    let text = "class T_A { [Key] string k; [EmbeddedInstance(\"X_Base\")] string o; };\n\
                instance of T_A { k = \"\"; o = \"instance of X_Mid { Id = \\\"1\\\"; };\"; };";
    assert_eq!(outcome(text), ("root/cimv2: T_A X_Base X_Data X_Mid".to_owned(), vec![]));
}

#[test]
fn one_mistake_hides_no_use() {
    let (found, said) = outcome("class T_A { [Key string x; };\nclass T_B : X_Base { };");
    assert_eq!((found.as_str(), said.len()), ("root/cimv2: T_B X_Base", 1), "{said:?}");
}

#[test]
fn a_namespace_that_is_none_is_one_finding() {
    let (_, said) = outcome("#pragma namespace (\"a b\")\nclass T_A : X_Mid { };");
    assert_eq!(said.len(), 1, "{said:?}");
}

#[test]
fn wmi_needs_the_qualifiers_of_what_is_found_only() {
    let compiled = with_search("class T_A { [Key] string k; };", &CompileOptions::default());
    assert_eq!(compiled.statistics().qualifier_types, 0);
    let compiled = with_search("class T_A : X_Base { };", &CompileOptions::default());
    assert_eq!(compiled.statistics().qualifier_types, 4);
}

#[test]
fn what_cannot_be_read_is_told_once() {
    let mut files = library();
    assert!(files.insert("bad/X_Odd.mof", b"\xFF\xFE\x00\xD8class".as_slice()));
    assert!(files.insert("bad/qualifiers.mof", b"\xFF\xFEQ".as_slice()));
    let mut loader = Loader::new(&files).with_options(&dmtf());
    loader.add_search_path("bad").unwrap();
    loader.add_text("own.mof", "[Foo, Bar] class T_A : X_Odd { };").unwrap();
    let mut said = Diagnostics::new();
    let sources = loader.finish(&mut said);
    let said = compile(&sources, &dmtf(), &EmptyBase, said).diagnostics;
    let codes: Vec<_> = said.as_slice().iter().map(|found| found.code.to_string()).collect();
    assert_eq!(codes, ["MOF0002", "MOF0002"]);
}

/// What `there` makes, as something to build on.
struct There(Compiled);

impl Base for There {
    fn class(&self, namespace: &str, name: &str) -> Option<Arc<ResolvedClass>> {
        self.0.schema.get(namespace)?.class(name).cloned()
    }

    fn class_names(&self, _: &str) -> Vec<Name> {
        Vec::new()
    }

    fn qualifier_types(&self, namespace: &str) -> Vec<QualifierType> {
        let declared = self.0.schema.get(namespace).into_iter();
        declared.flat_map(NamespaceBuilder::qualifier_types).cloned().collect()
    }
}

#[test]
fn what_the_base_of_a_namespace_has_is_not_looked_for() {
    let there = "Qualifier KEY : boolean = false, Scope(property, reference), \
                 Flavor(DisableOverride, ToSubclass);\nclass X_base { [Key] string Own; };";
    let other = "#pragma namespace (\"root/other\")\n";
    for (start, text, classes) in [
        ("root/cimv2", "class T_A : X_Base { };".to_owned(), "root/cimv2: T_A / 0"),
        // A file is taken whole.
        ("root/cimv2", "class T_A : X_Mid { };".to_owned(), "root/cimv2: T_A X_Data X_Mid / 4"),
        (
            "root/cimv2",
            format!("{other}class T_A : X_Base {{ }};"),
            "root/other: T_A X_Base; root/cimv2:  / 4",
        ),
        ("root/Other", "class T_A : X_Base { };".to_owned(), "root/Other: T_A X_Base / 4"),
        (
            "root/x",
            other.replace("other", "CIMV2") + "class T_A : X_Base { };",
            "root/CIMV2: T_A; root/x:  / 0",
        ),
    ] {
        let files = library();
        let base = There(finished(Loader::new(&files), there, &dmtf(), &EmptyBase));
        let options = CompileOptions { namespace: start.to_owned(), ..dmtf() };
        let mut loader = Loader::new(&files).with_options(&options).with_base(&base);
        loader.add_search_path("lib").unwrap();
        let compiled = finished(loader, &text, &options, &base);
        let qualifiers = compiled.statistics().qualifier_types;
        let (found, said) = told(compiled);
        assert_eq!((format!("{found} / {qualifiers}").as_str(), said), (classes, vec![]), "{text}");
    }
}

#[test]
fn what_is_derived_from_comes_first() {
    let mut files = MemoryFileSystem::new();
    for (name, above) in [("J_A", ""), ("J_B", ": J_A")] {
        let text = format!(
            "#pragma deleteclass (\"{name}\", nofail)\nclass {name} {above} {{ [key] string k; }};"
        );
        assert!(files.insert(format!("lib/{name}.mof"), text));
    }
    for text in [
        "class T_A { J_A REF a; J_B REF b; }; class T_B : J_B { };",
        "class T_A { J_B REF a; J_A REF b; }; class T_B : J_B { };",
    ] {
        let mut loader = Loader::new(&files);
        loader.add_search_path("lib").unwrap();
        loader.add_text("own.mof", text).unwrap();
        let mut said = Diagnostics::new();
        let sources = loader.finish(&mut said);
        let compiled = compile(&sources, &CompileOptions::default(), &EmptyBase, said);
        assert!(!compiled.has_errors(), "{text} {:?}", compiled.diagnostics);
    }
}

#[test]
fn the_first_of_the_search_path_wins() {
    let compiled = with_search("class T_A : X_Base { };", &dmtf());
    let base = compiled.schema.get("root/cimv2").and_then(|schema| schema.class("X_Base"));
    let names: Vec<_> =
        base.unwrap().properties.iter().map(|p| p.declaration.name.to_string()).collect();
    assert_eq!(names, ["Id"]);
}

#[test]
fn errors_of_what_is_found_are_told_and_warnings_are_not() {
    let compiled = with_search("class T_A : X_Loud { };", &dmtf());
    let codes: Vec<_> = compiled.diagnostics.as_slice().iter().map(|d| d.severity).collect();
    assert_eq!(codes, [Severity::Error]);
    let (_, said) = outcome("class T_A : X_Unused { };");
    assert!(!said.is_empty());
}

#[test]
fn a_search_path_must_be_there_and_hold_mof() {
    let mut files = library();
    assert!(files.insert("empty/readme.txt", "nothing"));
    assert!(Loader::new(&files).add_search_path("empty/readme.txt").is_err());
    let mut loader = Loader::new(&files);
    assert!(loader.add_search_path("nowhere").is_err());
    assert!(loader.add_search_path("empty").is_err());
    assert!(loader.add_search_path("lib/Qualifiers.mof").is_ok());
    assert!(files_of_zip(b"PK\x03\x04 damaged").is_err());
    let mut small = Loader::new(&files).with_limits(Limits { files: 3, ..Limits::default() });
    assert!(small.add_search_path("lib").is_err());
}

fn files_of_zip(bytes: &[u8]) -> Result<(), super::super::SourceError> {
    let mut files = MemoryFileSystem::new();
    assert!(files.insert("lib.zip", bytes));
    Loader::new(&files).add_search_path("lib.zip")
}

#[test]
fn what_is_found_includes_and_is_in_archives() {
    let mut files = MemoryFileSystem::new();
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in [
        ("J_A.mof", "#include (\"more/J_B.mof\")\nclass J_A : J_B { };"),
        ("more/J_B.mof", "class J_B { [key] string k; };"),
        ("more/J_C.mof", "class J_C : J_A { };"),
    ] {
        writer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
        assert!(files.insert(format!("lib/{name}"), text));
    }
    assert!(files.insert("lib.zip", writer.finish().unwrap().into_inner()));
    let space = |name: &str| format!("#pragma namespace(\"root/{name}\")\n");
    assert!(files.insert("own/x.mof", space("x") + "class T_X : J_C { };"));
    // What an included file sets goes on behind it, the second time as the first.
    let own = format!(
        "#include (\"own/x.mof\")\nclass T_A : J_A {{ }};\n{}#include (\"own/x.mof\")\n\
         class T_B : J_B {{ }};",
        space("y")
    );
    for lib in ["lib", "lib.zip"] {
        let mut loader = Loader::new(&files).with_include_dir("");
        loader.add_search_path(lib).unwrap();
        let compiled = finished(loader, &own, &CompileOptions::default(), &EmptyBase);
        assert_eq!(told(compiled).0, "root/x: J_A J_B J_C T_A T_B T_X; root/cimv2: ", "{lib}");
    }
}

#[test]
fn a_file_that_is_too_long_is_told_once() {
    let mut files = MemoryFileSystem::new();
    assert!(files.insert("lib/X_Long.mof", " ".repeat(999)));
    let limits = Limits { file: 500, ..Limits::default() };
    let mut loader = Loader::new(&files).with_limits(limits);
    loader.add_search_path("lib").unwrap();
    let text = "class T_A : X_Long { };\n#pragma namespace (\"root/x\")\nclass T_B : X_Long { };";
    let (_, said) = told(finished(loader, text, &CompileOptions::default(), &EmptyBase));
    let path = std::path::Path::new("lib").join("X_Long.mof");
    assert_eq!(
        said,
        [format!("MOF0005 `{}` exceeds the limit of 500 bytes for a file", path.display())]
    );
}

#[test]
fn a_circle_stays_where_it_is_met_again() {
    let mut files = MemoryFileSystem::new();
    for (path, text) in [
        ("lib/R_A.mof", "#pragma include (\"R_A.mof\")\nclass R_A { [key] uint32 k; };"),
        ("lib/R_B.mof", "class R_B : R_A { };"),
        ("lib/R_C.mof", "#pragma include (\"R_D.mof\")\nclass R_C : R_D { };"),
        ("lib/R_D.mof", "class R_D { [key] uint32 k; };\n#pragma include (\"R_C.mof\")"),
    ] {
        assert!(files.insert(path, text));
    }
    for (first, second, classes) in [
        ("R_B", "R_A", "root/b: R_A R_B T_A; root/cimv2: R_A T_B"),
        ("R_A", "R_B", "root/b: R_A T_A; root/cimv2: R_A R_B T_B"),
        ("R_C", "R_C", "root/b: R_C R_D T_A; root/cimv2: R_C R_D T_B"),
        ("R_C", "R_D", "root/b: R_C R_D T_A; root/cimv2: R_C R_D T_B"),
    ] {
        let mut loader = Loader::new(&files).with_options(&CompileOptions::default());
        loader.add_search_path("lib").unwrap();
        let text = format!(
            "#pragma namespace (\"root/b\")\nclass T_A : {first} {{ }};\n\
             #pragma namespace (\"root/cimv2\")\nclass T_B : {second} {{ }};"
        );
        let (found, said) = told(finished(loader, &text, &CompileOptions::default(), &EmptyBase));
        let codes: Vec<_> = said.iter().filter_map(|said| said.split(' ').next()).collect();
        assert_eq!((found.as_str(), codes), (classes, vec!["MOF0004"]), "{text}");
    }
}

#[test]
fn what_wmi_has_without_being_told_is_not_looked_for() {
    let mut files = MemoryFileSystem::new();
    for (path, text) in [
        ("lib/__EventConsumer.mof", "class __EventConsumer { };"),
        ("lib/Win32_CurrentTime.mof", "class Win32_CurrentTime { uint8 mine; };"),
        ("lib/CommandLineEventConsumer.mof", "class CommandLineEventConsumer { };"),
    ] {
        assert!(files.insert(path, text));
    }
    let text = "class T_A : __EventConsumer { };\nclass T_B : Win32_CurrentTime { };\n\
                class T_C : CommandLineEventConsumer { };";
    let used = |options: &CompileOptions| {
        let mut loader = Loader::new(&files).with_options(options);
        loader.add_search_path("lib").unwrap();
        loader.add_text("own.mof", text).unwrap();
        let sources = loader.finish(&mut Diagnostics::new());
        let roots = sources.roots().iter().map(|root| sources.map().name(*root));
        let stems = roots.filter_map(|name| std::path::Path::new(name).file_stem());
        stems.map(|stem| stem.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
    };
    let within = |namespace: &str| CompileOptions {
        namespace: namespace.to_owned(),
        ..CompileOptions::default()
    };
    assert_eq!(used(&within("root/CIMV2")), "CommandLineEventConsumer own");
    assert_eq!(used(&within("root/subscription")), "Win32_CurrentTime own");
    let all = "__EventConsumer Win32_CurrentTime CommandLineEventConsumer own";
    assert_eq!(used(&dmtf()), all);
}
