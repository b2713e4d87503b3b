//! Numbering the classes of one schema version depth first.
//!
//! A class is followed by everything below it, so "is X a subclass of Y" compares
//! two numbers and a deep enumeration walks a run. The numbers mean nothing in
//! any other version.

use cimarron_model::Name;
use hashbrown::HashMap;

/// A class's place in the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Node {
    /// Its position in the input.
    pub(crate) input: usize,
    /// The number of its superclass.
    pub(crate) parent: Option<u32>,
    /// One past the number of the last class below it.
    pub(crate) end: u32,
}

/// Orders classes, given as name and superclass; brothers and sisters stand in
/// name order. A class whose superclass is not in the input counts as a root;
/// classes on a cycle are left out.
pub(crate) fn number(classes: &[(&Name, Option<&Name>)]) -> Vec<Node> {
    let by_name: HashMap<&Name, usize> =
        classes.iter().enumerate().map(|(i, (name, _))| (*name, i)).collect();
    let mut below: HashMap<Option<usize>, Vec<usize>> = HashMap::new();
    for (i, (_, parent)) in classes.iter().enumerate() {
        let parent = parent.and_then(|p| by_name.get(p)).copied();
        below.entry(parent).or_default().push(i);
    }
    // Those of the version before stand in order already, so this mostly just looks.
    for siblings in below.values_mut() {
        siblings.sort_by_key(|i| classes.get(*i).map(|(name, _)| *name));
    }

    let mut nodes: Vec<Node> = Vec::with_capacity(classes.len());
    // Classes whose subclasses are being visited: number, subclasses left.
    let mut open = vec![(None, below.remove(&None).unwrap_or_default().into_iter())];
    while let Some((parent, rest)) = open.last_mut() {
        let parent = *parent;
        let next_number = nodes.len() as u32;
        if let Some(input) = rest.next() {
            nodes.push(Node { input, parent, end: next_number + 1 });
            let children = below.remove(&Some(input)).unwrap_or_default();
            open.push((Some(next_number), children.into_iter()));
        } else {
            open.pop();
            if let Some(node) = parent.and_then(|p| nodes.get_mut(p as usize)) {
                node.end = next_number;
            }
        }
    }
    nodes
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn intervals_agree_with_walking_up(parents in prop::collection::vec(any::<Option<u8>>(), 1..40)) {
            let names: Vec<Name> = (0..parents.len()).map(|i| Name::new(format!("C{i}"))).collect();
            // A parent has a lower index, so there are no cycles.
            let parent = |i: usize| parents[i].filter(|_| i > 0).map(|p| p as usize % i);
            let input: Vec<_> =
                (0..names.len()).map(|i| (&names[i], parent(i).map(|p| &names[p]))).collect();
            let nodes = number(&input);
            prop_assert_eq!(nodes.len(), names.len());
            let place: Vec<usize> = (0..names.len())
                .map(|i| nodes.iter().position(|n| n.input == i).unwrap())
                .collect();
            for a in 0..names.len() {
                for b in 0..names.len() {
                    let walked = std::iter::successors(Some(a), |c| parent(*c)).any(|c| c == b);
                    let end = nodes[place[b]].end as usize;
                    prop_assert_eq!((place[b]..end).contains(&place[a]), walked);
                }
            }
        }
    }

    #[test]
    fn cycles_are_left_out() {
        let names: Vec<Name> = ["A", "B", "C"].map(Name::new).to_vec();
        let nodes = number(&[
            (&names[0], Some(&names[1])),
            (&names[1], Some(&names[0])),
            (&names[2], None),
        ]);
        assert_eq!(nodes, [Node { input: 2, parent: None, end: 1 }]);
    }
}
