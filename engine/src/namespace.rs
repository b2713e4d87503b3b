//! One namespace: its name, its dialect and its store.

use crate::error::EngineError;
use crate::schema::{ClassId, ClassRef, Schema};
use crate::store::{
    Chunk, Commit, Commits, Found, KeyRules, Look, Near, Root, Seen, Store, Transaction, View,
};
use crate::stored::StoredInstance;
use crate::view::ValueView;
use arc_swap::ArcSwapOption;
use cimarron_model::{Dialect, Location, Name, ReferenceRules};
use smol_str::SmolStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

#[derive(Debug)]
pub(crate) struct Namespace {
    pub(crate) name: Name,
    pub(crate) dialect: Dialect,
    pub(crate) location: Arc<Location>,
    pub(crate) store: Arc<Store>,
    commits: Arc<Commits>,
    /// The commits that created and deleted it. Sessions may outlive their namespace.
    born: Commit,
    died: AtomicU64,
    /// The namespace of this name before, as long as this one's commit is not published.
    before: ArcSwapOption<Namespace>,
}

/// The death of a namespace that is there.
const NEVER: Commit = Commit::MAX;

/// How often a reader looks in vain while others write before it asks them to keep
/// what it looks for.
const LOOKS: usize = 4;

impl Namespace {
    pub(crate) fn new(
        name: Name,
        dialect: Dialect,
        start: Arc<Schema>,
        servers: Arc<[SmolStr]>,
        (commits, born): (Arc<Commits>, Commit),
    ) -> Self {
        let location = Arc::new(Location { servers, namespace: name.clone() });
        let store =
            Store::new(KeyRules::new(ReferenceRules::new(dialect, location.clone())), start);
        let store = Arc::new(store);
        let (died, before) = (AtomicU64::new(NEVER), ArcSwapOption::empty());
        Self { name, dialect, location, store, commits, born, died, before }
    }

    /// The namespace of this name that a commit sees: this one or the one before.
    pub(crate) fn at(self: &Arc<Self>, commit: Commit) -> Option<Arc<Self>> {
        let mut namespace = self.clone();
        while namespace.born > commit {
            namespace = namespace.before.load_full()?;
        }
        let is_there = namespace.died.load(Ordering::Acquire) > commit;
        is_there.then_some(namespace)
    }

    /// How references compare here.
    pub(crate) fn references(&self) -> &ReferenceRules {
        self.store.rules().references()
    }

    /// Whether the namespace is there for the writer.
    pub(crate) fn is_current(&self) -> bool {
        self.died.load(Ordering::Acquire) == NEVER
    }

    /// Says which namespace of its name was there before it.
    pub(crate) fn set_before(&self, before: Option<Arc<Self>>) {
        self.before.store(before);
    }

    /// Marks the namespace as deleted by a commit: sessions that hold it get errors once that
    /// is published.
    pub(crate) fn mark_deleted(&self, commit: Commit) {
        self.died.store(commit, Ordering::Release);
    }

    /// Takes a deletion back.
    pub(crate) fn restore(&self) {
        self.died.store(NEVER, Ordering::Release);
    }

    /// The current schema version.
    pub(crate) fn schema(&self) -> Arc<Schema> {
        self.root().schema.clone()
    }

    /// The current schema version with the tables of its classes.
    pub(crate) fn root(&self) -> Arc<Root> {
        self.store.root_at(self.commits.visible())
    }

    /// Fails once the namespace was deleted.
    #[inline]
    pub(crate) fn check_alive(&self) -> Result<(), EngineError> {
        let died = self.died.load(Ordering::Acquire);
        if died != NEVER && died <= self.commits.visible() { Err(self.gone()) } else { Ok(()) }
    }

    fn gone(&self) -> EngineError {
        EngineError::NoSuchNamespace { name: self.name.clone() }
    }

    /// The namespace at the newest commit, kept as it is.
    pub(crate) fn view(&self) -> View {
        View::now(&self.store, &self.commits)
    }

    /// The namespace at the newest commit, for somebody who may take long.
    pub(crate) fn pin(&self) -> Arc<View> {
        self.commits.pin(self.view())
    }

    /// Looks for something at the newest commit, without a lock and without asking
    /// anybody to keep anything. `look` is called again when it finds nothing and
    /// something was written meanwhile.
    pub(crate) fn look<T>(
        &self,
        look: impl Fn(&Root, Seen) -> Result<Option<T>, EngineError>,
    ) -> Result<Option<T>, EngineError> {
        for _ in 0..LOOKS {
            let moment = self.commits.moment();
            let found = self.store.with_root_at(moment.1, |root| look(root, Seen::At(moment.1)))?;
            if found.is_some() || self.commits.moment() == moment {
                return Ok(found);
            }
        }
        self.look_in(&self.view(), look)
    }

    /// A place for what a prepared reader of a key root keeps.
    pub(crate) fn near(&self, key_root: ClassId) -> Arc<Near> {
        self.commits.near(&self.store, key_root)
    }

    /// Looks for a row at the newest commit with the help of what a reader keeps.
    #[inline]
    pub(crate) fn look_near<T>(
        &self,
        near: &Near,
        key: (u64, &[ValueView<'_>]),
        (fits, accept): (impl Fn(&Root) -> bool, impl Fn(&Root, ClassId) -> bool),
        come: impl Fn(&Chunk, usize),
        take: impl Fn(&Arc<Chunk>, usize) -> T,
    ) -> Look<T> {
        near.look((&self.store, &self.commits), key, (fits, accept), come, take)
    }

    /// Looks for something in a view. `look` is called again when it finds nothing and
    /// rows were moved meanwhile. Fails when the view was given up.
    pub(crate) fn look_in<T>(
        &self,
        view: &View,
        look: impl Fn(&Root, Seen) -> Result<Option<T>, EngineError>,
    ) -> Result<Option<T>, EngineError> {
        loop {
            let (moves, _) = self.commits.moment();
            let found = look(view.root(), view.seen());
            view.check_kept()?;
            let found = found?;
            if found.is_some() || self.commits.moment().0 == moves {
                return Ok(found);
            }
        }
    }

    /// Searches again while rows are moved, which may have left a place that was yet to be
    /// looked at; `None` when they are moved every time.
    pub(crate) fn undisturbed<T>(&self, search: impl Fn() -> T) -> Option<T> {
        (0..LOOKS).find_map(|_| {
            let (moves, _) = self.commits.moment();
            let found = search();
            (self.commits.moment().0 == moves).then_some(found)
        })
    }

    /// The instances that these classes themselves have, class by class.
    pub(crate) fn instances_of(&self, classes: &[ClassId]) -> Vec<StoredInstance> {
        let view = self.view();
        let known = classes.iter().filter_map(|id| view.schema().by_id(*id));
        let frozen = view.freeze(known).unwrap_or_default();
        let mut found = Vec::new();
        for frozen in &frozen {
            let live = (frozen.start()..frozen.len()).filter(|row| frozen.is_live(*row));
            let stored = |row| StoredInstance::new(Found { chunk: frozen.chunk.clone(), row });
            found.extend(live.map(stored));
        }
        found
    }

    /// Bytes allocated for rows and key indexes.
    pub(crate) fn store_bytes(&self) -> usize {
        self.store.heap_bytes()
    }

    /// Waits for its turn to write.
    pub(crate) fn begin(&self) -> Result<Transaction<'_>, EngineError> {
        let transaction = Transaction::begin(&self.commits)?;
        if self.is_current() { Ok(transaction) } else { Err(self.gone()) }
    }

    /// Waits for its turn to make [what no log has](Transaction::in_memory).
    pub(crate) fn begin_in_memory(&self) -> Result<Transaction<'_>, EngineError> {
        let transaction = Transaction::in_memory(&self.commits);
        if self.is_current() { Ok(transaction) } else { Err(self.gone()) }
    }

    /// Waits for its turn to write what was prepared against a schema version; `None`
    /// when another one has become current: prepare again.
    pub(crate) fn begin_under(
        &self,
        schema: &Arc<Schema>,
    ) -> Result<Option<(Transaction<'_>, Arc<Root>)>, EngineError> {
        let transaction = self.begin()?;
        let root = transaction.root(&self.store);
        if Arc::ptr_eq(&root.schema, schema) {
            return Ok(Some((transaction, root)));
        }
        // It may not be published yet.
        drop(transaction);
        self.commits.settle(root.commit())?;
        Ok(None)
    }
}

/// A namespace in a transaction that may change its schema.
pub(crate) struct NamespaceWriter<'n, 't, 'r> {
    pub(crate) namespace: &'n Namespace,
    pub(crate) transaction: &'t mut Transaction<'r>,
}

impl<'n, 't, 'r> NamespaceWriter<'n, 't, 'r> {
    pub(crate) const fn new(
        namespace: &'n Namespace,
        transaction: &'t mut Transaction<'r>,
    ) -> Self {
        Self { namespace, transaction }
    }

    /// Schema and tables as the transaction has them.
    pub(crate) fn root(&self) -> Arc<Root> {
        self.transaction.root(&self.namespace.store)
    }

    pub(crate) fn schema(&self) -> Arc<Schema> {
        self.root().schema.clone()
    }

    /// Deletes all instances that a class itself has.
    pub(crate) fn clear_class(&mut self, class: ClassId) {
        if let Some(table) = self.root().table(class) {
            self.transaction.clear(&self.namespace.store, table);
        }
    }

    /// Replaces the schema; the tables that go with it.
    pub(crate) fn set_schema(&mut self, schema: Arc<Schema>) -> Arc<Root> {
        self.transaction.set_schema(&self.namespace.store, schema)
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
