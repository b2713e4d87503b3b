//! Which queries are asked for, and how much of SQL they may use.

use super::lexer::Token;
use crate::Span;
use crate::error::{Construct, QueryKind, WqlError};
use lalrpop_util::ParseError;

/// How much of SQL a query may use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Level {
    /// WQL as WMI has it: what protocols speak.
    #[default]
    Wql,
    /// WQL and TOP, DISTINCT, COUNT, MIN, MAX, SUM, AVG, ORDER BY, LIMIT, OFFSET,
    /// IN, BETWEEN, NOT behind the property, and AS.
    Extended,
}

/// How large queries may be, and how much of SQL they may use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ParseOptions {
    /// How large.
    pub limits: super::Limits,
    /// How much of SQL.
    pub level: Level,
}

/// The two operations that take queries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Door {
    /// ExecQuery: data, schema and association queries.
    Query,
    /// ExecNotificationQuery: event queries.
    Notification,
}

/// What the grammar's actions ask.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mode {
    pub(super) level: Level,
    pub(super) door: Door,
}

/// Boxed, because every action has room for it in what it returns.
pub(super) type Refusal = ParseError<u32, Token, Box<WqlError>>;

impl Mode {
    /// Refuses an operator that WQL does not have.
    pub(super) fn operator(self, construct: Construct, l: u32, r: u32) -> Result<(), Refusal> {
        match self.level {
            Level::Extended => Ok(()),
            Level::Wql => refuse(WqlError::NoSuchConstruct {
                construct,
                span: Span::new(l as usize, r as usize),
            }),
        }
    }

    /// Refuses a clause that WQL does not have; event queries have it at no level.
    pub(super) fn clause(self, construct: Construct, l: u32, r: u32) -> Result<(), Refusal> {
        match self.door {
            Door::Query => self.operator(construct, l, r),
            Door::Notification => {
                let span = Span::new(l as usize, r as usize);
                refuse(WqlError::NotInKind { construct, kind: QueryKind::Event, span })
            }
        }
    }

    /// Refuses a clause that only event queries have.
    pub(super) fn event_clause(self, l: u32, r: u32) -> Result<(), Refusal> {
        match self.door {
            Door::Notification => Ok(()),
            Door::Query => {
                let span = Span::new(l as usize, r as usize);
                refuse(WqlError::WrongKind { kind: QueryKind::Event, door: self.door, span })
            }
        }
    }
}

#[cold]
pub(super) fn refuse<T>(error: WqlError) -> Result<T, Refusal> {
    Err(ParseError::User { error: Box::new(error) })
}
