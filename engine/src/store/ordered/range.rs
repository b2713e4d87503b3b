//! Ranges of keys, as the conditions of queries ask for them.

use super::key::{OrderedKey, integer};
use cimarron_wql::CompareOp;
use cimarron_wql::plan::Integers;
use std::ops::{Bound, RangeBounds};

/// Keys from one bound to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KeyRange {
    pub(crate) low: Bound<OrderedKey>,
    pub(crate) high: Bound<OrderedKey>,
}

impl KeyRange {
    /// Whether a key is within.
    pub(crate) fn contains(&self, key: &OrderedKey) -> bool {
        (self.low.as_ref(), self.high.as_ref()).contains(key)
    }

    /// One key.
    pub(super) fn one(key: OrderedKey) -> Self {
        Self { low: Bound::Included(key.clone()), high: Bound::Included(key) }
    }

    /// The integers of a set that has no others.
    pub(super) fn integers(set: Integers) -> Self {
        Self {
            low: Bound::Included(integer(set.low).unwrap_or_else(|outermost| outermost)),
            high: Bound::Included(integer(set.high).unwrap_or_else(|outermost| outermost)),
        }
    }

    /// The keys that compare so with another; `None` when they are no range.
    pub(super) fn comparing(operator: CompareOp, key: OrderedKey) -> Option<Self> {
        let all = Self { low: Bound::Unbounded, high: Bound::Unbounded };
        Some(match operator {
            CompareOp::Equal => Self::one(key),
            CompareOp::Less => Self { high: Bound::Excluded(key), ..all },
            CompareOp::LessOrEqual => Self { high: Bound::Included(key), ..all },
            CompareOp::Greater => Self { low: Bound::Excluded(key), ..all },
            CompareOp::GreaterOrEqual => Self { low: Bound::Included(key), ..all },
            CompareOp::NotEqual => return None,
        })
    }

    /// The only key, when there is no more than one.
    pub(crate) fn only(&self) -> Option<&OrderedKey> {
        match (&self.low, &self.high) {
            (Bound::Included(low), Bound::Included(high)) if low == high => Some(low),
            _ => None,
        }
    }

    /// The keys that both have.
    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            low: narrower(self.low, other.low, |a, b| a > b),
            high: narrower(self.high, other.high, |a, b| a < b),
        }
    }
}

/// The bound that leaves less, where `is_narrower` tells it of two keys.
fn narrower(
    a: Bound<OrderedKey>,
    b: Bound<OrderedKey>,
    is_narrower: impl Fn(&OrderedKey, &OrderedKey) -> bool,
) -> Bound<OrderedKey> {
    match (a, b) {
        (Bound::Unbounded, only) | (only, Bound::Unbounded) => only,
        (a, b) => {
            let a_narrower = match (&a, &b) {
                (
                    Bound::Excluded(x) | Bound::Included(x),
                    Bound::Included(y) | Bound::Excluded(y),
                ) if x != y => is_narrower(x, y),
                (Bound::Excluded(_), _) => true,
                _ => false,
            };
            if a_narrower { a } else { b }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_meet() {
        let at = |n| OrderedKey::Integer(n);
        let range = |low, high| KeyRange { low, high };
        use Bound::{Excluded, Included, Unbounded};
        for (a, b, both) in [
            (
                (Unbounded, Included(at(5))),
                (Included(at(3)), Unbounded),
                (Included(at(3)), Included(at(5))),
            ),
            (
                (Excluded(at(3)), Unbounded),
                (Included(at(3)), Unbounded),
                (Excluded(at(3)), Unbounded),
            ),
            (
                (Included(at(4)), Unbounded),
                (Excluded(at(3)), Unbounded),
                (Included(at(4)), Unbounded),
            ),
            (
                (Unbounded, Excluded(at(9))),
                (Unbounded, Included(at(9))),
                (Unbounded, Excluded(at(9))),
            ),
            (
                (Unbounded, Excluded(at(9))),
                (Unbounded, Included(at(8))),
                (Unbounded, Included(at(8))),
            ),
        ] {
            let (a, b, both) = (range(a.0, a.1), range(b.0, b.1), range(both.0, both.1));
            assert_eq!(a.clone().and(b.clone()), both);
            assert_eq!(b.and(a), both);
        }
    }
}
