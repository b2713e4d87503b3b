//! Queries that are parsed and bound once and run many times.
//!
//! A run of one that names the key of its row does what a prepared reader does: it looks the row
//! up with the help of what is kept from one look to the next. That is kept for all prepared
//! queries of a session, since each may well run a few times only.

use super::answer::{Answer, BoundPlan, Plan};
use super::by_key::KeyWanted;
use super::query::QueryResult;
use super::statement::Statement;
use super::{Operation, Session};
use crate::context::CallContext;
use crate::error::EngineError;
use crate::reading::Reading;
use crate::store::{Found, Look, Near};
use parking_lot::Mutex;
use std::fmt;
use std::ops::ControlFlow;
use std::sync::Arc;

/// A query that is parsed and bound once and runs many times.
///
/// It follows its namespace: after the schema has changed, the next run binds it anew, and
/// fails when it is no longer right.
///
/// What is kept for looking rows up is shared by the queries of one session. Threads that share
/// it get in each other's way, which costs them time and nothing else; better each prepares from
/// its own clone of the session.
///
/// ```
/// use cimarron_engine::{CallContext, Repository};
/// # use cimarron_model::{Dialect, Instance};
/// # let repository = Repository::new();
/// # repository.create_namespace("root/cimv2", Dialect::Wmi)?;
/// # let session = repository.session("root/cimv2")?;
/// # let context = CallContext::new();
/// # session.compile_mof_text(&context, "a.mof", "class X_Fan { [key] string Id; uint32 Speed; };")?;
/// let fast = session.prepare(&context, "SELECT Id FROM X_Fan WHERE Speed > 5")?;
/// assert_eq!(fast.run(&context)?.count()?, 0);
/// session.create_instance(&context, &Instance::new("X_Fan").with("Id", "f1").with("Speed", 9_u32))?;
/// assert_eq!(fast.run(&context)?.count()?, 1);
/// # Ok::<(), cimarron_engine::EngineError>(())
/// ```
pub struct PreparedQuery {
    session: Session,
    text: Box<str>,
    bound: Mutex<Prepared>,
}

/// What was bound last.
struct Prepared {
    bound: BoundPlan,
    /// For a statement that is for one row at most, of the newest commit: the hash of the key,
    /// with which the look begins, as the statement may be far away, and what is kept for the key
    /// root of its class.
    one: Option<(u64, Arc<Near>)>,
}

impl Prepared {
    /// Takes the lock of what the session keeps: not to be called under a query's own.
    fn new(session: &Session, bound: BoundPlan) -> Self {
        let one = bound.plan.key().filter(|_| session.pinned.is_none());
        let one = one.and_then(KeyWanted::of_one);
        let near = |root| session.near.of(&session.namespace, root);
        Self { one: one.map(|(root, hash)| (hash, near(root))), bound }
    }
}

impl Session {
    /// Parses and binds a query that is to run more than once. Each thread should prepare from
    /// its own clone of the session: see [`PreparedQuery`].
    ///
    /// # Errors
    /// As [`Session::execute`].
    pub fn prepare(&self, context: &CallContext, text: &str) -> Result<PreparedQuery, EngineError> {
        let schema = self.read(context, Operation::ReadInstances, text)?.schema();
        let bound = self.bind_to(text, schema)?;
        self.check_plan(&bound.schema, &bound.plan)?;
        let session = Self { near: self.near.shared(), ..self.clone() };
        let bound = Mutex::new(Prepared::new(&session, bound));
        Ok(PreparedQuery { session, text: text.into(), bound })
    }
}

impl PreparedQuery {
    /// The query's text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Runs it, when it is answered with instances.
    ///
    /// # Errors
    /// As [`Session::query`].
    pub fn run(&self, context: &CallContext) -> Result<QueryResult, EngineError> {
        let reading = self.session.read(context, Operation::ReadInstances, &self.text)?;
        match self.look_near() {
            Some((statement, found)) => self.session.result_of_one(context, statement, found),
            None => self.run_anywhere(context, reading)?.into_instances(),
        }
    }

    /// Runs it.
    ///
    /// # Errors
    /// As [`Session::execute`].
    pub fn execute(&self, context: &CallContext) -> Result<Answer, EngineError> {
        let reading = self.session.read(context, Operation::ReadInstances, &self.text)?;
        match self.look_near() {
            Some((statement, found)) => {
                self.session.result_of_one(context, statement, found).map(Answer::from)
            }
            None => self.run_anywhere(context, reading),
        }
    }

    /// Looks the row up that has the key, with what is kept; `None` when that does not do.
    #[inline]
    fn look_near(&self) -> Option<(Arc<Statement>, Option<Found>)> {
        let bound = self.bound.try_lock()?;
        let (hash, near) = bound.one.as_ref()?;
        let Plan::Instances(statement) = &bound.bound.plan else { return None };
        let key = statement.key.as_ref()?;
        let found = match key.look_near(&self.session.namespace, (near, *hash), statement) {
            Look::Found(found) => Some(found),
            Look::Missing => None,
            Look::Elsewhere => return None,
        };
        Some((statement.clone(), found))
    }

    /// What is kept for it, when its row was found or missed with that; for tests.
    #[cfg(test)]
    pub(super) fn found_near(&self) -> Option<Arc<Near>> {
        self.look_near()?;
        self.bound.lock().one.as_ref().map(|(_, near)| near.clone())
    }

    fn run_anywhere(
        &self,
        context: &CallContext,
        reading: Reading<'_>,
    ) -> Result<Answer, EngineError> {
        let session = &self.session;
        let bound = self.bound.lock().bound.clone();
        let mut bound = match session.run_by_key(context, reading, bound)? {
            ControlFlow::Break(result) => return Ok(result.into()),
            ControlFlow::Continue(bound) => bound,
        };
        let view = reading.view();
        if !Arc::ptr_eq(&bound.schema, view.schema()) {
            bound = session.bind_to(&self.text, view.schema().clone())?;
            let prepared = Prepared::new(session, bound.clone());
            *self.bound.lock() = prepared;
        }
        session.answer(context, &view, bound.plan)
    }
}

impl fmt::Debug for PreparedQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PreparedQuery").field("text", &self.text).finish_non_exhaustive()
    }
}
