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
    if a.len() == b.len() && a.eq_ignore_ascii_case(b) {
        return true;
    }
    if a.is_ascii() && b.is_ascii() {
        return false;
    }
    a.chars().map(fold_char).eq(b.chars().map(fold_char))
}

/// Orders two texts by the code points of their folded forms.
#[inline]
pub fn cmp(a: &str, b: &str) -> Ordering {
    a.chars().map(fold_char).cmp(b.chars().map(fold_char))
}

/// Feeds the folded text to a hasher; equal under [`eq`] means equal input.
#[inline]
pub fn hash_into<H: Hasher>(text: &str, state: &mut H) {
    if text.is_ascii() {
        for byte in text.bytes() {
            state.write_u32(u32::from(byte.to_ascii_lowercase()));
        }
    } else {
        for c in text.chars() {
            state.write_u32(u32::from(fold_char(c)));
        }
    }
    state.write_u8(0xff);
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
        }
    }

    proptest! {
        #[test]
        fn folding_is_idempotent_and_keeps_length(text in "\\PC*") {
            let once = fold(&text);
            prop_assert_eq!(once.chars().count(), text.chars().count());
            prop_assert_eq!(&fold(&once), &once);
            prop_assert!(eq(&once, &text));
            prop_assert_eq!(hash(&once), hash(&text));
        }
    }
}
