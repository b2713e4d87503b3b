//! A predicate over thousands of rows at once.
//!
//! [`Predicate::select`] takes the rows of a [`Batch`] that are asked for and leaves those
//! that pass. A test looks at the slice that a batch has of its property; AND hands on what
//! is left, OR what is still undecided, so a dear test sees few rows when a cheap one came
//! first. What the least and greatest value of a batch decide is not looked at.
//!
//! [`BoundExpr::evaluate`](crate::BoundExpr::evaluate), row by row, is what it must agree
//! with.

mod aggregate;
mod batch;
mod mask;
mod numbers;
mod search;
mod short;
mod text;

pub use aggregate::{Extremes, Sum, Total, with_value};
pub use batch::{Batch, Bounds, Texts, Values};
pub use mask::{BATCH_ROWS, Mask};
pub use search::TextSearch;

use crate::plan::{ColumnTest, OtherTest, Predicate, Share, Test};
use crate::rows::ValueRef;
use crate::syntax::ast::CompareOp;

/// Memory that an evaluation uses again for each batch.
#[derive(Clone, Debug, Default)]
pub struct Scratch {
    /// A folded copy of the text that is searched.
    folded: Vec<u8>,
}

impl Scratch {
    /// Bytes allocated.
    pub const fn heap_bytes(&self) -> usize {
        self.folded.capacity()
    }
}

impl Predicate {
    /// Removes the rows that do not pass.
    pub fn select<B: Batch>(&self, batch: &B, rows: &mut Mask, scratch: &mut Scratch) {
        match self {
            Self::Always => {}
            Self::Never => rows.clear(),
            Self::All(items) => {
                for item in items {
                    if rows.is_empty() {
                        break;
                    }
                    item.select(batch, rows, scratch);
                }
            }
            Self::Any(items) => {
                let mut undecided = std::mem::take(rows);
                for item in items {
                    if undecided.is_empty() {
                        break;
                    }
                    let mut passed = undecided.clone();
                    item.select(batch, &mut passed, scratch);
                    undecided.subtract(&passed);
                    rows.unite(&passed);
                }
            }
            Self::Column(test) => test.select(batch, rows, scratch),
            Self::Other(test) => test.select(batch, rows),
        }
    }

    /// Whether no row of a batch can pass, or all must, as far as its bounds and its class
    /// tell.
    pub fn foresee<B: Batch>(&self, batch: &B) -> Option<bool> {
        let answers = |items: &[Self], wanted| {
            let mut all = true;
            for item in items {
                match item.foresee(batch) {
                    Some(answer) if answer == wanted => return Some(wanted),
                    Some(_) => {}
                    None => all = false,
                }
            }
            all.then_some(!wanted)
        };
        match self {
            Self::Always => Some(true),
            Self::Never => Some(false),
            Self::All(items) => answers(items, false),
            Self::Any(items) => answers(items, true),
            Self::Column(test) => test.foresee(batch),
            Self::Other(test) if test.is_of_class() && !batch.is_empty() => {
                Some(test.matches(&batch.row(0)))
            }
            Self::Other(_) => None,
        }
    }
}

impl OtherTest {
    fn select<B: Batch>(&self, batch: &B, rows: &mut Mask) {
        if self.is_of_class() {
            let passes = rows.next(0).is_some_and(|row| self.matches(&batch.row(row)));
            if !passes {
                rows.clear();
            }
        } else {
            rows.retain(|row| self.matches(&batch.row(row)));
        }
    }
}

impl ColumnTest {
    fn foresee<B: Batch>(&self, batch: &B) -> Option<bool> {
        let slot = self.column.slot;
        if let Values::Missing = batch.values(slot) {
            return Some(self.on_null);
        }
        let bounds = batch.bounds(slot)?;
        let share = match &self.test {
            Test::Integers(set) => bounds.share_of_integers(*set),
            Test::Reals(set) => bounds.share_of_reals(*set),
            Test::OneOf(all) => match bounds.share_of_integers(all.hull()?) {
                // Something lies between those that are named.
                Share::All if all.are_named() => return None,
                Share::None if !all.are_named() => return None,
                share => share,
            },
            _ => return None,
        };
        let has_null = || batch.valid(slot, &mut Mask::default()) || !self.reaches_end(batch);
        match share {
            Share::None if !self.on_null || !has_null() => Some(false),
            Share::All if self.on_null || !has_null() => Some(true),
            _ => None,
        }
    }

    /// Whether the values of the property go on to the batch's last row.
    fn reaches_end<B: Batch>(&self, batch: &B) -> bool {
        batch.values(self.column.slot).len().is_none_or(|len| len >= batch.len())
    }

    fn select<B: Batch>(&self, batch: &B, rows: &mut Mask, scratch: &mut Scratch) {
        let slot = self.column.slot;
        let values = batch.values(slot);
        if let Values::Rows = values {
            use crate::rows::Row;
            return rows.retain(|row| self.matches(batch.row(row).value(slot)));
        }
        let nulls = self.take_nulls(batch, values, rows);
        if !rows.is_empty() {
            self.test.select(values, batch.bounds(slot), rows, scratch);
        }
        if let Some(nulls) = nulls.filter(|_| self.on_null) {
            rows.unite(&nulls);
        }
    }

    /// Removes the rows that are NULL, and gives them; `None` when none can be.
    fn take_nulls<B: Batch>(&self, batch: &B, values: Values<'_>, rows: &mut Mask) -> Option<Mask> {
        let len = values.len().unwrap_or_else(|| batch.len());
        let mut valid = Mask::default();
        if !batch.valid(self.column.slot, &mut valid) {
            if len >= batch.len() {
                return None;
            }
            valid = Mask::of(0..len);
        } else if len < BATCH_ROWS {
            valid.intersect(&Mask::of(0..len));
        }
        let mut nulls = rows.clone();
        nulls.subtract(&valid);
        rows.intersect(&valid);
        Some(nulls)
    }
}

impl Test {
    /// Removes the rows whose values do not pass; none of them is NULL.
    fn select(
        &self,
        values: Values<'_>,
        bounds: Option<Bounds>,
        rows: &mut Mask,
        scratch: &mut Scratch,
    ) {
        match (self, values) {
            (Self::Always, _) => {}
            (Self::Never, _) | (_, Values::Missing) => rows.clear(),
            (_, Values::Constant(value, _)) => {
                if !self.holds(value) {
                    rows.clear();
                }
            }
            (Self::Integers(set), _) => match bounds.map(|b| b.share_of_integers(*set)) {
                Some(Share::None) => rows.clear(),
                Some(Share::All) => {}
                _ => numbers::select_integers(*set, values, rows),
            },
            (Self::Reals(set), _) => match bounds.map(|b| b.share_of_reals(*set)) {
                Some(Share::None) => rows.clear(),
                Some(Share::All) => {}
                _ => numbers::select_reals(*set, values, rows),
            },
            (Self::Boolean(wanted), Values::Boolean(values)) => {
                numbers::select(values, rows, |value| value == *wanted);
            }
            (Self::DateTime { operator, constant, negated }, Values::DateTime(values)) => {
                numbers::select_each(values, rows, |value| {
                    super::plan::datetime_holds(value, *operator, *constant) != *negated
                });
            }
            (_, Values::Dictionary(codes, texts)) => {
                let mut passes = [false; 256];
                for (at, passes) in passes.iter_mut().take(texts.len()).enumerate() {
                    *passes = self.holds(ValueRef::String(texts.get(at)));
                }
                numbers::select_each(codes, rows, |code| {
                    passes.get(usize::from(code)).is_some_and(|passes| *passes)
                });
            }
            (Self::OneOf(all), Values::Text(texts)) => {
                rows.retain(|row| all.has_text(texts.get(row)));
            }
            (Self::OneOf(all), _) => numbers::select_one_of(all, values, rows),
            (Self::Text { operator, constant, case }, Values::Text(texts)) => match operator {
                CompareOp::Equal => text::select_equal(texts, constant, *case, rows),
                _ => rows.retain(|row| self.holds(ValueRef::String(texts.get(row)))),
            },
            (Self::Like { search, negated }, Values::Text(texts)) => {
                let all = negated.then(|| rows.clone());
                search.select(texts, rows, &mut scratch.folded);
                if let Some(mut all) = all {
                    all.subtract(rows);
                    *rows = all;
                }
            }
            // A test and values of different kinds: nothing passes.
            _ => rows.clear(),
        }
    }
}

impl Values<'_> {
    /// How many rows they reach; `None` for all.
    const fn len(&self) -> Option<usize> {
        Some(match self {
            Self::Missing => 0,
            Self::Constant(_, rows) => *rows,
            Self::Boolean(items) => items.len(),
            Self::UInt8(items) => items.len(),
            Self::UInt16(items) => items.len(),
            Self::UInt32(items) => items.len(),
            Self::UInt64(items) => items.len(),
            Self::SInt8(items) => items.len(),
            Self::SInt16(items) => items.len(),
            Self::SInt32(items) => items.len(),
            Self::SInt64(items) => items.len(),
            Self::Real32(items) => items.len(),
            Self::Real64(items) => items.len(),
            Self::Char16(items) => items.len(),
            Self::DateTime(items) => items.len(),
            Self::Text(texts) => texts.len(),
            Self::Dictionary(codes, _) => codes.len(),
            Self::Rows => return None,
        })
    }
}

#[cfg(test)]
mod tests;
