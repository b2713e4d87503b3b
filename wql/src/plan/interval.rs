//! Sets of numbers that a comparison means.
//!
//! `a <= x AND x < b` is one interval, `x <> a` what lies outside of one: that is how
//! comparisons are put together, found to contradict each other, held against the least and
//! greatest value of a batch, and evaluated.

use crate::syntax::ast::CompareOp;
use crate::vector::Bounds;

/// The numbers from `low` to `high`, or all others. Empty when `low` is greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval<N> {
    /// The least.
    pub low: N,
    /// The greatest.
    pub high: N,
    /// Whether all others are meant instead; NaN is among the others only.
    pub outside: bool,
}

/// Integers.
pub type Integers = Interval<i128>;

/// Reals.
pub type Reals = Interval<f64>;

/// How much of a range of values a set has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Share {
    None,
    Some,
    All,
}

impl<N: Copy + PartialOrd> Interval<N> {
    /// Whether a number is one of them.
    #[inline]
    pub fn contains(self, number: N) -> bool {
        (self.low <= number && number <= self.high) != self.outside
    }

    /// The same bounds, and the other numbers.
    #[must_use]
    pub(crate) const fn complement(self) -> Self {
        Self { outside: !self.outside, ..self }
    }

    /// Those that are in both, when that is an interval again.
    pub(crate) fn and(self, other: Self) -> Option<Self> {
        (!self.outside && !other.outside).then(|| Self {
            low: if self.low < other.low { other.low } else { self.low },
            high: if self.high > other.high { other.high } else { self.high },
            outside: false,
        })
    }

    /// How many of the numbers from `low` to `high` it has.
    pub(crate) fn share(self, low: N, high: N) -> Share {
        let inside = if self.low <= low && high <= self.high {
            Share::All
        } else if high < self.low || self.high < low || self.high < self.low {
            Share::None
        } else {
            Share::Some
        };
        inside.turned(self.outside)
    }
}

impl Integers {
    /// Those for which a comparison with a constant holds.
    pub fn comparing(operator: CompareOp, constant: i128) -> Self {
        const MIN: i128 = i128::MIN;
        const MAX: i128 = i128::MAX;
        let empty = (1, 0);
        let (low, high) = match operator {
            CompareOp::Equal | CompareOp::NotEqual => (constant, constant),
            CompareOp::Less => constant.checked_sub(1).map_or(empty, |high| (MIN, high)),
            CompareOp::LessOrEqual => (MIN, constant),
            CompareOp::Greater => constant.checked_add(1).map_or(empty, |low| (low, MAX)),
            CompareOp::GreaterOrEqual => (constant, MAX),
        };
        Self { low, high, outside: operator == CompareOp::NotEqual }
    }

    /// The part of evenly spread integers between two bounds that it has.
    pub fn fraction(self, low: i128, high: i128) -> f64 {
        // One wider, as both ends count.
        let width = |low: i128, high: i128| (high as f64 - low as f64 + 1.0).max(0.0);
        let inside = width(self.low.max(low), self.high.min(high)) / width(low, high).max(1.0);
        if self.outside { 1.0 - inside } else { inside }
    }
}

impl Reals {
    /// Those for which a comparison with a real holds.
    pub fn comparing(operator: CompareOp, constant: f64) -> Self {
        let (low, high) = match operator {
            CompareOp::Equal | CompareOp::NotEqual => (constant, constant),
            CompareOp::Less => (f64::NEG_INFINITY, constant.next_down()),
            CompareOp::LessOrEqual => (f64::NEG_INFINITY, constant),
            CompareOp::Greater => (constant.next_up(), f64::INFINITY),
            CompareOp::GreaterOrEqual => (constant, f64::INFINITY),
        };
        Self { low, high, outside: operator == CompareOp::NotEqual }
    }

    /// Those for which a comparison with an integer holds, exactly.
    pub fn comparing_integer(operator: CompareOp, constant: i128) -> Self {
        // The reals next to the integer: it is one of them, or lies between them.
        let (below, above) = neighbours(constant);
        let (low, high) = match operator {
            // Different ones make an empty interval.
            CompareOp::Equal | CompareOp::NotEqual => (above, below),
            CompareOp::Less if below == above => (f64::NEG_INFINITY, below.next_down()),
            CompareOp::Less | CompareOp::LessOrEqual => (f64::NEG_INFINITY, below),
            CompareOp::Greater if below == above => (above.next_up(), f64::INFINITY),
            CompareOp::Greater | CompareOp::GreaterOrEqual => (above, f64::INFINITY),
        };
        Self { low, high, outside: operator == CompareOp::NotEqual }
    }

    /// The part of evenly spread reals between two bounds that it has.
    pub fn fraction(self, low: f64, high: f64) -> f64 {
        let width = (self.high.min(high) - self.low.max(low)).max(0.0);
        let inside = if high > low { (width / (high - low)).min(1.0) } else { 1.0 };
        if self.outside { 1.0 - inside } else { inside }
    }
}

impl Share {
    const fn turned(self, around: bool) -> Self {
        match (self, around) {
            (Self::None, true) => Self::All,
            (Self::All, true) => Self::None,
            (same, _) => same,
        }
    }
}

/// The greatest real up to an integer and the least from it on.
fn neighbours(integer: i128) -> (f64, f64) {
    // 2^127: the nearest real of integers that are all less.
    const BEYOND: f64 = 170_141_183_460_469_231_731_687_303_715_884_105_728.0;
    let nearest = integer as f64;
    if nearest >= BEYOND {
        return (BEYOND.next_down(), BEYOND);
    }
    match (nearest as i128).cmp(&integer) {
        std::cmp::Ordering::Equal => (nearest, nearest),
        std::cmp::Ordering::Less => (nearest, nearest.next_up()),
        std::cmp::Ordering::Greater => (nearest.next_down(), nearest),
    }
}

impl Bounds {
    /// How much of what lies between the bounds a set of integers has.
    pub(crate) fn share_of_integers(self, set: Integers) -> Share {
        match self {
            Self::Integer(low, high) => set.share(low, high),
            Self::Real(..) => Share::Some,
        }
    }

    /// How much of what lies between the bounds a set of reals has.
    pub(crate) fn share_of_reals(self, set: Reals) -> Share {
        match self {
            Self::Real(low, high) => set.share(low, high),
            Self::Integer(..) => Share::Some,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const OPERATORS: [CompareOp; 6] = [
        CompareOp::Equal,
        CompareOp::NotEqual,
        CompareOp::Less,
        CompareOp::LessOrEqual,
        CompareOp::Greater,
        CompareOp::GreaterOrEqual,
    ];

    fn holds<T: PartialOrd + Copy>(operator: CompareOp, a: T, b: T) -> bool {
        match operator {
            CompareOp::Equal => a == b,
            CompareOp::NotEqual => a != b,
            CompareOp::Less => a < b,
            CompareOp::LessOrEqual => a <= b,
            CompareOp::Greater => a > b,
            CompareOp::GreaterOrEqual => a >= b,
        }
    }

    fn integer() -> impl Strategy<Value = i128> {
        prop_oneof![
            -3..4_i128,
            Just(i128::MIN),
            Just(i128::MAX),
            any::<i64>().prop_map(i128::from),
            any::<u64>().prop_map(i128::from),
        ]
    }

    proptest! {
        #[test]
        fn integers_compare(a in integer(), b in integer(), c in integer()) {
            for operator in OPERATORS {
                let set = Integers::comparing(operator, b);
                prop_assert_eq!(set.contains(a), holds(operator, a, b), "{} {:?} {}", a, operator, b);
                for other in OPERATORS.map(|o| Integers::comparing(o, c)) {
                    if let Some(both) = set.and(other) {
                        prop_assert_eq!(both.contains(a), set.contains(a) && other.contains(a));
                    }
                }
                let (low, high) = (a.min(c), a.max(c));
                match set.share(low, high) {
                    Share::All => prop_assert!(set.contains(a) && set.contains(c)),
                    Share::None => prop_assert!(!set.contains(a) && !set.contains(c)),
                    Share::Some => {}
                }
            }
        }

        #[test]
        fn reals_compare(a in any::<f64>(), b in any::<f64>()) {
            for operator in OPERATORS {
                for (a, b) in [(a, b), (a, a), (f64::NAN, b), (0.0, -0.0), (a, a.next_up())] {
                    if b.is_finite() {
                        let set = Reals::comparing(operator, b);
                        prop_assert_eq!(set.contains(a), holds(operator, a, b), "{} {:?} {}", a, operator, b);
                    }
                }
            }
        }

        #[test]
        fn reals_compare_with_integers(n in integer(), shift in -2..3_i32) {
            for operator in OPERATORS {
                let set = Reals::comparing_integer(operator, n);
                let mut real = n as f64;
                for _ in 0..shift.abs() {
                    real = if shift < 0 { real.next_down() } else { real.next_up() };
                }
                let order = crate::evaluate::real_to_integer(real, n);
                let expected = order.map_or(operator == CompareOp::NotEqual, |order| {
                    holds(operator, order, std::cmp::Ordering::Equal)
                });
                prop_assert_eq!(set.contains(real), expected, "{} {:?} {}", real, operator, n);
            }
        }
    }
}
