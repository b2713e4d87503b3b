//! Directories that are not opened: the message names the file, the cause and the remedy.

use cimarron_crash::child::{Sync, Work};
use cimarron_crash::lane::prepare;
use cimarron_crash::operations::Load;
use cimarron_engine::{CallContext, EngineError, Repository};
use cimarron_model::Dialect;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

/// The message of the refusal, which has these words.
#[track_caller]
fn refused(folder: &Path, words: &[&str]) {
    let error = Repository::open(folder).map(drop).expect_err("opened");
    assert!(matches!(error, EngineError::Storage(_)), "{error:?}");
    let text = error.to_string();
    for word in words {
        assert!(text.contains(word), "`{word}` is not in: {text}");
    }
}

fn with_checkpoint(folder: &Path) {
    let repository = Repository::open(folder).unwrap();
    prepare(&repository, 1).unwrap();
    repository.checkpoint().unwrap();
    repository.create_namespace("root/more", Dialect::Wmi).unwrap();
    repository.close().unwrap();
}

#[test]
fn a_second_opener_in_this_process() {
    let folder = tempfile::tempdir().unwrap();
    let first = Repository::open(folder.path()).unwrap();
    first.create_namespace("root/here", Dialect::Wmi).unwrap();
    let id = std::process::id().to_string();
    refused(folder.path(), &["LOCK", "in use", &id, "another directory"]);
    // A session alone holds the directory too.
    let session = first.session("root/here").unwrap();
    drop(first);
    refused(folder.path(), &["in use"]);
    drop(session);
    assert_eq!(Repository::open(folder.path()).unwrap().namespaces().len(), 2);
}

#[test]
fn a_second_opener_in_another_process_until_that_ends() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    prepare(&Repository::open(&data).unwrap(), 1).unwrap();
    let work = Work {
        folder: data.clone(),
        backups: folder.path().join("backups"),
        seed: 5,
        lanes: 1,
        sync: Sync::Always,
        log_bytes: 1 << 20,
        load: Load::Light,
    };
    let mut child = Command::new(env!("CARGO_BIN_EXE_cimarron-crash"))
        .arg("child")
        .args(work.arguments())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    // It has the directory when it has done something.
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    assert!(!line.is_empty());
    refused(&data, &["LOCK", "in use", &child.id().to_string(), "another directory"]);
    child.kill().unwrap();
    child.wait().unwrap();
    Repository::open(&data).unwrap();
}

#[test]
fn a_folder_of_somebody_else() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("letter.txt"), "Dear").unwrap();
    refused(folder.path(), &["letter.txt", "not a file of a data directory", "empty folder"]);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing was left in it");
    let file = folder.path().join("letter.txt");
    refused(&file, &["letter.txt"]);
    // Beside a data directory's own files it is left alone.
    let folder = tempfile::tempdir().unwrap();
    with_checkpoint(folder.path());
    fs::write(folder.path().join("letter.txt"), "Dear").unwrap();
    Repository::open(folder.path()).unwrap().close().unwrap();
    assert!(folder.path().join("letter.txt").exists());
}

/// Changes the bytes of the first file whose name begins so.
fn change(folder: &Path, name: &str, change: impl FnOnce(&mut Vec<u8>)) -> String {
    let names = fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name());
    let mut names: Vec<String> = names.map(|name| name.into_string().unwrap()).collect();
    names.sort();
    let name = names.into_iter().find(|other| other.starts_with(name)).unwrap();
    let mut bytes = fs::read(folder.join(&name)).unwrap();
    change(&mut bytes);
    fs::write(folder.join(&name), bytes).unwrap();
    name
}

#[test]
fn files_that_are_damaged() {
    for (name, words) in [
        ("MANIFEST", ["damaged", "backup"]),
        ("segment-", ["damaged", "backup"]),
        ("log-", ["damaged", "backup"]),
    ] {
        let folder = tempfile::tempdir().unwrap();
        with_checkpoint(folder.path());
        let file = change(folder.path(), name, |bytes| {
            let half = bytes.len() / 2;
            bytes.truncate(half.max(1));
        });
        refused(folder.path(), &[&[file.as_str()], words.as_slice()].concat());
    }
}

#[test]
fn a_directory_of_a_newer_version() {
    let folder = tempfile::tempdir().unwrap();
    with_checkpoint(folder.path());
    // The number stands behind the magic, and the hash of everything before it at the end.
    change(folder.path(), "MANIFEST", |bytes| {
        bytes[16] += 1;
        let end = bytes.len() - blake3::OUT_LEN;
        let hash = blake3::hash(&bytes[..end]);
        bytes[end..].copy_from_slice(hash.as_bytes());
    });
    refused(folder.path(), &["MANIFEST", "format 2", "newer version"]);
    // And a bit that flipped there is not taken for a newer version.
    change(folder.path(), "MANIFEST", |bytes| bytes[16] += 1);
    refused(folder.path(), &["MANIFEST", "damaged", "backup"]);
}

#[test]
fn a_directory_that_was_refused_is_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    with_checkpoint(folder.path());
    let sound = fs::read(folder.path().join("MANIFEST")).unwrap();
    change(folder.path(), "MANIFEST", |bytes| bytes[40] ^= 1);
    refused(folder.path(), &["MANIFEST", "damaged"]);
    fs::write(folder.path().join("MANIFEST"), sound).unwrap();
    let repository = Repository::open(folder.path()).unwrap();
    assert!(repository.session("root/more").is_ok());
    let context = CallContext::new();
    let session = repository.session("root/more").unwrap();
    session.compile_mof_text(&context, "a.mof", "class X_After { [key] string Id; };").unwrap();
}
