//! Tests of numbers over slices.
//!
//! 64 values at a time become 64 bytes, which the compiler makes vector instructions of, and
//! those become one word of the mask.

use super::batch::Values;
use super::mask::Mask;
use crate::plan::{Integers, OneOf, Reals};

/// Keeps the rows whose integers are in a set.
pub(super) fn select_integers(set: Integers, values: Values<'_>, rows: &mut Mask) {
    macro_rules! in_type {
        ($values:expr, $type:ty, $get:expr) => {
            match clamp::<$type>(set) {
                Some((low, high)) => select_range($values, rows, low, high, set.outside, $get),
                None if set.outside => {}
                None => rows.clear(),
            }
        };
    }
    match values {
        Values::UInt8(values) => in_type!(values, u8, |v| v),
        Values::UInt16(values) => in_type!(values, u16, |v| v),
        Values::UInt32(values) => in_type!(values, u32, |v| v),
        Values::UInt64(values) => in_type!(values, u64, |v| v),
        Values::SInt8(values) => in_type!(values, i8, |v| v),
        Values::SInt16(values) => in_type!(values, i16, |v| v),
        Values::SInt32(values) => in_type!(values, i32, |v| v),
        Values::SInt64(values) => in_type!(values, i64, |v| v),
        Values::Char16(values) => {
            in_type!(values, u16, |v: cimarron_model::Char16| v.0);
        }
        _ => rows.clear(),
    }
}

/// Keeps the rows whose integers are among many.
pub(super) fn select_one_of(all: &OneOf, values: Values<'_>, rows: &mut Mask) {
    macro_rules! of {
        ($values:expr, $get:expr) => {
            select_each($values, rows, |value| all.has_integer(i128::from($get(value))))
        };
    }
    match values {
        Values::UInt8(values) => of!(values, |v| v),
        Values::UInt16(values) => of!(values, |v| v),
        Values::UInt32(values) => of!(values, |v| v),
        Values::UInt64(values) => of!(values, |v| v),
        Values::SInt8(values) => of!(values, |v| v),
        Values::SInt16(values) => of!(values, |v| v),
        Values::SInt32(values) => of!(values, |v| v),
        Values::SInt64(values) => of!(values, |v| v),
        Values::Char16(values) => of!(values, |v: cimarron_model::Char16| v.0),
        _ => rows.clear(),
    }
}

/// Keeps the rows whose reals are in a set.
pub(super) fn select_reals(set: Reals, values: Values<'_>, rows: &mut Mask) {
    let Reals { low, high, outside } = set;
    match values {
        Values::Real32(values) => select_range(values, rows, low, high, outside, f64::from),
        Values::Real64(values) => select_range(values, rows, low, high, outside, |v| v),
        _ => rows.clear(),
    }
}

/// What an interval leaves of a type; `None` for nothing.
fn clamp<T: TryFrom<i128> + Extremes>(set: Integers) -> Option<(T, T)> {
    let (least, greatest) = T::EXTREMES;
    let low = T::try_from(set.low.max(least)).ok()?;
    let high = T::try_from(set.high.min(greatest)).ok()?;
    (set.low <= set.high).then_some((low, high))
}

/// The least and the greatest value of a type.
trait Extremes {
    const EXTREMES: (i128, i128);
}

macro_rules! extremes {
    ($($type:ty),*) => {
        $( impl Extremes for $type {
            const EXTREMES: (i128, i128) = (<$type>::MIN as i128, <$type>::MAX as i128);
        } )*
    };
}

extremes!(u8, u16, u32, u64, i8, i16, i32, i64);

/// Keeps the rows whose values lie between two, or do not.
#[inline]
fn select_range<T: Copy, N: Copy + PartialOrd>(
    values: &[T],
    rows: &mut Mask,
    low: N,
    high: N,
    outside: bool,
    number: impl Fn(T) -> N,
) {
    let inside = |value: T| {
        let value = number(value);
        (low <= value) & (value <= high)
    };
    if outside {
        select(values, rows, |value| !inside(value));
    } else {
        select(values, rows, inside);
    }
}

/// Of so few rows among 64, only theirs are tested.
const FEW: u32 = 8;

/// Keeps the rows whose values pass a test that costs next to nothing: values of other rows
/// are tested too, unless so few are asked for that the others would be fetched for nothing.
#[inline]
pub(super) fn select<T: Copy>(values: &[T], rows: &mut Mask, test: impl Fn(T) -> bool) {
    let (blocks, rest) = values.as_chunks::<64>();
    let words = rows.words_mut();
    for (word, block) in words.iter_mut().zip(blocks) {
        match word.count_ones() {
            0 => {}
            1..=FEW => *word &= !failed(*word, block, &test),
            _ => *word &= bits(block, &test),
        }
    }
    if let Some(word) = words.get_mut(blocks.len()) {
        let bit = |(n, value): (usize, &T)| u64::from(test(*value)) << n;
        *word &= rest.iter().enumerate().map(bit).fold(0, |all, bit| all | bit);
    }
    words.iter_mut().skip(blocks.len() + 1).for_each(|word| *word = 0);
}

/// Keeps the rows whose values pass a test; only theirs are tested.
pub(super) fn select_each<T: Copy>(values: &[T], rows: &mut Mask, test: impl Fn(T) -> bool) {
    rows.retain(|row| values.get(row).is_some_and(|value| test(*value)));
}

/// Which of 64 values pass, the first one's bit lowest.
#[inline(always)]
fn bits<T: Copy>(block: &[T; 64], test: impl Fn(T) -> bool) -> u64 {
    let mut passed = [0_u8; 64];
    for (passed, value) in passed.iter_mut().zip(block) {
        *passed = u8::from(test(*value));
    }
    let (eights, _) = passed.as_chunks::<8>();
    eights.iter().rev().fold(0, |word, eight| word << 8 | gather(u64::from_le_bytes(*eight)))
}

/// Which of the values that are asked for do not pass.
#[inline]
fn failed<T: Copy>(mut asked: u64, block: &[T; 64], test: impl Fn(T) -> bool) -> u64 {
    let mut failed = 0;
    while asked != 0 {
        let at = asked.trailing_zeros();
        let passes = block.get(at as usize).is_some_and(|value| test(*value));
        failed |= u64::from(!passes) << at;
        asked &= asked - 1;
    }
    failed
}

/// The lowest bits of eight bytes, in the lowest byte.
#[inline(always)]
const fn gather(bytes: u64) -> u64 {
    // Byte n is moved to bit 56 + n, and no two of the products meet there.
    bytes.wrapping_mul(0x0102_0408_1020_4080) >> 56
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn keeps_what_passes(values in prop::collection::vec(any::<u8>(), 0..300), low: u8, high: u8) {
            let expected = |row: &usize| values.get(*row).is_some_and(|v| (low..=high).contains(v));
            for keep in [1, 3, 20] {
                let asked = || (0..super::super::BATCH_ROWS).filter(|row| row % keep == 0);
                let mut rows = Mask::NONE;
                asked().for_each(|row| rows.insert(row));
                select(&values, &mut rows, |v| (low <= v) & (v <= high));
                let found: Vec<_> = rows.rows().collect();
                prop_assert_eq!(found, asked().filter(expected).collect::<Vec<_>>());
            }
        }
    }
}
