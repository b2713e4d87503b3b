//! What was loaded.

use super::{FileId, SourceMap, Span};

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
