//! A namespace's schema and tables, from one schema change to the next.

use super::key_index::KeyIndex;
use super::table::Table;
use super::versions::Commit;
use crate::schema::{ClassId, ClassRef, Schema};
use arc_swap::ArcSwapOption;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// One schema version with the tables of its classes.
#[derive(Debug, Default)]
pub(crate) struct Root {
    /// The commit that made it.
    pub(super) commit: Commit,
    pub(crate) schema: Arc<Schema>,
    tables: FxHashMap<ClassId, Arc<Table>>,
    /// One index for each key root: the topmost class that declares the key.
    indexes: FxHashMap<ClassId, Arc<KeyIndex>>,
    /// The root before this one, as long as this one's commit is not published.
    pub(super) before: ArcSwapOption<Root>,
}

impl Root {
    /// The root that a store starts with, before any commit.
    pub(super) fn start(schema: Arc<Schema>) -> Self {
        let root = Arc::<Self>::default().next(schema, Commit::default());
        Self { before: ArcSwapOption::empty(), ..root }
    }

    /// The root that follows from a schema. Classes that stay as they are keep
    /// their tables; new and redefined ones start without rows.
    pub(super) fn next(self: &Arc<Self>, schema: Arc<Schema>, commit: Commit) -> Self {
        let mut tables = FxHashMap::default();
        let mut indexes: FxHashMap<ClassId, Arc<KeyIndex>> = FxHashMap::default();
        for class in schema.classes() {
            let id = class.def().id;
            let index = class.key_root().map(|root| {
                let known = || self.indexes.get(&root).cloned().unwrap_or_default();
                indexes.entry(root).or_insert_with(known).clone()
            });
            let same_index = |table: &Arc<Table>| match (&table.index, &index) {
                (Some(a), Some(b)) => Arc::ptr_eq(a, b),
                (a, b) => a.is_none() && b.is_none(),
            };
            let kept = self
                .tables
                .get(&id)
                .filter(|t| t.version == class.def().version && same_index(t))
                .cloned();
            let table = kept
                .unwrap_or_else(|| Arc::new(Table::new(class.def().version, index, Vec::new(), 0)));
            tables.insert(id, table);
        }
        Self { commit, schema, tables, indexes, before: ArcSwapOption::new(Some(self.clone())) }
    }

    pub(crate) fn table(&self, class: ClassId) -> Option<&Arc<Table>> {
        self.tables.get(&class)
    }

    /// Whether the class itself has instances, for the writer.
    pub(crate) fn has_instances(&self, class: ClassId) -> bool {
        self.table(class).is_some_and(|t| t.live() > 0)
    }

    pub(super) fn table_of(&self, class: ClassRef<'_>) -> Option<&Arc<Table>> {
        self.table(class.def().id)
    }

    pub(super) fn tables(&self) -> impl Iterator<Item = &Arc<Table>> {
        self.tables.values()
    }

    pub(super) fn index(&self, root: ClassId) -> Option<&Arc<KeyIndex>> {
        self.indexes.get(&root)
    }

    pub(super) fn indexes(&self) -> impl Iterator<Item = &Arc<KeyIndex>> {
        self.indexes.values()
    }
}
