//! Which entries of two lists of values stand for the same numbers.
//!
//! The numbers between two ends of ranges belong together, so nothing is asked of each
//! number. A value goes before the ranges that it lies in, and these before `..`.

use super::values::{List, Values};
use std::collections::BTreeSet;

/// From a number on, up to that of the next one: the entry that has the numbers.
type Run = (i128, Option<usize>);

/// Every pair of an old and a new entry with a value in common, and those whose values
/// the other list does not have.
pub(super) fn pairs(before: &List, after: &List) -> BTreeSet<(Option<usize>, Option<usize>)> {
    let (old, new) = (runs(before), runs(after));
    let mut starts: Vec<i128> = old.iter().chain(&new).map(|(start, _)| *start).collect();
    starts.sort_unstable();
    starts.dedup();
    let mut pairs: BTreeSet<_> =
        starts.into_iter().map(|number| (owner(&old, number), owner(&new, number))).collect();
    pairs.extend(texts(before).map(|(at, key)| (Some(at), after.find(key))));
    let added = texts(after).filter(|(_, key)| before.find(key).is_none());
    pairs.extend(added.map(|(at, _)| (None, Some(at))));
    pairs.remove(&(None, None));
    pairs
}

fn texts(list: &List) -> impl Iterator<Item = (usize, &str)> {
    let entries = list.entries.iter().enumerate();
    entries.filter(|(_, entry)| entry.values == Values::Text).map(|(at, e)| (at, e.key.as_str()))
}

fn owner(runs: &[Run], number: i128) -> Option<usize> {
    let behind = runs.partition_point(|(start, _)| *start <= number);
    runs.get(behind.checked_sub(1)?)?.1
}

/// All numbers, as runs in order.
fn runs(list: &List) -> Vec<Run> {
    let mut rest = None;
    // Where what begins or ends to claim numbers, values before ranges.
    let mut ends = Vec::with_capacity(2 * list.entries.len());
    for (at, entry) in list.entries.iter().enumerate() {
        let (from, to, is_range) = match entry.values {
            Values::Number(number) => (number, number, false),
            Values::Range(from, to) if from <= to => (from, to, true),
            Values::Rest => {
                rest = rest.or(Some(at));
                continue;
            }
            Values::Range(..) | Values::Text => continue,
        };
        ends.push((from, true, (is_range, at)));
        ends.extend(to.checked_add(1).map(|end| (end, false, (is_range, at))));
    }
    ends.sort_unstable();
    let mut claims = BTreeSet::new();
    let mut runs = vec![(i128::MIN, rest)];
    for (number, begins, claim) in ends {
        if begins {
            claims.insert(claim);
        } else {
            claims.remove(&claim);
        }
        let now = claims.first().map(|(_, at)| *at).or(rest);
        match runs.last_mut() {
            Some((start, entry)) if *start == number => *entry = now,
            _ => runs.push((number, now)),
        }
    }
    runs
}
