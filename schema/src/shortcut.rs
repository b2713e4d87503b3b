//! Finding the few names that nearly every look-up asks for.
//!
//! A schema has seventy qualifier types and uses them a hundred thousand times. A seeded
//! hash of the name, which keeps texts from choosing names that collide, takes several
//! times as long as comparing two names. So a name is first tried at a place that three of
//! its bytes give; where another has that place, the hash decides as ever.

/// Positions in a list by three bytes of a name. It may point to another name, or to none:
/// whoever asks compares the names.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shortcut {
    /// One more than a position; 0 is free. Empty as long as nothing is there.
    slots: Vec<u16>,
}

const SLOTS: usize = 256;

impl Shortcut {
    /// Remembers where a name stands, unless another has its place.
    pub(crate) fn add(&mut self, name: &str, position: usize) {
        if self.slots.is_empty() {
            self.slots.resize(SLOTS, 0);
        }
        if let (Some(slot), Ok(next)) =
            (self.slots.get_mut(place(name)), u16::try_from(position + 1))
            && *slot == 0
        {
            *slot = next;
        }
    }

    /// Where the name may stand.
    pub(crate) fn get(&self, name: &str) -> Option<usize> {
        usize::from(*self.slots.get(place(name))?).checked_sub(1)
    }
}

/// A number below [`SLOTS`], the same for names in ASCII that differ in case only.
fn place(name: &str) -> usize {
    let letter = |byte: Option<&u8>| byte.map_or(0, |byte| usize::from(byte & 31));
    let bytes = name.as_bytes();
    (letter(bytes.first()) * 7 + letter(bytes.last()) * 29 + bytes.len() * 3) % SLOTS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_comes_first_has_the_place() {
        let mut shortcut = Shortcut::default();
        assert_eq!(shortcut.get("Key"), None);
        shortcut.add("Key", 4);
        shortcut.add("koy", 5);
        shortcut.add("", 6);
        shortcut.add("Read", usize::from(u16::MAX));
        assert_eq!(shortcut.get("KEY"), Some(4));
        assert_eq!(shortcut.get("koy"), Some(4));
        assert_eq!(shortcut.get(""), Some(6));
        assert_eq!(shortcut.get("Read"), None);
    }
}
