//! Which of many ranges of integers have a number in them.
//!
//! The ranges lie in an array in the order of their lower ends, which is read as a balanced
//! tree: the middle of a stretch is its root. Each root knows the greatest upper end of its
//! stretch, so a search leaves out what ends too low and what begins too high, and costs what
//! it finds. New ranges wait beside the array until they are enough to sort them in.

/// So many ranges wait at least before they are sorted in.
const WAITING: usize = 64;

/// A range that is no longer wanted.
const GONE: u32 = u32::MAX;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Range {
    low: i128,
    high: i128,
    owner: u32,
    /// The greatest upper end of the stretch that this is the root of.
    greatest: i128,
}

/// Ranges, each with an owner.
#[derive(Debug, Default)]
pub(super) struct Ranges {
    sorted: Vec<Range>,
    waiting: Vec<Range>,
    gone: usize,
}

impl Ranges {
    pub(super) fn is_empty(&self) -> bool {
        self.sorted.len() + self.waiting.len() == self.gone
    }

    /// Adds a range; both ends belong to it.
    pub(super) fn insert(&mut self, (low, high): (i128, i128), owner: u32) {
        self.waiting.push(Range { low, high, owner, greatest: high });
        if self.waiting.len() > WAITING.max(self.sorted.len() / 4) {
            self.sort();
        }
    }

    /// Takes an owner's range out.
    pub(super) fn remove(&mut self, (low, high): (i128, i128), owner: u32) {
        let is_it = |range: &Range| range.owner == owner && (range.low, range.high) == (low, high);
        if let Some(at) = self.waiting.iter().position(is_it) {
            self.waiting.swap_remove(at);
            return;
        }
        let first = self.sorted.partition_point(|range| range.low < low);
        let mut alike = self.sorted.iter_mut().skip(first).take_while(|range| range.low == low);
        if let Some(range) = alike.find(|range| is_it(range)) {
            range.owner = GONE;
            self.gone += 1;
        }
        if self.gone > WAITING.max(self.sorted.len() / 2) {
            self.sort();
        }
    }

    fn sort(&mut self) {
        self.sorted.append(&mut self.waiting);
        self.sorted.retain(|range| range.owner != GONE);
        self.sorted.sort_unstable_by_key(|range| range.low);
        self.gone = 0;
        measure(&mut self.sorted);
    }

    /// Calls with the owner of each range that has the number.
    pub(super) fn each(&self, number: i128, mut found: impl FnMut(u32)) {
        let has =
            |range: &Range| range.owner != GONE && range.low <= number && number <= range.high;
        self.waiting.iter().filter(|range| has(range)).for_each(|range| found(range.owner));
        // No deeper than the logarithm of the number of ranges.
        let mut stretches: Vec<&[Range]> = vec![&self.sorted];
        while let Some(stretch) = stretches.pop() {
            let (before, rest) = stretch.split_at(stretch.len() / 2);
            let Some((root, behind)) = rest.split_first() else { continue };
            if root.greatest < number {
                continue;
            }
            if has(root) {
                found(root.owner);
            }
            stretches.push(before);
            if root.low <= number {
                stretches.push(behind);
            }
        }
    }
}

/// Notes the greatest upper end of each stretch; that of the whole one.
fn measure(stretch: &mut [Range]) -> i128 {
    let (before, rest) = stretch.split_at_mut(stretch.len() / 2);
    let Some((root, behind)) = rest.split_first_mut() else { return i128::MIN };
    // No deeper than the logarithm of the length.
    root.greatest = root.high.max(measure(before)).max(measure(behind));
    root.greatest
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn finds_what_looking_at_all_finds(
            ends in prop::collection::vec((-50_i128..50, 0_i128..40, any::<bool>()), 0..300),
            numbers in prop::collection::vec(-60_i128..60, 1..20),
        ) {
            let mut ranges = Ranges::default();
            let end = |low: i128, length: i128| if length > 35 { i128::MAX } else { low + length };
            for (owner, (low, length, _)) in (0..).zip(&ends) {
                ranges.insert((*low, end(*low, *length)), owner);
            }
            for (owner, (low, length, stays)) in (0..).zip(&ends) {
                if !stays {
                    ranges.remove((*low, end(*low, *length)), owner);
                }
            }
            for number in numbers {
                let mut found = Vec::new();
                ranges.each(number, |owner| found.push(owner));
                found.sort_unstable();
                let wanted: Vec<u32> = (0..).zip(&ends)
                    .filter(|(_, (low, length, stays))| {
                        *stays && *low <= number && number <= end(*low, *length)
                    })
                    .map(|(owner, _)| owner)
                    .collect();
                prop_assert_eq!(found, wanted);
            }
            prop_assert_eq!(ranges.is_empty(), ends.iter().all(|(_, _, stays)| !stays));
        }
    }
}
