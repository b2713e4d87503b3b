//! A namespace's schema and tables, from one schema change to the next.

use super::Store;
use super::chunk::Chunk;
use super::index_list::{self, Known, Wanted};
use super::key_index::KeyIndex;
use super::ordered::Phase;
use super::table::Table;
use super::versions::Commit;
use crate::schema::{ClassId, ClassRef, Schema};
use arc_swap::ArcSwapOption;
use cimarron_model::ReferenceRules;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// One schema version with the tables of its classes.
#[derive(Debug, Default)]
pub(crate) struct Root {
    pub(super) commit: Commit,
    pub(crate) schema: Arc<Schema>,
    tables: FxHashMap<ClassId, Arc<Table>>,
    /// One index for each key root: the topmost class that declares the key.
    indexes: FxHashMap<ClassId, Arc<KeyIndex>>,
    ordered: Arc<[Known]>,
    /// The root before this one, as long as this one's commit is not published.
    pub(super) before: ArcSwapOption<Root>,
}

impl Root {
    /// The root that a store starts with, before any commit.
    pub(super) fn start(schema: Arc<Schema>, rules: &ReferenceRules) -> Self {
        let root = Arc::<Self>::default();
        let root = root.next(schema, Commit::default(), rules, None);
        Self { before: ArcSwapOption::empty(), ..root }
    }

    /// The root that follows from a schema. Classes that stay as they are keep
    /// their tables; new and redefined ones start without rows. When `wanted` is given,
    /// those are the ordered indexes that were asked for from now on, and new ones are
    /// still to be built.
    pub(super) fn next(
        self: &Arc<Self>,
        schema: Arc<Schema>,
        commit: Commit,
        rules: &ReferenceRules,
        wanted: Option<&[Wanted]>,
    ) -> Self {
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
        let ordered = match wanted {
            Some(wanted) => index_list::next(self, &schema, rules, wanted, Phase::Building),
            None => index_list::next(self, &schema, rules, &self.wanted(), Phase::Ready),
        };
        let before = ArcSwapOption::new(Some(self.clone()));
        Self { commit, schema, tables, indexes, ordered, before }
    }

    /// Lets go of the root before, when this one's commit is published.
    pub(super) fn let_go_of_before(&self, store: &Store) {
        let Some(before) = self.before.swap(None) else { return };
        self.close_indexes(&before);
        // Tails that nobody adds to any more and whose rows went long ago.
        for table in self.tables_gone(&before) {
            let chunks = table.chunks();
            let emptied = chunks.iter().filter(|c| c.deaths().gone() == c.len());
            emptied.for_each(|chunk| store.directory.remove_exact(chunk));
        }
    }

    /// The commit that made it.
    pub(crate) const fn commit(&self) -> Commit {
        self.commit
    }

    /// The ordered indexes.
    pub(crate) fn ordered(&self) -> &Arc<[Known]> {
        &self.ordered
    }

    /// The ordered indexes that somebody asked for.
    pub(crate) fn wanted(&self) -> Vec<Wanted> {
        let asked = self.ordered.iter().filter(|known| known.requested);
        asked.map(|known| (known.index.class, known.index.property.clone())).collect()
    }

    /// The tables of a class and all below it.
    pub(super) fn tables_under(&self, class: ClassId) -> impl Iterator<Item = &Arc<Table>> {
        let class = self.schema.by_id(class);
        let subtree = class.into_iter().flat_map(ClassRef::subtree);
        subtree.filter_map(|below| self.table_of(below))
    }

    /// Shows some chunks of a class and those below it, spread over all of them.
    pub(crate) fn sample(&self, class: ClassRef<'_>, count: usize, mut see: impl FnMut(&Chunk)) {
        let lists: Vec<_> =
            class.subtree().filter_map(|c| Some(self.table_of(c)?.chunks())).collect();
        let all: usize = lists.iter().map(|list| list.len()).sum();
        let chunks = lists.iter().flat_map(|list| list.iter());
        chunks.step_by((all / count).max(1)).for_each(|chunk| see(chunk));
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

    /// Whether a table is that of a class.
    pub(super) fn has_table(&self, class: ClassId, table: &Arc<Table>) -> bool {
        self.table(class).is_some_and(|there| Arc::ptr_eq(there, table))
    }

    /// The tables of the root before that this one does not have any more.
    pub(super) fn tables_gone<'a>(
        &'a self,
        before: &'a Self,
    ) -> impl Iterator<Item = &'a Arc<Table>> {
        let gone = before.tables.iter().filter(|(id, table)| !self.has_table(**id, table));
        gone.map(|(_, table)| table)
    }

    pub(super) fn index(&self, root: ClassId) -> Option<&Arc<KeyIndex>> {
        self.indexes.get(&root)
    }

    pub(super) fn indexes(&self) -> impl Iterator<Item = &Arc<KeyIndex>> {
        self.indexes.values()
    }
}
