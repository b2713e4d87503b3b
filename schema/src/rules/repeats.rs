//! Names that stand twice in a list.

use cimarron_model::Name;
use hashbrown::HashMap;

/// How many are searched faster one by one than by hash.
const FEW: usize = 24;

/// Finds where in a list the name of an item stands first.
pub(super) struct Repeats<'a, T> {
    items: &'a [T],
    name: fn(&T) -> &Name,
    /// The places of names so far, of long lists.
    seen: Option<HashMap<&'a Name, usize>>,
}

impl<'a, T> Repeats<'a, T> {
    pub(super) fn new(items: &'a [T], name: fn(&T) -> &Name) -> Self {
        Self { items, name, seen: (items.len() > FEW).then(HashMap::new) }
    }

    /// Where the name of this item stands first, if that is before. Items are asked for in
    /// their order.
    pub(super) fn before(&mut self, at: usize) -> Option<usize> {
        let name = (self.name)(self.items.get(at)?);
        match &mut self.seen {
            Some(seen) => Some(*seen.entry(name).or_insert(at)).filter(|first| *first != at),
            None => self.items.iter().take(at).position(|item| (self.name)(item) == name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_and_long_lists_find_the_same() {
        for length in [FEW, FEW + 9] {
            let names: Vec<Name> = (0..length).map(|n| Name::new(format!("n{}", n % 9))).collect();
            let mut repeats = Repeats::new(&names, |name| name);
            for at in 0..length {
                assert_eq!(repeats.before(at), (at >= 9).then_some(at % 9), "{at}");
            }
        }
    }
}
