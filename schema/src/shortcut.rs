//! Finding the few names that nearly every look-up asks for.
//!
//! A schema has seventy qualifier types and uses them a hundred thousand times. A seeded
//! hash of the name, which keeps texts from choosing names that collide, takes several
//! times as long as comparing two names. So a name is first tried at a few places that its
//! ends give; where others have those places, the hash decides as ever.

use cimarron_model::fold;

/// Positions in a list by names of up to sixteen bytes, and by both ends of longer ones.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shortcut {
    /// Empty as long as nothing is there.
    slots: Vec<Slot>,
}

/// A name without case, and where it stands.
#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    ends: (u64, u64),
    length: u32,
    /// One more than the position; 0 is free.
    next: u32,
}

const SLOTS: usize = 256;

/// How many places a name may have.
const TRIED: usize = 3;

impl Shortcut {
    /// Remembers where a name stands, unless others have its places.
    pub(crate) fn add(&mut self, name: &str, position: usize) {
        let (Ok(length), Ok(next)) = (u32::try_from(name.len()), u32::try_from(position + 1))
        else {
            return;
        };
        if self.slots.is_empty() {
            self.slots.resize(SLOTS + TRIED, Slot::default());
        }
        let ends = fold::ends(name.as_bytes());
        let mut places = self.slots.iter_mut().skip(place(ends)).take(TRIED);
        let is_same = |slot: &Slot| slot.ends == ends && slot.length == length;
        if let Some(slot) = places.find(|slot| slot.next == 0 || is_same(slot))
            && slot.next == 0
        {
            *slot = Slot { ends, length, next };
        }
    }

    /// Where the name may stand. A name of more than sixteen bytes, or with others than those
    /// of ASCII, may be another one.
    #[inline]
    pub(crate) fn get(&self, name: &str) -> Option<usize> {
        let ends = fold::ends(name.as_bytes());
        let first = place(ends);
        for slot in self.slots.get(first..first + TRIED)? {
            if slot.ends == ends && slot.length as usize == name.len() {
                return (slot.next as usize).checked_sub(1);
            }
        }
        None
    }

    /// Whether what [`Self::get`] finds is the name without looking at it: the texts of equal
    /// ends and lengths are equal then.
    #[inline]
    pub(crate) const fn decides(name: &str) -> bool {
        name.len() <= 16
    }
}

/// A number below [`SLOTS`].
#[inline]
fn place((first, last): (u64, u64)) -> usize {
    let mixed = (first ^ last.rotate_left(32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 56) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_comes_first_has_the_place() {
        let mut shortcut = Shortcut::default();
        assert_eq!(shortcut.get("Key"), None);
        shortcut.add("Key", 4);
        shortcut.add("key", 5);
        shortcut.add("", 6);
        assert_eq!(shortcut.get("KEY"), Some(4));
        assert_eq!(shortcut.get("koy"), None);
        assert_eq!(shortcut.get(""), Some(6));
        assert_eq!(shortcut.get("Read"), None);
    }

    #[test]
    fn long_names_are_known_by_their_ends() {
        let mut shortcut = Shortcut::default();
        shortcut.add("ModelCorrespondence", 1);
        assert_eq!(shortcut.get("MODELCORRESPONDENCE"), Some(1));
        assert_eq!(shortcut.get("ModelCorXespondence"), Some(1));
        assert!(!Shortcut::decides("ModelCorXespondence"));
    }

    #[test]
    fn places_run_out() {
        let mut shortcut = Shortcut::default();
        let names: Vec<String> = (0..1000).map(|n| format!("Q{n}")).collect();
        for (at, name) in names.iter().enumerate() {
            shortcut.add(name, at);
        }
        let found = names.iter().enumerate().filter(|(at, n)| shortcut.get(n) == Some(*at));
        assert!((200..=SLOTS + TRIED).contains(&found.count()));
        assert!(names.iter().enumerate().all(|(at, n)| shortcut.get(n).is_none_or(|f| f == at)));
    }
}
