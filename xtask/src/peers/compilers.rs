//! Other MOF compilers, where this machine has them: OpenPegasus' `cimmofl` and SFCB's `sfcbmof`.
//!
//! Both write a repository that their servers read, and neither syncs it. Distributions carry them
//! no more, so they are looked for on the PATH, and what is not there is said.

use std::cell::Cell;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::measure::{Measurement, in_turn};
use crate::error::{Error, Result};
use crate::process;

/// The schema as the others take it.
pub(super) struct Unpacked<'s> {
    pub(super) folder: &'s Path,
    /// The file that includes all others.
    pub(super) root: &'s Path,
    pub(super) namespace: &'static str,
    /// Where they may write.
    pub(super) work: &'s Path,
}

/// A compiler, how it is called, and how many times faster ours is to be.
struct Compiler {
    program: &'static str,
    row: &'static str,
    target: f64,
    /// The command, for a folder that is there and empty.
    command: fn(&mut Command, &Unpacked<'_>, &Path),
}

const COMPILERS: [Compiler; 2] = [
    Compiler {
        program: "cimmofl",
        row: "DMTF schema, CPU; OpenPegasus' cimmofl",
        target: 10.0,
        command: |command, schema, fresh| {
            command.args(["-W", "-M", "XML", "-n", schema.namespace, "-R"]).arg(fresh);
            command.arg("-I").arg(schema.folder).arg(schema.root);
        },
    },
    Compiler {
        program: "sfcbmof",
        row: "DMTF schema, CPU; SFCB's sfcbmof",
        target: 3.0,
        command: |command, schema, fresh| {
            // What it includes it takes for known and does not write.
            command.arg("-I").arg(schema.folder).arg("-d").arg(fresh);
            command.args(["-n", schema.namespace, "-o", "classSchemas"]);
            command.arg(schema.work.join(ALL));
        },
    },
];

/// All files of the schema in one, in the order in which the root includes them.
const ALL: &str = "all.mof";

/// Measures ours against each that is on the PATH.
pub(super) fn measure(
    ours: &dyn Fn() -> Command,
    schema: &Unpacked<'_>,
    runs: u32,
) -> Result<Vec<Measurement>> {
    let mut rows = Vec::new();
    for compiler in COMPILERS {
        let Some(program) = on_path(compiler.program) else {
            eprintln!("skipped: {} is not on the PATH", compiler.program);
            continue;
        };
        concatenate(schema)?;
        let run = Cell::new(0);
        let theirs = || {
            run.set(run.get() + 1);
            let fresh = schema.work.join(format!("{}-{}", compiler.program, run.get()));
            // One that cannot be made makes the command fail, which says why.
            let _ = fs::create_dir_all(&fresh);
            let mut command = process::command(&program);
            (compiler.command)(&mut command, schema, &fresh);
            command
        };
        let sides: [(&str, &dyn Fn() -> Command); 2] =
            [("cimarron", ours), (compiler.program, &theirs)];
        let [ours, theirs] = in_turn(sides, runs)?;
        let target = Some(compiler.target);
        rows.push(Measurement::of_time(compiler.row, ours.cpu(), theirs.cpu(), target));
    }
    Ok(rows)
}

fn on_path(program: &str) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    std::env::split_paths(&folders).map(|folder| folder.join(program)).find(|file| file.is_file())
}

fn concatenate(schema: &Unpacked<'_>) -> Result<()> {
    let root = fs::read_to_string(schema.root).map_err(Error::file("read", schema.root))?;
    let mut all = String::new();
    for name in included(&root) {
        let file = schema.folder.join(name);
        all += &fs::read_to_string(&file).map_err(Error::file("read", &file))?;
        all.push('\n');
    }
    let file = schema.work.join(ALL);
    fs::write(&file, all).map_err(Error::file("write", &file))
}

/// The files that a root file includes.
fn included(root: &str) -> impl Iterator<Item = &str> {
    let pragmas = root.lines().filter_map(|line| line.trim().strip_prefix("#pragma include"));
    pragmas.filter_map(|rest| rest.split('"').nth(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_in_their_order() {
        let root = "#pragma locale (\"en_US\")\n  #pragma include (\"A/B.mof\")\r\n\
                    // #pragma include (\"no.mof\")\n#pragma include (\"C.mof\")\n";
        assert!(included(root).eq(["A/B.mof", "C.mof"]));
    }
}
