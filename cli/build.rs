//! Gives the program a name for exactly this compiler, `CIMARRON_BUILD`: what an
//! older one compiled must be compiled again, and between releases the version
//! number does not tell them apart. It is a hash of the sources of the crates that
//! decide what comes out; where they are not beside this one, the version says it.

#![allow(clippy::print_stdout, reason = "cargo reads what a build script prints")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

const SOURCES: [&str; 7] = [
    "../model/src",
    "../schema/src",
    "../mof-compiler/src",
    "src",
    "../Cargo.lock",
    "../Cargo.toml",
    "build.rs",
];

fn main() -> io::Result<()> {
    let mut hasher = blake3::Hasher::new();
    hasher.update(env::var("CARGO_PKG_VERSION").unwrap_or_default().as_bytes());
    for source in SOURCES.map(Path::new).into_iter().filter(|source| source.exists()) {
        println!("cargo::rerun-if-changed={}", source.display());
        for file in files(source)? {
            let text = fs::read(&file)?;
            hasher.update(file.as_os_str().as_encoded_bytes());
            hasher.update(&(text.len() as u64).to_le_bytes()).update(&text);
        }
    }
    println!("cargo::rustc-env=CIMARRON_BUILD={}", hasher.finalize().to_hex());
    Ok(())
}

/// The files at and below a path, sorted.
fn files(path: &Path) -> io::Result<BTreeSet<PathBuf>> {
    let mut files = BTreeSet::new();
    let mut open = vec![path.to_owned()];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            for entry in fs::read_dir(path)? {
                open.push(entry?.path());
            }
        } else {
            files.insert(path);
        }
    }
    Ok(files)
}
