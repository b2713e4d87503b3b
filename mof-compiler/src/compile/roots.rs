//! Which file each file is compiled as a part of.
//!
//! Including puts a text in the place of the directive, so what holds for the rest
//! of a file holds for the rest of the file that it was included from: the
//! namespace that `#pragma namespace` chose, WMI's flavors for later uses of a
//! qualifier. The reach of an alias is the file, too.

use crate::source::{FileId, Sources};

/// The root of every file.
#[derive(Debug, Default)]
pub(crate) struct Roots {
    /// By file.
    roots: Vec<FileId>,
    /// By file: the place of its root in the order of the roots' names.
    places: Vec<usize>,
    /// By file: the one that it is once more, or itself. Nothing where no file is.
    originals: Vec<FileId>,
}

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
        let roots: Vec<FileId> = found.into_iter().map(Option::unwrap_or_default).collect();
        let mut by_name = sources.roots().to_vec();
        by_name.sort_by_key(|root| sources.map().name(*root));
        let mut place_of = vec![0; roots.len()];
        for (place, root) in by_name.into_iter().enumerate() {
            if let Some(slot) = place_of.get_mut(root.0 as usize) {
                *slot = place;
            }
        }
        let place = |root: &FileId| place_of.get(root.0 as usize).copied().unwrap_or_default();
        let places = roots.iter().map(place).collect();
        let map = sources.map();
        let originals = map.iter().map(|(file, _)| map.original(file));
        let originals = originals.filter(|_| map.has_copies()).collect();
        Self { roots, places, originals }
    }

    /// All files as parts of one, each at its own place.
    pub(crate) fn one(sources: &Sources) -> Self {
        Self { roots: vec![FileId::default(); sources.map().len()], ..Self::new(sources) }
    }

    /// The file that is compiled and includes this one, or is it.
    pub(crate) fn of(&self, file: FileId) -> FileId {
        self.roots.get(file.0 as usize).copied().unwrap_or(file)
    }

    /// Whether two files are the same one, included more than once.
    pub(crate) fn are_one(&self, a: FileId, b: FileId) -> bool {
        let original = |file: FileId| self.originals.get(file.0 as usize);
        a != b && original(a).is_some_and(|one| original(b) == Some(one))
    }

    /// Where what a file declares stands among all files, whatever the order in which
    /// they were given: what is equal keeps the order of the text.
    pub(crate) fn place(&self, file: FileId) -> usize {
        self.places.get(file.0 as usize).copied().unwrap_or_default()
    }
}
