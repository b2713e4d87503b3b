//! The repository: namespaces, and what they share.

use crate::clock::{Clock, SystemClock};
use crate::context::Principal;
use crate::durable::{Durability, Durable};
use crate::error::EngineError;
use crate::events::Hub;
use crate::limits::Limits;
use crate::namespace::Namespace;
use crate::namespace_name::normalise;
use crate::namespaces::Namespaces;
use crate::schema::Schema;
use crate::session::{Session, announce, withdraw};
use crate::store::{Commits, Transaction};
use cimarron_model::{Dialect, Name};
use smol_str::SmolStr;
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, OnceLock, Weak};
use std::time::Duration;

/// Namespaces in memory. Clones are handles to the same repository.
#[derive(Clone)]
pub struct Repository {
    shared: Arc<Shared>,
}

struct Shared {
    namespaces: Arc<Namespaces>,
    commits: Arc<Commits>,
    /// What the server is called, its own name first.
    servers: Arc<[SmolStr]>,
    dialect: Dialect,
    limits: Limits,
    clock: Arc<dyn Clock>,
    /// Who wants to know what happens.
    hub: Arc<Hub>,
    /// Tells it from other repositories in what is to be read back.
    identity: OnceLock<u64>,
    /// What keeps it in a data directory.
    durable: OnceLock<Arc<Durable>>,
}

/// Settings of a repository in the making.
#[derive(Debug)]
pub struct RepositoryBuilder {
    servers: Vec<SmolStr>,
    dialect: Dialect,
    limits: Limits,
    clock: Arc<dyn Clock>,
    durability: Durability,
}

/// A namespace as the repository lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamespaceInfo {
    /// The name: `root/cimv2`.
    pub name: Name,
    /// The dialect that its content follows.
    pub dialect: Dialect,
}

impl Default for RepositoryBuilder {
    fn default() -> Self {
        Self {
            servers: Vec::new(),
            dialect: Dialect::default(),
            limits: Limits::default(),
            clock: Arc::new(SystemClock::default()),
            durability: Durability::default(),
        }
    }
}

impl RepositoryBuilder {
    /// The dialect that namespaces get when nobody says.
    #[must_use]
    pub const fn dialect(mut self, dialect: Dialect) -> Self {
        self.dialect = dialect;
        self
    }

    /// Adds a name of the server. The first is its own name (`__SERVER`), the
    /// others are names that paths may call it; `.` and `localhost` always are.
    #[must_use]
    pub fn server(mut self, name: impl AsRef<str>) -> Self {
        self.servers.push(SmolStr::new(name));
        self
    }

    /// The limits.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Where time comes from.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// How [`RepositoryBuilder::open`] keeps what is committed.
    #[must_use]
    pub fn durability(mut self, durability: Durability) -> Self {
        self.durability = durability;
        self
    }

    pub(crate) const fn durability_settings(&self) -> &Durability {
        &self.durability
    }

    /// The repository in memory, without any namespace.
    pub fn build(mut self) -> Repository {
        if self.servers.is_empty() {
            self.servers.push(SmolStr::new_static("localhost"));
        }
        let repository = Repository {
            shared: Arc::new(Shared {
                namespaces: Arc::default(),
                commits: Arc::new(Commits::new(&self.limits, self.clock.clone())),
                servers: self.servers.into(),
                dialect: self.dialect,
                limits: self.limits,
                clock: self.clock,
                hub: Arc::default(),
                identity: OnceLock::new(),
                durable: OnceLock::new(),
            }),
        };
        let weak = repository.downgrade();
        repository.commits().set_standing_hook(Box::new(move || {
            if let Some(repository) = weak.upgrade() {
                repository.hub().watch_standing(&repository);
            }
        }));
        repository
    }
}

impl Default for Repository {
    fn default() -> Self {
        Self::new()
    }
}

impl Repository {
    /// A repository with all defaults and no namespace.
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// Settings to build a repository from.
    pub fn builder() -> RepositoryBuilder {
        RepositoryBuilder::default()
    }

    /// The dialect that namespaces get when nobody says.
    pub fn default_dialect(&self) -> Dialect {
        self.shared.dialect
    }

    /// The limits.
    pub fn limits(&self) -> &Limits {
        &self.shared.limits
    }

    /// The server's own name.
    pub fn server_name(&self) -> &str {
        self.shared.servers.first().map_or("", SmolStr::as_str)
    }

    pub(crate) fn commits(&self) -> &Arc<Commits> {
        &self.shared.commits
    }

    pub(crate) fn namespaces_handle(&self) -> &Arc<Namespaces> {
        &self.shared.namespaces
    }

    /// What keeps it in a data directory.
    pub(crate) fn durable(&self) -> Option<&Durable> {
        self.shared.durable.get().map(|durable| &**durable)
    }

    pub(crate) fn set_durable(&self, durable: Arc<Durable>) {
        // The second of two would be a mistake of the program.
        let _ = self.shared.durable.set(durable);
    }

    pub(crate) fn hub(&self) -> &Arc<Hub> {
        &self.shared.hub
    }

    /// The repository, as long as others have it.
    pub(crate) fn downgrade(&self) -> WeakRepository {
        WeakRepository(Arc::downgrade(&self.shared))
    }

    /// A number that no other repository has, and this one always.
    pub(crate) fn identity(&self) -> u64 {
        *self.shared.identity.get_or_init(|| RandomState::new().hash_one(0_u8))
    }

    pub(crate) fn set_identity(&self, identity: u64) {
        // The second of two would be a mistake of the program.
        let _ = self.shared.identity.set(identity);
    }

    pub(crate) fn clock(&self) -> &Arc<dyn Clock> {
        &self.shared.clock
    }

    /// The time of the repository's clock that much later: a deadline for a
    /// [`CallContext`](crate::CallContext).
    pub fn deadline_in(&self, time: Duration) -> Duration {
        self.shared.clock.now().saturating_add(time)
    }

    /// Creates a namespace, and those above it that are not there.
    ///
    /// # Errors
    /// When it is there already, or the text is no namespace name.
    pub fn create_namespace(&self, name: &str, dialect: Dialect) -> Result<(), EngineError> {
        let name = self.legal(name)?;
        let mut transaction = Transaction::begin(self.commits())?;
        if !self.create_in(&mut transaction, &name, dialect)? {
            return Err(EngineError::NamespaceExists { name });
        }
        transaction.commit(&Principal::system()).map(drop)
    }

    /// Creates a namespace, and those above it, as far as they are not there; whether the
    /// namespace itself was not.
    pub(crate) fn create_in<'r>(
        &'r self,
        transaction: &mut Transaction<'r>,
        name: &Name,
        dialect: Dialect,
    ) -> Result<bool, EngineError> {
        let ends = name.as_str().match_indices('/').map(|(at, _)| at);
        for above in ends.filter_map(|end| name.as_str().get(..end)) {
            self.add(transaction, &Name::new(above), dialect)?;
        }
        self.add(transaction, name, dialect)
    }

    /// Adds a namespace unless it is there; whether it was not.
    fn add<'r>(
        &'r self,
        transaction: &mut Transaction<'r>,
        name: &Name,
        dialect: Dialect,
    ) -> Result<bool, EngineError> {
        if self.current(name).is_some() {
            return Ok(false);
        }
        let start = crate::system::schema(name, dialect);
        self.install(transaction, name, dialect, start);
        announce(self, transaction, name)?;
        Ok(true)
    }

    /// Puts a new namespace among the others.
    pub(crate) fn install<'r>(
        &'r self,
        transaction: &mut Transaction<'r>,
        name: &Name,
        dialect: Dialect,
        start: Arc<Schema>,
    ) -> Arc<Namespace> {
        let Shared { servers, commits, namespaces, .. } = &*self.shared;
        let life = (commits.clone(), transaction.number());
        let new = Namespace::new(name.clone(), dialect, start.clone(), servers.clone(), life);
        let new = Arc::new(new);
        let (before, undone) = (namespaces.put(&new), name.clone());
        let undo = move || namespaces.take_back(&undone, before);
        let (published, all) = (new.clone(), Arc::downgrade(namespaces));
        let then: Box<dyn FnOnce() + Send> = Box::new(move || {
            if let Some(all) = all.upgrade() {
                all.let_go_of_before(&published);
            }
        });
        transaction.note_namespace((name, dialect, Some(start)), undo, Some(then));
        new
    }

    /// Deletes a namespace. `Wmi` deletes what it holds, the namespaces below it
    /// included; `Dmtf` refuses when it holds anything.
    ///
    /// # Errors
    /// When it is not there, or not empty and its dialect is `Dmtf`.
    pub fn delete_namespace(&self, name: &str) -> Result<(), EngineError> {
        let name = normalise(name)?;
        let mut transaction = Transaction::begin(self.commits())?;
        if !self.delete_in(&mut transaction, &name)? {
            return Err(EngineError::NoSuchNamespace { name });
        }
        transaction.commit(&Principal::system()).map(drop)
    }

    /// Deletes a namespace, and in `Wmi` those below it; whether it was there.
    pub(crate) fn delete_in<'r>(
        &'r self,
        transaction: &mut Transaction<'r>,
        name: &Name,
    ) -> Result<bool, EngineError> {
        let Some(namespace) = self.current(name) else { return Ok(false) };
        let below = self.below(&namespace);
        if namespace.dialect == Dialect::Dmtf {
            let has_classes = !transaction.root(&namespace.store).schema.is_empty();
            let what = has_classes.then_some("classes");
            if let Some(what) = what.or_else(|| (!below.is_empty()).then_some("namespaces")) {
                return Err(EngineError::NamespaceNotEmpty { name: namespace.name.clone(), what });
            }
        }
        for namespace in below.iter().chain([&namespace]) {
            self.uninstall(transaction, namespace);
            withdraw(self, transaction, &namespace.name)?;
        }
        Ok(true)
    }

    /// Takes a namespace out from among the others.
    pub(crate) fn uninstall<'r>(
        &'r self,
        transaction: &mut Transaction<'r>,
        namespace: &Arc<Namespace>,
    ) {
        namespace.mark_deleted(transaction.number());
        let undone = namespace.clone();
        let undo = move || undone.restore();
        let (gone, all) = (namespace.clone(), Arc::downgrade(&self.shared.namespaces));
        let then: Box<dyn FnOnce() + Send> = Box::new(move || {
            if let Some(all) = all.upgrade() {
                all.forget(&gone);
            }
        });
        let what = (&namespace.name, namespace.dialect, None);
        transaction.note_namespace(what, undo, Some(then));
    }

    /// The namespaces below one, for the writer.
    fn below(&self, namespace: &Namespace) -> Vec<Arc<Namespace>> {
        let prefix = format!("{}/", namespace.name);
        let is_below = |name: &Name| {
            let start = name.as_str().get(..prefix.len());
            start.is_some_and(|start| cimarron_model::fold::eq(start, &prefix))
        };
        let all = self.all_current().into_iter();
        all.filter(|namespace| is_below(&namespace.name)).collect()
    }

    /// The namespaces as the writer has them, in name order.
    pub(crate) fn all_current(&self) -> Vec<Arc<Namespace>> {
        self.shared.namespaces.all_current()
    }

    /// The namespace of this name that the writer has.
    pub(crate) fn current(&self, name: &Name) -> Option<Arc<Namespace>> {
        self.shared.namespaces.current(name)
    }

    /// The namespaces in name order.
    pub fn namespaces(&self) -> Vec<NamespaceInfo> {
        let info = |namespace: Arc<Namespace>| NamespaceInfo {
            name: namespace.name.clone(),
            dialect: namespace.dialect,
        };
        let all = self.shared.namespaces.all_visible(|| self.commits().visible());
        all.into_iter().map(info).collect()
    }

    /// A session of the embedding program in a namespace.
    ///
    /// # Errors
    /// When there is no such namespace.
    pub fn session(&self, namespace: &str) -> Result<Session, EngineError> {
        let namespace = self.namespace(namespace)?;
        Ok(Session::new(self.clone(), namespace, Principal::system()))
    }

    /// A session in a namespace that nobody sees: where there is none of this name yet, it
    /// stands for it until something is put there.
    pub(crate) fn imagine(&self, name: &str, dialect: Dialect) -> Result<Session, EngineError> {
        let name = self.legal(name)?;
        let start = crate::system::schema(&name, dialect);
        let Shared { servers, commits, .. } = &*self.shared;
        let life = (commits.clone(), commits.visible());
        let namespace = Namespace::new(name, dialect, start, servers.clone(), life);
        Ok(Session::new(self.clone(), Arc::new(namespace), Principal::system()))
    }

    pub(crate) fn namespace(&self, name: &str) -> Result<Arc<Namespace>, EngineError> {
        let name = normalise(name)?;
        let found = self.shared.namespaces.visible(&name, || self.commits().visible());
        found.ok_or(EngineError::NoSuchNamespace { name })
    }

    pub(crate) fn legal(&self, name: &str) -> Result<Name, EngineError> {
        let limit = self.shared.limits.namespace_length;
        if name.len() > limit {
            let length = name.len();
            return Err(EngineError::TooLong { what: "namespace name", length, limit });
        }
        normalise(name)
    }
}

/// A repository that is not kept.
pub(crate) struct WeakRepository(Weak<Shared>);

impl WeakRepository {
    pub(crate) fn upgrade(&self) -> Option<Repository> {
        Some(Repository { shared: self.0.upgrade()? })
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.hub.close();
        if let Some(durable) = self.durable.get() {
            durable.stop();
        }
    }
}

impl fmt::Debug for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<Name> = self.namespaces().into_iter().map(|info| info.name).collect();
        f.debug_struct("Repository").field("namespaces", &names).finish_non_exhaustive()
    }
}
