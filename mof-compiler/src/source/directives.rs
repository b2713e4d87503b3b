//! The directives of loaded files that decide what is compiled where.

use super::FileId;
use super::sources::Include;
use crate::syntax::SettingSite;
use rustc_hash::FxHashMap;

/// Those of all files that have some.
#[derive(Default)]
pub(super) struct Directives(FxHashMap<FileId, OfFile>);

/// Those of a file, in its order.
#[derive(Default)]
pub(super) struct OfFile {
    /// They include others.
    pub(super) includes: Vec<Include>,
    /// They hold for what follows.
    pub(super) settings: Vec<SettingSite>,
}

impl Directives {
    pub(super) fn add(&mut self, file: FileId, of_file: OfFile) {
        self.0.insert(file, of_file);
    }

    pub(super) fn of(&self, file: FileId) -> Option<&OfFile> {
        self.0.get(&file)
    }

    /// An include directive of a file.
    pub(super) fn include(&mut self, file: FileId, index: usize) -> Option<&mut Include> {
        self.0.get_mut(&file)?.includes.get_mut(index)
    }

    /// All include directives.
    pub(super) fn includes(&self) -> impl Iterator<Item = &Include> {
        self.0.values().flat_map(|found| &found.includes)
    }

    /// All include directives with these, by file and place.
    pub(super) fn into_includes(self, more: Vec<Include>) -> Vec<Include> {
        let found = self.0.into_values().flat_map(|found| found.includes);
        let mut all: Vec<Include> = found.chain(more).collect();
        all.sort_by_key(|include| (include.from, include.start));
        all
    }
}
