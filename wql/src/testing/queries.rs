//! Random syntax trees of every kind: whatever the grammar can say, with names that
//! are keywords and constants of every form. No schema fits them.

use super::Dice;
use super::values::{any_literal, pattern};
use crate::Span;
use crate::syntax::Level;
use crate::syntax::ast::{
    Aggregate, AggregateFunction, AssociationKind, AssociationQuery, Between, CompareOp,
    Comparison, DataQuery, Direction, EventQuery, Expr, Extended, Group, Identifier, In, Interval,
    IsA, IsNull, Like, Literal, LiteralValue, NullTest, Operand, OrderKey, PropertyPath, Query,
    RowCount, SchemaQuery, SelectItem, SelectList, Selected,
};
use cimarron_model::{KeyBinding, KeyValue, Keys, Name, ObjectPath};

const NAMES: &[&str] = &[
    "a",
    "Name",
    "_x9",
    "__CLASS",
    "__this",
    "Größe",
    "From",
    "WHERE",
    "and",
    "Or",
    "Is",
    "ISA",
    "Like",
    "Select",
    "Group",
    "Within",
    "By",
    "Having",
    "NumberOfEvents",
    "Top",
    "Distinct",
    "Count",
    "Max",
    "As",
    "In",
    "Between",
    "Order",
    "Asc",
    "Desc",
    "Limit",
    "Offset",
    "Of",
    "Associators",
    "References",
    "Role",
    "AssocClass",
    "KeysOnly",
    "TargetInstance",
    "Not",
];

pub(super) const NO_SPAN: Span = Span::new(0, 0);

/// A query for ExecQuery.
pub fn query(dice: &mut Dice<'_>, level: Level) -> Query {
    match dice.below(4) {
        0 | 1 => Query::Data(data(dice, level)),
        2 => Query::Schema(SchemaQuery { span: NO_SPAN, filter: filter(dice, level) }),
        _ => Query::Association(Box::new(association(dice))),
    }
}

/// A query for ExecNotificationQuery.
pub fn event_query(dice: &mut Dice<'_>, level: Level) -> EventQuery {
    EventQuery {
        select: plain_list(dice),
        class: identifier(dice),
        within: dice.maybe(interval),
        filter: filter(dice, level),
        group: dice.maybe(|dice| {
            Box::new(Group {
                span: NO_SPAN,
                within: interval(dice),
                by: dice.list(0, 2, path),
                having: filter(dice, level),
            })
        }),
    }
}

fn data(dice: &mut Dice<'_>, level: Level) -> DataQuery {
    let extended = match level {
        Level::Extended => dice.maybe(extended).filter(|e| **e != Extended::default()),
        Level::Wql => None,
    };
    let mut select = match level {
        Level::Extended if dice.one_in(3) => items(dice),
        _ => plain_list(dice),
    };
    if extended.as_ref().is_some_and(|e| e.distinct.is_some()) {
        // Behind DISTINCT these two would be taken for keywords.
        avoid_keyword(&mut select);
    }
    DataQuery { select, class: identifier(dice), filter: filter(dice, level), extended }
}

fn avoid_keyword(select: &mut SelectList) {
    let first = match select {
        SelectList::All => None,
        SelectList::Properties(paths) => paths.first_mut(),
        SelectList::Items(items) => match items.first_mut().map(|item| &mut item.selected) {
            Some(Selected::Property(path)) => Some(path),
            _ => None,
        },
    };
    if let Some(path) = first
        && ["from", "as", "not"].iter().any(|word| path.property.name.is(word))
    {
        path.property.name = Name::new("b");
    }
}

fn extended(dice: &mut Dice<'_>) -> Box<Extended> {
    let count = |dice: &mut Dice<'_>| RowCount { rows: dice.number(), span: NO_SPAN };
    let limit = dice.maybe(count);
    Box::new(Extended {
        distinct: dice.maybe(|_| NO_SPAN),
        top: dice.maybe(count),
        order_by: dice.list(0, 3, |dice| OrderKey {
            property: path(dice),
            direction: if dice.one_in(2) { Direction::Descending } else { Direction::Ascending },
        }),
        limit,
        offset: limit.and_then(|_| dice.maybe(count)),
    })
}

fn items(dice: &mut Dice<'_>) -> SelectList {
    let mut items = dice.list(1, 3, |dice| {
        let selected = if dice.one_in(2) {
            let function = dice.pick(&AggregateFunction::ALL).copied();
            let function = function.unwrap_or(AggregateFunction::Count);
            let property = match function {
                AggregateFunction::Count => dice.maybe(path),
                _ => Some(path(dice)),
            };
            Selected::Aggregate(Aggregate { function, property, span: NO_SPAN })
        } else {
            Selected::Property(path(dice))
        };
        SelectItem { selected, alias: dice.maybe(identifier) }
    });
    // A list of plain properties has a form of its own.
    if let Some(item) = items.first_mut() {
        item.alias.get_or_insert_with(|| identifier(dice));
    }
    SelectList::Items(items)
}

fn plain_list(dice: &mut Dice<'_>) -> SelectList {
    let paths = dice.list(0, 3, path);
    if paths.is_empty() { SelectList::All } else { SelectList::Properties(paths) }
}

fn association(dice: &mut Dice<'_>) -> AssociationQuery {
    let kind = match dice.below(2) {
        0 => AssociationKind::Associators,
        _ => AssociationKind::References,
    };
    let mut query = AssociationQuery::new(kind, object_path(dice), NO_SPAN);
    if kind == AssociationKind::Associators {
        query.assoc_class = dice.maybe(identifier);
        query.result_role = dice.maybe(identifier);
        query.required_assoc_qualifier = dice.maybe(identifier);
    }
    query.role = dice.maybe(identifier);
    query.required_qualifier = dice.maybe(identifier);
    query.keys_only = dice.maybe(|_| NO_SPAN);
    match dice.below(4) {
        0 => {}
        1 => query.class_defs_only = Some(NO_SPAN),
        _ => {
            query.result_class = dice.maybe(identifier);
            query.schema_only = query.path.is_class().then_some(NO_SPAN);
        }
    }
    query
}

fn object_path(dice: &mut Dice<'_>) -> ObjectPath {
    let namespace = dice.maybe(|dice| dice.text(&["root", "root/cimv2", "a/b-c/d.e"]).into());
    let host = namespace.as_ref().and_then(|_| dice.maybe(|d| d.text(&[".", "h", "[::1]"]).into()));
    let keys = match dice.below(5) {
        0 => Keys::Class,
        1 => Keys::Singleton,
        2 => Keys::Unnamed(key(dice)),
        _ => {
            let mut bindings =
                dice.list(1, 3, |dice| KeyBinding { name: name(dice), value: key(dice) });
            bindings.sort_by(|a, b| a.name.cmp(&b.name));
            bindings.dedup_by(|a, b| a.name == b.name);
            Keys::Named(bindings)
        }
    };
    ObjectPath { host, namespace, class: Some(name(dice)), keys }
}

fn key(dice: &mut Dice<'_>) -> KeyValue {
    match dice.below(4) {
        0 => KeyValue::Integer(dice.number().into()),
        1 => KeyValue::Boolean(dice.one_in(2)),
        2 => KeyValue::Real(-1.25),
        _ => match any_literal(dice) {
            LiteralValue::String(text) => KeyValue::String(text),
            _ => KeyValue::String("} \"'\\{ äß".into()),
        },
    }
}

fn interval(dice: &mut Dice<'_>) -> Interval {
    let milliseconds = match dice.below(4) {
        0 => 1000,
        1 => u32::MAX,
        _ => (dice.number() as u32).max(1),
    };
    Interval { milliseconds, span: NO_SPAN }
}

fn name(dice: &mut Dice<'_>) -> Name {
    Name::new(dice.text(NAMES))
}

fn identifier(dice: &mut Dice<'_>) -> Identifier {
    Identifier { name: name(dice), span: NO_SPAN }
}

fn path(dice: &mut Dice<'_>) -> PropertyPath {
    PropertyPath { property: identifier(dice), members: dice.list(0, 2, identifier) }
}

/// A path where NOT would be the operator.
fn tested_path(dice: &mut Dice<'_>) -> PropertyPath {
    let mut path = path(dice);
    if path.property.name.is("not") {
        path.property.name = Name::new("c");
    }
    path
}

fn filter(dice: &mut Dice<'_>, level: Level) -> Option<Expr> {
    dice.maybe(|dice| expr(dice, level, 4))
}

fn expr(dice: &mut Dice<'_>, level: Level, depth: usize) -> Expr {
    match dice.below(6) {
        1 if depth > 0 => Expr::And(dice.list(2, 3, |dice| expr(dice, level, depth - 1))),
        2 if depth > 0 => Expr::Or(dice.list(2, 3, |dice| expr(dice, level, depth - 1))),
        3 if depth > 0 => Expr::Not(Box::new(expr(dice, level, depth - 1))),
        _ => predicate(dice, level),
    }
}

fn predicate(dice: &mut Dice<'_>, level: Level) -> Expr {
    let kinds = if level == Level::Extended { 8 } else { 6 };
    match dice.below(kinds) {
        0 | 1 => Expr::Compare(Comparison {
            left: operand(dice),
            operator: operator(dice),
            operator_span: NO_SPAN,
            right: operand(dice),
        }),
        2 => Expr::Like(Like {
            property: tested_path(dice),
            pattern: Literal { value: pattern(dice), span: NO_SPAN },
        }),
        3 => Expr::Like(Like { property: tested_path(dice), pattern: literal(dice) }),
        4 => {
            let test = if dice.one_in(2) { NullTest::NotNull } else { NullTest::Null };
            Expr::IsNull(IsNull { property: tested_path(dice), test })
        }
        5 => Expr::IsA(IsA { property: tested_path(dice), class: identifier(dice) }),
        6 => Expr::In(In { property: tested_path(dice), values: dice.list(1, 3, literal) }),
        _ => Expr::Between(Between {
            property: tested_path(dice),
            low: literal(dice),
            high: literal(dice),
        }),
    }
}

pub(super) fn operator(dice: &mut Dice<'_>) -> CompareOp {
    const ALL: [CompareOp; 6] = [
        CompareOp::Equal,
        CompareOp::NotEqual,
        CompareOp::Less,
        CompareOp::LessOrEqual,
        CompareOp::Greater,
        CompareOp::GreaterOrEqual,
    ];
    dice.pick(&ALL).copied().unwrap_or(CompareOp::Equal)
}

fn operand(dice: &mut Dice<'_>) -> Operand {
    if dice.one_in(2) {
        Operand::Constant(literal(dice))
    } else {
        Operand::Property(tested_path(dice))
    }
}

fn literal(dice: &mut Dice<'_>) -> Literal {
    Literal { value: any_literal(dice), span: NO_SPAN }
}
