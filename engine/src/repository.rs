//! The repository: namespaces, and what they share.

use crate::clock::{Clock, SystemClock};
use crate::context::Principal;
use crate::error::EngineError;
use crate::limits::Limits;
use crate::namespace::{Namespace, normalise};
use crate::session::{Session, announce, withdraw};
use crate::store::{Commits, Transaction};
use cimarron_model::{Dialect, Name};
use dashmap::DashMap;
use dashmap::mapref::entry::Entry;
use smol_str::SmolStr;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Namespaces in memory. Clones are handles to the same repository.
#[derive(Clone)]
pub struct Repository {
    shared: Arc<Shared>,
}

struct Shared {
    namespaces: DashMap<Name, Arc<Namespace>>,
    commits: Arc<Commits>,
    /// What the server is called, its own name first.
    servers: Arc<[SmolStr]>,
    dialect: Dialect,
    limits: Limits,
    clock: Arc<dyn Clock>,
}

/// Settings of a repository in the making.
#[derive(Debug)]
pub struct RepositoryBuilder {
    servers: Vec<SmolStr>,
    dialect: Dialect,
    limits: Limits,
    clock: Arc<dyn Clock>,
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

    /// The repository, without any namespace.
    pub fn build(mut self) -> Repository {
        if self.servers.is_empty() {
            self.servers.push(SmolStr::new_static("localhost"));
        }
        Repository {
            shared: Arc::new(Shared {
                namespaces: DashMap::new(),
                commits: Arc::new(Commits::new(self.limits.dead_rows, self.limits.kept_commits)),
                servers: self.servers.into(),
                dialect: self.dialect,
                limits: self.limits,
                clock: self.clock,
            }),
        }
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

    pub(crate) fn commits(&self) -> &Commits {
        &self.shared.commits
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
        let ends = name.as_str().match_indices('/').map(|(at, _)| at);
        for above in ends.filter_map(|end| name.as_str().get(..end)) {
            self.open_or_create(above, dialect)?;
        }
        match self.add(name, dialect)? {
            (name, false) => Err(EngineError::NamespaceExists { name }),
            _ => Ok(()),
        }
    }

    /// Adds a namespace unless it is there; whether it was not.
    fn add(&self, name: Name, dialect: Dialect) -> Result<(Name, bool), EngineError> {
        let mut transaction = Transaction::begin(self.commits());
        let is_new = match self.shared.namespaces.entry(name.clone()) {
            Entry::Occupied(_) => false,
            Entry::Vacant(place) => {
                place.insert(self.make(name.clone(), dialect));
                transaction.note_namespace(&name, dialect, true);
                true
            }
        };
        transaction.commit(&Principal::system());
        if is_new {
            announce(self, &name)?;
        }
        Ok((name, is_new))
    }

    /// Deletes a namespace. `Wmi` deletes what it holds, the namespaces below it
    /// included; `Dmtf` refuses when it holds anything.
    ///
    /// # Errors
    /// When it is not there, or not empty and its dialect is `Dmtf`.
    pub fn delete_namespace(&self, name: &str) -> Result<(), EngineError> {
        let namespace = self.open(name)?;
        self.remove(&namespace, namespace.dialect == Dialect::Dmtf)
    }

    /// Deletes a namespace that nobody has put anything into.
    pub(crate) fn delete_empty_namespace(&self, name: &str) -> Result<(), EngineError> {
        self.remove(&*self.open(name)?, true)
    }

    fn remove(&self, namespace: &Namespace, only_empty: bool) -> Result<(), EngineError> {
        let check = || if only_empty { self.check_empty(namespace) } else { Ok(()) };
        check()?;
        for name in self.below(namespace).iter().chain([&namespace.name]) {
            let mut transaction = Transaction::begin(self.commits());
            // Again, now that nobody else writes.
            check()?;
            let Some((_, removed)) = self.shared.namespaces.remove(name) else { continue };
            removed.mark_deleted();
            transaction.note_namespace(name, removed.dialect, false);
            transaction.commit(&Principal::system());
            withdraw(self, name)?;
        }
        Ok(())
    }

    /// The namespaces below one.
    fn below(&self, namespace: &Namespace) -> Vec<Name> {
        let prefix = format!("{}/", namespace.name);
        let is_below = |name: &Name| {
            let start = name.as_str().get(..prefix.len());
            start.is_some_and(|start| cimarron_model::fold::eq(start, &prefix))
        };
        self.names().into_iter().filter(is_below).collect()
    }

    fn check_empty(&self, namespace: &Namespace) -> Result<(), EngineError> {
        let what = namespace.content();
        match what.or_else(|| (!self.below(namespace).is_empty()).then_some("namespaces")) {
            Some(what) => {
                Err(EngineError::NamespaceNotEmpty { name: namespace.name.clone(), what })
            }
            None => Ok(()),
        }
    }

    /// The namespaces in name order.
    pub fn namespaces(&self) -> Vec<NamespaceInfo> {
        let mut all: Vec<NamespaceInfo> = self
            .shared
            .namespaces
            .iter()
            .map(|entry| NamespaceInfo { name: entry.name.clone(), dialect: entry.dialect })
            .collect();
        all.sort_by(|a, b| a.name.cmp(&b.name));
        all
    }

    /// A session of the embedding program in a namespace.
    ///
    /// # Errors
    /// When there is no such namespace.
    pub fn session(&self, namespace: &str) -> Result<Session, EngineError> {
        let namespace = self.open(namespace)?;
        Ok(Session::new(self.clone(), namespace, Principal::system()))
    }

    fn names(&self) -> Vec<Name> {
        self.shared.namespaces.iter().map(|entry| entry.key().clone()).collect()
    }

    pub(crate) fn open(&self, name: &str) -> Result<Arc<Namespace>, EngineError> {
        let name = normalise(name)?;
        let found = self.shared.namespaces.get(&name).map(|entry| entry.value().clone());
        found.ok_or(EngineError::NoSuchNamespace { name })
    }

    pub(crate) fn open_or_create(
        &self,
        name: &str,
        dialect: Dialect,
    ) -> Result<Arc<Namespace>, EngineError> {
        let name = self.legal(name)?;
        self.add(name.clone(), dialect)?;
        self.open(name.as_str())
    }

    /// A namespace that nobody sees: where there is none of this name yet, it stands for it
    /// until something is put there.
    pub(crate) fn imagine(&self, name: &str, dialect: Dialect) -> Result<Session, EngineError> {
        let namespace = self.make(self.legal(name)?, dialect);
        Ok(Session::new(self.clone(), namespace, Principal::system()))
    }

    fn make(&self, name: Name, dialect: Dialect) -> Arc<Namespace> {
        let Shared { servers, commits, .. } = &*self.shared;
        Arc::new(Namespace::new(name, dialect, servers.clone(), commits.clone()))
    }

    fn legal(&self, name: &str) -> Result<Name, EngineError> {
        let limit = self.shared.limits.namespace_length;
        if name.len() > limit {
            let length = name.len();
            return Err(EngineError::TooLong { what: "namespace name", length, limit });
        }
        normalise(name)
    }
}

impl fmt::Debug for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Repository").field("namespaces", &self.names()).finish_non_exhaustive()
    }
}
