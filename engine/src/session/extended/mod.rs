//! What the extended level of the language does with the rows that pass: it cuts them,
//! tells equal ones apart, sorts them, or makes one row of all.
//!
//! All of it starts from an ordinary result and ends with one. Rows that come in another
//! order, or not all, are a list of their places; a plain cut only moves the ends of the
//! chunks; a row of aggregates lies in a chunk of its own. No value is copied but those.

mod aggregate;
mod cut;
mod distinct;
mod sort;

use super::Session;
use super::query::{Place, QueryResult};
use super::scan::FIRST_WINDOW;
use crate::error::EngineError;
use cimarron_wql::vector::BATCH_ROWS;
use distinct::Distinct;
use sort::Sorter;
use std::ops::ControlFlow;

impl Session {
    /// What the clauses of a result's statement make of it.
    pub(super) fn extend(&self, result: QueryResult) -> Result<QueryResult, EngineError> {
        let statement = result.statement().clone();
        let Some(clauses) = &statement.extended else {
            return Ok(result);
        };
        if !clauses.aggregates.is_empty() {
            return aggregate::fold(self, &result, clauses);
        }
        let rules = || self.namespace_handle().references().clone();
        let wanted = clauses.limit.map(|limit| limit.saturating_add(clauses.offset));
        if clauses.limit == Some(0) {
            Ok(result.emptied())
        } else if clauses.distinct || !clauses.order_by.is_empty() {
            let wanted = wanted.map(|rows| usize::try_from(rows).unwrap_or(usize::MAX));
            let sorter = Sorter::new(&clauses.order_by, rules(), wanted);
            let distinct = clauses.distinct.then(|| Distinct::new(rules()));
            let mut places = list(&result, wanted, sorter, distinct)?;
            let offset = usize::try_from(clauses.offset).unwrap_or(usize::MAX);
            places.drain(..offset.min(places.len()));
            places.shrink_to_fit();
            Ok(result.with_list(places))
        } else if clauses.limit.is_some() || clauses.offset > 0 {
            cut::cut(result, clauses.offset, clauses.limit.unwrap_or(u64::MAX))
        } else {
            // Nothing but aliases.
            Ok(result)
        }
    }
}

/// The first rows, in order and each once as it is asked for.
fn list(
    result: &QueryResult,
    wanted: Option<usize>,
    mut sorter: Sorter<'_>,
    mut distinct: Option<Distinct>,
) -> Result<Vec<Place>, EngineError> {
    let context = result.context();
    let wanted = wanted.unwrap_or(usize::MAX);
    // Sorting needs all rows, so they are looked at chunk by chunk.
    let window = if sorter.is_idle() { FIRST_WINDOW } else { BATCH_ROWS };
    result.masks(context, window, |chunk, _, passed| {
        for row in passed.rows() {
            let Ok(chunk) = u32::try_from(chunk) else { continue };
            let place = Place { chunk, row: row as u32 };
            if distinct.as_mut().is_some_and(|distinct| !distinct.insert(result, place)) {
                continue;
            }
            sorter.push(result, place);
            if sorter.is_idle() && sorter.len() >= wanted {
                return Ok(ControlFlow::Break(()));
            }
        }
        let held = sorter.heap_bytes() + distinct.as_ref().map_or(0, Distinct::heap_bytes);
        result.check_memory(context, held)?;
        Ok(ControlFlow::Continue(()))
    })?;
    let held = distinct.as_ref().map_or(0, Distinct::heap_bytes);
    sorter.finish(result, |own| result.check(context, held + own))
}
