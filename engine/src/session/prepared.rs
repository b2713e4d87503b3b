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
use crate::namespace::Namespace;
use crate::reading::Reading;
use crate::schema::ClassId;
use crate::store::{Found, Look, Near};
use cimarron_cells::prefetch;
use parking_lot::Mutex;
use std::fmt;
use std::ops::ControlFlow;
use std::sync::{Arc, OnceLock};

/// A query that is parsed and bound once and runs many times.
///
/// It follows its namespace: after the schema has changed, the next run binds it anew, and
/// fails when it is no longer right.
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
    /// For a query that names the key of its row: what is kept for the key root of its class.
    near: Option<NearRoot>,
}

/// What was bound last.
struct Prepared {
    bound: BoundPlan,
    /// The key root and the hash of the key of a statement that is for one row at most: with the
    /// hash the look begins, and the statement may be far away.
    one: Option<(ClassId, u64)>,
}

impl Prepared {
    fn new(bound: BoundPlan) -> Self {
        let one = bound.plan.key().and_then(KeyWanted::of_one);
        Self { bound, one }
    }
}

/// For how many key roots a session keeps something.
const ROOTS: usize = 8;

/// What is kept for the prepared queries of a session, by key root, the latest last. A clone of
/// the session begins anew: threads that share what is kept get in each other's way.
#[derive(Debug, Default)]
pub(super) struct KeptNear(OnceLock<Mutex<Vec<NearRoot>>>);

/// A key root, and what is kept for it.
type NearRoot = (ClassId, Arc<Near>);

impl Clone for KeptNear {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl KeptNear {
    fn of(&self, namespace: &Namespace, key_root: ClassId) -> Arc<Near> {
        let mut kept = self.0.get_or_init(Mutex::default).lock();
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

impl Session {
    /// Parses and binds a query that is to run more than once.
    ///
    /// # Errors
    /// As [`Session::execute`].
    pub fn prepare(&self, context: &CallContext, text: &str) -> Result<PreparedQuery, EngineError> {
        let schema = self.read(context, Operation::ReadInstances, text)?.schema();
        let bound = self.bind_to(text, schema)?;
        self.check_plan(&bound.schema, &bound.plan)?;
        let prepared = Prepared::new(bound);
        let one = prepared.one.filter(|_| self.pinned.is_none());
        let near = one.map(|(root, _)| (root, self.near.of(&self.namespace, root)));
        let bound = Mutex::new(prepared);
        Ok(PreparedQuery { session: self.clone(), text: text.into(), bound, near })
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
        let (key_root, near) = self.near.as_ref()?;
        let bound = self.bound.try_lock()?;
        let (_, hash) = bound.one.filter(|(root, _)| root == key_root)?;
        let Plan::Instances(statement) = &bound.bound.plan else { return None };
        // It is counted when the row was found, and may be far away until then.
        prefetch(&**statement);
        let key = statement.key.as_ref()?;
        let found = match key.look_near(&self.session.namespace, (near, hash), statement) {
            Look::Found(found) => Some(found),
            Look::Missing => None,
            Look::Elsewhere => return None,
        };
        Some((statement.clone(), found))
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
            *self.bound.lock() = Prepared::new(bound.clone());
        }
        session.answer(context, &view, bound.plan)
    }
}

impl fmt::Debug for PreparedQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PreparedQuery").field("text", &self.text).finish_non_exhaustive()
    }
}
