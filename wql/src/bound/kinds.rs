//! The bound forms of the queries that are no plain data queries.

use super::{BoundExpr, BoundPath, BoundQuery, Projection};
use crate::Span;
use crate::syntax::ast::{AggregateFunction, AssociationKind, Direction};
use cimarron_model::{Dialect, Name, ObjectPath};
use std::time::Duration;

/// A query for ExecQuery that is right for the classes of its namespace.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Bound {
    /// Answered with instances.
    Data(BoundQuery),
    /// Answered with classes.
    Schema(BoundSchemaQuery),
    /// Answered with what is associated with an object.
    Association(Box<BoundAssociationQuery>),
}

impl Bound {
    /// The data query, if it is one.
    pub fn into_data(self) -> Option<BoundQuery> {
        match self {
            Self::Data(query) => Some(query),
            _ => None,
        }
    }
}

/// A query for classes.
#[derive(Clone, Debug, PartialEq)]
pub struct BoundSchemaQuery {
    /// The condition, on rows that are classes ([`Row::genus`](crate::Row::genus)
    /// says so): its paths are system properties and [`BoundPath::This`]. `None`
    /// lets every class pass.
    pub filter: Option<BoundExpr>,
    /// Whose NULL logic holds.
    pub dialect: Dialect,
}

/// A query for what is associated with an object. Its classes exist; whether the
/// object does is for the engine to say.
#[derive(Clone, Debug, PartialEq)]
pub struct BoundAssociationQuery {
    /// Which of the two statements.
    pub kind: AssociationKind,
    /// The object.
    pub path: ObjectPath,
    /// Where the query names it.
    pub path_span: Span,
    /// The association must be of this class or one below it.
    pub assoc_class: Option<Name>,
    /// The result must be of this class or one below it.
    pub result_class: Option<Name>,
    /// The reference that points at the object.
    pub role: Option<Name>,
    /// The reference that points at the result.
    pub result_role: Option<Name>,
    /// The qualifier that the class of the result must have.
    pub required_qualifier: Option<Name>,
    /// The qualifier that the association's class must have.
    pub required_assoc_qualifier: Option<Name>,
    /// The classes of the results instead of the results.
    pub class_defs_only: bool,
    /// Nothing but the keys of the results.
    pub keys_only: bool,
    /// What the classes declare: the path is that of a class, and so are the
    /// results.
    pub schema_only: bool,
}

/// An event query that is right for its event class.
#[derive(Clone, Debug, PartialEq)]
pub struct BoundEventQuery {
    /// The event class in FROM, as declared; events of classes below it are meant
    /// too.
    pub class: Name,
    /// What is selected. A member of an embedded object is selected as the whole
    /// object (WMI SDK, "SELECT Statement for Event Queries").
    pub projection: Projection,
    /// How often to poll where nothing raises the events.
    pub within: Option<Duration>,
    /// The condition; `None` lets every event pass.
    pub filter: Option<BoundExpr>,
    /// How events are gathered.
    pub group: Option<BoundGroup>,
    /// Whose NULL logic and string comparison hold.
    pub dialect: Dialect,
}

/// How events are gathered into an `__AggregateEvent`.
#[derive(Clone, Debug, PartialEq)]
pub struct BoundGroup {
    /// How long, from the first event on.
    pub within: Duration,
    /// What the events of one group have in common; empty when all are one group.
    pub by: Vec<BoundPath>,
    /// The condition on the number of events; see [`BoundGroup::reports`].
    pub(crate) having: Option<BoundExpr>,
}

impl BoundGroup {
    /// Whether a group of so many events is reported.
    pub fn reports(&self, events: u32) -> bool {
        let row = crate::rows::EventCount(events);
        self.having
            .as_ref()
            .is_none_or(|having| having.evaluate(&row, Dialect::Wmi) == crate::Truth::True)
    }
}

/// What the extended level adds to a data query.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BoundExtended {
    /// Of rows that show the same, the first in order is kept.
    pub distinct: bool,
    /// What to sort by, the first key first; stable.
    pub order_by: Vec<BoundOrder>,
    /// As many rows at most: the lesser of TOP and LIMIT.
    pub limit: Option<u64>,
    /// The rows to leave out first; they do not count for `limit`.
    pub offset: u64,
    /// When not empty, the result is one row of these, and the query's projection
    /// has the properties that they are computed from.
    pub aggregates: Vec<BoundAggregate>,
    /// What each selected property is called, where it has an alias; empty or as
    /// long as the projection.
    pub headings: Vec<Option<Name>>,
}

/// A property to sort by. NULL comes before every value.
#[derive(Clone, Debug, PartialEq)]
pub struct BoundOrder {
    /// The property: of a type that has an order.
    pub path: BoundPath,
    /// Which way.
    pub direction: Direction,
}

/// One value for all rows.
#[derive(Clone, Debug, PartialEq)]
pub struct BoundAggregate {
    /// What is computed.
    pub function: AggregateFunction,
    /// Of which property; `None` counts rows.
    pub path: Option<BoundPath>,
    /// What it is called in the result: its alias, or `FUNCTION(property)`.
    pub heading: Name,
    /// Where it stands in the query.
    pub span: Span,
}
