//! `cargo xtask tidy`: the house rules that no compiler checks. Each rule is a function from
//! text or metadata to findings, so that its tests feed it made-up input; only this module
//! touches the repository.

mod hygiene;
mod layering;
mod links;
mod runtime;
mod source;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::error::{Error, Result};
use crate::process;
use crate::workspace::Metadata;

/// One thing that breaks a rule, or is about to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Finding {
    path: String,
    /// 1-based.
    line: Option<usize>,
    level: Level,
    message: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Error,
    Warning,
}

impl Finding {
    fn error(path: &str, line: Option<usize>, message: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, level: Level::Error, message: message.into() }
    }

    fn warning(path: &str, line: Option<usize>, message: impl Into<String>) -> Self {
        Self { level: Level::Warning, ..Self::error(path, line, message) }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        let level = match self.level {
            Level::Error => "error",
            Level::Warning => "warning",
        };
        write!(f, ": {level}: {}", self.message)
    }
}

/// The files that a clone of the working tree as it stands would have.
struct Tree {
    /// All of them, relative to the root, with forward slashes.
    paths: BTreeSet<String>,
    /// Those that are text.
    texts: BTreeMap<String, String>,
}

pub(crate) fn run() -> Result<()> {
    let metadata = Metadata::load()?;
    let tree = Tree::read()?;

    let mut findings = layering::check(&metadata);
    findings.extend(runtime::check(&metadata));
    findings.extend(hygiene::check(&tree));
    findings.extend(links::check(&tree));
    findings.sort();

    for finding in &findings {
        println!("{finding}");
    }
    let errors = findings.iter().filter(|finding| finding.level == Level::Error).count();
    let warnings = findings.len() - errors;
    println!(
        "tidy: {} crates, {} files, {errors} error(s), {warnings} warning(s)",
        metadata.workspace_members.len(),
        tree.paths.len()
    );
    if errors == 0 { Ok(()) } else { Err(Error::Findings { count: errors }) }
}

impl Tree {
    fn read() -> Result<Self> {
        let list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
        let listed = process::capture(process::command("git").args(list))?;
        let listed = String::from_utf8_lossy(&listed);
        let mut tree = Self { paths: BTreeSet::new(), texts: BTreeMap::new() };
        for path in listed.split_terminator('\0') {
            let on_disk = process::root().join(path);
            if !on_disk.is_file() {
                continue; // deleted, but the deletion is not staged yet
            }
            let bytes = std::fs::read(&on_disk).map_err(Error::file("read", &on_disk))?;
            if let Ok(text) = String::from_utf8(bytes) {
                tree.texts.insert(path.to_owned(), text);
            }
            tree.paths.insert(path.to_owned());
        }
        Ok(tree)
    }

    #[cfg(test)]
    fn of(files: &[(&str, &str)]) -> Self {
        Self {
            paths: files.iter().map(|(path, _)| (*path).to_owned()).collect(),
            texts: files.iter().map(|(p, t)| ((*p).to_owned(), (*t).to_owned())).collect(),
        }
    }
}

/// The findings as lines, for the rules' tests.
#[cfg(test)]
fn lines(findings: &[Finding]) -> Vec<String> {
    findings.iter().map(ToString::to_string).collect()
}
