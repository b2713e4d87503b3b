//! ORDER BY: a list of places, sorted by the values that are there.
//!
//! An entry has the place and a number that orders the first key as far as it goes
//! ([`SortValue::prefix`]), so most comparisons look at no value. Where few rows are
//! wanted, no more than some more than those are ever in the list; where all are, they are
//! sorted in runs which are then merged, so that the call can be ended between any two.

use super::super::query::{Place, QueryResult};
use crate::error::EngineError;
use cimarron_model::ReferenceRules;
use cimarron_wql::like::StringCase;
use cimarron_wql::order::SortValue;
use cimarron_wql::syntax::ast::Direction;
use cimarron_wql::{BoundOrder, BoundPath};
use std::cmp::Ordering;

/// As many rows as this are kept apart from the rest while it is read; when more are
/// wanted, all are sorted.
const MOST_KEPT: usize = 1 << 16;

/// How many rows are collected at least before those that are not wanted are thrown out.
const SLACK: usize = 1024;

/// How many rows are sorted or merged between two looks at deadline and cancel token.
const RUN: usize = 4096;

/// Sorts the rows it is given; in the order they come when there is no key.
pub(super) struct Sorter<'q> {
    keys: Vec<Key<'q>>,
    entries: Vec<Entry>,
    /// No more rows than these are wanted.
    wanted: usize,
    rules: ReferenceRules,
    /// What stands behind the last wanted row so far has a greater prefix.
    last_wanted: u64,
}

struct Key<'q> {
    path: &'q BoundPath,
    descending: bool,
    case: StringCase,
}

#[derive(Clone, Copy)]
struct Entry {
    prefix: u64,
    place: Place,
}

impl<'q> Sorter<'q> {
    pub(super) fn new(
        keys: &'q [BoundOrder],
        rules: ReferenceRules,
        wanted: Option<usize>,
    ) -> Self {
        let key = |BoundOrder { path, direction }: &'q BoundOrder| Key {
            path,
            descending: *direction == Direction::Descending,
            case: path.case(rules.dialect()),
        };
        Self {
            keys: keys.iter().map(key).collect(),
            entries: Vec::new(),
            wanted: wanted.unwrap_or(usize::MAX),
            last_wanted: u64::MAX,
            rules,
        }
    }

    /// Whether rows just stay in the order in which they come.
    pub(super) const fn is_idle(&self) -> bool {
        self.keys.is_empty()
    }

    pub(super) const fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) const fn heap_bytes(&self) -> usize {
        self.entries.capacity() * size_of::<Entry>()
    }

    pub(super) fn push(&mut self, result: &QueryResult, place: Place) {
        let prefix = self.prefix(result, place);
        if prefix > self.last_wanted {
            return;
        }
        self.entries.push(Entry { prefix, place });
        let keeps_few = !self.is_idle() && self.wanted <= MOST_KEPT;
        if keeps_few && self.entries.len() >= self.wanted + self.wanted.max(SLACK) {
            self.keep_wanted(result);
        }
    }

    /// Throws all rows out that stand behind as many as are wanted.
    fn keep_wanted(&mut self, result: &QueryResult) {
        let Some(last) = self.wanted.checked_sub(1) else { return };
        let (keys, rules) = (&self.keys, &self.rules);
        if last < self.entries.len() {
            self.entries
                .select_nth_unstable_by(last, |a, b| compare((keys, rules), result, *a, *b));
            self.entries.truncate(self.wanted);
        }
        self.last_wanted = self.entries.last().map_or(u64::MAX, |entry| entry.prefix);
    }

    fn prefix(&self, result: &QueryResult, place: Place) -> u64 {
        let (Some(key), Some(row)) = (self.keys.first(), result.row_at(place)) else { return 0 };
        let prefix = SortValue::fetched(key.path.fetch(&row), &self.rules).prefix(key.case);
        if key.descending { !prefix } else { prefix }
    }

    /// The wanted rows in order. `check` is told how many bytes are held.
    pub(super) fn finish(
        mut self,
        result: &QueryResult,
        mut check: impl FnMut(usize) -> Result<(), EngineError>,
    ) -> Result<Vec<Place>, EngineError> {
        if !self.is_idle() {
            let (keys, rules) = (&self.keys, &self.rules);
            sort(&mut self.entries, |a, b| compare((keys, rules), result, a, b), &mut check)?;
        }
        let own = self.heap_bytes();
        let count = self.entries.len().min(self.wanted);
        check(own + count * size_of::<Place>())?;
        Ok(self.entries.iter().take(count).map(|entry| entry.place).collect())
    }
}

/// The order of two rows; those that are alike stay in the order they had.
fn compare(
    (keys, rules): (&[Key<'_>], &ReferenceRules),
    result: &QueryResult,
    a: Entry,
    b: Entry,
) -> Ordering {
    let by_values = || {
        let (Some(a), Some(b)) = (result.row_at(a.place), result.row_at(b.place)) else {
            return Ordering::Equal;
        };
        let by_key = |key: &Key<'_>| {
            let value = |row| SortValue::fetched(key.path.fetch(row), rules);
            let order = value(&a).compare(&value(&b), key.case);
            if key.descending { order.reverse() } else { order }
        };
        keys.iter().map(by_key).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    };
    a.prefix.cmp(&b.prefix).then_with(by_values).then(a.place.cmp(&b.place))
}

/// Sorts by runs that are merged, two at a time.
fn sort(
    entries: &mut Vec<Entry>,
    compare: impl Fn(Entry, Entry) -> Ordering,
    check: &mut impl FnMut(usize) -> Result<(), EngineError>,
) -> Result<(), EngineError> {
    let own = entries.capacity() * size_of::<Entry>();
    for run in entries.chunks_mut(RUN) {
        check(own)?;
        run.sort_unstable_by(|a, b| compare(*a, *b));
    }
    if entries.len() <= RUN {
        return Ok(());
    }
    let both = own + entries.len() * size_of::<Entry>();
    check(both)?;
    let mut merged: Vec<Entry> = Vec::with_capacity(entries.len());
    let mut width = RUN;
    while width < entries.len() {
        merged.clear();
        for pair in entries.chunks(width.saturating_mul(2)) {
            let (mut left, mut right) = pair.split_at(width.min(pair.len()));
            while let ([a, rest_of_left @ ..], [b, rest_of_right @ ..]) = (left, right) {
                if merged.len().is_multiple_of(RUN) {
                    check(both)?;
                }
                if compare(*a, *b).is_le() {
                    merged.push(*a);
                    left = rest_of_left;
                } else {
                    merged.push(*b);
                    right = rest_of_right;
                }
            }
            merged.extend_from_slice(left);
            merged.extend_from_slice(right);
        }
        std::mem::swap(entries, &mut merged);
        width = width.saturating_mul(2);
    }
    Ok(())
}
