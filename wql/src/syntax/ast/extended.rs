//! What [`Level::Extended`](crate::Level::Extended) adds to data queries.

use super::{Identifier, PropertyPath};
use crate::Span;
use std::fmt;

/// The clauses of SQL that WQL does not have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extended {
    /// `DISTINCT`: rows that show the same come once.
    pub distinct: Option<Span>,
    /// `TOP n`: as many rows at most.
    pub top: Option<RowCount>,
    /// `ORDER BY key, …`; empty without.
    pub order_by: Vec<OrderKey>,
    /// `LIMIT n`: as many rows at most.
    pub limit: Option<RowCount>,
    /// `OFFSET m` behind LIMIT: the rows to leave out first.
    pub offset: Option<RowCount>,
}

/// A number of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowCount {
    /// The number.
    pub rows: u64,
    /// Where it stands.
    pub span: Span,
}

/// A property to sort by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderKey {
    /// The property, or the alias of a selected one.
    pub property: PropertyPath,
    /// Which way.
    pub direction: Direction,
}

/// Which way to sort.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Direction {
    /// ASC, or unsaid: NULL first, then from the least on.
    #[default]
    Ascending,
    /// DESC: the reverse.
    Descending,
}

/// An item of a select list with more than plain properties.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SelectItem {
    /// What is shown.
    pub selected: Selected,
    /// `AS name`: what it is called in the result.
    pub alias: Option<Identifier>,
}

/// What an item shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selected {
    /// A property.
    Property(PropertyPath),
    /// One value for all rows.
    Aggregate(Aggregate),
}

/// `COUNT(*)`, `SUM(property)` and the like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aggregate {
    /// What is computed.
    pub function: AggregateFunction,
    /// Of which property; `None` is `COUNT(*)`.
    pub property: Option<PropertyPath>,
    /// From the function to the closing parenthesis.
    pub span: Span,
}

/// The aggregate functions. All but `COUNT(*)` leave NULLs out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AggregateFunction {
    /// COUNT: how many.
    Count,
    /// MIN: the least.
    Min,
    /// MAX: the greatest.
    Max,
    /// SUM: the sum.
    Sum,
    /// AVG: the mean.
    Average,
}

impl AggregateFunction {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Count, Self::Min, Self::Max, Self::Sum, Self::Average];

    /// The function's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Count => "COUNT",
            Self::Min => "MIN",
            Self::Max => "MAX",
            Self::Sum => "SUM",
            Self::Average => "AVG",
        }
    }

    /// The function of this word, in any case.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|f| f.as_str().eq_ignore_ascii_case(word))
    }
}

impl fmt::Display for AggregateFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
