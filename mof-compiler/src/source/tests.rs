//! Loading: order, includes, limits.

use super::{
    EntryKind, FileId, FileSystem, Limits, Loader, MemoryFileSystem, SourceError, Sources,
};
use crate::diagnostic::Diagnostics;
use crate::syntax::ast::Declaration;
use crate::syntax::parse_sources;
use std::io::{self, Cursor, Write};
use std::path::{Path, PathBuf};

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

#[test]
fn what_is_asked_for_twice_is_compiled_once() {
    let fs = files(&[("a.mof", &class("A", &[])), ("d/b.mof", &class("B", &["a.mof"]))]);
    let mut loader = Loader::new(&fs);
    for path in ["a.mof", "a.mof", "d/b.mof"] {
        loader.add_path(path).unwrap();
    }
    loader.add_bytes_in("d", "<stdin>", class("C", &["b.mof"]).into_bytes()).unwrap();
    loader.add_bytes_in("", "<zip>", zipped(&[("e.mof", class("E", &[]))])).unwrap();
    let (classes, messages) = compiled(loader);
    assert_eq!(classes, ["A@a.mof", "B@d/b.mof", "C@<stdin>", "E@<zip>/e.mof"]);
    assert_eq!(messages.len(), 1, "{messages:?}");
}

#[test]
fn what_is_asked_for_is_there_whatever_it_is_included_into() {
    let into = "#pragma namespace(\"root/x\")\n#include (\"b.mof\")\n#include (\"b.mof\")\n";
    let fs = files(&[("d/a.mof", into), ("d/b.mof", &class("B", &[]))]);
    let mut loader = Loader::new(&fs);
    loader.add_path("d/a.mof").unwrap();
    loader.add_path("d/b.mof").unwrap();
    let sources = loader.finish(&mut Diagnostics::new());
    let roots: Vec<_> = sources.roots().iter().map(|file| name(&sources, *file)).collect();
    assert_eq!(roots, ["d/a.mof", "d/b.mof"]);
    assert_eq!((sources.map().len(), sources.file_count()), (3, 2));
    // A directory has each of its files somewhere.
    let mut loader = Loader::new(&fs);
    loader.add_path("d").unwrap();
    let sources = loader.finish(&mut Diagnostics::new());
    assert_eq!((sources.roots().len(), sources.map().len()), (1, 2));
}

#[test]
fn copies_are_files_as_others_are() {
    let mut text = String::new();
    for space in ["x", "y", "z"] {
        text += &format!("#pragma namespace(\"root/{space}\")\n#include (\"b.mof\")\n");
    }
    let fs = files(&[("a.mof", &text), ("b.mof", &class("B", &["c.mof"])), ("c.mof", "")]);
    for (files, classes, mistakes) in [(7, 3, 0), (6, 3, 1), (3, 1, 2)] {
        let mut loader = Loader::new(&fs).with_limits(Limits { files, ..Limits::default() });
        loader.add_path("a.mof").unwrap();
        let mut said = Diagnostics::new();
        let sources = loader.finish(&mut said);
        let found = parse_sources(&sources, &mut said).into_iter();
        let found = found.filter(|(_, declared)| matches!(declared, Declaration::Class(_)));
        let codes: Vec<_> = said.as_slice().iter().map(|said| said.code.to_string()).collect();
        assert_eq!((found.count(), codes), (classes, vec!["MOF0005".to_owned(); mistakes]));
    }
    let circle = "#pragma namespace(\"root/y\")\n#include (\"a.mof\")\n#include (\"a.mof\")\n";
    let fs = files(&[("a.mof", circle)]);
    let mut loader = Loader::new(&fs);
    loader.add_path("a.mof").unwrap();
    assert_eq!(compiled(loader).1.len(), 2);
}

/// A file system that denies some files.
struct Denied(MemoryFileSystem);

impl Denied {
    fn judge(&self, path: &Path, what: &str) -> io::Result<()> {
        let denied = path.ends_with(what).then(|| Err(io::ErrorKind::PermissionDenied.into()));
        denied.unwrap_or(Ok(()))
    }
}

impl FileSystem for Denied {
    fn kind(&self, path: &Path) -> io::Result<Option<EntryKind>> {
        self.judge(path, "hidden.mof")?;
        self.0.kind(path)
    }

    fn read(&self, path: &Path, limit: u64) -> io::Result<Vec<u8>> {
        self.judge(path, "secret.mof")?;
        self.0.read(path, limit)
    }

    fn list(&self, directory: &Path) -> io::Result<Vec<PathBuf>> {
        self.0.list(directory)
    }

    fn canonical(&self, path: &Path) -> io::Result<PathBuf> {
        self.0.canonical(path)
    }
}

#[test]
fn what_cannot_be_included_is_told_with_its_reason() {
    let mut fs = files(&[("secret.mof", ""), ("hidden.mof", ""), ("long.mof", &" ".repeat(999))]);
    let archive =
        [("a.mof", class("A", &["elsewhere.mof"])), ("m/b.mof", class("B", &["elsewhere.mof"]))];
    assert!(fs.insert("in.zip", zipped(&archive)));
    let fs = Denied(fs);
    for (text, said) in [
        ("secret.mof", "MOF0001 `secret.mof` cannot be read: permission denied"),
        ("hidden.mof", "MOF0001 `hidden.mof`: permission denied"),
        ("long.mof", "MOF0005 `long.mof` exceeds the limit of 600 bytes for a file"),
        (
            "new\tab.mof",
            "MOF0003 included file `new\tab.mof` does not exist | the name holds a control \
             character, from an escape such as \\t; write / between directories",
        ),
    ] {
        let mut loader = Loader::new(&fs).with_limits(Limits { file: 600, ..Limits::default() });
        loader.add_bytes_in("", "x", format!("#include (\"{text}\")").into_bytes()).unwrap();
        assert_eq!(compiled(loader).1, [format!("x:10 {said}")]);
    }
    let mut loader = Loader::new(&fs);
    loader.add_text("x", "#include (\"a.mof\")").unwrap();
    loader.add_path("in.zip").unwrap();
    let (_, messages) = compiled(loader);
    for (said, help) in messages.iter().zip([
        "a text that is no file needs an include directory (-I)",
        "looked in in.zip; name further directories with -I",
        "looked in in.zip/m; name further directories with -I",
    ]) {
        assert!(said.ends_with(help), "{said}");
    }
    assert_eq!(messages.len(), 3);
}

#[test]
fn bytes_that_are_no_utf_8_are_told() {
    let mut loader = Loader::new(&super::OsFileSystem);
    loader.add_bytes("a", b"// caf\xE9 and more of it\nclass A {};".to_vec()).unwrap();
    loader.add_bytes("b", b"class B { string s = \"\xE9\"; };".to_vec()).unwrap();
    let mut said = Diagnostics::new();
    let mut sources = loader.finish(&mut said);
    let said_of: Vec<_> = said.as_slice().iter().map(|d| (d.file.0, d.message.as_str())).collect();
    let comment = "a comment is not valid UTF-8; it is read as Latin-1";
    assert_eq!(said_of, [(0, comment), (1, "this is not valid UTF-8")]);
    sources.keep_texts_of(&said);
    assert!(!sources.map().is_empty());
    assert!(sources.map().iter().all(|(_, file)| !file.text().is_empty()));
    sources.keep_texts_of(&Diagnostics::new());
    assert!(sources.map().iter().all(|(_, file)| file.text().is_empty()));
}

#[cfg(unix)]
#[test]
fn links_lead_nowhere_twice() {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::create_dir(at("d")).unwrap();
    std::fs::write(at("d/a.mof"), "class A {};").unwrap();
    symlink(folder.path(), at("d/up")).unwrap();
    symlink(at("loop"), at("loop")).unwrap();
    let fs = super::OsFileSystem;
    assert!(fs.kind(&at("loop")).is_err());
    for none in ["d/a.mof/b", "nul\0", "none"] {
        assert_eq!(fs.kind(&at(none)).unwrap(), None, "{none}");
    }
    assert_eq!(super::files_below(&fs, &at("d"), 9).unwrap_or_default().len(), 0);
    std::fs::remove_file(at("loop")).unwrap();
    assert_eq!(super::files_below(&fs, &at("d"), 9).unwrap(), [at("d/a.mof")]);
}
