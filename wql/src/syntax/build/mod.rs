//! What the grammar's actions do.
//!
//! The parser moves every symbol of its stack many times, so its symbols are small:
//! spans and counts. The nodes of the tree are built here, once, on stacks of their
//! own.

mod clause;
mod condition;
mod select;
mod statement;

use super::ast::{
    AggregateFunction, AssociationKind, Expr, Extended, Group, Identifier, Interval, Literal,
    LiteralValue, Operand, PropertyPath, Query, RowCount, SelectItem,
};
use super::literal::{self, Escapes};
use super::mode::{Mode, Refusal};
use crate::Span;
use cimarron_model::Name;

/// A run of the text on the parser's stack: half the size of a span.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    pub(super) start: u32,
    pub(super) end: u32,
}

impl From<Mark> for Span {
    fn from(mark: Mark) -> Self {
        Self::new(mark.start as usize, mark.end as usize)
    }
}

/// A property path on the parser's stack; its members are on the builder's.
#[derive(Clone, Copy, Debug)]
pub(super) struct PathMark {
    property: Mark,
    members: u32,
}

/// A constant on the parser's stack.
#[derive(Clone, Copy, Debug)]
pub(super) struct LiteralMark {
    pub(super) kind: LiteralKind,
    pub(super) at: Mark,
}

/// What kind of constant it is.
#[derive(Clone, Copy, Debug)]
pub(super) enum LiteralKind {
    String,
    Integer,
    Real,
    DateTime,
    True,
    False,
    Null,
}

/// A side of a comparison on the parser's stack.
#[derive(Clone, Copy, Debug)]
pub(super) enum OperandMark {
    Path(PathMark),
    Literal(LiteralMark),
}

/// An aggregate function and where it stands.
pub(super) type FunctionMark = (AggregateFunction, Mark);

/// The nodes that have been built and not yet used.
pub(super) struct Builder<'t> {
    text: &'t str,
    pub(super) mode: Mode,
    members: Vec<Identifier>,
    /// The select list, as long as it has plain properties only.
    paths: Vec<PropertyPath>,
    /// The select list, once it has more than those.
    items: Vec<SelectItem>,
    literals: Vec<Literal>,
    exprs: Vec<Expr>,
    distinct: Option<Span>,
    top: Option<RowCount>,
    /// The select list, `*` included.
    list: Mark,
    class: Mark,
    within: Option<Interval>,
    filter: Option<Expr>,
    group: Option<Box<Group>>,
    extended: Option<Box<Extended>>,
    association: Option<AssociationKind>,
    /// The whole query, once it is there.
    pub(super) query: Option<Query>,
}

impl<'t> Builder<'t> {
    pub(super) const fn new(text: &'t str, mode: Mode) -> Self {
        Self {
            text,
            mode,
            members: Vec::new(),
            paths: Vec::new(),
            items: Vec::new(),
            literals: Vec::new(),
            exprs: Vec::new(),
            distinct: None,
            top: None,
            list: Mark { start: 0, end: 0 },
            class: Mark { start: 0, end: 0 },
            within: None,
            filter: None,
            group: None,
            extended: None,
            association: None,
            query: None,
        }
    }

    #[inline]
    fn identifier(&self, mark: Mark) -> Identifier {
        let span = Span::from(mark);
        Identifier { name: Name::new(span.of(self.text)), span }
    }

    pub(super) const fn path(property: Mark) -> PathMark {
        PathMark { property, members: 0 }
    }

    pub(super) fn member(&mut self, path: PathMark, member: Mark) -> PathMark {
        let member = self.identifier(member);
        self.members.push(member);
        PathMark { members: path.members + 1, ..path }
    }

    /// The path whose members are the last on the stack.
    #[inline]
    fn property_path(&mut self, path: PathMark) -> PropertyPath {
        let property = self.identifier(path.property);
        let members = split_off(&mut self.members, path.members);
        PropertyPath { property, members }
    }

    #[inline]
    fn literal(&self, mark: LiteralMark, escapes: Escapes) -> Result<Literal, Refusal> {
        let LiteralMark { kind, at } = mark;
        let span = Span::from(at);
        let number = || span.of(self.text).into();
        let value = match kind {
            LiteralKind::String => {
                LiteralValue::String(literal::unquoted(self.text, span, escapes)?)
            }
            LiteralKind::Integer => LiteralValue::Integer(number()),
            LiteralKind::Real => LiteralValue::Real(number()),
            LiteralKind::DateTime => LiteralValue::String(number()),
            LiteralKind::True => LiteralValue::Boolean(true),
            LiteralKind::False => LiteralValue::Boolean(false),
            LiteralKind::Null => LiteralValue::Null,
        };
        Ok(Literal { value, span })
    }

    #[inline]
    fn operand(&mut self, operand: OperandMark) -> Result<Operand, Refusal> {
        match operand {
            OperandMark::Path(path) => Ok(Operand::Property(self.property_path(path))),
            OperandMark::Literal(mark) => {
                self.literal(mark, Escapes::Strict).map(Operand::Constant)
            }
        }
    }
}

/// The last so many items of a stack.
fn split_off<T>(stack: &mut Vec<T>, count: u32) -> Vec<T> {
    if count == 0 {
        return Vec::new();
    }
    match stack.len().saturating_sub(count as usize) {
        0 => std::mem::take(stack),
        at => stack.drain(at..).collect(),
    }
}
