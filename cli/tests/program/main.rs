//! The program as its users see it: arguments, output, failures, exit codes.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a helper that fails fails its test, and one that cannot run says so"
)]

mod advice;
mod compile;
mod data;
mod demo;
mod diff;
mod doc;
mod emit;
mod explain;
mod failures;
mod findings;
mod fmt;
mod levels;
mod lint;
mod localise;
mod mof3;
mod overwriting;
mod pipeline;
mod query;
mod query_check;
mod query_dialect;
mod query_kinds;
mod scenario;
mod show;
mod site;
mod unchanged;
mod watch;

use serde_json::Value;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// What a run of the program gave.
struct Run {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Run {
    #[track_caller]
    fn succeeds(self) -> Self {
        assert_eq!(self.code, 0, "{}", self.stderr);
        self
    }

    #[track_caller]
    fn fails_with(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}{}", self.stdout, self.stderr);
        self
    }

    #[track_caller]
    fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|e| panic!("{e}: {}", self.stdout))
    }

    #[track_caller]
    fn error_json(&self) -> Value {
        serde_json::from_str(&self.stderr).unwrap_or_else(|e| panic!("{e}: {}", self.stderr))
    }
}

fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cimarron"));
    command.env_remove("COLUMNS").env_remove("NO_COLOR").stdin(Stdio::null());
    command
}

fn cimarron<const N: usize>(arguments: [&str; N]) -> Run {
    run(command().args(arguments))
}

fn run(command: &mut Command) -> Run {
    ended(command.output().unwrap())
}

/// Runs with a text on standard input.
fn run_with_stdin(command: &mut Command, text: &[u8]) -> Run {
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(text).unwrap();
    ended(child.wait_with_output().unwrap())
}

fn ended(output: Output) -> Run {
    Run {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A directory for one test, with files in it.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_str().unwrap().to_owned()
    }

    fn file(&self, name: &str, text: &str) -> String {
        let path = self.path(name);
        if let Some(directory) = Path::new(&path).parent() {
            std::fs::create_dir_all(directory).unwrap();
        }
        std::fs::write(&path, text).unwrap();
        path
    }

    /// Compiles a text and gives the archive's path.
    fn archive(&self, name: &str, mof: &str) -> String {
        let source = self.file(&format!("{name}.mof"), mof);
        let target = self.path(&format!("{name}.cimar"));
        cimarron(["compile", &source, "-o", &target]).succeeds();
        target
    }
}

/// The fixture that the program's demonstration uses.
fn fleet() -> String {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "demo", "fleet.mof"].iter().collect();
    path.to_str().unwrap().to_owned()
}
