//! The rows that both sides take.

#[path = "../../src/fleet.rs"]
#[allow(dead_code, reason = "the benches use more of it")]
pub mod fleet;
#[path = "../../src/one_class.rs"]
#[allow(dead_code, reason = "the benches use more of it")]
pub mod one_class;
#[path = "../../src/words.rs"]
mod words;

use fleet::Disk;
use std::ops::Range;
pub use words::Letters;

/// How many rows are made at a time, so that making them stays off the clock and they are still
/// in the cache, as those of a caller would be.
const BATCH: u64 = 512;

/// How many gets, queries or changes a figure is the mean of.
pub const SAMPLES: u64 = 200_000;

/// The links of each object in the figure about associators.
pub const LINKS_EACH: u64 = 10;

/// How many range queries a figure is the mean of.
pub const RANGE_SAMPLES: u64 = 20_000;

/// How many objects are asked for what they are linked to, and how many links are changed.
pub const LINK_SAMPLES: u64 = 20_000;

/// All links.
pub const LINKS: u64 = 100_000;

/// How many classes or tables there are in the figure about them.
pub const CLASSES: u64 = 1_600;

/// How many instances each class of the small ones has.
pub const INSTANCES_EACH: u64 = 5;

/// In which order rows are created.
#[derive(Clone, Copy)]
pub enum Order {
    /// That of their keys, which a tree of keys likes best: it grows at its end only.
    OfKeys,
    /// Scattered, as names that somebody else gives come.
    Scattered,
}

/// The rows with certain numbers, batch by batch.
pub fn disks(numbers: Range<u64>, order: Order) -> impl Iterator<Item = Vec<Disk>> {
    filled(numbers, order, Disk::fill)
}

/// As many rows with models of words: what the queries ask.
pub fn named_disks(count: u64, order: Order, letters: Letters) -> impl Iterator<Item = Vec<Disk>> {
    filled(0..count, order, move |disk, number| disk.fill_with_words(number, letters))
}

fn filled(
    numbers: Range<u64>,
    order: Order,
    fill: impl Fn(&mut Disk, u64) + Copy,
) -> impl Iterator<Item = Vec<Disk>> {
    let (start, len) = (numbers.start, numbers.end - numbers.start);
    let make = move |number: u64| {
        let mut disk = Disk::default();
        let number = match order {
            Order::OfKeys => number,
            Order::Scattered => start + permuted(number - start, len),
        };
        fill(&mut disk, number);
        disk
    };
    batches(numbers).map(move |batch| batch.map(make).collect())
}

/// Takes each of the numbers below `len` to another, all over the place.
fn permuted(number: u64, len: u64) -> u64 {
    let bits = u64::BITS - len.leading_zeros();
    let mask = (1 << bits) - 1;
    let mut x = number;
    loop {
        // Odd factors and shifts to the right can be undone, so this permutes the numbers of
        // that many bits; going on until one is small enough permutes the small ones.
        for factor in [0x9e37_79b9_7f4a_7c15_u64, 0xbf58_476d_1ce4_e5b9] {
            x = x.wrapping_mul(factor) & mask;
            x ^= x >> bits.div_ceil(2);
        }
        if x < len {
            return x;
        }
    }
}

/// Ranges of some numbers each that make up `numbers`.
pub fn batches(numbers: Range<u64>) -> impl Iterator<Item = Range<u64>> {
    let end = numbers.end;
    numbers.step_by(BATCH as usize).map(move |from| from..end.min(from + BATCH))
}

/// The key of a row.
pub fn key(number: u64) -> String {
    format!("disk-{number:08}")
}

/// The first, second, … of some numbers below `bound`, scattered without a pattern.
pub fn scattered(nth: u64, bound: u64) -> u64 {
    let mut x = nth.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    x = (x ^ x >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ x >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    (x ^ x >> 31) % bound
}

/// The links of the figure about associators: the first of those ends are linked to
/// [`LINKS_EACH`] of the others each, and those to as many of them.
pub fn links() -> impl Iterator<Item = (u64, u64)> {
    let half = LINKS / LINKS_EACH;
    (0..half)
        .flat_map(move |from| (0..LINKS_EACH).map(move |n| (from, half + (from + n * 997) % half)))
}

/// How many ends those links have.
pub const ENDS: u64 = 2 * LINKS / LINKS_EACH;

/// A range of sizes that `wanted` of the first `count` rows have.
pub fn sizes(nth: u64, count: u64, wanted: u64) -> Range<u64> {
    let first = scattered(nth, count - wanted);
    first * SIZE_STEP..(first + wanted) * SIZE_STEP
}

/// The sizes of rows that follow one another differ by this much.
const SIZE_STEP: u64 = 4_096;
