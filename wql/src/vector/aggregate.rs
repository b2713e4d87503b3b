//! Aggregates over the slices of a batch: how many, their sum, the least and the greatest.
//!
//! Rows are taken 64 at a time, as the words of the mask have them: a word that wants all
//! of its rows reads the slice as it lies there, another one gathers what it wants first.

use super::batch::{Batch, Values};
use super::mask::Mask;
use crate::order::compare_reals;
use cimarron_model::Char16;
use std::cmp::Ordering;

/// The rows among some whose value in a slot is not NULL; `None` when only the rows
/// themselves can tell.
pub fn with_value<B: Batch>(batch: &B, slot: usize, rows: &Mask) -> Option<Mask> {
    let values = batch.values(slot);
    let len = match values {
        Values::Missing => return Some(Mask::NONE),
        Values::Rows => return None,
        _ => values.len().unwrap_or_else(|| batch.len()),
    };
    let mut rows = rows.clone();
    let mut valid = Mask::default();
    if batch.valid(slot, &mut valid) {
        rows.intersect(&valid);
    }
    if len < batch.len() {
        rows.intersect(&Mask::of(0..len));
    }
    Some(rows)
}

/// A sum: of integers exact, of reals with the rounding errors carried along (Neumaier,
/// "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen", 1974).
#[derive(Clone, Copy, Debug, Default)]
pub struct Sum {
    /// How many numbers were added.
    pub count: u64,
    integers: i128,
    /// Whether any was an integer of a signed type.
    signed: bool,
    /// The sum of the reals and what was lost of it; `None` before the first.
    reals: Option<(f64, f64)>,
}

/// What the numbers added up to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Total {
    /// Nothing was added.
    None,
    /// All were integers.
    Integer {
        /// Their sum.
        sum: i128,
        /// Whether any was of a signed type.
        signed: bool,
    },
    /// Some were reals.
    Real(f64),
}

impl Sum {
    /// Adds the values of rows, none of which is NULL; `false`, and nothing is added, when
    /// they are no slice of numbers.
    pub fn add(&mut self, values: Values<'_>, rows: &Mask) -> bool {
        match values {
            Values::UInt8(v) => self.integers(v, rows, false, sum_narrow),
            Values::UInt16(v) => self.integers(v, rows, false, sum_narrow),
            Values::UInt32(v) => self.integers(v, rows, false, sum_narrow),
            Values::UInt64(v) => self.integers(v, rows, false, sum_wide),
            Values::SInt8(v) => self.integers(v, rows, true, sum_narrow),
            Values::SInt16(v) => self.integers(v, rows, true, sum_narrow),
            Values::SInt32(v) => self.integers(v, rows, true, sum_narrow),
            Values::SInt64(v) => self.integers(v, rows, true, sum_wide),
            Values::Real32(v) => fold(v, rows, |v| v.iter().for_each(|v| self.real((*v).into()))),
            Values::Real64(v) => fold(v, rows, |v| v.iter().for_each(|v| self.real(*v))),
            _ => return false,
        }
        true
    }

    fn integers<T: Copy + Default>(
        &mut self,
        values: &[T],
        rows: &Mask,
        signed: bool,
        sum: impl Fn(&[T]) -> i128,
    ) {
        fold(values, rows, |values| {
            self.count += values.len() as u64;
            self.integers += sum(values);
            self.signed |= signed;
        });
    }

    /// Adds an integer of a signed or unsigned type.
    pub const fn integer(&mut self, value: i128, signed: bool) {
        self.count += 1;
        self.integers += value;
        self.signed |= signed;
    }

    /// Adds a real.
    pub fn real(&mut self, value: f64) {
        self.count += 1;
        let (sum, lost) = self.reals.get_or_insert((0.0, 0.0));
        let next = *sum + value;
        *lost +=
            if sum.abs() >= value.abs() { (*sum - next) + value } else { (value - next) + *sum };
        *sum = next;
    }

    /// What they add up to.
    pub fn total(&self) -> Total {
        match self.reals {
            _ if self.count == 0 => Total::None,
            None => Total::Integer { sum: self.integers, signed: self.signed },
            // Beyond the finite the carried part means nothing.
            Some((sum, _)) if !sum.is_finite() => Total::Real(sum),
            Some((sum, lost)) => Total::Real(sum + lost + self.integers as f64),
        }
    }

    /// Their mean; `None` when there are none.
    pub fn mean(&self) -> Option<f64> {
        let total = match self.total() {
            Total::None => return None,
            Total::Integer { sum, .. } => sum as f64,
            Total::Real(sum) => sum,
        };
        Some(total / self.count as f64)
    }
}

fn sum_narrow<T: Copy + Into<i64>>(values: &[T]) -> i128 {
    values.iter().map(|v| (*v).into()).sum::<i64>().into()
}

fn sum_wide<T: Copy + Into<i128>>(values: &[T]) -> i128 {
    values.iter().map(|v| (*v).into()).sum()
}

/// The least and the greatest of some numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Extremes {
    /// Of integers and code units.
    pub integers: Option<(i128, i128)>,
    /// Of reals; NaN is greater than all others.
    pub reals: Option<(f64, f64)>,
}

impl Extremes {
    /// Looks at the values of rows, none of which is NULL; `false`, and nothing is looked
    /// at, when they are no slice of numbers.
    pub fn add(&mut self, values: Values<'_>, rows: &Mask) -> bool {
        match values {
            Values::UInt8(v) => self.integers_of(v, rows),
            Values::UInt16(v) => self.integers_of(v, rows),
            Values::UInt32(v) => self.integers_of(v, rows),
            Values::UInt64(v) => self.integers_of(v, rows),
            Values::SInt8(v) => self.integers_of(v, rows),
            Values::SInt16(v) => self.integers_of(v, rows),
            Values::SInt32(v) => self.integers_of(v, rows),
            Values::SInt64(v) => self.integers_of(v, rows),
            Values::Char16(v) => fold(v, rows, |v: &[Char16]| {
                v.iter().for_each(|v| self.integer(v.0.into()));
            }),
            Values::Real32(v) => fold(v, rows, |v| v.iter().for_each(|v| self.real((*v).into()))),
            Values::Real64(v) => fold(v, rows, |v| v.iter().for_each(|v| self.real(*v))),
            _ => return false,
        }
        true
    }

    fn integers_of<T: Copy + Default + Ord + Into<i128>>(&mut self, values: &[T], rows: &Mask) {
        fold(values, rows, |values| {
            if let (Some(least), Some(greatest)) = (values.iter().min(), values.iter().max()) {
                self.integer((*least).into());
                self.integer((*greatest).into());
            }
        });
    }

    /// Looks at an integer, or at the code unit of a `char16`.
    pub fn integer(&mut self, value: i128) {
        let (least, greatest) = self.integers.get_or_insert((value, value));
        *least = value.min(*least);
        *greatest = value.max(*greatest);
    }

    /// Looks at a real.
    pub fn real(&mut self, value: f64) {
        let (least, greatest) = self.reals.get_or_insert((value, value));
        if compare_reals(value, *least) == Ordering::Less {
            *least = value;
        }
        if compare_reals(value, *greatest) == Ordering::Greater {
            *greatest = value;
        }
    }
}

/// Hands on the values of rows, at most 64 at a time.
fn fold<T: Copy + Default>(values: &[T], rows: &Mask, mut take: impl FnMut(&[T])) {
    let mut gathered = [T::default(); 64];
    for (values, word) in values.chunks(64).zip(rows.words()) {
        if *word == u64::MAX && values.len() == 64 {
            take(values);
            continue;
        }
        let mut count = 0;
        let mut rest = *word;
        while rest != 0 {
            if let (Some(value), Some(to)) =
                (values.get(rest.trailing_zeros() as usize), gathered.get_mut(count))
            {
                *to = *value;
                count += 1;
            }
            rest &= rest - 1;
        }
        if let Some(gathered) = gathered.get(..count).filter(|g| !g.is_empty()) {
            take(gathered);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn agrees_with_one_by_one(
            narrow in prop::collection::vec(any::<i32>(), 0..300),
            wide in prop::collection::vec(any::<u64>(), 0..300),
            reals in prop::collection::vec(-1000_i32..1000, 0..300),
            seed in any::<[u64; 5]>(),
        ) {
            let mut mask = Mask::of(64..128);
            for (word, seed) in mask.words_mut().iter_mut().zip(seed) {
                *word |= seed;
            }
            let reals: Vec<f64> = reals.into_iter().map(|v| f64::from(v) / 8.0).collect();
            let wanted = |len| mask.rows().take_while(move |row| *row < len);
            let (mut sum, mut ends) = (Sum::default(), Extremes::default());
            prop_assert!(sum.add(Values::SInt32(&narrow), &mask));
            prop_assert!(ends.add(Values::SInt32(&narrow), &mask));
            let expected: Vec<i128> = wanted(narrow.len()).map(|n| narrow[n].into()).collect();
            prop_assert_eq!(sum.count as usize, expected.len());
            let total = match expected.len() {
                0 => Total::None,
                _ => Total::Integer { sum: expected.iter().sum(), signed: true },
            };
            prop_assert_eq!(sum.total(), total);
            let least = expected.iter().min().copied();
            prop_assert_eq!(ends.integers, least.zip(expected.iter().max().copied()));

            let mut sum = Sum::default();
            prop_assert!(sum.add(Values::UInt64(&wide), &mask));
            let expected: i128 = wanted(wide.len()).map(|n| i128::from(wide[n])).sum();
            if sum.count > 0 {
                prop_assert_eq!(sum.total(), Total::Integer { sum: expected, signed: false });
            }
            let (mut sum, mut ends) = (Sum::default(), Extremes::default());
            prop_assert!(sum.add(Values::Real64(&reals), &mask));
            prop_assert!(ends.add(Values::Real64(&reals), &mask));
            let expected: f64 = wanted(reals.len()).map(|n| reals[n]).sum();
            if sum.count > 0 {
                prop_assert_eq!(sum.total(), Total::Real(expected));
                prop_assert_eq!(sum.mean(), Some(expected / sum.count as f64));
            }
            let order = |a: &f64, b: &f64| a.total_cmp(b);
            let least = wanted(reals.len()).map(|n| reals[n]).min_by(order);
            prop_assert_eq!(ends.reals.map(|ends| ends.0), least);
        }
    }

    #[test]
    fn reals_beyond_the_ordinary() {
        let mut sum = Sum::default();
        [1e16, 1.0, -1e16].into_iter().for_each(|v| sum.real(v));
        assert_eq!(sum.total(), Total::Real(1.0));
        sum.real(f64::INFINITY);
        assert_eq!(sum.total(), Total::Real(f64::INFINITY));
        let mut ends = Extremes::default();
        [f64::NAN, 2.0, 1.0].into_iter().for_each(|v| ends.real(v));
        assert!(ends.reals.is_some_and(|(least, greatest)| least == 1.0 && greatest.is_nan()));
        assert!(!sum.add(Values::Missing, &Mask::NONE));
    }
}
