//! The namespaces of a repository, for readers as a commit sees them and for the writer as they
//! are.

use crate::namespace::Namespace;
use crate::store::Commit;
use cimarron_model::Name;
use dashmap::DashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Namespaces by name. One that is being created or deleted stands here before that is
/// published.
#[derive(Debug, Default)]
pub(crate) struct Namespaces {
    by_name: DashMap<Name, Arc<Namespace>>,
    /// Counts the times that one was let go of which commits before saw.
    let_go: AtomicU64,
}

impl Namespaces {
    /// The namespace of this name that the newest commit sees, which `visible` tells.
    pub(crate) fn visible(
        &self,
        name: &Name,
        visible: impl Fn() -> Commit,
    ) -> Option<Arc<Namespace>> {
        self.undisturbed(visible, |commit| self.by_name.get(name)?.at(commit))
    }

    /// Those that the newest commit sees, in name order.
    pub(crate) fn all_visible(&self, visible: impl Fn() -> Commit) -> Vec<Arc<Namespace>> {
        self.undisturbed(visible, |commit| {
            sorted(self.by_name.iter().filter_map(|entry| entry.at(commit)))
        })
    }

    /// Looks again when a namespace was let go of meanwhile, which may be one that the commit
    /// sees.
    fn undisturbed<T>(&self, visible: impl Fn() -> Commit, look: impl Fn(Commit) -> T) -> T {
        loop {
            let before = self.let_go.load(Ordering::Acquire);
            let found = look(visible());
            if self.let_go.load(Ordering::Acquire) == before {
                return found;
            }
        }
    }

    /// The namespace of this name that the writer has.
    pub(crate) fn current(&self, name: &Name) -> Option<Arc<Namespace>> {
        let entry = self.by_name.get(name)?;
        entry.is_current().then(|| entry.value().clone())
    }

    /// Those that the writer has, in name order.
    pub(crate) fn all_current(&self) -> Vec<Arc<Namespace>> {
        let current = self.by_name.iter().filter(|entry| entry.is_current());
        sorted(current.map(|entry| entry.value().clone()))
    }

    /// Puts a namespace in its place; the one that was there, which may be on its way out.
    pub(crate) fn put(&self, namespace: &Arc<Namespace>) -> Option<Arc<Namespace>> {
        let before = self.by_name.get(&namespace.name).map(|entry| entry.value().clone());
        namespace.set_before(before.clone());
        self.by_name.insert(namespace.name.clone(), namespace.clone());
        before
    }

    /// Takes a namespace out again that was put there, and puts the one before in its place.
    pub(crate) fn take_back(&self, name: &Name, before: Option<Arc<Namespace>>) {
        match before {
            Some(before) => drop(self.by_name.insert(name.clone(), before)),
            None => drop(self.by_name.remove(name)),
        }
    }

    /// Lets go of what had a namespace's place before it, when it is published.
    pub(crate) fn let_go_of_before(&self, namespace: &Namespace) {
        self.let_go.fetch_add(1, Ordering::AcqRel);
        namespace.set_before(None);
    }

    /// Forgets a namespace whose deletion is published, unless another has its place.
    pub(crate) fn forget(&self, gone: &Arc<Namespace>) {
        self.let_go.fetch_add(1, Ordering::AcqRel);
        self.by_name.remove_if(&gone.name, |_, there| Arc::ptr_eq(there, gone));
    }
}

fn sorted(all: impl Iterator<Item = Arc<Namespace>>) -> Vec<Arc<Namespace>> {
    let mut all: Vec<Arc<Namespace>> = all.collect();
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all
}
