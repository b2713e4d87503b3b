//! Model names: two words in mixed case and a number, about 20 bytes together.

use std::fmt::Write as _;

/// What the names are written with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Letters {
    /// ASCII only.
    Ascii,
    /// One name in twenty has a word of another alphabet or with accents.
    Mixed,
}

const FIRST: [&str; 16] = [
    "silver", "north", "ultra", "bright", "swift", "solid", "deep", "royal", "crystal", "iron",
    "velvet", "amber", "rapid", "quiet", "grand", "polar",
];

/// Three of them have `foo` in them.
const SECOND: [&str; 24] = [
    "barefoot", "harbour", "mountain", "lantern", "falcon", "meadow", "foothill", "granite",
    "pioneer", "cascade", "horizon", "beacon", "quarry", "thicket", "voyager", "footstep",
    "sparrow", "compass", "orchard", "glacier", "summit", "ember", "prairie", "canyon",
];

const FOREIGN: [&str; 6] = ["höhe", "façade", "żuraw", "вершина", "κορυφή", "niño"];

/// Writes the `nth` name. Names of different numbers are different.
pub fn write_name(text: &mut String, nth: u64, letters: Letters) {
    let mut bits = nth.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ bits >> 32).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits ^= bits >> 29;
    let mut draw = |bound: usize| {
        let drawn = (bits & 0xffff) as usize % bound;
        bits = bits.rotate_right(16);
        drawn
    };
    let (first, second) = (draw(FIRST.len()), draw(SECOND.len()));
    let (cases, rare) = (draw(4096), draw(20 * FOREIGN.len()));
    let words = [
        FIRST.get(first),
        match letters {
            // The first numbers of `rare` are one in twenty of all.
            Letters::Mixed if rare < FOREIGN.len() => FOREIGN.get(rare),
            Letters::Ascii | Letters::Mixed => SECOND.get(second),
        },
    ];
    for (at, word) in words.into_iter().flatten().enumerate() {
        write_word(text, word, cases >> (4 * at) & 15);
        text.push(' ');
    }
    write!(text, "{nth}").expect("a string takes any text");
}

/// Writes a word in one of four ways: mostly with a capital, sometimes all one case.
fn write_word(text: &mut String, word: &str, case: usize) {
    match case {
        0..3 => text.push_str(word),
        3..6 => text.extend(word.chars().flat_map(char::to_uppercase)),
        _ => {
            let mut letters = word.chars();
            text.extend(letters.next().into_iter().flat_map(char::to_uppercase));
            text.push_str(letters.as_str());
        }
    }
}
