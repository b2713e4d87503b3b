//! The syntax tree.
//!
//! Nodes own their text and keep the bytes they came from. `Display` prints a
//! tree as WQL that parses back to the same tree (spans apart).

mod association;
mod event;
mod expr;
mod extended;

pub use association::{AssociationKind, AssociationQuery};
pub use event::{EventQuery, Group, Interval};
pub use expr::{
    Between, CompareOp, Comparison, Expr, In, IsA, IsNull, Like, Literal, LiteralValue, NullTest,
    Operand,
};
pub use extended::{
    Aggregate, AggregateFunction, Direction, Extended, OrderKey, RowCount, SelectItem, Selected,
};

use crate::Span;
use cimarron_model::Name;

/// A parsed query.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Query {
    /// `SELECT … FROM class [WHERE …]`, answered with instances
    /// (WMI SDK, "SELECT Statement for Data Queries").
    Data(DataQuery),
    /// `SELECT * FROM meta_class [WHERE …]`, answered with classes
    /// (WMI SDK, "SELECT Statement for Schema Queries").
    Schema(SchemaQuery),
    /// `ASSOCIATORS OF {path} …` and `REFERENCES OF {path} …`.
    Association(Box<AssociationQuery>),
    /// A query for events, as [`parse_event`](crate::parse_event) reads it.
    Event(EventQuery),
}

/// A data query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataQuery {
    /// What is selected.
    pub select: SelectList,
    /// The class in FROM.
    pub class: Identifier,
    /// The condition behind WHERE.
    pub filter: Option<Expr>,
    /// What only [`Level::Extended`](crate::Level::Extended) has; `None` when the
    /// query uses nothing of it.
    pub extended: Option<Box<Extended>>,
}

/// A schema query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaQuery {
    /// Where `meta_class` stands.
    pub span: Span,
    /// The condition behind WHERE, on classes.
    pub filter: Option<Expr>,
}

/// What a query selects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SelectList {
    /// `*`
    All,
    /// Properties, in written order; one may occur more than once.
    Properties(Vec<PropertyPath>),
    /// Properties, aggregates and aliases, in written order
    /// ([`Level::Extended`](crate::Level::Extended) only): at least one item is
    /// more than a plain property.
    Items(Vec<SelectItem>),
}

/// A name as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identifier {
    /// The name.
    pub name: Name,
    /// Where it stands.
    pub span: Span,
}

/// `Prop`, or `Prop.Member…` into an embedded object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PropertyPath {
    /// The property of the class in FROM.
    pub property: Identifier,
    /// The members below it, outermost first.
    pub members: Vec<Identifier>,
}

impl PropertyPath {
    /// Where the whole path stands.
    pub fn span(&self) -> Span {
        self.members.last().map_or(self.property.span, |last| self.property.span.to(last.span))
    }
}
