//! The text of an archive, as its root names it.

use super::header::LEN;
use super::payload::Payload;
use rkyv::rancor::Fallible;
use rkyv::{Archive, Archived, Place, Serialize};

/// Text that was written already, in front of everything else. What the root holds of it is
/// what rkyv writes for a `String`: its length and how far away it is, or the text itself
/// where that takes no more room.
#[derive(Debug)]
pub(super) enum WrittenText {
    /// The text, filled up with 0xff.
    Short([u8; 8]),
    /// The length of a text that the payload begins with.
    Ahead(u32),
}

impl Default for WrittenText {
    fn default() -> Self {
        Self::Ahead(0)
    }
}

impl WrittenText {
    /// The greatest length: two bits of it mark that the text is elsewhere.
    pub(super) const MOST: usize = (1 << 30) - 1;

    /// The text that is all of the payload; a short one is taken out of it.
    pub(super) fn of(payload: &mut Payload<'_>) -> Option<Self> {
        match payload.take_short() {
            Some(text) => Some(Self::Short(text)),
            None if payload.len() <= Self::MOST => {
                u32::try_from(payload.len()).ok().map(Self::Ahead)
            }
            None => None,
        }
    }
}

/// As long as `rkyv::string::ArchivedString` and laid out like it.
type Words = (u32, i32);

impl Archive for WrittenText {
    type Archived = Archived<Words>;
    type Resolver = ();

    fn resolve(&self, (): (), out: Place<Self::Archived>) {
        let words = match *self {
            Self::Short([a, b, c, d, e, f, g, h]) => {
                (u32::from_le_bytes([a, b, c, d]), i32::from_le_bytes([e, f, g, h]))
            }
            // The 7th and 8th bit are 01: no byte of a text is. The payload keeps positions
            // within 31 bits.
            Self::Ahead(length) => {
                let marked = length & 0x3f | 0x80 | (length & !0x3f) << 2;
                let back = i32::try_from(out.pos() - LEN).map_or(0, |distance| -distance);
                (marked, back)
            }
        };
        words.resolve(((), ()), out);
    }
}

impl<S: Fallible + ?Sized> Serialize<S> for WrittenText {
    fn serialize(&self, _: &mut S) -> Result<(), S::Error> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::format::Root;
    use super::*;
    use rkyv::rancor::Error;

    #[test]
    fn written_text_is_laid_out_like_any() {
        for length in [0, 1, 7, 8, 9, 63, 64, 65, 300, 70_000] {
            let text: String = ('a'..='z').cycle().take(length).collect();
            let symbols = vec![super::super::format::Run { start: 0, len: 1 }];
            let mut ahead = Payload::in_memory(0);
            ahead.push(text.as_bytes());
            let written = WrittenText::of(&mut ahead).unwrap();
            let root = Root { text: written, symbols: symbols.clone(), ..Root::default() };
            let ours = rkyv::api::high::to_bytes_in::<_, Error>(&root, ahead).unwrap();
            let root = Root { text, symbols, ..Root::default() };
            let theirs = Payload::in_memory(0);
            let theirs = rkyv::api::high::to_bytes_in::<_, Error>(&root, theirs).unwrap();
            let (ours, theirs) = (ours.finish().unwrap().0, theirs.finish().unwrap().0);
            assert_eq!(*ours, *theirs, "{length}");
        }
    }
}
