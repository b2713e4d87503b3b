//! One namespace: its schema, its store, and its name.
//!
//! The schema is replaced only under the store's write lock, so whoever holds
//! the lock sees a schema and the rows that go with it.

use crate::error::EngineError;
use crate::schema::{ClassRef, Schema};
use crate::store::{KeyRules, Location, Snapshot, Store};
use arc_swap::ArcSwap;
use cimarron_model::{Dialect, Name};
use parking_lot::{RwLock, RwLockWriteGuard};
use smol_str::SmolStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The one spelling of a namespace's name: parts separated by `/`, none empty.
/// The case stays as written; names compare without it.
pub(crate) fn normalise(name: &str) -> Result<Name, EngineError> {
    let slashed = name.replace('\\', "/");
    let trimmed = slashed.trim_matches('/');
    let legal = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    if trimmed.split('/').all(|part| !part.is_empty() && part.chars().all(legal)) {
        Ok(Name::new(trimmed))
    } else {
        Err(EngineError::InvalidNamespaceName { name: name.to_owned() })
    }
}

#[derive(Debug)]
pub(crate) struct Namespace {
    pub(crate) name: Name,
    pub(crate) dialect: Dialect,
    pub(crate) location: Arc<Location>,
    schema: ArcSwap<Schema>,
    store: RwLock<Store>,
    /// Sessions may outlive their namespace.
    deleted: AtomicBool,
}

impl Namespace {
    pub(crate) fn new(name: Name, dialect: Dialect, servers: Arc<[SmolStr]>) -> Self {
        let location = Arc::new(Location { servers, namespace: name.clone() });
        Self {
            dialect,
            schema: ArcSwap::new(crate::system::schema(&name, dialect)),
            store: RwLock::new(Store::new(KeyRules::new(dialect, location.clone()))),
            location,
            name,
            deleted: AtomicBool::new(false),
        }
    }

    /// The current schema version.
    pub(crate) fn schema(&self) -> Arc<Schema> {
        self.schema.load_full()
    }

    /// Fails once the namespace was deleted.
    pub(crate) fn check_alive(&self) -> Result<(), EngineError> {
        if self.deleted.load(Ordering::Acquire) {
            return Err(EngineError::NoSuchNamespace { name: self.name.clone() });
        }
        Ok(())
    }

    /// Reads the rows that go with a schema version; `read` must be short. `None`
    /// when another version has become current: look again.
    pub(crate) fn read_under<T>(
        &self,
        schema: &Arc<Schema>,
        read: impl FnOnce(&Store) -> T,
    ) -> Option<T> {
        let store = self.store.read();
        Arc::ptr_eq(&self.schema.load(), schema).then(|| read(&store))
    }

    /// The instances of some classes of a schema version, as they are now; `None`
    /// when another version has become current.
    pub(crate) fn snapshot<'a>(
        &self,
        schema: &Arc<Schema>,
        classes: impl Iterator<Item = ClassRef<'a>>,
    ) -> Option<Snapshot> {
        let chunks = self.read_under(schema, |store| store.freeze(classes))?;
        Some(Snapshot { schema: schema.clone(), location: self.location.clone(), chunks })
    }

    /// Bytes allocated for rows and key indexes.
    pub(crate) fn store_bytes(&self) -> usize {
        self.store.read().heap_bytes()
    }

    /// Locks the store for a write that was prepared against a schema version;
    /// `None` when another one has become current: prepare again.
    pub(crate) fn write_under(
        &self,
        schema: &Arc<Schema>,
    ) -> Result<Option<RwLockWriteGuard<'_, Store>>, EngineError> {
        let store = self.store.write();
        self.check_alive()?;
        Ok(Arc::ptr_eq(&self.schema.load(), schema).then_some(store))
    }

    /// Locks the store to change the schema.
    pub(crate) fn write(&self) -> Result<SchemaWriter<'_>, EngineError> {
        let store = self.store.write();
        self.check_alive()?;
        Ok(SchemaWriter { namespace: self, store })
    }

    /// Marks the namespace as deleted; sessions that hold it get errors from now on.
    pub(crate) fn mark_deleted(&self) {
        let _store = self.store.write();
        self.deleted.store(true, Ordering::Release);
    }

    /// What the namespace holds; `None` when nothing.
    pub(crate) fn content(&self) -> Option<&'static str> {
        (!self.schema.load().is_empty()).then_some("classes")
    }
}

/// A namespace whose store is locked and whose schema may be replaced.
pub(crate) struct SchemaWriter<'a> {
    pub(crate) namespace: &'a Namespace,
    pub(crate) store: RwLockWriteGuard<'a, Store>,
}

impl SchemaWriter<'_> {
    pub(crate) fn schema(&self) -> Arc<Schema> {
        self.namespace.schema()
    }

    pub(crate) fn publish(&self, schema: Arc<Schema>) {
        self.namespace.schema.store(schema);
    }
}

/// The class of this name, for an operation that works on it.
pub(crate) fn class<'a>(schema: &'a Schema, name: &str) -> Result<ClassRef<'a>, EngineError> {
    schema.class(name).ok_or_else(|| EngineError::UnknownClass {
        class: name.into(),
        suggestion: schema.suggestion(name),
    })
}

/// The class of this name, when the class itself is what is asked for.
pub(crate) fn find_class<'a>(schema: &'a Schema, name: &str) -> Result<ClassRef<'a>, EngineError> {
    schema.class(name).ok_or_else(|| EngineError::ClassNotFound {
        class: name.into(),
        suggestion: schema.suggestion(name),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_one_spelling() {
        for name in ["root/cimv2", r"root\cimv2", r"\root\cimv2\", "ROOT/CIMV2"] {
            assert_eq!(normalise(name).unwrap(), Name::new("root/cimv2"), "{name}");
        }
        for name in ["", "/", "root//cimv2", "root/a b", "root:x"] {
            assert!(normalise(name).is_err(), "{name}");
        }
    }
}
