//! The namespaces of a repository, for readers as a commit sees them and for the writer as they
//! are.

use crate::namespace::Namespace;
use crate::store::Commit;
use cimarron_model::Name;
use dashmap::DashMap;
use std::sync::Arc;

/// Namespaces by name. One that is being created or deleted stands here before that is
/// published.
#[derive(Debug, Default)]
pub(crate) struct Namespaces(DashMap<Name, Arc<Namespace>>);

impl Namespaces {
    /// The namespace of this name that a commit sees.
    pub(crate) fn visible(&self, name: &Name, commit: Commit) -> Option<Arc<Namespace>> {
        self.0.get(name)?.at(commit)
    }

    /// Those that a commit sees, in name order.
    pub(crate) fn all_visible(&self, commit: Commit) -> Vec<Arc<Namespace>> {
        sorted(self.0.iter().filter_map(|entry| entry.at(commit)))
    }

    /// The namespace of this name that the writer has.
    pub(crate) fn current(&self, name: &Name) -> Option<Arc<Namespace>> {
        let entry = self.0.get(name)?;
        entry.is_current().then(|| entry.value().clone())
    }

    /// Those that the writer has, in name order.
    pub(crate) fn all_current(&self) -> Vec<Arc<Namespace>> {
        let current = self.0.iter().filter(|entry| entry.is_current());
        sorted(current.map(|entry| entry.value().clone()))
    }

    /// Puts a namespace in its place; the one that was there, which may be on its way out.
    pub(crate) fn put(&self, namespace: &Arc<Namespace>) -> Option<Arc<Namespace>> {
        let before = self.0.get(&namespace.name).map(|entry| entry.value().clone());
        namespace.set_before(before.clone());
        self.0.insert(namespace.name.clone(), namespace.clone());
        before
    }

    /// Takes a namespace out again that was put there, and puts the one before in its place.
    pub(crate) fn take_back(&self, name: &Name, before: Option<Arc<Namespace>>) {
        match before {
            Some(before) => drop(self.0.insert(name.clone(), before)),
            None => drop(self.0.remove(name)),
        }
    }

    /// Forgets a namespace, unless another has its place.
    pub(crate) fn forget(&self, gone: &Arc<Namespace>) {
        self.0.remove_if(&gone.name, |_, there| Arc::ptr_eq(there, gone));
    }
}

fn sorted(all: impl Iterator<Item = Arc<Namespace>>) -> Vec<Arc<Namespace>> {
    let mut all: Vec<Arc<Namespace>> = all.collect();
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all
}
