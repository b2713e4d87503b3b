//! WQL, the query language of WMI (MS-WMI 2.2.1; WMI SDK, "WQL (SQL for WMI)").
//!
//! ```text
//! text --parse-------> Query ------bind-------> Bound -----------> rows, classes, associations
//! text --parse_event-> EventQuery --bind_event-> BoundEventQuery -> events
//! ```
//!
//! The two doors are the two operations of WMI that take queries: ExecQuery for data,
//! schema and association queries, ExecNotificationQuery for event queries. What is
//! not WQL but common SQL is read at [`Level::Extended`] only.
//!
//! The crate knows schemas and rows as traits ([`Schema`], [`Row`]), so one bound
//! query runs over a store, over events, and over the tables of a test.
//! [`parse`] finds what is wrong with the text, [`bind()`] what is wrong with it
//! for this schema; evaluation cannot fail.
//!
//! Where DMTF and WMI semantics differ, [`BindOptions`] decides: `Wmi`
//! compares strings without case and knows two truth values, `Dmtf` compares them
//! exactly and knows three.

mod bind;
mod bound;
mod error;
mod evaluate;
pub mod like;
pub mod order;
pub mod plan;
mod rows;
mod schema;
mod span;
pub mod syntax;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod vector;

pub use bind::{BindOptions, bind, bind_event};
pub use bound::{
    Bound, BoundAggregate, BoundAssociationQuery, BoundEventQuery, BoundExpr, BoundExtended,
    BoundGroup, BoundOrder, BoundPath, BoundQuery, BoundSchemaQuery, Column, Constant, Declared,
    Member, MemberPath, PathConstant, Projection,
};
pub use error::{AssociationError, Construct, EventError, QueryKind, WqlError};
pub use evaluate::{Fetched, Truth};
pub use rows::{
    Genus, ObjectView, Row, SystemValue, ValueRef, embedded_system_value, system_value,
};
pub use schema::{ClassInfo, PropertyInfo, Schema, SystemProperty};
pub use span::Span;
pub use syntax::ast::{CompareOp, EventQuery, NullTest, Query};
pub use syntax::{
    Door, Level, Limits, ParseOptions, parse, parse_event, parse_event_with, parse_with,
    parse_within,
};
