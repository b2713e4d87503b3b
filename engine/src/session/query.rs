//! Queries, and the results of queries and enumerations.
//!
//! A result owns the snapshot it reads: what is written after it was opened does
//! not show in it, however long it is read. Deadline and cancel token are looked
//! at whenever rows are looked at, at least once a chunk.

use super::Session;
use super::access::{self, AccessPath, Allowance};
use super::answer::{BoundPlan, Plan};
use super::by_key::OneRow;
use super::instance_options::Choice;
use super::scan::Position;
use super::statement::{ColumnHeader, Selection, Statement};
use crate::clock::Clock;
use crate::context::CallContext;
use crate::error::EngineError;
use crate::reading::{Reading, ViewRef};
use crate::schema::{ClassRef, Schema};
use crate::store::{Found, Snapshot};
use cimarron_model::Name;
use cimarron_wql::plan::Predicate;
use std::fmt;
use std::ops::ControlFlow;
use std::sync::Arc;

/// Instances, as they were when the operation began.
pub struct QueryResult {
    snapshot: Snapshot,
    statement: Arc<Statement>,
    access: AccessPath,
    context: CallContext,
    /// The rows in their order, when they are not simply those that pass.
    listed: Option<Vec<Place>>,
    /// Bytes allocated to say which rows are meant.
    own_bytes: usize,
    /// What a call may hold in this repository.
    most_bytes: usize,
}

/// A row of a result, by its chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) chunk: u32,
    pub(super) row: u32,
}

/// A list of candidates grows by doubling, and is written down a second time by chunks.
const ROOM_SPARED: usize = 4;

impl Session {
    /// Runs a WQL query that is answered with instances: a data query, or one for
    /// associations (MS-WMI 2.2.1; DSP0200 ExecQuery).
    ///
    /// # Errors
    /// When the query is wrong for the namespace's classes (see [`EngineError::span`]), or
    /// is answered with classes: [`Session::query_classes`] takes those, and
    /// [`Session::execute`] takes queries of every kind.
    pub fn query(&self, context: &CallContext, text: &str) -> Result<QueryResult, EngineError> {
        self.execute(context, text)?.into_instances()
    }

    /// Runs a statement whose rows can be found without a view: one row at most, by its key.
    /// It goes on when it is no such statement, or was bound against another schema.
    pub(super) fn run_by_key(
        &self,
        context: &CallContext,
        reading: Reading<'_>,
        bound: BoundPlan,
    ) -> Result<ControlFlow<QueryResult, BoundPlan>, EngineError> {
        let BoundPlan { schema, plan: Plan::Instances(statement) } = bound else {
            return Ok(ControlFlow::Continue(bound));
        };
        let key = statement.key.as_ref();
        let looked = key.map(|key| key.look(reading, &schema, &statement)).transpose()?;
        let Some(Some(OneRow::Found(found))) = looked else {
            let plan = Plan::Instances(statement);
            return Ok(ControlFlow::Continue(BoundPlan { schema, plan }));
        };
        self.result_of_one(context, statement, found).map(ControlFlow::Break)
    }

    /// The result of a statement that is for one row at most, which was found by its key. It
    /// takes no memory elsewhere, so no budget is asked.
    #[inline]
    pub(super) fn result_of_one(
        &self,
        context: &CallContext,
        statement: Arc<Statement>,
        found: Option<Found>,
    ) -> Result<QueryResult, EngineError> {
        if statement.extended.is_some() {
            return self.extended_result_of_one(context, statement, found);
        }
        Ok(QueryResult {
            snapshot: Snapshot::of_one(found),
            statement,
            access: AccessPath::KeyIndex,
            context: context.clone(),
            listed: None,
            own_bytes: 0,
            most_bytes: self.repository().limits().query_memory,
        })
    }

    #[inline(never)]
    fn extended_result_of_one(
        &self,
        context: &CallContext,
        statement: Arc<Statement>,
        found: Option<Found>,
    ) -> Result<QueryResult, EngineError> {
        let (snapshot, access) = (Snapshot::of_one(found), AccessPath::KeyIndex);
        self.extend(QueryResult::new(self, context, snapshot, statement, access))
    }

    /// Finds the rows of a statement that was bound against the view's schema.
    pub(super) fn run(
        &self,
        context: &CallContext,
        view: &ViewRef<'_>,
        statement: Arc<Statement>,
    ) -> Result<QueryResult, EngineError> {
        let is_extended = statement.extended.is_some();
        let result = self.find_rows(context, view, statement)?;
        if is_extended { self.extend(result) } else { Ok(result) }
    }

    /// Finds the rows that pass, before the extended clauses do something with them.
    pub(super) fn find_rows(
        &self,
        context: &CallContext,
        view: &ViewRef<'_>,
        statement: Arc<Statement>,
    ) -> Result<QueryResult, EngineError> {
        let class = statement.class_id.and_then(|id| view.schema().by_id(id));
        let namespace = &*self.namespace;
        let budget = context.budget(self.repository().limits().query_memory);
        let clock = &**self.repository().clock();
        let between = |_| context.check(clock);
        let allowance =
            Allowance { most: budget.room_for::<Found>() / ROOM_SPARED, between: &between };
        let found = match class {
            Some(class) => access::candidates(namespace, view, class, &statement, &allowance)?,
            None => None,
        };
        let (access, snapshot) = match found {
            Some((access, chunks)) => {
                view.check_kept()?;
                (access, Snapshot::of(chunks))
            }
            None => {
                let classes = class.into_iter().flat_map(ClassRef::subtree);
                (AccessPath::Scan, Snapshot::of(view.freeze(classes)?))
            }
        };
        let result = QueryResult::new(self, context, snapshot, statement, access);
        result.check_memory(context, 0)?;
        Ok(result)
    }
}

impl QueryResult {
    /// The rows of a snapshot that pass, and how they were found.
    #[inline]
    pub(super) fn new(
        session: &Session,
        context: &CallContext,
        snapshot: Snapshot,
        statement: Arc<Statement>,
        access: AccessPath,
    ) -> Self {
        Self::of(session, context, (snapshot, None), statement, access)
    }

    /// Rows of a snapshot in an order of their own.
    pub(super) fn of_list(
        session: &Session,
        context: &CallContext,
        (snapshot, places): (Snapshot, Vec<Place>),
        statement: Statement,
    ) -> Self {
        let (rows, statement) = ((snapshot, Some(places)), Arc::new(statement));
        Self::of(session, context, rows, statement, AccessPath::Scan)
    }

    #[inline]
    fn of(
        session: &Session,
        context: &CallContext,
        (snapshot, listed): (Snapshot, Option<Vec<Place>>),
        statement: Arc<Statement>,
        access: AccessPath,
    ) -> Self {
        let mut result = Self {
            snapshot,
            statement,
            access,
            context: context.clone(),
            listed,
            own_bytes: 0,
            most_bytes: session.repository().limits().query_memory,
        };
        result.measure();
        result
    }

    /// All instances of a snapshot, with some of their properties.
    pub(super) fn chosen(
        session: &Session,
        context: &CallContext,
        (schema, snapshot): (&Arc<Schema>, Snapshot),
        class: Name,
        choice: Option<Choice>,
    ) -> Self {
        let setting = session.setting(schema.clone());
        let statement = Arc::new(Statement::all(setting, class, choice));
        Self::new(session, context, snapshot, statement, AccessPath::Scan)
    }

    /// The class that was asked for, as declared; empty where none was, as for what is
    /// associated with an object.
    pub fn class(&self) -> &Name {
        &self.statement.class
    }

    /// The columns in select order; `None` when every row shows the properties of
    /// its own class (`SELECT *`, enumerations).
    pub fn columns(&self) -> Option<&[ColumnHeader]> {
        self.statement.headers()
    }

    /// The columns in select order, or all properties of the class that was asked
    /// for: subclasses may have more.
    pub fn class_columns(&self) -> Vec<ColumnHeader> {
        if let Some(headers) = self.columns() {
            return headers.to_vec();
        }
        let class = self.statement.setting.schema.class(self.class().as_str());
        let slots = class.map(|c| c.layout().slots.as_slice()).unwrap_or_default();
        slots
            .iter()
            .map(|slot| ColumnHeader {
                name: slot.name.clone(),
                cim_type: slot.cim_type,
                is_array: slot.array.is_array(),
            })
            .collect()
    }

    /// The same result with how its rows were found.
    pub(super) fn found_through(self, access: AccessPath) -> Self {
        Self { access, ..self }
    }

    /// How the rows were found; for explaining a query.
    pub const fn access(&self) -> &AccessPath {
        &self.access
    }

    /// The condition, as it is evaluated; for explaining a query.
    pub fn condition(&self) -> Option<&Predicate> {
        self.statement.predicate.as_deref()
    }

    /// What is asked of the rows that were found: the condition, unless they pass anyway.
    pub(super) fn filter(&self) -> Option<&Predicate> {
        let passes = matches!(&self.statement.key, Some(key) if key.is_all());
        let filter = self.statement.predicate.as_deref();
        filter.filter(|_| !(passes && self.access == AccessPath::KeyIndex))
    }

    pub(super) const fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    pub(super) fn selection(&self) -> &Selection {
        &self.statement.selection
    }

    /// The call that made the result.
    pub(super) const fn context(&self) -> &CallContext {
        &self.context
    }

    pub(super) fn clock(&self) -> &dyn Clock {
        &*self.statement.setting.clock
    }

    pub(super) const fn statement(&self) -> &Arc<Statement> {
        &self.statement
    }

    /// The rows in their order, when they are not simply those that pass.
    pub(super) fn listed(&self) -> Option<&[Place]> {
        self.listed.as_deref()
    }

    /// The same result with these rows alone, in this order. Chunks that none of them
    /// lies in are let go.
    pub(super) fn with_list(mut self, mut places: Vec<Place>) -> Self {
        let mut new_numbers = vec![u32::MAX; self.snapshot.chunks.len()];
        for place in &places {
            if let Some(number) = new_numbers.get_mut(place.chunk as usize) {
                *number = 0;
            }
        }
        let used = new_numbers.iter_mut().filter(|number| **number == 0);
        used.zip(0..).for_each(|(number, new)| *number = new);
        let mut numbers = new_numbers.iter();
        self.snapshot.chunks.retain(|_| numbers.next().is_some_and(|n| *n != u32::MAX));
        for place in &mut places {
            place.chunk = new_numbers.get(place.chunk as usize).copied().unwrap_or(u32::MAX);
        }
        places.shrink_to_fit();
        self.snapshot.chunks.shrink_to_fit();
        self.list(places);
        self
    }

    /// Says that it has these rows of its chunks alone, in this order.
    fn list(&mut self, places: Vec<Place>) {
        self.listed = Some(places);
        self.measure();
    }

    /// The same result without the rows before a place and behind another one.
    pub(super) fn between(mut self, first: Position, last: Position) -> Self {
        let chunks = &mut self.snapshot.chunks;
        chunks.truncate(last.chunk + 1);
        if let Some(chunk) = chunks.last_mut() {
            chunk.keep(0, last.row + 1);
        }
        if let Some(chunk) = chunks.get_mut(first.chunk) {
            chunk.keep(first.row, usize::MAX);
        }
        chunks.drain(..first.chunk.min(chunks.len()));
        chunks.shrink_to_fit();
        self.measure();
        self
    }

    /// The same result without rows.
    pub(super) fn emptied(mut self) -> Self {
        self.snapshot = Snapshot::default();
        self.measure();
        self
    }

    fn measure(&mut self) {
        let listed = self.listed.as_ref().map_or(0, Vec::capacity) * size_of::<Place>();
        self.own_bytes = self.snapshot.heap_bytes() + listed;
    }

    /// Whether a call may go on that holds so many bytes beside the result's own.
    pub(super) fn check(&self, context: &CallContext, held: usize) -> Result<(), EngineError> {
        context.check(self.clock())?;
        self.check_memory(context, held)
    }

    /// Whether a call may hold so many bytes beside the result's own.
    pub(super) fn check_memory(
        &self,
        context: &CallContext,
        held: usize,
    ) -> Result<(), EngineError> {
        context.budget(self.most_bytes).check(self.own_bytes.saturating_add(held))
    }
}

impl fmt::Debug for QueryResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QueryResult")
            .field("class", self.class())
            .field("columns", &self.columns())
            .finish_non_exhaustive()
    }
}
