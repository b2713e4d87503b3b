//! What the tasks need from the machine beyond cargo, and how they get it: rustup
//! components, a nightly toolchain, distribution packages.

use crate::error::{Error, Result};
use crate::process;

/// Makes sure that `cargo fmt` and `cargo clippy` can run.
pub(crate) fn rust_components() -> Result<()> {
    for component in ["rustfmt", "clippy"] {
        let tool = if component == "rustfmt" { "fmt" } else { component };
        if process::succeeds(&mut process::cargo([tool, "--version"])) {
            continue;
        }
        process::run(process::command("rustup").args(["component", "add", component])).map_err(
            |error| {
                Error::Setup(format!(
                    "`cargo {tool}` is missing and could not be added: {error}\n\
                     install {component} for the toolchain in use"
                ))
            },
        )?;
    }
    Ok(())
}

/// Makes sure that rustup has a nightly toolchain.
pub(crate) fn nightly() -> Result<()> {
    let nightly = ["run", "nightly", "rustc", "--version"];
    if process::succeeds(process::command("rustup").args(nightly)) {
        return Ok(());
    }
    let install = ["toolchain", "install", "nightly", "--profile", "minimal"];
    process::run(process::command("rustup").args(install))
}

/// Installs distribution packages through apt-get, which takes root on a Debian-like system;
/// anywhere else the error says what to install by hand.
pub(crate) fn install(packages: &[&str], needed_by: &str) -> Result<()> {
    let by_hand = || {
        Error::Setup(format!(
            "{needed_by} need {}: install that with this system's package manager \
             (Debian: `apt-get install {}` as root)",
            packages.join(" and "),
            packages.join(" ")
        ))
    };
    let debian_like = process::succeeds(process::command("apt-get").arg("--version"));
    if !debian_like || !is_root() {
        return Err(by_hand());
    }
    let apt_get = || {
        let mut command = process::command("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    process::capture(apt_get().args(["update", "--quiet"]))?;
    let install = ["install", "--yes", "--quiet", "--no-install-recommends"];
    process::capture(apt_get().args(install).args(packages))?;
    Ok(())
}

fn is_root() -> bool {
    process::capture(process::command("id").arg("-u")).is_ok_and(|id| id.trim_ascii() == b"0")
}
