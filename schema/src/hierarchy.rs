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
    let mut sorted: Vec<(usize, &ResolvedClass)> = classes.iter().copied().enumerate().collect();
    sorted.sort_by(|a, b| a.1.name.cmp(&b.1.name));
    let mut children: HashMap<Option<usize>, Vec<usize>> = HashMap::new();
    for (i, class) in sorted {
        let parent = class.superclass().and_then(|s| by_name.get(s)).copied();
        children.entry(parent).or_default().push(i);
    }

    let mut places: Vec<Place> = Vec::with_capacity(classes.len());
    // A stack of (place of the parent, its children still to visit).
    let mut open = vec![(None, children.remove(&None).unwrap_or_default().into_iter())];
    while let Some((parent, rest)) = open.last_mut() {
        let parent = *parent;
        if let Some(class) = rest.next() {
            let place = places.len();
            places.push(Place { class, parent, subtree_end: place + 1 });
            let below = children.remove(&Some(class)).unwrap_or_default();
            open.push((Some(place), below.into_iter()));
        } else {
            open.pop();
            let end = places.len();
            if let Some(place) = parent.and_then(|p: usize| places.get_mut(p)) {
                place.subtree_end = end;
            }
        }
    }
    DepthFirst { places }
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
    }
}
