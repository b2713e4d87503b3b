//! Case folding and the one order of strings.
//!
//! Names, case-insensitive keys and WQL strings all fold the same way: Unicode
//! *simple* case folding, one code point to one code point (the C and S rows of
//! `CaseFolding.txt`). One to one matters: a folded text has the same number of
//! characters as the original, so `_` in LIKE and column offsets stay true, and
//! `ß`, `İ` and `ς` behave the same everywhere.

use std::cmp::Ordering;
use std::hash::Hasher;

/// The Unicode version of the folding table. Archives record it: folded hashes
/// and orders stored by one version must not be probed with another.
pub const TABLE_VERSION: u32 = 16;

/// Folds one character.
#[inline]
pub fn fold_char(c: char) -> char {
    if c.is_ascii() {
        return c.to_ascii_lowercase();
    }
    unicode_case_mapping::case_folded(c)
        .and_then(|folded| char::from_u32(folded.get()))
        .unwrap_or(c)
}

/// Folds a text. Borrow-free callers use [`eq`], [`cmp`] and [`hash_into`] instead.
pub fn fold(text: &str) -> String {
    if text.is_ascii() { text.to_ascii_lowercase() } else { text.chars().map(fold_char).collect() }
}

/// Whether two texts are equal without case.
#[inline]
pub fn eq(a: &str, b: &str) -> bool {
    // Most texts differ, and by their first letter or by their last.
    if differ(a.as_bytes().first(), b.as_bytes().first())
        || differ(a.as_bytes().last(), b.as_bytes().last())
    {
        return false;
    }
    eq_from_start(a, b)
}

/// Whether two bytes are characters of ASCII, and other ones.
#[inline]
fn differ(a: Option<&u8>, b: Option<&u8>) -> bool {
    matches!((a, b), (Some(x), Some(y)) if (x | y) < 0x80 && (x ^ y) & !0x20 != 0)
}

fn eq_from_start(a: &str, b: &str) -> bool {
    if a.len() == b.len() && eq_ascii(a.as_bytes(), b.as_bytes()) {
        return true;
    }
    for (x, y) in a.bytes().zip(b.bytes()) {
        if !x.eq_ignore_ascii_case(&y) {
            // Two ASCII letters that differ here settle it; anything beyond ASCII
            // may fold to another number of bytes.
            return !(x.is_ascii() && y.is_ascii())
                && a.chars().map(fold_char).eq(b.chars().map(fold_char));
        }
    }
    // One is the start of the other, and folding is one to one.
    false
}

/// Whether texts of one length are equal but for the case of ASCII letters, eight bytes at
/// a time; the last eight may be compared in part twice.
#[inline]
fn eq_ascii(a: &[u8], b: &[u8]) -> bool {
    let (Some(last_a), Some(last_b)) = (a.last_chunk::<8>(), b.last_chunk::<8>()) else {
        return match (short_word(a), short_word(b)) {
            (Some(a), Some(b)) => a == b || lower_word(a) == lower_word(b),
            _ => a.eq_ignore_ascii_case(b),
        };
    };
    let same = |(x, y): (&[u8; 8], &[u8; 8])| {
        x == y || lower_word(u64::from_le_bytes(*x)) == lower_word(u64::from_le_bytes(*y))
    };
    same((last_a, last_b)) && a.as_chunks().0.iter().zip(b.as_chunks().0).all(same)
}

/// Orders two texts by the code points of their folded forms.
#[inline]
pub fn cmp(a: &str, b: &str) -> Ordering {
    // Names of a schema begin alike, and what is alike says nothing.
    let (words_a, words_b) = (a.as_bytes().as_chunks::<8>().0, b.as_bytes().as_chunks::<8>().0);
    let alike = words_a.iter().zip(words_b).take_while(|(x, y)| x == y).count() * 8;
    let (rest_a, rest_b) = (a.as_bytes().iter().skip(alike), b.as_bytes().iter().skip(alike));
    for (&x, &y) in rest_a.zip(rest_b) {
        if x == y {
            continue;
        }
        if !(x.is_ascii() && y.is_ascii()) {
            // What stands beyond ASCII may fold into it.
            return a.chars().map(fold_char).cmp(b.chars().map(fold_char));
        }
        match x.to_ascii_lowercase().cmp(&y.to_ascii_lowercase()) {
            Ordering::Equal => {}
            unequal => return unequal,
        }
    }
    a.len().cmp(&b.len())
}

/// Feeds the folded text to a hasher; equal under [`eq`] means equal input.
#[inline]
pub fn hash_into<H: Hasher>(text: &str, state: &mut H) {
    // Most keys and names: two words say all of it.
    let bytes = text.as_bytes();
    if let (9..=16, Some(first), Some(last)) = (bytes.len(), first_word(bytes), last_word(bytes))
        && (first | last) & HIGH == 0
    {
        return hash_two(first, last, bytes.len(), state);
    }
    hash_any(text, state);
}

fn hash_any<H: Hasher>(text: &str, state: &mut H) {
    if text.is_ascii() {
        hash_ascii(text.as_bytes(), state);
    } else {
        // What folds to ASCII, as the Kelvin sign does, must hash as ASCII does.
        let folded = fold(text);
        hash_ascii(folded.as_bytes(), state);
    }
}

/// Feeds bytes to a hasher, ASCII letters in lower case, eight bytes at a time. The last
/// eight may be fed in part twice, which is faster than taking less. The length keeps a
/// text apart from one that begins and ends alike.
#[inline]
fn hash_ascii<H: Hasher>(bytes: &[u8], state: &mut H) {
    let length = (bytes.len() as u64) << 56;
    if let (Some(first), Some(last)) = (first_word(bytes), last_word(bytes)) {
        if (9..=16).contains(&bytes.len()) {
            return hash_two(first, last, bytes.len(), state);
        }
        for word in bytes.as_chunks::<8>().0 {
            state.write_u64(lower_word(u64::from_le_bytes(*word)));
        }
        state.write_u64(lower_word(last) ^ length);
    } else if let Some(word) = short_word(bytes) {
        state.write_u64(lower_word(word) ^ length);
    } else {
        let word = bytes.iter().fold(0, |word, byte| word << 8 | u64::from(*byte));
        state.write_u64(lower_word(word) ^ length);
    }
}

/// Feeds a text of two words, which may have bytes in common.
#[inline]
fn hash_two<H: Hasher>(first: u64, last: u64, length: usize, state: &mut H) {
    state.write_u64(lower_word(first));
    state.write_u64(lower_word(last) ^ (length as u64) << 56);
}

/// All of a text of four to eight bytes; those in the middle may be there twice.
#[inline]
fn short_word(bytes: &[u8]) -> Option<u64> {
    let (first, last) = (bytes.first_chunk::<4>()?, bytes.last_chunk::<4>()?);
    let first = u64::from(u32::from_le_bytes(*first));
    Some(first | u64::from(u32::from_le_bytes(*last)) << 32)
}

#[inline]
fn first_word(bytes: &[u8]) -> Option<u64> {
    bytes.first_chunk::<8>().map(|word| u64::from_le_bytes(*word))
}

#[inline]
fn last_word(bytes: &[u8]) -> Option<u64> {
    bytes.last_chunk::<8>().map(|word| u64::from_le_bytes(*word))
}

/// The first and the last eight bytes of a text, ASCII capitals in lower case; of a shorter
/// text all of it, some bytes twice. Of texts in ASCII of one length, up to sixteen bytes, these
/// are equal if the texts are equal without case, and else not.
#[inline]
pub const fn ends(text: &[u8]) -> (u64, u64) {
    if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
        return (lower_word(u64::from_le_bytes(*first)), lower_word(u64::from_le_bytes(*last)));
    }
    let word = match (text.first_chunk(), text.last_chunk(), text) {
        (Some(first), Some(last), _) => {
            u32::from_le_bytes(*first) as u64 | (u32::from_le_bytes(*last) as u64) << 32
        }
        (.., [a, b, c]) => *a as u64 | (*b as u64) << 8 | (*c as u64) << 16,
        (.., [a, b]) => *a as u64 | (*b as u64) << 8,
        (.., [a]) => *a as u64,
        _ => 0,
    };
    (lower_word(word), 0)
}

/// A number that is the same for texts that are equal without case. It says little of what
/// stands in the middle of a long text, and is had in a few steps.
#[inline]
pub fn short_hash(text: &str) -> u32 {
    let (first, last) = ends(text.as_bytes());
    if (first | last) & HIGH == 0 { mix(first, last) } else { hash_of_folded(text) }
}

/// Of what stands beyond ASCII something may fold into it.
#[cold]
fn hash_of_folded(text: &str) -> u32 {
    let (first, last) = ends(fold(text).as_bytes());
    mix(first, last)
}

#[inline]
const fn mix(first: u64, last: u64) -> u32 {
    let mixed = (first ^ last.rotate_left(29)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 32) as u32
}

/// The bits that no ASCII character has.
const HIGH: u64 = 0x8080_8080_8080_8080;

/// Eight bytes with ASCII capitals in lower case; bytes from 0x80 up stay.
#[inline]
pub const fn lower_word(word: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let low = word & !HIGH;
    // The high bit of each sum: whether the byte is at least `A`, or beyond `Z`.
    let from_a = low + (0x80 - b'A' as u64) * ONES;
    let beyond_z = low + (0x80 - b'Z' as u64 - 1) * ONES;
    let capital = from_a & !beyond_z & !word & HIGH;
    word | (capital >> 2)
}

/// A hash of the folded text that is the same in every process and on every
/// machine: archives store it. (FNV-1a over the folded code points.)
#[inline]
pub fn hash(text: &str) -> u64 {
    let step = |h: u64, c: u32| (h ^ u64::from(c)).wrapping_mul(0x0000_0100_0000_01b3);
    let seed = 0xcbf2_9ce4_8422_2325;
    let h = if text.is_ascii() {
        text.bytes().fold(seed, |h, b| step(h, u32::from(b.to_ascii_lowercase())))
    } else {
        text.chars().fold(seed, |h, c| step(h, u32::from(fold_char(c))))
    };
    h ^ (h >> 32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn hashed(text: &str) -> u64 {
        let mut hasher = std::hash::DefaultHasher::new();
        hash_into(text, &mut hasher);
        hasher.finish()
    }

    #[test]
    fn words_fold_like_bytes() {
        for byte in 0..=u8::MAX {
            let word = u64::from_le_bytes([byte, b'A', b'z', byte, b'@', b'[', byte, b'Z']);
            let bytes = word.to_le_bytes().map(|b| b.to_ascii_lowercase());
            assert_eq!(lower_word(word).to_le_bytes(), bytes);
        }
    }

    #[test]
    fn folds_one_to_one() {
        for (a, b, same) in [
            ("CIM_Fan", "cim_FAN", true),
            ("Straße", "STRASSE", false),
            ("straße", "STRAẞE", true),
            ("\u{212a}elvin", "kelvin", true),
            ("ſ", "S", true),
            ("ς", "Σ", true),
            ("İ", "i", false),
            ("Ärger", "äRGER", true),
            ("a", "ab", false),
        ] {
            assert_eq!(eq(a, b), same, "{a} {b}");
            assert_eq!(cmp(a, b) == Ordering::Equal, same, "{a} {b}");
            assert_eq!(hash(a) == hash(b), same, "{a} {b}");
            assert_eq!(hashed(a) == hashed(b), same, "{a} {b}");
            assert_eq!(short_hash(a) == short_hash(b), same, "{a} {b}");
        }
    }

    proptest! {
        #[test]
        fn equality_is_that_of_folded_texts(a in "[aAkK\u{212a}sſßẞé]{0,9}", b in "[aAkK\u{212a}sſßẞé]{0,9}") {
            prop_assert_eq!(eq(&a, &b), fold(&a) == fold(&b));
            prop_assert_eq!(cmp(&a, &b), fold(&a).cmp(&fold(&b)));
            if eq(&a, &b) {
                prop_assert_eq!(hashed(&a), hashed(&b));
                prop_assert_eq!(short_hash(&a), short_hash(&b));
            }
        }

        #[test]
        fn ends_tell_short_texts_apart(a in "[abAB_]{0,18}", b in "[abAB_]{0,18}") {
            prop_assert_eq!(ends(a.as_bytes()), ends(a.to_uppercase().as_bytes()));
            if a.len() == b.len() && a.len() <= 16 {
                prop_assert_eq!(eq(&a, &b), ends(a.as_bytes()) == ends(b.as_bytes()));
            }
        }

        #[test]
        fn equal_texts_have_equal_ends(a in "[kK\u{212a}éÉ]{0,20}") {
            prop_assert_eq!(short_hash(&a), short_hash(&a.replace('k', "\u{212a}")));
            prop_assert_eq!(short_hash(&a), short_hash(&fold(&a)));
        }

        #[test]
        fn folding_is_idempotent_and_keeps_length(text in "\\PC*") {
            let once = fold(&text);
            prop_assert_eq!(once.chars().count(), text.chars().count());
            prop_assert_eq!(&fold(&once), &once);
            prop_assert!(eq(&once, &text));
            prop_assert_eq!(hash(&once), hash(&text));
            prop_assert_eq!(hashed(&once), hashed(&text));
        }
    }
}
