//! Queries, and the results of queries and enumerations.
//!
//! A result owns the snapshot it reads: what is written after it was opened does
//! not show in it, however long it is read. Deadline and cancel token are looked
//! at once a chunk of rows.

use super::access::{self, AccessPath};
use super::instance_options::Choice;
use super::row::Row;
use super::{Operation, Session};
use crate::clock::Clock;
use crate::context::CallContext;
use crate::error::EngineError;
use crate::schema::{ClassRef, Schema};
use crate::store::Snapshot;
use cimarron_model::{CimType, Name};
use cimarron_wql::{
    BindOptions, Bound, BoundExpr, BoundPath, BoundQuery, Declared, Projection, QueryKind, Span,
    WqlError,
};
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
    filter: Option<BoundQuery>,
    access: AccessPath,
    context: CallContext,
    clock: Arc<dyn Clock>,
}

impl Session {
    /// Runs a WQL data query (MS-WMI 2.2.1; DSP0200 ExecQuery).
    ///
    /// # Errors
    /// When the query is wrong for the namespace's classes; see
    /// [`EngineError::span`].
    pub fn query(&self, context: &CallContext, text: &str) -> Result<QueryResult, EngineError> {
        let reading = self.read(context, Operation::ReadInstances, text)?;
        let limits = cimarron_wql::Limits {
            length: self.repository().limits().query_length,
            ..cimarron_wql::Limits::default()
        };
        let query = cimarron_wql::parse_within(text, &limits)?;
        let options = BindOptions { dialect: self.dialect() };
        let view = reading.view();
        let mut bound = match cimarron_wql::bind(&query, &**view.schema(), &options)? {
            Bound::Data(bound) => bound,
            Bound::Schema(_) => return Err(not_run(QueryKind::Schema, text)),
            _ => return Err(not_run(QueryKind::AssociatorsOf, text)),
        };
        let class = Schema::class(view.schema(), bound.class.as_str());
        let namespace = reading.namespace;
        let condition = bound.filter.as_ref();
        let found = class.and_then(|c| access::candidates(namespace, &view, c, condition));
        let (access, snapshot) = match found {
            Some((access, rows)) => {
                view.check_kept()?;
                (access, namespace.snapshot(&view, Vec::new()).with_rows(rows))
            }
            None => {
                let classes = class.into_iter().flat_map(ClassRef::subtree);
                (AccessPath::Scan, namespace.snapshot(&view, view.freeze(classes)?))
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
        let filter = bound.filter.is_some().then_some(bound);
        let result = QueryResult::new(self, context, snapshot, class, selection, filter);
        Ok(result.found_through(access))
    }
}

fn not_run(kind: QueryKind, text: &str) -> EngineError {
    WqlError::UnsupportedKind { kind, span: Span::new(0, text.len()) }.into()
}

impl QueryResult {
    fn new(
        session: &Session,
        context: &CallContext,
        snapshot: Snapshot,
        class: Name,
        selection: Selection,
        filter: Option<BoundQuery>,
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
            filter,
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

    /// The condition, as it was bound; for explaining a query.
    pub fn condition(&self) -> Option<&BoundExpr> {
        self.filter.as_ref()?.filter.as_ref()
    }

    /// The rows, from the first one on.
    pub const fn rows(&self) -> Rows<'_> {
        self.rows_from(Position { chunk: 0, row: 0 }, &self.context)
    }

    /// The rows from a place on, for a call of its own: its deadline and its cancel
    /// token count, not those of the call that made the result.
    pub(super) const fn rows_from<'a>(
        &'a self,
        from: Position,
        context: &'a CallContext,
    ) -> Rows<'a> {
        Rows { result: self, context, next: from, ended: false }
    }

    /// How many rows there are.
    ///
    /// # Errors
    /// When the call is cancelled or late.
    pub fn count(&self) -> Result<usize, EngineError> {
        self.rows().try_fold(0, |n, row| row.map(|_| n + 1))
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

/// A place in a result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Position {
    chunk: usize,
    row: usize,
}

/// The rows of a result. After an error it ends.
#[derive(Clone, Debug)]
pub struct Rows<'a> {
    result: &'a QueryResult,
    context: &'a CallContext,
    next: Position,
    ended: bool,
}

impl Rows<'_> {
    /// Where the next row is looked for.
    pub(super) const fn position(&self) -> Position {
        self.next
    }

    /// Where the row is that was given last.
    pub(super) const fn last_place(&self) -> Position {
        Position { chunk: self.next.chunk, row: self.next.row.saturating_sub(1) }
    }
}

impl<'a> Iterator for Rows<'a> {
    type Item = Result<Row<'a>, EngineError>;

    fn next(&mut self) -> Option<Self::Item> {
        let result = self.result;
        while !self.ended {
            let frozen = result.snapshot.chunks.get(self.next.chunk)?;
            if self.next.row == 0
                && let Err(error) = self.context.check(&*result.clock)
            {
                self.ended = true;
                return Some(Err(error));
            }
            self.next.row = self.next.row.max(frozen.start());
            while self.next.row < frozen.len() {
                let position = self.next.row;
                self.next.row += 1;
                if !frozen.is_live(position) {
                    continue;
                }
                let row = Row::new(&result.snapshot, &result.selection, &frozen.chunk, position);
                if result.filter.as_ref().is_none_or(|f| f.matches(&row)) {
                    return Some(Ok(row));
                }
            }
            self.next = Position { chunk: self.next.chunk + 1, row: 0 };
        }
        None
    }
}
