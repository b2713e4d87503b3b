//! Numbering classes in depth-first order.
//!
//! In that order a class is followed by everything below it, so "is X a
//! subclass of Y" compares two numbers and a deep enumeration walks a run. The
//! numbers belong to one version of a schema and never leave it.

use crate::resolve::ResolvedClass;
use cimarron_model::Name;
use hashbrown::HashMap;

/// The classes in depth-first order.
pub(crate) struct DepthFirst {
    pub(crate) places: Vec<Place>,
    /// The places in the order of the classes' names.
    pub(crate) by_name: Vec<usize>,
}

/// One class's place.
pub(crate) struct Place {
    /// Its position in the input.
    pub(crate) class: usize,
    /// The superclass's place, when it is part of the input.
    pub(crate) parent: Option<usize>,
    /// One past the last place below it.
    pub(crate) subtree_end: usize,
}

/// Orders classes; brothers and sisters, and the roots, stand in name order, so
/// the order does not depend on the input's.
pub(crate) fn depth_first(classes: &[&ResolvedClass]) -> DepthFirst {
    let by_name: HashMap<&Name, usize> =
        classes.iter().enumerate().map(|(i, c)| (&c.name, i)).collect();
    let sorted = in_name_order(classes);
    // The first child of each, and who comes next among its brothers and sisters; roots
    // stand below what is no class.
    let no_class = classes.len();
    let mut first: Vec<Option<usize>> = vec![None; classes.len() + 1];
    let mut next: Vec<Option<usize>> = vec![None; classes.len()];
    for &(i, class) in sorted.iter().rev() {
        let parent = class.superclass().and_then(|s| by_name.get(s)).copied();
        if let (Some(first), Some(next)) =
            (first.get_mut(parent.unwrap_or(no_class)), next.get_mut(i))
        {
            *next = first.replace(i);
        }
    }
    let first_below = |class: usize| first.get(class).copied().flatten();

    let mut places: Vec<Place> = Vec::with_capacity(classes.len());
    let mut place_of: Vec<Option<usize>> = vec![None; classes.len()];
    // A stack of (place of the parent, its child to visit next).
    let mut open = vec![(None, first_below(no_class))];
    while let Some((parent, child)) = open.last_mut() {
        let parent = *parent;
        if let Some(class) = *child {
            *child = next.get(class).copied().flatten();
            let place = places.len();
            if let Some(slot) = place_of.get_mut(class) {
                *slot = Some(place);
            }
            places.push(Place { class, parent, subtree_end: place + 1 });
            open.push((Some(place), first_below(class)));
        } else {
            open.pop();
            let end = places.len();
            if let Some(place) = parent.and_then(|p: usize| places.get_mut(p)) {
                place.subtree_end = end;
            }
        }
    }
    let by_name = sorted.iter().filter_map(|(i, _)| place_of.get(*i).copied().flatten()).collect();
    DepthFirst { places, by_name }
}

/// Classes with their positions, in the order of their names. Most of that order shows in the
/// starts of names, each read once.
fn in_name_order<'a>(classes: &[&'a ResolvedClass]) -> Vec<(usize, &'a ResolvedClass)> {
    let starts: Option<Vec<u128>> = classes.iter().map(|c| start(c.name.as_str())).collect();
    let starts = starts.unwrap_or_default();
    let start_of = |i: usize| starts.get(i).copied().unwrap_or_default();
    let mut sorted: Vec<(u128, (usize, &ResolvedClass))> =
        classes.iter().copied().enumerate().map(|(i, c)| (start_of(i), (i, c))).collect();
    sorted.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| a.1.1.name.cmp(&b.1.1.name)));
    sorted.into_iter().map(|(_, class)| class).collect()
}

/// The start of a folded name as a number; names that differ there are in the order of their
/// numbers. `None` where it is not ASCII.
fn start(name: &str) -> Option<u128> {
    let mut start = [0; 16];
    for (place, byte) in start.iter_mut().zip(name.bytes()) {
        *place = byte.to_ascii_lowercase();
    }
    start.is_ascii().then_some(u128::from_be_bytes(start))
}

#[cfg(test)]
mod tests {
    use super::*;
    use cimarron_model::Class;

    #[test]
    fn subtrees_are_runs() {
        let mut resolved: Vec<ResolvedClass> = Vec::new();
        for (name, above) in
            [("Z", None), ("A", None), ("B", Some(0)), ("C", Some(2)), ("A2", Some(0))]
        {
            let class =
                ResolvedClass::resolve(Class::new(name), above.map(|i: usize| &resolved[i]));
            resolved.push(class);
        }
        let input: Vec<_> = resolved.iter().collect();
        let order = depth_first(&input);
        let seen: Vec<_> = order
            .places
            .iter()
            .map(|p| (input[p.class].name.as_str(), p.parent, p.subtree_end))
            .collect();
        assert_eq!(
            seen,
            [
                ("A", None, 1),
                ("Z", None, 5),
                ("A2", Some(1), 3),
                ("B", Some(1), 5),
                ("C", Some(3), 5)
            ]
        );
        let by_name: Vec<_> =
            order.by_name.iter().map(|p| input[order.places[*p].class].name.as_str()).collect();
        assert_eq!(by_name, ["A", "A2", "B", "C", "Z"]);
    }

    #[test]
    fn starts_order_as_names_do() {
        let plain = ["B_LongerThanAStartAndX", "b_longerthanastartanda", "B", "b_", "A\0", "A"];
        let wide = ["B", "\u{212a}x", "ka", "\u{e9}", "\u{c9}b", "Z"];
        for names in [&plain[..], &wide, &[&plain[..], &wide[1..]].concat()] {
            let classes: Vec<_> =
                names.iter().map(|n| ResolvedClass::resolve(Class::new(*n), None)).collect();
            let sorted = in_name_order(&classes.iter().collect::<Vec<_>>());
            assert!(sorted.is_sorted_by_key(|(_, class)| &class.name), "{names:?}");
        }
    }
}
