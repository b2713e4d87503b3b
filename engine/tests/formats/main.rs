//! Data directories that were written by every format, opened with the program of today.
//!
//! `engine/tests/fixtures/README.md` says what they are and how the next one is made.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper that fails fails its test"
)]

mod content;
mod text;

use cimarron_engine::{CallContext, Repository, ValueView};
use cimarron_model::{Dialect, Instance};
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use zip::write::SimpleFileOptions;

/// The newest format.
const NEWEST: u32 = 4;

fn fixture(format: u32, extension: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    folder.join(format!("data-{format}.{extension}"))
}

fn unpack(archive: &Path, folder: &Path) {
    let mut archive = zip::ZipArchive::new(File::open(archive).unwrap()).unwrap();
    for at in 0..archive.len() {
        let mut file = archive.by_index(at).unwrap();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        fs::write(folder.join(file.name()), bytes).unwrap();
    }
}

fn pack(folder: &Path, archive: &Path) {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "LOCK")
        .collect();
    names.sort();
    let mut writer = zip::ZipWriter::new(File::create_new(archive).unwrap());
    for name in names {
        writer.start_file(&name, SimpleFileOptions::default()).unwrap();
        writer.write_all(&fs::read(folder.join(&name)).unwrap()).unwrap();
    }
    writer.finish().unwrap();
}

#[test]
fn every_format_is_opened() {
    for format in 1..=NEWEST {
        let folder = tempfile::tempdir().unwrap();
        unpack(&fixture(format, "zip"), folder.path());
        let expected = fs::read_to_string(fixture(format, "ndjson")).unwrap();

        let repository = Repository::open(folder.path()).unwrap();
        same(&expected, &text::of(&repository), format);

        // It goes on as a directory of today.
        repository.create_namespace("root/today", Dialect::Wmi).unwrap();
        let session = repository.session("root/today").unwrap();
        let context = CallContext::new();
        session.compile_mof_text(&context, "t.mof", "class X_T { [key] string Id; };").unwrap();
        session.create_instance(&context, &Instance::new("X_T").with("Id", "new")).unwrap();
        // Together, of which older formats know nothing: their logs must not have it.
        let mut inserter = session.inserter(&context, "X_T", &["Id"]).unwrap();
        ["a", "b"].iter().for_each(|id| inserter.insert(&[ValueView::String(id)]).unwrap());
        inserter.commit(&context).unwrap();
        let rows = text::of(&repository);
        drop(inserter);
        drop(session);
        repository.close().unwrap();
        let repository = Repository::open(folder.path()).unwrap();
        same(&rows, &text::of(&repository), format);
        repository.checkpoint().unwrap();
        repository.delete_namespace("root/today").unwrap();
        repository.close().unwrap();
        let repository = Repository::open(folder.path()).unwrap();
        same(&expected, &text::of(&repository), format);
        repository.compact().unwrap();
        repository.close().unwrap();
        same(&expected, &text::of(&Repository::open(folder.path()).unwrap()), format);
    }
}

#[track_caller]
fn same(expected: &str, found: &str, format: u32) {
    for (number, (expected, found)) in expected.lines().zip(found.lines()).enumerate() {
        assert_eq!(expected, found, "format {format}, line {}", number + 1);
    }
    assert_eq!(expected.lines().count(), found.lines().count(), "format {format}");
}

#[test]
fn the_content_has_every_kind_of_record() {
    let folder = tempfile::tempdir().unwrap();
    let repository = Repository::open(folder.path()).unwrap();
    content::write(&repository);
    let text = text::of(&repository);
    for kind in ["namespace", "qualifier", "class", "index", "row", "count", "links"] {
        assert!(text.lines().any(|line| line.starts_with(&format!("[\"{kind}\""))), "{kind}");
    }
    drop(repository);
    same(&text, &text::of(&Repository::open(folder.path()).unwrap()), NEWEST);
}

#[test]
#[ignore = "writes the fixture of a new format, once; see tests/fixtures/README.md"]
fn write_the_newest() {
    let folder = tempfile::tempdir().unwrap();
    let repository = Repository::open(folder.path()).unwrap();
    content::write(&repository);
    let text = text::of(&repository);
    // As a process that ended leaves it: some of the log is beside its database.
    pack(folder.path(), &fixture(NEWEST, "zip"));
    fs::write(fixture(NEWEST, "ndjson"), text).unwrap();
}
