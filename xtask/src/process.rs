//! Child processes: how they are started, shown and judged. Every task of this crate runs
//! its tools through here, so that all of them start in the repository root, share one
//! target directory and fail with the command line that failed.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::error::{Error, Result};

/// The repository root: the folder above this crate's.
pub(crate) fn root() -> PathBuf {
    let manifest_dir = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    manifest_dir.parent().map_or_else(|| manifest_dir.clone(), Path::to_path_buf)
}

/// A command that starts in the repository root.
///
/// What `cargo run` tells this program about its own package is not handed on: a build
/// script that watches those variables would be rebuilt on every other run.
pub(crate) fn command(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root());
    for (name, _) in std::env::vars_os() {
        let about_this_package = name.to_str().is_some_and(|name| {
            ["CARGO_PKG_", "CARGO_MANIFEST_"].iter().any(|p| name.starts_with(p))
        });
        if about_this_package {
            command.env_remove(name);
        }
    }
    command
}

/// A cargo command that starts in the repository root.
pub(crate) fn cargo<const N: usize>(arguments: [&str; N]) -> Command {
    let mut command = command("cargo");
    command.args(arguments);
    command
}

/// The command line as a person would type it in the repository root.
pub(crate) fn line(command: &Command) -> String {
    std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|word| quoted(&word.to_string_lossy()))
        .collect::<Vec<_>>()
        .join(" ")
}

fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=+,@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// Runs to the end with this program's own output streams.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status =
        command.status().map_err(|source| Error::Spawn { command: line(command), source })?;
    if status.success() {
        Ok(())
    } else {
        Err(Error::Failed { command: line(command), status, stderr: String::new() })
    }
}

/// Runs to the end and returns what it printed; its error output is shown only on failure.
pub(crate) fn capture(command: &mut Command) -> Result<Vec<u8>> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|source| Error::Spawn { command: line(command), source })?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        Err(Error::Failed { command: line(command), status: output.status, stderr })
    }
}

/// Whether the command can be started and ends well; prints nothing.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_quotes_what_a_shell_would_split() {
        let mut command = Command::new("cargo");
        command.args(["clippy", "--", "-D", "a b", "", "it's"]);
        assert_eq!(line(&command), r"cargo clippy -- -D 'a b' '' 'it'\''s'");
    }
}
