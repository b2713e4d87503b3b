//! Which file each file is compiled as a part of.
//!
//! Including puts a text in the place of the directive, so what holds for the rest
//! of a file holds for the rest of the file that it was included from: the
//! namespace that `#pragma namespace` chose, WMI's flavors for later uses of a
//! qualifier. The reach of an alias is the file, too.

use crate::source::{FileId, Sources};

/// The root of every file.
#[derive(Debug, Default)]
pub(crate) struct Roots(Vec<FileId>);

impl Roots {
    pub(crate) fn new(sources: &Sources) -> Self {
        let mut found: Vec<Option<FileId>> = vec![None; sources.map().len()];
        for root in sources.roots() {
            let mut open = vec![*root];
            while let Some(file) = open.pop() {
                let Some(slot @ None) = found.get_mut(file.0 as usize) else { continue };
                *slot = Some(*root);
                let includes = sources.includes();
                let from = includes.partition_point(|include| include.from < file);
                let of_file = includes.iter().skip(from).take_while(|i| i.from == file);
                open.extend(of_file.filter_map(|include| include.target));
            }
        }
        Self(found.into_iter().map(Option::unwrap_or_default).collect())
    }

    /// The file that is compiled and includes this one, or is it.
    pub(crate) fn of(&self, file: FileId) -> FileId {
        self.0.get(file.0 as usize).copied().unwrap_or(file)
    }
}
