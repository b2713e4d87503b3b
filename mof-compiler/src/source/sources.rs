//! What was loaded.

use super::map::Part;
use super::{FileId, SourceMap, Span};
use crate::diagnostic::Diagnostics;
use rustc_hash::FxHashSet;

/// An include directive and what it led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Include {
    /// The including file.
    pub from: FileId,
    /// The directive's argument.
    pub span: Span,
    /// The file name as written.
    pub path: String,
    /// The included file, if found.
    pub target: Option<FileId>,
    /// The offset of the directive's `#`.
    pub(super) start: u32,
}

/// All texts of a compilation, the files to start with, and the includes.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    pub(super) map: SourceMap,
    pub(super) roots: Vec<FileId>,
    pub(super) includes: Vec<Include>,
}

impl Sources {
    /// The texts.
    pub fn map(&self) -> &SourceMap {
        &self.map
    }

    /// Lets go of all texts that nothing in `found` is about, once there is nothing left to
    /// compile: the texts of a schema are a sixth of all memory that compiling it takes, and
    /// writing it has use for that. The files stay, as empty ones.
    pub fn keep_texts_of(&mut self, found: &Diagnostics) {
        let mut needed = FxHashSet::default();
        for diagnostic in found.as_slice() {
            needed.insert(diagnostic.file);
            needed.extend(diagnostic.labels.iter().map(|label| label.file));
        }
        self.map.keep_texts(|file| needed.contains(&file));
    }

    /// How many files are compiled, each once.
    pub fn file_count(&self) -> usize {
        let is_compiled = |file: &FileId| {
            matches!(self.map.part(*file), Part::Own | Part::Searched)
                && self.map.original(*file) == *file
        };
        self.map.iter().filter(|(file, _)| is_compiled(file)).count()
    }

    /// The files to compile in this order; all others are included by them.
    pub fn roots(&self) -> &[FileId] {
        &self.roots
    }

    /// The include directives by file and place.
    pub fn includes(&self) -> &[Include] {
        &self.includes
    }

    /// The file that the directive beginning at `start` includes.
    pub fn include_at(&self, from: FileId, start: u32) -> Option<FileId> {
        let found = self.includes.binary_search_by_key(&(from, start), |i| (i.from, i.start));
        found.ok().and_then(|index| self.includes.get(index)).and_then(|include| include.target)
    }
}
