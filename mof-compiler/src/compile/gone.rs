//! Namespaces that a text deletes, with their instances of `__NAMESPACE` (MS-WMI 3.1.4.3.14).

use cimarron_model::{CaseInsensitive, Name};
use hashbrown::HashMap;

/// The namespaces that were deleted. With each go those below it.
#[derive(Default)]
pub(crate) struct Gone {
    /// How many deletions of other things the text had asked for before.
    deleted: HashMap<Name, usize>,
}

impl Gone {
    /// Adds a namespace, before which the text had asked for so many deletions.
    pub(crate) fn add(&mut self, namespace: Name, deletions: usize) {
        self.deleted.insert(namespace, deletions);
    }

    /// Whether a namespace was deleted, or one above it.
    pub(crate) fn has(&self, namespace: &str) -> bool {
        self.deletions(namespace).is_some()
    }

    /// How many deletions of other things the text had asked for before a namespace was
    /// deleted the last time, itself or with one above it.
    pub(crate) fn deletions(&self, namespace: &str) -> Option<usize> {
        if self.deleted.is_empty() {
            return None;
        }
        let ends = namespace.match_indices('/').map(|(at, _)| at).chain([namespace.len()]);
        let above = ends.filter_map(|end| namespace.get(..end));
        above.filter_map(|name| self.deleted.get(&CaseInsensitive(name))).max().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn namespaces_go_with_those_above_them() {
        let mut gone = Gone::default();
        assert!(!gone.has("root"));
        gone.add("ROOT/A".into(), 3);
        gone.add("root/a/b".into(), 1);
        for (namespace, deletions) in [
            ("root/a", Some(3)),
            ("Root/a/B/c", Some(3)),
            ("root/ab", None),
            ("root", None),
            ("root/ä", None),
            ("", None),
        ] {
            assert_eq!(gone.deletions(namespace), deletions, "{namespace}");
        }
        gone.add("root/a/b".into(), 5);
        assert_eq!(gone.deletions("root/a/b"), Some(5));
    }
}
