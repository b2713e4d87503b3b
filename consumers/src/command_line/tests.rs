//! Tests of starting programs: they start this test program.

use super::*;
use crate::testing::{deliver, modification};
use cimarron_model::Instance;
use std::fs;
use std::path::Path;

/// The program that the tests start: this one, with this test. Where it finds a file `play` it
/// writes down what it was told, or goes on for ever if the file says so.
#[test]
fn plays_the_program() {
    let Ok(part) = fs::read_to_string("play") else { return };
    let arguments: Vec<String> = std::env::args().collect();
    let secret = std::env::var("CARGO_PKG_NAME").is_ok();
    fs::write("told", format!("{arguments:?} {secret}")).unwrap();
    if part == "for ever" {
        loop {
            std::thread::park();
        }
    }
}

const PLAY: &str = "command_line::tests::plays_the_program --exact";

fn program() -> String {
    std::env::current_exe().unwrap().to_str().unwrap().to_owned()
}

fn consumer(template: &str, directory: &Path) -> Instance {
    Instance::new("CommandLineEventConsumer")
        .with("Name", "C")
        .with("ExecutablePath", program())
        .with("CommandLineTemplate", template)
        .with("WorkingDirectory", directory.to_str().unwrap())
}

#[test]
fn a_program_gets_its_arguments_and_no_others() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("play"), "").unwrap();
    let sink = CommandLine::allowing([program()]);
    let event = Instance::new("X_Event").with("Who", "a b; \"c\" $(d) `e` > f");
    let template = format!("me {PLAY} %Who% \"two words\" x%Who%");
    assert_eq!(deliver(&sink, &consumer(&template, directory.path()), &event), Verdict::Delivered);
    sink.wait();
    let told = fs::read_to_string(directory.path().join("told")).unwrap();
    let (test, exact) = PLAY.split_once(' ').unwrap();
    let who = "a b; \"c\" $(d) `e` > f";
    // What a program is called can be told on Unix only.
    let me = if cfg!(unix) { "me".to_owned() } else { program() };
    let expected = [&*me, test, exact, who, "two words", &format!("x{who}")];
    assert_eq!(told, format!("{expected:?} false"));
}

#[test]
fn a_program_that_takes_too_long_is_killed() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("play"), "for ever").unwrap();
    let sink = CommandLine::allowing([program()]);
    let consumer = consumer(&format!("me {PLAY}"), directory.path()).with("KillTimeout", 1_u32);
    assert_eq!(deliver(&sink, &consumer, &modification()), Verdict::Delivered);
    // It never ends by itself.
    sink.wait();
}

#[test]
fn a_program_that_is_quick_enough_is_not_waited_for_longer() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("play"), "").unwrap();
    let sink = CommandLine::allowing([program()]);
    let consumer = consumer(&format!("me {PLAY}"), directory.path()).with("KillTimeout", u32::MAX);
    assert_eq!(deliver(&sink, &consumer, &modification()), Verdict::Delivered);
    sink.wait();
    assert!(directory.path().join("told").exists());
}

#[test]
fn nothing_else_is_started() {
    let directory = tempfile::tempdir().unwrap();
    let here = directory.path();
    let status =
        |sink: &CommandLine, consumer: &Instance| match deliver(sink, consumer, &modification()) {
            Verdict::Failed(failure) => failure.code,
            other => panic!("{other:?}"),
        };
    let (denied, wrong) = (0x8004_1003, 0x8004_1008);
    let mine = CommandLine::allowing([program()]);
    let nobody = CommandLine::allowing(["/does/not/exist"]);
    assert_eq!(status(&CommandLine::off(), &consumer(PLAY, here)), denied);
    assert_eq!(status(&nobody, &consumer(PLAY, here)), denied);
    let root = here.ancestors().last().unwrap().to_str().unwrap();
    for (program, code) in [("program", wrong), ("./program", wrong), (root, denied)] {
        let consumer = consumer(PLAY, here).with("ExecutablePath", program);
        assert_eq!(status(&mine, &consumer), code, "{program}");
    }
    let bare = Instance::new("CommandLineEventConsumer").with("Name", "C");
    assert_eq!(status(&mine, &bare), wrong);
    let first = bare.clone().with("CommandLineTemplate", "%TargetInstance.Name% x");
    assert_eq!(status(&mine, &first), wrong);
    let nul = consumer("me a\0b", here);
    assert_eq!(status(&mine, &nul), wrong);
    let nowhere = consumer(PLAY, &here.join("nowhere"));
    assert!(matches!(deliver(&mine, &nowhere, &modification()), Verdict::Failed(_)));
    mine.wait();
}

/// A program that gets no arguments, and one more than may run.
#[cfg(unix)]
#[test]
fn only_so_many_programs_run() {
    let directory = tempfile::tempdir().unwrap();
    let shell = fs::canonicalize("/bin/sh").unwrap();
    let sink = CommandLine::allowing([&shell]);
    let bare = Instance::new("CommandLineEventConsumer")
        .with("Name", "C")
        .with("ExecutablePath", shell.to_str().unwrap());
    assert_eq!(deliver(&sink, &bare, &modification()), Verdict::Delivered);
    sink.wait();
    let consumer = bare
        .with("CommandLineTemplate", "sh -c \"while [ ! -e end ]; do sleep 0.05; done\"")
        .with("WorkingDirectory", directory.path().to_str().unwrap());
    for _ in 0..MAX_RUNNING {
        assert_eq!(deliver(&sink, &consumer, &modification()), Verdict::Delivered);
    }
    let verdict = deliver(&sink, &consumer, &modification());
    assert!(
        matches!(&verdict, Verdict::RetryLater(failure) if failure.text.contains("64")),
        "{verdict:?}"
    );
    fs::write(directory.path().join("end"), "").unwrap();
    sink.wait();
    assert_eq!(deliver(&sink, &consumer, &modification()), Verdict::Delivered);
    sink.wait();
}

#[cfg(unix)]
#[test]
fn another_name_of_an_allowed_program_will_do() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("play"), "").unwrap();
    let link = directory.path().join("link");
    std::os::unix::fs::symlink(program(), &link).unwrap();
    let consumer = consumer(&format!("me {PLAY}"), directory.path())
        .with("ExecutablePath", link.to_str().unwrap());
    let sink = CommandLine::allowing([program()]);
    assert_eq!(deliver(&sink, &consumer, &modification()), Verdict::Delivered);
    sink.wait();
    assert!(directory.path().join("told").exists());
}
