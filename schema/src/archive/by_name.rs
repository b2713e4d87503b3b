//! The order of members by name, made of the one of the superclass.
//!
//! Most members of most classes are inherited, and stand where they stand in the
//! superclass: only those that a class adds are put in their places.

use super::format::Run;
use crate::member::{Member, Named};
use cimarron_model::fold;
use std::sync::Arc;

/// The members of a superclass as they are written: their numbers, and their places in the
/// order of their names.
pub(super) struct Inherited<'a, T> {
    pub(super) members: &'a [Member<T>],
    pub(super) list: Run,
    pub(super) by_name: Run,
}

// Derives would ask for `T: Copy`, which the reference does not need.
impl<T> Copy for Inherited<'_, T> {}

impl<T> Clone for Inherited<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Named> Inherited<'_, T> {
    /// Whether a class begins with these members, some of them overridden. One that was
    /// resolved under an older superclass may not.
    pub(super) fn goes_on_in(&self, below: &[Member<T>]) -> bool {
        let same = |(above, below): (&Member<T>, &Member<T>)| {
            let (above, below) = (&above.declaration, &below.declaration);
            Arc::ptr_eq(above, below) || fold::eq(above.name(), below.name())
        };
        self.members.len() <= below.len() && self.members.iter().zip(below).all(same)
    }
}

/// The places of all members in the order of their names; `sorted` has those of the first
/// already.
pub(super) fn with_new_places<T: Named>(members: &[T], mut sorted: &[u32]) -> Vec<u32> {
    let mut new: Vec<(u32, &str)> =
        (0..).zip(members).skip(sorted.len()).map(|(at, m)| (at, m.name())).collect();
    new.sort_by(|a, b| fold::cmp(a.1, b.1));
    let mut places = Vec::with_capacity(members.len());
    for (place, name) in new {
        let comes_first = |other: &u32| {
            let other = members.get(*other as usize).map_or("", Named::name);
            fold::cmp(other, name).is_le()
        };
        let (before, after) = sorted.split_at(sorted.partition_point(comes_first));
        places.extend_from_slice(before);
        places.push(place);
        sorted = after;
    }
    places.extend_from_slice(sorted);
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use cimarron_model::{CimType, DataType, Property};
    use proptest::prelude::*;

    fn members(names: &[String]) -> Vec<Member<Property>> {
        let property = |name: &String| Property::new(&**name, DataType::scalar(CimType::UInt8));
        names.iter().map(|name| Member::new(Arc::new(property(name)), 0)).collect()
    }

    #[test]
    fn overrides_keep_their_places_and_others_do_not() {
        let names = |names: [&str; 2]| members(&names.map(str::to_owned));
        let above = names(["b", "a"]);
        let run = Run::default();
        let inherited = Inherited { members: &above, list: run, by_name: run };
        assert!(inherited.goes_on_in(&above));
        assert!(inherited.goes_on_in(&names(["B", "a"])));
        assert!(!inherited.goes_on_in(&names(["a", "b"])));
        assert!(!inherited.goes_on_in(&above[..1]));
    }

    proptest! {
        #[test]
        fn added_members_come_where_sorting_puts_them(
            names in prop::collection::hash_set("[a-e]{1,3}", 0..20),
            inherited in 0_usize..20,
        ) {
            let all = members(&names.into_iter().collect::<Vec<_>>());
            let above = with_new_places(&all[..inherited.min(all.len())], &[]);
            prop_assert_eq!(with_new_places(&all, &above), with_new_places(&all, &[]));
            let sorted = with_new_places(&all, &[]);
            let names = sorted.iter().map(|at| all[*at as usize].declaration.name.as_str());
            prop_assert!(names.is_sorted());
        }
    }
}
