//! `cargo xtask windows`: lints and tests what is built for Windows, on a machine that has none.
//!
//! Programs are linked by MinGW and run under wine, with a prefix of their own. Wine is not
//! Windows: the gate run on Windows itself says more, and the tests in `BEYOND_WINE` are left out
//! here. That, and the time it takes, is why this is no part of the gate.

use std::path::Path;

use crate::error::{Error, Result};
use crate::process::{self, cargo};
use crate::system;
use crate::workspace::Metadata;

const TARGET: &str = "x86_64-pc-windows-gnu";
const LINKER: &str = "x86_64-w64-mingw32-gcc";

/// Tests of what Windows does and wine does not, each with that.
const BEYOND_WINE: &[(&str, &str)] =
    &[("what_is_being_read_is_replaced", "renaming over an open file needs FileRenameInfoEx")];

pub(crate) fn run() -> Result<()> {
    if cfg!(windows) {
        return Err(Error::Setup("this is Windows: run `cargo xtask test`".to_owned()));
    }
    system::rust_components()?;
    set_up()?;
    let folder = Metadata::load()?.target_directory.join("wine");
    let libraries = libraries(&folder)?;

    let mut clippy = cargo(["clippy", "--target", TARGET, "--workspace", "--all-targets"]);
    process::run(clippy.args(["--", "-D", "warnings"]))?;

    let mut tests = cargo(["test", "--target", TARGET, "--workspace", "--no-fail-fast"]);
    tests.args(["--lib", "--bins", "--tests", "--examples", "--"]);
    for (name, reason) in BEYOND_WINE {
        println!("windows: leaves out {name}: {reason}");
        tests.args(["--skip", name]);
    }
    tests.env("CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUNNER", "wine");
    tests.env("WINEPREFIX", folder.join("prefix")).env("WINEDEBUG", "-all");
    tests.env("WINEPATH", libraries);
    // Insta would ask cargo, which programs under wine cannot start.
    tests.env("INSTA_UPDATE", "no").env("INSTA_WORKSPACE_ROOT", process::root());
    process::run(&mut tests)
}

/// Makes sure that there are a linker, wine, and a standard library to link.
fn set_up() -> Result<()> {
    let has = |program: &str| process::succeeds(process::command(program).arg("--version"));
    if !has(LINKER) || !has("wine") {
        let packages = ["gcc-mingw-w64-x86-64", "wine", "wine64"];
        system::install(&packages, "tests of the build for Windows")?;
    }
    process::capture(process::command("rustup").args(["target", "add", TARGET])).map(drop)
}

/// A folder of the libraries that wine may lack, as wine names it.
fn libraries(folder: &Path) -> Result<String> {
    let folder = folder.join("libraries");
    std::fs::create_dir_all(&folder).map_err(Error::file("make", &folder))?;
    let mut build = process::command(LINKER);
    build.args(["-shared", "-O1", "-o"]).arg(folder.join("bcryptprimitives.dll"));
    build.args(["xtask/src/windows/bcryptprimitives.c", "-ladvapi32"]);
    process::capture(&mut build)?;
    // All of this machine is on drive Z.
    Ok(format!("Z:{}", folder.display()).replace('/', "\\"))
}
