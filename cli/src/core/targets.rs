//! Where a run writes: no place twice, and none that was read.

use super::files::{is_special, place_of};
use super::reads::was_read;
use crate::args::usage;
use crate::failure::Failure;
use cimarron_model::fold;
use std::path::{Path, PathBuf};

/// The files that a run writes, each with the argument that says so.
#[derive(Default)]
pub(crate) struct Targets {
    files: Vec<(&'static str, PathBuf)>,
}

impl Targets {
    /// Adds a file, if there is one. Devices and pipes hold nothing that could be lost.
    #[must_use]
    pub(crate) fn with(mut self, argument: &'static str, path: Option<&Path>) -> Self {
        let path = path.filter(|path| !is_special(path));
        self.files.extend(path.map(|path| (argument, path.to_owned())));
        self
    }

    /// Fails where one of the files cannot be made, or lies in a data directory, whose files are
    /// the store's: who writes to that should know before.
    pub(crate) fn refuse_places_for(&self, data: &Path) -> Result<(), Failure> {
        for (argument, path) in &self.files {
            let (shown, place) = (path.display(), place_of(path));
            let folder = place.parent().unwrap_or(&place);
            let message = if place.starts_with(place_of(data)) {
                format!("`{shown}` of {argument} is in the data directory: write it elsewhere")
            } else if place.is_dir() {
                format!("`{shown}` of {argument} is a directory: name a file")
            } else if !folder.as_os_str().is_empty() && !folder.is_dir() {
                format!("`{shown}` of {argument} is in a directory that does not exist: make it")
            } else {
                continue;
            };
            return Err(usage(message).sparing_report());
        }
        Ok(())
    }

    /// Fails where two of the files are one, or one was read until now. To be asked once
    /// before anything is read, for what is wrong anyway, and once when all is.
    pub(crate) fn refuse_clashes(&self) -> Result<(), Failure> {
        let mut known: Vec<(&str, PathBuf)> = Vec::with_capacity(self.files.len());
        for (argument, path) in &self.files {
            let (shown, place) = (path.display(), place_of(path));
            if let Some((other, _)) = known.iter().find(|(_, known)| is_one(known, &place)) {
                let message = format!("{other} and {argument} are one file, `{shown}`");
                return Err(usage(message).sparing_report());
            }
            if was_read(&place) {
                let message = format!("`{shown}` of {argument} is one of the inputs");
                return Err(usage(message).sparing_report());
            }
            known.push((argument, place));
        }
        Ok(())
    }
}

/// Whether two places are one. Those of files that are not there yet are spelled as they were
/// given, and Windows does not tell cases apart.
fn is_one(place: &Path, other: &Path) -> bool {
    let folded_too = || fold::eq(&place.to_string_lossy(), &other.to_string_lossy());
    place == other || (cfg!(windows) && folded_too())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outputs_are_told_apart_as_the_system_does() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for (other, clash) in [("out.x", true), ("OUT.x", cfg!(windows)), ("out.y", false)] {
            let targets = Targets::default()
                .with("-o", Some(&at("out.x")))
                .with("--emit-mof", Some(&at(other)));
            assert_eq!(targets.refuse_clashes().is_err(), clash, "{other}");
        }
    }
}
