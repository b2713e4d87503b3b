//! The one door to a namespace.
//!
//! A session is a repository, a namespace, a caller and a locale. Every operation
//! enters through [`Session::enter`], where the call's deadline and cancel token,
//! the namespace's existence and the caller's rights are looked at, and nowhere
//! else. Writes then go through `check`; reads take a snapshot and leave.

mod access;
mod answer;
mod association_filter;
mod association_query;
mod associations;
mod batch;
mod by_key;
mod by_reference;
mod class_associators;
mod class_options;
mod class_query;
mod classes;
mod declare;
mod estimate;
mod explain;
mod extended;
mod incoming;
mod indexes;
mod inserter;
mod instance_options;
mod instances;
mod kept_near;
mod links;
mod load;
mod migrate;
mod modes;
pub(crate) mod namespaces;
mod path;
mod picked;
mod prepared;
mod put_class;
mod qualifier_types;
mod query;
mod reader;
mod row;
mod run;
mod scan;
mod sequence;
mod shown;
mod statement;
mod walk;
mod warm;
mod write;

pub use access::AccessPath;
pub use answer::Answer;
pub use association_filter::AssociationFilter;
pub use batch::WriteBatch;
pub use class_options::ClassOptions;
pub use class_query::ClassResult;
pub use classes::Classes;
pub use explain::{Actual, PlanNode, QueryPlan};
pub(crate) use incoming::add_columns;
pub use indexes::IndexInfo;
pub use inserter::Inserter;
pub use instance_options::InstanceOptions;
use kept_near::KeptNear;
pub(crate) use links::{join, rejoin, relink};
pub use load::Loaded;
pub(crate) use migrate::{slot_map, take_over};
pub use modes::{Depth, PropertyList, PutMode, Update};
pub(crate) use namespaces::{announce, withdraw};
pub use prepared::PreparedQuery;
pub use query::QueryResult;
pub use reader::Reader;
pub use row::{Field, Row};
pub use scan::{Part, Rows};
pub use sequence::{
    Batch, Item, OnError, OwnedItem, Pulled, Sequence, SequenceLimits, Sequences, Taken,
};
pub use statement::ColumnHeader;
use statement::Setting;

use crate::check::Checker;
use crate::context::{CallContext, Principal};
use crate::error::EngineError;
use crate::namespace::Namespace;
use crate::reading::Reading;
use crate::repository::Repository;
use crate::schema::Schema;
use crate::store::View;
use cimarron_model::{Dialect, Name};
use cimarron_mof::UpdateMode;
use cimarron_wql::Level;
use smol_str::SmolStr;
use std::sync::Arc;

/// A caller at work in a namespace. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Session {
    repository: Repository,
    namespace: Arc<Namespace>,
    caller: Principal,
    locale: Option<SmolStr>,
    /// The moment that is read, when it is not the newest.
    pinned: Option<Arc<View>>,
    /// How much of SQL queries may use.
    level: Level,
    /// What its prepared queries keep.
    near: KeptNear,
}

/// What a caller wants to do, for the access check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    ReadSchema,
    WriteSchema,
    ReadInstances,
    WriteInstances,
    Subscribe,
    RaiseEvents,
}

impl Session {
    pub(crate) fn new(
        repository: Repository,
        namespace: Arc<Namespace>,
        caller: Principal,
    ) -> Self {
        let near = KeptNear::default();
        Self { repository, namespace, caller, locale: None, pinned: None, level: Level::Wql, near }
    }

    /// The same session for another caller.
    #[must_use]
    pub fn with_caller(mut self, caller: Principal) -> Self {
        self.caller = caller;
        self
    }

    /// The same session with a preferred locale (`MS_409`).
    #[must_use]
    pub fn with_locale(mut self, locale: impl AsRef<str>) -> Self {
        self.locale = Some(SmolStr::new(locale));
        self
    }

    /// The same session, whose queries may use so much of SQL. It starts with
    /// [`LanguageLevel::Wql`](crate::LanguageLevel), which is what WMI and DSP0200 clients
    /// may count on: front ends of protocols leave it at that.
    ///
    /// With [`LanguageLevel::Extended`](crate::LanguageLevel) queries have what follows.
    /// [`Session::query`], [`Session::execute`] and [`Session::prepare`] give ordinary
    /// results for it.
    ///
    /// * `ORDER BY`: NULL first, then in the order of conditions (texts by the dialect's
    ///   case rule, datetimes as instants), NaN behind all numbers; `DESC` is the reverse
    ///   of all that. Rows that are alike stay in the order they had.
    /// * `TOP n`, `LIMIT n`, `OFFSET m`: without ORDER BY, no more is looked at than needed.
    /// * `DISTINCT`: of rows that show the same the first one. Texts are the same by the
    ///   dialect's case rule, datetimes as instants, NULL as NULL, NaN as NaN; arrays and
    ///   embedded objects as they are written.
    /// * Aggregates give one row, which is no instance and has no path. COUNT is `uint64`;
    ///   MIN and MAX have the property's type; SUM is `uint64`, `sint64` or `real64`, as
    ///   the property is unsigned, signed or real, and exact for integers: one beyond its
    ///   type is [`EngineError::SumOutOfRange`]; AVG is `real64`. Over no values COUNT is 0
    ///   and the others are NULL.
    /// * `AS name`: what the property is called in the result.
    ///
    /// ```
    /// use cimarron_engine::{CallContext, LanguageLevel, Repository};
    /// # use cimarron_model::Instance;
    /// # let repository = Repository::new();
    /// # repository.create_namespace("root/cimv2", Default::default())?;
    /// # let session = repository.session("root/cimv2")?;
    /// # let context = CallContext::new();
    /// # session.compile_mof_text(&context, "a.mof", "class X_Fan { [key] string Id; uint32 Speed; };")?;
    /// # for (id, speed) in [("a", 900_u32), ("b", 100), ("c", 500)] {
    /// #     session.create_instance(&context, &Instance::new("X_Fan").with("Id", id).with("Speed", speed))?;
    /// # }
    /// let fastest = "SELECT TOP 1 Id AS Name FROM X_Fan ORDER BY Speed DESC";
    /// assert!(session.query(&context, fastest).is_err());
    /// let session = session.with_language_level(LanguageLevel::Extended);
    /// let result = session.query(&context, fastest)?;
    /// for row in result.rows() {
    ///     let shown: Vec<_> = row?.fields().map(|f| format!("{}={}", f.name, f.to_value())).collect();
    ///     assert_eq!(shown, ["Name=a"]);
    /// }
    /// # Ok::<(), cimarron_engine::EngineError>(())
    /// ```
    #[must_use]
    pub const fn with_language_level(mut self, level: Level) -> Self {
        self.level = level;
        self
    }

    /// How much of SQL the session's queries may use.
    pub const fn language_level(&self) -> Level {
        self.level
    }

    /// The namespace's name.
    pub fn namespace(&self) -> &Name {
        &self.namespace.name
    }

    /// The dialect of the namespace.
    pub fn dialect(&self) -> Dialect {
        self.namespace.dialect
    }

    /// The repository.
    pub const fn repository(&self) -> &Repository {
        &self.repository
    }

    /// Takes a class out of the schema, whatever it is.
    #[cfg(test)]
    pub(crate) fn forget_class(&self, name: &str) {
        let mut transaction = self.namespace.begin().unwrap();
        let schema = transaction.root(&self.namespace.store).schema.clone();
        let id = schema.class(name).unwrap().def().id;
        let schema = Arc::new(schema.without(&[id]));
        transaction.set_schema(&self.namespace.store, schema);
        transaction.commit(&self.caller).unwrap();
    }

    /// Schema and tables, for tests.
    #[cfg(test)]
    pub(crate) fn namespace_root(&self) -> Arc<crate::store::Root> {
        self.namespace.root()
    }

    pub(crate) const fn namespace_handle(&self) -> &Arc<Namespace> {
        &self.namespace
    }

    /// Where a query is bound against a schema.
    fn setting(&self, schema: Arc<Schema>) -> Setting {
        let location = self.namespace.location.clone();
        Setting { schema, location, clock: self.repository.clock().clone() }
    }

    /// Who calls.
    pub const fn caller(&self) -> &Principal {
        &self.caller
    }

    /// The preferred locale.
    pub fn locale(&self) -> Option<&str> {
        self.locale.as_deref()
    }

    /// Bytes allocated for the namespace's rows and key indexes. What references,
    /// embedded objects and arrays hold is not counted.
    pub fn store_bytes(&self) -> usize {
        self.namespace.store_bytes()
    }

    /// The beginning of every operation that writes.
    pub(crate) fn enter(
        &self,
        context: &CallContext,
        operation: Operation,
        object: &str,
    ) -> Result<&Namespace, EngineError> {
        if self.pinned.is_some() {
            return Err(EngineError::SnapshotIsReadOnly);
        }
        self.check_entry(context, operation, object)?;
        Ok(&self.namespace)
    }

    /// The beginning of every operation that reads.
    pub(crate) fn read(
        &self,
        context: &CallContext,
        operation: Operation,
        object: &str,
    ) -> Result<Reading<'_>, EngineError> {
        self.check_entry(context, operation, object)?;
        Ok(self.reading())
    }

    /// What is read, for those whose caller was let in.
    fn reading(&self) -> Reading<'_> {
        Reading::new(&self.namespace, self.pinned.as_deref())
    }

    #[inline]
    fn check_entry(
        &self,
        context: &CallContext,
        operation: Operation,
        object: &str,
    ) -> Result<(), EngineError> {
        context.check(&**self.repository.clock())?;
        self.namespace.check_alive()?;
        self.authorise(operation, object)
    }

    /// The same session at this moment: what is written later does not show in what it
    /// reads, schema or instances, and it writes nothing itself.
    ///
    /// It keeps what it may read. When it has lain for so long that the repository holds
    /// more dead rows for it than [`Limits`](crate::Limits) allow, it ends: its operations
    /// fail with [`EngineError::SnapshotExpired`].
    ///
    /// # Errors
    /// When the namespace was deleted, or the call is cancelled or late.
    pub fn snapshot(&self, context: &CallContext) -> Result<Self, EngineError> {
        let reading = self.read(context, Operation::ReadInstances, "")?;
        let pinned = match &self.pinned {
            Some(pinned) => pinned.clone(),
            None => reading.pin(),
        };
        Ok(Self { pinned: Some(pinned), ..self.clone() })
    }

    /// The access check: so far everybody may do everything.
    #[expect(
        clippy::unnecessary_wraps,
        clippy::unused_self,
        reason = "the one hook for access checks"
    )]
    const fn authorise(&self, _operation: Operation, _object: &str) -> Result<(), EngineError> {
        Ok(())
    }

    pub(crate) fn checker<'a>(&'a self, schema: &'a Schema) -> Checker<'a> {
        Checker {
            schema,
            dialect: self.namespace.dialect,
            location: &self.namespace.location,
            limits: self.repository.limits(),
        }
    }
}

#[cfg(test)]
mod tests;
