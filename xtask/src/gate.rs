//! The gate: everything that must hold before a change goes in, cheapest first, on one target
//! directory and the dev profile. It sets up what it needs, stops at the first step that
//! fails and says how to repeat that step alone.

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::error::{Error, Result};
use crate::process::{self, cargo};
use crate::python::{CLIENTS, Python};
use crate::workspace::Metadata;
use crate::{peers, system, tidy};

struct Step {
    name: &'static str,
    work: Work,
}

enum Work {
    Tool(Box<Command>),
    /// A task of this program, with the command line that runs it.
    Task(fn() -> Result<()>, &'static str),
}

impl Step {
    fn tool(name: &'static str, command: Command) -> Self {
        Self { name, work: Work::Tool(Box::new(command)) }
    }

    fn run(self) -> Result<()> {
        let (outcome, repeat) = match self.work {
            Work::Tool(mut command) => (process::run(&mut command), process::line(&command)),
            Work::Task(task, repeat) => (task(), repeat.to_owned()),
        };
        outcome.map_err(|source| Error::Step { step: self.name, repeat, source: Box::new(source) })
    }
}

/// The exit code of a client test that this machine cannot run; it says why on its output.
const SKIPPED: i32 = 77;

pub(crate) fn run() -> Result<()> {
    let begin = Instant::now();
    system::rust_components()?;
    let steps = steps();
    let count = steps.len();
    for (index, step) in steps.into_iter().enumerate() {
        let name = step.name;
        println!("[{}/{count}] {name}", index + 1);
        let step_begin = Instant::now();
        let outcome = step.run();
        println!("[{}/{count}] {name}: {}", index + 1, seconds(step_begin.elapsed()));
        if outcome.is_err() {
            println!("gate: {index} steps passed, 1 failed, {}", seconds(begin.elapsed()));
        }
        outcome?;
    }
    println!("gate: {count} steps passed, 0 failed, {}", seconds(begin.elapsed()));
    Ok(())
}

fn steps() -> Vec<Step> {
    let mut clippy = cargo(["clippy", "--workspace", "--all-targets"]);
    clippy.args(["--", "-D", "warnings"]);
    vec![
        Step::tool("format", cargo(["fmt", "--all", "--check"])),
        Step::tool(
            "format of the fuzz targets",
            cargo(["fmt", "--manifest-path", "fuzz/Cargo.toml", "--check"]),
        ),
        Step::tool(
            "format of the store's peer",
            cargo(["fmt", "--manifest-path", "benches/peers/Cargo.toml", "--check"]),
        ),
        Step { name: "house rules", work: Work::Task(tidy::run, "cargo xtask tidy") },
        Step::tool("lints", clippy),
        Step::tool("tests", tests()),
        Step::tool("doc tests", cargo(["test", "--doc", "--workspace"])),
        Step { name: "models", work: Work::Task(model, "cargo xtask model") },
        Step { name: "client tests", work: Work::Task(clients, "cargo xtask clients") },
    ]
}

/// Unit and integration tests, never the benches. A snapshot that differs is a failure, not
/// a new snapshot.
fn tests() -> Command {
    let mut command = if process::succeeds(&mut cargo(["nextest", "--version"])) {
        cargo(["nextest", "run", "--workspace", "--no-fail-fast"])
    } else {
        cargo(["test", "--workspace", "--lib", "--bins", "--tests", "--examples", "--no-fail-fast"])
    };
    command.env("INSTA_UPDATE", "no");
    command
}

/// Runs the models of the lock-free cells through the orders that their events can have.
///
/// They are built otherwise than everything else, and with optimisation, so they have a target
/// directory of their own: the others would be built anew each time.
pub(crate) fn model() -> Result<()> {
    let target = Metadata::load()?.target_directory.join("loom");
    let mut command =
        cargo(["test", "--package", "cimarron-cells", "--release", "--test", "model"]);
    command.env("RUSTFLAGS", "--cfg loom").env("CARGO_TARGET_DIR", target);
    process::run(&mut command)
}

/// Runs the scripts `conformance/*.py` against the program: clients and independent
/// implementations that compare what they see with what Cimarron says.
///
/// Each finds the program in `CIMARRON` and, on a machine that has it, the DMTF schema in
/// `CIM_SCHEMA`, and ends with 0 (fine), 77 (cannot run here, and why) or anything else
/// (failed). A name that begins with an underscore is a module for the others.
pub(crate) fn clients() -> Result<()> {
    let scripts = client_scripts()?;
    if scripts.is_empty() {
        println!("clients: conformance/ has none yet");
        return Ok(());
    }
    // With `--tests` cargo picks the features it picked for the tests and builds nothing twice.
    process::run(&mut cargo(["build", "--workspace", "--bins", "--tests"]))?;
    let target = Metadata::load()?.target_directory;
    let python = Python::ready(&target, &CLIENTS)?;
    let program = target.join("debug").join(format!("cimarron{}", std::env::consts::EXE_SUFFIX));

    let (mut passed, mut skipped) = (0, 0);
    for script in scripts {
        let mut command = python.command();
        command.arg(&script).env("CIMARRON", &program);
        if let Some(schema) = peers::dmtf_schema() {
            command.env("CIM_SCHEMA", schema);
        }
        match process::run(&mut command) {
            Ok(()) => passed += 1,
            Err(Error::Failed { status, .. }) if status.code() == Some(SKIPPED) => skipped += 1,
            Err(error) => return Err(error),
        }
    }
    println!("clients: {passed} passed, 0 failed, {skipped} skipped");
    Ok(())
}

fn client_scripts() -> Result<Vec<PathBuf>> {
    let folder = process::root().join("conformance");
    let mut scripts = Vec::new();
    for entry in std::fs::read_dir(&folder).map_err(Error::file("list", &folder))? {
        let path = entry.map_err(Error::file("list", &folder))?.path();
        let is_script = path.extension().is_some_and(|extension| extension == "py");
        let is_module = path.file_name().is_some_and(|n| n.to_string_lossy().starts_with('_'));
        if is_script && !is_module {
            scripts.push(path);
        }
    }
    scripts.sort();
    Ok(scripts)
}

fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}
