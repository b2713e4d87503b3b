//! Many values of one property, of which each will do.
//!
//! `P = a OR P = b OR …`, which is also what an IN is, may have thousands of constants. Asked
//! one after the other, each would look at all values. In their order, a value is looked up
//! among them.

use super::interval::Integers;
use crate::like::StringCase;
use smol_str::SmolStr;

/// Values that pass, or all others.
#[derive(Clone, Debug, PartialEq)]
pub struct OneOf {
    members: Members,
    /// Whether all others are meant instead.
    outside: bool,
}

/// In ascending order, and no two have anything in common.
#[derive(Clone, Debug, PartialEq)]
enum Members {
    Texts(Box<[SmolStr]>, StringCase),
    /// From the first to the last.
    Integers(Box<[(i128, i128)]>),
}

impl OneOf {
    /// These texts, or all others; without case, they are folded.
    pub(super) fn texts(mut texts: Vec<SmolStr>, case: StringCase, outside: bool) -> Self {
        texts.sort_by(|a, b| case.cmp(a, b));
        texts.dedup_by(|a, b| case.eq(a, b));
        Self { members: Members::Texts(texts.into(), case), outside }
    }

    /// The integers of these intervals, or all others.
    pub(super) fn integers(mut sets: Vec<(i128, i128)>, outside: bool) -> Self {
        sets.sort_unstable();
        let mut apart: Vec<(i128, i128)> = Vec::with_capacity(sets.len());
        for (low, high) in sets {
            match apart.last_mut() {
                Some(before) if low <= before.1.saturating_add(1) => before.1 = before.1.max(high),
                _ => apart.push((low, high)),
            }
        }
        Self { members: Members::Integers(apart.into()), outside }
    }

    /// The values that this has not.
    pub(super) fn complement(&self) -> Self {
        Self { outside: !self.outside, ..self.clone() }
    }

    /// Whether a text is one of them.
    pub fn has_text(&self, text: &str) -> bool {
        let Members::Texts(texts, case) = &self.members else { return false };
        let is_member = texts.binary_search_by(|member| case.cmp(member, text)).is_ok();
        is_member != self.outside
    }

    /// Whether an integer is one of them.
    pub fn has_integer(&self, number: i128) -> bool {
        let Members::Integers(sets) = &self.members else { return false };
        let at = sets.partition_point(|(_, high)| *high < number);
        sets.get(at).is_some_and(|(low, _)| *low <= number) != self.outside
    }

    /// Whether they are few among all: those that are named, and not the others.
    pub const fn are_named(&self) -> bool {
        !self.outside
    }

    /// How many texts or intervals are named.
    #[expect(clippy::len_without_is_empty, reason = "there are always some")]
    pub const fn len(&self) -> usize {
        match &self.members {
            Members::Texts(texts, _) => texts.len(),
            Members::Integers(sets) => sets.len(),
        }
    }

    /// The texts that are named.
    pub fn named_texts(&self) -> &[SmolStr] {
        match &self.members {
            Members::Texts(texts, _) => texts,
            Members::Integers(_) => &[],
        }
    }

    /// The intervals that are named.
    pub fn named_integers(&self) -> impl ExactSizeIterator<Item = Integers> {
        let sets: &[(i128, i128)] = match &self.members {
            Members::Texts(..) => &[],
            Members::Integers(sets) => sets,
        };
        sets.iter().map(|(low, high)| Integers { low: *low, high: *high, outside: false })
    }

    /// The least interval that has all integers that are named.
    pub(crate) fn hull(&self) -> Option<Integers> {
        let Members::Integers(sets) = &self.members else { return None };
        let (low, high) = (sets.first()?.0, sets.last()?.1);
        Some(Integers { low, high, outside: self.outside })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn has_what_any_of_them_has(
            sets in prop::collection::vec((-20..20_i128, 0..5_i128), 1..12),
            number in -25..25_i128,
            outside in any::<bool>(),
        ) {
            let sets: Vec<_> = sets.into_iter().map(|(low, more)| (low, low + more)).collect();
            let expected = sets.iter().any(|(low, high)| (*low..=*high).contains(&number));
            let all = OneOf::integers(sets, outside);
            prop_assert_eq!(all.has_integer(number), expected != outside);
            let named: Vec<_> = all.named_integers().collect();
            prop_assert!(named.windows(2).all(|pair| pair[0].high + 1 < pair[1].low));
        }

        #[test]
        fn has_what_equals_any_of_them(
            texts in prop::collection::vec("[aAkK\u{212a}ßé]{0,2}", 1..12),
            text in "[aAkK\u{212a}ßé]{0,2}",
        ) {
            for case in [StringCase::Folded, StringCase::Exact] {
                let of_case = |text: &String| match case {
                    StringCase::Folded => cimarron_model::fold::fold(text).into(),
                    StringCase::Exact => SmolStr::new(text),
                };
                let expected = texts.iter().any(|member| case.eq(member, &text));
                let all = OneOf::texts(texts.iter().map(of_case).collect(), case, false);
                prop_assert_eq!(all.has_text(&text), expected);
                prop_assert_eq!(all.complement().has_text(&text), !expected);
            }
        }
    }

    #[test]
    fn the_outermost_integers() {
        let all = OneOf::integers(vec![(i128::MAX, i128::MAX), (i128::MIN, i128::MIN)], false);
        assert!(all.has_integer(i128::MIN) && all.has_integer(i128::MAX) && !all.has_integer(0));
    }
}
