//! Including a file puts its text in the place of the directive, whatever namespaces that
//! goes to: texts in several files mean what one text means that has it all, and lack the same.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

use cimarron_mof::source::MemoryFileSystem;
use cimarron_mof::{CompileOptions, Diagnostics, EmptyBase, Loader, compile};
use proptest::prelude::*;

/// A statement of a file.
#[derive(Clone, Debug)]
enum Statement {
    /// Declares the class of this number and an instance of it, or derives a class from the one
    /// of this number on the search path; always in the same way.
    Class(usize),
    /// Chooses a namespace.
    Namespace(usize),
    /// Includes the file of this number, if it is a later one.
    Include(usize),
}

const FILES: usize = 4;

/// What may be found: classes that need others, and include some that others need.
const LIBRARY: [(&str, &str); 5] = [
    ("x_0", "class X_0 { [key] string K; };"),
    ("x_1", "#include (\"x_0.mof\")\nclass X_1 : X_0 { };"),
    ("x_2", "class X_2 : X_1 { X_3 REF R; };"),
    ("x_3", "class X_3 { [key] string K; };\n#include (\"X_4.mof\")"),
    ("x_4", "class X_4 : X_0 { object:X_2 O; };"),
];

fn statement() -> impl Strategy<Value = Statement> {
    prop_oneof![
        (0_usize..5).prop_map(Statement::Class),
        (0_usize..3).prop_map(Statement::Namespace),
        (0..FILES).prop_map(Statement::Include),
    ]
}

fn text(statement: &Statement, search: bool) -> String {
    match statement {
        Statement::Class(n) if search => format!("class U_{n} : X_{n} {{ }};\n"),
        Statement::Class(n) => format!(
            "class X_{n} {{ [key] string K; uint8 V = {n}; }};\ninstance of X_{n} {{ K = \"{n}\"; }};\n"
        ),
        Statement::Namespace(n) => format!("#pragma namespace(\"\\\\\\\\.\\\\root\\\\n{n}\")\n"),
        Statement::Include(n) => format!("#include (\"{n}.mof\")\n"),
    }
}

/// The text of a file with those that it includes in it.
fn whole(files: &[Vec<Statement>], at: usize, search: bool, text_of_all: &mut String) {
    for statement in files.get(at).into_iter().flatten() {
        match statement {
            Statement::Include(n) if *n > at => whole(files, *n, search, text_of_all),
            Statement::Include(_) => {}
            other => text_of_all.push_str(&text(other, search)),
        }
    }
}

/// What becomes of some files, the first of which are compiled.
fn archive(files: &MemoryFileSystem, roots: &[String], search: bool) -> Vec<u8> {
    let mut loader = Loader::new(files);
    for root in roots {
        loader.add_path(root).unwrap();
    }
    if search {
        loader.add_search_path("lib").unwrap();
    }
    let mut said = Diagnostics::new();
    let sources = loader.finish(&mut said);
    let compiled = compile(&sources, &CompileOptions::default(), &EmptyBase, said);
    assert!(!compiled.has_errors(), "{:?}", compiled.diagnostics.as_slice());
    compiled.archive().unwrap().to_vec()
}

proptest! {
    #[test]
    fn included_texts_are_as_good_as_written_ones(
        files in prop::collection::vec(prop::collection::vec(statement(), 0..6), FILES),
        roots in 1..=FILES,
        search: bool,
    ) {
        let (mut apart, mut together) = (MemoryFileSystem::new(), MemoryFileSystem::new());
        for files in [&mut apart, &mut together] {
            for (name, text) in LIBRARY {
                files.insert(format!("lib/{name}.mof"), text);
            }
        }
        for (n, statements) in files.iter().enumerate() {
            let forward = |s: &&Statement| !matches!(s, Statement::Include(to) if *to <= n);
            let of_file: String = statements.iter().filter(forward).map(|s| text(s, search)).collect();
            apart.insert(format!("{n}.mof"), of_file);
            let mut all = String::new();
            whole(&files, n, search, &mut all);
            together.insert(format!("{n}.mof"), all);
        }
        let roots: Vec<String> = (0..roots).map(|n| format!("{n}.mof")).collect();
        prop_assert_eq!(archive(&apart, &roots, search), archive(&together, &roots, search));
    }
}
