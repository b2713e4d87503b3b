//! Event queries.

use super::{Expr, Identifier, PropertyPath, SelectList};
use crate::Span;

/// A query for events (WMI SDK, "SELECT Statement for Event Queries"; MS-WMI
/// 2.2.1.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventQuery {
    /// What is selected.
    pub select: SelectList,
    /// The event class in FROM.
    pub class: Identifier,
    /// `WITHIN seconds` behind the class: how often to poll.
    pub within: Option<Interval>,
    /// The condition behind WHERE.
    pub filter: Option<Expr>,
    /// `GROUP WITHIN seconds …`: events that are reported as one.
    pub group: Option<Box<Group>>,
}

/// A span of time: written in seconds, kept in whole milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    /// Milliseconds, at least 1.
    pub milliseconds: u32,
    /// Where the number stands.
    pub span: Span,
}

/// `GROUP WITHIN seconds [BY property, …] [HAVING condition]` (WMI SDK, "GROUP
/// Clause" and "HAVING Clause").
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Where the word GROUP stands.
    pub span: Span,
    /// How long events are gathered, from the first one on.
    pub within: Interval,
    /// The properties in which the events of one group agree; empty when all
    /// events are one group.
    pub by: Vec<PropertyPath>,
    /// What the group must be like to be reported: a condition on
    /// `NumberOfEvents`.
    pub having: Option<Expr>,
}
