//! `cargo xtask fuzz`: runs one target of the `fuzz` workspace with cargo-fuzz on nightly.

use crate::error::{Error, Result};
use crate::{process, system};

pub(crate) fn run(target: Option<&str>, arguments: &[String]) -> Result<()> {
    let targets = targets()?;
    let Some(target) = target else {
        for target in targets {
            println!("{target}");
        }
        return Ok(());
    };
    if !targets.iter().any(|known| known == target) {
        let known = targets.join(", ");
        return Err(Error::Setup(format!("no fuzz target `{target}`; there are: {known}")));
    }

    system::nightly()?;
    if !process::succeeds(&mut process::cargo(["fuzz", "--version"])) {
        process::run(&mut process::cargo(["install", "--locked", "cargo-fuzz"]))?;
    }
    let mut command = process::command("rustup");
    // libdeflate has tables of one name in two of its files, which is what this looks for.
    command.env("ASAN_OPTIONS", "detect_odr_violation=0");
    command.args(["run", "nightly", "cargo", "fuzz", "run", target]);
    if !arguments.is_empty() {
        command.arg("--").args(arguments);
    }
    process::run(&mut command)
}

/// The names of the targets, in order.
fn targets() -> Result<Vec<String>> {
    let folder = process::root().join("fuzz").join("fuzz_targets");
    let mut targets = Vec::new();
    for entry in std::fs::read_dir(&folder).map_err(Error::file("list", &folder))? {
        let path = entry.map_err(Error::file("list", &folder))?.path();
        if path.extension().is_some_and(|extension| extension == "rs")
            && let Some(stem) = path.file_stem().and_then(|stem| stem.to_str())
        {
            targets.push(stem.to_owned());
        }
    }
    targets.sort();
    Ok(targets)
}
