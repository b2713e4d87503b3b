//! Repositories as text, out and in: NDJSON that says everything, and MOF.
//!
//! The form of the lines is in `docs/data-format.md`. Both ways hold one line at a time, and
//! the classes of a namespace; on the way in also the instances of one commit.

mod archive;
mod declarations;
mod export;
mod import;
mod json;
mod mof;
mod read;
mod read_class;
mod schema;
mod shapes;
#[cfg(test)]
mod tests;
mod values;
mod walk;
mod words;

pub(crate) use archive::archive_of_namespace;
pub(crate) use export::export;
pub(crate) use import::{Importer, is_ndjson};
pub(crate) use walk::{Walk, namespaces};

/// What a header calls the format.
const FORMAT: &str = "cimarron";

/// The version of the format that is written, and the newest that is read.
const VERSION: u32 = 1;

/// How much went out or came in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) namespaces: usize,
    pub(crate) qualifier_types: usize,
    pub(crate) classes: usize,
    pub(crate) indexes: usize,
    pub(crate) instances: usize,
}

impl Counts {
    /// Both together.
    pub(crate) const fn with(self, more: Self) -> Self {
        Self {
            namespaces: self.namespaces + more.namespaces,
            qualifier_types: self.qualifier_types + more.qualifier_types,
            classes: self.classes + more.classes,
            indexes: self.indexes + more.indexes,
            instances: self.instances + more.instances,
        }
    }
}
