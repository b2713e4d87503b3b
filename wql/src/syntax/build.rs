//! What the grammar's actions do.
//!
//! The parser moves every symbol of its stack many times, so its symbols are small:
//! spans and counts. The nodes of the tree are built here, once, on stacks of their
//! own.

use super::association;
use super::ast::{
    Aggregate, AggregateFunction, AssociationKind, AssociationQuery, Between, CompareOp,
    Comparison, DataQuery, Direction, EventQuery, Expr, Extended, Group, Identifier, In, Interval,
    IsA, IsNull, Like, Literal, LiteralValue, NullTest, Operand, OrderKey, PropertyPath, Query,
    RowCount, SchemaQuery, SelectItem, SelectList, Selected,
};
use super::literal::{self, Escapes};
use super::mode::{Door, Mode, Refusal, refuse};
use crate::Span;
use crate::error::{Construct, QueryKind, WqlError};
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

    // Names and constants

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

    // Conditions

    pub(super) fn compare(
        &mut self,
        left: OperandMark,
        (operator, at): (CompareOp, Mark),
        right: OperandMark,
    ) -> Result<(), Refusal> {
        // The right side's members lie on top of the left side's.
        let right = self.operand(right)?;
        let left = self.operand(left)?;
        let operator_span = at.into();
        self.exprs.push(Expr::Compare(Comparison { left, operator, operator_span, right }));
        Ok(())
    }

    pub(super) fn like(&mut self, path: PathMark, pattern: LiteralMark) -> Result<(), Refusal> {
        let pattern = self.literal(pattern, Escapes::Pattern)?;
        let property = self.property_path(path);
        self.exprs.push(Expr::Like(Like { property, pattern }));
        Ok(())
    }

    pub(super) fn is_null(&mut self, path: PathMark, test: NullTest) {
        let property = self.property_path(path);
        self.exprs.push(Expr::IsNull(IsNull { property, test }));
    }

    pub(super) fn is_a(&mut self, path: PathMark, class: Mark) {
        let property = self.property_path(path);
        let class = self.identifier(class);
        self.exprs.push(Expr::IsA(IsA { property, class }));
    }

    pub(super) fn is_a_quoted(&mut self, path: PathMark, class: Mark) -> Result<(), Refusal> {
        let span = Span::from(class);
        let name = literal::unquoted(self.text, span, Escapes::Strict)?.into();
        let property = self.property_path(path);
        self.exprs.push(Expr::IsA(IsA { property, class: Identifier { name, span } }));
        Ok(())
    }

    /// A constant of the list behind IN.
    pub(super) fn value(&mut self, mark: LiteralMark) -> Result<(), Refusal> {
        let literal = self.literal(mark, Escapes::Strict)?;
        self.literals.push(literal);
        Ok(())
    }

    pub(super) fn one_of(&mut self, path: PathMark) {
        let property = self.property_path(path);
        let values = std::mem::take(&mut self.literals);
        self.exprs.push(Expr::In(In { property, values }));
    }

    pub(super) fn between(
        &mut self,
        path: PathMark,
        low: LiteralMark,
        high: LiteralMark,
    ) -> Result<(), Refusal> {
        let low = self.literal(low, Escapes::Strict)?;
        let high = self.literal(high, Escapes::Strict)?;
        let property = self.property_path(path);
        self.exprs.push(Expr::Between(Between { property, low, high }));
        Ok(())
    }

    pub(super) fn not(&mut self) {
        if let Some(expr) = self.exprs.pop() {
            self.exprs.push(Expr::Not(Box::new(expr)));
        }
    }

    pub(super) fn all_of(&mut self, count: u32) {
        let items = split_off(&mut self.exprs, count);
        self.exprs.push(Expr::And(items));
    }

    pub(super) fn any_of(&mut self, count: u32) {
        let items = split_off(&mut self.exprs, count);
        self.exprs.push(Expr::Or(items));
    }

    /// The condition that has been read is that behind WHERE.
    pub(super) fn filter(&mut self) {
        self.filter = self.exprs.pop();
    }

    // Select lists

    pub(super) fn distinct(&mut self, l: u32, r: u32) -> Result<(), Refusal> {
        self.mode.clause(Construct::Distinct, l, r)?;
        self.distinct = Some(Mark { start: l, end: r }.into());
        Ok(())
    }

    pub(super) fn top(&mut self, l: u32, r: u32) -> Result<(), Refusal> {
        self.top = Some(literal::row_count(self.text, Mark { start: l, end: r }.into())?);
        Ok(())
    }

    pub(super) fn function(&self, word: Mark) -> Result<FunctionMark, Refusal> {
        let span = Span::from(word);
        let Some(function) = AggregateFunction::from_word(span.of(self.text)) else {
            let construct = Construct::Function;
            return refuse(WqlError::NoSuchConstruct { construct, span });
        };
        let construct = match function {
            AggregateFunction::Count => Construct::Count,
            _ => Construct::Aggregate,
        };
        self.mode.clause(construct, word.start, word.end)?;
        Ok((function, word))
    }

    pub(super) fn selected_path(&mut self, path: PathMark) {
        let path = self.property_path(path);
        if self.items.is_empty() {
            self.paths.push(path);
        } else {
            self.items.push(plain_item(path));
        }
    }

    /// The select list, which turns out to have more than plain properties.
    fn items(&mut self) -> &mut Vec<SelectItem> {
        self.items.extend(self.paths.drain(..).map(plain_item));
        &mut self.items
    }

    /// `function(property)`; `*` when there is no property.
    pub(super) fn aggregate(
        &mut self,
        (function, word): FunctionMark,
        property: Option<PathMark>,
        end: u32,
    ) -> Result<(), Refusal> {
        let span = Mark { end, ..word }.into();
        if property.is_none() && function != AggregateFunction::Count {
            return refuse(WqlError::StarInAggregate { function: function.as_str(), span });
        }
        let property = property.map(|path| self.property_path(path));
        let selected = Selected::Aggregate(Aggregate { function, property, span });
        self.items().push(SelectItem { selected, alias: None });
        Ok(())
    }

    /// The name of the item that has been read last.
    pub(super) fn alias(&mut self, alias: Mark) {
        let alias = self.identifier(alias);
        if let Some(item) = self.items().last_mut() {
            item.alias = Some(alias);
        }
    }

    pub(super) const fn list(&mut self, l: u32, r: u32) {
        self.list = Mark { start: l, end: r };
    }

    fn select_list(&mut self) -> SelectList {
        if !self.items.is_empty() {
            SelectList::Items(std::mem::take(&mut self.items))
        } else if !self.paths.is_empty() {
            SelectList::Properties(std::mem::take(&mut self.paths))
        } else {
            SelectList::All
        }
    }

    // The clauses behind the condition

    pub(super) fn order_key(&mut self, path: PathMark, direction: Direction) {
        let property = self.property_path(path);
        let extended = self.extended.get_or_insert_default();
        extended.order_by.push(OrderKey { property, direction });
    }

    pub(super) fn limit(&mut self, limit: Mark, offset: Option<Mark>) -> Result<(), Refusal> {
        let limit = literal::row_count(self.text, limit.into())?;
        let offset = offset.map(|mark| literal::row_count(self.text, mark.into())).transpose()?;
        let extended = self.extended.get_or_insert_default();
        (extended.limit, extended.offset) = (Some(limit), offset);
        Ok(())
    }

    pub(super) fn within(&mut self, seconds: Mark) -> Result<(), Refusal> {
        self.within = Some(literal::interval(self.text, seconds.into())?);
        Ok(())
    }

    pub(super) fn group(&mut self, word: Mark, seconds: Mark) -> Result<(), Refusal> {
        let within = literal::interval(self.text, seconds.into())?;
        let span = word.into();
        self.group = Some(Box::new(Group { span, within, by: Vec::new(), having: None }));
        Ok(())
    }

    pub(super) fn group_by(&mut self, path: PathMark) {
        let property = self.property_path(path);
        if let Some(group) = &mut self.group {
            group.by.push(property);
        }
    }

    pub(super) fn having(&mut self) {
        let having = self.exprs.pop();
        if let Some(group) = &mut self.group {
            group.having = having;
        }
    }

    // Statements

    pub(super) fn associations(
        &mut self,
        kind: AssociationKind,
        l: u32,
        r: u32,
    ) -> Result<(), Refusal> {
        association::check_door(self.mode, kind, Mark { start: l, end: r }.into())?;
        self.association = Some(kind);
        Ok(())
    }

    /// The path in braces; the statement may end behind it.
    pub(super) fn object_path(&mut self, braces: Mark) -> Result<(), Refusal> {
        let (path, span) = association::path(self.text, braces.into())?;
        if let Some(kind) = self.association {
            let query = AssociationQuery::new(kind, path, span);
            self.query = Some(Query::Association(Box::new(query)));
        }
        Ok(())
    }

    pub(super) fn keyword(&mut self, keyword: Mark, value: Option<Mark>) -> Result<(), Refusal> {
        let value = value.map(|value| self.identifier(value));
        self.term(keyword, value)
    }

    /// The name behind a keyword may stand in quotes.
    pub(super) fn keyword_quoted(&mut self, keyword: Mark, value: Mark) -> Result<(), Refusal> {
        let value = association::quoted_name(self.text, value.into())?;
        self.term(keyword, Some(value))
    }

    fn term(&mut self, keyword: Mark, value: Option<Identifier>) -> Result<(), Refusal> {
        let keyword = self.identifier(keyword);
        match &mut self.query {
            Some(Query::Association(query)) => association::keyword(query, &keyword, value),
            _ => Ok(()),
        }
    }

    /// Whether the keywords go together.
    pub(super) fn check_keywords(&self) -> Result<(), Refusal> {
        match &self.query {
            Some(Query::Association(query)) => association::check(query),
            _ => Ok(()),
        }
    }

    pub(super) const fn from(&mut self, class: Mark) {
        self.class = class;
    }

    /// A SELECT, of which all clauses have been read.
    pub(super) fn select(&mut self) -> Result<(), Refusal> {
        let class = self.identifier(self.class);
        let select = self.select_list();
        let filter = self.filter.take();
        let is_schema = class.name.is("meta_class");
        self.query = Some(match self.mode.door {
            door @ Door::Notification if is_schema => {
                let (kind, span) = (QueryKind::Schema, class.span);
                return refuse(WqlError::WrongKind { kind, door, span });
            }
            Door::Notification => {
                let (within, group) = (self.within, self.group.take());
                Query::Event(EventQuery { select, class, within, filter, group })
            }
            Door::Query if is_schema => {
                self.check_schema_query(&select)?;
                Query::Schema(SchemaQuery { span: class.span, filter })
            }
            Door::Query => {
                let extended = self.extended();
                Query::Data(DataQuery { select, class, filter, extended })
            }
        });
        Ok(())
    }

    fn extended(&mut self) -> Option<Box<Extended>> {
        let (distinct, top) = (self.distinct, self.top);
        if distinct.is_some() || top.is_some() {
            let extended = self.extended.get_or_insert_default();
            (extended.distinct, extended.top) = (distinct, top);
        }
        self.extended.take()
    }

    fn check_schema_query(&self, select: &SelectList) -> Result<(), Refusal> {
        if *select != SelectList::All {
            return refuse(WqlError::ListInSchemaQuery { span: self.list.into() });
        }
        let clauses = self.extended.as_deref();
        let sorted = clauses.and_then(|c| c.order_by.first());
        let limited = clauses.and_then(|c| c.limit);
        let refused = [
            self.distinct.map(|span| (Construct::Distinct, span)),
            self.top.map(|top| (Construct::Top, top.span)),
            sorted.map(|key| (Construct::OrderBy, key.property.span())),
            limited.map(|limit| (Construct::Limit, limit.span)),
        ];
        match refused.into_iter().flatten().next() {
            Some((construct, span)) => {
                refuse(WqlError::NotInKind { construct, kind: QueryKind::Schema, span })
            }
            None => Ok(()),
        }
    }
}

const fn plain_item(path: PropertyPath) -> SelectItem {
    SelectItem { selected: Selected::Property(path), alias: None }
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
