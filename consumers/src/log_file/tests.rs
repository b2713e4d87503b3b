//! Tests of log files.

use super::*;
use crate::testing::{deliver, modification};
use cimarron_model::Instance;
use std::fs;

fn consumer(name: &str) -> Instance {
    Instance::new("LogFileEventConsumer")
        .with("Name", "L")
        .with("Filename", name)
        .with("Text", "%TargetInstance.Name% has %TargetInstance.Size%")
        .with("MaximumFileSize", 0_u64)
}

fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    let mut names: Vec<String> =
        entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn lines_are_appended() {
    let directory = tempfile::tempdir().unwrap();
    let sink = LogFile::below(directory.path());
    for _ in 0..2 {
        assert_eq!(deliver(&sink, &consumer("app.log"), &modification()), Verdict::Delivered);
    }
    let text = fs::read_to_string(directory.path().join("app.log")).unwrap();
    assert_eq!(text.lines().collect::<Vec<_>>(), ["C: has 90", "C: has 90"]);
}

#[test]
fn a_file_keeps_its_form() {
    let directory = tempfile::tempdir().unwrap();
    let sink = LogFile::below(directory.path());
    let file = directory.path().join("wide.log");
    for unicode in [true, false] {
        let consumer = consumer("wide.log").with("IsUnicode", unicode);
        assert_eq!(deliver(&sink, &consumer, &modification()), Verdict::Delivered);
    }
    let bytes = fs::read(&file).unwrap();
    let units: Vec<u16> =
        bytes.chunks(2).map(|pair| u16::from_le_bytes(pair.try_into().unwrap())).collect();
    let line = format!("C: has 90{LINE_END}");
    assert_eq!(String::from_utf16(&units).unwrap(), format!("\u{feff}{line}{line}"));

    fs::write(&file, "narrow\n").unwrap();
    let consumer = consumer("wide.log").with("IsUnicode", true);
    assert_eq!(deliver(&sink, &consumer, &modification()), Verdict::Delivered);
    assert_eq!(fs::read_to_string(&file).unwrap(), format!("narrow\n{line}"));
}

#[test]
fn a_full_file_is_moved_before_the_next_line() {
    let directory = tempfile::tempdir().unwrap();
    let sink = LogFile::below(directory.path());
    let full = (2 * (9 + LINE_END.len()) - 1) as u64;
    for (name, backup) in [("app.log", "app"), ("application.log", "application.log")] {
        let consumer = consumer(name).with("MaximumFileSize", full);
        for _ in 0..5 {
            assert_eq!(deliver(&sink, &consumer, &modification()), Verdict::Delivered);
        }
        let length =
            |name: String| fs::read_to_string(directory.path().join(name)).unwrap().lines().count();
        let lengths =
            [format!("{backup}.001"), format!("{backup}.002"), name.to_owned()].map(length);
        assert_eq!(lengths, [2, 2, 1], "{name}");
    }
}

#[test]
fn files_stay_where_they_belong() {
    let directory = tempfile::tempdir().unwrap();
    let inside = directory.path().join("logs");
    fs::create_dir(&inside).unwrap();
    fs::create_dir(inside.join("sub")).unwrap();
    fs::write(directory.path().join("outside.log"), "").unwrap();
    let sink = LogFile::below(&inside);
    let absolute = inside.join("b.log");
    for name in ["a.log", "sub/a.log", absolute.to_str().unwrap()] {
        assert_eq!(deliver(&sink, &consumer(name), &modification()), Verdict::Delivered, "{name}");
    }
    let outside = directory.path().join("outside.log");
    for name in [
        "../outside.log",
        "sub/../../outside.log",
        outside.to_str().unwrap(),
        "",
        "/",
        "no/a.log",
        "sub",
    ] {
        let verdict = deliver(&sink, &consumer(name), &modification());
        assert!(matches!(verdict, Verdict::Failed(_)), "{name}: {verdict:?}");
    }
    assert_eq!(fs::read_to_string(&outside).unwrap(), "");
    // An event names a file at most.
    let event = Instance::new("X_Event").with("Who", "../../etc/x");
    let named = consumer("log of %Who%.txt");
    assert_eq!(deliver(&sink, &named, &event), Verdict::Delivered);
    assert_eq!(names(&inside), ["a.log", "b.log", "log of ______etc_x.txt", "sub"]);
}

#[cfg(unix)]
#[test]
fn links_lead_where_they_lead() {
    let directory = tempfile::tempdir().unwrap();
    let inside = directory.path().join("logs");
    fs::create_dir(&inside).unwrap();
    fs::write(directory.path().join("outside.log"), "").unwrap();
    std::os::unix::fs::symlink(directory.path(), inside.join("up")).unwrap();
    std::os::unix::fs::symlink(directory.path().join("outside.log"), inside.join("a.log")).unwrap();
    for name in ["up/outside.log", "a.log"] {
        let verdict = deliver(&LogFile::below(&inside), &consumer(name), &modification());
        assert!(matches!(verdict, Verdict::Failed(_)), "{name}: {verdict:?}");
    }
    assert_eq!(fs::read_to_string(directory.path().join("outside.log")).unwrap(), "");
}
