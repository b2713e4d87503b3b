//! Loading: order, includes, limits.

use super::{FileId, Limits, Loader, MemoryFileSystem, SourceError, Sources};
use crate::diagnostic::Diagnostics;
use crate::syntax::ast::Declaration;
use crate::syntax::parse_sources;
use std::io::{Cursor, Write};

fn files(entries: &[(&str, &str)]) -> MemoryFileSystem {
    let mut files = MemoryFileSystem::new();
    for (path, text) in entries {
        assert!(files.insert(path, *text));
    }
    files
}

/// A file of one class that is named after it, after what it includes.
fn class(name: &str, includes: &[&str]) -> String {
    let includes: String =
        includes.iter().map(|i| format!("#pragma include (\"{i}\")\n")).collect();
    format!("{includes}class {name} {{}};\n")
}

/// The classes in order, each with its file, and the messages.
fn compiled(loader: Loader<'_>) -> (Vec<String>, Vec<String>) {
    let mut sink = Diagnostics::new();
    let sources = loader.finish(&mut sink);
    let classes = parse_sources(&sources, &mut sink)
        .into_iter()
        .map(|(file, declaration)| match declaration {
            Declaration::Class(class) => format!("{}@{}", class.name.text, name(&sources, file)),
            other => format!("{other:?}"),
        })
        .collect();
    let messages = sink.into_sorted().into_iter().map(|d| {
        let place = format!("{}:{}", name(&sources, d.file), d.span.start);
        let help = d.help.map(|help| format!(" | {help}")).unwrap_or_default();
        format!("{place} {} {}{help}", d.code, d.message)
    });
    (classes, messages.collect())
}

/// With `/` between its parts on every system.
fn name(sources: &Sources, file: FileId) -> String {
    sources.map().name(file).replace(std::path::MAIN_SEPARATOR, "/")
}

#[test]
fn a_root_file_pulls_in_what_it_includes_once() {
    let fs = files(&[
        ("d/root.mof", &class("Root", &["sub\\\\a.mof", "SUB/B.mof", "sub/a.mof"])),
        ("d/sub/a.mof", &class("A", &["c.mof"])),
        ("d/sub/b.mof", &class("B", &["../sub/./a.mof", "far.mof"])),
        ("d/sub/c.mof", &class("C", &[])),
        ("lib/far.mof", &class("Far", &[])),
        ("d/unused.mof", &class("Unused", &[])),
    ]);
    let mut loader = Loader::new(&fs).with_include_dir("lib");
    loader.add_path("d/root.mof").unwrap();
    loader.add_path("d/sub/a.mof").unwrap();
    let (classes, messages) = compiled(loader);
    assert_eq!(messages, [] as [String; 0]);
    assert_eq!(
        classes,
        ["C@d/sub/c.mof", "A@d/sub/a.mof", "Far@lib/far.mof", "B@d/sub/b.mof", "Root@d/root.mof"]
    );
}

#[test]
fn a_directory_starts_with_what_nobody_includes() {
    let fs = files(&[
        ("d/a.mof", &class("A", &[])),
        ("d/b/x.MOF", &class("X", &["../a.mof"])),
        ("d/c.mof", &class("C", &[])),
        ("d/notes.txt", "not MOF"),
    ]);
    let mut loader = Loader::new(&fs);
    loader.add_path("d").unwrap();
    assert_eq!(compiled(loader).0, ["A@d/a.mof", "X@d/b/x.MOF", "C@d/c.mof"]);
}

fn zipped(files: &[(&str, String)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in files {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn an_archive_is_a_directory() {
    let mut fs = MemoryFileSystem::new();
    let files = [("m/a.mof", class("A", &[])), ("root.mof", class("Root", &["M/A.mof"]))];
    fs.insert("cim.zip", zipped(&files));
    fs.insert("outside.mof", "");
    let mut loader = Loader::new(&fs);
    loader.add_path("cim.zip").unwrap();
    assert_eq!(compiled(loader).0, ["A@cim.zip/m/a.mof", "Root@cim.zip/root.mof"]);
}

#[test]
fn circles_are_reported_with_their_chain_and_compiled_once() {
    let fs = files(&[
        ("a.mof", &class("A", &["b.mof"])),
        ("b.mof", &class("B", &["c.mof"])),
        ("c.mof", &class("C", &["b.mof"])),
        ("self.mof", &class("S", &["self.mof"])),
    ]);
    let help = "the file is being compiled already; remove this directive";
    for (path, order, chain) in [
        (
            "a.mof",
            &["C@c.mof", "B@b.mof", "A@a.mof"][..],
            "c.mof:17 MOF0004 files include each other in a circle: b.mof -> c.mof -> b.mof",
        ),
        (
            "self.mof",
            &["S@self.mof"],
            "self.mof:17 MOF0004 files include each other in a circle: self.mof -> self.mof",
        ),
    ] {
        let mut loader = Loader::new(&fs);
        loader.add_path(path).unwrap();
        let (classes, messages) = compiled(loader);
        assert_eq!(classes, order);
        assert_eq!(messages, [format!("{chain} | {help}")]);
    }
    // Without a root, the first file of the circle is one.
    let circle =
        files(&[("d/b.mof", &class("B", &["c.mof"])), ("d/c.mof", &class("C", &["b.mof"]))]);
    let mut loader = Loader::new(&circle);
    loader.add_path("d").unwrap();
    let (classes, messages) = compiled(loader);
    assert_eq!((classes.len(), messages.len()), (2, 1));
}

#[test]
fn bad_includes_are_reported_where_they_stand() {
    let fs = files(&[
        ("d/a.mof", &class("A", &["gone.mof", "../../up.mof", "dir"])),
        ("d/dir/x.mof", "#include (b)"),
    ]);
    let mut loader = Loader::new(&fs).with_include_dir("lib");
    loader.add_path("d/a.mof").unwrap();
    loader.add_path("d/dir/x.mof").unwrap();
    loader.add_text("<text>", "#include(\"a.mof\")").unwrap();
    let (classes, messages) = compiled(loader);
    assert_eq!(classes, ["A@d/a.mof"]);
    let looked = "looked in d, lib; name further directories with -I";
    let only_lib = "looked in lib; name further directories with -I";
    assert_eq!(
        messages,
        [
            format!("d/a.mof:17 MOF0003 included file `gone.mof` does not exist | {looked}"),
            format!("d/a.mof:46 MOF0003 included file `../../up.mof` does not exist | {looked}"),
            format!("d/a.mof:79 MOF0003 included file `dir` does not exist | {looked}"),
            "d/dir/x.mof:10 MOF0006 an include directive takes one file name as a string | write \
             `#pragma include (\"file.mof\")`"
                .to_owned(),
            format!("<text>:9 MOF0003 included file `a.mof` does not exist | {only_lib}"),
        ]
    );
}

#[test]
fn undecodable_texts_are_diagnostics_and_limits_are_errors() {
    let mut fs = MemoryFileSystem::new();
    fs.insert("a.mof", &b"class A {};\xE9\0"[..]);
    fs.insert("b.mof", " ".repeat(50));
    let limits = Limits { file: 49, total: 60, files: 3 };
    let mut loader = Loader::new(&fs).with_limits(limits.clone());
    loader.add_path("a.mof").unwrap();
    assert!(matches!(loader.add_path("none"), Err(SourceError::NotFound(_))));
    assert!(matches!(loader.add_path("b.mof"), Err(SourceError::Limit { limit: 49, .. })));
    let message = "a.mof:0 MOF0002 not valid UTF-8 at byte 11; save the file as UTF-8";
    assert_eq!(compiled(loader).1, [message]);

    let mut loader = Loader::new(&fs).with_limits(limits.clone());
    loader.add_text("x", &" ".repeat(40)).unwrap();
    let more = loader.add_reader("y", Cursor::new(vec![b' '; 40]));
    assert!(matches!(more, Err(SourceError::Limit { limit: 60, .. })));

    let mut loader = Loader::new(&fs).with_limits(limits);
    for _ in 0..3 {
        loader.add_text("x", "").unwrap();
    }
    assert!(matches!(loader.add_text("x", ""), Err(SourceError::Limit { limit: 3, .. })));
}

#[test]
fn nothing_to_compile_is_an_error() {
    let mut fs = MemoryFileSystem::new();
    fs.insert("bare/notes.txt", "");
    fs.insert("text.zip", "class A {};");
    fs.insert("none.zip", zipped(&[("notes.txt", String::new())]));
    let mut loader = Loader::new(&fs);
    let message = |error: Result<(), SourceError>| error.unwrap_err().to_string();
    assert_eq!(message(loader.add_path("bare")), "`bare` holds no MOF files (*.mof)");
    assert_eq!(message(loader.add_path("none.zip")), "`none.zip` holds no MOF files (*.mof)");
    let text = message(loader.add_path("text.zip"));
    assert!(text.starts_with("`text.zip`: not a readable zip archive"), "{text}");
}
