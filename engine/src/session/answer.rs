//! Queries of every kind, and what answers them.
//!
//! A data query is answered with instances, a schema query with classes, and a query for
//! associations with either, as it says. [`Session::execute`] takes them all.

use super::by_key::KeyWanted;
use super::class_query::ClassResult;
use super::query::QueryResult;
use super::statement::Statement;
use super::{Operation, Session};
use crate::context::CallContext;
use crate::error::EngineError;
use crate::reading::ViewRef;
use crate::schema::Schema;
use cimarron_wql::{
    BindOptions, Bound, BoundAssociationQuery, BoundSchemaQuery, ParseOptions, Query,
};
use std::ops::ControlFlow;
use std::sync::Arc;

/// What answers a query.
#[derive(Debug)]
pub enum Answer {
    /// Instances: of a data query, and of one for associations.
    Instances(QueryResult),
    /// Classes: of a schema query, and of one for associations with `ClassDefsOnly` or
    /// `SchemaOnly`.
    Classes(ClassResult),
}

/// What a query does, ready to run. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) enum Plan {
    Instances(Arc<Statement>),
    Classes(Arc<BoundSchemaQuery>),
    Associations(Arc<BoundAssociationQuery>),
}

impl Plan {
    /// The key of the rows that pass, when the query says it.
    pub(super) fn key(&self) -> Option<&KeyWanted> {
        match self {
            Self::Instances(statement) => statement.key.as_ref(),
            Self::Classes(_) | Self::Associations(_) => None,
        }
    }
}

/// A plan and the schema that it was bound against.
#[derive(Clone, Debug)]
pub(super) struct BoundPlan {
    pub(super) schema: Arc<Schema>,
    pub(super) plan: Plan,
}

impl Answer {
    /// The instances.
    ///
    /// # Errors
    /// When the answer is classes.
    pub fn into_instances(self) -> Result<QueryResult, EngineError> {
        match self {
            Self::Instances(result) => Ok(result),
            Self::Classes(_) => {
                Err(EngineError::OtherAnswer { given: "classes", call: "query_classes" })
            }
        }
    }

    /// The classes.
    ///
    /// # Errors
    /// When the answer is instances.
    pub fn into_classes(self) -> Result<ClassResult, EngineError> {
        match self {
            Self::Classes(result) => Ok(result),
            Self::Instances(_) => {
                Err(EngineError::OtherAnswer { given: "instances", call: "query" })
            }
        }
    }
}

impl From<QueryResult> for Answer {
    fn from(result: QueryResult) -> Self {
        Self::Instances(result)
    }
}

impl From<ClassResult> for Answer {
    fn from(result: ClassResult) -> Self {
        Self::Classes(result)
    }
}

impl Session {
    /// Runs a WQL query of any kind but an event query (MS-WMI 3.1.4.3.18 ExecQuery;
    /// DSP0200 ExecQuery).
    ///
    /// ```
    /// use cimarron_engine::{Answer, CallContext, Repository};
    /// # let repository = Repository::new();
    /// # repository.create_namespace("root/cimv2", Default::default())?;
    /// # let session = repository.session("root/cimv2")?;
    /// let context = CallContext::new();
    /// # session.compile_mof_text(&context, "a.mof", "class X_Fan { [key] string Id; };")?;
    /// let query = "SELECT * FROM meta_class WHERE __this ISA 'X_Fan'";
    /// match session.execute(&context, query)? {
    ///     Answer::Instances(result) => println!("{} instances", result.count()?),
    ///     Answer::Classes(result) => assert!(result.names().all(|name| name.is("X_Fan"))),
    /// }
    /// # Ok::<(), cimarron_engine::EngineError>(())
    /// ```
    ///
    /// # Errors
    /// When the query is wrong for the namespace's classes (see [`EngineError::span`]), an
    /// object that it names is not there, or the call is cancelled, late or over its
    /// budget.
    pub fn execute(&self, context: &CallContext, text: &str) -> Result<Answer, EngineError> {
        let reading = self.read(context, Operation::ReadInstances, text)?;
        let bound = self.bind_to(text, reading.schema())?;
        let mut bound = match self.run_by_key(context, reading, bound)? {
            ControlFlow::Break(result) => return Ok(result.into()),
            ControlFlow::Continue(bound) => bound,
        };
        let view = reading.view();
        if !Arc::ptr_eq(&bound.schema, view.schema()) {
            bound = self.bind_to(text, view.schema().clone())?;
        }
        self.answer(context, &view, bound.plan)
    }

    /// Parses and binds a query.
    pub(super) fn bind_to(
        &self,
        text: &str,
        schema: Arc<Schema>,
    ) -> Result<BoundPlan, EngineError> {
        let plan = self.plan(text, &schema)?;
        Ok(BoundPlan { schema, plan })
    }

    /// Parses and binds a query.
    pub(super) fn plan(&self, text: &str, schema: &Arc<Schema>) -> Result<Plan, EngineError> {
        let limits = cimarron_wql::Limits {
            length: self.repository().limits().query_length,
            ..cimarron_wql::Limits::default()
        };
        let options = ParseOptions { limits, level: self.level };
        let query = cimarron_wql::parse_with(text, &options)?;
        let options = BindOptions::new(self.namespace.references().clone());
        match cimarron_wql::bind(&query, &**schema, &options)? {
            Bound::Data(bound) => {
                let rules = self.namespace.store.rules();
                let setting = self.setting(schema.clone());
                Ok(Plan::Instances(Arc::new(Statement::new(bound, setting, rules))))
            }
            Bound::Schema(bound) => Ok(Plan::Classes(Arc::new(bound))),
            Bound::Association(bound) => Ok(Plan::Associations(bound.into())),
            _ => Err(EngineError::OtherAnswer { given: "events", call: "execute" }),
        }
    }

    /// Runs what was bound against the view's schema.
    #[inline]
    pub(super) fn answer(
        &self,
        context: &CallContext,
        view: &ViewRef<'_>,
        plan: Plan,
    ) -> Result<Answer, EngineError> {
        match plan {
            Plan::Instances(statement) => self.run(context, view, statement).map(Answer::from),
            Plan::Classes(query) => {
                self.classes_where(context, view.schema(), &query).map(Answer::from)
            }
            Plan::Associations(query) => self.associated(context, view, &query),
        }
    }

    /// Runs a query that is answered with classes: a schema query, or one for associations
    /// with `ClassDefsOnly` or `SchemaOnly`.
    ///
    /// # Errors
    /// As [`Session::execute`], and when the query is answered with instances:
    /// [`Session::query`] takes those.
    pub fn query_classes(
        &self,
        context: &CallContext,
        text: &str,
    ) -> Result<ClassResult, EngineError> {
        self.execute(context, text)?.into_classes()
    }

    /// Whether a parsed query of any kind is right for the namespace's classes, without
    /// running it.
    ///
    /// # Errors
    /// When it is not, or the call is cancelled or late.
    pub fn check_query(&self, context: &CallContext, query: &Query) -> Result<(), EngineError> {
        let schema = self.read(context, Operation::ReadSchema, "")?.schema();
        let options = BindOptions::new(self.namespace.references().clone());
        match query {
            Query::Event(query) => {
                cimarron_wql::bind_event(query, &*schema, &options)?;
            }
            query => {
                if let Bound::Association(bound) = cimarron_wql::bind(query, &*schema, &options)? {
                    self.check_source(&schema, &bound)?;
                }
            }
        }
        Ok(())
    }

    /// Whether a plan is right as far as binding the query does not tell: the path of
    /// ASSOCIATORS OF and REFERENCES OF, which running looks up.
    pub(super) fn check_plan(&self, schema: &Schema, plan: &Plan) -> Result<(), EngineError> {
        match plan {
            Plan::Associations(query) => self.check_source(schema, query),
            Plan::Instances(_) | Plan::Classes(_) => Ok(()),
        }
    }
}
