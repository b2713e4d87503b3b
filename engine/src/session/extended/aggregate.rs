//! COUNT, MIN, MAX, SUM and AVG: one row of what all rows come to.
//!
//! Rows are counted by the bits of their masks. Numbers are folded as the slices that a
//! chunk has of its property; everything else is asked for row by row.

use super::super::Session;
use super::super::query::{Place, QueryResult};
use super::super::scan::ChunkBatch;
use super::super::statement::{ColumnHeader, Statement};
use crate::error::EngineError;
use crate::schema::{ClassId, Layout, Slot};
use crate::store::{Chunk, Found, Snapshot};
use cimarron_model::{
    Char16, CimType, ClassVersion, Name, ReferenceRules, Scalar, TypeClass, Value,
};
use cimarron_wql::order::SortValue;
use cimarron_wql::syntax::ast::AggregateFunction;
use cimarron_wql::vector::{BATCH_ROWS, Batch, Extremes, Mask, Sum, Total, with_value};
use cimarron_wql::{
    BoundAggregate, BoundExtended, BoundPath, Column, Declared, Fetched, SystemValue, ValueRef,
};
use std::cmp::Ordering;
use std::ops::ControlFlow;
use std::sync::Arc;

/// The row of aggregates over the rows of a result, as a result.
pub(super) fn fold(
    session: &Session,
    result: &QueryResult,
    clauses: &BoundExtended,
) -> Result<QueryResult, EngineError> {
    let rules = session.namespace_handle().references();
    let of = |aggregate| Fold::new(aggregate, rules);
    let mut folds: Vec<Fold<'_>> = clauses.aggregates.iter().map(of).collect();
    let is_shown = clauses.limit != Some(0) && clauses.offset == 0;
    if is_shown {
        result.masks(result.context(), BATCH_ROWS, |number, batch, passed| {
            folds.iter_mut().for_each(|fold| fold.add(result, number, batch, passed));
            Ok(ControlFlow::Continue(()))
        })?;
    }
    let (mut headers, mut values) = (Vec::new(), Vec::new());
    for (fold, aggregate) in folds.iter().zip(&clauses.aggregates) {
        let (cim_type, value) = fold.value(result, aggregate)?;
        headers.push(ColumnHeader { name: aggregate.heading.clone(), cim_type, is_array: false });
        values.push(value);
    }
    let class = result.class().clone();
    let row = is_shown.then(|| row(class.clone(), &headers, &values));
    let rows = row.into_iter().map(|chunk| Found { chunk: Arc::new(chunk), row: 0 });
    let snapshot = Snapshot::of_rows(rows);
    let setting = result.statement().setting.clone();
    let statement = Arc::new(Statement::of_aggregates(setting, class, headers));
    let access = result.access().clone();
    Ok(QueryResult::new(session, result.context(), snapshot, statement, access))
}

/// A row that is no instance, in a chunk of its own.
fn row(class: Name, headers: &[ColumnHeader], values: &[Value]) -> Chunk {
    let slots = headers.iter().map(|header| Slot::plain(header.name.clone(), header.cim_type));
    let layout = Layout::from_slots(ClassId::NONE, ClassVersion::default(), class, slots);
    Chunk::of_one_row(layout, values)
}

/// An aggregate under way.
enum Fold<'q> {
    /// COUNT(*).
    Rows(u64),
    /// COUNT of values that are not NULL.
    Values(&'q BoundPath, u64),
    /// SUM and AVG.
    Sum(&'q BoundPath, Sum),
    /// MIN and MAX of a property that is a number or `char16`.
    Extremes(&'q Column, Extremes),
    /// MIN and MAX of anything else: the row that has it, and how a better one compares.
    Best { path: &'q BoundPath, rules: &'q ReferenceRules, better: Ordering, best: Option<Place> },
}

impl<'q> Fold<'q> {
    fn new(aggregate: &'q BoundAggregate, rules: &'q ReferenceRules) -> Self {
        let Some(path) = &aggregate.path else { return Self::Rows(0) };
        let better = match aggregate.function {
            AggregateFunction::Count => return Self::Values(path, 0),
            AggregateFunction::Sum | AggregateFunction::Average => {
                return Self::Sum(path, Sum::default());
            }
            AggregateFunction::Min => Ordering::Less,
            AggregateFunction::Max => Ordering::Greater,
        };
        match path {
            BoundPath::Column(column) if is_number(column.cim_type) => {
                Self::Extremes(column, Extremes::default())
            }
            path => Self::Best { path, rules, better, best: None },
        }
    }

    /// Takes rows of a chunk in.
    fn add(&mut self, result: &QueryResult, number: usize, batch: &ChunkBatch<'_>, passed: &Mask) {
        match self {
            Self::Rows(count) => *count += passed.count() as u64,
            Self::Values(path, count) => {
                *count += match valid(batch, path, passed) {
                    Some(valid) => valid.count() as u64,
                    None => {
                        let rows = passed.rows().map(|row| batch.row(row));
                        rows.filter(|row| !is_null(&path.fetch(row))).count() as u64
                    }
                };
            }
            Self::Sum(path, sum) => match (*path, valid(batch, path, passed)) {
                (BoundPath::Column(column), Some(valid))
                    if sum.add(batch.values(column.slot), &valid) => {}
                _ => passed.rows().for_each(|row| add_to(sum, &path.fetch(&batch.row(row)))),
            },
            Self::Extremes(column, ends) => {
                let values = batch.values(column.slot);
                let valid = with_value(batch, column.slot, passed);
                if !valid.is_some_and(|valid| ends.add(values, &valid)) {
                    for row in passed.rows() {
                        match batch.row(row).value(column.slot).to_wql() {
                            ValueRef::Unsigned(number) => ends.integer(number.into()),
                            ValueRef::Signed(number) => ends.integer(number.into()),
                            ValueRef::Char16(unit) => ends.integer(unit.0.into()),
                            ValueRef::Real32(number) => ends.real(number.into()),
                            ValueRef::Real64(number) => ends.real(number),
                            _ => {}
                        }
                    }
                }
            }
            Self::Best { path, rules, better, best } => {
                let case = path.case(rules.dialect());
                for row in passed.rows() {
                    let new = batch.row(row);
                    let value = SortValue::fetched(path.fetch(&new), rules);
                    // What is NULL or has no order takes no part.
                    if matches!(value, SortValue::Null | SortValue::Other) {
                        continue;
                    }
                    let old = best.and_then(|place| result.row_at(place));
                    let is_better = old.is_none_or(|old| {
                        value.compare(&SortValue::fetched(path.fetch(&old), rules), case) == *better
                    });
                    if is_better {
                        *best = u32::try_from(number)
                            .ok()
                            .map(|chunk| Place { chunk, row: row as u32 });
                    }
                }
            }
        }
    }

    /// What it came to, and its type.
    fn value(
        &self,
        result: &QueryResult,
        aggregate: &BoundAggregate,
    ) -> Result<(CimType, Value), EngineError> {
        Ok(match self {
            Self::Rows(count) | Self::Values(_, count) => (CimType::UInt64, Value::from(*count)),
            Self::Sum(_, sum) if aggregate.function == AggregateFunction::Average => {
                let mean = sum.mean().map_or(Value::null(CimType::Real64), Value::from);
                (CimType::Real64, mean)
            }
            Self::Sum(path, sum) => sum_of(path, sum, aggregate)?,
            Self::Extremes(column, ends) => {
                let is_least = aggregate.function == AggregateFunction::Min;
                let value = extreme(column.cim_type, ends, is_least);
                (column.cim_type, value.map_or(Value::null(column.cim_type), Value::Scalar))
            }
            Self::Best { path, best, .. } => {
                let header = ColumnHeader::of(path);
                let row = best.and_then(|place| result.row_at(place));
                let value = row
                    .map_or(Value::null(header.cim_type), |row| row.item(path, &header).to_value());
                (value.cim_type(), value)
            }
        })
    }
}

/// Whether [`Extremes`] has numbers of the type.
const fn is_number(cim_type: CimType) -> bool {
    matches!(
        cim_type.class(),
        TypeClass::Unsigned | TypeClass::Signed | TypeClass::Real | TypeClass::Char16
    )
}

/// The rows that have a value where a path leads, when the chunk can tell.
fn valid(batch: &ChunkBatch<'_>, path: &BoundPath, rows: &Mask) -> Option<Mask> {
    match path {
        BoundPath::Column(column) => with_value(batch, column.slot, rows),
        _ => None,
    }
}

const fn is_null(fetched: &Fetched<'_>) -> bool {
    matches!(
        fetched,
        Fetched::Missing | Fetched::Value(ValueRef::Null) | Fetched::System(SystemValue::Null)
    )
}

/// Adds what is a number.
fn add_to(sum: &mut Sum, fetched: &Fetched<'_>) {
    match fetched {
        Fetched::Value(ValueRef::Unsigned(number)) => sum.integer((*number).into(), false),
        Fetched::Value(ValueRef::Signed(number)) => sum.integer((*number).into(), true),
        Fetched::Value(ValueRef::Real32(number)) => sum.real((*number).into()),
        Fetched::Value(ValueRef::Real64(number)) => sum.real(*number),
        Fetched::System(SystemValue::Integer(number)) => sum.integer((*number).into(), true),
        _ => {}
    }
}

/// A sum in the type of sums.
fn sum_of(
    path: &BoundPath,
    sum: &Sum,
    aggregate: &BoundAggregate,
) -> Result<(CimType, Value), EngineError> {
    let total = sum.total();
    let declared = match path {
        BoundPath::Member(member) => match member.declared {
            Declared::As(cim_type) => Some(cim_type),
            Declared::Missing | Declared::Open => None,
        },
        path => Some(ColumnHeader::of(path).cim_type),
    };
    let class = declared.map(CimType::class);
    // A member that no class declares has the type of what was found.
    let cim_type = match (class, total) {
        (Some(TypeClass::Unsigned), _) | (None, Total::Integer { signed: false, .. }) => {
            CimType::UInt64
        }
        (Some(TypeClass::Signed), _) | (None, Total::Integer { signed: true, .. }) => {
            CimType::SInt64
        }
        _ => CimType::Real64,
    };
    let value = match total {
        Total::None => Value::null(cim_type),
        Total::Real(sum) => Value::from(sum),
        Total::Integer { sum, .. } => match Scalar::from_integer(cim_type, sum) {
            Some(scalar) => Value::Scalar(scalar),
            None => {
                let heading = aggregate.heading.clone();
                let error = EngineError::SumOutOfRange { heading, sum, cim_type };
                return Err(error.in_query(aggregate.span));
            }
        },
    };
    Ok((cim_type, value))
}

/// The least or the greatest value, in the type of its property.
fn extreme(cim_type: CimType, ends: &Extremes, is_least: bool) -> Option<Scalar> {
    let integer = ends.integers.map(|(least, greatest)| if is_least { least } else { greatest });
    let real = ends.reals.map(|(least, greatest)| if is_least { least } else { greatest });
    match cim_type {
        CimType::Char16 => Some(Scalar::Char16(Char16(u16::try_from(integer?).ok()?))),
        CimType::Real32 => Some(Scalar::Real32(real? as f32)),
        CimType::Real64 => Some(Scalar::Real64(real?)),
        other => Scalar::from_integer(other, integer?),
    }
}
