//! What remains to be said once a statement has been read: of which kind a SELECT
//! is, and whether its clauses go together.

use super::ast::{
    Aggregate, AggregateFunction, DataQuery, EventQuery, Expr, Extended, Group, Identifier,
    Interval, PropertyPath, Query, RowCount, SchemaQuery, SelectItem, SelectList, Selected,
};
use super::mode::{Door, Mode, Refusal, refuse};
use crate::Span;
use crate::error::{Construct, QueryKind, WqlError};

/// What stands between SELECT and FROM.
pub(super) struct Head {
    pub(super) distinct: Option<Span>,
    pub(super) top: Option<RowCount>,
    pub(super) list: SelectList,
    /// The list, `*` included.
    pub(super) list_span: Span,
}

/// What stands behind the condition.
#[derive(Default)]
pub(super) struct Tail {
    pub(super) group: Option<Box<Group>>,
    /// ORDER BY, LIMIT and OFFSET.
    pub(super) extended: Option<Box<Extended>>,
}

/// The clauses of a SELECT to the query that they make.
pub(super) fn select(
    mode: Mode,
    head: Head,
    class: Identifier,
    within: Option<Interval>,
    filter: Option<Expr>,
    tail: Tail,
) -> Result<Query, Refusal> {
    let Head { distinct, top, list: select, list_span } = head;
    let is_schema = class.name.is("meta_class");
    if mode.door == Door::Notification {
        if is_schema {
            let (kind, door, span) = (QueryKind::Schema, mode.door, class.span);
            return refuse(WqlError::WrongKind { kind, door, span });
        }
        let group = tail.group;
        return Ok(Query::Event(EventQuery { select, class, within, filter, group }));
    }
    if is_schema {
        return schema(&select, list_span, distinct, top, class.span, filter, &tail);
    }
    let extended = match tail.extended {
        None if distinct.is_none() && top.is_none() => None,
        clauses => {
            let mut clauses = clauses.unwrap_or_default();
            (clauses.distinct, clauses.top) = (distinct, top);
            Some(clauses)
        }
    };
    Ok(Query::Data(DataQuery { select, class, filter, extended }))
}

fn schema(
    select: &SelectList,
    list_span: Span,
    distinct: Option<Span>,
    top: Option<RowCount>,
    span: Span,
    filter: Option<Expr>,
    tail: &Tail,
) -> Result<Query, Refusal> {
    if *select != SelectList::All {
        return refuse(WqlError::ListInSchemaQuery { span: list_span });
    }
    let clauses = tail.extended.as_deref();
    let refused = distinct
        .map(|span| (Construct::Distinct, span))
        .or(top.map(|top| (Construct::Top, top.span)))
        .or(clauses
            .and_then(|c| c.order_by.first())
            .map(|key| (Construct::OrderBy, key.property.span())))
        .or(clauses.and_then(|c| c.limit).map(|limit| (Construct::Limit, limit.span)));
    match refused {
        Some((construct, span)) => {
            refuse(WqlError::NotInKind { construct, kind: QueryKind::Schema, span })
        }
        None => Ok(Query::Schema(SchemaQuery { span, filter })),
    }
}

/// A select list out of its items: the plain form whenever it does.
pub(super) fn list(items: Vec<SelectItem>) -> SelectList {
    let plain =
        |item: &SelectItem| item.alias.is_none() && matches!(item.selected, Selected::Property(_));
    if !items.iter().all(plain) {
        return SelectList::Items(items);
    }
    let paths = items.into_iter().filter_map(|item| match item.selected {
        Selected::Property(path) => Some(path),
        Selected::Aggregate(_) => None,
    });
    SelectList::Properties(paths.collect())
}

/// The aggregate function of this word.
pub(super) fn function(
    text: &str,
    mode: Mode,
    word: Span,
) -> Result<(AggregateFunction, Span), Refusal> {
    let Some(function) = AggregateFunction::from_word(word.of(text)) else {
        return refuse(WqlError::NoSuchConstruct { construct: Construct::Function, span: word });
    };
    let construct = match function {
        AggregateFunction::Count => Construct::Count,
        _ => Construct::Aggregate,
    };
    mode.clause(construct, word.start, word.end)?;
    Ok((function, word))
}

/// `function(property)`; `*` when there is no property.
pub(super) fn aggregate(
    (function, word): (AggregateFunction, Span),
    property: Option<PropertyPath>,
    end: usize,
) -> Result<Selected, Refusal> {
    let span = Span::new(word.start, end);
    if property.is_none() && function != AggregateFunction::Count {
        return refuse(WqlError::StarInAggregate { function: function.as_str(), span });
    }
    Ok(Selected::Aggregate(Aggregate { function, property, span }))
}
