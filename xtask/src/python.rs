//! The Python environments of client tests and peers: virtual environments under the target
//! directory, each built from a list of pinned packages and kept until that changes.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::{Error, Result};
use crate::{process, system};

/// A list of packages and the folder where they are installed.
pub(crate) struct Packages {
    folder: &'static str,
    list: &'static str,
}

/// What the client tests and the peers of the compiler need.
pub(crate) const CLIENTS: Packages = Packages { folder: "venv", list: "xtask/requirements.txt" };

/// What a peer of the queries needs. They are large and the gate does without them.
pub(crate) const DUCKDB: Packages =
    Packages { folder: "venv-duckdb", list: "xtask/peers/duckdb.txt" };

/// The oldest interpreter the pinned packages support.
const OLDEST: (u32, u32) = (3, 10);

/// A ready virtual environment.
pub(crate) struct Python {
    interpreter: PathBuf,
}

impl Python {
    /// Opens the environment with these packages, creating it first when it is missing, broken
    /// or was made from another list.
    pub(crate) fn ready(target: &Path, packages: &Packages) -> Result<Self> {
        let venv = target.join(packages.folder);
        let python = Self { interpreter: interpreter_of(&venv) };
        let requirements = process::root().join(packages.list);
        let wanted =
            std::fs::read_to_string(&requirements).map_err(Error::file("read", &requirements))?;

        // Written last, so that an interrupted installation counts as none.
        let stamp = venv.join("requirements.installed");
        let installed = std::fs::read_to_string(&stamp).unwrap_or_default();
        if installed == wanted && process::succeeds(python.command().arg("--version")) {
            return Ok(python);
        }

        let base = system_python()?;
        process::capture(process::command(base).args(["-m", "venv", "--clear"]).arg(&venv))?;
        process::capture(
            python
                .command()
                .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
                .arg("--requirement")
                .arg(&requirements),
        )?;
        std::fs::write(&stamp, wanted).map_err(Error::file("write", &stamp))?;
        Ok(python)
    }

    /// A command of this interpreter, isolated from the user's own packages.
    pub(crate) fn command(&self) -> Command {
        let mut command = process::command(&self.interpreter);
        command.env("PYTHONNOUSERSITE", "1").env_remove("PYTHONPATH").env_remove("PYTHONHOME");
        command
    }
}

fn interpreter_of(venv: &Path) -> PathBuf {
    if cfg!(windows) {
        venv.join("Scripts").join("python.exe")
    } else {
        venv.join("bin").join("python")
    }
}

/// A Python that can make virtual environments, installed first where this is possible.
fn system_python() -> Result<&'static str> {
    if let Some(python) = usable_python() {
        return Ok(python);
    }
    system::install(&["python3", "python3-venv"], "the client tests and peers")?;
    usable_python().ok_or_else(|| {
        Error::Setup(format!(
            "no Python {}.{} or newer with the venv module on PATH; install one",
            OLDEST.0, OLDEST.1
        ))
    })
}

fn usable_python() -> Option<&'static str> {
    let probe = format!("import ensurepip, sys, venv; sys.exit(sys.version_info < {OLDEST:?})");
    ["python3", "python"]
        .into_iter()
        .find(|python| process::succeeds(process::command(python).args(["-c", &probe])))
}
