//! Processes that are killed while they work.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a failure is told whole")]

use cimarron_crash::kill;
use std::path::Path;
use std::process::{Command, Output};

/// More of them: `cargo xtask crash`.
const KILLS: u64 = 50;

#[test]
fn nothing_acknowledged_is_lost_when_the_process_is_killed() {
    let program = Path::new(env!("CARGO_BIN_EXE_cimarron-crash"));
    let tally = match kill::run(program, (KILLS, 0xc1_3a), |_| {}) {
        Ok(tally) => tally,
        Err(failure) => panic!("{failure}"),
    };
    assert_eq!(tally.kills, KILLS);
    assert!(tally.operations > KILLS * 10, "{tally:?}");
    assert!(tally.commits > KILLS * 10, "{tally:?}");
}

fn program(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_cimarron-crash")).args(arguments).output().unwrap()
}

#[test]
fn the_program_says_what_it_found() {
    let output = program(&["--times", "2", "--seed", "7"]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    for words in ["seed 7", " 2 processes killed", "nothing was lost"] {
        assert!(said.contains(words), "`{words}` is not in: {said}");
    }
    let output = program(&["child", "nonsense"]);
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("not the arguments of a child"));
}

/// A failure says which work it was, how to have it again, and keeps the files.
#[cfg(unix)]
#[test]
fn a_child_that_ends_by_itself_is_a_failure() {
    let failure = kill::run(Path::new("/bin/true"), (1, 3), |_| {}).unwrap_err();
    let text = failure.to_string();
    for words in ["seed 3, directory 0, round 0", "ended by itself after 0 operations"] {
        assert!(text.contains(words), "`{words}` is not in: {text}");
    }
    assert!(failure.folder.join("data").is_dir(), "{text}");
    std::fs::remove_dir_all(failure.folder).unwrap();
}
