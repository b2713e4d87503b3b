//! What a session keeps for its prepared queries.

use crate::namespace::Namespace;
use crate::schema::ClassId;
use crate::store::Near;
use parking_lot::Mutex;
use std::sync::{Arc, OnceLock};

/// For how many key roots a session keeps something.
const ROOTS: usize = 8;

/// What is kept for the prepared queries of a session, by key root: first in, first out. A clone
/// of the session begins anew: threads that share what is kept get in each other's way.
#[derive(Debug, Default)]
pub(super) struct KeptNear(OnceLock<Arc<Mutex<Vec<NearRoot>>>>);

/// A key root, and what is kept for it.
type NearRoot = (ClassId, Arc<Near>);

impl Clone for KeptNear {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl KeptNear {
    /// The same once more, and not a new one: for a query, which may be bound anew.
    pub(super) fn shared(&self) -> Self {
        Self(OnceLock::from(self.0.get_or_init(Arc::default).clone()))
    }

    pub(super) fn of(&self, namespace: &Namespace, key_root: ClassId) -> Arc<Near> {
        let mut kept = self.0.get_or_init(Arc::default).lock();
        let there = kept.iter().find(|(root, _)| *root == key_root);
        if let Some((_, near)) = there {
            return near.clone();
        }
        if kept.len() == ROOTS {
            kept.remove(0);
        }
        let near = namespace.near(key_root);
        kept.push((key_root, near.clone()));
        near
    }
}
