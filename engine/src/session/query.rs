//! Queries, and the results of queries and enumerations.
//!
//! A result owns the snapshot it reads: what is written after it was opened does
//! not show in it, however long it is read. Deadline and cancel token are looked
//! at whenever rows are looked at, at least once a chunk.

use super::Session;
use super::access::{self, AccessPath};
use super::instance_options::Choice;
use crate::clock::Clock;
use crate::context::CallContext;
use crate::error::EngineError;
use crate::reading::ViewRef;
use crate::schema::{ClassRef, Schema};
use crate::store::Snapshot;
use cimarron_model::{CimType, Name};
use cimarron_wql::plan::Predicate;
use cimarron_wql::{BoundPath, BoundQuery, Declared, Projection};
use std::fmt;
use std::sync::Arc;

/// What stands over a column of a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnHeader {
    /// The property as declared, a system property, or `Property.Member`.
    pub name: Name,
    /// The type, of the elements for an array. Members of embedded objects that no
    /// class declares count as strings.
    pub cim_type: CimType,
    /// Whether it is an array.
    pub is_array: bool,
}

impl ColumnHeader {
    fn of(path: &BoundPath) -> Self {
        let (cim_type, is_array) = match path {
            BoundPath::Column(column) => (column.cim_type, column.is_array),
            BoundPath::System(property) => (property.cim_type(), property.is_array()),
            BoundPath::This => (CimType::Object, false),
            BoundPath::Member(member) => match member.declared {
                Declared::As(cim_type) => (cim_type, false),
                _ => (CimType::String, false),
            },
        };
        Self { name: path.to_string().into(), cim_type, is_array }
    }
}

/// What a result shows of its rows.
#[derive(Debug)]
pub(super) enum Selection {
    /// Every property of each row's own class.
    All,
    /// Some of them.
    Chosen(Choice),
    /// These, in this order.
    Items(Vec<(BoundPath, ColumnHeader)>),
}

/// Instances, as they were when the operation began.
pub struct QueryResult {
    snapshot: Snapshot,
    class: Name,
    selection: Selection,
    headers: Option<Vec<ColumnHeader>>,
    predicate: Option<Predicate>,
    access: AccessPath,
    context: CallContext,
    clock: Arc<dyn Clock>,
}

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

    /// The instances that a data query asks for.
    pub(super) fn instances_where(
        &self,
        context: &CallContext,
        view: &ViewRef<'_>,
        mut bound: BoundQuery,
    ) -> Result<QueryResult, EngineError> {
        let namespace = &*self.namespace;
        let class = Schema::class(view.schema(), bound.class.as_str());
        let condition = bound.filter.as_ref();
        let found = class.and_then(|c| access::candidates(namespace, view, c, condition));
        let (access, snapshot) = match found {
            Some((access, rows)) => {
                view.check_kept()?;
                (access, namespace.snapshot(view, Vec::new()).with_rows(rows))
            }
            None => {
                let classes = class.into_iter().flat_map(ClassRef::subtree);
                (AccessPath::Scan, namespace.snapshot(view, view.freeze(classes)?))
            }
        };
        let class = bound.class.clone();
        let selection = match std::mem::replace(&mut bound.projection, Projection::All) {
            Projection::All => Selection::All,
            Projection::Items(paths) => {
                let headed = |p: BoundPath| {
                    let header = ColumnHeader::of(&p);
                    (p, header)
                };
                Selection::Items(paths.into_iter().map(headed).collect())
            }
        };
        let predicate = bound.filter.map(|filter| Predicate::new(&filter, bound.dialect));
        let result = QueryResult::new(self, context, snapshot, class, selection, predicate);
        Ok(result.found_through(access))
    }
}

impl QueryResult {
    fn new(
        session: &Session,
        context: &CallContext,
        snapshot: Snapshot,
        class: Name,
        selection: Selection,
        predicate: Option<Predicate>,
    ) -> Self {
        let headers = match &selection {
            Selection::All | Selection::Chosen(_) => None,
            Selection::Items(items) => Some(items.iter().map(|(_, h)| h.clone()).collect()),
        };
        Self {
            snapshot,
            class,
            selection,
            headers,
            predicate,
            access: AccessPath::Scan,
            context: context.clone(),
            clock: session.repository().clock().clone(),
        }
    }

    /// All instances of a snapshot, with some of their properties.
    pub(super) fn chosen(
        session: &Session,
        context: &CallContext,
        snapshot: Snapshot,
        class: Name,
        choice: Option<Choice>,
    ) -> Self {
        let selection = choice.map_or(Selection::All, Selection::Chosen);
        Self::new(session, context, snapshot, class, selection, None)
    }

    /// The class that was asked for, as declared.
    pub const fn class(&self) -> &Name {
        &self.class
    }

    /// The columns in select order; `None` when every row shows the properties of
    /// its own class (`SELECT *`, enumerations).
    pub fn columns(&self) -> Option<&[ColumnHeader]> {
        self.headers.as_deref()
    }

    /// The columns in select order, or all properties of the class that was asked
    /// for: subclasses may have more.
    pub fn class_columns(&self) -> Vec<ColumnHeader> {
        if let Some(headers) = &self.headers {
            return headers.clone();
        }
        let class = self.snapshot.schema.class(self.class.as_str());
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
    pub const fn condition(&self) -> Option<&Predicate> {
        self.predicate.as_ref()
    }

    pub(super) const fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    pub(super) const fn selection(&self) -> &Selection {
        &self.selection
    }

    /// The call that made the result.
    pub(super) const fn context(&self) -> &CallContext {
        &self.context
    }

    pub(super) fn clock(&self) -> &dyn Clock {
        &*self.clock
    }
}

impl fmt::Debug for QueryResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QueryResult")
            .field("class", &self.class)
            .field("columns", &self.headers)
            .finish_non_exhaustive()
    }
}
