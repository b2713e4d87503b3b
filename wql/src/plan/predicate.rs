//! The condition as it is evaluated over columns.
//!
//! Compared with the bound condition, NOT has gone down to the single tests and into them,
//! tests of one property are put together, and what is always or never so is gone. Each test
//! says on its own what it makes of NULL, so AND and OR are those of sets: what passes is
//! what remains.

use super::interval::{Integers, Reals};
use super::one_of::OneOf;
use crate::bound::{BoundExpr, BoundPath, Column};
use crate::evaluate::{Truth, holds_for};
use crate::like::StringCase;
use crate::rows::{Row, ValueRef};
use crate::schema::SystemProperty;
use crate::syntax::ast::CompareOp;
use crate::vector::TextSearch;
use cimarron_model::{DateTime, Dialect};
use smol_str::SmolStr;

/// Which rows pass.
#[derive(Clone, Debug, PartialEq)]
pub enum Predicate {
    /// All.
    Always,
    /// None.
    Never,
    /// Those that pass each of these: two or more, the cheapest first.
    All(Vec<Predicate>),
    /// Those that pass any of these: two or more, the cheapest first.
    Any(Vec<Predicate>),
    /// Those whose property passes a test.
    Column(ColumnTest),
    /// Those of which a single condition is true, or false.
    Other(OtherTest),
}

/// A test of a property.
#[derive(Clone, Debug, PartialEq)]
pub struct ColumnTest {
    /// The property.
    pub column: Column,
    /// Whether NULL passes.
    pub on_null: bool,
    /// Which values pass.
    pub test: Test,
}

/// A test of values other than NULL.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Test {
    /// All pass.
    Always,
    /// None passes.
    Never,
    /// This truth value passes.
    Boolean(bool),
    /// These integers and code units pass.
    Integers(Integers),
    /// These reals pass.
    Reals(Reals),
    /// Datetimes that compare so, or do not, pass.
    DateTime {
        /// How they compare.
        operator: CompareOp,
        /// With what.
        constant: DateTime,
        /// Whether those pass that do not.
        negated: bool,
    },
    /// Strings that compare so pass.
    Text {
        /// How they compare.
        operator: CompareOp,
        /// With what; without case, folded.
        constant: SmolStr,
        /// How case counts.
        case: StringCase,
    },
    /// Each of many integers, code units or strings passes, or each other does.
    OneOf(Box<OneOf>),
    /// Strings that match, or do not, pass.
    Like {
        /// What they match.
        search: Box<TextSearch>,
        /// Whether those pass that do not.
        negated: bool,
    },
}

/// A condition that no column can answer: of a system property, of a member of an embedded
/// object, of a reference, or ISA.
#[derive(Clone, Debug, PartialEq)]
pub struct OtherTest {
    /// The condition, no AND, OR or NOT.
    pub condition: BoundExpr,
    /// Whether it shall be false and not true.
    pub negated: bool,
    /// Whose rules hold.
    pub dialect: Dialect,
}

impl Predicate {
    /// Whether a row passes.
    pub fn matches<R: Row + ?Sized>(&self, row: &R) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::All(items) => items.iter().all(|item| item.matches(row)),
            Self::Any(items) => items.iter().any(|item| item.matches(row)),
            Self::Column(test) => test.matches(row.value(test.column.slot)),
            Self::Other(test) => test.matches(row),
        }
    }

    /// How dear it is to ask a row, in comparisons of integers.
    pub(crate) fn cost(&self) -> u32 {
        match self {
            Self::Always | Self::Never => 0,
            Self::All(items) | Self::Any(items) => {
                items.iter().map(Self::cost).fold(0, u32::saturating_add)
            }
            Self::Column(test) => test.test.cost(),
            Self::Other(test) if test.is_of_class() => 0,
            Self::Other(_) => 200,
        }
    }
}

impl ColumnTest {
    /// Whether a value passes.
    #[inline]
    pub fn matches(&self, value: ValueRef<'_>) -> bool {
        match value {
            ValueRef::Null => self.on_null,
            value => self.test.holds(value),
        }
    }
}

impl OtherTest {
    /// Whether a row passes.
    pub fn matches<R: Row + ?Sized>(&self, row: &R) -> bool {
        let wanted = if self.negated { Truth::False } else { Truth::True };
        self.condition.evaluate(row, self.dialect) == wanted
    }

    /// What it looks at.
    pub(crate) const fn operand(&self) -> Option<&BoundPath> {
        match &self.condition {
            BoundExpr::Compare { operand, .. }
            | BoundExpr::Like { operand, .. }
            | BoundExpr::IsNull { operand, .. }
            | BoundExpr::IsA { operand, .. } => Some(operand),
            _ => None,
        }
    }

    /// Whether the class alone decides, so that all rows of a batch are alike.
    pub(crate) const fn is_of_class(&self) -> bool {
        matches!(
            self.operand(),
            Some(BoundPath::System(property))
                if !matches!(property, SystemProperty::RelPath | SystemProperty::Path)
        )
    }
}

impl Test {
    /// Whether a value other than NULL passes. One of a type that the test is not for does
    /// not.
    #[inline]
    pub fn holds(&self, value: ValueRef<'_>) -> bool {
        match (self, value) {
            (_, ValueRef::Null) | (Self::Never, _) => false,
            (Self::Always, _) => true,
            (Self::Boolean(wanted), ValueRef::Boolean(value)) => value == *wanted,
            (Self::Integers(set), ValueRef::Unsigned(n)) => set.contains(n.into()),
            (Self::Integers(set), ValueRef::Signed(n)) => set.contains(n.into()),
            (Self::Integers(set), ValueRef::Char16(c)) => set.contains(c.0.into()),
            (Self::Reals(set), ValueRef::Real32(n)) => set.contains(n.into()),
            (Self::Reals(set), ValueRef::Real64(n)) => set.contains(n),
            (Self::DateTime { operator, constant, negated }, ValueRef::DateTime(value)) => {
                datetime_holds(value, *operator, *constant) != *negated
            }
            (Self::Text { operator, constant, case }, ValueRef::String(text)) => {
                text_holds(text, *operator, constant, *case)
            }
            (Self::OneOf(all), ValueRef::Unsigned(n)) => all.has_integer(n.into()),
            (Self::OneOf(all), ValueRef::Signed(n)) => all.has_integer(n.into()),
            (Self::OneOf(all), ValueRef::Char16(c)) => all.has_integer(c.0.into()),
            (Self::OneOf(all), ValueRef::String(text)) => all.has_text(text),
            (Self::Like { search, negated }, ValueRef::String(text)) => {
                search.pattern().matches(text) != *negated
            }
            _ => false,
        }
    }

    const fn cost(&self) -> u32 {
        match self {
            Self::Always | Self::Never => 1,
            Self::Boolean(_) | Self::Integers(_) | Self::Reals(_) => 2,
            Self::Text { .. } => 8,
            Self::DateTime { .. } => 10,
            Self::OneOf(_) => 20,
            Self::Like { .. } => 40,
        }
    }
}

/// Whether a datetime compares so with a constant.
pub(crate) fn datetime_holds(value: DateTime, operator: CompareOp, constant: DateTime) -> bool {
    let order = if constant.has_wildcards() {
        // Character by character, and the binder lets no order through.
        (value == constant).then_some(std::cmp::Ordering::Equal)
    } else {
        value.compare(constant)
    };
    holds_for(operator, order)
}

/// Whether a text compares so with a constant, which is folded where case does not count.
#[inline]
pub(crate) fn text_holds(
    text: &str,
    operator: CompareOp,
    constant: &str,
    case: StringCase,
) -> bool {
    match operator {
        CompareOp::Equal => case.eq(text, constant),
        CompareOp::NotEqual => !case.eq(text, constant),
        order => holds_for(order, Some(case.cmp(text, constant))),
    }
}
