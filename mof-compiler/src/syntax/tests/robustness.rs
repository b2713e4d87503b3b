//! Hostile and random texts.

use super::parse;
use crate::diagnostic::{Code, Diagnostics, Severity};
use crate::source::{FileId, Loader, MemoryFileSystem, OsFileSystem};
use crate::syntax::ast::Declaration;
use crate::syntax::{MAX_NESTING, parse_file, parse_sources};
use proptest::prelude::*;
use std::path::Path;

fn nested(depth: usize) -> String {
    let (open, close) = ("{ x = instance of A ".repeat(depth - 1), "; }".repeat(depth - 1));
    format!("instance of A {open}{{}}{close};")
}

#[test]
fn nesting_is_bounded() {
    let limit = MAX_NESTING as usize;
    assert_eq!(parse(&nested(limit)).1, [] as [String; 0]);
    for depth in [limit + 1, 100_000] {
        let (declarations, reports) = parse(&format!("{} class B {{}};", nested(depth)));
        assert_eq!(declarations, ["class B {}"]);
        assert_eq!(reports.len(), 1, "{reports:?}");
        assert!(reports[0].contains("24 braces nest deeper than 64"), "{reports:?}");
    }
}

#[test]
fn qualifiers_of_values_of_qualifiers_are_bounded() {
    let nested = |depth: usize| {
        let (open, close) =
            ("[q(instance of A { x = ".repeat(depth), "; })] class B {}".repeat(depth));
        format!("instance of C {{ x = {open}1{close}; }}; class D {{}};")
    };
    let limit = MAX_NESTING as usize;
    assert_eq!(parse(&nested(limit - 1)).1, [] as [String; 0]);
    let without_braces = |depth| format!("{}class D {{}};", "[q(".repeat(depth));
    for depth in [limit + 1, 10_000] {
        for text in [nested(depth), without_braces(depth)] {
            let reports = parse(&text).1;
            assert!(reports[0].contains("nest deeper than 64"), "{reports:?}");
        }
    }
}

#[test]
fn reports_are_bounded() {
    let mut sink = Diagnostics::new();
    let text = "class ; ".repeat(5_000);
    parse_file(&text, FileId(0), &mut sink);
    assert_eq!(sink.count(Severity::Error), 5_000);
    assert_eq!(sink.into_sorted().len(), Diagnostics::DEFAULT_LIMIT);
}

/// The whole DMTF schema, where it lies beside the workspace.
#[test]
fn the_dmtf_schema_parses() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../shared/data/cim_schema_2.49.0Final-MOFs.zip");
    if !path.exists() {
        println!("skipped: {} is not there", path.display());
        return;
    }
    let mut sink = Diagnostics::new();
    let mut loader = Loader::new(&OsFileSystem);
    loader.add_path(&path).unwrap();
    let sources = loader.finish(&mut sink);
    assert_eq!(sources.roots().len(), 1);
    let declarations = parse_sources(&sources, &mut sink);
    assert_eq!(sink.as_slice(), []);
    let count = |wanted: fn(&Declaration<'_>) -> bool| {
        declarations.iter().filter(|(_, declaration)| wanted(declaration)).count()
    };
    assert_eq!(count(|d| matches!(d, Declaration::Class(_))), 1631);
    assert_eq!(count(|d| matches!(d, Declaration::Qualifier(_))), 70);
}

const TOKENS: [&str; 44] = [
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    ";",
    ":",
    ",",
    "=",
    "class",
    "instance",
    "of",
    "as",
    "qualifier",
    "ref",
    "object",
    "void",
    "scope",
    "flavor",
    "any",
    "ToSubclass",
    "#pragma",
    "#include",
    "namespace",
    "null",
    "TRUE",
    "uint8",
    "string",
    "A",
    "B_c",
    "Ä",
    "$a",
    "\"s\"",
    "\"\\q\"",
    "\"open",
    "1",
    "089",
    "-1.5",
    "'c'",
    "'",
    "\n",
    "/*",
    "// x\n",
];

/// Whatever the text, parsing ends, every place lies within it, and a text that
/// gave nothing to complain about gave declarations that cover all but
/// directives' and comments' gaps.
fn survives(text: &str) {
    let mut sink = Diagnostics::with_limit(usize::MAX);
    let declarations = parse_file(text, FileId(0), &mut sink);
    let mut end = 0;
    for declaration in &declarations {
        let span = declaration.span();
        assert!(span.start >= end && span.end >= span.start, "{span:?} in {text:?}");
        end = span.end;
    }
    assert!(end as usize <= text.len());
    for diagnostic in sink.as_slice() {
        assert!(text.get(diagnostic.span.range()).is_some(), "{diagnostic:?} in {text:?}");
    }
    let blank = sink.as_slice().iter().all(|d| d.code == Code::StraySemicolon);
    if blank && declarations.is_empty() {
        let left =
            text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}' || c == ';');
        assert!(left.is_empty() || left.starts_with('/'), "{text:?} vanished");
    }
    let mut files = MemoryFileSystem::new();
    files.insert("a.mof", text);
    let mut loader = Loader::new(&files);
    loader.add_path("a.mof").unwrap();
    let sources = loader.finish(&mut sink);
    parse_sources(&sources, &mut sink);
    for diagnostic in sink.as_slice() {
        let _ = diagnostic.render(sources.map()).to_string();
    }
}

proptest! {
    #[test]
    fn any_text(text: String) {
        survives(&text);
    }

    #[test]
    fn any_soup(tokens in prop::collection::vec(prop::sample::select(&TOKENS[..]), 0..60)) {
        survives(&tokens.join(" "));
    }

    #[test]
    fn any_edit_of_a_good_text(at in 0usize..400, cut in 0usize..12, put in prop::sample::select(&TOKENS[..])) {
        let good = r##"#pragma namespace ("\\\\.\\root") #include("b.mof")
            Qualifier Key : boolean = false, Scope(property), Flavor(ToSubclass);
            [Association, Description("a \"b\" " "c") : Amended] class A as $a : B {
                [Key] uint8 k[4] = {0x1, 017, 1b}; C REF c = "C.x=1"; void m([In] string s[]);
            };
            instance of A as $i { k = {1}; c = instance of C { x = 1.5; y = 'z'; n = NULL; }; };"##;
        let mut text: Vec<char> = good.chars().collect();
        let at = at.min(text.len());
        let end = (at + cut).min(text.len());
        text.splice(at..end, put.chars());
        survives(&text.into_iter().collect::<String>());
    }
}
