//! Compiling the whole DMTF CIM Schema, against pywbem, and against other compilers where they
//! are installed.
//!
//! pywbem has two depths of the same work and both are measured, each as its own rows: its
//! mock repository resolves and checks every class, as Cimarron does; its compiler alone only
//! collects the declarations. Cimarron does all of its work on both: it reads the zip as it
//! is, resolves, checks and writes an archive, while pywbem gets the files unpacked and
//! writes nothing. It compiles the same files unpacked as well. Program start counts on all
//! sides.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::compilers::{self, Unpacked};
use super::measure::{Measurement, in_turn};
use super::{Measured, release_program, scratch};
use crate::error::{Error, Result};
use crate::process;
use crate::python::{CLIENTS, Python};
use crate::workspace::Metadata;

/// Where the schema lies when it lies beside the repository.
const SCHEMA: &str = "../shared/data/cim_schema_2.49.0Final-MOFs.zip";

const PEER: &str = "xtask/peers/pywbem_mof.py";

const NAMESPACE: &str = "root/cimv2";

/// What the peer says it has compiled.
#[derive(Debug, Deserialize)]
struct Counts {
    classes: usize,
    qualifiers: usize,
}

/// The zip of the DMTF schema beside the repository, where there is one.
pub(crate) fn dmtf_schema() -> Option<PathBuf> {
    process::root().join(SCHEMA).canonicalize().ok()
}

pub(super) fn measure(schema: Option<&Path>, runs: u32) -> Result<Measured> {
    let zip = match schema {
        Some(zip) => zip.canonicalize().map_err(Error::file("open", zip))?,
        None => match dmtf_schema() {
            Some(zip) => zip,
            None => {
                let reason = format!(
                    "there is no {SCHEMA}; name the zip of the DMTF CIM Schema MOF files with --schema"
                );
                return Ok(Measured::Skipped(reason));
            }
        },
    };
    let target = Metadata::load()?.target_directory;
    let cimarron = release_program(&target)?;
    let python = Python::ready(&target, &CLIENTS)?;
    let work = scratch(&target, "mof")?;
    let unpacked = work.join("schema");
    process::capture(python.command().args(["-m", "zipfile", "-e"]).arg(&zip).arg(&unpacked))?;
    let root = root_file(&unpacked)?;
    let archive = work.join("cim.cimar");

    let of = |schema: &Path| {
        let mut command = process::command(&cimarron);
        command.args(["compile", "--force"]).arg(schema);
        command.args(["--dialect", "dmtf", "--namespace", NAMESPACE]).arg("-o").arg(&archive);
        command
    };
    let (ours, files) = (|| of(&zip), || of(&unpacked));
    let peer = |depth: &'static str| {
        let (python, root, unpacked) = (&python, &root, &unpacked);
        move || {
            let mut command = python.command();
            command.args([PEER, depth]).arg(root).arg(unpacked).arg(NAMESPACE);
            command
        }
    };
    let (resolved, declared) = (peer("resolved"), peer("declared"));
    let [measured, of_files, resolved, declared] = in_turn(
        [
            ("cimarron", &ours),
            ("cimarron, files", &files),
            ("pywbem, resolved", &resolved),
            ("pywbem, declarations only", &declared),
        ],
        runs,
    )?;

    let compiled = archived_classes(&cimarron, &archive)?;
    for (depth, samples) in [("resolved", &resolved), ("declared", &declared)] {
        let counts: Counts = serde_json::from_slice(samples.output())
            .map_err(Error::json(format!("the peer's answer ({depth})")))?;
        same_work(compiled, &counts)?;
    }
    let time = Measurement::of_time;
    let mut rows = vec![
        time(
            "DMTF schema, CPU; pywbem resolves it too",
            measured.cpu(),
            resolved.cpu(),
            Some(300.0),
        ),
        time("DMTF schema, wall; pywbem resolves it too", measured.wall(), resolved.wall(), None),
        time(
            "DMTF schema in files, CPU; pywbem resolves it too",
            of_files.cpu(),
            resolved.cpu(),
            None,
        ),
        time("DMTF schema, CPU; pywbem declares only", measured.cpu(), declared.cpu(), None),
        time("DMTF schema, wall; pywbem declares only", measured.wall(), declared.wall(), None),
    ];
    let unpacked = Unpacked { folder: &unpacked, root: &root, namespace: NAMESPACE, work: &work };
    rows.extend(compilers::measure(&ours, &unpacked, runs)?);
    Ok(Measured::Rows(rows))
}

/// The file at the top of the schema that includes all others.
fn root_file(folder: &Path) -> Result<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(Error::file("list", folder))? {
        let path = entry.map_err(Error::file("list", folder))?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase());
        if name.is_some_and(|name| name.starts_with("cim_schema") && name.ends_with(".mof")) {
            found.push(path);
        }
    }
    found.sort();
    found.pop().ok_or_else(|| {
        let message = "the zip has no cim_schema*.mof at its top; is it the DMTF schema?";
        Error::Measurement(message.to_owned())
    })
}

/// How many classes our archive holds, by its own account.
fn archived_classes(cimarron: &Path, archive: &Path) -> Result<usize> {
    let mut show = process::command(cimarron);
    show.arg("show").arg(archive).args(["--format", "json"]);
    let classes: Vec<serde::de::IgnoredAny> = serde_json::from_slice(&process::capture(&mut show)?)
        .map_err(Error::json("the classes that `cimarron show` printed"))?;
    Ok(classes.len())
}

/// A comparison of different amounts of work is none.
fn same_work(ours: usize, peer: &Counts) -> Result<()> {
    if ours == peer.classes && peer.qualifiers > 0 {
        return Ok(());
    }
    Err(Error::Measurement(format!(
        "the two did not do the same work: ours has {ours} classes, the peer {} classes and {} \
         qualifier types",
        peer.classes, peer.qualifiers
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unequal_work_is_refused() {
        let counts = |classes, qualifiers| Counts { classes, qualifiers };
        assert!(same_work(3, &counts(3, 1)).is_ok());
        for (ours, peer) in [(2, counts(3, 1)), (3, counts(3, 0))] {
            assert!(same_work(ours, &peer).is_err());
        }
    }
}
