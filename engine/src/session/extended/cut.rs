//! TOP, LIMIT and OFFSET of rows that stay in their order.
//!
//! What is left is a run of the rows that pass. So the chunks before it and behind it go,
//! the first and the last one begin and end later and earlier, and the condition is asked
//! again as the rows are read: however many they are, nothing is written down.

use super::super::query::QueryResult;
use super::super::scan::{FIRST_WINDOW, Position};
use crate::error::EngineError;
use std::ops::ControlFlow;

/// Leaves `skip` rows out and then keeps `most`, at least one. Nothing is looked at behind
/// the last of them.
pub(super) fn cut(
    result: QueryResult,
    mut skip: u64,
    mut most: u64,
) -> Result<QueryResult, EngineError> {
    let mut kept: Option<(Position, Position)> = None;
    result.masks(result.context(), FIRST_WINDOW, |chunk, _, passed| {
        let count = passed.count() as u64;
        let skipped = skip.min(count);
        skip -= skipped;
        let taken = most.min(count - skipped);
        most -= taken;
        let place = |nth: u64| {
            let row = passed.rows().nth(usize::try_from(nth).ok()?)?;
            Some(Position { chunk, row })
        };
        if taken > 0
            && let Some((first, last)) = place(skipped).zip(place(skipped + taken - 1))
        {
            kept = Some((kept.map_or(first, |(first, _)| first), last));
        }
        Ok(if most == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    })?;
    Ok(match kept {
        Some((first, last)) => result.between(first, last),
        None => result.emptied(),
    })
}
