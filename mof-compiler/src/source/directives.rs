//! The directives of loaded files that decide what is compiled where.

use super::FileId;
use super::sources::Include;
use crate::syntax::SettingSite;

/// Those that include files, and those that hold for what follows, by file and place.
#[derive(Default)]
pub(super) struct Directives {
    pub(super) includes: Vec<Include>,
    pub(super) settings: Vec<(FileId, SettingSite)>,
}

impl Directives {
    /// Puts them in order, after some were added.
    pub(super) fn sort(&mut self) {
        self.includes.sort_by_key(|include| (include.from, include.start));
        self.settings.sort_by_key(|(file, site)| (*file, site.start));
    }

    /// The directives of a file that include others.
    pub(super) fn includes_of(&self, file: FileId) -> impl Iterator<Item = &Include> {
        let from = self.includes.partition_point(|include| include.from < file);
        self.includes.iter().skip(from).take_while(move |include| include.from == file)
    }

    /// The directives of a file that hold for what follows.
    pub(super) fn settings_of(&self, file: FileId) -> impl Iterator<Item = &SettingSite> {
        let from = self.settings.partition_point(|(of, _)| *of < file);
        let of_file = self.settings.iter().skip(from).take_while(move |(of, _)| *of == file);
        of_file.map(|(_, site)| site)
    }
}
